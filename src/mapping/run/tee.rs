//! One walk over an element for two listeners.

use std::borrow::Cow;

use crate::format::events::{Events, Scalar};
use crate::schema::ValueSink;

use super::super::extract::Extractor;

/// The events of an element to the extractor and to the schema's value.
pub struct Both<'b, 't, 'r, 's> {
    /// Keeps the cells that the mapping reads.
    pub extractor: &'b mut Extractor<'t, 'r>,
    /// Builds the document that the schema checks.
    pub value: ValueSink<'s>,
}

impl<'r> Events<'r> for Both<'_, '_, 'r, '_> {
    fn begin_object(&mut self) {
        self.extractor.begin_object();
        Events::<'r>::begin_object(&mut self.value);
    }

    fn key(&mut self, name: Cow<'r, str>) {
        self.extractor.key(name.clone());
        Events::<'r>::key(&mut self.value, name);
    }

    fn end_object(&mut self) {
        self.extractor.end_object();
        Events::<'r>::end_object(&mut self.value);
    }

    fn begin_array(&mut self) {
        self.extractor.begin_array();
        Events::<'r>::begin_array(&mut self.value);
    }

    fn end_array(&mut self) {
        self.extractor.end_array();
        Events::<'r>::end_array(&mut self.value);
    }

    fn scalar(&mut self, scalar: Scalar<'r>) {
        self.extractor.scalar(scalar.clone());
        self.value.scalar(scalar);
    }
}
