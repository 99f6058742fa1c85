//! A record as people read it: a few rows with a name each, the same for every scheme.

use super::words::Words;
use crate::model::BeneficiaryRecord;
use crate::model::record::{Address, Coverage, HumanName};

/// The rows, in the order in which they are read.
pub const ROWS: [&str; 11] = [
    "name",
    "sex",
    "born",
    "birth-place",
    "died",
    "numbers",
    "phones",
    "addresses",
    "household",
    "contracts",
    "record-id",
];

/// The values of a row; none when the record has none.
pub fn row(words: Words, record: &BeneficiaryRecord, row: &str) -> Vec<String> {
    let person = &record.person;
    match row {
        "name" => person.names.iter().map(|name| named(words, name)).collect(),
        "sex" => vec![words.named("page-sex", sex(record))],
        "born" => person.birth_date.iter().map(ToString::to_string).collect(),
        "birth-place" => person.birth_place.iter().cloned().collect(),
        "died" => person.death_date.iter().map(ToString::to_string).collect(),
        "numbers" => {
            person.identifiers.iter().map(|one| format!("{} {}", one.system, one.value)).collect()
        }
        "phones" => person.phones.clone(),
        "addresses" => person.addresses.iter().map(address).collect(),
        "household" => record
            .household
            .iter()
            .map(|one| {
                let relationship = format!("{:?}", one.relationship).to_lowercase();
                format!("{} · {}", words.named("page-relationship", relationship), one.id)
            })
            .collect(),
        "contracts" => record.coverages.iter().map(|one| contract(words, one)).collect(),
        _ => vec![record.source.record_id.clone()],
    }
}

/// What a record says, row by row, without the rows in which it says nothing.
pub fn facts(words: Words, record: &BeneficiaryRecord) -> Vec<(String, Vec<String>)> {
    let fact = |name: &&str| {
        let values = row(words, record, name);
        (!values.is_empty()).then(|| (words.named("page-row", name), values))
    };
    ROWS.iter().filter_map(fact).collect()
}

/// The first name, for headings.
pub fn called(words: Words, record: &BeneficiaryRecord) -> String {
    record.person.names.first().map(|name| named(words, name)).unwrap_or_default()
}

fn named(words: Words, name: &HumanName) -> String {
    let parts = name.given.iter().chain(&name.family).map(String::as_str);
    let joined = parts.collect::<Vec<_>>().join(" ");
    let shown = if joined.is_empty() { name.text.clone().unwrap_or_default() } else { joined };
    match name.usage {
        crate::model::record::NameUse::Official => shown,
        crate::model::record::NameUse::Maiden => words.of("page-name-maiden", "name", shown),
        crate::model::record::NameUse::Alias => words.of("page-name-alias", "name", shown),
    }
}

fn sex(record: &BeneficiaryRecord) -> &'static str {
    match record.person.sex {
        crate::model::record::Sex::Female => "female",
        crate::model::record::Sex::Male => "male",
        crate::model::record::Sex::Unknown => "unknown",
    }
}

fn address(one: &Address) -> String {
    let parts = [&one.locality, &one.commune, &one.district, &one.region, &one.country, &one.text];
    parts.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(", ")
}

/// A contract with its days.
pub fn contract(words: Words, one: &Coverage) -> String {
    let day = |date: Option<jiff::civil::Date>| {
        date.map_or_else(|| "…".to_owned(), |date| words.day(date))
    };
    let what = one.package.as_deref().or(one.policy_number.as_deref()).unwrap_or("");
    let status = words.named("page-coverage", format!("{:?}", one.status).to_lowercase());
    format!(
        "{} {what} · {status} · {} – {}",
        one.scheme,
        day(one.period.start),
        day(one.period.end)
    )
}
