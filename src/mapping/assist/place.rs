//! What the language expects at a place: which keys a group has, and what a value means.
//!
//! The lists of keys are those of [`keys`]; what is not listed here is free text.

use super::super::spec::keys;
use super::super::target::FIELDS;
use super::super::verb::{self, Declaration};
use super::cursor::Step;
use super::view;

/// A group with a closed list of keys.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Group {
    /// The whole file.
    Mapping,
    /// `source`.
    Source,
    /// An entry of `source.records`.
    Records,
    /// `source.resources`.
    Resources,
    /// `source.rows`.
    Rows,
    /// `source.inherit`.
    Inherit,
    /// An entry of `source.refers`.
    Refers,
    /// A repeated group of the target.
    Repeated,
    /// A rule.
    Rule,
    /// A branch of `choose`.
    Branch,
    /// An entry of `checks`.
    Check,
    /// A table.
    Table,
    /// A row of a table.
    Row,
    /// `unmapped`.
    Unmapped,
    /// A test.
    Test,
    /// `expect_issue`.
    Issue,
    /// `round_trip`.
    RoundTrip,
    /// An entry of `samples`.
    Sample,
    /// A text in both languages.
    Title,
    /// A file with a shared table.
    Codes,
}

impl Group {
    /// Every group.
    pub const ALL: &'static [Self] = &[
        Self::Mapping,
        Self::Source,
        Self::Records,
        Self::Resources,
        Self::Rows,
        Self::Inherit,
        Self::Refers,
        Self::Repeated,
        Self::Rule,
        Self::Branch,
        Self::Check,
        Self::Table,
        Self::Row,
        Self::Unmapped,
        Self::Test,
        Self::Issue,
        Self::RoundTrip,
        Self::Sample,
        Self::Title,
        Self::Codes,
    ];

    /// Its keys.
    #[must_use]
    pub const fn keys(self) -> &'static [&'static str] {
        match self {
            Self::Mapping => keys::MAPPING,
            Self::Source => keys::SOURCE,
            Self::Records => keys::RECORDS,
            Self::Resources => keys::RESOURCES,
            Self::Rows => keys::ROWS,
            Self::Inherit => keys::INHERIT,
            Self::Refers => keys::REFERS,
            Self::Repeated => keys::GROUP,
            Self::Rule => keys::RULE,
            Self::Branch => keys::BRANCH,
            Self::Check => keys::CHECK,
            Self::Table => keys::TABLE,
            Self::Row => keys::ROW,
            Self::Unmapped => keys::UNMAPPED,
            Self::Test => keys::TEST,
            Self::Issue => keys::ISSUE,
            Self::RoundTrip => keys::ROUND_TRIP,
            Self::Sample => keys::SAMPLE,
            Self::Title => keys::TITLE,
            Self::Codes => keys::CODES,
        }
    }

    /// Its name in the keys of messages.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Mapping => "mapping",
            Self::Source => "source",
            Self::Records => "records",
            Self::Resources => "resources",
            Self::Rows => "rows",
            Self::Inherit => "inherit",
            Self::Refers => "refers",
            Self::Repeated => "group",
            Self::Rule => "rule",
            Self::Branch => "branch",
            Self::Check => "check",
            Self::Table => "table",
            Self::Row => "row",
            Self::Unmapped => "unmapped",
            Self::Test => "test",
            Self::Issue => "issue",
            Self::RoundTrip => "round_trip",
            Self::Sample => "sample",
            Self::Title => "title",
            Self::Codes => "codes",
        }
    }
}

/// What is expected at a place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    /// A group of the language, or a list of such groups.
    Group(Group),
    /// Rules by target path.
    Fields,
    /// Rules by source field.
    Back,
    /// Rules by a name of the author's.
    Values,
    /// Tables by a name of the author's.
    Tables,
    /// Source paths by a short name.
    Names,
    /// Texts by source path.
    Labels,
    /// Codes of the target by the sender's text.
    Rows,
    /// A record of the sender.
    Record,
    /// A part of the canonical record.
    Canonical,
    /// Steps, or one of them.
    Steps,
    /// The argument of a verb.
    Argument(&'static str),
    /// A table by name, or its rows.
    TableOrRows,
    /// A path of the record that is read, or a name for one.
    Path,
    /// The name of a shared table.
    Codes,
    /// A code or text of the target.
    Code,
    /// A condition.
    Condition,
    /// A condition on the result, or `not future`.
    Check,
    /// A text with paths in braces.
    Template,
    /// `error` or `warning`.
    Severity,
    /// What follows from a text without a row.
    Unmapped,
    /// A code of the catalogue of issues.
    Issue,
    /// One of these words.
    Words(&'static [&'static str]),
    /// The id of a schema.
    Schema,
    /// Whatever the author likes.
    Free,
}

/// What is expected at the end of a path of keys and items.
#[must_use]
pub fn expected(root: Group, path: &[Step]) -> Place {
    path.iter().fold(Place::Group(root), |place, step| match step {
        Step::Key(key) => place.under(key),
        Step::Item(_) => place,
    })
}

impl Place {
    /// What is expected as the value of a key.
    fn under(self, key: &str) -> Self {
        match self {
            Self::Group(group) => group.value(key),
            Self::Fields if holds_groups(key) => Self::Group(Group::Repeated),
            Self::Fields | Self::Back | Self::Values => Self::Group(Group::Rule),
            Self::Tables => Self::Group(Group::Table),
            Self::Names => Self::Path,
            Self::TableOrRows if Group::Table.keys().contains(&key) => Group::Table.value(key),
            // A row is a code, or a group that holds one.
            Self::Rows | Self::TableOrRows => Self::Code,
            Self::Code if Group::Row.keys().contains(&key) => Group::Row.value(key),
            Self::Unmapped => Group::Unmapped.value(key),
            Self::Record => Self::Record,
            Self::Canonical => Self::Canonical,
            Self::Steps => step_value(key),
            Self::Labels
            | Self::Argument(_)
            | Self::Path
            | Self::Codes
            | Self::Code
            | Self::Condition
            | Self::Check
            | Self::Template
            | Self::Severity
            | Self::Issue
            | Self::Words(_)
            | Self::Schema
            | Self::Free => Self::Free,
        }
    }
}

/// Whether a target path, from the record or from the group around it, is a list of groups.
fn holds_groups(path: &str) -> bool {
    let Some(list) = path.strip_suffix("[]") else { return false };
    let list = format!("{}.", view::plain(list));
    FIELDS
        .iter()
        .any(|(known, _, _)| known.starts_with(&list) || known.contains(&format!(".{list}")))
}

/// The value of a verb, or of an option of one, in a step.
fn step_value(key: &str) -> Place {
    match key {
        "table" => Place::TableOrRows,
        "estimated_when" | "year_only_when" => Place::Condition,
        "order" => Place::Words(&[
            "family_first",
            "given_first",
            "given_only",
            "mostly_family_first",
            "mostly_given_first",
        ]),
        "end" | "optional" => Place::Words(&["true"]),
        "unit" => Place::Words(&["days", "months", "years"]),
        "language" => Place::Words(&["fr", "en", "pt"]),
        "born_at" => Place::Path,
        "default" => Place::Code,
        _ => verb::declaration(key)
            .map_or(Place::Free, |found: &Declaration| Place::Argument(found.name)),
    }
}

impl Group {
    fn value(self, key: &str) -> Place {
        match self {
            Self::Mapping => mapping_value(key),
            Self::Source => source_value(key),
            Self::Rule => rule_value(key),
            Self::Repeated => match key {
                "fields" => Place::Fields,
                "when" => Place::Condition,
                _ => Place::Path,
            },
            Self::Records => match key {
                "each" => Place::Path,
                "self" => Place::Words(&["true"]),
                _ => Place::Template,
            },
            Self::Inherit | Self::Refers => match key {
                "when" => Place::Condition,
                "code" => Place::Issue,
                "id" => Place::Template,
                _ => Place::Path,
            },
            Self::Branch => match key {
                "if" => Place::Condition,
                "from" => Place::Path,
                _ => Place::Code,
            },
            Self::Check | Self::Issue => match key {
                "when" => Place::Condition,
                "code" => Place::Issue,
                "at" => Place::Path,
                "severity" => Place::Severity,
                "title" => Place::Group(Self::Title),
                _ => Place::Free,
            },
            Self::Table | Self::Codes => match key {
                "rows" => Place::Rows,
                "codes" if self == Self::Table => Place::Codes,
                "include" => Place::Codes,
                "fold" => Place::Words(&["true", "false"]),
                "unmapped" => Place::Unmapped,
                "title" => Place::Group(Self::Title),
                _ => Place::Free,
            },
            Self::Row => match key {
                "to" => Place::Code,
                "match" => Place::Words(&["exact", "broad"]),
                "label" => Place::Group(Self::Title),
                _ => Place::Free,
            },
            Self::Unmapped => {
                if key == "use" {
                    Place::Code
                } else {
                    Place::Severity
                }
            }
            Self::Test => match key {
                "name" => Place::Group(Self::Title),
                "given" => Place::Record,
                "expect" => Place::Canonical,
                "expect_issue" => Place::Group(Self::Issue),
                "round_trip" => Place::Group(Self::RoundTrip),
                _ => Place::Free,
            },
            Self::Rows if key == "as" => Place::Free,
            Self::Rows | Self::RoundTrip => Place::Path,
            Self::Resources | Self::Title | Self::Sample => Place::Free,
        }
    }
}

fn mapping_value(key: &str) -> Place {
    match key {
        "title" => Place::Group(Group::Title),
        "source" => Place::Group(Group::Source),
        "target" => Place::Words(&["beneficiary/1"]),
        "on_error" => Place::Severity,
        "tables" => Place::Tables,
        "values" => Place::Values,
        "fields" => Place::Fields,
        "checks" => Place::Group(Group::Check),
        "back" => Place::Back,
        "sample" => Place::Record,
        "tests" => Place::Group(Group::Test),
        "samples" => Place::Group(Group::Sample),
        _ => Place::Free,
    }
}

fn source_value(key: &str) -> Place {
    match key {
        "format" => Place::Words(keys::FORMATS),
        "encoding" => Place::Words(&["utf-8", "windows-1252", "utf-16le"]),
        "schema" => Place::Schema,
        "resources" => Place::Group(Group::Resources),
        "names" => Place::Names,
        "record_id" => Place::Template,
        "records" => Place::Group(Group::Records),
        "rows" => Place::Group(Group::Rows),
        "inherit" => Place::Group(Group::Inherit),
        "skip_when" => Place::Condition,
        "refers" => Place::Group(Group::Refers),
        "carry_down" | "ignore" | "drop" | "columns" => Place::Path,
        "labels" => Place::Labels,
        _ => Place::Free,
    }
}

fn rule_value(key: &str) -> Place {
    match key {
        "from" => Place::Path,
        "value" => Place::Code,
        "template" => Place::Template,
        "choose" => Place::Group(Group::Branch),
        "if" => Place::Condition,
        "do" => Place::Steps,
        "table" => Place::TableOrRows,
        "check" => Place::Check,
        "on_error" => Place::Severity,
        "code" => Place::Issue,
        "own" => Place::Words(&["true", "false"]),
        _ => Place::Free,
    }
}
