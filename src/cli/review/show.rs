//! Reviews and decisions on a screen.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::cli::failure::Failure;
use crate::cli::screen::Screen;

/// Longest value of a record that is shown in a column.
const WIDEST: usize = 32;

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or("-")
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value["items"].as_array().into_iter().flatten()
}

/// One line a review; the place of the next page at the end.
pub fn list(found: &Value, screen: &Screen) -> Result<(), Failure> {
    if screen.json() {
        return items(found).try_for_each(|item| screen.value(item));
    }
    if items(found).next().is_none() {
        return screen.say("review-none", &[]);
    }
    for item in items(found) {
        let schemes: Vec<&str> = item["records"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|one| text(&one["scheme"]))
            .collect();
        let likely = item["probability"].as_f64().map_or("-".to_owned(), |p| format!("{p:.2}"));
        let state = screen.text(&format!("review-state-{}", text(&item["state"])), &[]);
        let mut line = format!(
            "{} · {state} · {} · p {likely} · {}",
            text(&item["id"]),
            reason(text(&item["reason"]), screen),
            schemes.join(" + ")
        );
        if let Some(by) = item["claimed_by"].as_str() {
            let until = text(&item["claimed_until"]);
            line.push_str(" · ");
            line.push_str(
                &screen.text("review-claimed", &[("by", by.into()), ("until", until.into())]),
            );
        }
        screen.line(&line)?;
    }
    next(found, screen)
}

fn next(found: &Value, screen: &Screen) -> Result<(), Failure> {
    match found["next"].as_str() {
        Some(next) => screen.say("review-next", &[("after", next.into())]),
        None => Ok(()),
    }
}

/// The reason in words, or its name when only a newer program knows it.
fn reason(name: &str, screen: &Screen) -> String {
    let key = format!("review-reason-{name}");
    let said = screen.text(&key, &[]);
    if said == key { name.to_owned() } else { said }
}

/// What waits.
pub fn groups(found: &Value, screen: &Screen) -> Result<(), Failure> {
    if screen.json() {
        return screen.value(found);
    }
    let count = |name: &str| found[name].as_u64().unwrap_or(0);
    let args = [("open", count("open").into()), ("held", count("held_back").into())];
    screen.say("review-summary", &args)?;
    for group in found["groups"].as_array().into_iter().flatten() {
        let count = group["count"].as_u64().unwrap_or(0);
        screen.line(&format!("{count:>8}  {}", text(&group["alike"])))?;
    }
    Ok(())
}

/// A review: both records side by side, then the evidence.
pub fn review(shown: &Value, screen: &Screen) -> Result<(), Failure> {
    if screen.json() {
        return screen.value(shown);
    }
    let state = screen.text(&format!("review-state-{}", text(&shown["state"])), &[]);
    screen.line(&screen.bold(&format!(
        "{} · {state} · {}",
        text(&shown["id"]),
        reason(text(&shown["reason"]), screen)
    )))?;
    screen.say("review-version", &[("version", text(&shown["version"]).into())])?;
    let records: Vec<&Value> = shown["records"].as_array().into_iter().flatten().collect();
    let mut fields: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (side, record) in records.iter().enumerate() {
        let mut put = |path: String, value: String| {
            let row = fields.entry(path).or_insert_with(|| vec![String::new(); records.len()]);
            if let Some(cell) = row.get_mut(side) {
                *cell = value;
            }
        };
        put(" id".to_owned(), text(&record["id"]).to_owned());
        put(" scheme".to_owned(), text(&record["scheme"]).to_owned());
        put(" person".to_owned(), text(&record["person_id"]).to_owned());
        leaves(&record["record"], "", &mut put);
    }
    for (path, cells) in &fields {
        let differ = cells.windows(2).any(|pair| pair[0] != pair[1]);
        let cells: Vec<String> = cells.iter().map(|cell| cut(cell)).collect();
        let mark = if differ { '≠' } else { ' ' };
        screen.line(&format!("{mark} {:<34} {}", path.trim_start(), cells.join("  ")))?;
    }
    evidence(&shown["evidence"], screen)
}

fn cut(cell: &str) -> String {
    let short: String = cell.chars().take(WIDEST).collect();
    format!("{short:<WIDEST$}")
}

/// Every value of a document with its path.
fn leaves(value: &Value, path: &str, put: &mut impl FnMut(String, String)) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let inner = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                leaves(member, &inner, put);
            }
        }
        Value::Array(list) => {
            for (index, item) in list.iter().enumerate() {
                leaves(item, &format!("{path}[{index}]"), put);
            }
        }
        Value::Null => {}
        Value::String(text) => put(path.to_owned(), text.clone()),
        other => put(path.to_owned(), other.to_string()),
    }
}

/// The waterfall: each field with its level, the share of people with the value, and the bits against each rival.
pub fn evidence(evidence: &Value, screen: &Screen) -> Result<(), Failure> {
    let bars = evidence["bars"].as_array();
    let Some(bars) = bars.filter(|bars| !bars.is_empty()) else { return Ok(()) };
    screen.heading(&screen.text("review-evidence", &[]))?;
    let mut totals = [0.0; 3];
    let row = |name: &str, level: &str, share: &str, bits: [f64; 3]| {
        let [unrelated, household, twin] = bits;
        format!("  {name:<12} {level:<18} {share:>9} {unrelated:>8.2} {household:>8.2} {twin:>8.2}")
    };
    for bar in bars {
        let bits = ["unrelated", "household", "twin"]
            .map(|rival| bar["bits"][rival].as_f64().unwrap_or(0.0));
        totals.iter_mut().zip(bits).for_each(|(total, bits)| *total += bits);
        let share = bar["share"].as_f64().filter(|share| *share < 1.0);
        let share = share.map_or(String::new(), |share| format!("{share:.5}"));
        screen.line(&row(text(&bar["field"]), text(&bar["level"]), &share, bits))?;
    }
    screen.line(&row("=", "", "", totals))?;
    if let Some(objection) = evidence["objection"].as_str() {
        screen.line(&format!("  ! {}", reason(objection, screen)))?;
    }
    Ok(())
}

/// One line a decision.
pub fn decisions(found: &Value, screen: &Screen) -> Result<(), Failure> {
    if screen.json() {
        return items(found).try_for_each(|item| screen.value(item));
    }
    if items(found).next().is_none() {
        return screen.say("review-no-decisions", &[]);
    }
    for item in items(found) {
        let kind = screen.text(&format!("review-decision-{}", text(&item["kind"])), &[]);
        let mut line = format!(
            "{} · {kind} · {} · {} · {}",
            text(&item["id"]),
            text(&item["at"]),
            text(&item["by"]),
            text(&item["reason"])
        );
        if let Some(by) = item["undone_by"].as_str() {
            line.push_str(" · ");
            line.push_str(&screen.text("review-undone", &[("by", by.into())]));
        }
        screen.line(&line)?;
    }
    next(found, screen)
}
