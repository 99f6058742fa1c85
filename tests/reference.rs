//! The reference of the mapping language says what the language does: every example on it runs.

use dankun::format::Reader;
use std::fs;
use std::path::{Path, PathBuf};

use dankun::mapping::verb::{DECLARATIONS, Declaration};
use dankun::mapping::{
    Codes, Library, Mapping, Outcome, Run, RunContext, Weight, compile, reference,
};
use dankun::model::Language;
use dankun::schema::Catalog;
use serde_json::{Value, json};

/// A schema of two columns of text.
fn schema(names: &[&str]) -> String {
    let properties: serde_json::Map<String, Value> =
        names.iter().map(|name| ((*name).to_owned(), json!({ "type": "string" }))).collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": properties,
    })
    .to_string()
}

/// The result of a verb's example, as the reference writes it.
fn result(verb: &Declaration) -> String {
    let (beside, text) = verb.example.beside.unwrap_or(("BESIDE", ""));
    let field = if verb.example.result.contains(" | ") {
        "person.names[official].given"
    } else {
        "person.birth_place"
    };
    let mapping = format!(
        "mapping: example\nversion: 1.0.0\ntitle: {{ fr: e, en: e }}\nsource:\n  format: csv\n  schema: example/1\n  \
         record_id: \"{{ID}}\"\n  ignore: [{beside}]\ntarget: beneficiary/1\non_error: error\nfields:\n  \
         {field}: {{ from: GIVEN, do: {} }}\n",
        verb.example.steps
    );
    let schemas = Catalog::parse([
        ("example/1".to_owned(), schema(&["ID", "GIVEN", beside])),
        ("beneficiary/1".to_owned(), include_str!("../schemas/beneficiary/1.json").to_owned()),
    ])
    .expect("schemas that compile");
    let codes = Codes::default();
    let library = Library { schemas: &schemas, codes: &codes };
    let (compiled, problems) = compile(&mapping, "example.yaml", &library);
    let compiled = compiled.unwrap_or_else(|| panic!("{}: {problems:?}", verb.name));
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record(["ID", "GIVEN", beside]).expect("a header");
    csv.write_record(["A1", verb.example.given, text]).expect("a row");
    let bytes = csv.into_inner().expect("bytes");
    let reader = Reader::new(Box::new(std::io::Cursor::new(bytes)), &compiled.read_options());
    let context = RunContext {
        scheme: "example".parse().expect("a scheme"),
        today: "2026-07-01".parse().expect("a date"),
    };
    match Run::new(&compiled, reader, context).next() {
        Some(Outcome::Accepted(record)) => {
            let found: Value = serde_json::from_slice(&record.canonical).expect("JSON");
            let found = found["person"]["names"][0]
                .get("given")
                .cloned()
                .unwrap_or_else(|| found["person"]["birth_place"].clone());
            shown(&found)
        }
        other => format!("{other:?}"),
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(shown).collect::<Vec<_>>().join(" | "),
        _ => "∅".to_owned(),
    }
}

#[test]
fn every_verb_does_what_its_example_says() {
    let wrong: Vec<String> = DECLARATIONS
        .iter()
        .map(|verb| (verb, result(verb)))
        .filter(|(verb, found)| verb.example.result != found)
        .map(|(verb, found)| format!("{}: {found} ≠ {}", verb.name, verb.example.result))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_path_buf()
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Files stand on the page as they are, between `<!-- file: PATH -->` and `<!-- end -->`.
fn with_files(page: &str) -> String {
    let mut made = String::new();
    let mut rest = page;
    while let Some((before, after)) = rest.split_once("<!-- file: ") {
        let (path, after) = after.split_once(" -->\n").expect("a path and its mark");
        let (_, after) = after.split_once("<!-- end -->").expect("an end");
        let kind = path.rsplit('.').next().unwrap_or_default();
        let text = read(path);
        made.push_str(&format!(
            "{before}<!-- file: {path} -->\n\n```{kind}\n{text}```\n\n<!-- end -->"
        ));
        rest = after;
    }
    made + rest
}

/// Set this variable to write the pages instead of comparing them.
const UPDATE: &str = "UPDATE_DOCS";

#[test]
fn the_pages_of_the_language_are_made_of_its_declarations() {
    let pages = [
        ("docs/mapping-language.md", Language::English),
        ("docs/langage-de-mapping.md", Language::French),
    ];
    for (path, language) in pages {
        let kept = read(path);
        let made = with_files(&reference::refresh(&kept, language));
        for (name, _) in reference::parts(language) {
            assert!(made.contains(&format!("<!-- made: {name} -->")), "{path} lacks {name}");
        }
        if std::env::var_os(UPDATE).is_some() {
            fs::write(root().join(path), &made).expect("a page that can be written");
        }
        assert!(
            read(path) == made,
            "{path} is stale: run `{UPDATE}=1 cargo test --test reference`"
        );
    }
}

fn walkthrough(scheme: &str) -> Mapping {
    let folder = "docs/walkthrough";
    let schemas = Catalog::parse([
        (format!("{scheme}/1"), read(&format!("{folder}/schemas/{scheme}/1.json"))),
        ("beneficiary/1".to_owned(), read("schemas/beneficiary/1.json")),
    ])
    .expect("schemas that compile");
    let codes = Codes::default();
    let library = Library { schemas: &schemas, codes: &codes };
    let file = format!("{folder}/mappings/{scheme}.yaml");
    let text = read(&file);
    let (mapping, problems) = compile(&text, &file, &library);
    let said: Vec<String> =
        problems.iter().map(|problem| problem.render(&text, Language::English)).collect();
    assert!(said.is_empty(), "{}", said.join("\n"));
    let mapping = mapping.expect("a mapping without problems");
    let tested = mapping.run_tests().diagnostics(&mapping, &text);
    let wrong: Vec<String> = tested
        .iter()
        .filter(|problem| problem.weight == Weight::Error)
        .map(|problem| problem.render(&text, Language::English))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    mapping
}

#[test]
fn the_unfamiliar_formats_of_the_walk_through_are_translated() {
    let samples = [
        ("xx-coop", "coop.csv", 2),
        ("xx-cartes", "cartes.csv", 2),
        ("xx-sante", "sante.xml", 1),
        ("xx-lares", "lares.xml", 2),
        ("xx-aide", "aide.json", 1),
        ("xx-kaya", "kaya.json", 2),
    ];
    for (scheme, data, records) in samples {
        let mapping = walkthrough(scheme);
        let bytes = read(&format!("docs/walkthrough/data/{data}")).into_bytes();
        let reader = Reader::new(Box::new(std::io::Cursor::new(bytes)), &mapping.read_options());
        let context = RunContext {
            scheme: scheme.parse().expect("a scheme"),
            today: "2026-07-01".parse().expect("a date"),
        };
        let mut run = Run::new(&mapping, reader, context);
        let mut accepted = 0;
        while let Some(outcome) = run.next() {
            match outcome {
                Outcome::Accepted(record) if record.warnings.is_empty() => accepted += 1,
                Outcome::Accepted(record) => panic!("{scheme}: {:?}", record.warnings),
                Outcome::Refused(refusal) => panic!("{scheme}: {refusal:?}"),
            }
        }
        assert_eq!(accepted, records, "{scheme}");
    }
}
