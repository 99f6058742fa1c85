//! The eight exports: what a draft finds of the mapping that a person wrote.

use std::fs;
use std::path::Path;

use super::drafts::{Pair, draft, proposed, root, written};

/// The exports and how much a draft must find: share of the person's pairs, and share of its own
/// that the person has, in percent. Floors are what holds today; they only go up.
const EXPORTS: &[(&str, &str, u32, u32)] = &[
    ("ml-utm", "utm_mutuelles.csv", 95, 95),
    ("ml-canam", "canam_amo.xml", 100, 90),
    ("ml-anam", "anam_ramed.json", 95, 100),
    ("ci-cnam", "ci_cmu.ndjson", 100, 96),
    ("ng-nhia", "ng_nhia.csv", 100, 96),
    ("ml-openimis", "fhir_bundle.json", 73, 70),
    ("ci-necab", "necab_coop.csv", 100, 100),
    ("ml-synd", "syndicat.csv", 100, 100),
];

/// Fields that anybody would find.
const OBVIOUS: &[&str] = &[
    "person.names.family",
    "person.names.given",
    "person.sex",
    "person.birth_date",
    "person.identifiers.ml-nina",
    "person.identifiers.ci-cmu",
    "person.identifiers.ci-nni",
    "person.identifiers.ng-nin",
    "person.phones",
    "household.id",
    "household.relationship",
    "coverages.period.start",
    "coverages.period.end",
    "coverages.status",
];

/// Extensions are a person's choice, not a finding.
fn counts(pair: &Pair) -> bool {
    !pair.0.starts_with("extensions.")
}

/// The same field; a draft may tell a group apart where the person took the first, or the reverse.
fn agree(a: &Pair, b: &Pair) -> bool {
    let (a_path, a_told) = a.1.split_once(' ').unwrap_or((&a.1, ""));
    let (b_path, b_told) = b.1.split_once(' ').unwrap_or((&b.1, ""));
    a.0 == b.0 && a_path == b_path && (a_told == b_told || a_told.is_empty() || b_told.is_empty())
}

fn measure(directory: &Path) {
    let mut short = Vec::new();
    for (scheme, name, recall_floor, precision_floor) in EXPORTS {
        let file = fs::read(directory.join(name)).unwrap();
        let (draft, _) = draft(&file, scheme, None);
        let text = fs::read_to_string(root().join(format!("mappings/{scheme}.yaml"))).unwrap();
        let (wanted, found) = (written(&text, false), proposed(&draft));
        let wanted: Vec<&Pair> = wanted.iter().filter(|pair| counts(pair)).collect();
        let hits =
            wanted.iter().filter(|pair| found.iter().any(|other| agree(other, pair))).count();
        let right =
            found.iter().filter(|pair| wanted.iter().any(|other| agree(other, pair))).count();
        let recall = hits * 100 / wanted.len();
        let precision = right * 100 / found.len().max(1);
        println!(
            "{scheme}: recall {hits}/{} = {recall} %, precision {right}/{} = {precision} %",
            wanted.len(),
            found.len()
        );
        for pair in wanted.iter().filter(|pair| !found.iter().any(|other| agree(other, pair))) {
            println!("    missed {} <- {}", pair.0, pair.1);
        }
        for pair in found.iter().filter(|pair| !wanted.iter().any(|other| agree(other, pair))) {
            println!("    more   {} <- {}", pair.0, pair.1);
        }
        let firsts = written(&text, true);
        let obvious = firsts.iter().filter(|pair| OBVIOUS.contains(&pair.0.as_str()));
        let missed: Vec<_> =
            obvious.filter(|pair| !found.iter().any(|other| agree(other, pair))).collect();
        if recall < *recall_floor as usize
            || precision < *precision_floor as usize
            || !missed.is_empty()
        {
            short.push(format!(
                "{scheme}: {recall} %, {precision} %, obvious fields missed: {missed:?}"
            ));
        }
    }
    assert!(short.is_empty(), "{}", short.join("\n"));
}

#[test]
fn a_draft_finds_the_obvious_fields_of_each_demo_export() {
    measure(&root().join("demo"));
}

#[test]
fn a_draft_finds_the_obvious_fields_of_each_large_export() {
    let directory = root().join("../shared/data/sample");
    if directory.exists() {
        measure(&directory);
    } else {
        println!("SKIPPED: no ../shared/data/sample");
    }
}
