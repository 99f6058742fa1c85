//! The compiled form and the crate are held together: whatever passes by is judged as the document
//! that is built of it.

use std::borrow::Cow;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::super::{Absent, Repeats, Schema, ValueSink};
use super::judge::Judge;
use crate::format::events::{Events, Scalar, ScalarKind};

/// A document to a tree and to a judge.
struct Both<'s> {
    tree: ValueSink<'s>,
    judge: Judge<'s>,
    absent: Absent<'s>,
}

impl<'r> Events<'r> for Both<'_> {
    fn begin_object(&mut self) {
        Events::<'r>::begin_object(&mut self.tree);
        self.judge.begin_object();
    }
    fn key(&mut self, name: Cow<'r, str>) {
        self.judge.key(&name);
        Events::<'r>::key(&mut self.tree, name);
    }
    fn end_object(&mut self) {
        Events::<'r>::end_object(&mut self.tree);
        self.judge.end_object();
    }
    fn begin_array(&mut self) {
        Events::<'r>::begin_array(&mut self.tree);
        self.judge.begin_array();
    }
    fn end_array(&mut self) {
        Events::<'r>::end_array(&mut self.tree);
        self.judge.end_array();
    }
    fn scalar(&mut self, scalar: Scalar<'r>) {
        self.judge.scalar(scalar.kind, &scalar.text, self.absent.holds(&scalar.text));
        self.tree.scalar(scalar);
    }
}

fn replay<'r>(document: &'r Value, repeats: Repeats, out: &mut impl Events<'r>) {
    let mut scalar = |kind, text: Cow<'r, str>| out.scalar(Scalar { kind, text, at: 0 });
    match document {
        Value::Null => scalar(ScalarKind::Null, "null".into()),
        Value::Bool(truth) => scalar(ScalarKind::Boolean, truth.to_string().into()),
        Value::Number(number) => scalar(ScalarKind::Number, number.to_string().into()),
        Value::String(text) => scalar(ScalarKind::Text, text.as_str().into()),
        Value::Array(items) => {
            out.begin_array();
            items.iter().for_each(|item| replay(item, repeats, out));
            out.end_array();
        }
        Value::Object(fields) => {
            out.begin_object();
            for (key, value) in fields {
                match value {
                    Value::Array(items) if repeats == Repeats::BySchema => {
                        for item in items {
                            out.key(key.as_str().into());
                            replay(item, repeats, out);
                        }
                    }
                    value => {
                        out.key(key.as_str().into());
                        replay(value, repeats, out);
                    }
                }
            }
            out.end_object();
        }
    }
}

/// What the crate says of the tree, and the judge of the events.
fn verdicts(schema: &Schema, document: &Value, repeats: Repeats) -> (bool, bool) {
    let empty = [String::new(), "-".to_owned()];
    let fused = schema.fused().expect("only simple keywords");
    let mut both = Both {
        tree: ValueSink::new(schema, repeats, &empty),
        judge: Judge::new(fused, repeats),
        absent: Absent::new(&empty),
    };
    // Twice, so that the judge has learnt an order and has to forget a document.
    for _ in 0..2 {
        both.tree = ValueSink::new(schema, repeats, &empty);
        both.judge.clear();
        replay(document, repeats, &mut both);
    }
    let Both { tree, judge, .. } = both;
    (schema.accepts(&tree.finish()), judge.accepts())
}

fn compiled(document: &Value) -> Schema {
    Schema::parse("test/1", &document.to_string()).expect("a schema")
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "",
        "-",
        " - ",
        "[a-c]{0,3}",
        "[A-Z0-9-]{1,4}",
        "é{0,3}",
        "20[0-9]{2}-0[1-9]-[0-3][0-9]"
    ]
}

fn leaf() -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => text().prop_map(Value::from),
        1 => Just(Value::Null),
        1 => any::<bool>().prop_map(Value::from),
        1 => (-20_i64..20).prop_map(Value::from),
        1 => (-20_i32..20).prop_map(|half| Value::from(f64::from(half) / 2.0)),
    ]
}

fn document() -> impl Strategy<Value = Value> {
    let key = prop_oneof!["a", "b", "c", "#text", "@d"];
    let inner = leaf().prop_recursive(3, 20, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(key.clone(), inner, 0..4)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    });
    prop::collection::btree_map(prop_oneof!["a", "b", "c", "e"], inner, 0..4)
        .prop_map(|fields| Value::Object(fields.into_iter().collect()))
}

fn schema() -> impl Strategy<Value = Value> {
    let kind = prop_oneof![
        Just(json!("string")),
        Just(json!("object")),
        Just(json!("array")),
        Just(json!("integer")),
        Just(json!("number")),
        Just(json!(["string", "null"])),
        Just(json!(["integer", "null"])),
        Just(json!("null")),
        Just(json!(["object", "null"])),
        Just(json!("boolean")),
    ];
    let plain = (
        prop::option::of(kind),
        prop::option::of((0_u64..4, 0_u64..4)),
        prop::option::of(prop::sample::select(vec![
            "^[a-c]{1,2}$",
            "^[A-Z0-9-]+$",
            r"^\s*\d+$",
            "b",
        ])),
        prop::option::of(prop::collection::vec(
            prop_oneof![text().prop_map(Value::from), Just(Value::Null), Just(json!(true))],
            1..4,
        )),
        prop::option::of((-5_i32..5, -5_i32..5)),
        prop::option::of(prop_oneof!["date", "edtf", "decimal", "e164"]),
    );
    let leaf = plain.prop_map(|(kind, length, pattern, codes, range, format)| {
        let mut schema = serde_json::Map::new();
        let mut put = |key: &str, value: Option<Value>| {
            schema.extend(value.map(|value| (key.to_owned(), value)));
        };
        // A list of texts beside another type contradicts it: such a schema is left to the crate.
        let contradicted = kind.as_ref().is_some_and(|kind| {
            !["\"string\"", "\"boolean\"", "[\"string\",\"null\"]"].contains(&&*kind.to_string())
        });
        put("type", kind);
        put("minLength", length.map(|length| length.0.into()));
        put("maxLength", length.map(|length| (length.0 + length.1).into()));
        put("minItems", length.map(|length| (length.0 / 2).into()));
        put("maxItems", length.map(|length| (length.0 + length.1).into()));
        put("pattern", pattern.map(Value::from));
        put("enum", codes.filter(|_| !contradicted).map(Value::from));
        put("minimum", range.map(|range| range.0.into()));
        put("maximum", range.map(|range| (range.0 + range.1).into()));
        put("format", format.map(Value::from));
        Value::Object(schema)
    });
    let key = prop_oneof!["a", "b", "c", "#text", "@d"];
    leaf.prop_recursive(3, 12, 4, move |inner| {
        let fields = prop::collection::btree_map(key.clone(), inner.clone(), 0..4);
        let required = prop::collection::btree_set(key.clone(), 0..2);
        let object = (fields, required.clone(), any::<bool>(), prop::option::of(required))
            .prop_map(|(fields, required, closed, either)| {
                let required: Vec<&String> =
                    required.iter().filter(|name| !closed || fields.contains_key(*name)).collect();
                let mut schema = json!({ "type": "object", "required": required });
                schema["additionalProperties"] = json!(!closed);
                if let Some(either) = either.filter(|_| !closed) {
                    schema["anyOf"] = json!([{ "required": either }, { "required": ["a"] }]);
                }
                schema["properties"] = Value::Object(fields.into_iter().collect());
                schema
            });
        let list = inner.prop_map(|items| json!({ "type": "array", "items": items }));
        prop_oneof![3 => object, 1 => list]
    })
    .prop_filter("documents are objects", |schema| schema["type"] == "object")
}

#[test]
fn values_listed_beside_another_type_are_left_to_the_crate() {
    let codes = json!({ "type": "object", "enum": [""] });
    let schema = compiled(&json!({ "type": "object", "properties": { "a": codes } }));
    assert!(schema.fused().is_none());
    assert!(!schema.accepts(&json!({ "a": {} })));
}

#[test]
fn a_null_is_no_value_but_where_the_schema_names_it() {
    let judged = |schema: Value, document: Value| {
        let wanted = json!({ "type": "object", "required": ["a"], "properties": { "a": schema } });
        let (valid, certain) = verdicts(&compiled(&wanted), &document, Repeats::AsWritten);
        assert_eq!(valid, certain, "{wanted} {document}");
        valid
    };
    for absent in [
        json!({}),
        json!({ "type": "integer" }),
        json!({ "type": "object", "required": ["b"] }),
        json!({ "enum": ["x", "y"] }),
        json!({ "type": ["string", "null"], "enum": ["x"] }),
    ] {
        // Only that it is missing is wrong, as with an empty cell.
        assert!(!judged(absent.clone(), json!({ "a": null })), "{absent}");
        let optional = json!({ "type": "object", "properties": { "a": absent } });
        assert_eq!(
            verdicts(&compiled(&optional), &json!({ "a": null }), Repeats::AsWritten),
            (true, true)
        );
    }
    for named in [json!({ "type": ["integer", "null"] }), json!({ "enum": ["x", null] })] {
        assert!(judged(named.clone(), json!({ "a": null })), "{named}");
    }
    let list = json!({ "type": "array", "items": { "type": "string" }, "maxItems": 1 });
    assert!(judged(list, json!({ "a": [null, "x", null] })));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn what_the_judge_is_certain_of_the_crate_accepts(schema in schema(), documents in prop::collection::vec(document(), 1..6)) {
        let schema = compiled(&schema);
        for document in &documents {
            for repeats in [Repeats::AsWritten, Repeats::BySchema] {
                let (valid, certain) = verdicts(&schema, document, repeats);
                prop_assert!(valid || !certain, "{repeats:?} {document}");
            }
        }
    }

    #[test]
    fn the_judge_is_certain_of_valid_documents_without_odd_numbers(schema in schema(), document in document()) {
        let schema = compiled(&schema);
        // `1.0` is an integer to the schema; XML repeats keys that it knows as single ones.
        let odd = document.to_string().contains(".0");
        let (valid, certain) = verdicts(&schema, &document, Repeats::AsWritten);
        prop_assert!(!valid || certain || odd, "{document}");
    }
}
