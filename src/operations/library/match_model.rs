//! The match model checked as a mapping is: every mistake at once, with its line and column, in both languages.
//!
//! First its form, by the draft-07 schema that completes it in the editor; then what a schema cannot say
//! ([`Model::parse`]); then the examples that stand in it, each pair of records alone in an index.

use std::sync::{Arc, LazyLock};

use jsonschema::Validator;
use jsonschema::error::{ValidationError, ValidationErrorKind};
use serde_json::{Map, Value};

use crate::identity::Index;
use crate::mapping::Diagnostic;
use crate::mapping::diagnostic::{Code, Diagnostics};
use crate::mapping::yaml::{self, Entry, Kind, Node, Span};
use crate::matching::model::{Example, Expected};
use crate::matching::{Model, Objection};
use crate::model::RecordId;

const SCHEMA_TEXT: &str = include_str!("../../../schemas/identity.json");

static SCHEMA: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(SCHEMA_TEXT).expect("a shipped schema is JSON"));

static VALIDATOR: LazyLock<Validator> = LazyLock::new(|| {
    let options = jsonschema::draft7::options().should_validate_formats(true);
    options.build(&SCHEMA).expect("a shipped schema is a schema")
});

/// Reads a match model.
///
/// # Errors
/// Everything that is wrong with its form and its numbers; the examples are not run.
pub fn compile(path: &str, text: &str) -> Result<Model, Vec<Diagnostic>> {
    let mut problems = Diagnostics::of(text);
    let model = yaml::parse(text, &mut problems).and_then(|root| read(&root, text, &mut problems));
    match model {
        Some(model) if !problems.has_errors() => Ok(model),
        _ => Err(problems.finish(path, text)),
    }
}

/// Runs the examples of a model: those that do not come to what they expect.
#[must_use]
pub fn failing_examples(model: &Arc<Model>, path: &str, text: &str) -> Vec<Diagnostic> {
    let mut problems = Diagnostics::of(text);
    let root = yaml::parse(text, &mut problems);
    for (number, example) in model.examples().iter().enumerate() {
        let outcome = run(example, model);
        if outcome != example.expect {
            let place = format!("/tests/{number}/expect");
            let span = root.as_ref().map_or(0..0, |root| nearest(root, &place).0.span.clone());
            let problem = problems.error(Code::FailingTest, span);
            problem.arg("name", &example.name);
            problem.arg("differences", format!("{} ≠ {}", outcome.name(), example.expect.name()));
        }
    }
    problems.finish(path, text)
}

/// What speaks against a model that was judged to make more false joins than another: a model that is made to be bolder
/// is first shown not to be wrong more often.
#[must_use]
pub fn bolder(model: &Model, than: &Model, path: &str, text: &str) -> Vec<Diagnostic> {
    let mut problems = Diagnostics::of(text);
    if let (Some(ours), Some(theirs)) = (model.false_joins(), than.false_joins())
        && ours > theirs
    {
        let root = yaml::parse(text, &mut problems);
        let place = "/experience/report/false_joins";
        let span = root.as_ref().map_or(0..0, |root| nearest(root, place).0.span.clone());
        let problem = problems.error(Code::BadValue, span);
        problem.arg("value", ours.to_string()).arg("expected", format!("≤ {theirs}"));
    }
    problems.finish(path, text)
}

/// What becomes of two records that are alone in a hub.
fn run(example: &Example, model: &Arc<Model>) -> Expected {
    let ids = [RecordId::from_bytes([1; 16]), RecordId::from_bytes([2; 16])];
    let mut index = Index::new(Arc::clone(model));
    for (id, somebody) in ids.iter().zip([&example.one, &example.other]) {
        index.upsert(*id, &somebody.record(&id.to_string()));
    }
    index.settle();
    if index.person_of(ids[0]).is_some_and(|person| person.records.contains(&ids[1])) {
        return Expected::Join;
    }
    let edge = index.edges(ids[0]).into_iter().find(|(other, _)| *other == ids[1]);
    match edge {
        Some((_, edge)) if edge.objection != Some(Objection::DifferentNumbers) => Expected::Review,
        _ => Expected::Apart,
    }
}

fn read(root: &Node, text: &str, problems: &mut Diagnostics) -> Option<Model> {
    let document = value(root, text);
    for error in VALIDATOR.iter_errors(&document) {
        report(&error, root, problems);
    }
    if problems.has_errors() {
        return None;
    }
    let found = match Model::parse(text) {
        Ok(model) => return Some(model),
        Err(found) => found,
    };
    for error in found {
        let (node, key) = nearest(root, &error.place);
        let problem = problems.error(Code::BadValue, node.span.clone());
        let written = node.text().or(key.map(|entry| entry.key.as_str())).unwrap_or("identity");
        problem.arg("value", written).arg("expected", error.expected);
    }
    None
}

/// A node as JSON. A scalar in quotes is a text, whatever it looks like.
fn value(node: &Node, text: &str) -> Value {
    match &node.kind {
        Kind::Null => Value::Null,
        Kind::List(items) => items.iter().map(|item| value(item, text)).collect(),
        Kind::Map(entries) => {
            let pair = |entry: &Entry| (entry.key.clone(), value(&entry.value, text));
            Value::Object(entries.iter().map(pair).collect::<Map<_, _>>())
        }
        Kind::Text(written) => {
            let source = text.get(node.span.clone()).unwrap_or_default();
            if source.starts_with(['"', '\'']) {
                return Value::String(written.clone());
            }
            match serde_json::from_str(written) {
                Ok(plain @ (Value::Number(_) | Value::Bool(_))) => plain,
                _ => Value::String(written.clone()),
            }
        }
    }
}

/// The node of a pointer and the entry that holds it, or the nearest around it that the file has.
fn nearest<'n>(root: &'n Node, pointer: &str) -> (&'n Node, Option<&'n Entry>) {
    let (mut node, mut key) = (root, None);
    for part in pointer.split('/').skip(1) {
        let part = part.replace("~1", "/").replace("~0", "~");
        match &node.kind {
            Kind::Map(entries) => match entries.iter().find(|entry| entry.key == part) {
                Some(entry) => (node, key) = (&entry.value, Some(entry)),
                None => break,
            },
            Kind::List(items) => match part.parse().ok().and_then(|at: usize| items.get(at)) {
                Some(item) => node = item,
                None => break,
            },
            Kind::Null | Kind::Text(_) => break,
        }
    }
    (node, key)
}

/// Puts a violation of the schema in the words of a mapping's problems.
fn report(error: &ValidationError<'_>, root: &Node, problems: &mut Diagnostics) {
    let pointer = error.instance_path().to_string();
    let (node, key) = nearest(root, &pointer);
    let schema = schema_at(&pointer);
    match error.kind() {
        ValidationErrorKind::OneOfNotValid { context } => {
            // The branch that was meant is the one whose type fits.
            let is_type = |error: &ValidationError<'_>| {
                matches!(error.kind(), ValidationErrorKind::Type { .. })
                    && error.instance_path().to_string() == pointer
            };
            match context.iter().find(|branch| !branch.iter().any(is_type)) {
                Some(branch) => branch.iter().for_each(|error| report(error, root, problems)),
                None => bad_value(node, key, schema, problems),
            }
        }
        ValidationErrorKind::AdditionalProperties { unexpected } => {
            let known = keys(schema);
            for name in unexpected {
                let span =
                    entry(node, name).map_or(node.span.clone(), |entry| entry.key_span.clone());
                let problem = problems.error(Code::UnknownKey, span);
                problem.arg("key", name).arg("known", known.join(", "));
                problem.nearest(name, known.iter().copied());
            }
        }
        ValidationErrorKind::Required { property } => {
            let span = key.map_or(0..0, |entry| entry.key_span.clone());
            let name = property.as_str().unwrap_or_default();
            problems.error(Code::MissingKey, span).arg("key", name);
        }
        ValidationErrorKind::Type { .. } if node.text().is_none() => {
            let problem = problems.error(Code::WrongType, head(node, key));
            problem.arg("expected", expected(schema));
        }
        _ => bad_value(node, key, schema, problems),
    }
}

fn bad_value(node: &Node, key: Option<&Entry>, schema: &'static Value, problems: &mut Diagnostics) {
    let written = node.text().or(key.map(|entry| entry.key.as_str())).unwrap_or("identity");
    let problem = problems.error(Code::BadValue, head(node, key));
    problem.arg("value", written).arg("expected", expected(schema));
    let allowed = schema["enum"].as_array().into_iter().flatten().filter_map(Value::as_str);
    problem.nearest(written, allowed);
}

/// A scalar itself; of a group its key, since the group may fill the file.
fn head(node: &Node, key: Option<&Entry>) -> Span {
    match (node.text(), key) {
        (None, Some(entry)) => entry.key_span.clone(),
        _ => node.span.clone(),
    }
}

fn entry<'n>(node: &'n Node, key: &str) -> Option<&'n Entry> {
    match &node.kind {
        Kind::Map(entries) => entries.iter().find(|entry| entry.key == key),
        Kind::Null | Kind::Text(_) | Kind::List(_) => None,
    }
}

/// The schema of the value at a pointer of a document.
fn schema_at(pointer: &str) -> &'static Value {
    let mut schema: &'static Value = &SCHEMA;
    for part in pointer.split('/').skip(1) {
        schema = followed(schema);
        let options = schema["oneOf"].as_array().into_iter().flatten();
        let group = std::iter::once(schema).chain(options).find(|one| !one["properties"].is_null());
        schema = match group {
            Some(group) => &group["properties"][part],
            None if !schema["items"].is_null() => &schema["items"],
            None => &schema["additionalProperties"],
        };
    }
    followed(schema)
}

fn followed(schema: &'static Value) -> &'static Value {
    let name = schema["$ref"].as_str().and_then(|path| path.strip_prefix("#/"));
    name.map_or(schema, |path| &SCHEMA[&"definitions"][path.trim_start_matches("definitions/")])
}

fn keys(schema: &'static Value) -> Vec<&'static str> {
    let options = schema["oneOf"].as_array().into_iter().flatten();
    let groups = std::iter::once(schema).chain(options);
    groups
        .filter_map(|one| one["properties"].as_object())
        .flat_map(|map| map.keys())
        .map(String::as_str)
        .collect()
}

/// What a value may be, in signs that need no language.
fn expected(schema: &'static Value) -> String {
    if let Some(allowed) = schema["enum"].as_array() {
        let allowed: Vec<&str> = allowed.iter().filter_map(Value::as_str).collect();
        return allowed.join(", ");
    }
    if let Some(options) = schema["oneOf"].as_array() {
        let options: Vec<String> = options.iter().map(expected).collect();
        return options.join(" | ");
    }
    if let Some(pattern) = schema["pattern"].as_str() {
        return pattern.to_owned();
    }
    let (above, least) = (&schema["exclusiveMinimum"], &schema["minimum"]);
    let (below, most) = (&schema["exclusiveMaximum"], &schema["maximum"]);
    let low = if above.is_null() { format!("{least} ≤ ") } else { format!("{above} < ") };
    let high = if below.is_null() { format!(" ≤ {most}") } else { format!(" < {below}") };
    match schema["type"].as_str().unwrap_or_default() {
        "number" | "integer" => format!("{low}…{high}"),
        "boolean" => "true, false".to_owned(),
        "array" => "[ … ]".to_owned(),
        "object" => format!("{{ {} }}", keys(schema).join(", ")),
        _ => "\"…\"".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Language;

    const SHIPPED: &str = include_str!("../../../mappings/identity.yaml");
    const PATH: &str = "mappings/identity.yaml";

    /// The problems of the shipped model with one part written otherwise.
    #[track_caller]
    fn problems(part: &str, instead: &str) -> Vec<Diagnostic> {
        assert!(SHIPPED.contains(part), "{part}");
        compile(PATH, &SHIPPED.replacen(part, instead, 1)).err().unwrap_or_default()
    }

    /// Where `part` stands in the shipped model, and what is said of `instead` there in English.
    #[track_caller]
    fn check(part: &str, instead: &str, code: Code, said: &str) {
        let found = problems(part, instead);
        let [problem] = found.as_slice() else { panic!("{found:#?}") };
        assert_eq!(problem.code, code, "{problem:#?}");
        let before = SHIPPED.split_once(part).expect("it is there").0;
        let line = u32::try_from(before.lines().count()).expect("a short file");
        assert!((line..=line + 1).contains(&problem.line), "{} and {line}", problem.line);
        let message = problem.message(Language::English);
        assert!(message.contains(said), "{message}");
        assert_ne!(problem.message(Language::French), message);
    }

    #[test]
    fn the_shipped_model_is_right_and_its_examples_hold() {
        let model = compile(PATH, SHIPPED).unwrap_or_else(|found| panic!("{found:#?}"));
        assert!(model.examples().len() > 4);
        assert_eq!(failing_examples(&Arc::new(model), PATH, SHIPPED), []);
    }

    #[test]
    fn a_mistake_in_the_form_is_told_with_its_place() {
        check("  near: 0.5", "  nearr: 0.5", Code::UnknownKey, "nearr");
        check("  ceiling: 16.0", "  ceiling: high", Code::BadValue, "0 ≤ … ≤ 1000");
        check("  swapped: 0.02", "  swapped: 0.9", Code::BadValue, "0 < … < 0.5");
        check("{same: 0.97,", "{same: 1.97,", Code::BadValue, "0 < … ≤ 1");
        check("one_for_life: true", "one_for_life: yes", Code::BadValue, "true, false");
    }

    #[test]
    fn a_misspelt_key_is_told_with_the_right_one() {
        let found = problems("  margin: 3.0", "  margn: 3.0");
        // That the right one is missing follows; it is told too, since nobody knows what was meant.
        let unknown = found.iter().find(|problem| problem.code == Code::UnknownKey);
        assert_eq!(unknown.and_then(|problem| problem.nearest.as_deref()), Some("margin"));
    }

    #[test]
    fn what_a_schema_cannot_say_has_its_place_too() {
        check("  ceiling: 16.0", "  ceiling: 5.0", Code::BadValue, "ceiling > join");
        let bold = SHIPPED.replacen("  bound: 8", "  bound: 0.1", 1);
        let found = compile(PATH, &bold).err().unwrap_or_default();
        assert!(found.iter().all(|problem| problem.code == Code::BadValue) && !found.is_empty());
    }

    #[test]
    fn an_example_that_does_not_hold_is_told() {
        let text = SHIPPED.replacen("    expect: join", "    expect: apart", 1);
        let model = Arc::new(compile(PATH, &text).unwrap_or_else(|found| panic!("{found:#?}")));
        let found = failing_examples(&model, PATH, &text);
        let [problem] = found.as_slice() else { panic!("{found:#?}") };
        assert_eq!(problem.code, Code::FailingTest);
        assert!(problem.message(Language::French).contains("join ≠ apart"));
    }

    #[test]
    fn a_model_that_makes_more_false_joins_is_told() {
        let shipped = compile(PATH, SHIPPED).unwrap_or_else(|found| panic!("{found:#?}"));
        let text = SHIPPED.replacen("    false_joins: 0.0", "    false_joins: 0.001", 1);
        let bold = compile(PATH, &text).unwrap_or_else(|found| panic!("{found:#?}"));
        let found = bolder(&bold, &shipped, PATH, &text);
        assert_eq!(found.iter().map(|problem| problem.code).collect::<Vec<_>>(), [Code::BadValue]);
        assert_eq!(bolder(&shipped, &bold, PATH, SHIPPED), []);
        assert_eq!(bolder(&shipped, &shipped, PATH, SHIPPED), []);
    }

    #[test]
    fn a_text_that_is_no_model_is_no_model() {
        for text in ["", "identity: 1", "identity: \"1\"\nnames: [", "- a\n- b\n"] {
            assert!(compile(PATH, text).is_err(), "{text}");
        }
    }
}
