//! Candidates for the club's mapping, and records that they judge differently.

use dankun::operations::preview::{Candidate, Preview, Trial, preview};
use dankun::operations::replay::report::{Change, Counts, Report};
use serde_json::{Value, json};

use crate::world::{World, but, child, club, lines, member};

pub const MAPPING: &str = include_str!("../intake/club.yaml");

/// The club's mapping with some of its text replaced.
pub fn edited(changes: &[(&str, &str)]) -> String {
    changes.iter().fold(MAPPING.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replace(from, to)
    })
}

/// Suspends everybody, lets dates be wrong, and knows no women.
pub fn strict() -> String {
    edited(&[
        ("status: { value: active }", "status: { value: suspended }"),
        (
            "do: [{ date: yyyy-MM-dd }] }\n  person.phones",
            "do: [{ date: yyyy-MM-dd }], on_error: warning }\n  person.phones",
        ),
        (
            "person.sex: { from: sex, table: { M: male, F: female } }",
            "person.sex: { from: sex, table: { M: male } }",
        ),
        (
            "expect: { person: { sex: female } }",
            "expect_issue: { code: S203, at: sex, severity: error }",
        ),
    ])
}

/// Women, men, a child and records that are refused: 1,200 in force, 3 that wait.
pub async fn population(world: &World) {
    let men = (0..900).map(|number| man(&format!("H{number}")));
    let women = (0..300).map(|number| member(&format!("F{number}"), "TRAORÉ"));
    let bad = (0..2).map(|number| bad_date(&format!("B{number}")));
    let orphan = child("O1", "NOBODY");
    let all: Vec<Value> = men.chain(women).chain(bad).chain([child("K1", "H1"), orphan]).collect();
    let receipt = world.send(&lines(&all)).await;
    assert_eq!((receipt.counts.new_records, receipt.counts.refused), (1_201, 3));
}

pub fn man(id: &str) -> Value {
    but(member(id, "KEITA"), &json!({ "sex": "M" }))
}

pub fn bad_date(id: &str) -> Value {
    but(man(id), &json!({ "born": "1990-02-31" }))
}

pub async fn tried(world: &World, text: &str, last: Option<u64>) -> Preview {
    preview(&world.hub, trial(text, last), |_, _| {}).await.unwrap()
}

pub fn trial(text: &str, last: Option<u64>) -> Trial {
    Trial {
        scheme: club(),
        mapping: "tt-club".to_owned(),
        candidate: Candidate::Text(text.to_owned()),
        last,
    }
}

/// `change field issue` with the number of records.
pub fn groups(report: &Report) -> Vec<(String, u64)> {
    let shown = |group: &dankun::operations::replay::report::Group| {
        let kind = &group.kind;
        let name = [Some(kind.change.name()), kind.field.as_deref(), kind.issue.as_deref()];
        (name.into_iter().flatten().collect::<Vec<_>>().join(" "), group.records)
    };
    report.groups.iter().map(shown).collect()
}

pub fn group(report: &Report, change: Change) -> &dankun::operations::replay::report::Group {
    report.groups.iter().find(|group| group.kind.change == change).unwrap()
}

pub fn counts(examined: u64, counts: Counts) -> Counts {
    Counts { examined, ..counts }
}
