//! A resource as XML.

use std::borrow::Cow;

use quick_xml::escape::escape;
use serde_json::{Map, Value};

use super::elements::{Element, Kind, Type, find, resource};
use super::{FHIR, Fault, XHTML};

/// Writes a resource.
///
/// # Errors
/// When it is of a type that the table lacks, or has an element that its type lacks.
pub fn write(value: &Value) -> Result<String, Fault> {
    let mut writer = Writer { out: String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>") };
    writer.resource(value, Some(FHIR))?;
    Ok(writer.out)
}

fn fault(what: impl Into<String>) -> Fault {
    Fault { line: 1, column: 1, what: what.into() }
}

struct Writer {
    out: String,
}

impl Writer {
    fn resource(&mut self, value: &Value, namespace: Option<&str>) -> Result<(), Fault> {
        let fields = value.as_object().ok_or_else(|| fault("a resource is an object"))?;
        let name = value["resourceType"].as_str().unwrap_or_default();
        let known = resource(name).ok_or_else(|| fault(format!("no resource `{name}`")))?;
        self.out.push('<');
        self.out.push_str(name);
        if let Some(namespace) = namespace {
            self.attribute("xmlns", namespace);
        }
        self.out.push('>');
        self.children(fields, known)?;
        self.end(name);
        Ok(())
    }

    /// The children of an object, in the order of its type.
    fn children(&mut self, fields: &Map<String, Value>, of: &Type) -> Result<(), Fault> {
        for name in fields.keys() {
            let plain = name.strip_prefix('_').unwrap_or(name);
            if of.element(plain).is_none() && !(of.resource && plain == "resourceType") {
                return Err(fault(format!("no element `{plain}` here")));
            }
        }
        for element in of.elements.iter().filter(|element| !of.is_attribute(element)) {
            let value = fields.get(element.name).unwrap_or(&Value::Null);
            let beside = fields.get(&format!("_{}", element.name)).unwrap_or(&Value::Null);
            for index in 0..count(value).max(count(beside)) {
                self.one(element, item(value, index), item(beside, index))?;
            }
        }
        Ok(())
    }

    fn one(&mut self, element: &Element, value: &Value, beside: &Value) -> Result<(), Fault> {
        match element.kind {
            Kind::Xhtml => {
                self.out.push_str(&narrative(value.as_str().unwrap_or_default()));
                Ok(())
            }
            Kind::Resource => {
                self.out.push_str(&format!("<{}>", element.name));
                self.resource(value, None)?;
                self.end(element.name);
                Ok(())
            }
            Kind::Type(name) => {
                let known = find(name).ok_or_else(|| fault(format!("no type `{name}`")))?;
                let fields = value.as_object();
                let fields = fields.ok_or_else(|| fault(format!("`{}`", element.name)))?;
                self.element(element.name, fields, known, None)
            }
            Kind::Text | Kind::Boolean | Kind::Number => {
                let known = find("Element").ok_or_else(|| fault("no type `Element`"))?;
                let nothing = Map::new();
                let text = match value {
                    Value::Null => None,
                    Value::String(text) => Some(Cow::Borrowed(text.as_str())),
                    other => Some(Cow::Owned(other.to_string())),
                };
                let beside = beside.as_object().unwrap_or(&nothing);
                self.element(element.name, beside, known, text.as_deref())
            }
        }
    }

    fn element(
        &mut self,
        name: &str,
        fields: &Map<String, Value>,
        known: &Type,
        value: Option<&str>,
    ) -> Result<(), Fault> {
        self.out.push('<');
        self.out.push_str(name);
        for attribute in known.elements.iter().filter(|element| known.is_attribute(element)) {
            if let Some(text) = fields.get(attribute.name).and_then(Value::as_str) {
                self.attribute(attribute.name, text);
            }
        }
        if let Some(value) = value {
            self.attribute("value", value);
        }
        let opened = self.out.len();
        self.out.push('>');
        self.children(fields, known)?;
        if self.out.len() == opened + 1 {
            self.out.truncate(opened);
            self.out.push_str("/>");
        } else {
            self.end(name);
        }
        Ok(())
    }

    fn attribute(&mut self, name: &str, text: &str) {
        self.out.push(' ');
        self.out.push_str(name);
        self.out.push_str("=\"");
        for c in text.chars() {
            match c {
                // As it is, a reader would make a blank of it.
                '\n' | '\r' | '\t' => self.out.push_str(&format!("&#{};", u32::from(c))),
                // XML has no way at all to write these.
                c if c < ' ' || matches!(c, '\u{fffe}' | '\u{ffff}') => self.out.push('\u{fffd}'),
                c => self.out.push_str(&escape(c.encode_utf8(&mut [0; 4]) as &str)),
            }
        }
        self.out.push('"');
    }

    fn end(&mut self, name: &str) {
        self.out.push_str("</");
        self.out.push_str(name);
        self.out.push('>');
    }
}

/// How many there are of a list, or of a single value.
fn count(value: &Value) -> usize {
    match value {
        Value::Null => 0,
        Value::Array(items) => items.len(),
        _ => 1,
    }
}

fn item(value: &Value, index: usize) -> &Value {
    match value {
        Value::Array(items) => items.get(index).unwrap_or(&Value::Null),
        single if index == 0 => single,
        _ => &Value::Null,
    }
}

/// A narrative as it is, when it is whole XML; else an empty one: half an element would break the document around it.
fn narrative(text: &str) -> Cow<'_, str> {
    if is_one_element(text) {
        Cow::Borrowed(text.trim())
    } else {
        Cow::Owned(format!("<div xmlns=\"{XHTML}\"/>"))
    }
}

fn is_one_element(text: &str) -> bool {
    use quick_xml::events::Event;
    let mut reader = quick_xml::Reader::from_str(text.trim());
    let (mut depth, mut ended) = (0_usize, false);
    loop {
        match reader.read_event() {
            Ok(Event::Start(_)) if !ended => depth += 1,
            Ok(Event::Empty(_)) if !ended => ended = depth == 0,
            Ok(Event::End(_)) => {
                depth = depth.saturating_sub(1);
                ended = depth == 0;
            }
            Ok(Event::Text(_) | Event::GeneralRef(_) | Event::CData(_) | Event::Comment(_))
                if depth > 0 => {}
            Ok(Event::Eof) => return ended && depth == 0,
            _ => return false,
        }
    }
}
