//! FHIR R4 Bundles: an anchor (`Patient`) with the resources that refer to it (`Coverage`).
//!
//! A reference may point forward or back over the whole document, so nothing can be handed out before
//! the last entry has been read. Meanwhile the resources wait in the `attic`, compressed, beside an
//! index of about 200 bytes a resource. This is the one reader whose memory grows with its file, and
//! [`RESOURCES`] bounds it; whoever has more sends FHIR Bulk Data (NDJSON), as FHIR advises.
//!
//! A resource whose reference points nowhere is refused. When it follows an anchor directly, as the
//! anchor's own would, and nothing from elsewhere claims that anchor, the two are one refused record:
//! half of what the sender meant would be worse than nothing.

mod reference;
mod settle;

use std::collections::HashMap;

use self::reference::{Key, key_of, reference};
use super::attic::{Attic, Slot};
use super::frame::{Broken, Fault, Legible, Piece, advance};
use super::json::split::Elements;
use super::json::{as_string, members};
use super::options::Limits;
use super::reader::{Cut, Found};
use super::source::End;
use super::text::Text;
use crate::model::{Expected, Issue, IssueCode, Place};

/// How many anchors and attached resources one Bundle may hold: four million people with a coverage
/// each, an index of 1.6 GB.
const RESOURCES: usize = 8_000_000;

/// The state of reading one Bundle.
pub(super) struct Bundle {
    anchor: String,
    attach: Vec<(String, String)>,
    elements: Elements,
    attic: Attic,
    resources: Vec<Resource>,
    by_key: HashMap<Key, u32>,
    /// The anchor that the next entry follows directly.
    previous: Option<u32>,
    state: State,
    /// What broke the document off, told after everything that came before it.
    broken: Option<Broken>,
    /// The record that is being handed out, and where its parts stand.
    text: String,
    pieces: Vec<Piece>,
}

enum State {
    Collecting,
    /// Everything has been read; the resources before this one have been handed out.
    Emitting(usize),
}

/// A resource that waits.
struct Resource {
    slot: Slot,
    /// Where its entry starts.
    entry: Place,
    /// Where it starts itself.
    place: Place,
    role: Role,
}

enum Role {
    Anchor {
        /// What refers to it.
        attached: Vec<u32>,
        /// What follows it and refers to nothing.
        dangling: Vec<u32>,
    },
    Attached {
        /// Index of its type in `attach`.
        kind: usize,
        reference: Option<Key>,
        /// The anchor that it follows directly in the file.
        follows: Option<u32>,
        /// Whether it is handed out with an anchor.
        placed: bool,
    },
}

impl Bundle {
    pub(super) fn new(anchor: String, attach: Vec<(String, String)>) -> Self {
        Self {
            anchor,
            attach,
            elements: Elements::of_bundle(),
            attic: Attic::default(),
            resources: Vec::new(),
            by_key: HashMap::new(),
            previous: None,
            state: State::Collecting,
            broken: None,
            text: String::new(),
            pieces: Vec::new(),
        }
    }

    /// The record that was found last, put together.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Where the entry of its anchor starts.
    pub(super) fn place(&self) -> Place {
        match self.state {
            State::Emitting(next) => next
                .checked_sub(1)
                .and_then(|index| self.resources.get(index))
                .map(|resource| resource.entry.clone())
                .unwrap_or_default(),
            State::Collecting => Place::default(),
        }
    }

    /// Where the parts of that record stand in the file.
    pub(super) fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// The next record, which is then in [`Bundle::text`] and not in the window.
    pub(super) fn next(&mut self, text: &mut Text, limits: &Limits) -> Found {
        loop {
            match self.state {
                State::Collecting => {
                    if let Some(broken) = self.collect(text, limits) {
                        return Found::broken(broken);
                    }
                    self.settle();
                    self.state = State::Emitting(0);
                }
                State::Emitting(index) if index < self.resources.len() => {
                    self.state = State::Emitting(index + 1);
                    let whole = self.broken.is_none() && text.end() == Some(End::Clean);
                    if let Some(found) = self.emit(index, whole, limits) {
                        return found;
                    }
                }
                State::Emitting(_) => {
                    return self.broken.take().map_or(Found::End, Found::broken);
                }
            }
        }
    }

    /// Reads the entries to the last; gives one that cannot be read at once.
    fn collect(&mut self, text: &mut Text, limits: &Limits) -> Option<Broken> {
        while self.broken.is_none() {
            match self.elements.next(text, limits) {
                Found::Record(cut) => {
                    if let Some(broken) = self.entry(text, cut.next, limits) {
                        self.previous = None;
                        return Some(broken);
                    }
                }
                Found::Broken(broken) if !broken.ends_file => {
                    self.previous = None;
                    return Some(*broken);
                }
                Found::Broken(broken) => {
                    let code = broken.issue.code;
                    let foreign = matches!(code, IssueCode::WrongFormat | IssueCode::BadSyntax)
                        && self.elements.resource_type() != Some("Bundle");
                    self.broken = Some(if foreign { not_a_bundle() } else { *broken });
                }
                Found::End => {
                    let known = self.elements.resource_type() == Some("Bundle");
                    if !known && text.end() == Some(End::Clean) {
                        self.resources.clear();
                        self.broken = Some(not_a_bundle());
                    }
                    return None;
                }
            }
        }
        None
    }

    fn entry(&mut self, text: &mut Text, length: usize, limits: &Limits) -> Option<Broken> {
        let place = text.place();
        let bytes = text.bytes().get(..length).unwrap_or_default();
        let taken = std::str::from_utf8(bytes)
            .map_err(|error| Fault::new(IssueCode::BrokenEncoding, error.valid_up_to()))
            .and_then(|entry| self.take(entry, &place, limits));
        let broken = taken.err().map(|fault| {
            let code = match fault.code {
                IssueCode::TruncatedLine => IssueCode::BadSyntax,
                code => code,
            };
            let before = bytes.get(..fault.at).unwrap_or_default();
            let mut issue = Issue::error(code, advance(&place, before));
            issue.field = fault.field;
            issue.expected = fault.expected;
            let lossy = String::from_utf8_lossy(bytes).into_owned();
            refused(issue, place, bytes.to_vec(), Legible::Json(lossy, *limits))
        });
        text.consume(length);
        if self.resources.len() > RESOURCES {
            let issue = Issue::error(IssueCode::FileTooLarge, text.place())
                .field("entry")
                .expected(Expected::AtMost(RESOURCES as u64));
            self.broken = Some(Broken::file(issue));
        }
        broken
    }

    /// Keeps the resource of an entry if it is of a type that counts.
    fn take(&mut self, entry: &str, place: &Place, limits: &Limits) -> Result<(), Fault> {
        let mut full_url = None;
        let mut resource = None;
        members(entry, limits, |key, value, at| match key {
            "fullUrl" => full_url = as_string(value),
            "resource" => resource = Some((value, at)),
            _ => {}
        })?;
        let previous = self.previous.take();
        let Some((resource, at)) = resource else {
            return Ok(());
        };
        let (mut kind, mut id) = (None, None);
        members(resource, limits, |key, value, _| match key {
            "resourceType" => kind = as_string(value),
            "id" => id = as_string(value),
            _ => {}
        })?;
        let Some(kind) = kind else { return Ok(()) };
        let index = self.resources.len() as u32;
        let role = if kind == self.anchor {
            for name in [id, full_url].into_iter().flatten() {
                if let Some(key) = key_of(&name, &self.anchor) {
                    self.by_key.entry(key).or_insert(index);
                }
            }
            self.previous = Some(index);
            Role::Anchor { attached: Vec::new(), dangling: Vec::new() }
        } else if let Some(kind) = self.attach.iter().position(|(name, _)| *name == kind) {
            let reference = self
                .attach
                .get(kind)
                .and_then(|(_, element)| reference(resource, element, limits))
                .and_then(|reference| key_of(&reference, &self.anchor));
            let owner = reference.and_then(|key| self.by_key.get(&key).copied());
            let follows = previous;
            self.previous = previous.filter(|&previous| owner == Some(previous));
            Role::Attached { kind, reference, follows, placed: false }
        } else {
            return Ok(());
        };
        self.resources.push(Resource {
            slot: self.attic.put(resource),
            entry: place.clone(),
            place: advance(place, entry.as_bytes().get(..at).unwrap_or_default()),
            role,
        });
        Ok(())
    }

    /// Puts the record of a resource together; `None` when it goes with another. Without the rest of
    /// the document (`whole` is false) an anchor that has nothing yet may miss what was cut off.
    fn emit(&mut self, index: usize, whole: bool, limits: &Limits) -> Option<Found> {
        let resource = self.resources.get(index)?;
        let place = resource.entry.clone();
        let (anchor, parts, dangling) = match &resource.role {
            Role::Attached { placed: true, .. } => return None,
            Role::Attached { .. } => (None, vec![index as u32], Some(index as u32)),
            Role::Anchor { attached, dangling } => {
                let parts = [attached.as_slice(), dangling].concat();
                (Some(index as u32), parts, dangling.first().copied())
            }
        };
        let lacks = parts.is_empty() && !self.attach.is_empty();
        self.assemble(anchor, &parts);
        let issue = if let Some(dangling) = dangling {
            self.dangling(dangling, &place, limits)
        } else if lacks && !whole {
            Issue::error(IssueCode::TruncatedFile, place.clone())
        } else if self.text.len() > limits.record {
            Issue::error(IssueCode::RecordTooLong, place.clone())
                .expected(Expected::AtMost(limits.record as u64))
        } else {
            return Some(Found::Record(Cut { from: 0, to: 0, next: 0, line: false }));
        };
        let text = self.text.clone();
        let raw = text.clone().into_bytes();
        Some(Found::broken(refused(issue, place, raw, Legible::Json(text, *limits))))
    }

    fn dangling(&mut self, index: u32, place: &Place, limits: &Limits) -> Issue {
        let issue = Issue::error(IssueCode::DanglingReference, place.clone());
        let Some(Resource { slot, role: Role::Attached { kind, .. }, .. }) =
            self.resources.get(index as usize)
        else {
            return issue;
        };
        let (slot, kind) = (*slot, *kind);
        let resource = self.attic.get(slot).to_owned();
        let (name, element) = self.attach.get(kind).cloned().unwrap_or_default();
        let value = reference(&resource, &element, limits);
        let issue = issue
            .field(format!("{name}.{element}"))
            .expected(Expected::Form(format!("{}/…", self.anchor)));
        match value {
            Some(value) => issue.value(&value),
            None => issue,
        }
    }

    /// Writes `{"Patient": {…}, "Coverage": [{…}, …]}` and remembers where the parts come from.
    fn assemble(&mut self, anchor: Option<u32>, parts: &[u32]) {
        self.text.clear();
        self.pieces.clear();
        self.text.push('{');
        if let Some(anchor) = anchor {
            self.text.push_str(&format!("\"{}\":", self.anchor));
            self.append(anchor);
        }
        for kind in 0..self.attach.len() {
            let mut separator = None;
            for &part in parts {
                if !matches!(self.role(part), Some(Role::Attached { kind: of, .. }) if *of == kind)
                {
                    continue;
                }
                match separator {
                    Some(comma) => self.text.push(comma),
                    None => {
                        if self.text.len() > 1 {
                            self.text.push(',');
                        }
                        let name = self.attach.get(kind).map_or("", |(name, _)| name);
                        self.text.push_str(&format!("\"{name}\":["));
                    }
                }
                separator = Some(',');
                self.append(part);
            }
            if separator.is_some() {
                self.text.push(']');
            }
        }
        self.text.push('}');
    }

    fn append(&mut self, index: u32) {
        let Some(resource) = self.resources.get(index as usize) else {
            return;
        };
        self.pieces.push(Piece { at: self.text.len(), place: resource.place.clone() });
        self.text.push_str(self.attic.get(resource.slot));
    }
}

fn refused(issue: Issue, place: Place, raw: Vec<u8>, legible: Legible) -> Broken {
    Broken { issue, place, raw, ordinal: 0, ends_file: false, legible }
}

fn not_a_bundle() -> Broken {
    let issue = Issue::error(IssueCode::NotABundle, Place::at_line(1))
        .field("resourceType")
        .expected(Expected::OneOf(vec!["Bundle".to_owned()]));
    Broken::file(issue)
}
