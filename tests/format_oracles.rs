//! What the readers give for well-formed files is what independent readers give: the `csv` crate for
//! rows, and for elements the plain event stream of `quick-xml` over the whole document.

#![allow(clippy::unwrap_used)]

use std::borrow::Cow;
use std::io;

use csv::{QuoteStyle, ReaderBuilder, Terminator, WriterBuilder};
use dankun::format::{Container, Events, JsonSink, ReadOptions, Reader, Scalar, ScalarKind};
use proptest::prelude::*;
use quick_xml::XmlVersion;
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::{BytesStart, Event};

/// The records of a file as JSON, each of which must be sound.
fn read(bytes: &[u8], container: Container) -> Vec<String> {
    let options = ReadOptions { encoding: Some("utf-8".into()), ..ReadOptions::new(container) };
    let mut reader = Reader::new(Box::new(io::Cursor::new(bytes.to_vec())), &options);
    let mut records = Vec::new();
    while let Some(next) = reader.next() {
        let mut sink = JsonSink::new();
        next.unwrap().walk(&mut sink).unwrap();
        records.push(String::from_utf8(sink.into_bytes()).unwrap());
    }
    records
}

fn text(sink: &mut JsonSink, text: &str) {
    sink.scalar(Scalar { kind: ScalarKind::Text, text: Cow::Borrowed(text), at: 0 });
}

fn cell() -> impl Strategy<Value = String> {
    prop_oneof!["[a-zé]{0,6}", "[a\u{feff};,|\"' \t\n\r]{0,6}", "\\PC{0,6}"]
}

const HEADER: [&str; 3] = ["a", "b", "c"];

/// What the `csv` crate makes of the rows under a header.
fn rows_of_csv(file: &[u8], delimiter: u8) -> Vec<String> {
    let mut reader = ReaderBuilder::new().delimiter(delimiter).from_reader(file);
    let rows = reader.records().map(|row| {
        let mut sink = JsonSink::new();
        sink.begin_object();
        for (name, cell) in HEADER.iter().zip(row.unwrap().iter()) {
            sink.key(Cow::Borrowed(name));
            text(&mut sink, cell);
        }
        sink.end_object();
        String::from_utf8(sink.into_bytes()).unwrap()
    });
    rows.collect()
}

proptest! {
    #[test]
    fn rows_are_read_as_the_csv_crate_reads_them(
        rows in prop::collection::vec(prop::collection::vec(cell(), 3), 0..8),
        width in 1_usize..4,
        delimiter in prop::sample::select(vec![b';', b',', b'|', b'\t']),
        quotes in prop::sample::select(vec![QuoteStyle::Necessary, QuoteStyle::Always, QuoteStyle::NonNumeric]),
        end in prop::sample::select(vec![Terminator::CRLF, Terminator::Any(b'\n')]),
        cut in any::<bool>(),
    ) {
        let mut file = Vec::new();
        let mut writer = WriterBuilder::new()
            .delimiter(delimiter)
            .quote_style(quotes)
            .terminator(end)
            .from_writer(&mut file);
        writer.write_record(&HEADER[..width]).unwrap();
        for row in &rows {
            writer.write_record(&row[..width]).unwrap();
        }
        writer.flush().unwrap();
        drop(writer);
        if cut {
            // The last line need not end in a line feed.
            file.pop();
        }
        let container = Container::Csv { delimiter, quote: b'"', header_row: 1, columns: None };
        let read = read(&file, container);
        prop_assert_eq!(&read, &rows_of_csv(&file, delimiter));
        prop_assert_eq!(read.len(), rows.len());
    }
}

/// Content of an element as it is written, with other elements in it.
fn content() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[a-zé;> \n\r\t]{0,6}",
        1 => prop::sample::select(vec![
            "&amp;", "&lt;", "&quot;", "&#233;", "&#x1F600;", "&#13;", "<![CDATA[<r>&b;]]>",
            "<![CDATA[]]>", "<!-- <r> ' -->", "<?p <r> \" ?>",
        ])
        .prop_map(str::to_owned),
    ];
    let flat = prop::collection::vec(piece, 0..4).prop_map(|pieces| pieces.concat());
    flat.prop_recursive(4, 24, 4, |inner| {
        prop::collection::vec(prop_oneof![inner.clone(), element(inner)], 0..4)
            .prop_map(|pieces| pieces.concat())
    })
}

fn element(inner: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
    let name = prop::sample::select(vec!["a", "b", "x:c", "_d.1", "r", "é"]);
    (name, attributes(), prop::option::of(inner)).prop_map(
        |(name, attributes, inner)| match inner {
            Some(inner) => format!("<{name}{attributes}>{inner}</{name} >"),
            None => format!("<{name}{attributes}/>"),
        },
    )
}

fn attributes() -> impl Strategy<Value = String> {
    let all = vec![
        " p=\"1\"",
        "\n q = '>\"'",
        " x:s=\"a&amp;&#10;b\"",
        " t='a\r\n\tb'",
        " xmlns='urn:e'",
        " xmlns:y=\"urn:y\"",
        " ",
    ];
    prop::sample::subsequence(all, 0..4).prop_map(|attributes| attributes.concat())
}

/// An element of the plain event stream.
struct Node {
    name: String,
    attributes: Vec<(String, String)>,
    children: Vec<Node>,
    text: String,
}

impl Node {
    fn of(tag: &BytesStart<'_>) -> Self {
        let attributes = tag.attributes().map(|attribute| attribute.unwrap());
        Self {
            name: tag.local_name().into_inner().to_owned(),
            attributes: attributes
                .filter(|attribute| attribute.key.as_namespace_binding().is_none())
                .map(|attribute| {
                    let name = format!("@{}", attribute.key.local_name().into_inner());
                    let value = attribute.normalized_value(XmlVersion::Explicit1_0).unwrap();
                    (name, value.into_owned())
                })
                .collect(),
            children: Vec::new(),
            text: String::new(),
        }
    }

    /// As the documentation of [`Events`] says that an element shows.
    fn emit(&self, sink: &mut JsonSink) {
        if self.attributes.is_empty() && self.children.is_empty() {
            return text(sink, &self.text);
        }
        sink.begin_object();
        for (name, value) in &self.attributes {
            sink.key(Cow::Borrowed(name));
            text(sink, value);
        }
        for child in &self.children {
            sink.key(Cow::Borrowed(&child.name));
            child.emit(sink);
        }
        if !self.text.trim().is_empty() {
            sink.key(Cow::Borrowed("#text"));
            text(sink, &self.text);
        }
        sink.end_object();
    }
}

/// The whole document as `quick-xml` reads it.
fn document(file: &str) -> Node {
    let mut reader = quick_xml::Reader::from_str(file);
    let mut open: Vec<Node> = Vec::new();
    let close = |open: &mut Vec<Node>, node: Node| match open.last_mut() {
        Some(parent) => {
            parent.children.push(node);
            None
        }
        None => Some(node),
    };
    let add = |open: &mut Vec<Node>, text: &str| {
        if let Some(node) = open.last_mut() {
            node.text.push_str(text);
        }
    };
    loop {
        let whole = match reader.read_event().unwrap() {
            Event::Start(tag) => {
                open.push(Node::of(&tag));
                None
            }
            Event::Empty(tag) => close(&mut open, Node::of(&tag)),
            Event::End(_) => {
                let node = open.pop().unwrap();
                close(&mut open, node)
            }
            Event::Text(text) => {
                add(&mut open, &text.xml10_content());
                None
            }
            Event::CData(data) => {
                add(&mut open, &data.xml10_content());
                None
            }
            Event::GeneralRef(name) => {
                match name.resolve_char_ref().unwrap() {
                    Some(character) => add(&mut open, &character.to_string()),
                    None => add(&mut open, resolve_xml_entity(&name).unwrap()),
                }
                None
            }
            _ => None,
        };
        if let Some(whole) = whole {
            return whole;
        }
    }
}

/// The outermost elements of the name `r`, in the order of the document.
fn records(node: &Node, found: &mut Vec<String>) {
    if node.name == "r" {
        let mut sink = JsonSink::new();
        node.emit(&mut sink);
        found.push(String::from_utf8(sink.into_bytes()).unwrap());
    } else {
        node.children.iter().for_each(|child| records(child, found));
    }
}

proptest! {
    #[test]
    fn elements_are_read_as_the_plain_event_stream_has_them(
        inside in prop::collection::vec(content(), 0..4),
        attributes in attributes(),
    ) {
        let inside: String = inside
            .into_iter()
            .map(|content| format!("{content}<r{attributes}>{content}</r>\n"))
            .collect();
        let file = format!("<?xml version=\"1.0\"?>\n<!-- <r> --><x:e xmlns:x='urn:x'>{inside}</x:e>\n");
        let mut theirs = Vec::new();
        records(&document(&file), &mut theirs);
        let ours = read(file.as_bytes(), Container::Xml { record: "r".to_owned() });
        prop_assert_eq!(ours, theirs);
    }
}
