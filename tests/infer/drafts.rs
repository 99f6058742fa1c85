//! What every test needs: the library, a draft, and the pairs of a mapping.

use std::collections::BTreeSet;
use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};

use dankun::mapping::infer::{Ask, Draft, infer};
use dankun::mapping::{Codes, Library, Mapping, Weight, compile};
use dankun::model::Language;
use dankun::schema::Catalog;
use serde_json::Value;

/// A target field without labels, and the sender's field that fills it.
pub type Pair = (String, String);

pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

pub fn codes() -> Codes {
    let mut files: Vec<(String, String)> = Vec::new();
    for entry in fs::read_dir(root().join("mappings/codes")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "yaml") {
            files.push((path.display().to_string(), fs::read_to_string(path).unwrap()));
        }
    }
    let texts = files.iter().map(|(name, text)| (name.as_str(), text.as_str()));
    Codes::parse(texts).unwrap_or_else(|problems| panic!("{problems:?}"))
}

pub fn beneficiary() -> (String, String) {
    let path = root().join("schemas/beneficiary/1.json");
    ("beneficiary/1".to_owned(), fs::read_to_string(path).unwrap())
}

/// Makes a draft and holds it against the checks: no error, no failing test.
pub fn draft(file: &[u8], scheme: &str, country: Option<&str>) -> (Draft, Mapping) {
    let (schemas, codes) = (Catalog::parse([beneficiary()]).unwrap(), codes());
    let library = Library { schemas: &schemas, codes: &codes };
    let ask = Ask { scheme, country, language: Language::English, library };
    let draft = infer(Box::new(Cursor::new(file.to_vec())), &ask).unwrap();
    let own = (format!("{scheme}/1"), draft.schema.clone());
    let schemas = Catalog::parse([beneficiary(), own]).unwrap();
    let library = Library { schemas: &schemas, codes: &codes };
    let (mapping, problems) = compile(&draft.mapping, "draft.yaml", &library);
    let errors: Vec<String> = problems
        .iter()
        .filter(|problem| problem.weight == Weight::Error)
        .map(|problem| problem.render(&draft.mapping, Language::English))
        .collect();
    assert!(errors.is_empty(), "{}\n{}", errors.join("\n"), draft.mapping);
    let mapping = mapping.unwrap();
    let report = mapping.run_tests();
    assert!(report.run > 0, "the draft has no test\n{}", draft.mapping);
    assert!(report.passed(), "{:?}\n{}", report.failures, draft.mapping);
    (draft, mapping)
}

/// The pairs that a draft proposes.
pub fn proposed(draft: &Draft) -> BTreeSet<Pair> {
    let rules = draft.proposal.rules.iter();
    rules
        .flat_map(|rule| rule.reads.iter().map(|path| (plain(&rule.target), plain(path))))
        .filter(|(_, path)| !path.is_empty())
        .collect()
}

/// The pairs of a mapping that read a field directly: not those that a condition decides.
///
/// With `firsts` only the first path of each rule: others stand in for it where it is absent.
pub fn written(text: &str, firsts: bool) -> BTreeSet<Pair> {
    let mapping: Value = serde_saphyr::from_str(text).unwrap();
    let mut pairs = BTreeSet::new();
    for (target, rule) in mapping["fields"].as_object().unwrap() {
        let rules = rule.as_array().cloned().unwrap_or_else(|| vec![rule.clone()]);
        for rule in rules.iter().filter(|rule| rule.get("if").is_none()) {
            let paths = sources(&rule["from"], &mapping);
            let many = if firsts { 1 } else { paths.len() };
            for path in paths.into_iter().take(many) {
                pairs.insert((plain(target), plain(&path)));
            }
        }
    }
    pairs
}

/// Paths behind short names and named values.
fn sources(from: &Value, mapping: &Value) -> Vec<String> {
    match from {
        Value::String(name) => {
            if let Some(value) = mapping["values"].get(name) {
                return sources(&value["from"], mapping);
            }
            let path = mapping["source"]["names"].get(name).and_then(Value::as_str);
            vec![path.unwrap_or(name).to_owned()]
        }
        Value::Array(names) => names.iter().flat_map(|name| sources(name, mapping)).collect(),
        _ => Vec::new(),
    }
}

/// A path without labels, choices and `^.`; identifiers keep their system.
pub fn plain(path: &str) -> String {
    let path = path.trim_start_matches("^.");
    if let Some(rest) = path.strip_prefix("person.identifiers[") {
        return format!("person.identifiers.{}", rest.trim_end_matches(']'));
    }
    let mut found = String::new();
    let mut depth = 0;
    for c in path.chars() {
        match c {
            '[' => depth += 1,
            ']' => depth -= 1,
            c if depth == 0 => found.push(c),
            _ => {}
        }
    }
    let told: Vec<&str> =
        path.split("== '").skip(1).filter_map(|rest| rest.split('\'').next()).collect();
    if told.is_empty() { found } else { format!("{found} {}", told.join(" ")) }
}
