//! What records of a file have in common that is wrong: one fault of an export refuses thousands of records, and whoever
//! mends it wants to hear of it once, with a count and a few places.
//!
//! Two issues share a defect when they say the same of the same field for the same reason: code, severity, field, what
//! was expected and the line of the mapping. Values and places are what differs.

use std::collections::BTreeMap;

use super::{Expected, Issue, IssueCode, RulePlace, Severity};

/// What issues of different records may share.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Defect {
    /// Which of the catalogue.
    pub code: IssueCode,
    /// Error or warning.
    pub severity: Severity,
    /// The field as the sender wrote it; of lists not which item (`contrats[].debut`).
    pub field: Option<String>,
    /// What was expected.
    pub expected: Option<Expected>,
    /// The line of the mapping that found it.
    pub rule: Option<RulePlace>,
}

impl Defect {
    /// The defect behind an issue.
    #[must_use]
    pub fn of(issue: &Issue) -> Self {
        Self {
            code: issue.code,
            severity: issue.severity,
            field: issue.field.as_deref().map(of_any_item),
            expected: issue.expected.clone(),
            rule: issue.rule.clone(),
        }
    }

    /// The same without what senders and mappings name: where defects beyond count are gathered.
    fn coarse(&self) -> Self {
        Self { code: self.code, severity: self.severity, field: None, expected: None, rule: None }
    }
}

/// A field without the numbers of items: the third phone is as wrong as the first.
fn of_any_item(field: &str) -> String {
    let mut parts = field.split('[');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |plain, part| {
        let digits = part.trim_start_matches(|c: char| c.is_ascii_digit());
        let part = if digits.starts_with(']') { digits } else { part };
        plain + "[" + part
    })
}

/// The records that share a defect.
#[derive(Clone, Default)]
pub struct Group {
    /// How many; a record that has the defect twice counts once.
    pub records: u64,
    /// The issues of the first of them, in the order of the file.
    pub first: Vec<Issue>,
}

/// The defects of a file. Its memory does not grow with the file.
#[derive(Default)]
pub struct Defects {
    groups: BTreeMap<Defect, Group>,
}

/// Issues kept of each group: enough to see what they have in common.
pub const FIRST: usize = 3;
/// Groups kept apart: names of fields come from the sender, so a hostile file could make millions.
const GROUPS: usize = 1_000;

impl Defects {
    /// Counts a record by everything that is wrong with it.
    pub fn add(&mut self, issues: &[Issue]) {
        let mut met = Vec::with_capacity(issues.len());
        for issue in issues {
            let defect = self.place(Defect::of(issue));
            if met.contains(&defect) {
                continue;
            }
            let group = self.groups.entry(defect.clone()).or_default();
            group.records += 1;
            if group.first.len() < FIRST {
                group.first.push(issue.clone());
            }
            met.push(defect);
        }
    }

    /// Under which defect another one is counted: itself, or the coarse one once there are too many.
    fn place(&self, defect: Defect) -> Defect {
        if self.groups.len() < GROUPS || self.groups.contains_key(&defect) {
            defect
        } else {
            defect.coarse()
        }
    }

    /// How many records besides its own share the defect of an issue that was counted.
    #[must_use]
    pub fn others(&self, issue: &Issue) -> u64 {
        let defect = Defect::of(issue);
        let group = self.groups.get(&defect).or_else(|| self.groups.get(&defect.coarse()));
        group.map_or(0, |group| group.records.saturating_sub(1))
    }

    /// Every group: errors before warnings, the most frequent first.
    #[must_use]
    pub fn groups(&self) -> Vec<(&Defect, &Group)> {
        let mut groups: Vec<_> = self.groups.iter().collect();
        groups.sort_by(|(a, one), (b, other)| {
            (b.severity, other.records).cmp(&(a.severity, one.records))
        });
        groups
    }

    /// Whether nothing was wrong.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Place;

    fn bad_date(line: u64, field: &str) -> Issue {
        let form = Expected::Form("dd/MM/yyyy".to_owned());
        Issue::error(IssueCode::BadDate, Place::at_line(line)).field(field).expected(form)
    }

    #[test]
    fn records_with_the_same_fault_are_one_group_with_its_first_places() {
        let mut defects = Defects::default();
        for line in 1..=10 {
            defects.add(&[bad_date(line, "born")]);
        }
        defects.add(&[bad_date(11, "born").expected(Expected::Form("yyyy".to_owned()))]);
        let groups = defects.groups();
        let counts: Vec<u64> = groups.iter().map(|(_, group)| group.records).collect();
        assert_eq!(counts, [10, 1]);
        let lines: Vec<u64> = groups[0].1.first.iter().map(|issue| issue.place.line).collect();
        assert_eq!(lines, [1, 2, 3]);
        assert_eq!(defects.others(&bad_date(7, "born")), 9);
    }

    #[test]
    fn a_record_counts_once_in_a_group() {
        let mut defects = Defects::default();
        defects.add(&[bad_date(1, "born"), bad_date(1, "born"), bad_date(1, "died")]);
        let counts: Vec<u64> = defects.groups().iter().map(|(_, group)| group.records).collect();
        assert_eq!(counts, [1, 1]);
    }

    #[test]
    fn the_items_of_a_list_share_a_defect() {
        let mut defects = Defects::default();
        for (line, field) in [(1, "tel[0].no"), (2, "tel[12].no"), (3, "tel[x].no")] {
            defects.add(&[bad_date(line, field)]);
        }
        let groups = defects.groups();
        let found: Vec<_> = groups.iter().map(|(d, g)| (d.field.as_deref(), g.records)).collect();
        assert_eq!(found, [(Some("tel[].no"), 2), (Some("tel[x].no"), 1)]);
    }

    #[test]
    fn errors_come_before_warnings_that_are_more_frequent() {
        let mut defects = Defects::default();
        let warning = Issue::warning(IssueCode::BadDate, Place::at_line(1)).field("seen");
        defects.add(std::slice::from_ref(&warning));
        defects.add(&[warning]);
        defects.add(&[bad_date(3, "born")]);
        let first = defects.groups()[0].0.severity;
        assert_eq!(first, Severity::Error);
    }

    #[test]
    fn a_file_with_a_million_fields_does_not_fill_the_memory() {
        let mut defects = Defects::default();
        for line in 0..5_000 {
            defects.add(&[bad_date(line, &format!("field{line}"))]);
        }
        assert!(defects.groups().len() <= GROUPS + 1);
        assert_eq!(defects.others(&bad_date(4_999, "field4999")), 5_000 - GROUPS as u64 - 1);
    }
}
