//! Elements under one root: `@` keys become attributes, `#text` the text, arrays repeated elements.
//! Escaping is that of `quick-xml`.

use std::borrow::Cow;

use quick_xml::escape::escape;
use quick_xml::events::BytesStart;

use super::super::xml::is_xml;
use super::super::{Events, Scalar, ScalarKind};

pub(super) struct Xml {
    root: String,
    namespace: Option<String>,
    record: String,
    encoding: &'static str,
    /// The elements that are open, the record element first.
    open: Vec<Element>,
    /// Name of the next value, and of every item of the array that is open.
    names: Vec<String>,
    whole: Option<Element>,
}

#[derive(Default)]
struct Element {
    name: String,
    attributes: Vec<(String, String)>,
    children: Vec<Element>,
    text: String,
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
            open: Vec::new(),
            names: Vec::new(),
            whole: None,
        }
    }

    pub(super) fn clear(&mut self) {
        self.open.clear();
        self.names.clear();
        self.names.push(self.record.clone());
        self.whole = None;
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
        if let Some(element) = self.whole.take() {
            element.write(text);
            text.push('\n');
        }
    }

    pub(super) fn tail(&self, text: &mut String) {
        text.push_str("</");
        text.push_str(&self.root);
        text.push_str(">\n");
    }
}

impl Element {
    fn write(&self, text: &mut String) {
        text.push('<');
        let mut tag = BytesStart::new(self.name.as_str());
        for (name, value) in &self.attributes {
            tag.push_attribute((name.as_str(), legal(value).as_ref()));
        }
        text.push_str(&tag);
        if self.children.is_empty() && self.text.is_empty() {
            text.push_str("/>");
            return;
        }
        text.push('>');
        text.push_str(&escape(legal(&self.text)));
        for child in &self.children {
            child.write(text);
        }
        text.push_str("</");
        text.push_str(&self.name);
        text.push('>');
    }
}

/// Most control characters cannot be written at all, not even as references (XML 1.0, 2.2).
fn legal(value: &str) -> Cow<'_, str> {
    match value.contains(|character| !is_xml(character)) {
        true => Cow::Owned(value.replace(|character| !is_xml(character), "\u{fffd}")),
        false => Cow::Borrowed(value),
    }
}

impl<'r> Events<'r> for Xml {
    fn begin_object(&mut self) {
        let name = self.names.last().cloned().unwrap_or_default();
        self.open.push(Element { name, ..Element::default() });
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
        match self.open.last_mut() {
            Some(parent) => parent.children.push(element),
            None => self.whole = Some(element),
        }
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
        let (Some(name), Some(parent)) = (self.names.last(), self.open.last_mut()) else { return };
        let value = if scalar.kind == ScalarKind::Null { Cow::Borrowed("") } else { scalar.text };
        if let Some(attribute) = name.strip_prefix('@') {
            parent.attributes.push((attribute.to_owned(), value.into_owned()));
        } else if name == "#text" {
            parent.text.push_str(&value);
        } else {
            let child =
                Element { name: name.clone(), text: value.into_owned(), ..Element::default() };
            parent.children.push(child);
        }
    }
}
