//! One element after the other through the mapping, with what is carried from row to row.

use std::borrow::Cow;
use std::collections::{BTreeSet, VecDeque};

use jiff::civil::Date;
use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use crate::format::Broken;
use crate::model::{Expected, Issue, IssueCode, Place, Severity};
use crate::schema::{Repeats, Schema, ValueSink, Violation};

use super::super::extract::{Cells, Extractor, Frame, MOST_ITEMS, Slot, Slots, Wanted, recycle};
use super::super::group::Made;
use super::super::json::JsonBytes;
use super::super::level::{Columns, Each, from_element};
use super::super::outcome::{Around, Carried, Outcome, Reference, Refusal, Translated};
use super::super::path::{SourcePath, Step};
use super::super::program::{Problem, Tracer};
use super::super::scene::{Input, Named, Scene};
use super::super::spec::Format;
use super::super::target::Results;
use super::super::{Mapping, RecordKind};
use super::asked::Asked;
use super::element::Element;
use super::issues::{self, Attributed};
use super::tee::Judged;

/// Elements through one mapping.
pub struct Flow<'m> {
    mapping: &'m Mapping,
    scheme: String,
    today: String,
    carried: Carried,
    dropped: Vec<u64>,
    /// For each record of the last element: of the nested ones where they stand.
    nested: Vec<Option<Nested>>,
    spare: Slots<'static>,
    asked: AskedOf<'m>,
    raw: Raw,
}

/// What the two schemas ask.
#[derive(Default)]
struct AskedOf<'m> {
    source: Asked<'m>,
    target: Asked<'m>,
}

/// Whether an accepted record keeps the bytes as sent.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Raw {
    /// They go with it.
    Kept,
    /// Nobody wants them.
    Left,
}

type Frames<'s, 'r> = SmallVec<[&'s Frame<'r>; 4]>;

/// Where a nested record stands.
#[derive(Clone)]
struct Nested {
    /// Which kind of nested record.
    kind: usize,
    /// The number of its frame.
    frame: u32,
    /// The numbers of the items on the way to it.
    items: SmallVec<[u32; 4]>,
}

/// A record of an element (`None` is the element itself) with the violations that are its own.
type Standing<'v> = (Option<Nested>, Vec<Attributed<'v>>);

/// One record within an element.
struct Record<'s, 'r> {
    /// Which kind of record: 0 for the element itself.
    kind_index: usize,
    kind: &'s RecordKind,
    cells: &'s Cells<'r>,
    frames: Frames<'s, 'r>,
    here: u32,
    place: Place,
}

impl<'m> Flow<'m> {
    /// For records of a scheme.
    #[must_use]
    pub fn new(mapping: &'m Mapping, scheme: &str, today: Date) -> Self {
        let inherited = mapping.inherit.as_ref().map_or(0, |inherit| inherit.fields.len());
        Self {
            mapping,
            scheme: scheme.to_owned(),
            today: today.to_string(),
            carried: Carried {
                down: vec![None; mapping.carry_down.len()],
                key: String::new(),
                inherited: vec![None; inherited],
            },
            dropped: vec![0; mapping.drops.len()],
            nested: Vec::new(),
            spare: Vec::new(),
            asked: AskedOf {
                source: Asked::new(mapping.schema.as_deref(), repeats(mapping)),
                target: Asked::new(mapping.target_schema.as_deref(), Repeats::AsWritten),
            },
            raw: Raw::Kept,
        }
    }

    /// Whether accepted records keep the bytes as sent; without a word they do.
    pub(super) const fn keep(&mut self, raw: Raw) {
        self.raw = raw;
    }

    /// What the next row takes from those before.
    #[must_use]
    pub const fn carried(&self) -> &Carried {
        &self.carried
    }

    /// Goes on after rows that are not at hand. What another edition of the mapping carried is of no use.
    pub fn resume(&mut self, carried: &Carried) {
        let own = &self.carried;
        if (own.down.len(), own.inherited.len()) == (carried.down.len(), carried.inherited.len()) {
            self.carried = carried.clone();
        }
    }

    /// The sender's name of the field that holds the record id.
    #[must_use]
    pub fn id_field(&self) -> String {
        let input = self.mapping.kinds.first().and_then(|kind| kind.id.inputs().next());
        match input {
            Some(Input::Path(path)) => {
                self.mapping.shown.get(usize::from(path)).cloned().unwrap_or_default()
            }
            _ => String::new(),
        }
    }

    /// How often each field was there that may not be kept.
    #[must_use]
    pub fn dropped(&self) -> Vec<(String, u64)> {
        let names = self.mapping.drops.iter().map(|(_, name)| name.clone());
        names.zip(self.dropped.iter().copied()).collect()
    }

    /// Translates the records of one element.
    pub fn element(
        &mut self,
        element: &impl Element,
        tracer: &mut impl Tracer,
        out: &mut VecDeque<Outcome>,
    ) {
        let mut asked = std::mem::take(&mut self.asked);
        self.judged(element, &mut asked, tracer, out);
        self.asked = asked;
    }

    fn judged(
        &mut self,
        element: &impl Element,
        asked: &mut AskedOf<'m>,
        tracer: &mut impl Tracer,
        out: &mut VecDeque<Outcome>,
    ) {
        let mapping = self.mapping;
        let spare = std::mem::take(&mut self.spare);
        let empty = &mapping.spec.source.empty;
        let mut extractor = Extractor::new(&mapping.trie, empty, spare);
        let walked = element.walk(&mut Judged::new(&mut extractor, asked.source.judge(), empty));
        let violations = match asked.source.in_doubt() {
            Some(schema) if walked.is_ok() => violations(mapping, schema, element),
            Some(_) | None => Vec::new(),
        };
        let mut cells = extractor.cells;
        self.nested.clear();
        let mut carried = Vec::new();
        if self.is_skipped(&cells) {
            return;
        }
        self.carry(&mut cells, &mut carried);
        let dropped = mapping.drops.iter().zip(&mut self.dropped);
        for ((path, _), count) in dropped {
            *count +=
                u64::from(own_slot(mapping, &mut cells, *path).is_some_and(|s| !s.is_absent()));
        }
        let walked = match walked {
            Ok(()) if cells.is_overfull() => Err(overfull(element)),
            walked => walked,
        };
        if let Err(issue) = walked {
            out.push_back(self.unreadable(issue, element.place(), element.raw().to_vec(), &cells));
            return;
        }
        let mut met = std::mem::take(&mut self.nested);
        for (nested, violations) in self.attributed(&violations, &cells) {
            let Some(record) = self.record(nested.as_ref(), element, &cells) else { continue };
            let rest = (&mut carried, &mut asked.target);
            out.push_back(self.translate(element, record, &violations, rest, tracer));
            met.push(nested);
        }
        self.nested = met;
        self.spare = recycle(cells.into_element());
    }

    /// The records of the element that was translated last: of nested ones which kind of nested
    /// record they are, the way to them and the numbers of the items on it.
    pub(in crate::mapping) fn nested(&self, index: usize) -> Option<(usize, &'m [Each], &[u32])> {
        let nested = self.nested.get(index)?.as_ref()?;
        Some((nested.kind, self.mapping.ways.get(nested.kind)?, &nested.items))
    }

    /// Translates the records of an element that was counted before.
    pub(super) fn again(&mut self, element: &impl Element) -> VecDeque<Outcome> {
        let (dropped, nested) = (self.dropped.clone(), self.nested.clone());
        let mut out = VecDeque::new();
        self.element(element, &mut (), &mut out);
        (self.dropped, self.nested) = (dropped, nested);
        out
    }

    /// The mapping.
    pub(super) const fn mapping(&self) -> &'m Mapping {
        self.mapping
    }

    /// The refusal of a record that cannot be read; nothing for a row that is no record.
    pub fn broken(&mut self, broken: &Broken) -> Option<Outcome> {
        let mapping = self.mapping;
        let mut extractor = Extractor::new(&mapping.trie, &mapping.spec.source.empty, Vec::new());
        let legible = broken.walk(&mut extractor);
        let mut cells = extractor.cells;
        if legible {
            if self.is_skipped(&cells) {
                return None;
            }
            self.carry_down(&mut cells);
        }
        let issue = broken.issue.clone();
        Some(self.unreadable(issue, broken.place.clone(), broken.raw.clone(), &cells))
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
        Outcome::Refused(Refusal {
            record_id,
            place,
            raw,
            issues: vec![issue],
            around: Around::default(),
        })
    }

    /// What rules see of a record of this kind, which is the last of the frames.
    fn scene<'s, 'r>(
        &'s self,
        cells: &'s Cells<'r>,
        frames: &'s [&'s Frame<'r>],
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
            result: None,
        }
    }

    fn is_skipped(&self, cells: &Cells<'_>) -> bool {
        let skip = self.mapping.skip_when.as_ref();
        let frames = [cells.element()];
        skip.is_some_and(|when| self.scene(cells, &frames, 0, 0).holds(when))
    }

    /// Fills cells from earlier rows.
    fn carry(&mut self, cells: &mut Cells<'_>, problems: &mut Vec<Problem>) {
        self.carry_down(cells);
        let Some(inherit) = &self.mapping.inherit else { return };
        let frames = [cells.element()];
        let scene = self.scene(cells, &frames, 0, 0);
        let key = scene.text(Input::Path(inherit.by)).unwrap_or_default().to_owned();
        let takes = scene.holds(&inherit.when);
        if self.carried.key != key {
            self.carried.key = key;
            self.carried.inherited.fill(None);
        }
        for (field, last) in inherit.fields.iter().zip(&mut self.carried.inherited) {
            let Some(slot) = own_slot(self.mapping, cells, *field) else { continue };
            if !takes {
                // An empty cell says nothing that others could mean by "the same".
                if let Some(text) = slot.text() {
                    *last = Some(text.to_owned());
                }
                continue;
            }
            let at = slot.at().unwrap_or_default();
            if last.is_none() {
                problems.push(Problem {
                    code: IssueCode::DanglingReference,
                    severity: Severity::Warning,
                    path: Some(*field),
                    items: Box::default(),
                    field: None,
                    at: Some(at),
                    value: slot.text().map(str::to_owned),
                    expected: None,
                    line: 1,
                    target: "inherit".into(),
                });
            }
            *slot = last.clone().map_or(Slot::Absent, |text| Slot::Text(Cow::Owned(text), at));
        }
    }

    fn carry_down(&mut self, cells: &mut Cells<'_>) {
        for (field, last) in self.mapping.carry_down.iter().zip(&mut self.carried.down) {
            let Some(slot) = own_slot(self.mapping, cells, *field) else { continue };
            match slot.text() {
                Some(text) => *last = Some(text.to_owned()),
                None => {
                    let at = slot.at().unwrap_or_default();
                    if let Some(text) = last.clone() {
                        *slot = Slot::Text(Cow::Owned(text), at);
                    }
                }
            }
        }
    }

    /// The nested records of an element in the order of the file.
    fn nested_records(&self, cells: &Cells<'_>) -> Vec<Nested> {
        let mapping = self.mapping;
        let mut found = Vec::new();
        for (kind, places) in mapping.places.iter().skip(1).enumerate() {
            let Some(scope) = places.scopes.first() else { continue };
            let wide = mapping.trie.scope(*scope).columns.is_some();
            for (number, frame) in cells.frames(*scope).iter().enumerate() {
                if wide && !frame.is_present() {
                    continue;
                }
                let frame_number = u32::try_from(number).unwrap_or(u32::MAX);
                let frames = cells.way(*scope, frame_number, &mapping.trie);
                let items = frames.iter().skip(1).map(|frame| frame.ordinal).collect();
                // Columns come in any order; their numbers say which is which.
                let order = if wide { (0, frame.ordinal) } else { (frame.serial, 0) };
                found.push((order, Nested { kind, frame: frame_number, items }));
            }
        }
        found.sort_by_key(|(order, _)| *order);
        found.into_iter().map(|(_, nested)| nested).collect()
    }

    /// For each record of the element (`None` is the element itself) the violations that are its own.
    fn attributed<'v>(&self, violations: &'v [Violation], cells: &Cells<'_>) -> Vec<Standing<'v>> {
        let nested = self.nested_records(cells);
        let mut found: Vec<Standing<'v>> = vec![(None, Vec::new())];
        let mut by_pointer = FxHashMap::default();
        for nested in nested {
            if !violations.is_empty() && !self.is_wide(&nested) {
                by_pointer.insert(self.pointer(&nested), found.len());
            }
            found.push((Some(nested), Vec::new()));
        }
        let lengths: BTreeSet<usize> = by_pointer.keys().map(Vec::len).collect();
        for violation in violations {
            let mut attributed = Attributed::new(violation);
            // The innermost record that it lies in.
            let owner = lengths.iter().rev().find_map(|length| {
                let index = by_pointer.get(attributed.tokens.get(..*length)?)?;
                Some((*length, *index))
            });
            let column = || attributed.tokens.first().and_then(|c| self.of_column(c, &found));
            let (skip, index) = owner.unwrap_or_else(|| (0, column().unwrap_or(0)));
            attributed.skip = skip;
            if let Some((_, list)) = found.get_mut(index) {
                list.push(attributed);
            }
        }
        found
    }

    fn is_wide(&self, nested: &Nested) -> bool {
        let way = self.mapping.ways.get(nested.kind).map(Vec::as_slice);
        matches!(way, Some([Each::Columns(_)]))
    }

    /// The tokens that lead to a nested record.
    fn pointer(&self, nested: &Nested) -> Vec<String> {
        let ways = self.mapping.ways.get(nested.kind).map(Vec::as_slice).unwrap_or_default();
        let steps = from_element(ways, &nested.items, &SourcePath::of(Vec::new()));
        let token = |step: Step| match step {
            Step::Key(key) => Some(key),
            Step::Nth(n) => Some(n.to_string()),
            Step::Last | Step::All | Step::Where(_) | Step::Pick(..) => None,
        };
        steps.into_iter().filter_map(token).collect()
    }

    /// The record of a wide row to which a column belongs.
    fn of_column(&self, column: &str, records: &[Standing<'_>]) -> Option<usize> {
        records.iter().position(|(nested, _)| {
            let Some(nested) = nested else { return false };
            match self.mapping.ways.get(nested.kind).map(Vec::as_slice) {
                Some([Each::Columns(columns)]) => {
                    columns.item_of(column) == nested.items.first().copied()
                }
                Some(_) | None => false,
            }
        })
    }

    fn record<'s, 'r>(
        &'s self,
        nested: Option<&Nested>,
        element: &impl Element,
        cells: &'s Cells<'r>,
    ) -> Option<Record<'s, 'r>> {
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

    /// The columns of a record of a wide row, and its number.
    fn columns_of(&self, record: &Record<'_, '_>) -> Option<(&'m Columns, u32)> {
        let columns = match self.mapping.ways.get(record.kind_index.checked_sub(1)?)?.as_slice() {
            [Each::Columns(columns)] => columns,
            _ => return None,
        };
        Some((columns, record.frames.last()?.ordinal))
    }

    fn translate<'r>(
        &self,
        element: &impl Element,
        record: Record<'_, 'r>,
        violations: &[Attributed<'_>],
        (carried, asked): (&mut Vec<Problem>, &mut Asked<'m>),
        tracer: &mut impl Tracer,
    ) -> Outcome
    where
        'm: 'r,
    {
        let mapping = self.mapping;
        let scene = self.scene(record.cells, &record.frames, record.here, record.kind_index);
        let record_id = record.kind.id.fill(|input| scene.text(input));
        let scene = Scene { record_id: record_id.as_deref(), ..scene };
        let within = issues::Within { place: &record.place, columns: self.columns_of(&record) };
        let mut problems: Vec<Problem> = std::mem::take(carried);
        let mut named: Vec<Named<'r>> = Vec::with_capacity(mapping.program.values.len());
        let values = Vec::with_capacity(mapping.program.fields.len());
        let mut made = Made { values, ..Made::default() };
        mapping.program.run(&scene, &mut named, &mut made, &mut problems, tracer);

        let mut found: Vec<Issue> =
            violations.iter().map(|violation| violation.issue(mapping, element)).collect();
        let violated: Vec<String> = violations.iter().map(|v| v.field(mapping)).collect();
        let mut told: BTreeSet<(IssueCode, Option<String>)> = BTreeSet::new();
        for problem in problems {
            let field = issues::field(&problem, mapping, &within);
            let said = field.as_ref().is_some_and(|field| issues::said_before(field, &violated));
            if !said && told.insert((problem.code, field)) {
                found.push(issues::issue(problem, mapping, element, &within));
            }
        }
        if record_id.is_none() && found.iter().all(|issue| issue.severity != Severity::Error) {
            let issue = Issue::error(IssueCode::MissingMandatory, record.place.clone());
            found.push(issue.field(self.id_field()));
        }
        let mut canonical = Vec::new();
        let refused = |found: &[Issue]| found.iter().any(|i| i.severity == Severity::Error);
        if !refused(&found) {
            let results = Results {
                made: &made,
                read: &mapping.program.reads,
                groups: &mapping.program.groups,
                scheme: &self.scheme,
                record_id: record_id.as_deref().unwrap_or_default(),
            };
            if mapping.spec.source.format == Format::Canonical {
                canonical = element.text().into_owned();
                found.extend(self.check_target(&canonical, &record.place));
            } else {
                let mut json = JsonBytes::with_room(ROOM);
                let out = &mut Judged::new(&mut json, asked.judge(), &[]);
                mapping.program.tree.write(&results, out);
                canonical = json.into_bytes();
                if asked.in_doubt().is_some() {
                    found.extend(self.check_target(&canonical, &record.place));
                }
            }
        }
        for issue in &mut found {
            issue.record_id.clone_from(&record_id);
        }
        let accepted = record_id.is_some() && !refused(&found);
        let raw = match self.raw {
            Raw::Left if accepted => Vec::new(),
            Raw::Left | Raw::Kept => element.raw().to_vec(),
        };
        let place = record.place.clone();
        let references = if refused(&found) {
            Vec::new()
        } else {
            self.references(&Scene { values: &named, ..scene })
        };
        match record_id {
            Some(record_id) if !refused(&found) => Outcome::Accepted(Translated {
                record_id,
                place,
                canonical,
                raw,
                warnings: found,
                references,
                around: Around::default(),
            }),
            record_id => Outcome::Refused(Refusal {
                record_id,
                place,
                raw,
                issues: found,
                around: Around::default(),
            }),
        }
    }

    fn check_target(&self, canonical: &[u8], place: &Place) -> Vec<Issue> {
        let Some(schema) = &self.mapping.target_schema else { return Vec::new() };
        match serde_json::from_slice(canonical) {
            Ok(document) => {
                let violations = schema.check(&document);
                violations.iter().map(|v| issues::of_target(v, self.mapping, place)).collect()
            }
            Err(_) => vec![Issue::error(IssueCode::InvalidTarget, place.clone())],
        }
    }

    fn references(&self, scene: &Scene<'_, '_>) -> Vec<Reference> {
        let mut references = Vec::new();
        for refers in &self.mapping.refers {
            if refers.when.as_ref().is_some_and(|when| !scene.holds(when)) {
                continue;
            }
            let id = match &refers.id {
                Some(template) => template.fill(|input| scene.text(input)),
                None => scene.text(Input::Path(refers.field)).map(|text| text.trim().to_owned()),
            };
            let field = self.mapping.shown.get(usize::from(refers.field)).cloned();
            references.extend(id.filter(|id| !id.is_empty()).map(|record_id| Reference {
                field: field.unwrap_or_default(),
                record_id,
                code: refers.code,
            }));
        }
        references
    }
}

/// The slot of a path in the element's own frame.
fn own_slot<'c, 'r>(
    mapping: &Mapping,
    cells: &'c mut Cells<'r>,
    path: u16,
) -> Option<&'c mut Slot<'r>> {
    match mapping.places.first()?.wanted.get(usize::from(path))? {
        Wanted::At(0, slot) => cells.element_mut().get_mut(usize::from(*slot)),
        Wanted::At(..) | Wanted::Never => None,
    }
}

fn overfull(element: &impl Element) -> Issue {
    let mut issue = Issue::error(IssueCode::TooManyFields, element.place());
    issue.expected = Some(Expected::AtMost(u64::from(MOST_ITEMS)));
    issue
}

/// Room for the document of one person with one coverage: a canonical record has 500 to 1,000 bytes.
const ROOM: usize = 1024;

/// How the sender's format writes lists.
fn repeats(mapping: &Mapping) -> Repeats {
    match mapping.spec.source.format {
        Format::Xml => Repeats::BySchema,
        Format::Csv | Format::Json | Format::Ndjson | Format::Fhir | Format::Canonical => {
            Repeats::AsWritten
        }
    }
}

/// What is wrong with an element by its sender's schema; it has been walked before without a fault.
fn violations(mapping: &Mapping, schema: &Schema, element: &impl Element) -> Vec<Violation> {
    let mut value = ValueSink::new(schema, repeats(mapping), &mapping.spec.source.empty);
    match element.walk(&mut value) {
        Ok(()) => schema.check(&value.finish()),
        Err(_) => Vec::new(),
    }
}
