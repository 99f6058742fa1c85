//! What holds for every file, however it was made: readers never panic, what they give is well
//! nested, how the bytes arrive changes nothing, and what was written is read back.

#![allow(clippy::unwrap_used)]

use std::borrow::Cow;
use std::io::{self, Read, Write};
use std::sync::{Arc, Mutex};

use dankun::format::{
    Compression, Container, Events, JsonSink, Limits, ReadOptions, Reader, Scalar, ScalarKind,
    WriteOptions, Writer, Written,
};
use proptest::prelude::*;
use serde_json::{Value, json};

fn containers() -> Vec<Container> {
    let csv = |columns| Container::Csv { delimiter: b';', quote: b'"', header_row: 1, columns };
    vec![
        Container::Json { records_at: vec![] },
        Container::Json { records_at: vec!["a".into(), "b".into()] },
        Container::Ndjson,
        csv(None),
        csv(Some(vec!["a".into()])),
        Container::Xml { record: "r".into() },
        bundle(),
    ]
}

fn bundle() -> Container {
    Container::FhirBundle {
        anchor: "Patient".into(),
        attach: vec![("Coverage".into(), "beneficiary".into())],
    }
}

/// Gives its bytes a few at a time.
struct Dribble {
    bytes: Vec<u8>,
    at: usize,
    step: usize,
}

impl Read for Dribble {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let rest = &self.bytes[self.at..];
        let amount = rest.len().min(self.step).min(out.len());
        out[..amount].copy_from_slice(&rest[..amount]);
        self.at += amount;
        Ok(amount)
    }
}

/// Everything that a reader says about a file, checked to be well nested on the way.
fn report(bytes: &[u8], step: usize, options: &ReadOptions) -> Vec<String> {
    let input = Dribble { bytes: bytes.to_vec(), at: 0, step };
    let mut reader = Reader::new(Box::new(input), options);
    let mut report = Vec::new();
    let mut sink = Trace::default();
    while let Some(next) = reader.next() {
        sink.clear();
        match next {
            Ok(frame) => {
                let result = frame.walk(&mut sink);
                sink.check();
                let place = frame.place();
                let json = String::from_utf8_lossy(sink.json.as_bytes()).into_owned();
                let last = frame.place_of(sink.last);
                report.push(format!("{place} {last} {json} {result:?}"));
                if let Err(issue) = result {
                    report.push(format!("{:?}", frame.broken(issue).cells()));
                }
            }
            Err(broken) => {
                if broken.walk(&mut sink) {
                    sink.check();
                }
                let place = &broken.place;
                report.push(format!("{place} {broken:?} {:?}", broken.cells()));
                assert!(broken.raw.len() <= options.limits.record + 1024 * 1024);
                if broken.ends_file {
                    assert!(reader.next().is_none());
                    break;
                }
            }
        }
    }
    report
}

/// JSON and the depth of what is open.
#[derive(Default)]
struct Trace {
    json: JsonSink,
    open: i64,
    last: u32,
}

impl Trace {
    fn clear(&mut self) {
        self.json.clear();
        self.open = 0;
        self.last = 0;
    }

    fn check(&self) {
        assert_eq!(self.open, 0);
        let _: serde::de::IgnoredAny = serde_json::from_slice(self.json.as_bytes()).unwrap();
    }
}

impl<'r> Events<'r> for Trace {
    fn begin_object(&mut self) {
        self.open += 1;
        self.json.begin_object();
    }
    fn key(&mut self, name: Cow<'r, str>) {
        self.json.key(name);
    }
    fn end_object(&mut self) {
        self.open -= 1;
        self.json.end_object();
    }
    fn begin_array(&mut self) {
        self.open += 1;
        self.json.begin_array();
    }
    fn end_array(&mut self) {
        self.open -= 1;
        self.json.end_array();
    }
    fn scalar(&mut self, scalar: Scalar<'r>) {
        self.last = scalar.at;
        self.json.scalar(scalar);
    }
}

/// Bytes put together from what the grammars are made of, so that random files get far into them.
fn hostile() -> impl Strategy<Value = Vec<u8>> {
    const PARTS: &[&[u8]] = &[
        b"{",
        b"}",
        b"[",
        b"]",
        b",",
        b":",
        b"\"",
        b"\\",
        b"\n",
        b"\r\n",
        b" ",
        b";",
        b"a",
        b"b",
        b"\"a\"",
        b"\"b\"",
        b"{\"a\":",
        b"1",
        b"-0.5e3",
        b"true",
        b"nul",
        b"\\u00e9",
        b"\\ud83d",
        b"\\u0000",
        b"\xff",
        b"\xc3\xa9",
        b"\0",
        b"\xef\xbb\xbf",
        b"\xff\xfe",
        b"<",
        b">",
        b"<r>",
        b"</r>",
        b"<r a='1'>",
        b"<r/>",
        b"<x:r>",
        b"</x:r>",
        b"<root>",
        b"</root>",
        b"<!--",
        b"-->",
        b"<![CDATA[",
        b"]]>",
        b"<?xml version=\"1.0\"?>",
        b"<!DOCTYPE",
        b"&amp;",
        b"&#65;",
        b"&x;",
        b"a;b\n",
        b"1;2\n",
        b"\"1;\n2\";3\n",
        b"{\"resourceType\":\"Bundle\",\"entry\":[",
        b"{\"fullUrl\":\"urn:uuid:1\",\"resource\":",
        b"{\"resourceType\":\"Patient\",\"id\":\"1\"}",
        b"{\"resourceType\":\"Coverage\",\"beneficiary\":{\"reference\":\"Patient/1\"}}",
        b"]}",
        b"\x1f\x8b\x08",
        b"\x28\xb5\x2f\xfd",
    ];
    let part = prop_oneof![
        8 => prop::sample::select(PARTS).prop_map(<[u8]>::to_vec),
        1 => prop::collection::vec(any::<u8>(), 0..8),
    ];
    prop::collection::vec(part, 0..40).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_bytes_make_a_reader_panic_or_depend_on_how_they_arrive(
        bytes in hostile(),
        step in 1_usize..9,
        label in prop::sample::select(vec![None, Some("utf-8"), Some("windows-1252"), Some("utf-16le"), Some("shift_jis"), Some("?")]),
        small in any::<bool>(),
    ) {
        for container in containers() {
            let mut options = ReadOptions::new(container);
            options.encoding = label.map(str::to_owned);
            if small {
                options.limits = Limits { file: 200, record: 24, depth: 2, fields: 3 };
            }
            let whole = report(&bytes, usize::MAX, &options);
            prop_assert_eq!(report(&bytes, step, &options), whole);
        }
    }

    #[test]
    fn json_agrees_with_an_independent_parser(bytes in hostile()) {
        let line: Vec<u8> = bytes.into_iter().filter(|&byte| byte != b'\n').collect();
        let options = ReadOptions { encoding: Some("utf-8".into()), ..ReadOptions::new(Container::Ndjson) };
        let mut reader = Reader::new(Box::new(io::Cursor::new(line.clone())), &options);
        if let Some(Ok(frame)) = reader.next() {
            let mut sink = JsonSink::new();
            let ours = frame.walk(&mut sink);
            match serde_json::from_slice::<Value>(frame.raw()) {
                Ok(theirs) => {
                    if ours.is_ok() {
                        let ours: Value = serde_json::from_slice(sink.as_bytes()).unwrap();
                        prop_assert_eq!(ours, theirs);
                    }
                }
                // serde_json also refuses numbers that no float can hold; none is generated here.
                Err(_) => prop_assert!(ours.is_err()),
            }
        }
    }
}

/// A place to write to that can be looked at afterwards.
#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn emit<'r>(value: &'r Value, sink: &mut impl Events<'r>) {
    let (kind, text) = match value {
        Value::Null => (ScalarKind::Null, "null".into()),
        Value::Bool(value) => (ScalarKind::Boolean, value.to_string().into()),
        Value::Number(value) => (ScalarKind::Number, value.to_string().into()),
        Value::String(value) => (ScalarKind::Text, Cow::Borrowed(value.as_str())),
        Value::Array(items) => {
            sink.begin_array();
            items.iter().for_each(|item| emit(item, sink));
            return sink.end_array();
        }
        Value::Object(members) => {
            sink.begin_object();
            for (key, value) in members {
                sink.key(Cow::Borrowed(key));
                emit(value, sink);
            }
            return sink.end_object();
        }
    };
    sink.scalar(Scalar { kind, text, at: 0 });
}

fn written(records: &[Value], options: &WriteOptions) -> Vec<u8> {
    let out = Shared::default();
    let mut writer = Writer::new(Box::new(out.clone()), options).unwrap();
    for record in records {
        let mut one = writer.record();
        emit(record, &mut one);
        assert!(one.end().unwrap().is_empty());
    }
    writer.finish().unwrap();
    std::mem::take(&mut *out.0.lock().unwrap())
}

fn read(bytes: Vec<u8>, container: Container) -> Vec<Value> {
    let mut reader = Reader::new(Box::new(io::Cursor::new(bytes)), &ReadOptions::new(container));
    let mut records = Vec::new();
    let mut sink = Grouped::default();
    while let Some(next) = reader.next() {
        next.unwrap().walk(&mut sink).unwrap();
        records.push(sink.whole.take().unwrap());
    }
    records
}

/// Builds a value; a key that comes again makes an array of its values, as XML needs.
#[derive(Default)]
struct Grouped {
    open: Vec<(Value, String)>,
    whole: Option<Value>,
}

impl Grouped {
    fn add(&mut self, value: Value) {
        match self.open.last_mut() {
            None => self.whole = Some(value),
            Some((Value::Array(items), _)) => items.push(value),
            Some((object, key)) => match &mut object[key.as_str()] {
                slot @ Value::Null => *slot = value,
                Value::Array(items) => items.push(value),
                slot => *slot = json!([slot.take(), value]),
            },
        }
    }
    fn close(&mut self) {
        let (value, _) = self.open.pop().unwrap();
        self.add(value);
    }
}

impl<'r> Events<'r> for Grouped {
    fn begin_object(&mut self) {
        self.open.push((json!({}), String::new()));
    }
    fn key(&mut self, name: Cow<'r, str>) {
        self.open.last_mut().unwrap().1 = name.into_owned();
    }
    fn end_object(&mut self) {
        self.close();
    }
    fn begin_array(&mut self) {
        self.open.push((json!([]), String::new()));
    }
    fn end_array(&mut self) {
        self.close();
    }
    fn scalar(&mut self, scalar: Scalar<'r>) {
        let value = match scalar.kind {
            ScalarKind::Text => Value::String(scalar.text.into_owned()),
            _ => serde_json::from_str(&scalar.text).unwrap(),
        };
        self.add(value);
    }
}

/// Text without what no format can carry.
fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[a-zé;,\"'<>&\\\\ \t\n\r|]{0,12}", "\\PC{0,8}",]
        .prop_map(|text| text.replace(['\0', '\u{fffe}', '\u{ffff}'], ""))
}

fn compression() -> impl Strategy<Value = Compression> {
    prop::sample::select(vec![Compression::None, Compression::Gzip, Compression::Zstd])
}

fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Bool(true)),
        any::<i64>().prop_map(Value::from),
        text().prop_map(Value::from),
    ];
    let value = leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(text(), inner, 0..4)
                .prop_map(|members| members.into_iter().collect()),
        ]
    });
    prop::collection::btree_map(text(), value, 0..5)
        .prop_map(|members| members.into_iter().collect())
}

/// An element with attributes, repeated children and text: what XML can say.
fn xml_value() -> impl Strategy<Value = Value> {
    let leaf = text().prop_map(Value::from).boxed();
    let element = leaf.prop_recursive(3, 16, 3, |inner| element_of(inner.boxed()).boxed());
    element_of(element.boxed())
}

fn element_of(inner: BoxedStrategy<Value>) -> impl Strategy<Value = Value> {
    let names = prop::collection::btree_map("[a-z_][a-z0-9.-]{0,4}", inner.clone(), 0..3);
    let several = prop::collection::vec(inner, 2..4);
    (text(), names, several).prop_map(|(attribute, children, several)| {
        let mut element = json!({ "@a": attribute, "Several": several });
        for (name, child) in children {
            element[name] = child;
        }
        element
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn json_is_read_as_it_was_written(
        records in prop::collection::vec(json_value(), 0..6),
        compression in compression(),
    ) {
        let keys = vec!["data".to_owned(), "é\"".to_owned()];
        let mut options = WriteOptions::new(Written::Json { records_at: vec![] });
        options.compression = compression;
        let container = Container::Json { records_at: vec![] };
        prop_assert_eq!(&read(written(&records, &options), container), &records);
        options.container = Written::Json { records_at: keys.iter().take(1).cloned().collect() };
        let container = Container::Json { records_at: keys.into_iter().take(1).collect() };
        prop_assert_eq!(&read(written(&records, &options), container), &records);
        if !records.is_empty() {
            options.container = Written::Ndjson;
            prop_assert_eq!(&read(written(&records, &options), Container::Ndjson), &records);
        }
    }

    #[test]
    fn csv_is_read_as_it_was_written(
        rows in prop::collection::vec(prop::collection::vec(text(), 3), 0..8),
        delimiter in prop::sample::select(vec![b';', b',', b'|', b'\t']),
        width in 1_usize..3,
        compression in compression(),
    ) {
        let columns: Vec<String> =
            ["Nom", "N° \"x\""].iter().take(width).map(|&name| name.to_owned()).collect();
        let records: Vec<Value> = rows
            .iter()
            .map(|row| columns.iter().cloned().zip(row.iter().map(|cell| json!(cell))).collect())
            .collect();
        let mut options = WriteOptions::new(Written::Csv {
            delimiter,
            quote: b'"',
            titles: vec![],
            columns,
        });
        options.compression = compression;
        let container = Container::Csv { delimiter, quote: b'"', header_row: 1, columns: None };
        prop_assert_eq!(read(written(&records, &options), container), records);
    }

    #[test]
    fn xml_is_read_as_it_was_written(
        records in prop::collection::vec(xml_value(), 0..4),
        compression in compression(),
    ) {
        let mut options = WriteOptions::new(Written::Xml {
            root: "export".into(),
            namespace: Some("urn:example:é".into()),
            record: "r".into(),
        });
        options.compression = compression;
        let container = Container::Xml { record: "r".into() };
        prop_assert_eq!(read(written(&records, &options), container), records);
    }

    #[test]
    fn a_bundle_is_read_as_it_was_written(
        people in prop::collection::vec((any::<u128>(), json_value(), 0_usize..3), 0..5),
    ) {
        let records: Vec<Value> = people
            .iter()
            .enumerate()
            .map(|(index, (id, extra, coverages))| {
                let id = uuid::Uuid::from_u128(id.wrapping_add(index as u128)).to_string();
                let mut record = json!({"Patient": {"resourceType": "Patient", "id": id, "extra": extra}});
                if *coverages > 0 {
                    let one = json!({"resourceType": "Coverage", "beneficiary": {"reference": format!("Patient/{id}")}});
                    record["Coverage"] = json!(vec![one; *coverages]);
                }
                record
            })
            .collect();
        let bytes = written(&records, &WriteOptions::new(Written::FhirBundle));
        prop_assert_eq!(read(bytes, bundle()), records);
    }
}
