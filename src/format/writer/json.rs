//! A JSON array with one record a line, or one record a line and nothing else.

use std::borrow::Cow;

use super::super::sink::write_string;
use super::super::{Events, JsonSink, Scalar};

pub(super) struct Json {
    /// Keys down to the array; `None` for lines.
    array: Option<Vec<String>>,
    record: JsonSink,
    written: bool,
}

impl Json {
    pub(super) fn array(records_at: &[String]) -> Self {
        Self { array: Some(records_at.to_vec()), record: JsonSink::new(), written: false }
    }

    pub(super) fn lines() -> Self {
        Self { array: None, record: JsonSink::new(), written: false }
    }

    pub(super) fn clear(&mut self) {
        self.record.clear();
    }

    pub(super) fn head(&self, text: &mut String) {
        let Some(keys) = &self.array else { return };
        for key in keys {
            let mut quoted = Vec::new();
            write_string(&mut quoted, key);
            text.push('{');
            text.push_str(&String::from_utf8_lossy(&quoted));
            text.push(':');
        }
        text.push('[');
    }

    pub(super) fn write(&mut self, text: &mut String) {
        if self.array.is_some() {
            text.push_str(if self.written { ",\n" } else { "\n" });
        }
        text.push_str(&String::from_utf8_lossy(self.record.as_bytes()));
        if self.array.is_none() {
            text.push('\n');
        }
        self.written = true;
    }

    pub(super) fn tail(&self, text: &mut String) {
        let Some(keys) = &self.array else { return };
        text.push_str("\n]");
        text.extend(keys.iter().map(|_| '}'));
        text.push('\n');
    }
}

impl<'r> Events<'r> for Json {
    fn begin_object(&mut self) {
        self.record.begin_object();
    }

    fn key(&mut self, name: Cow<'r, str>) {
        self.record.name(&name);
    }

    fn end_object(&mut self) {
        self.record.end_object();
    }

    fn begin_array(&mut self) {
        self.record.begin_array();
    }

    fn end_array(&mut self) {
        self.record.end_array();
    }

    fn scalar(&mut self, scalar: Scalar<'r>) {
        self.record.scalar(scalar);
    }
}
