//! The target document: which fields it has, and how results are written into it.
//!
//! The tree of a mapping's target is fixed when it is compiled, in the order of `beneficiary/1`;
//! writing a record walks it once and drives any [`Events`] sink.

use std::borrow::Cow;

use crate::format::events::{Events, Scalar, ScalarKind};

use super::group::{Group, Made};
use super::value::{Shape, Value};

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

/// What is written.
pub struct Results<'s, 'r> {
    /// What the rules have made.
    pub made: &'s Made<'r>,
    /// Whether a rule reads the sender's record; constants alone do not make a group.
    pub read: &'s [bool],
    /// The repeated groups.
    pub groups: &'s [Group],
    /// The scheme.
    pub scheme: &'s str,
    /// The record id.
    pub record_id: &'s str,
}

impl<'s, 'r> Results<'s, 'r> {
    /// The items of a group.
    fn items(&self, group: usize) -> impl Iterator<Item = Results<'s, 'r>> {
        let (scheme, record_id) = (self.scheme, self.record_id);
        let made = self.made.groups.get(group).into_iter().flatten();
        let group = self.groups.get(group);
        made.zip(std::iter::repeat(group)).filter_map(move |(made, group)| {
            let group = group?;
            let (read, groups) = (group.reads.as_slice(), group.groups.as_slice());
            Some(Results { made, read, groups, scheme, record_id })
        })
    }
}

impl Branch {
    fn present(&self, results: &Results<'_, '_>) -> bool {
        let fed = |rule: usize| {
            results.read.get(rule) == Some(&true)
                && results.made.values.get(rule).is_some_and(|value| !value.is_absent())
        };
        match self {
            Self::Result { rule, .. } => fed(*rule),
            Self::Results(rules) => rules.iter().any(|rule| fed(*rule)),
            Self::Fixed(_) | Self::Scheme => false,
            Self::RecordId => true,
            Self::Object(fields) => fields.iter().any(|(_, branch)| branch.present(results)),
            Self::List(items) => items.iter().any(|branch| branch.present(results)),
            Self::Each { group, item } => results.items(*group).any(|made| item.present(&made)),
        }
    }

    /// Whether a field is written within a group that is.
    fn written(&self, results: &Results<'_, '_>) -> bool {
        match self {
            Self::Result { rule, .. } => {
                results.made.values.get(*rule).is_some_and(|v| !v.is_absent())
            }
            Self::Fixed(_) | Self::Scheme => true,
            Self::Results(_)
            | Self::RecordId
            | Self::Object(_)
            | Self::List(_)
            | Self::Each { .. } => self.present(results),
        }
    }

    /// Writes the branch as one value.
    pub fn write<'o>(&'o self, results: &Results<'o, '_>, out: &mut impl Events<'o>) {
        match self {
            Self::Result { rule, takes } => {
                if let Some(value) = results.made.values.get(*rule) {
                    write_value(value, *takes, out);
                }
            }
            Self::Results(rules) => {
                out.begin_array();
                for value in rules.iter().filter_map(|rule| results.made.values.get(*rule)) {
                    match value {
                        Value::List(items) => {
                            items.iter().for_each(|item| text(Cow::Borrowed(item), out));
                        }
                        other => {
                            if let Some(shown) = other.shown() {
                                text(shown, out);
                            }
                        }
                    }
                }
                out.end_array();
            }
            Self::Fixed(fixed) => text(Cow::Borrowed(fixed), out),
            Self::Scheme => text(Cow::Borrowed(results.scheme), out),
            Self::RecordId => text(Cow::Borrowed(results.record_id), out),
            Self::Object(fields) => {
                out.begin_object();
                for (key, branch) in fields.iter().filter(|(_, branch)| branch.written(results)) {
                    out.key(Cow::Borrowed(key));
                    branch.write(results, out);
                }
                out.end_object();
            }
            Self::List(items) => {
                out.begin_array();
                for item in items.iter().filter(|item| item.present(results)) {
                    item.write(results, out);
                }
                out.end_array();
            }
            Self::Each { group, item } => {
                for made in results.items(*group).filter(|made| item.present(made)) {
                    item.write(&made, out);
                }
            }
        }
    }
}

fn write_value<'o>(value: &'o Value<'_>, takes: Takes, out: &mut impl Events<'o>) {
    match (value, takes) {
        (Value::List(items), _) => {
            out.begin_array();
            items.iter().for_each(|item| text(Cow::Borrowed(item), out));
            out.end_array();
        }
        (value, Takes::Texts) => {
            out.begin_array();
            if let Some(shown) = value.shown() {
                text(shown, out);
            }
            out.end_array();
        }
        (Value::Text(truth), Takes::Boolean) if matches!(&**truth, "true" | "false") => {
            scalar(Cow::Borrowed(truth), ScalarKind::Boolean, out);
        }
        (value, _) => {
            if let Some(shown) = value.shown() {
                text(shown, out);
            }
        }
    }
}

fn text<'o>(text: Cow<'o, str>, out: &mut impl Events<'o>) {
    scalar(text, ScalarKind::Text, out);
}

fn scalar<'o>(text: Cow<'o, str>, kind: ScalarKind, out: &mut impl Events<'o>) {
    out.scalar(Scalar { kind, text, at: 0 });
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
