//! An earlier file in the format that is written: what the mapping leaves out, and the form of what
//! still means the same, come back from there.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use jiff::civil::Date;

use crate::cli::failure::Failure;
use crate::cli::input;
use crate::cli::screen::Screen;
use crate::format::Reader;
use crate::mapping::{Around, Base, Gathered, Mapping, Outcome, Run, RunContext};

/// The elements of the earlier file by the ids of their records.
#[derive(Default)]
pub struct Earlier {
    elements: HashMap<String, Arc<Element>>,
}

struct Element {
    raw: Vec<u8>,
    around: Around,
}

impl Earlier {
    /// Reads the file. A record that its own mapping refuses is as good as not there.
    ///
    /// # Errors
    /// When the file cannot be opened.
    pub fn read(path: &Path, to: &Mapping, today: Date, screen: &Screen) -> Result<Self, Failure> {
        let (bytes, progress) = input::open(path, screen)?;
        let scheme = to.id().parse().map_err(Failure::operation)?;
        let reader = Reader::new(bytes, &to.read_options());
        let mut run = Run::new(to, reader, RunContext { scheme, today });
        let mut elements: HashMap<String, Arc<Element>> = HashMap::new();
        let mut last: Option<Arc<Element>> = None;
        while let Some(outcome) = run.next() {
            let Outcome::Accepted(record) = outcome else { continue };
            let record = *record;
            // Records of one element come one after the other, each with all of it.
            let same = last.as_ref().filter(|last| last.raw == record.raw).map(Arc::clone);
            let element = same
                .unwrap_or_else(|| Arc::new(Element { raw: record.raw, around: record.around }));
            last = Some(Arc::clone(&element));
            elements.insert(record.record_id, element);
        }
        progress.finish();
        Ok(Self { elements })
    }

    /// The earlier element of records that are written together.
    pub fn element_of<T>(&self, gathered: &Gathered<T>, to: &Mapping, today: Date) -> Option<Base> {
        let id = |document: serde_json::Value| {
            let scheme = document.pointer("/source/scheme")?.as_str()?;
            let id = document.pointer("/source/record_id")?.as_str()?;
            (scheme == to.id()).then(|| id.to_owned())
        };
        let element = gathered.documents().filter_map(id).find_map(|id| self.elements.get(&id))?;
        to.base(&element.raw, &element.around, today)
    }
}
