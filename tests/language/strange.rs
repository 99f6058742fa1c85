//! Records of the shipped formats that have the right names and something else in them: refused with
//! the reason or mapped, and what is read is never passed over in silence.

use std::collections::BTreeSet;
use std::fs;

use dankun::format::Reader;
use dankun::mapping::{Mapping, Outcome, Run, RunContext, Translated};
use dankun::model::IssueCode;
use dankun::schema::Catalog;
use serde_json::{Value as Json, json};

use super::shipped::{EXPORTS, EXTRACTED, catalog, mapping, root};
use super::world::issues;

fn context(mapping: &Mapping) -> RunContext {
    RunContext { scheme: mapping.id().parse().expect("a scheme"), today: EXTRACTED }
}

/// The accepted record of an export that says most.
fn fullest(mapping: &Mapping) -> Translated {
    let file = EXPORTS.iter().find(|(id, _)| *id == mapping.id()).expect("an export").1;
    let file = fs::File::open(root().join("demo").join(file)).expect("a file");
    let reader = Reader::new(Box::new(file), &mapping.read_options());
    let mut run = Run::new(mapping, reader, context(mapping));
    let accepted = std::iter::from_fn(|| run.next()).filter_map(|outcome| match outcome {
        Outcome::Accepted(record) => Some(*record),
        Outcome::Refused(_) => None,
    });
    accepted.max_by_key(|record| record.canonical.len()).expect("accepted records")
}

/// A record, and how it is read when something else stands in it.
struct Strange {
    mapping: Mapping,
    record: Translated,
    schemas: Catalog,
}

impl Strange {
    fn of(id: &str) -> Self {
        let mapping = mapping(id);
        Self { record: fullest(&mapping), mapping, schemas: catalog() }
    }

    fn document(&self) -> Json {
        serde_json::from_slice(&self.record.raw).expect("JSON")
    }

    /// What becomes of the text; what is accepted follows the target's schema, what is refused says why.
    fn read(&self, text: &str) -> Vec<Outcome> {
        let context = context(&self.mapping);
        let mut run = Run::of_record(&self.mapping, text.as_bytes(), &self.record.around, context);
        let outcomes: Vec<Outcome> = std::iter::from_fn(|| run.next()).collect();
        assert!(!outcomes.is_empty(), "nothing is said of {text}");
        for outcome in &outcomes {
            match outcome {
                Outcome::Accepted(record) => {
                    let document = serde_json::from_slice(&record.canonical).expect("JSON");
                    let target = self.schemas.get("beneficiary/1").expect("the schema");
                    assert!(target.accepts(&document), "{document}");
                }
                Outcome::Refused(refusal) => assert!(!refusal.issues.is_empty(), "{text}"),
            }
        }
        outcomes
    }

    /// Whether a text is accepted without a word, and gives what the record itself gave.
    fn is_passed_over(&self, text: &str) -> bool {
        self.read(text).iter().all(|outcome| match outcome {
            Outcome::Accepted(record) => {
                record.warnings.is_empty() && record.canonical == self.record.canonical
            }
            Outcome::Refused(_) => false,
        })
    }

    /// Whether the sender's own schema allows a document.
    fn is_allowed(&self, document: &Json) -> bool {
        let schema = self.schemas.get(self.mapping.source_schema()).expect("the sender's schema");
        schema.accepts(document)
    }

    /// Whether the mapping reads what stands at a pointer, above it or below.
    fn reads(&self, pointer: &str) -> bool {
        let plain: Vec<&str> =
            pointer.split('/').filter(|step| step.parse::<usize>().is_err()).skip(1).collect();
        let place = plain.join("/");
        let related = |field: &str| {
            let field = field.replace("[]", "").replace('.', "/");
            field == place
                || field.starts_with(&format!("{place}/"))
                || place.starts_with(&format!("{field}/"))
        };
        self.mapping.summary().reads.iter().any(|read| related(&read.field))
    }
}

/// Pointers to everything in a document.
fn pointers(json: &Json, at: &str, out: &mut Vec<String>) {
    let mut inner = |key: String, value: &Json| {
        let at = format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"));
        out.push(at.clone());
        pointers(value, &at, out);
    };
    match json {
        Json::Object(fields) => fields.iter().for_each(|(key, value)| inner(key.clone(), value)),
        Json::Array(items) => {
            items.iter().enumerate().for_each(|(index, value)| inner(index.to_string(), value));
        }
        _ => {}
    }
}

fn places(document: &Json) -> Vec<String> {
    let mut places = Vec::new();
    pointers(document, "", &mut places);
    assert!(places.len() > 10, "{places:?}");
    places
}

fn with(document: &Json, place: &str, other: Json) -> Json {
    let mut changed = document.clone();
    *changed.pointer_mut(place).expect("a place") = other;
    changed
}

fn without(document: &Json, place: &str) -> Json {
    let (above, key) = place.rsplit_once('/').expect("a pointer");
    let mut changed = document.clone();
    match changed.pointer_mut(above).expect("a place") {
        Json::Object(fields) => drop(fields.remove(key)),
        Json::Array(items) => drop(items.remove(key.parse().expect("a number"))),
        _ => unreachable!("only these hold others"),
    }
    changed
}

/// What stands for nothing in the formats of all three.
fn absent() -> Vec<Json> {
    vec![json!(null), json!("")]
}

/// Something of another kind, whatever was there.
fn others() -> Vec<Json> {
    let long = "é".repeat(20_000);
    vec![
        json!(true),
        json!(-1),
        json!(1e300),
        json!("\u{1b}[31m"),
        json!(long),
        json!([]),
        json!([["x"], {}]),
        json!({}),
        json!({ "x": { "y": [1] } }),
    ]
}

const JSON: [&str; 3] = ["ci-cnam", "ml-anam", "ml-openimis"];

#[test]
fn right_names_with_wrong_types_are_refused_or_mapped_and_never_passed_over() {
    let mut silent = BTreeSet::new();
    for id in JSON {
        let strange = Strange::of(id);
        let document = strange.document();
        for place in places(&document) {
            let there = document.pointer(&place).expect("a place");
            for other in others().into_iter().filter(|other| other != there) {
                let changed = with(&document, &place, other.clone());
                let passed = strange.is_passed_over(&changed.to_string());
                if passed && (strange.reads(&place) || !strange.is_allowed(&changed)) {
                    let shown: String = other.to_string().chars().take(20).collect();
                    silent.insert(format!("{id} {place} {shown}"));
                }
            }
        }
    }
    assert!(silent.is_empty(), "{silent:#?}");
}

#[test]
fn without_a_field_or_group_a_record_is_mapped_or_refused_by_the_sender_s_own_schema() {
    for id in JSON {
        let strange = Strange::of(id);
        let document = strange.document();
        let mut refused = 0;
        for place in places(&document) {
            let mut changed = vec![without(&document, &place)];
            changed.extend(absent().into_iter().map(|nothing| with(&document, &place, nothing)));
            let missing = &changed[0];
            refused += usize::from(!strange.is_allowed(missing));
            let passed = strange.is_passed_over(&missing.to_string());
            assert!(!passed || strange.is_allowed(missing), "{id} {place}");
            changed.iter().for_each(|changed| drop(strange.read(&changed.to_string())));
        }
        assert!(refused > 3, "{id}: only {refused} are asked for");
    }
}

#[test]
fn a_repeated_key_is_refused_wherever_it_stands() {
    for id in JSON {
        let strange = Strange::of(id);
        let text = strange.document().to_string();
        let keys: Vec<_> = text.match_indices("\":").map(|(end, _)| end).collect();
        assert!(keys.len() > 10, "{id}: {text}");
        for end in keys {
            let (before, rest) = text.split_at(end);
            let key = before.rsplit('"').next().expect("a key");
            let twice = format!("{before}\":null,\"{key}{rest}");
            let outcomes = strange.read(&twice);
            let found = outcomes.iter().flat_map(issues).map(|issue| issue.code);
            assert!(found.into_iter().any(|code| code == IssueCode::DuplicateKey), "{twice}");
        }
    }
}

#[test]
fn an_element_that_is_repeated_empty_or_nested_is_refused_or_mapped() {
    let strange = Strange::of("ml-canam");
    let text = String::from_utf8(strange.record.raw.clone()).expect("UTF-8");
    let leaf = regex::Regex::new(r"<(\w+)>([^<]+)</\w+>").expect("a pattern");
    let leaves: Vec<_> = leaf.captures_iter(&text).collect();
    assert!(leaves.len() > 5, "{text}");
    for found in leaves {
        let (whole, name) = (found.get(0).expect("all").as_str(), &found[1]);
        let others = [
            format!("{whole}{whole}"),
            format!("<{name}/>"),
            format!("<{name}><{name}>x</{name}></{name}>"),
            format!("<{name} a=\"1\" a=\"2\">x</{name}>"),
            String::new(),
        ];
        for other in others {
            let changed = text.replacen(whole, &other, 1);
            let passed = strange.is_passed_over(&changed);
            assert!(!passed || !strange.reads(&format!("/{name}")), "{changed}");
        }
    }
}

#[test]
fn a_group_of_a_hundred_thousand_is_refused_whatever_the_format() {
    let many = 100_000;
    let json = format!(r#"{{"num_secu":"1","nom":"A","droits":[{}1]}}"#, "1,".repeat(many));
    let xml = format!("<x><assure><nom>A</nom>{}</assure></x>", "<ayantDroit/>".repeat(many));
    let coverage =
        r#",{"resource":{"resourceType":"Coverage","beneficiary":{"reference":"urn:uuid:p"}}}"#;
    let bundle = format!(
        r#"{{"resourceType":"Bundle","entry":[{{"fullUrl":"urn:uuid:p","resource":{{"resourceType":"Patient","id":"p"}}}}{}]}}"#,
        coverage.repeat(many)
    );
    for (id, file) in [("ci-cnam", json), ("ml-canam", xml), ("ml-openimis", bundle)] {
        let mapping = mapping(id);
        let reader =
            Reader::new(Box::new(std::io::Cursor::new(file.into_bytes())), &mapping.read_options());
        let mut run = Run::new(&mapping, reader, context(&mapping));
        let outcomes: Vec<Outcome> = std::iter::from_fn(|| run.next()).collect();
        assert!(!outcomes.is_empty(), "{id}");
        for outcome in &outcomes {
            assert!(matches!(outcome, Outcome::Refused(_)), "{id}");
            assert!(!issues(outcome).is_empty(), "{id}");
        }
    }
}
