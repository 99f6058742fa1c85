//! One element after the other through the mapping: heard by the extractor and the judge of the
//! sender's schema, completed by what is carried from row to row, and taken apart into its records.
//! What becomes of each record is [`super::translate`].

use std::collections::VecDeque;

use jiff::civil::Date;
use smallvec::SmallVec;

use crate::format::Broken;
use crate::model::{Expected, Issue, IssueCode, Place};
use crate::schema::Repeats;

use super::super::extract::{Cells, Extractor, Frame, MOST_ITEMS, Memory};
use super::super::lane::Lane;
use super::super::level::Each;
use super::super::outcome::{Around, Carried, Outcome, Refusal, Translated};
use super::super::program::{Problem, Tracer};
use super::super::scene::{Input, Scene};
use super::super::{Mapping, RecordKind};
use super::asked::Asked;
use super::carry::{self, own_slot};
use super::element::Element;
use super::hear::{self, Heard};
use super::nested::{Nested, attributed};
use super::rows::Key;
use super::translate::Spare;

/// Elements through one mapping.
pub struct Flow<'m> {
    stage: Stage<'m>,
    state: State<'m>,
}

/// What is the same for all elements.
pub(super) struct Stage<'m> {
    pub(super) mapping: &'m Mapping,
    /// The short way of its records, when it serves the scheme.
    pub(super) lane: Option<&'m Lane>,
    pub(super) scheme: String,
    today: String,
    day: Date,
    pub(super) raw: Raw,
}

/// What goes from element to element.
struct State<'m> {
    carried: Carried,
    dropped: Vec<u64>,
    /// For each record of the last element: of the nested ones where they stand.
    nested: Vec<Option<Nested>>,
    source: Asked<'m>,
    memory: Memory,
    work: Work<'m>,
}

/// What the translation of a record needs beside the record.
#[derive(Default)]
pub(super) struct Work<'m> {
    /// Problems found before the rules ran, told with the first record.
    pub(super) problems: Vec<Problem>,
    /// What the target's schema asks.
    pub(super) target: Asked<'m>,
    pub(super) spare: Spare,
}

/// Whether an accepted record keeps the bytes as sent.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Raw {
    /// They go with it.
    Kept,
    /// Nobody wants them.
    Left,
}

/// One record within an element.
pub(super) struct Record<'r> {
    /// Which kind of record: 0 for the element itself.
    pub(super) kind_index: usize,
    pub(super) kind: &'r RecordKind,
    pub(super) cells: &'r Cells<'r>,
    pub(super) frames: SmallVec<[&'r Frame<'r>; 4]>,
    pub(super) here: u32,
    pub(super) place: Place,
}

impl<'m> Flow<'m> {
    /// For records of a scheme.
    #[must_use]
    pub fn new(mapping: &'m Mapping, scheme: &str, today: Date) -> Self {
        let target = Asked::new(mapping.target_schema.as_deref(), Repeats::AsWritten, true);
        let lane = mapping.lane.as_ref().filter(|lane| lane.serves(scheme));
        let (scheme, day, today) = (scheme.to_owned(), today, today.to_string());
        Self {
            stage: Stage { mapping, lane, scheme, today, day, raw: Raw::Kept },
            state: State {
                carried: Carried::nothing(mapping),
                dropped: vec![0; mapping.drops.len()],
                nested: Vec::new(),
                source: Asked::new(
                    mapping.judged(),
                    mapping.spec.source.format.repeats(),
                    mapping.spec.source.format.keeps_nulls(),
                ),
                memory: Memory::default(),
                work: Work { target, ..Work::default() },
            },
        }
    }

    /// Whether accepted records keep the bytes as sent; without a word they do.
    pub(super) const fn keep(&mut self, raw: Raw) {
        self.stage.raw = raw;
    }

    /// What the next row takes from those before.
    #[must_use]
    pub const fn carried(&self) -> &Carried {
        &self.state.carried
    }

    /// Goes on after rows that are not at hand. What another edition of the mapping carried is of no use.
    pub fn resume(&mut self, carried: &Carried) {
        if self.state.carried.is_like(carried) {
            self.state.carried = carried.clone();
        }
    }

    /// Takes back the memory of a record that its caller has done with.
    pub(super) fn reuse(&mut self, record: Box<Translated>) {
        self.state.work.spare.reuse(record);
    }

    /// The sender's name of the field that holds the record id.
    #[must_use]
    pub fn id_field(&self) -> String {
        self.stage.id_field()
    }

    /// How often each field was there that may not be kept.
    #[must_use]
    pub fn dropped(&self) -> Vec<(String, u64)> {
        let names = self.stage.mapping.drops.iter().map(|(_, name)| name.clone());
        names.zip(self.state.dropped.iter().copied()).collect()
    }

    /// Translates the records of one element.
    pub fn element(
        &mut self,
        element: &impl Element,
        tracer: &mut impl Tracer,
        out: &mut VecDeque<Outcome>,
    ) {
        self.stage.heard(element, &mut self.state, tracer, out);
    }

    /// The records of the element that was translated last: of nested ones which kind of nested
    /// record they are, the way to them and the numbers of the items on it.
    pub(in crate::mapping) fn nested(&self, index: usize) -> Option<(usize, &'m [Each], &[u32])> {
        let nested = self.state.nested.get(index)?.as_ref()?;
        Some((nested.kind, self.stage.mapping.ways.get(nested.kind)?, &nested.items))
    }

    /// Translates the records of an element that was counted before.
    pub(super) fn again(&mut self, element: &impl Element) -> VecDeque<Outcome> {
        let (dropped, nested) = (self.state.dropped.clone(), self.state.nested.clone());
        let mut out = VecDeque::new();
        self.element(element, &mut (), &mut out);
        (self.state.dropped, self.state.nested) = (dropped, nested);
        out
    }

    /// Which record a row belongs to, where several make one; `walk` replays the row.
    pub(super) fn row_key<'r>(&self, walk: impl FnOnce(&mut Extractor<'m, 'r, '_>) -> bool) -> Key {
        self.stage.row_key(walk)
    }

    /// The mapping.
    pub(super) const fn mapping(&self) -> &'m Mapping {
        self.stage.mapping
    }

    /// The refusal of a record that cannot be read; nothing for a row that is no record.
    pub fn broken(&mut self, broken: &Broken) -> Option<Outcome> {
        let Self { stage, state } = self;
        let mapping = stage.mapping;
        let mut memory = Memory::default();
        let mut extractor = Extractor::new(&mapping.trie, &mapping.spec.source.empty, &mut memory);
        let legible = broken.walk(&mut extractor);
        let mut cells = extractor.cells;
        if legible && stage.is_skipped(&cells) {
            return None;
        }
        if legible {
            carry::down(&mut state.carried.down, mapping, &mut cells);
        }
        let (issue, place) = (broken.issue.clone(), broken.place.clone());
        Some(stage.unreadable(issue, place, broken.raw.clone(), &cells))
    }
}

impl<'m> Stage<'m> {
    fn heard<T: Tracer>(
        &self,
        element: &impl Element,
        state: &mut State<'m>,
        tracer: &mut T,
        out: &mut VecDeque<Outcome>,
    ) {
        let mapping = self.mapping;
        let State { carried, dropped, nested: met, source, memory, work } = state;
        let plain = if T::LISTENS { None } else { hear::plain(mapping, element, memory) };
        let Heard { mut cells, walked, violations } = match plain {
            Some(cells) => Heard { cells, walked: Ok(()), violations: Vec::new() },
            None => hear::any(mapping, element, source, memory),
        };
        met.clear();
        if self.is_skipped(&cells) {
            return;
        }
        work.problems.clear();
        self.carry(carried, &mut cells, &mut work.problems);
        self.count_dropped(&mut cells, dropped);
        let walked = match walked {
            Ok(()) if cells.is_overfull() => Err(overfull(element)),
            walked => walked,
        };
        if let Err(issue) = walked {
            out.push_back(self.unreadable(issue, element.place(), element.raw().to_vec(), &cells));
            return;
        }
        for (nested, violations) in attributed(mapping, &violations, &cells) {
            let Some(record) = self.record(nested.as_ref(), element, &cells) else { continue };
            out.push_back(self.translate(element, record, &violations, work, tracer));
            met.push(nested);
        }
        memory.end(cells);
    }

    /// The sender's name of the field that holds the record id.
    pub(super) fn id_field(&self) -> String {
        let input = self.mapping.kinds.first().and_then(|kind| kind.id.inputs().next());
        match input {
            Some(Input::Path(path)) => {
                self.mapping.shown.get(usize::from(path)).cloned().unwrap_or_default()
            }
            _ => String::new(),
        }
    }

    fn unreadable(&self, issue: Issue, place: Place, raw: Vec<u8>, cells: &Cells<'_>) -> Outcome {
        let frames = [cells.element()];
        let scene = self.scene(cells, &frames, 0, 0);
        let first = self.mapping.kinds.first();
        let record_id = first.and_then(|kind| kind.id.fill(|input| scene.text(input)));
        let mut issue = issue;
        if issue.code == IssueCode::TruncatedLine && issue.field.is_none() {
            issue.field = Some("(line)".to_owned());
        }
        issue.record_id.clone_from(&record_id);
        let around = Around::default();
        Outcome::Refused(Box::new(Refusal { record_id, place, raw, issues: vec![issue], around }))
    }

    /// What rules see of a record of this kind, which is the last of the frames.
    pub(super) fn scene<'s, 'r>(
        &'s self,
        cells: &'r Cells<'r>,
        frames: &'s [&'r Frame<'r>],
        here: u32,
        kind: usize,
    ) -> Scene<'s, 'r> {
        let places = self.mapping.places.get(kind);
        Scene {
            frames,
            record: frames.len().saturating_sub(1),
            here,
            cells,
            trie: &self.mapping.trie,
            scopes: places.map_or(&[], |places| &places.scopes),
            places: places.map_or(&[], |places| &places.wanted),
            values: &[],
            record_id: None,
            today: &self.today,
            day: self.day,
            result: None,
        }
    }

    fn row_key<'r>(&self, walk: impl FnOnce(&mut Extractor<'m, 'r, '_>) -> bool) -> Key {
        let mapping = self.mapping;
        let mut memory = Memory::default();
        let mut extractor = Extractor::new(&mapping.trie, &mapping.spec.source.empty, &mut memory);
        walk(&mut extractor);
        let cells = extractor.cells;
        if self.is_skipped(&cells) {
            return Key::Skipped;
        }
        let frames = [cells.element()];
        let scene = self.scene(&cells, &frames, 0, 0);
        let by = mapping.rows.iter().flat_map(|rows| &rows.by);
        let parts: Option<Vec<&str>> = by.map(|path| scene.slot(*path).text()).collect();
        parts.map_or(Key::Alone, |parts| Key::Of(parts.join("\u{1f}")))
    }

    fn is_skipped(&self, cells: &Cells<'_>) -> bool {
        let skip = self.mapping.skip_when.as_ref();
        let frames = [cells.element()];
        skip.is_some_and(|when| self.scene(cells, &frames, 0, 0).holds(when))
    }

    /// Fills cells from earlier rows.
    fn carry<'r>(
        &self,
        carried: &'r mut Carried,
        cells: &mut Cells<'r>,
        problems: &mut Vec<Problem>,
    ) {
        let mapping = self.mapping;
        let Carried { down, key, inherited } = carried;
        if !down.is_empty() {
            carry::down(down, mapping, cells);
        }
        let Some(inherit) = &mapping.inherit else { return };
        let takes = {
            let frames = [cells.element()];
            let scene = self.scene(cells, &frames, 0, 0);
            let by = scene.text(Input::Path(inherit.by)).unwrap_or_default();
            carry::under(key, inherited, by);
            scene.holds(&inherit.when)
        };
        if takes {
            carry::fill(inherited, inherit, mapping, cells, problems);
        } else {
            carry::learn(inherited, inherit, mapping, cells);
        }
    }

    fn count_dropped(&self, cells: &mut Cells<'_>, dropped: &mut [u64]) {
        for ((path, _), count) in self.mapping.drops.iter().zip(dropped) {
            let slot = own_slot(self.mapping, cells, *path);
            *count += u64::from(slot.is_some_and(|slot| !slot.is_absent()));
        }
    }

    fn record<'r>(
        &self,
        nested: Option<&Nested>,
        element: &impl Element,
        cells: &'r Cells<'r>,
    ) -> Option<Record<'r>>
    where
        'm: 'r,
    {
        let mapping = self.mapping;
        let Some(nested) = nested else {
            let kind = mapping.kinds.iter().find(|kind| kind.each.is_none())?;
            let frames = SmallVec::from_slice(&[cells.element()]);
            let place = element.place();
            return Some(Record { kind_index: 0, kind, cells, frames, here: 0, place });
        };
        let kind_index = nested.kind + 1;
        let kind = mapping.kinds.iter().filter(|kind| kind.each.is_some()).nth(nested.kind)?;
        let scope = mapping.places.get(kind_index)?.scopes.first()?;
        let frames = cells.way(*scope, nested.frame, &mapping.trie);
        let place = match frames.last() {
            Some(frame) if frame.at != u32::MAX => element.place_of(frame.at),
            Some(_) | None => element.place(),
        };
        Some(Record { kind_index, kind, cells, frames, here: nested.frame, place })
    }
}

fn overfull(element: &impl Element) -> Issue {
    let mut issue = Issue::error(IssueCode::TooManyFields, element.place());
    issue.expected = Some(Expected::AtMost(u64::from(MOST_ITEMS)));
    issue
}
