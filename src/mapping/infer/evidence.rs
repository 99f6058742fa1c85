//! How well what a field holds fits a concept.

use super::super::codes::Codes;
use super::super::function::{check_digit, number, phone};
use super::codes;
use super::dates::{self, Dates};
use super::headers::likeness;
use super::profile::Profile;
use super::survey::Field;

/// What a field's values look like, judged once.
#[derive(Clone, Debug)]
pub struct Content {
    /// How dates are written, when they are.
    pub dates: Option<Dates>,
    /// Share of values that are phone numbers of the country, or of any when it is not known.
    pub phones: f64,
    /// Share of numbers with a comma, and with a point.
    pub numbers: [f64; 2],
    /// The check digit that holds for nearly all values.
    pub check: Option<&'static str>,
    /// Share of values with a digit.
    pub digits: f64,
    /// Share of values with letters only.
    pub wordy: f64,
    /// A shared table knows the values as codes of regions (ISO 3166-2).
    pub regions: bool,
}

impl Content {
    /// Looks at a field.
    #[must_use]
    pub fn of(field: &Field, country: Option<&str>, codes: &Codes) -> Self {
        let profile = &field.profile;
        Self {
            dates: dates::detect(profile)
                .filter(|dates| dates.share >= 0.6)
                .or_else(|| dates::seconds(profile).filter(|_| is_day(&field.path))),
            phones: profile.share(|text| is_phone(text, country)),
            numbers: [number::Mark::Comma, number::Mark::Point]
                .map(|mark| profile.share(|text| number::read(text, mark).is_some())),
            check: check(profile),
            digits: profile.share(|text| text.chars().any(|c| c.is_ascii_digit())),
            wordy: profile.wordy(),
            regions: are_regions(profile, codes),
        }
    }

    /// Share of values that are dates.
    #[must_use]
    pub fn dated(&self) -> f64 {
        self.dates.as_ref().map_or(0.0, |dates| dates.share)
    }

    /// Numbers under the better of the two marks.
    #[must_use]
    pub fn numeric(&self) -> f64 {
        let [comma, point] = self.numbers;
        comma.max(point)
    }
}

/// Whether the rows of a shared table turn nearly all values into codes such as `CI-AB`. Numbers
/// stand in many columns: they are regions only where the name says so.
fn are_regions(profile: &Profile, codes: &Codes) -> bool {
    let region = |code: &str| code.len() <= 6 && code.get(2..3) == Some("-");
    let lettered = profile.share(|text| region(text)) > 0.8;
    lettered
        && codes.names().any(|name| {
            let rows = codes.get(name).unwrap_or_default();
            profile.share(|text| {
                rows.iter().any(|row| row.from.value == text && region(&row.to.value))
            }) > 0.8
        })
}

fn is_phone(text: &str, country: Option<&str>) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    (7..=15).contains(&digits)
        && match country {
            Some(country) => phone::read(text, country).is_some(),
            None => {
                text.chars().all(|c| c.is_ascii_digit() || " +-./()".contains(c) || c == '\u{a0}')
            }
        }
}

/// Whether the name says that it is a day.
fn is_day(path: &str) -> bool {
    const DAYS: [&str; 9] = [
        "birth_date",
        "death_date",
        "enrolled_on",
        "start",
        "end",
        "status_since",
        "closed_on",
        "suspended_from",
        "paid_until",
    ];
    let found = likeness(path, false);
    found.first().is_some_and(|(concept, like)| like.score > 0.5 && DAYS.contains(concept))
}

/// Checks whose name belongs to one number, with the country that issues it.
pub const CHECKS: [(&str, &str, &str); 3] =
    [("nina", "ML", "ml-nina"), ("nin", "NG", "ng-nin"), ("cmu", "CI", "ci-cmu")];

fn check(profile: &Profile) -> Option<&'static str> {
    if profile.distinct() < 5 {
        return None;
    }
    let plain = |text: &str| -> String {
        text.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_uppercase()
    };
    let holds =
        |name: &str| profile.share(|text| check_digit::holds(name, &plain(text)) == Some(true));
    CHECKS.iter().map(|(name, ..)| *name).find(|name| holds(name) > 0.9)
}

/// 0 when the values speak against the concept, 1 when they speak for it.
#[must_use]
pub fn fits(concept: &str, field: &Field, content: &Content) -> f64 {
    let profile = &field.profile;
    if profile.present == 0 {
        // An empty column is what its name says, with less weight.
        return 0.6;
    }
    match concept {
        "birth_date" | "death_date" | "enrolled_on" | "start" | "end" | "status_since"
        | "closed_on" | "suspended_from" | "paid_until" => at_least(content.dated(), 0.7),
        "birth_year" => {
            at_least(profile.share(|text| text.len() == 4 && text.starts_with(['1', '2'])), 0.8)
        }
        "sex" => short_list("sex", profile),
        "relationship" | "status" | "employment" | "marital" => short_list(concept, profile),
        "student" | "disabled" => {
            if profile.is_boolean() {
                1.0
            } else {
                short_list("flag", profile)
            }
        }
        "estimated" => short_list("flag", profile).max(short_list("year_only", profile)),
        "phone" => at_least(content.phones, 0.6),
        "amount" => at_least(content.numeric(), 0.7),
        "family" | "given" | "middle" | "full_name" | "birth_place" | "maiden" => {
            names(profile, content)
        }
        "locality" | "commune" | "district" | "address" | "institution" | "programme" => {
            let other = content.dated() > 0.5 || content.phones > 0.5 || profile.is_flag();
            if other { 0.0 } else { 0.9 }
        }
        "region" | "country" | "nationality" | "package" => {
            let letter = concept != "package" && profile.longest < 2 && profile.present > 3;
            let other = content.dated() > 0.5 || profile.distinct() > 300 || profile.is_flag();
            if letter || other { 0.0 } else { 0.9 }
        }
        "record_id" => {
            if profile.uniqueness() > 0.96 && profile.presence() > 0.96 {
                ids(content)
            } else {
                0.0
            }
        }
        "household_id" | "contract" => {
            if profile.presence() > 0.5 {
                ids(content)
            } else {
                0.0
            }
        }
        "head_id" => ids(content),
        "national_id" => {
            if profile.uniqueness() > 0.8 {
                ids(content)
            } else {
                0.0
            }
        }
        "rank" => {
            if profile.distinct() <= 60 && content.digits > 0.8 && profile.longest <= 4 {
                1.0
            } else {
                0.0
            }
        }
        _ => 0.8,
    }
}

fn at_least(share: f64, bound: f64) -> f64 {
    if share < bound { 0.0 } else { share }
}

fn names(profile: &Profile, content: &Content) -> f64 {
    // A flag or a code list is no name, but a sample of three people has few names.
    let code = profile.longest < 3 && profile.present > 3;
    if code || content.dated() > 0.5 { 0.0 } else { at_least(content.wordy, 0.7) }
}

fn ids(content: &Content) -> f64 {
    if content.digits > 0.5 && content.dated() < 0.9 { 1.0 } else { 0.0 }
}

fn short_list(field: &str, profile: &Profile) -> f64 {
    if profile.distinct() > 40 {
        return 0.0;
    }
    let share = codes::share(field, &profile.frequent());
    // Codes that nothing explains are still codes: the name decides, a person fills the table.
    if share > 0.0 { 0.6 + 0.4 * share } else { 0.3 }
}
