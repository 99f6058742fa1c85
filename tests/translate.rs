//! The way back over the demonstration: every export in the format of every scheme, and what the
//! receiver says of it.

#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use dankun::format::{Reader, Writer};
use dankun::mapping::{
    Codes, Gathering, Library, Mapping, Outcome, Run, RunContext, Translated, compile,
};
use dankun::model::{IssueCode, Severity};
use dankun::schema::Catalog;
use jiff::civil::Date;
use serde_json::Value;

/// The exports of the demonstration, with the scheme that sends each.
const EXPORTS: &[(&str, &str)] = &[
    ("ml-utm", "utm_mutuelles.csv"),
    ("ml-canam", "canam_amo.xml"),
    ("ml-anam", "anam_ramed.json"),
    ("ci-cnam", "ci_cmu.ndjson"),
    ("ng-nhia", "ng_nhia.csv"),
    ("ml-openimis", "fhir_bundle.json"),
    ("ci-necab", "necab_coop.csv"),
    ("ml-synd", "syndicat.csv"),
];

/// The day on which the exports were extracted.
const EXTRACTED: Date = Date::constant(2025, 12, 31);

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

fn texts(directory: &str, extension: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(root().join(directory)).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|known| known == extension) {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            found.push((name, fs::read_to_string(&path).unwrap()));
        }
    }
    found
}

/// Every mapping of a scheme that the demonstration has, and plain FHIR.
fn mappings() -> BTreeMap<String, Mapping> {
    let mut schemas = Vec::new();
    for entry in fs::read_dir(root().join("schemas")).unwrap() {
        let directory = entry.unwrap().path();
        if directory.is_dir() {
            let name = directory.file_name().unwrap().to_str().unwrap().to_owned();
            let files = texts(&format!("schemas/{name}"), "json").into_iter();
            schemas.extend(files.map(|(version, text)| (format!("{name}/{version}"), text)));
        }
    }
    let schemas = Catalog::parse(schemas).unwrap_or_else(|errors| panic!("{errors:?}"));
    let codes = texts("mappings/codes", "yaml");
    let codes = Codes::parse(codes.iter().map(|(name, text)| (name.as_str(), text.as_str())));
    let codes = codes.unwrap_or_else(|problems| panic!("{problems:?}"));
    let library = Library { schemas: &schemas, codes: &codes };
    let wanted = |id: &str| id == "fhir-r4" || EXPORTS.iter().any(|(known, _)| *known == id);
    let shipped = texts("mappings", "yaml").into_iter().filter(|(id, _)| wanted(id));
    shipped
        .map(|(id, text)| {
            let mapping = compile(&text, &format!("mappings/{id}.yaml"), &library).0;
            (id.clone(), mapping.unwrap_or_else(|| panic!("{id} does not compile")))
        })
        .collect()
}

fn read(mapping: &Mapping, bytes: Vec<u8>) -> (Vec<Translated>, Vec<(String, IssueCode)>) {
    let reader = Reader::new(Box::new(io::Cursor::new(bytes)), &mapping.read_options());
    let context = RunContext { scheme: mapping.id().parse().unwrap(), today: EXTRACTED };
    let mut run = Run::new(mapping, reader, context);
    let (mut accepted, mut refused) = (Vec::new(), Vec::new());
    while let Some(outcome) = run.next() {
        match outcome {
            Outcome::Accepted(record) => accepted.push(*record),
            Outcome::Refused(refusal) => {
                let errors = refusal.issues.into_iter().filter(|i| i.severity == Severity::Error);
                refused.extend(errors.map(|i| (i.field.unwrap_or_default(), i.code)));
            }
        }
    }
    (accepted, refused)
}

fn demo(mapping: &Mapping, file: &str) -> Vec<Translated> {
    let (accepted, _) = read(mapping, fs::read(root().join("demo").join(file)).unwrap());
    assert!(accepted.len() > 10, "{file}: {}", accepted.len());
    accepted
}

/// Bytes that a writer owns and that are read when it is done.
#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The records in the target's format, and the fields that the loss report says are missing.
fn write(to: &Mapping, records: &[Translated]) -> (Vec<u8>, BTreeSet<String>, BTreeSet<String>) {
    let shared = Shared::default();
    // Below the encoding: which characters it lacks is another story.
    let mut writer = Writer::new(Box::new(shared.clone()), &to.write_options()).unwrap();
    let (mut missing, mut lost) = (BTreeSet::new(), BTreeSet::new());
    let mut gathering = Gathering::new(to);
    for record in records {
        gathering.add(&record.canonical, ()).unwrap();
    }
    gathering.end();
    while let Some(gathered) = gathering.next() {
        let built = to.build(&gathered);
        for loss in &built.losses {
            missing.extend(loss.missing.clone());
            lost.extend(loss.lost.clone());
        }
        let mut out = writer.record();
        built.write(&mut out);
        out.end().unwrap();
    }
    writer.finish().unwrap();
    let bytes = shared.0.lock().unwrap().clone();
    (bytes, missing, lost)
}

#[test]
fn what_a_target_refuses_is_what_the_loss_report_named_as_missing() {
    let mappings = mappings();
    let mut wrong = BTreeSet::new();
    for (from, file) in EXPORTS {
        let records = demo(&mappings[*from], file);
        for (target, to) in &mappings {
            let (bytes, missing, _) = write(to, &records);
            let (accepted, refused) = read(to, bytes);
            for (field, code) in &refused {
                // openIMIS has nobody without a coverage; a member of a list has none to give.
                let uninsured = *code == IssueCode::DanglingReference
                    && matches!(*from, "ci-necab" | "ml-synd");
                if !missing.contains(field) && !uninsured {
                    wrong.insert(format!("{from} as {target}: {} at {field}", code.name()));
                }
            }
            // A list whose mandatory fields may not be kept cannot come back whole.
            if (from == target && missing.is_empty()) || target == "fhir-r4" {
                let (back, sent) = (accepted.len(), records.len());
                if back != sent {
                    wrong.insert(format!("{from} as {target}: {back} of {sent} came back"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_number_or_code_of_another_scheme_is_reported_and_never_passed_through() {
    let mappings = mappings();
    let records = demo(&mappings["ml-utm"], "utm_mutuelles.csv");
    let (bytes, missing, lost) = write(&mappings["ci-cnam"], &records);
    assert!(missing.contains("num_secu") && missing.contains("regime"), "{missing:?}");
    assert!(lost.contains("coverages[ml-utm].package"), "{lost:?}");
    assert!(lost.contains("source.record_id"), "{lost:?}");
    for line in String::from_utf8(bytes).unwrap().lines() {
        let row: Value = serde_json::from_str(line).unwrap();
        assert_eq!((row.get("num_secu"), row.get("regime")), (None, None));
        assert!(!line.contains("UTM-"), "{line}");
    }
}

#[test]
fn what_comes_out_as_fhir_is_a_bundle_of_resources_with_ids_of_their_own() {
    let mappings = mappings();
    let fhir = &mappings["fhir-r4"];
    let mut urls = BTreeSet::new();
    for (from, file) in EXPORTS {
        let (bytes, ..) = write(fhir, &demo(&mappings[*from], file));
        let bundle: Value = serde_json::from_slice(&bytes).unwrap();
        let (mut patients, mut insured) = (BTreeSet::new(), BTreeSet::new());
        for entry in bundle["entry"].as_array().unwrap() {
            let url = entry["fullUrl"].as_str().unwrap();
            let id = entry["resource"]["id"].as_str().unwrap();
            assert_eq!(url, format!("urn:uuid:{id}"));
            assert!(id.split('-').map(str::len).eq([8, 4, 4, 4, 12]), "{id}");
            assert!(urls.insert(url.to_owned()), "{from}: {url} twice");
            match entry["resource"]["resourceType"].as_str().unwrap() {
                "Patient" => patients.insert(url.to_owned()),
                _ => {
                    let beneficiary = &entry["resource"]["beneficiary"]["reference"];
                    insured.insert(beneficiary.as_str().unwrap().to_owned())
                }
            };
        }
        assert!(insured.is_subset(&patients), "{from}");
    }
}

#[test]
fn what_comes_out_as_xml_has_the_root_of_the_export() {
    let mappings = mappings();
    let (bytes, ..) = write(&mappings["ml-canam"], &demo(&mappings["ml-canam"], "canam_amo.xml"));
    let text = String::from_utf8(bytes).unwrap();
    assert!(text.contains("<exportAMO xmlns=\"urn:example:canam:amo:2\">"));
}

fn by_id(records: &[Translated]) -> BTreeMap<&str, Value> {
    let document = |record: &Translated| serde_json::from_slice(&record.canonical).unwrap();
    records.iter().map(|record| (record.record_id.as_str(), document(record))).collect()
}

#[test]
fn dependants_come_back_inside_the_element_of_their_insured_in_whatever_order_they_come() {
    let mappings = mappings();
    let amo = &mappings["ml-canam"];
    let mut records = demo(amo, "canam_amo.xml");
    let sent = fs::read_to_string(root().join("demo/canam_amo.xml")).unwrap();
    for turn in ["as read", "dependants first"] {
        let (bytes, missing, _) = write(amo, &records);
        let text = String::from_utf8(bytes.clone()).unwrap();
        assert!(text.matches("<assure ").count() <= sent.matches("<assure ").count(), "{turn}");
        let (back, refused) = read(amo, bytes);
        let (back, sent) = (by_id(&back), by_id(&records));
        assert!(back.keys().eq(sent.keys()), "{turn}");
        let changed = sent.iter().filter(|(id, record)| back[*id] != **record).count();
        assert_eq!(changed, 0, "{turn}");
        // An insured who was refused is not there to be written around the dependants.
        let untold = refused.iter().find(|(field, _)| !missing.contains(field));
        assert_eq!(untold, None, "{turn}");
        records.sort_by_key(|record| std::cmp::Reverse(record.record_id.clone()));
    }
}
