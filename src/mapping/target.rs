//! The target document: which fields it has, and the tree of those that a mapping fills, in the
//! order of `beneficiary/1`. [`super::page`] writes it.

use super::value::Shape;

/// What a target field takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Takes {
    /// Any text.
    Text,
    /// A date with any precision.
    PartialDate,
    /// A whole day.
    Day,
    /// `true` or `false`.
    Boolean,
    /// A list of texts.
    Texts,
    /// One of these codes.
    Code(&'static [&'static str]),
    /// Filled by the hub.
    Hub,
}

impl Takes {
    /// Whether a text is one that the field takes.
    #[must_use]
    pub fn fits(self, text: &str) -> bool {
        match self {
            Self::Code(codes) => codes.contains(&text),
            Self::Boolean => matches!(text, "true" | "false"),
            Self::Text | Self::PartialDate | Self::Day | Self::Texts | Self::Hub => true,
        }
    }

    /// The shape of values that fit.
    #[must_use]
    pub const fn shape(self) -> Shape {
        match self {
            Self::Text | Self::Boolean | Self::Code(_) | Self::Hub => Shape::Text,
            Self::PartialDate | Self::Day => Shape::Date,
            Self::Texts => Shape::List,
        }
    }
}

/// The fields of `beneficiary/1` in the order in which they are written, and whether they are
/// required where their group is. A test holds the list against the published schema.
pub const FIELDS: &[(&str, Takes, bool)] = &[
    ("source.scheme", Takes::Hub, true),
    ("source.record_id", Takes::Hub, true),
    ("source.recorded_at", Takes::Text, false),
    ("person.names.use", Takes::Hub, true),
    ("person.names.family", Takes::Text, false),
    ("person.names.given", Takes::Texts, false),
    ("person.names.prefix", Takes::Texts, false),
    ("person.names.text", Takes::Text, false),
    ("person.sex", Takes::Code(&["female", "male", "unknown"]), false),
    ("person.birth_date", Takes::PartialDate, false),
    ("person.birth_place", Takes::Text, false),
    ("person.death_date", Takes::PartialDate, false),
    ("person.identifiers.system", Takes::Hub, true),
    ("person.identifiers.value", Takes::Text, true),
    ("person.phones", Takes::Texts, false),
    ("person.addresses.country", Takes::Text, false),
    ("person.addresses.region", Takes::Text, false),
    ("person.addresses.district", Takes::Text, false),
    ("person.addresses.commune", Takes::Text, false),
    ("person.addresses.locality", Takes::Text, false),
    ("person.addresses.text", Takes::Text, false),
    ("person.nationality", Takes::Text, false),
    ("person.marital_status", Takes::Text, false),
    ("person.employment", Takes::Code(&["formal", "informal", "none", "unknown"]), false),
    ("household.id", Takes::Text, true),
    ("household.head_record_id", Takes::Text, false),
    ("household.relationship", Takes::Code(RELATIONSHIPS), true),
    ("coverages.scheme", Takes::Hub, true),
    ("coverages.contract_id", Takes::Text, false),
    ("coverages.policy_number", Takes::Text, false),
    ("coverages.package", Takes::Text, false),
    ("coverages.enrolled_on", Takes::Day, false),
    ("coverages.period.start", Takes::Day, false),
    ("coverages.period.end", Takes::Day, false),
    ("coverages.status", Takes::Code(&["active", "suspended", "ended", "pending"]), true),
    ("coverages.status_since", Takes::Day, false),
    ("coverages.closed_on", Takes::Day, false),
    ("coverages.suspensions.from", Takes::Day, true),
    ("coverages.suspensions.to", Takes::Day, false),
    ("coverages.paid_until", Takes::Day, false),
    ("coverages.contribution.amount", Takes::Text, true),
    ("coverages.contribution.currency", Takes::Text, true),
    ("coverages.contribution.every", Takes::Code(&["month", "year"]), false),
    ("coverages.student", Takes::Boolean, false),
    ("coverages.disabled", Takes::Boolean, false),
    ("coverages.institution", Takes::Text, false),
    ("coverages.programme", Takes::Text, false),
    ("extensions", Takes::Text, false),
];

const RELATIONSHIPS: &[&str] = &["head", "spouse", "child", "parent", "sibling", "other"];

/// Lists of the target; every other group stands once.
pub const LISTS: &[&str] = &[
    "person.names",
    "person.identifiers",
    "person.phones",
    "person.addresses",
    "coverages",
    "coverages.suspensions",
    "person.names.given",
    "person.names.prefix",
];

/// What a field takes, by its path without labels; anything below `extensions` is text.
#[must_use]
pub fn takes(path: &str) -> Option<Takes> {
    if path.strip_prefix("extensions.").is_some_and(|rest| rest.split('.').count() >= 2) {
        return Some(Takes::Text);
    }
    FIELDS.iter().find(|(known, _, _)| *known == path && *known != "extensions").map(|f| f.1)
}

/// Place of a field in the written order.
#[must_use]
pub fn order(path: &str) -> usize {
    let starts = |known: &str| {
        known == path || known.strip_prefix(path).is_some_and(|rest| rest.starts_with('.'))
    };
    FIELDS.iter().position(|(known, _, _)| starts(known)).unwrap_or(FIELDS.len())
}

/// A part of the target of one mapping.
#[derive(Debug)]
pub enum Branch {
    /// The result of a rule.
    Result {
        /// Which rule.
        rule: usize,
        /// How it is written.
        takes: Takes,
    },
    /// The results of several rules as one list.
    Results(Vec<usize>),
    /// A text that names an element.
    Fixed(Box<str>),
    /// The scheme.
    Scheme,
    /// The record id.
    RecordId,
    /// A group.
    Object(Vec<(Box<str>, Branch)>),
    /// A list of groups.
    List(Vec<Branch>),
    /// A group for each item of a repeated group; stands in a list only.
    Each {
        /// Which group.
        group: usize,
        /// What is written of an item.
        item: Box<Branch>,
    },
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::schema::Catalog;

    #[test]
    fn the_list_is_the_published_schema() {
        let published = include_str!("../../schemas/beneficiary/1.json").to_owned();
        let catalog = Catalog::parse([("beneficiary/1".to_owned(), published)]).unwrap();
        let schema = catalog.get("beneficiary/1").unwrap();
        let groups =
            |types: &[String]| types.iter().any(|kind| kind == "object" || kind == "array");
        let published: BTreeMap<String, Vec<String>> = schema
            .fields()
            .iter()
            .filter(|field| !groups(&field.types))
            .map(|field| (field.path.replace("[]", ""), field.codes.clone()))
            .collect();
        let listed: BTreeMap<String, Vec<String>> = FIELDS
            .iter()
            .filter(|(path, _, _)| *path != "extensions")
            .map(|(path, takes, _)| {
                let codes = match takes {
                    Takes::Code(codes) => codes.iter().map(|code| (*code).to_owned()).collect(),
                    _ => Vec::new(),
                };
                ((*path).to_owned(), codes)
            })
            .collect();
        for (path, codes) in &published {
            let known = listed.get(path).unwrap_or_else(|| panic!("`{path}` is not in FIELDS"));
            let hub = takes(path) == Some(Takes::Hub);
            let (mut known, mut codes) = (known.clone(), codes.clone());
            known.sort();
            codes.sort();
            assert!(hub || known == codes, "codes of `{path}`: {known:?}, published {codes:?}");
        }
        for path in listed.keys() {
            assert!(published.contains_key(path), "`{path}` is not in beneficiary/1");
        }
    }
}
