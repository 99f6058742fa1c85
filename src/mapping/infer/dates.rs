//! In which layouts a field writes its dates.

use super::super::function::date::Layout;
use super::profile::Profile;

/// Layouts of senders, those first that win when several read as much. Those that the language does
/// not know are passed over.
const LAYOUTS: [&str; 45] = [
    "yyyy-MM-dd",
    "dd/MM/yyyy",
    "dd-MM-yyyy",
    "dd.MM.yyyy",
    "MM/dd/yyyy",
    "MM-dd-yyyy",
    "d/M/yyyy",
    "d-M-yyyy",
    "d.M.yyyy",
    "M/d/yyyy",
    "yyyy/MM/dd",
    "yyyy.MM.dd",
    "yyyyMMdd",
    "ddMMyyyy",
    "dd/MM/yy",
    "dd-MM-yy",
    "dd.MM.yy",
    "MM/dd/yy",
    "d/M/yy",
    "M/d/yy",
    "yyyy-M-d",
    "dd MM yyyy",
    "dd MMM yyyy",
    "d MMM yyyy",
    "dd-MMM-yyyy",
    "d-MMM-yyyy",
    "dd-MMM-yy",
    "d MMMM yyyy",
    "dd MMMM yyyy",
    "MMM d, yyyy",
    "dd/MMM/yyyy",
    "dd MMM yy",
    "d' de 'MMMM' de 'yyyy",
    "MMM-yyyy",
    "MMM yyyy",
    "MMMM yyyy",
    "MMM-yy",
    "yyyy-MM",
    "yyyy/MM",
    "yyyy",
    "iso",
    "MM/yyyy",
    "MM-yyyy",
    "edtf",
    "serial",
];

/// Spreadsheet day numbers that a date of ours can have: 1905 to 2055.
const SERIALS: std::ops::Range<i64> = 2_000..56_700;

/// How a field writes its dates.
#[derive(Clone, PartialEq, Debug)]
pub struct Dates {
    /// In the order in which they are to be tried.
    pub layouts: Vec<String>,
    /// Share of values that they read.
    pub share: f64,
    /// Some value says which of day and month comes first, or it is written so that none is needed.
    pub order_is_certain: bool,
    /// Median year.
    pub year: i16,
}

/// The layouts that read most of a field, the fewest that do.
#[must_use]
pub fn detect(profile: &Profile) -> Option<Dates> {
    if profile.share(|text| text.chars().filter(char::is_ascii_digit).count() >= 2) < 0.5 {
        return None;
    }
    let known: Vec<(String, Layout)> = candidates(profile);
    let all: u64 = profile.values.values().sum();
    let mut left: Vec<(&str, u64)> = profile.values.iter().map(|(t, n)| (t.as_str(), *n)).collect();
    let mut chosen: Vec<usize> = Vec::new();
    let enough = (all / 200).max(1);
    while !left.is_empty() && chosen.len() < 5 {
        let weigh = |layout: &(String, Layout)| {
            left.iter().filter(|(text, _)| reads(layout, text)).map(|(_, n)| n).sum::<u64>()
        };
        let weights: Vec<u64> = known.iter().map(weigh).collect();
        let most = weights.iter().copied().max().unwrap_or(0);
        let Some(best) = weights.iter().position(|weight| *weight == most && most >= enough) else {
            break;
        };
        left.retain(|(text, _)| known.get(best).is_some_and(|layout| !reads(layout, text)));
        chosen.push(best);
    }
    if chosen.is_empty() {
        return None;
    }
    let unread: u64 = left.iter().map(|(_, n)| n).sum();
    // Years before day numbers, which read years, too.
    chosen.sort_by_key(|index| known.get(*index).is_some_and(|(name, _)| name == "serial"));
    let chosen: Vec<&(String, Layout)> = chosen.iter().filter_map(|at| known.get(*at)).collect();
    Some(Dates {
        layouts: chosen.iter().map(|(name, _)| name.clone()).collect(),
        share: super::profile::ratio(all - unread, all),
        order_is_certain: is_certain(&chosen, profile),
        year: median(&chosen, profile),
    })
}

/// Seconds, or thousandths, since 1970: only where the name of a field says that it is a day, for any
/// large number could be one.
#[must_use]
pub fn seconds(profile: &Profile) -> Option<Dates> {
    if !profile.is_number() {
        return None;
    }
    for name in ["epoch", "epoch_ms"] {
        let layout = (name.to_owned(), Layout::parse(name).ok()?);
        let share = profile.share(|text| reads(&layout, text));
        if share >= 0.95 {
            let (chosen, layouts) = ([&layout], vec![name.to_owned()]);
            let year = median(&chosen, profile);
            return Some(Dates { layouts, share, order_is_certain: true, year });
        }
    }
    None
}

fn candidates(profile: &Profile) -> Vec<(String, Layout)> {
    let words = profile.values.keys().filter_map(|text| approximate(text));
    let mut names: Vec<String> = LAYOUTS.iter().map(|name| (*name).to_owned()).collect();
    for word in words.take(50) {
        if !names.contains(&word) {
            names.push(word);
        }
    }
    names.into_iter().filter_map(|name| Some((name.clone(), Layout::parse(&name).ok()?))).collect()
}

/// `VERS 1985` as the layout of its like: a word that says "about", and a year.
fn approximate(text: &str) -> Option<String> {
    const ABOUT: [&str; 14] = [
        "vers", "env", "env.", "environ", "circa", "ca", "ca.", "c.", "about", "abt", "approx",
        "cerca de", "aprox.", "around",
    ];
    let at = text.find(|c: char| c.is_ascii_digit())?;
    let (word, year) = text.split_at_checked(at)?;
    let known = ABOUT.contains(&word.trim().to_lowercase().as_str());
    let digits = year.chars().all(|c| c.is_ascii_digit());
    match year.len() {
        4 if known && digits => Some(format!("'{word}'yyyy~")),
        2 if known && digits => Some(format!("'{word}'yy~")),
        _ => None,
    }
}

fn reads((name, layout): &(String, Layout), text: &str) -> bool {
    let plausible = match name.as_str() {
        "serial" => text.parse().is_ok_and(|day: i64| SERIALS.contains(&day)),
        "epoch" | "epoch_ms" => text.trim_start_matches('-').len() >= 8,
        "yyyy" | "ddMMyyyy" | "yyyyMMdd" => text.chars().all(|c| c.is_ascii_digit()),
        _ => true,
    };
    plausible && layout.read(text).is_ok_and(|date| (1880..=2100).contains(&date.year()))
}

/// Whether the first layout's reading with day and month exchanged fails somewhere.
fn is_certain(chosen: &[&(String, Layout)], profile: &Profile) -> bool {
    let Some((name, _)) = chosen.first() else { return false };
    if name.starts_with('y') || !name.contains('d') || name.contains("MMM") {
        return true;
    }
    let swapped: String = name
        .chars()
        .map(|c| match c {
            'd' => 'M',
            'M' => 'd',
            other => other,
        })
        .collect();
    let Ok(layout) = Layout::parse(&swapped) else { return true };
    let other = (swapped, layout);
    profile.values.keys().any(|text| chosen.iter().any(|l| reads(l, text)) && !reads(&other, text))
}

fn median(chosen: &[&(String, Layout)], profile: &Profile) -> i16 {
    let mut years: Vec<i16> = profile
        .values
        .keys()
        .filter_map(|text| {
            let layout = chosen.iter().find(|layout| reads(layout, text))?;
            Some(layout.1.read(text).ok()?.year())
        })
        .collect();
    years.sort_unstable();
    years.get(years.len() / 2).copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn of(values: &[&str]) -> Dates {
        let mut profile = Profile::default();
        values.iter().for_each(|value| profile.add(&json!(value)));
        detect(&profile).expect("dates")
    }

    #[test]
    fn a_day_beyond_twelve_settles_the_order() {
        assert_eq!(of(&["03/04/1985", "14/06/1985"]).layouts, ["dd/MM/yyyy"]);
        assert_eq!(of(&["03/04/1985", "06/14/1985"]).layouts, ["MM/dd/yyyy"]);
        assert!(!of(&["03/04/1985", "05/06/1985"]).order_is_certain);
        assert!(of(&["03/04/1985", "06/14/1985"]).order_is_certain);
    }

    #[test]
    fn a_spreadsheet_mixes_four_layouts() {
        let dates = of(&["14/06/1985", "15/07/1985", "1985", "1990", "VERS 1985", "31212"]);
        assert_eq!(dates.layouts[0], "dd/MM/yyyy");
        assert_eq!(dates.layouts.last().map(String::as_str), Some("serial"));
        assert!(dates.layouts.iter().any(|l| l == "'VERS 'yyyy~"), "{:?}", dates.layouts);
        assert!((dates.share - 1.0).abs() < f64::EPSILON);
    }
}
