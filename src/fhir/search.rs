//! Search parameters understood: whom they name, what they describe, and what is left aside.
//!
//! A value of text is text: `%`, `*` and `_` mean themselves. A comma separates alternatives, a repeated parameter
//! narrows, and a backslash takes a comma, a bar or itself at its word, as R4 has it.

use serde_json::Value;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::id::PatientId;
use super::request;
use crate::eligibility::question::Demographics;
use crate::model::{Instant, RecordId};

/// How many results a page has when nobody says.
const USUAL: usize = 20;
/// How many results a page has at most.
const MOST: usize = 200;

/// A token: `system|value`; no system means any.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Token {
    /// The system, when one is named.
    pub system: Option<String>,
    /// The value; empty for "anything of this system".
    pub value: String,
}

/// A condition on what a resource says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Condition {
    /// Name of the parameter.
    name: String,
    /// Whether every letter counts.
    exact: bool,
    /// Alternatives.
    values: Vec<String>,
}

/// What a search of people asks.
#[derive(Default)]
pub struct Search {
    /// Only these.
    pub ids: Option<Vec<PatientId>>,
    /// Numbers: one of each list.
    pub numbers: Vec<Vec<Token>>,
    /// Only numbers of these systems come back; all when empty.
    pub domains: Vec<String>,
    /// A description.
    pub person: Demographics,
    /// Whether anything describes the person.
    pub described: bool,
    /// What a result must say.
    pub conditions: Vec<Condition>,
    /// Changed at or after.
    pub since: Option<Instant>,
    /// Changed before.
    pub until: Option<Instant>,
    /// Results on a page; 0 asks only for their number.
    pub count: usize,
    /// After this record, on the pages of a list.
    pub after: Option<RecordId>,
    /// Results before this page, of what was looked for.
    pub offset: usize,
    /// Parameters that mean nothing here.
    pub ignored: Vec<String>,
}

/// Reads the parameters of an address.
///
/// # Errors
/// Name and form of the first parameter that cannot be read.
pub fn read(given: &[(String, String)]) -> Result<Search, (String, &'static str)> {
    let mut search = Search { count: USUAL, ..Search::default() };
    for (name, value) in given {
        search.take(name, value)?;
    }
    Ok(search)
}

/// What a history is asked.
pub struct Past {
    /// Versions at most.
    pub count: usize,
    /// Only since this moment.
    pub since: Option<Instant>,
}

/// Reads the parameters of a history.
///
/// # Errors
/// Name and form of the first parameter that cannot be read.
pub fn history(given: &[(String, String)]) -> Result<Past, (&'static str, &'static str)> {
    let mut past = Past { count: MOST, since: None };
    for (name, value) in given {
        match name.as_str() {
            "_count" => {
                let count: usize = value.parse().map_err(|_| ("_count", "0..200"))?;
                past.count = count.min(MOST);
            }
            "_since" => {
                let at = Instant::parse(value).ok_or(("_since", "2026-01-31T00:00:00Z"))?;
                past.since = Some(at);
            }
            _ => {}
        }
    }
    Ok(past)
}

impl Search {
    fn take(&mut self, full: &str, value: &str) -> Result<(), (String, &'static str)> {
        let wrong = |form| Err((full.to_owned(), form));
        let (name, modifier) = full.split_once(':').unwrap_or((full, ""));
        match (name, modifier) {
            // Syntax, read elsewhere.
            ("_format" | "_pretty", "") => {}
            ("_id", "") => {
                let ids = alternatives(value);
                let ids = ids.iter().filter_map(|id| PatientId::parse(id)).collect();
                self.ids = Some(ids);
            }
            ("identifier", "") => self.take_numbers(value),
            ("family" | "given", "" | "exact") => self.take_name(name, value, modifier == "exact"),
            ("gender", "") => {
                self.person.sex = request::sex(value);
                self.described = true;
                self.demand(name, value, true);
            }
            ("birthdate", "") => {
                let day = value.strip_prefix("eq").unwrap_or(value);
                let Ok(date) = day.parse() else { return wrong("YYYY-MM-DD") };
                self.person.birth_date = Some(date);
                self.described = true;
                self.demand(name, day, false);
            }
            ("telecom" | "phone", "") => {
                let (_, phone) = super::identifier::token(value);
                self.person.phone = Some(phone.to_owned().into());
                self.described = true;
                self.demand(name, phone, true);
            }
            // Whoever is known is active; an id that was merged is answered by its number only.
            ("active", "") if value == "true" => {}
            ("active", "") => self.ids = Some(Vec::new()),
            ("address" | "address-city" | "address-country" | "address-state", "" | "exact") => {
                self.described = true;
                self.demand(name, value, modifier == "exact");
            }
            ("_lastUpdated", "") => {
                let Some(()) = self.take_moment(value) else {
                    return wrong("ge2026-01-31T00:00:00Z");
                };
            }
            ("_count", "") => match value.parse::<usize>() {
                Ok(count) => self.count = count.min(MOST),
                Err(_) => return wrong("0..200"),
            },
            ("_after", "") => match PatientId::parse(value) {
                Some(PatientId::Record(record)) => self.after = Some(record),
                _ => return wrong("rec-…"),
            },
            ("_offset", "") => match value.parse() {
                Ok(offset) => self.offset = offset,
                Err(_) => return wrong("0.."),
            },
            ("_summary", "") if value == "count" => self.count = 0,
            _ => self.ignored.push(full.chars().take(60).collect()),
        }
        Ok(())
    }

    fn take_numbers(&mut self, value: &str) {
        let tokens = alternatives(value).into_iter().map(|one| {
            let (system, value) = super::identifier::token(&one);
            Token { system: system.map(ToOwned::to_owned), value: value.to_owned() }
        });
        let (domains, numbers): (Vec<Token>, Vec<Token>) =
            tokens.partition(|token| token.value.is_empty());
        self.domains.extend(domains.into_iter().filter_map(|token| token.system));
        if !numbers.is_empty() {
            self.numbers.push(numbers);
        }
    }

    /// A name to look for and, as R4 has it, a condition: as it begins, or letter for letter.
    fn take_name(&mut self, name: &str, value: &str, exact: bool) {
        let all = alternatives(value);
        let first = all.first().cloned().unwrap_or_default();
        if name == "family" {
            self.person.family = first.into();
        } else {
            // `given=Awa&given=Nana` is one person with both.
            let so_far = self.person.given.expose();
            self.person.given = format!("{so_far} {first}").trim().to_owned().into();
        }
        self.described = true;
        self.conditions.push(Condition { name: name.to_owned(), exact, values: all });
    }

    fn demand(&mut self, name: &str, value: &str, exact: bool) {
        let values = alternatives(value);
        self.conditions.push(Condition { name: name.to_owned(), exact, values });
    }

    fn take_moment(&mut self, value: &str) -> Option<()> {
        let (prefix, text) = match value.get(..2) {
            Some(prefix @ ("ge" | "gt" | "le" | "lt" | "eq" | "sa" | "eb")) => {
                (prefix, value.get(2..)?)
            }
            _ => ("eq", value),
        };
        // A day is a span; a moment is one of a millisecond.
        let (from, to) = match text.parse::<jiff::civil::Date>() {
            Ok(day) => (Instant::start_of(day), Instant::start_of(day.tomorrow().ok()?)),
            Err(_) => Instant::parse(text).map(|at| (at, at.plus_millis(1)))?,
        };
        match prefix {
            "ge" => self.since = Some(from),
            "gt" | "sa" => self.since = Some(to),
            "le" => self.until = Some(to),
            "lt" | "eb" => self.until = Some(from),
            _ => (self.since, self.until) = (Some(from), Some(to)),
        }
        Some(())
    }

    /// Whether a resource says what is asked, in what of it may be seen: of what may not, it says nothing. Where the
    /// index looked for the person, it has judged what may not be seen, and names by more spellings than a beginning.
    #[must_use]
    pub fn fits(&self, patient: &Value, looked_for: bool) -> bool {
        let by_index = |condition: &Condition| looked_for && condition.is_judged(patient);
        let changed = patient["meta"]["lastUpdated"].as_str().and_then(Instant::parse);
        self.conditions.iter().all(|condition| by_index(condition) || condition.holds(patient))
            && self.since.is_none_or(|since| changed.is_some_and(|at| at >= since))
            && self.until.is_none_or(|until| changed.is_some_and(|at| at < until))
    }
}

impl Condition {
    /// Whether the index has judged this of whom it found.
    fn is_judged(&self, patient: &Value) -> bool {
        match self.name.as_str() {
            "family" | "given" => !self.exact,
            "gender" | "birthdate" | "telecom" | "phone" => self.said(patient).is_empty(),
            _ => false,
        }
    }

    fn holds(&self, patient: &Value) -> bool {
        let said = self.said(patient);
        let fits = |wanted: &str, text: &str| {
            if self.exact { wanted == text } else { folded(text).starts_with(&folded(wanted)) }
        };
        self.values.iter().any(|wanted| said.iter().any(|text| fits(wanted, text)))
    }

    /// The texts that the parameter is about.
    fn said(&self, patient: &Value) -> Vec<String> {
        let list = |element: &str, field: &str| -> Vec<String> {
            let items = patient[element].as_array().into_iter().flatten();
            items.flat_map(|item| texts(&item[field])).collect()
        };
        match self.name.as_str() {
            "family" => list("name", "family"),
            "given" => list("name", "given"),
            "gender" => texts(&patient["gender"]),
            "birthdate" => texts(&patient["birthDate"]),
            "telecom" | "phone" => list("telecom", "value"),
            "address-city" => list("address", "city"),
            "address-country" => list("address", "country"),
            "address-state" => list("address", "state"),
            _ => ["city", "country", "state", "district", "text", "line"]
                .iter()
                .flat_map(|field| list("address", field))
                .collect(),
        }
    }
}

fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(items) => items.iter().flat_map(texts).collect(),
        _ => Vec::new(),
    }
}

/// Without case and accents.
fn folded(text: &str) -> String {
    text.nfd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).collect()
}

/// The alternatives of a value.
fn alternatives(value: &str) -> Vec<String> {
    let (mut all, mut one, mut taken) = (Vec::new(), String::new(), false);
    for c in value.chars() {
        match c {
            c if taken => {
                one.push(c);
                taken = false;
            }
            '\\' => taken = true,
            ',' => all.push(std::mem::take(&mut one)),
            c => one.push(c),
        }
    }
    all.push(one);
    all
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn search(given: &[(&str, &str)]) -> Search {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let given: Vec<(String, String)> = given.iter().map(owned).collect();
        read(&given).unwrap_or_else(|(name, form)| panic!("{name}: {form}"))
    }

    #[test]
    fn a_name_begins_without_accents_and_exact_means_every_letter() {
        let patient = json!({ "name": [{ "family": "Traoré", "given": ["Awa", "Nana"] }] });
        assert!(search(&[("family", "traore")]).fits(&patient, false));
        assert!(search(&[("family", "Keita,Trao")]).fits(&patient, false));
        assert!(search(&[("family:exact", "Traoré")]).fits(&patient, false));
        assert!(search(&[("given", "nana"), ("given", "awa")]).fits(&patient, false));
        for (name, value) in
            [("family:exact", "Traore"), ("family", "%"), ("family", "raor"), ("given", "*")]
        {
            assert!(!search(&[(name, value)]).fits(&patient, false), "{name}={value}");
        }
    }

    #[test]
    fn the_index_has_judged_what_may_not_be_seen_and_only_that() {
        let described =
            search(&[("family", "Traore"), ("gender", "female"), ("birthdate", "1985")]);
        let hidden = json!({ "resourceType": "Patient" });
        assert!(described.fits(&hidden, true));
        assert!(!described.fits(&hidden, false));
        let other = json!({ "gender": "male", "birthDate": "1985-06-14" });
        assert!(!described.fits(&other, true));
        assert!(!search(&[("family:exact", "Traore")]).fits(&hidden, true));
    }

    #[test]
    fn numbers_are_alternatives_and_repetition_narrows() {
        let found = search(&[("identifier", "a|1,b|2"), ("identifier", "c|"), ("identifier", "3")]);
        assert_eq!((found.numbers.len(), found.numbers[0].len()), (2, 2));
        assert_eq!(found.domains, ["c"]);
        assert_eq!(found.numbers[1][0], Token { system: None, value: "3".to_owned() });
    }

    #[test]
    fn a_day_of_change_is_a_span() {
        let patient = json!({ "meta": { "lastUpdated": "2026-01-31T12:00:00Z" } });
        for (value, fits) in [
            ("2026-01-31", true),
            ("ge2026-01-31", true),
            ("gt2026-01-31", false),
            ("lt2026-01-31", false),
            ("le2026-01-31", true),
            ("ge2026-01-31T12:00:00Z", true),
            ("gt2026-01-31T12:00:00Z", false),
        ] {
            assert_eq!(search(&[("_lastUpdated", value)]).fits(&patient, false), fits, "{value}");
        }
    }

    #[test]
    fn what_means_nothing_is_named_and_what_cannot_be_read_refused() {
        assert_eq!(search(&[("organization", "x"), ("family:contains", "x")]).ignored.len(), 2);
        let bad = [("_count", "-1"), ("_lastUpdated", "ge"), ("birthdate", "ge1985-06-14")];
        for (name, value) in bad {
            assert!(read(&[(name.to_owned(), value.to_owned())]).is_err(), "{name}={value}");
        }
    }
}
