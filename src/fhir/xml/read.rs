//! XML as a resource.

use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use serde_json::{Map, Number, Value};

use super::elements::{Element, Kind, Type, find, resource};
use super::{DEPTH, FHIR, Fault};

/// Reads a resource.
///
/// # Errors
/// The first fault, with its place.
pub fn read(text: &str) -> Result<Value, Fault> {
    let text = text.trim_start_matches('\u{feff}');
    let mut reading = Reading { reader: quick_xml::Reader::from_str(text), text, at: 0, depth: 0 };
    let (start, empty) = loop {
        match reading.next()? {
            Event::Start(start) => break (start, false),
            Event::Empty(start) => break (start, true),
            Event::Decl(_) | Event::Comment(_) | Event::PI(_) => {}
            Event::Text(text) if text.trim().is_empty() => {}
            _ => return Err(reading.fault("a resource is expected")),
        }
    };
    let namespace = attribute(&start, "xmlns").or_else(|| prefixed(&start));
    if namespace.as_deref() != Some(FHIR) {
        return Err(reading.fault(format!("xmlns=\"{FHIR}\" is expected")));
    }
    let value = reading.resource(&start, empty)?;
    loop {
        match reading.next()? {
            Event::Eof => return Ok(value),
            Event::Comment(_) | Event::PI(_) => {}
            Event::Text(text) if text.trim().is_empty() => {}
            _ => return Err(reading.fault("nothing is expected after the resource")),
        }
    }
}

struct Reading<'x> {
    reader: quick_xml::Reader<&'x [u8]>,
    text: &'x str,
    /// Where the event at hand begins.
    at: usize,
    depth: usize,
}

/// A value and what JSON puts beside it under `_name`.
struct Read {
    value: Value,
    beside: Value,
}

impl<'x> Reading<'x> {
    fn next(&mut self) -> Result<Event<'x>, Fault> {
        self.at = usize::try_from(self.reader.buffer_position()).unwrap_or(usize::MAX);
        match self.reader.read_event() {
            Ok(Event::DocType(_)) => Err(self.fault("no document type is taken")),
            Ok(event) => Ok(event.into_owned()),
            Err(error) => {
                self.at = usize::try_from(self.reader.error_position()).unwrap_or(usize::MAX);
                Err(self.fault(error.to_string()))
            }
        }
    }

    fn fault(&self, what: impl Into<String>) -> Fault {
        let before = self.text.get(..self.at).unwrap_or(self.text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        Fault { line, column, what: what.into().chars().take(120).collect() }
    }

    fn resource(&mut self, start: &BytesStart<'_>, empty: bool) -> Result<Value, Fault> {
        let name = local(start);
        let known = resource(&name);
        let known = known.ok_or_else(|| self.fault(format!("no resource `{name}` here")))?;
        let mut fields = Map::new();
        fields.insert("resourceType".into(), Value::String(name));
        self.children(&mut fields, known, empty)?;
        Ok(Value::Object(fields))
    }

    /// Reads up to the end of the element that has begun.
    fn children(
        &mut self,
        fields: &mut Map<String, Value>,
        of: &'static Type,
        empty: bool,
    ) -> Result<(), Fault> {
        if empty {
            return Ok(());
        }
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(self.fault(format!("at most {DEPTH} levels")));
        }
        let mut last = 0;
        loop {
            let (start, empty) = match self.next()? {
                Event::End(_) => break,
                Event::Start(start) => (start, false),
                Event::Empty(start) => (start, true),
                Event::Comment(_) | Event::PI(_) => continue,
                Event::Text(text) if text.trim().is_empty() => continue,
                _ => return Err(self.fault("elements are expected, no text")),
            };
            let name = local(&start);
            let found = of.elements.iter().enumerate().find(|(_, one)| one.name == name);
            let Some((place, element)) = found.filter(|(_, one)| !of.is_attribute(one)) else {
                return Err(self.fault(format!("no element `{name}` here")));
            };
            if place < last || (place == last && !element.many && fields.contains_key(element.name))
            {
                return Err(self.fault(format!("`{name}` stands out of order, or twice")));
            }
            last = place;
            let read = self.one(element, &start, empty)?;
            put(fields, element, read);
        }
        self.depth -= 1;
        Ok(())
    }

    fn one(
        &mut self,
        element: &'static Element,
        start: &BytesStart<'_>,
        empty: bool,
    ) -> Result<Read, Fault> {
        let value = match element.kind {
            Kind::Xhtml => return self.narrative(empty),
            Kind::Resource => {
                let inner = self.inner(empty)?;
                return Ok(Read { value: inner, beside: Value::Null });
            }
            Kind::Type(name) => return self.typed(name, start, empty),
            Kind::Text | Kind::Boolean | Kind::Number => attribute(start, "value"),
        };
        let value = match value {
            None => Value::Null,
            Some(text) => self.primitive(element, text)?,
        };
        let beside = self.typed("Element", start, empty)?.value;
        let bare = beside.as_object().is_none_or(Map::is_empty);
        if value.is_null() && bare {
            return Err(self.fault(format!("`{}` has no value", element.name)));
        }
        Ok(Read { value, beside: if bare { Value::Null } else { beside } })
    }

    fn typed(
        &mut self,
        name: &'static str,
        start: &BytesStart<'_>,
        empty: bool,
    ) -> Result<Read, Fault> {
        let known = find(name).ok_or_else(|| self.fault(format!("no type `{name}`")))?;
        let mut fields = Map::new();
        for element in known.elements.iter().filter(|element| known.is_attribute(element)) {
            if let Some(text) = attribute(start, element.name) {
                fields.insert(element.name.into(), Value::String(text));
            }
        }
        self.children(&mut fields, known, empty)?;
        Ok(Read { value: Value::Object(fields), beside: Value::Null })
    }

    fn primitive(&self, element: &Element, text: String) -> Result<Value, Fault> {
        let wrong = || self.fault(format!("the value of `{}` is of another type", element.name));
        match element.kind {
            Kind::Boolean => text.trim().parse().map(Value::Bool).map_err(|_| wrong()),
            // As JSON reads it: an integer stays one.
            Kind::Number => text.trim().parse::<Number>().map(Value::Number).map_err(|_| wrong()),
            _ => Ok(Value::String(text)),
        }
    }

    /// The one resource in an element such as `contained`.
    fn inner(&mut self, empty: bool) -> Result<Value, Fault> {
        if empty {
            return Err(self.fault("one resource is expected"));
        }
        let mut found = None;
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(self.fault(format!("at most {DEPTH} levels")));
        }
        loop {
            match self.next()? {
                Event::End(_) => break,
                Event::Start(start) if found.is_none() => {
                    found = Some(self.resource(&start, false)?);
                }
                Event::Empty(start) if found.is_none() => {
                    found = Some(self.resource(&start, true)?);
                }
                Event::Comment(_) | Event::PI(_) => {}
                Event::Text(text) if text.trim().is_empty() => {}
                _ => return Err(self.fault("one resource is expected")),
            }
        }
        self.depth -= 1;
        found.ok_or_else(|| self.fault("one resource is expected"))
    }

    /// A narrative, as it is written.
    fn narrative(&mut self, empty: bool) -> Result<Read, Fault> {
        let from = self.at;
        let mut depth = usize::from(!empty);
        while depth > 0 {
            match self.next()? {
                Event::Start(_) => depth += 1,
                Event::End(_) => depth -= 1,
                Event::Eof => return Err(self.fault("the narrative does not end")),
                _ => {}
            }
        }
        let to = usize::try_from(self.reader.buffer_position()).unwrap_or(usize::MAX);
        let text = self.text.get(from..to).unwrap_or_default();
        Ok(Read { value: Value::String(text.to_owned()), beside: Value::Null })
    }
}

/// Puts what was read where JSON has it. The parts of a list and what stands beside them keep step with nulls.
fn put(fields: &mut Map<String, Value>, element: &Element, read: Read) {
    let beside = format!("_{}", element.name);
    if !element.many {
        if !read.value.is_null() {
            fields.insert(element.name.into(), read.value);
        }
        if !read.beside.is_null() {
            fields.insert(beside, read.beside);
        }
        return;
    }
    let so_far = length(fields, element.name).max(length(fields, &beside));
    for (name, value) in [(element.name, read.value), (beside.as_str(), read.beside)] {
        if value.is_null() && !fields.contains_key(name) {
            continue;
        }
        let list = fields.entry(name).or_insert_with(|| Value::Array(Vec::new()));
        if let Value::Array(items) = list {
            items.resize(so_far, Value::Null);
            items.push(value);
        }
    }
}

fn length(fields: &Map<String, Value>, name: &str) -> usize {
    fields.get(name).and_then(Value::as_array).map_or(0, Vec::len)
}

/// The name without a prefix.
fn local(start: &BytesStart<'_>) -> String {
    start.local_name().into_inner().to_owned()
}

/// The namespace of the prefix of a name.
fn prefixed(start: &BytesStart<'_>) -> Option<String> {
    let prefix = start.name().prefix()?.into_inner().to_owned();
    attribute(start, &format!("xmlns:{prefix}"))
}

fn attribute(start: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = start.attributes().flatten().find(|one| one.key.as_ref() == name)?;
    let text = found.normalized_value(XmlVersion::Implicit1_0).ok()?;
    Some(text.into_owned())
}
