//! Values that were put right in the hub: a record is read again with some of its cells replaced.
//!
//! Where corrections are kept, and for how long, is the caller's business: a run only asks for those of a record, and
//! tells of each whether the sender's value was still the one that it replaces.

mod tree;

use std::borrow::Cow;

use crate::format::events::Events;
use crate::format::{Container, ReadOptions, Reader};
use crate::model::{CorrectionId, Issue, Place};

use super::Mapping;
use super::json::JsonBytes;
use super::level::{Each, from_element};
use super::outcome::Around;
use super::path::{SourcePath, Step};
use super::run::Element;
use super::spec::Format;

pub use tree::Node;

/// A value, or a whole record, to be read in place of what the sender wrote.
#[derive(Clone)]
pub struct Amendment {
    /// Which one, for the caller.
    pub id: CorrectionId,
    /// The field as issues name it; none when the whole record is replaced.
    pub field: Option<String>,
    /// What it replaces: the sender's value, empty when there was none. Without it, whatever is there.
    pub bad: Option<String>,
    /// What is read in its place: a value, or the text of a record in the sender's format.
    pub good: String,
}

/// What became of an amendment.
#[derive(Clone, PartialEq, Eq)]
pub struct Met {
    /// Which one.
    pub id: CorrectionId,
    /// Whether the sender's value was the one that it replaces, so that it was applied.
    pub held: bool,
    /// The sender's value; empty when there is none.
    pub was: String,
}

/// Gives the amendments of a record: by its id, where that can be read, and by the record as sent.
pub type Amendments = Box<dyn Fn(Option<&str>, &[u8]) -> Vec<Amendment> + Send>;

impl Amendment {
    fn met(&self, was: String) -> Met {
        let held = self.bad.as_ref().is_none_or(|bad| *bad == was);
        Met { id: self.id, held, was }
    }

    /// Of a whole record.
    pub(super) fn meet_record(&self, raw: &[u8]) -> Met {
        self.met(String::from_utf8_lossy(raw).into_owned())
    }

    /// Of a field: replaces it in the record when the sender's value is still the bad one.
    pub(super) fn meet_field(
        &self,
        field: &str,
        root: &mut Node,
        nested: Option<(&[Each], &[u32])>,
        mapping: &Mapping,
    ) -> Met {
        let path = path_of(field, mapping);
        let (way, items) = nested.unwrap_or_default();
        let steps = from_element(way, items, &path);
        let places = places(steps, root, mapping);
        let empty = &mapping.spec.source.empty;
        let text = |steps: &[Step]| {
            let text = root.text(steps).filter(|text| !empty.iter().any(|e| e == text.trim()));
            text.unwrap_or_default().to_owned()
        };
        // Of several rows it is the value that tells which are meant.
        let meant = |steps: &&Vec<Step>| self.bad.as_ref().is_none_or(|bad| *bad == text(steps));
        let met = self
            .met(places.iter().find(meant).or(places.first()).map(|p| text(p)).unwrap_or_default());
        let meant: Vec<Vec<Step>> = places.iter().filter(meant).cloned().collect();
        for steps in meant.iter().filter(|_| met.held) {
            root.put(steps, &self.good, mapping.spec.source.format != Format::Xml);
        }
        met
    }
}

/// Where a field stands: where rows make one record, in the record and in each of its rows.
fn places(steps: Vec<Step>, root: &Node, mapping: &Mapping) -> Vec<Vec<Step>> {
    let rows = mapping.rows.iter().flat_map(|rows| {
        let count = u32::try_from(root.count(&rows.name)).unwrap_or(u32::MAX);
        (0..count).map(|number| vec![Step::Key(rows.name.to_string()), Step::Nth(number)])
    });
    let of_rows: Vec<Vec<Step>> =
        rows.map(|row| row.into_iter().chain(steps.iter().cloned()).collect()).collect();
    std::iter::once(steps).chain(of_rows).collect()
}

/// The path that issues show under this name.
fn path_of(field: &str, mapping: &Mapping) -> SourcePath {
    let known = mapping.shown.iter().position(|shown| shown == field);
    if let Some(path) = known.and_then(|at| mapping.paths.get(at)).filter(|path| path.level == 0) {
        return path.clone();
    }
    match mapping.spec.source.format {
        Format::Csv => SourcePath::column(field),
        Format::Xml => SourcePath::parse(&field.replace('/', "."))
            .unwrap_or_else(|_| SourcePath::column(field)),
        Format::Json | Format::Ndjson | Format::Fhir | Format::Canonical => {
            SourcePath::parse(field).unwrap_or_else(|_| SourcePath::column(field))
        }
    }
}

/// A record with other cells than the sender's, at the sender's place.
pub(super) struct Overlay<'e, E> {
    pub(super) element: &'e E,
    pub(super) root: Node,
}

impl<E: Element> Element for Overlay<'_, E> {
    fn walk<'s>(&'s self, sink: &mut impl Events<'s>) -> Result<(), Issue> {
        self.root.walk(sink);
        Ok(())
    }

    fn place(&self) -> Place {
        self.element.place()
    }

    fn place_of(&self, at: u32) -> Place {
        self.element.place_of(at)
    }

    fn raw(&self) -> &[u8] {
        self.element.raw()
    }

    /// As JSON: only a document that is translated as it is needs its text, and that is JSON.
    fn text(&self) -> Cow<'_, [u8]> {
        let mut json = JsonBytes::default();
        self.root.walk(&mut json);
        Cow::Owned(json.into_bytes())
    }
}

/// A record that stands for what the sender wrote, bytes and place.
pub(super) struct Instead<'e, E> {
    pub(super) element: &'e E,
    pub(super) place: Place,
    pub(super) raw: &'e [u8],
}

impl<E: Element> Element for Instead<'_, E> {
    fn walk<'s>(&'s self, sink: &mut impl Events<'s>) -> Result<(), Issue> {
        self.element.walk(sink)
    }

    fn place(&self) -> Place {
        self.place.clone()
    }

    fn place_of(&self, _: u32) -> Place {
        self.place.clone()
    }

    fn raw(&self) -> &[u8] {
        self.raw
    }

    fn text(&self) -> Cow<'_, [u8]> {
        self.element.text()
    }
}

/// Reads one record on its own, as if it were a whole file of the sender's.
pub(super) fn reader_of_one(mapping: &Mapping, record: &[u8], around: &Around) -> Reader {
    let declared = mapping.read_options();
    let (container, before, after) = match declared.container {
        Container::Csv { delimiter, quote, columns, .. } => {
            let columns = around.columns.as_deref().or(columns.as_deref()).unwrap_or_default();
            if around.columns.is_none() && record.trim_ascii_start().starts_with(b"{") {
                // The sender may hand over single records as JSON whatever its files are.
                (Container::Json { records_at: Vec::new() }, b"[\n".to_vec(), &b"\n]"[..])
            } else {
                let header = header(columns, delimiter, quote);
                let columns = None;
                (Container::Csv { delimiter, quote, header_row: 1, columns }, header, &b"\n"[..])
            }
        }
        Container::Json { .. } | Container::Ndjson | Container::FhirBundle { .. } => {
            (Container::Json { records_at: Vec::new() }, b"[\n".to_vec(), &b"\n]"[..])
        }
        xml @ Container::Xml { .. } => (xml, Vec::new(), &b""[..]),
    };
    let mut file = before;
    file.extend_from_slice(record);
    file.extend_from_slice(after);
    let encoding = Some("utf-8".to_owned());
    let options = ReadOptions { container, encoding, limits: declared.limits };
    Reader::new(Box::new(std::io::Cursor::new(file)), &options)
}

fn header(columns: &[String], delimiter: u8, quote: u8) -> Vec<u8> {
    let mut header = Vec::new();
    for (at, column) in columns.iter().enumerate() {
        if at > 0 {
            header.push(delimiter);
        }
        header.push(quote);
        for byte in column.bytes() {
            if byte == quote {
                header.push(quote);
            }
            header.push(byte);
        }
        header.push(quote);
    }
    header.push(b'\n');
    header
}
