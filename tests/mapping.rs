//! Mappings as their authors meet them: mistakes and what is said of them, records in and out.
//!
//! Every file of `tests/mapping/mistakes` has one mistake (but `valid` and `several`); what is said of
//! it stands beside it, in both languages. `UPDATE_EXPECTED=1 cargo test --test mapping` writes the
//! expected texts anew, to be read like code.

use std::fs;
use std::path::{Path, PathBuf};

use dankun::format::Reader;
use dankun::mapping::{
    Codes, Diagnostic, Library, Mapping, Outcome, Run, RunContext, Weight, compile,
};
use dankun::model::{Issue, IssueCode, Language};
use dankun::schema::Catalog;
use proptest::prelude::*;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_path_buf()
}

fn demo_catalog() -> Catalog {
    let schema =
        |path: &str| fs::read_to_string(root().join(path)).expect("a schema of the repository");
    Catalog::parse([
        ("demo/1".to_owned(), schema("tests/mapping/demo.json")),
        ("nested/1".to_owned(), schema("tests/mapping/nested.json")),
        ("beneficiary/1".to_owned(), schema("schemas/beneficiary/1.json")),
    ])
    .expect("schemas that compile")
}

fn check(text: &str, file: &str) -> (Option<Mapping>, Vec<Diagnostic>) {
    let (schemas, codes) = (demo_catalog(), Codes::default());
    compile(text, file, &Library { schemas: &schemas, codes: &codes })
}

/// As `dankun mapping check` does it: with what the examples in the file show.
fn check_all(text: &str, file: &str) -> (Option<Mapping>, Vec<Diagnostic>) {
    let (mapping, mut found) = check(text, file);
    if let Some(mapping) = &mapping {
        found.extend(mapping.run_tests().diagnostics(mapping, text));
    }
    (mapping, found)
}

fn mistakes() -> Vec<(String, String)> {
    let folder = root().join("tests/mapping/mistakes");
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .expect("the folder")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "yaml"));
    files.sort();
    let name = |path: &Path| path.file_stem().expect("a name").to_string_lossy().into_owned();
    files.iter().map(|path| (name(path), fs::read_to_string(path).expect("a text"))).collect()
}

#[test]
fn every_mistake_is_found_where_it_is_in_both_languages() {
    let update = std::env::var_os("UPDATE_EXPECTED").is_some();
    let mut wrong = Vec::new();
    for (name, text) in mistakes() {
        let (mapping, found) = check_all(&text, &format!("{name}.yaml"));
        let mut said = String::new();
        for language in [Language::French, Language::English] {
            for diagnostic in &found {
                said.push_str(&diagnostic.render(&text, language));
                said.push_str("\n\n");
            }
        }
        let expected = root().join(format!("tests/mapping/mistakes/{name}.txt"));
        if update {
            fs::write(&expected, &said).expect("a file that can be written");
        }
        if fs::read_to_string(&expected).unwrap_or_default() != said {
            wrong.push(format!("{name}:\n{said}"));
        }
        let broken = |found: &Diagnostic| {
            found.weight == Weight::Error && !found.code.number().starts_with('X')
        };
        assert_eq!(mapping.is_none(), found.iter().any(broken), "{name}");
        if let Some((code, _)) = name.split_once('-')
            && !found.iter().any(|diagnostic| diagnostic.code.number() == code)
        {
            wrong.push(format!("{name} is not found:\n{said}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn all_mistakes_are_told_at_once() {
    let text = mistakes().into_iter().find(|(name, _)| name == "several").expect("the file").1;
    let codes: Vec<&str> = check(&text, "several.yaml").1.iter().map(|d| d.code.number()).collect();
    assert!(codes.contains(&"A106") && codes.contains(&"B201"), "{codes:?}");
}

#[test]
fn a_correction_repairs_its_mistake() {
    for (name, text) in mistakes() {
        for diagnostic in check_all(&text, "m.yaml").1 {
            for correction in &diagnostic.corrections {
                let still = check_all(&correction.apply(&text), "m.yaml").1;
                let again =
                    still.iter().any(|d| d.code == diagnostic.code && d.args == diagnostic.args);
                assert!(!again, "{name}: {diagnostic:?}");
            }
        }
    }
}

/// Runs a CSV through the valid demo mapping with some lines replaced.
fn run(changes: &[(&str, &str)], csv: &str) -> (Vec<Outcome>, dankun::mapping::Ending) {
    let text = mistakes().into_iter().find(|(name, _)| name == "valid").expect("the file").1;
    let text = changes.iter().fold(text, |text, (old, new)| {
        assert!(text.contains(old), "{old}");
        text.replace(old, new)
    });
    let (mapping, found) = check(&text, "demo.yaml");
    let mapping = mapping.unwrap_or_else(|| panic!("{found:?}"));
    let reader = Reader::new(
        Box::new(std::io::Cursor::new(csv.as_bytes().to_vec())),
        &mapping.read_options(),
    );
    let context = RunContext {
        scheme: "demo".parse().expect("a scheme"),
        today: "2026-07-01".parse().expect("a date"),
    };
    let mut run = Run::new(&mapping, reader, context);
    let mut outcomes = Vec::new();
    while let Some(outcome) = run.next() {
        outcomes.push(outcome);
    }
    (outcomes, run.finish())
}

const HEADER: &str = "CARTE;NOM;SEXE;NE_LE;FAMILLE\n";

fn canonical(outcome: &Outcome) -> serde_json::Value {
    match outcome {
        Outcome::Accepted(record) => serde_json::from_slice(&record.canonical).expect("JSON"),
        Outcome::Refused(refusal) => panic!("{refusal:?}"),
    }
}

fn issues(outcome: &Outcome) -> &[Issue] {
    match outcome {
        Outcome::Accepted(record) => &record.warnings,
        Outcome::Refused(refusal) => &refusal.issues,
    }
}

#[test]
fn a_row_becomes_a_canonical_record_in_the_order_of_the_target() {
    let (outcomes, ending) = run(&[], &format!("{HEADER}A1;  TRAORÉ  Awa;F;14/06/1985;F1\n"));
    let text = match &outcomes[..] {
        [Outcome::Accepted(record)] => String::from_utf8_lossy(&record.canonical).into_owned(),
        other => panic!("{other:?}"),
    };
    let expected = concat!(
        r#"{"source":{"scheme":"demo","record_id":"A1"},"person":{"names":[{"use":"official","family":"TRAORÉ Awa"}],"#,
        r#""sex":"female","birth_date":"1985-06-14"},"household":{"id":"F1","relationship":"head"}}"#
    );
    assert_eq!(text, expected);
    assert!(ending.complete);
}

#[test]
fn all_problems_of_a_record_are_told_with_field_and_place() {
    let (outcomes, ending) = run(&[], &format!("{HEADER}A1;;X;31/02/1990;\n"));
    let found: Vec<(IssueCode, &str, u64)> = issues(&outcomes[0])
        .iter()
        .map(|issue| (issue.code, issue.field.as_deref().unwrap_or_default(), issue.place.line))
        .collect();
    assert_eq!(
        found,
        [
            (IssueCode::MissingMandatory, "NOM", 2),
            (IssueCode::UnknownCode, "SEXE", 2),
            (IssueCode::BadDate, "NE_LE", 2),
        ]
    );
    assert_eq!(ending.refused, 1);
}

#[test]
fn a_broken_row_still_gives_its_id_and_the_others_are_kept() {
    let csv = format!("{HEADER}A1;a;F;14/06/1985;F1;zu viel\nA2;b;M;14/06/1985;F1\n");
    let (outcomes, _) = run(&[], &csv);
    match &outcomes[..] {
        [Outcome::Refused(refusal), Outcome::Accepted(_)] => {
            assert_eq!(refusal.record_id.as_deref(), Some("A1"));
            assert_eq!(refusal.issues[0].code, IssueCode::ColumnCount);
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_second_record_of_an_id_is_refused() {
    let csv = format!("{HEADER}A1;a;F;14/06/1985;F1\nA1;b;F;14/06/1985;F1\n");
    let (outcomes, _) = run(&[], &csv);
    assert!(matches!(outcomes[0], Outcome::Accepted(_)));
    let issue = &issues(&outcomes[1])[0];
    assert_eq!((issue.code, issue.field.as_deref()), (IssueCode::DuplicateRecordId, Some("CARTE")));
}

#[test]
fn a_reference_is_settled_at_the_end_whether_the_record_is_refused_or_not() {
    let refers = "record_id: \"{CARTE}\"\n  refers: [{ field: FAMILLE, code: orphan_dependent, when: \"FAMILLE != CARTE\" }]";
    let csv = format!("{HEADER}A1;a;F;14/06/1985;A2\nA2;;F;14/06/1985;A2\nA3;c;F;14/06/1985;A9\n");
    let (_, ending) = run(&[("record_id: \"{CARTE}\"", refers)], &csv);
    let unresolved: Vec<(&str, &str)> = ending
        .unresolved
        .iter()
        .map(|u| (u.record_id.as_str(), u.reference.record_id.as_str()))
        .collect();
    assert_eq!(unresolved, [("A3", "A9")]);
}

#[test]
fn a_warning_leaves_the_field_out_and_keeps_the_record() {
    let warn = [("on_error: error", "on_error: warning")];
    let (outcomes, _) = run(&warn, &format!("{HEADER}A1;a;F;31/02/1990;F1\n"));
    assert_eq!(canonical(&outcomes[0])["person"].get("birth_date"), None);
    assert_eq!(issues(&outcomes[0])[0].code, IssueCode::BadDate);
}

#[test]
fn cells_are_inherited_and_carried_and_totals_skipped() {
    let changes = [(
        "record_id: \"{CARTE}\"",
        "record_id: \"{CARTE}\"\n  carry_down: [FAMILLE]\n  skip_when: \"CARTE == 'TOTAL'\"",
    )];
    let csv = format!("{HEADER}A1;a;F;14/06/1985;F1\nA2;b;F;14/06/1985;\nTOTAL;2\n");
    let (outcomes, ending) = run(&changes, &csv);
    assert_eq!(canonical(&outcomes[1])["household"]["id"], "F1");
    assert_eq!((outcomes.len(), ending.refused), (2, 0));
}

#[test]
fn a_dropped_field_is_counted_and_never_translated() {
    let changes = [
        ("record_id: \"{CARTE}\"", "record_id: \"{CARTE}\"\n  drop: [FAMILLE]"),
        ("  household.id: { from: FAMILLE }\n  household.relationship: { value: head }\n", ""),
    ];
    let csv = format!("{HEADER}A1;a;F;14/06/1985;F1\nA2;b;F;14/06/1985;\n");
    let (outcomes, ending) = run(&changes, &csv);
    assert_eq!(ending.dropped, [("FAMILLE".to_owned(), 1)]);
    assert_eq!(canonical(&outcomes[0]).get("household"), None);
}

#[test]
fn the_way_back_gives_the_row_again() {
    let text = mistakes().into_iter().find(|(name, _)| name == "valid").expect("the file").1;
    let text = text.replace("expect: { person: { sex: female } }", "round_trip: true");
    let mapping = check(&text, "demo.yaml").0.expect("a mapping");
    let report = mapping.run_tests();
    assert!(report.passed(), "{report:?}");
}

#[test]
fn a_canonical_record_passes_as_it_is() {
    let text = "mapping: canonical\nversion: 1.0.0\ntitle: { fr: c, en: c }\nsource: { format: canonical, schema: beneficiary/1, record_id: \"{source.record_id}\" }\ntarget: beneficiary/1\nfields: {}\ntests: [{ name: x, expect: { person: { sex: female } } }]\n";
    let (mapping, found) = check(text, "canonical.yaml");
    let mapping = mapping.unwrap_or_else(|| panic!("{found:?}"));
    let line =
        r#"{"source":{"scheme":"demo","record_id":"A1"},"person":{"sex":"female"},"coverages":[]}"#;
    let reader = Reader::new(
        Box::new(std::io::Cursor::new(line.as_bytes().to_vec())),
        &mapping.read_options(),
    );
    let context = RunContext {
        scheme: "demo".parse().expect("a scheme"),
        today: "2026-07-01".parse().expect("a date"),
    };
    match Run::new(&mapping, reader, context).next() {
        Some(Outcome::Accepted(record)) => assert_eq!(record.canonical, line.as_bytes()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_failing_example_shows_the_path_and_both_values() {
    let text = mistakes().into_iter().find(|(name, _)| name == "valid").expect("the file").1;
    let text = text.replace("sex: female } }", "sex: male } }");
    let report = check(&text, "demo.yaml").0.expect("a mapping").run_tests();
    let said = report.failures[0].differences.iter().map(|found| found.say(Language::English));
    assert_eq!(said.collect::<Vec<_>>(), ["person.sex: expected \"male\", there is \"female\""]);
}

#[test]
fn hostile_files_are_answered_with_at_most_a_thousand_problems() {
    let deep = format!("mapping: {}", "[".repeat(10_000));
    let long = "a".repeat(3 << 20);
    let lines: String = (0..10_000).map(|i| format!("key{i}: 1\n")).collect();
    let rows: String = (0..40_000).map(|i| format!("      k{i}: v\n")).collect();
    let table = format!("tables:\n  t:\n    rows:\n{rows}");
    let aliases = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n".to_owned();
    let path = format!("fields:\n  {}: {{ from: x }}\n", "a.".repeat(1000));
    for text in [deep, long, lines, table, aliases, path, String::new(), "\u{feff}".to_owned()] {
        let (mapping, found) = check(&text, "hostile.yaml");
        assert!(mapping.is_none());
        let begins = || text.chars().take(20).collect::<String>();
        assert!((1..=1_001).contains(&found.len()), "{}: {}", begins(), found.len());
    }
}

#[test]
fn the_schema_for_editors_is_the_language_that_is_read() {
    let path = root().join("schemas/mapping.json");
    let made = dankun::mapping::spec::editor::schema();
    let text = serde_json::to_string_pretty(&made).expect("JSON") + "\n";
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        fs::write(&path, &text).expect("a file that can be written");
    }
    assert_eq!(fs::read_to_string(&path).unwrap_or_default(), text);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_text_makes_the_compiler_panic(text in "\\PC{0,200}") {
        drop(check(&text, "any.yaml"));
    }

    #[test]
    fn no_damage_to_a_mapping_makes_the_compiler_panic(at in 0_usize..700, with in "[\\[\\]{}:,'\"^.?*&|>a-z \n]{0,6}") {
        let text = mistakes().into_iter().find(|(name, _)| name == "valid").expect("the file").1;
        let mut chars: Vec<char> = text.chars().collect();
        let at = at.min(chars.len());
        let end = (at + 3).min(chars.len());
        drop(chars.splice(at..end, with.chars()));
        let damaged: String = chars.into_iter().collect();
        let (_, found) = check(&damaged, "damaged.yaml");
        for diagnostic in found {
            drop(diagnostic.render(&damaged, Language::French));
        }
    }
}
