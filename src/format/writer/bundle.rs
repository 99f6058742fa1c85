//! A FHIR R4 Bundle: each resource of a record is one entry.

use std::borrow::Cow;

use super::super::{Events, JsonSink, Scalar, ScalarKind};

/// Collects `{"Patient": {…}, "Coverage": [{…}, …]}` and writes its resources as entries.
#[derive(Default)]
pub(super) struct Bundle {
    depth: usize,
    /// Type of the resources that come: the key at the top of the record.
    kind: String,
    /// Depth of the object that is the resource, when one is open.
    resource_at: Option<usize>,
    /// The last key directly inside the resource.
    key: String,
    id: Option<String>,
    body: JsonSink,
    entries: Vec<String>,
    written: bool,
}

impl Bundle {
    pub(super) fn clear(&mut self) {
        *self = Self { written: self.written, ..Self::default() };
    }

    pub(super) fn write(&mut self, text: &mut String) {
        for entry in self.entries.drain(..) {
            text.push_str(if self.written { ",\n" } else { "\n" });
            text.push_str(&entry);
            self.written = true;
        }
    }

    fn inside(&self) -> bool {
        self.resource_at.is_some()
    }

    fn directly_inside(&self) -> bool {
        self.resource_at == Some(self.depth)
    }

    fn close_resource(&mut self) {
        let resource = std::mem::take(&mut self.body).into_bytes();
        let resource = String::from_utf8_lossy(&resource);
        // A fullUrl must be absolute; an id that is no UUID has no address here, so it gets none.
        let entry = match self.id.take().filter(|id| uuid::Uuid::try_parse(id).is_ok()) {
            Some(id) => format!("{{\"fullUrl\":\"urn:uuid:{id}\",\"resource\":{resource}}}"),
            None => format!("{{\"resource\":{resource}}}"),
        };
        self.entries.push(entry);
        self.resource_at = None;
    }
}

impl<'r> Events<'r> for Bundle {
    fn begin_object(&mut self) {
        self.depth += 1;
        if self.inside() {
            self.body.begin_object();
        } else if self.depth == 2 {
            self.resource_at = Some(self.depth);
            self.id = None;
            self.body.begin_object();
            self.body.name("resourceType");
            self.body.text(&self.kind);
        }
    }

    fn key(&mut self, name: Cow<'r, str>) {
        if self.directly_inside() {
            self.key.clear();
            self.key.push_str(&name);
            if name == "resourceType" {
                return;
            }
        }
        if self.inside() {
            self.body.name(&name);
        } else if self.depth == 1 {
            self.kind = name.into_owned();
        }
    }

    fn end_object(&mut self) {
        if self.inside() {
            self.body.end_object();
        }
        if self.directly_inside() {
            self.close_resource();
        }
        self.depth = self.depth.saturating_sub(1);
    }

    fn begin_array(&mut self) {
        if self.inside() {
            self.body.begin_array();
        }
    }

    fn end_array(&mut self) {
        if self.inside() {
            self.body.end_array();
        }
    }

    fn scalar(&mut self, scalar: Scalar<'r>) {
        if self.directly_inside() {
            // The type was written first, from the key of the record.
            if self.key == "resourceType" {
                self.key.clear();
                return;
            }
            if self.key == "id" && scalar.kind == ScalarKind::Text {
                self.id = Some(scalar.text.clone().into_owned());
            }
        }
        if self.inside() {
            self.body.scalar(scalar);
        }
    }
}
