//! One element after the other through the mapping, with what is carried from row to row.

use std::borrow::Cow;
use std::collections::VecDeque;

use jiff::civil::Date;

use crate::format::Broken;
use crate::model::{Issue, IssueCode, Place, Severity};
use crate::schema::{Repeats, ValueSink, Violation};

use super::super::extract::{Extractor, Instance, Slot, Slots, Wanted};
use super::super::json::JsonBytes;
use super::super::outcome::{Around, Carried, Outcome, Reference, Refusal, Translated};
use super::super::path::SourcePath;
use super::super::program::{Problem, Tracer};
use super::super::scene::{Input, Named, Scene};
use super::super::spec::Format;
use super::super::target::Results;
use super::super::{Mapping, RecordKind};
use super::element::Element;
use super::issues::{self, Attributed};
use super::tee::Both;

/// Elements through one mapping.
pub struct Flow<'m> {
    mapping: &'m Mapping,
    scheme: String,
    today: String,
    carried: Carried,
    dropped: Vec<u64>,
    /// For each record of the last element: the kind and number of the nested ones.
    nested: Vec<Option<(u16, u32)>>,
    spare: Slots<'static>,
}

/// One record within an element.
struct Record<'s, 'r> {
    own: &'s [Slot<'r>],
    around: &'s [Slot<'r>],
    places: &'s [Wanted],
    kind: &'s RecordKind,
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
        }
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
        let mapping = self.mapping;
        let spare = std::mem::take(&mut self.spare);
        let mut extractor = Extractor::new(&mapping.trie, &mapping.spec.source.empty, spare);
        let xml = mapping.spec.source.format == Format::Xml;
        let repeats = if xml { Repeats::BySchema } else { Repeats::AsWritten };
        let (walked, violations) = match &mapping.schema {
            Some(schema) => {
                let mut both = Both {
                    extractor: &mut extractor,
                    value: ValueSink::new(schema, repeats, &mapping.spec.source.empty),
                };
                let walked = element.walk(&mut both);
                let value = both.value.finish();
                let violations = if walked.is_ok() { schema.check(&value) } else { Vec::new() };
                (walked, violations)
            }
            None => (element.walk(&mut extractor), Vec::new()),
        };
        let (mut slots, instances) = (extractor.slots, extractor.instances);
        self.nested.clear();
        let mut carried = Vec::new();
        if let Some(places) = mapping.places.first() {
            if self.is_skipped(&slots, places) {
                return;
            }
            self.carry(&mut slots, places, &mut carried);
            for ((path, _), count) in mapping.drops.iter().zip(&mut self.dropped) {
                if let Some(Wanted::Own(slot)) = places.get(usize::from(*path)) {
                    *count +=
                        u64::from(slots.get(usize::from(*slot)).is_some_and(|s| !s.is_absent()));
                }
            }
        }
        if let Err(issue) = walked {
            out.push_back(self.unreadable(issue, element.place(), element.raw().to_vec(), &slots));
            return;
        }
        let mut met = std::mem::take(&mut self.nested);
        for violations in self.attributed(&violations, &instances) {
            let Some((kind, record)) = self.record(violations.0, element, &slots, &instances)
            else {
                continue;
            };
            let record = Record { kind, ..record };
            let outcome = self.translate(element, &record, &violations.1, &mut carried, tracer);
            out.push_back(outcome);
            let nested = violations.0.and_then(|index| instances.get(index));
            met.push(nested.map(|instance| (instance.kind, instance.ordinal)));
        }
        self.nested = met;
        self.spare = super::super::extract::recycle(slots);
    }

    /// The records of the element that was translated last: of nested ones the path and the number.
    pub(super) fn nested(&self, index: usize) -> Option<(&'m SourcePath, u32)> {
        let (kind, ordinal) = (*self.nested.get(index)?)?;
        let mut each = self.mapping.kinds.iter().filter_map(|kind| kind.each.as_ref());
        each.nth(usize::from(kind)).map(|path| (path, ordinal))
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
        let mut slots = extractor.slots;
        if legible && let Some(places) = mapping.places.first() {
            if self.is_skipped(&slots, places) {
                return None;
            }
            self.carry_down(&mut slots, places);
        }
        let issue = broken.issue.clone();
        Some(self.unreadable(issue, broken.place.clone(), broken.raw.clone(), &slots))
    }

    fn unreadable(&self, issue: Issue, place: Place, raw: Vec<u8>, slots: &[Slot<'_>]) -> Outcome {
        let id = self.mapping.kinds.first().zip(self.mapping.places.first());
        let record_id = id.and_then(|(kind, places)| {
            kind.id.fill(|input| self.scene(slots, &[], places).text(input))
        });
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

    fn scene<'s, 'r>(
        &'s self,
        own: &'s [Slot<'r>],
        around: &'s [Slot<'r>],
        places: &'s [Wanted],
    ) -> Scene<'s, 'r> {
        Scene {
            own,
            around,
            places,
            values: &[],
            record_id: None,
            today: &self.today,
            result: None,
        }
    }

    fn is_skipped(&self, slots: &[Slot<'_>], places: &[Wanted]) -> bool {
        let skip = self.mapping.skip_when.as_ref();
        skip.is_some_and(|when| self.scene(slots, &[], places).holds(when))
    }

    /// Fills cells from earlier rows.
    fn carry(&mut self, slots: &mut Slots<'_>, places: &[Wanted], problems: &mut Vec<Problem>) {
        self.carry_down(slots, places);
        let Some(inherit) = &self.mapping.inherit else { return };
        let scene = self.scene(slots, &[], places);
        let key = scene.text(Input::Path(inherit.by)).unwrap_or_default().to_owned();
        let takes = scene.holds(&inherit.when);
        if self.carried.key != key {
            self.carried.key = key;
            self.carried.inherited.fill(None);
        }
        for (field, last) in inherit.fields.iter().zip(&mut self.carried.inherited) {
            let Some(Wanted::Own(slot)) = places.get(usize::from(*field)) else { continue };
            let Some(slot) = slots.get_mut(usize::from(*slot)) else { continue };
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

    fn carry_down(&mut self, slots: &mut Slots<'_>, places: &[Wanted]) {
        for (field, last) in self.mapping.carry_down.iter().zip(&mut self.carried.down) {
            let Some(Wanted::Own(slot)) = places.get(usize::from(*field)) else { continue };
            let Some(slot) = slots.get_mut(usize::from(*slot)) else { continue };
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

    /// For each record of the element (`None` is the element itself) the violations that are its own.
    fn attributed<'v>(
        &self,
        violations: &'v [Violation],
        instances: &[Instance<'_>],
    ) -> Vec<(Option<usize>, Vec<Attributed<'v>>)> {
        let mut own = Vec::new();
        let mut nested: Vec<Vec<Attributed<'v>>> = instances.iter().map(|_| Vec::new()).collect();
        let each: Vec<_> =
            self.mapping.kinds.iter().filter_map(|kind| kind.each.as_ref()).collect();
        for violation in violations {
            let mut attributed = Attributed::new(violation);
            let found = instances.iter().position(|instance| {
                let Some(path) = each.get(usize::from(instance.kind)) else { return false };
                let mut prefix: Vec<String> = path.keys().iter().map(|k| (*k).to_owned()).collect();
                prefix.push(instance.ordinal.to_string());
                attributed.skip = prefix.len();
                attributed.tokens.starts_with(&prefix)
            });
            match found.and_then(|index| nested.get_mut(index)) {
                Some(list) => list.push(attributed),
                None => {
                    attributed.skip = 0;
                    own.push(attributed);
                }
            }
        }
        let mut records = vec![(None, own)];
        records.extend(nested.into_iter().enumerate().map(|(index, list)| (Some(index), list)));
        records
    }

    fn record<'s, 'r>(
        &'s self,
        instance: Option<usize>,
        element: &impl Element,
        slots: &'s [Slot<'r>],
        instances: &'s [Instance<'r>],
    ) -> Option<(&'s RecordKind, Record<'s, 'r>)> {
        let mapping = self.mapping;
        let Some(index) = instance else {
            let kind = mapping.kinds.iter().find(|kind| kind.each.is_none())?;
            let (places, place) = (mapping.places.first()?, element.place());
            return Some((kind, Record { own: slots, around: &[], places, kind, place }));
        };
        let instance = instances.get(index)?;
        let nested = usize::from(instance.kind);
        let kind = mapping.kinds.iter().filter(|kind| kind.each.is_some()).nth(nested)?;
        let places = mapping.places.get(nested + 1)?;
        let place =
            if instance.at == u32::MAX { element.place() } else { element.place_of(instance.at) };
        Some((kind, Record { own: &instance.slots, around: slots, places, kind, place }))
    }

    fn translate<'r>(
        &self,
        element: &impl Element,
        record: &Record<'_, 'r>,
        violations: &[Attributed<'_>],
        carried: &mut Vec<Problem>,
        tracer: &mut impl Tracer,
    ) -> Outcome {
        let mapping = self.mapping;
        let scene = self.scene(record.own, record.around, record.places);
        let record_id = record.kind.id.fill(|input| scene.text(input));
        let scene = Scene { record_id: record_id.as_deref(), ..scene };
        let mut problems: Vec<Problem> = std::mem::take(carried);
        let (mut named, mut values): (Vec<Named<'r>>, Vec<_>) = (Vec::new(), Vec::new());
        mapping.program.run(&scene, &mut named, &mut values, &mut problems, tracer);

        let mut found: Vec<Issue> =
            violations.iter().map(|violation| violation.issue(mapping, element)).collect();
        let violated: Vec<String> = violations.iter().map(|v| v.field(mapping)).collect();
        let mut told: Vec<(IssueCode, Option<String>)> = Vec::new();
        for problem in problems {
            let field = issues::field(&problem, mapping);
            let again = told.iter().any(|(code, known)| *code == problem.code && *known == field);
            let said = field.as_ref().is_some_and(|field| issues::said_before(field, &violated));
            if !again && !said {
                told.push((problem.code, field));
                found.push(issues::issue(problem, mapping, element, &record.place));
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
                values: &values,
                read: &mapping.program.reads,
                scheme: &self.scheme,
                record_id: record_id.as_deref().unwrap_or_default(),
            };
            let mut json = JsonBytes::default();
            if mapping.spec.source.format == Format::Canonical {
                canonical = element.text().into_owned();
            } else {
                mapping.program.tree.write(&results, &mut json);
                canonical = json.into_bytes();
            }
            found.extend(self.check_target(&canonical, &record.place));
        }
        for issue in &mut found {
            issue.record_id.clone_from(&record_id);
        }
        let raw = element.raw().to_vec();
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
