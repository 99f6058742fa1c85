//! Mappings that were made to do harm, or by a program that went wrong: an answer with a place, in
//! bounded time and memory. Each of these tests would not end, or not in this memory, if it did not hold.

use dankun::format::Limits;
use dankun::mapping::{Outcome, Weight};
use dankun::model::Language;
use serde_json::{Value as Json, json};

use super::world::{check, codes_of, issues, mapping, records, run};

/// Diagnostics of one file: more help nobody.
const MOST: usize = 1_001;

fn schema() -> Json {
    json!({ "type": "object", "properties": { "id": { "type": "string" }, "nom": { "type": "string" } } })
}

const VALID: &str = r#"
mapping: s
version: 1.0.0
title: hostile
source: { format: ndjson, schema: s/1, record_id: "{id}" }
target: beneficiary/1
fields:
  person.names[official].family: { from: nom }
"#;

/// The mapping with more rules.
fn with(rules: &str) -> String {
    format!("{VALID}{rules}\n")
}

#[test]
fn ten_thousand_lines_that_are_all_wrong_are_told_up_to_a_limit_and_in_both_languages() {
    let rules: String =
        (0..10_000).map(|i| format!("  person.x{i}: {{ from: nom{i} }}\n")).collect();
    let text = with(&rules);
    let (mapping, found) = check(&schema(), &text);
    assert!(mapping.is_none());
    assert!((2..=MOST).contains(&found.len()), "{}", found.len());
    for language in Language::ALL {
        let said: usize = found.iter().map(|problem| problem.render(&text, language).len()).sum();
        assert!(said < 1 << 20, "{said} bytes");
    }
}

#[test]
fn ten_thousand_sound_lines_are_a_mapping() {
    let rows: String = (0..10_000).map(|i| format!("      k{i}: v{}\n", i % 7)).collect();
    let text = VALID.replace("fields:", &format!("tables:\n  t:\n    rows:\n{rows}fields:"));
    let text = text.replace("{ from: nom }", "{ from: nom, table: t, on_error: error }");
    let found = records(&mapping(&schema(), &text), "{\"id\":\"1\",\"nom\":\"k9999\"}\n");
    assert_eq!(found[0]["person"]["names"][0]["family"], "v3");
}

#[test]
fn a_path_a_thousand_steps_deep_is_told_wherever_it_stands() {
    let deep = vec!["a"; 1_000].join(".");
    let rules = [
        format!("  person.sex: {{ from: {deep} }}"),
        format!("  person.sex: {{ template: \"{{{deep}}}\" }}"),
        format!("  person.sex: {{ from: nom, if: \"{deep} == 'x'\" }}"),
        format!("  {deep}: {{ from: nom }}"),
        format!("  coverages[]: {{ each: {deep}, fields: {{ status: {{ value: active }} }} }}"),
    ];
    for rule in rules {
        let (mapping, found) = check(&schema(), &with(&rule));
        assert!(mapping.is_none() && !found.is_empty(), "{}", rule.get(..40).unwrap_or(&rule));
        let wrong = found.iter().find(|problem| problem.weight == Weight::Error);
        assert!(wrong.is_some_and(|problem| problem.line == 9), "{rule}");
    }
    let id = VALID.replace("{id}", &format!("{{{deep}}}"));
    assert!(check(&schema(), &id).0.is_none());
}

#[test]
fn a_pattern_that_would_explode_is_refused_or_runs_in_linear_time() {
    let rule = |pattern: &str| {
        with(&format!("  person.sex: {{ from: nom, if: \"nom.matches('{pattern}')\" }}"))
    };
    for pattern in ["(a{1000}){1000}", "((a{99}){99}){99}", "(a|b{9999}){9999}"] {
        assert!(codes_of(&schema(), &rule(pattern)).contains(&"C303"), "{pattern}");
    }
    // What a backtracking engine would try in more ways than there are atoms.
    let slow = rule("^(a+)+(a*)*(a|aa)+$").replace("from: nom, if", "value: female, if");
    let slow = slow.replace("family: { from: nom }", "family: { from: id }");
    let long = "a".repeat(Limits::RECORD / 8);
    let found =
        records(&mapping(&schema(), &slow), &format!("{{\"id\":\"1\",\"nom\":\"{long}b\"}}\n"));
    assert_eq!(found[0]["person"]["sex"], Json::Null);
}

#[test]
fn a_table_of_a_million_rows_is_refused_by_its_size() {
    let rows: String = (0..1_000_000).map(|i| format!("      k{i}: v\n")).collect();
    let text = VALID.replace("fields:", &format!("tables:\n  t:\n    rows:\n{rows}fields:"));
    assert_eq!(codes_of(&schema(), &text), ["A108"]);
}

#[test]
fn a_value_of_a_mebibyte_is_refused_and_the_next_record_is_read() {
    let long = "a".repeat(2 * Limits::RECORD);
    let file = format!("{{\"id\":\"1\",\"nom\":\"{long}\"}}\n{{\"id\":\"2\",\"nom\":\"B\"}}\n");
    let (outcomes, _) = run(&mapping(&schema(), VALID), &file);
    assert!(matches!(&outcomes[0], Outcome::Refused(_)));
    assert!(!issues(&outcomes[0]).is_empty());
    assert!(matches!(&outcomes[1], Outcome::Accepted(_)));
}
