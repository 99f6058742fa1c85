//! The format readers against whole files: the sample exports with their manifest of faults, and
//! files made to hurt.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use dankun::format::{Broken, Container, JsonSink, ReadOptions, Reader};
use dankun::model::IssueCode;

/// The shared samples, when they are beside this package; says so when they are not.
fn samples() -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/sample");
    if path.is_dir() {
        return Some(path);
    }
    println!("SKIPPED: no ../shared/data/sample");
    None
}

fn csv(delimiter: u8, header_row: u64) -> Container {
    Container::Csv { delimiter, quote: b'"', header_row, columns: None }
}

fn bundle() -> Container {
    Container::FhirBundle {
        anchor: "Patient".to_owned(),
        attach: vec![("Coverage".to_owned(), "beneficiary".to_owned())],
    }
}

fn xml(record: &str) -> Container {
    Container::Xml { record: record.to_owned() }
}

fn json() -> Container {
    Container::Json { records_at: vec![] }
}

/// Reads a file to its end: how many records were sound, and what was not.
fn read(path: &Path, container: Container, encoding: Option<&str>) -> (usize, Vec<Broken>) {
    let options =
        ReadOptions { encoding: encoding.map(str::to_owned), ..ReadOptions::new(container) };
    let file = File::open(path).unwrap();
    let mut reader = Reader::new(Box::new(file), &options);
    let (mut sound, mut broken) = (0, Vec::new());
    let mut json = JsonSink::new();
    while let Some(next) = reader.next() {
        match next {
            Ok(frame) => {
                json.clear();
                match frame.walk(&mut json) {
                    Ok(()) => sound += 1,
                    Err(issue) => broken.push(frame.broken(issue)),
                }
                let _: serde::de::IgnoredAny = serde_json::from_slice(json.as_bytes()).unwrap();
            }
            Err(one) => broken.push(one),
        }
    }
    (sound, broken)
}

#[test]
fn every_fault_of_the_bytes_is_found_at_its_line_and_nothing_else_is_refused() {
    let Some(samples) = samples() else { return };
    let manifest = fs::read_to_string(samples.join("invalid_manifest.csv")).unwrap();
    let truth = fs::read_to_string(samples.join("truth.csv")).unwrap();
    let files = [
        ("utm_mutuelles.csv", "ML-UTM", csv(b';', 1), Some("windows-1252")),
        ("utm_mutuelles.csv", "ML-UTM", csv(b';', 1), None),
        ("canam_amo.xml", "ML-CANAM", xml("assure"), None),
        ("anam_ramed.json", "ML-ANAM", json(), None),
        ("ci_cmu.ndjson", "CI-CNAM", Container::Ndjson, Some("utf-8")),
        ("ng_nhia.csv", "NG-NHIA", csv(b',', 1), None),
        ("fhir_bundle.json", "ML-OPENIMIS", bundle(), None),
        ("necab_coop.csv", "CI-NECAB", csv(b';', 4), None),
        ("syndicat.csv", "ML-SYND", csv(b'|', 1), None),
    ];
    for (file, source, container, encoding) in files {
        let expected: BTreeMap<u64, &str> = manifest
            .lines()
            .map(|line| line.split(',').collect::<Vec<_>>())
            .filter(|row| row[2] == file)
            .filter(|row| {
                ["column_count", "broken_encoding", "truncated_line", "dangling_reference"]
                    .contains(&row[5])
            })
            .map(|row| (row[3].parse().unwrap(), row[5]))
            .collect();
        let (sound, broken) = read(&samples.join(file), container, encoding);
        let found: BTreeMap<u64, &str> =
            broken.iter().map(|broken| (broken.place.line, broken.issue.code.name())).collect();
        assert_eq!(found, expected, "{file}");
        assert_eq!(found.len(), broken.len(), "{file}");
        let exported = truth
            .lines()
            .filter(|line| line.starts_with(&format!("{source},")) && line.ends_with(",export"))
            .count();
        // Dependants stand inside their principal's element in XML; a co-operative's list has totals.
        match file {
            "canam_amo.xml" => assert!(sound > 0 && sound < exported, "{file}: {sound}"),
            "necab_coop.csv" => assert!(sound > exported, "{file}: {sound}"),
            _ => assert_eq!(sound + broken.len(), exported, "{file}"),
        }
    }
}

#[test]
fn the_id_of_a_broken_row_can_still_be_read() {
    let Some(samples) = samples() else { return };
    let (_, broken) = read(&samples.join("utm_mutuelles.csv"), csv(b';', 1), Some("windows-1252"));
    let ids: Vec<String> = broken
        .iter()
        .map(|broken| {
            let cells = broken.cells();
            format!("{}/{}", cells[0].1, cells[1].1)
        })
        .collect();
    let manifest = fs::read_to_string(samples.join("invalid_manifest.csv")).unwrap();
    for id in ids {
        assert!(manifest.contains(&format!(",{id},")));
    }
    let (_, broken) = read(&samples.join("ci_cmu.ndjson"), Container::Ndjson, None);
    for broken in broken {
        let id = &broken.cells()[0];
        assert!(id.0 == "num_secu" && manifest.contains(&format!(",{},", id.1)));
    }
}

#[test]
fn files_made_to_hurt_are_answered_without_harm() {
    use IssueCode as Code;
    let Some(samples) = samples() else { return };
    type Case<'c> = (&'c str, Container, Option<&'c str>, usize, &'c [(u64, Code)]);
    let cases: [Case<'_>; 12] = [
        ("anam_deep.json", json(), None, 0, &[(1, Code::TooDeep)]),
        ("anam_truncated.json", json(), None, 0, &[(2, Code::TruncatedFile)]),
        ("canam_entity_bomb.xml", xml("assure"), None, 0, &[(2, Code::ForbiddenEntity)]),
        ("canam_external_entity.xml", xml("assure"), None, 0, &[(2, Code::ForbiddenEntity)]),
        ("canam_truncated.xml", xml("assure"), None, 0, &[(2, Code::TruncatedFile)]),
        ("ci_cmu_huge_line.ndjson", Container::Ndjson, None, 0, &[(1, Code::RecordTooLong)]),
        (
            "ci_cmu_nul.ndjson",
            Container::Ndjson,
            None,
            0,
            &[(1, Code::NulCharacter), (2, Code::NulCharacter)],
        ),
        ("empty.csv", csv(b';', 1), None, 0, &[(1, Code::EmptyFile)]),
        ("fhir_not_a_bundle.json", bundle(), None, 0, &[(1, Code::NotABundle)]),
        ("utm_wrong_encoding.csv", csv(b';', 1), Some("windows-1252"), 1, &[]),
        ("canam_truncated.xml", csv(b';', 1), None, 0, &[(1, Code::WrongFormat)]),
        ("utm_wrong_encoding.csv", xml("assure"), None, 0, &[(1, Code::WrongFormat)]),
    ];
    for (file, container, encoding, sound, expected) in cases {
        let (read, broken) = read(&samples.join("poison").join(file), container, encoding);
        let found: Vec<(u64, Code)> =
            broken.iter().map(|broken| (broken.place.line, broken.issue.code)).collect();
        assert_eq!(found, expected, "{file}");
        assert_eq!(read, sound, "{file}");
    }
}

#[test]
fn a_quote_that_never_closes_costs_one_line() {
    let Some(samples) = samples() else { return };
    let path = samples.join("poison/utm_unclosed_quote.csv");
    let (sound, broken) = read(&path, csv(b';', 1), Some("windows-1252"));
    assert_eq!(sound, 49);
    assert_eq!(broken.len(), 50);
    assert!(broken.iter().all(|broken| broken.issue.code == IssueCode::UnclosedQuote));
    let lines: Vec<u64> = broken.iter().map(|broken| broken.place.line).collect();
    assert_eq!(lines, (1..=50).map(|pair| pair * 2).collect::<Vec<_>>());
}

#[test]
fn another_header_names_the_columns_that_are_missing() {
    let Some(samples) = samples() else { return };
    let container = Container::Csv {
        delimiter: b';',
        quote: b'"',
        header_row: 1,
        columns: Some(vec!["Rang".to_owned(), "Nom".to_owned()]),
    };
    let path = samples.join("poison/utm_wrong_encoding.csv");
    let (_, broken) = read(&path, container, Some("windows-1252"));
    assert_eq!(broken.len(), 1);
    assert_eq!(broken[0].issue.code, IssueCode::MissingHeader);
    assert!(broken[0].ends_file);
    let expected = dankun::model::Expected::OneOf(vec!["Nom".to_owned()]);
    assert_eq!(broken[0].issue.expected, Some(expected));
}
