//! What a mapping would change, or changed, among the stored records: counts, and differences grouped by kind with a few
//! examples of each. Its memory does not grow with the records.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::model::{Issue, Severity};

use super::diff::Difference;

/// Examples kept of each group.
const EXAMPLES: usize = 3;
/// Groups kept apart: fields of refusals are named by senders, so a hostile file could make millions.
const GROUPS: usize = 500;

/// What became of every record that was examined; each counts once.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Counts {
    /// All of them: records in force and refused ones that wait.
    pub examined: u64,
    /// In force, and the same document comes out.
    pub unchanged: u64,
    /// In force, and another document comes out.
    pub changed: u64,
    /// In force, and would be refused: what is in force stays, the refusal waits in quarantine.
    pub newly_refused: u64,
    /// In force and refused, and something about the record waits already: an earlier replay's refusal, or newer data.
    pub refused_before: u64,
    /// In force, and would get another record id: stays as it is, or the person would be there twice.
    pub renamed: u64,
    /// In force, and the mapping makes no record of it any more: stays as it is.
    pub gone: u64,
    /// Refused, and valid now: leaves the quarantine.
    pub newly_accepted: u64,
    /// Newer data of the record is in force, or the very same: nothing changes, and what was refused leaves the
    /// quarantine.
    pub overtaken: u64,
    /// Refused, and no record at all for this mapping, such as a line of totals: leaves the quarantine.
    pub no_record: u64,
    /// Refused for the same reasons.
    pub still_refused: u64,
    /// Refused, for other reasons than before: those are told from now on.
    pub refused_otherwise: u64,
}

/// What happened to a field or a record.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// A record in force would be refused.
    Refused,
    /// A record would get another id.
    Renamed,
    /// No record any more.
    Gone,
    /// A refused record is valid.
    Accepted,
    /// A refused record is refused for another reason.
    RefusedOtherwise,
    /// The field was not there.
    Added,
    /// The field is not there any more.
    Removed,
    /// The field says something else.
    Changed,
    /// A field is newly left out, with a warning.
    Warned,
    /// A warning that there was is no more.
    Unwarned,
}

impl Change {
    /// As shown to machines.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Renamed => "renamed",
            Self::Gone => "gone",
            Self::Accepted => "accepted",
            Self::RefusedOtherwise => "refused_otherwise",
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Changed => "changed",
            Self::Warned => "warned",
            Self::Unwarned => "unwarned",
        }
    }
}

/// A kind of difference: what happened, to which field, for which reason.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Kind {
    /// What happened.
    pub change: Change,
    /// The issue, by its number in the catalogue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issue: Option<String>,
    /// The canonical field; of an issue the sender's field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
}

/// One record of a group.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Example {
    /// The hub's id of the record, `rec_…`; of one that waits, `qua_…`.
    pub record: String,
    /// Line in the sender's file; 0 when there is none.
    pub line: u64,
    /// The sender's id of the record. Personal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record_id: Option<String>,
    /// What the field was. Personal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Value>,
    /// What the field is; of an issue the sender's value. Personal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Value>,
}

/// The records with one kind of difference.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Group {
    /// Which.
    #[serde(flatten)]
    pub kind: Kind,
    /// How many; a record counts once in a group.
    pub records: u64,
    /// The first of them.
    pub examples: Vec<Example>,
}

/// What came of it all.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Report {
    /// What became of the records.
    pub counts: Counts,
    /// Records with the same document and other warnings; they are among the unchanged ones.
    pub other_warnings: u64,
    /// Records that another version than the one in force had made: what differs may be owed to edits before this one.
    pub made_by_older: u64,
    /// What differs, by kind.
    pub groups: Vec<Group>,
}

/// A report while records are examined.
#[derive(Default)]
pub(in crate::operations) struct Tally {
    pub(in crate::operations) counts: Counts,
    pub(in crate::operations) other_warnings: u64,
    pub(in crate::operations) made_by_older: u64,
    groups: BTreeMap<Kind, (u64, Vec<Example>)>,
}

/// Whose difference it is: what every example of a record has in common.
#[derive(Clone)]
pub(in crate::operations) struct Whose {
    pub(in crate::operations) record: String,
    pub(in crate::operations) line: u64,
    pub(in crate::operations) record_id: Option<String>,
}

impl Tally {
    /// Goes on from a report.
    pub(in crate::operations) fn of(report: Report) -> Self {
        let Report { counts, other_warnings, made_by_older, groups } = report;
        let groups =
            groups.into_iter().map(|group| (group.kind, (group.records, group.examples))).collect();
        Self { counts, other_warnings, made_by_older, groups }
    }

    /// The report so far, the most frequent kinds of each change first.
    pub(in crate::operations) fn report(&self) -> Report {
        let mut groups: Vec<Group> = self
            .groups
            .iter()
            .map(|(kind, (records, examples))| Group {
                kind: kind.clone(),
                records: *records,
                examples: examples.clone(),
            })
            .collect();
        groups.sort_by(|a, b| {
            (a.kind.change, b.records, &a.kind).cmp(&(b.kind.change, a.records, &b.kind))
        });
        Report {
            counts: self.counts,
            other_warnings: self.other_warnings,
            made_by_older: self.made_by_older,
            groups,
        }
    }

    /// Notes fields that differ; a record counts once for a path, however many items differ there.
    pub(in crate::operations) fn fields(&mut self, whose: &Whose, differences: Vec<Difference>) {
        let mut met: Vec<(Change, String)> = Vec::new();
        for Difference { path, change, before, after } in differences {
            if met.iter().any(|(known, field)| *known == change && *field == path) {
                continue;
            }
            met.push((change, path.clone()));
            self.add(Kind { change, issue: None, field: Some(path) }, whose, before, after);
        }
    }

    /// Notes the reasons of a change, each once.
    pub(in crate::operations) fn issues<'i>(
        &mut self,
        change: Change,
        whose: &Whose,
        issues: impl IntoIterator<Item = &'i Issue>,
    ) {
        let mut met: Vec<Kind> = Vec::new();
        for issue in issues {
            let number = Some(issue.code.number().to_owned());
            let kind = Kind { change, issue: number, field: issue.field.clone() };
            if !met.contains(&kind) {
                met.push(kind.clone());
                self.add(kind, whose, None, issue.value.clone().map(Value::String));
            }
        }
    }

    /// Notes a change of a whole record.
    pub(in crate::operations) fn record(
        &mut self,
        change: Change,
        whose: &Whose,
        after: Option<Value>,
    ) {
        self.add(Kind { change, issue: None, field: None }, whose, None, after);
    }

    fn add(&mut self, kind: Kind, whose: &Whose, before: Option<Value>, after: Option<Value>) {
        let known = self.groups.len() < GROUPS || self.groups.contains_key(&kind);
        let kind = if known { kind } else { Kind { field: None, ..kind } };
        let (records, examples) = self.groups.entry(kind).or_default();
        *records += 1;
        if examples.len() < EXAMPLES {
            let Whose { record, line, record_id } = whose.clone();
            examples.push(Example { record, line, record_id, before, after });
        }
    }
}

impl Report {
    /// Without anything personal: the sender's ids and values.
    #[must_use]
    pub fn without_values(mut self) -> Self {
        for example in self.groups.iter_mut().flat_map(|group| &mut group.examples) {
            (example.record_id, example.before, example.after) = (None, None, None);
        }
        self
    }
}

/// The errors among issues.
pub(in crate::operations) fn errors(issues: &[Issue]) -> impl Iterator<Item = &Issue> {
    issues.iter().filter(|issue| issue.severity == Severity::Error)
}
