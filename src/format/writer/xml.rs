//! Elements under one root: `@` keys become attributes, `#text` the text, arrays repeated elements.
//! Escaping is that of `quick-xml`.

use std::borrow::Cow;
use std::ops::Range;

use quick_xml::escape::escape;
use quick_xml::events::BytesStart;
use quick_xml::events::attributes::Attribute;

use super::super::xml::is_xml;
use super::super::{Events, Scalar, ScalarKind};

pub(super) struct Xml {
    root: String,
    namespace: Option<String>,
    record: String,
    encoding: &'static str,
    /// The record as far as it has come.
    out: Vec<u8>,
    /// The elements that are open, the record element first.
    open: Vec<Element>,
    /// Name of the next value, and of every item of the array that is open.
    names: Vec<String>,
}

/// An element whose end has not come. Attributes that come late, and text that comes after children,
/// are put where they belong.
struct Element {
    /// Where its name stands.
    name: Range<usize>,
    /// Where its attributes end.
    tag: usize,
    /// Where its text ends, once its tag is closed.
    text: Option<usize>,
}

impl Xml {
    pub(super) fn new(
        root: &str,
        namespace: Option<&str>,
        record: &str,
        encoding: &'static str,
    ) -> Self {
        Self {
            root: root.to_owned(),
            namespace: namespace.map(str::to_owned),
            record: record.to_owned(),
            encoding,
            out: Vec::new(),
            open: Vec::new(),
            names: Vec::new(),
        }
    }

    pub(super) fn clear(&mut self) {
        self.out.clear();
        self.open.clear();
        self.names.truncate(1);
        match self.names.first_mut() {
            Some(name) => name.clone_from(&self.record),
            None => self.names.push(self.record.clone()),
        }
    }

    pub(super) fn head(&self, text: &mut String) {
        text.push_str("<?xml version=\"1.0\" encoding=\"");
        text.push_str(self.encoding);
        text.push_str("\"?>\n<");
        let mut tag = BytesStart::new(self.root.as_str());
        if let Some(namespace) = &self.namespace {
            tag.push_attribute(("xmlns", legal(namespace).as_ref()));
        }
        text.push_str(&tag);
        text.push_str(">\n");
    }

    pub(super) fn write(&mut self, text: &mut String) {
        if self.open.is_empty() && !self.out.is_empty() {
            text.push_str(&String::from_utf8_lossy(&self.out));
            text.push('\n');
        }
    }

    pub(super) fn tail(&self, text: &mut String) {
        text.push_str("</");
        text.push_str(&self.root);
        text.push_str(">\n");
    }

    /// Closes the tag of the innermost element, which has content after all.
    fn close_tag(&mut self) {
        if let Some(element) = self.open.last_mut().filter(|element| element.text.is_none()) {
            self.out.push(b'>');
            element.text = Some(self.out.len());
        }
    }

    fn attribute(&mut self, name: &str, value: &str) {
        let Some(element) = self.open.last_mut() else { return };
        let value = legal(value);
        let attribute = Attribute::from((name, value.as_ref()));
        let written = format!(" {name}=\"{}\"", attribute.value);
        let length = written.len();
        self.out.splice(element.tag..element.tag, written.into_bytes());
        element.tag += length;
        element.text = element.text.map(|text| text + length);
    }

    fn text(&mut self, value: &str) {
        if value.is_empty() {
            return;
        }
        self.close_tag();
        let Some(Element { text: Some(end), .. }) = self.open.last_mut() else { return };
        let legal = legal(value);
        let written = escape(legal.as_ref());
        self.out.splice(*end..*end, written.bytes());
        *end += written.len();
    }

    /// Writes an element that has nothing but text.
    fn child(&mut self, value: &str) {
        self.close_tag();
        let Some(name) = self.names.last() else { return };
        self.out.push(b'<');
        self.out.extend_from_slice(name.as_bytes());
        if value.is_empty() {
            self.out.extend_from_slice(b"/>");
            return;
        }
        self.out.push(b'>');
        let legal = legal(value);
        self.out.extend_from_slice(escape(legal.as_ref()).as_bytes());
        self.out.extend_from_slice(b"</");
        self.out.extend_from_slice(name.as_bytes());
        self.out.push(b'>');
    }
}

/// Most control characters cannot be written at all, not even as references (XML 1.0, 2.2).
fn legal(value: &str) -> Cow<'_, str> {
    // What is no control character and begins none of U+F000 to U+FFFF is always legal.
    if value.bytes().all(|byte| byte >= 0x20 && byte != 0xef) {
        return Cow::Borrowed(value);
    }
    match value.contains(|character| !is_xml(character)) {
        true => Cow::Owned(value.replace(|character| !is_xml(character), "\u{fffd}")),
        false => Cow::Borrowed(value),
    }
}

impl<'r> Events<'r> for Xml {
    fn begin_object(&mut self) {
        if self.open.is_empty() {
            self.out.clear();
        }
        self.close_tag();
        self.out.push(b'<');
        let from = self.out.len();
        self.out.extend_from_slice(self.names.last().map_or("", String::as_str).as_bytes());
        let tag = self.out.len();
        self.open.push(Element { name: from..tag, tag, text: None });
        self.names.push(String::new());
    }

    fn key(&mut self, name: Cow<'r, str>) {
        if let Some(last) = self.names.last_mut() {
            last.clear();
            last.push_str(&name);
        }
    }

    fn end_object(&mut self) {
        self.names.pop();
        let Some(element) = self.open.pop() else { return };
        // A closed tag has something behind it.
        if element.text.is_none() {
            self.out.extend_from_slice(b"/>");
            return;
        }
        self.out.extend_from_slice(b"</");
        self.out.extend_from_within(element.name);
        self.out.push(b'>');
    }

    // The items of an array are so many elements of the array's name.
    fn begin_array(&mut self) {
        let name = self.names.last().cloned().unwrap_or_default();
        self.names.push(name);
    }

    fn end_array(&mut self) {
        self.names.pop();
    }

    fn scalar(&mut self, scalar: Scalar<'r>) {
        // A record that is no group has no element.
        if self.open.is_empty() {
            return;
        }
        let value = if scalar.kind == ScalarKind::Null { "" } else { &*scalar.text };
        let name = self.names.last().map_or("", String::as_str);
        if let Some(attribute) = name.strip_prefix('@') {
            let attribute = attribute.to_owned();
            self.attribute(&attribute, value);
        } else if name == "#text" {
            self.text(value);
        } else {
            self.child(value);
        }
    }
}
