//! The short way and the rules say the same of every record, sound or not.

use std::collections::VecDeque;
use std::io::Cursor;
use std::sync::LazyLock;

use jiff::civil::Date;
use proptest::prelude::*;

use super::super::codes::Codes;
use super::super::outcome::Outcome;
use super::super::program::Tracer;
use super::super::run::Flow;
use super::super::{Library, Mapping, compile};
use crate::format::Reader;
use crate::schema::Catalog;

/// Who listens has the rules themselves run, on what the extractor and the judge have read.
struct Listener;

impl Tracer for Listener {}

/// Shipped mappings with a file of their sender.
static SHIPPED: LazyLock<Vec<(Mapping, String)>> = LazyLock::new(|| {
    let read = |path: &str| {
        let path = format!("{}/{path}", env!("CARGO_MANIFEST_DIR"));
        let bytes = std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
        // One of the files is in windows-1252.
        let latin = |bytes: &[u8]| bytes.iter().map(|byte| char::from(*byte)).collect();
        String::from_utf8(bytes).unwrap_or_else(|other| latin(other.as_bytes()))
    };
    let files = [
        ("ci-cnam", "ci_cmu.ndjson"),
        ("ci-necab", "necab_coop.csv"),
        ("fhir-r4", "fhir_bundle.json"),
        ("ml-anam", "anam_ramed.json"),
        ("ml-canam", "canam_amo.xml"),
        ("ml-synd", "syndicat.csv"),
        ("ml-utm", "utm_mutuelles.csv"),
        ("ng-nhia", "ng_nhia.csv"),
    ];
    let ids = files.iter().map(|(id, _)| *id).chain(["beneficiary"]);
    let schemas = ids.map(|id| (format!("{id}/1"), read(&format!("schemas/{id}/1.json"))));
    let schemas = Catalog::parse(schemas).unwrap();
    let codes = ["ci-districts", "countries", "ml-regions", "ml-regions-iso", "ng-states"]
        .map(|id| (id, read(&format!("mappings/codes/{id}.yaml"))));
    let codes = Codes::parse(codes.iter().map(|(id, text)| (*id, text.as_str()))).unwrap();
    let library = Library { schemas: &schemas, codes: &codes };
    files
        .map(|(id, file)| {
            let name = format!("mappings/{id}.yaml");
            let (mapping, problems) = compile(&read(&name), &name, &library);
            (mapping.unwrap_or_else(|| panic!("{id}: {problems:?}")), read(&format!("demo/{file}")))
        })
        .into()
});

fn shown(outcomes: &VecDeque<Outcome>) -> Vec<String> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let outcome = |outcome: &Outcome| match outcome {
        Outcome::Accepted(record) => {
            let references = record.references.iter().map(|r| (&r.field, &r.record_id));
            let references: Vec<_> = references.collect();
            let canonical = text(&record.canonical);
            let (id, place) = (&record.record_id, &record.place);
            format!("{place:?} {id} {canonical} {:?} {references:?}", record.warnings)
        }
        Outcome::Refused(refusal) => {
            format!("{:?} {:?} {:?}", refusal.place, refusal.record_id, refusal.issues)
        }
    };
    outcomes.iter().map(outcome).collect()
}

/// Reads a file both ways; how many records were translated.
fn both_ways(mapping: &Mapping, file: &str) -> usize {
    let day = Date::constant(2026, 1, 1);
    let input = Box::new(Cursor::new(file.to_owned().into_bytes()));
    let mut reader = Reader::new(input, &mapping.read_options());
    let mut flows = [(), ()].map(|()| Flow::new(mapping, mapping.id(), day));
    let (mut short, mut long) = (VecDeque::new(), VecDeque::new());
    let mut translated = 0;
    while let Some(next) = reader.next() {
        let Ok(frame) = next else { continue };
        let [first, second] = &mut flows;
        first.element(&frame, &mut (), &mut short);
        second.element(&frame, &mut Listener, &mut long);
        assert_eq!(shown(&short), shown(&long));
        assert_eq!(first.dropped(), second.dropped());
        translated += short.iter().filter(|o| matches!(o, Outcome::Accepted(_))).count();
        short.clear();
        long.clear();
    }
    translated
}

#[test]
fn the_samples_are_read_alike_both_ways() {
    for (mapping, file) in &*SHIPPED {
        assert!(both_ways(mapping, file) > 0, "{}", mapping.id());
    }
}

#[test]
fn flat_mappings_have_a_short_way() {
    for (mapping, _) in SHIPPED.iter().filter(|(m, _)| matches!(m.id(), "ci-cnam" | "ml-utm")) {
        assert!(mapping.lane.is_some() && mapping.straight.is_some(), "{}", mapping.id());
    }
}

/// Where the words of a text stand.
fn words(text: &str) -> Vec<(usize, usize)> {
    let mut words = Vec::new();
    let mut from = None;
    for (at, letter) in text.char_indices().chain([(text.len(), ' ')]) {
        match (letter.is_alphanumeric(), from) {
            (true, None) => from = Some(at),
            (false, Some(start)) => {
                words.push((start, at));
                from = None;
            }
            _ => {}
        }
    }
    words
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn words_in_wrong_places_are_told_alike_both_ways(
        which in 0..8_usize,
        swaps in prop::collection::vec((0.0..1.0_f64, 0.0..1.0_f64), 1..40),
        odd in prop::collection::vec((0.0..1.0_f64, "[ éA-Z0-9/~\"\\\\;,<&\u{a0}-]{0,6}"), 0..10),
    ) {
        let (mapping, file) = &SHIPPED[which];
        let words = words(file);
        let word = |share: f64| words[(share * words.len() as f64) as usize];
        let mut changes: Vec<((usize, usize), String)> = swaps
            .iter()
            .map(|(to, from)| {
                let (start, end) = word(*from);
                (word(*to), file.get(start..end).unwrap().to_owned())
            })
            .chain(odd.iter().map(|(to, text)| (word(*to), text.clone())))
            .collect();
        changes.sort();
        changes.dedup_by_key(|(place, _)| *place);
        let mut changed = file.clone();
        for ((from, to), text) in changes.iter().rev() {
            changed.replace_range(*from..*to, text);
        }
        both_ways(mapping, &changed);
    }
}
