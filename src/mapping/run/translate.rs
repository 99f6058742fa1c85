//! What becomes of one record: its rules run, its document is written, or all that is wrong with it
//! is told.

use std::collections::BTreeSet;

use crate::model::{Issue, IssueCode, Place, Severity};
use crate::schema::Schema;

use super::super::Mapping;
use super::super::extract::emptied;
use super::super::group::Made;
use super::super::level::{Columns, Each};
use super::super::outcome::{Around, Outcome, Reference, Refusal, Translated};
use super::super::page::Titles;
use super::super::program::{Problem, Tracer};
use super::super::scene::{Input, Named, Scene};
use super::super::spec::Format;
use super::super::value::Value;
use super::element::Element;
use super::flow::{Raw, Record, Stage, Work};
use super::issues::{self, Attributed};

/// Memory that records leave to those after them.
#[derive(Default)]
pub struct Spare {
    named: Vec<Named<'static>>,
    values: Vec<Value<'static>>,
    record: Option<Box<Translated>>,
}

impl Spare {
    /// Takes back the memory of a record.
    pub fn reuse(&mut self, record: Box<Translated>) {
        self.record = Some(record);
    }

    /// A record of which nothing is known yet.
    fn record(&mut self) -> Box<Translated> {
        let Some(mut record) = self.record.take() else {
            let canonical = Vec::with_capacity(ROOM);
            return Box::new(Translated { canonical, ..Translated::default() });
        };
        record.canonical.clear();
        record.raw.clear();
        record.references.clear();
        record.around = Around::default();
        record
    }
}

impl<'m> Stage<'m> {
    pub(super) fn translate<'r, T: Tracer>(
        &self,
        element: &impl Element,
        record: Record<'r>,
        violations: &[Attributed<'_>],
        work: &mut Work<'m>,
        tracer: &mut T,
    ) -> Outcome
    where
        'm: 'r,
    {
        tracer.record();
        let mapping = self.mapping;
        let Work { problems, target, spare } = work;
        let mut translated = spare.record();
        let scene = self.scene(record.cells, &record.frames, record.here, record.kind_index);
        let id = &mut translated.record_id;
        let has_id = record.kind.id.fill_into(id, |input| scene.text(input));
        let record_id = has_id.then_some(&*translated.record_id);
        let scene = Scene { record_id, ..scene };
        let mut named: Vec<Named<'r>> = emptied(std::mem::take(&mut spare.named));
        if !T::LISTENS && has_id && violations.is_empty() && problems.is_empty() {
            if self.takes_lane(&scene, &mut named, &mut translated.canonical) {
                translated.references = self.references(&Scene { values: &named, ..scene });
                spare.named = emptied(named);
                translated.warnings.clear();
                return Outcome::Accepted(self.as_sent(translated, element, record.place));
            }
            translated.canonical.clear();
            named.clear();
        }
        let values = emptied(std::mem::take(&mut spare.values));
        let mut made = Made { values, ..Made::default() };
        mapping.program.run(&scene, &mut named, &mut made, problems, tracer);
        let mut found = self.issues(element, &record, violations, problems);
        if !has_id && !refused(&found) {
            let issue = Issue::error(IssueCode::MissingMandatory, record.place.clone());
            found.push(issue.field(self.id_field()));
        }
        if !refused(&found) {
            let canonical = &mut translated.canonical;
            let certain = if mapping.spec.source.format == Format::Canonical {
                canonical.extend_from_slice(&element.text());
                false
            } else {
                let (scheme, groups) = (&*self.scheme, &*mapping.program.groups);
                let record_id = record_id.unwrap_or_default();
                let titles = Titles { scheme, record_id, groups };
                mapping.program.page.write(&made, titles, target.judge(), canonical);
                target.in_doubt().is_none()
            };
            if !certain {
                found.extend(self.check_target(canonical, &record.place));
            }
        }
        let refused = refused(&found);
        if !refused {
            translated.references = self.references(&Scene { values: &named, ..scene });
        }
        spare.named = emptied(named);
        spare.values = emptied(made.values);
        for issue in &mut found {
            issue.record_id = has_id.then(|| translated.record_id.clone());
        }
        if !has_id || refused {
            let record_id = has_id.then_some(translated.record_id);
            let (place, raw) = (record.place, element.raw().to_vec());
            let around = Around::default();
            return Outcome::Refused(Box::new(Refusal {
                record_id,
                place,
                raw,
                issues: found,
                around,
            }));
        }
        translated.warnings = found;
        Outcome::Accepted(self.as_sent(translated, element, record.place))
    }

    /// Whether the record has gone the short way of the mapping, with its document in `canonical`.
    fn takes_lane<'r>(
        &self,
        scene: &Scene<'_, 'r>,
        named: &mut Vec<Named<'r>>,
        canonical: &mut Vec<u8>,
    ) -> bool
    where
        'm: 'r,
    {
        let Some(lane) = self.lane else { return false };
        let Mapping { program, target_schema, .. } = self.mapping;
        let fused = target_schema.as_deref().and_then(Schema::fused);
        lane.write(program, scene, fused, named, canonical)
    }

    /// A record with its place, and with its bytes where they are wanted.
    fn as_sent(
        &self,
        mut translated: Box<Translated>,
        element: &impl Element,
        place: Place,
    ) -> Box<Translated> {
        if self.raw == Raw::Kept {
            translated.raw.extend_from_slice(element.raw());
        }
        translated.place = place;
        translated
    }

    /// Violations and problems as issues, each said once.
    fn issues(
        &self,
        element: &impl Element,
        record: &Record<'_>,
        violations: &[Attributed<'_>],
        problems: &mut Vec<Problem>,
    ) -> Vec<Issue> {
        let mapping = self.mapping;
        let mut found: Vec<Issue> =
            violations.iter().map(|violation| violation.issue(mapping, element)).collect();
        if problems.is_empty() {
            return found;
        }
        let (columns, lists) = (self.columns_of(record), issues::lists(problems, element));
        let within = issues::Within { place: &record.place, columns, lists };
        let violated: Vec<(usize, String)> =
            violations.iter().map(|v| (v.row(mapping), v.field(mapping))).collect();
        let mut told: BTreeSet<(IssueCode, usize, Option<String>)> = BTreeSet::new();
        for problem in problems.drain(..) {
            let field = issues::field(&problem, mapping, &within);
            let row = issues::row(&problem, mapping);
            let said =
                field.as_ref().is_some_and(|field| issues::said_before(row, field, &violated));
            if !said && told.insert((problem.code, row, field)) {
                found.push(issues::issue(problem, mapping, element, &within));
            }
        }
        found
    }

    /// The columns of a record of a wide row, and its number.
    fn columns_of(&self, record: &Record<'_>) -> Option<(&'m Columns, u32)> {
        let columns = match self.mapping.ways.get(record.kind_index.checked_sub(1)?)?.as_slice() {
            [Each::Columns(columns)] => columns,
            _ => return None,
        };
        Some((columns, record.frames.last()?.ordinal))
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

/// Room for the document of one person with one coverage: a canonical record has 500 to 1,000 bytes.
const ROOM: usize = 1024;

fn refused(found: &[Issue]) -> bool {
    found.iter().any(|issue| issue.severity == Severity::Error)
}
