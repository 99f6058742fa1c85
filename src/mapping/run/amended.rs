//! Records of a run that are read again because some of their values were put right.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::model::Place;

use super::super::amend::{Amendment, Amendments, Instead, Met, Node, Overlay, reader_of_one};
use super::super::outcome::{Around, Outcome};
use super::{Element, Flow};

/// The amendments of a run, and what became of them.
#[derive(Default)]
pub struct Amended {
    amendments: Option<Amendments>,
    met: Vec<Met>,
}

/// A record that was read before.
struct Read {
    record_id: Option<String>,
    place: Place,
    raw: Vec<u8>,
}

impl Amended {
    /// With amendments to ask for.
    pub fn new(amendments: Amendments) -> Self {
        Self { amendments: Some(amendments), met: Vec::new() }
    }

    /// Whether anybody amends.
    pub const fn is_asked(&self) -> bool {
        self.amendments.is_some()
    }

    /// What became of them since this was last asked.
    pub fn take(&mut self) -> Vec<Met> {
        std::mem::take(&mut self.met)
    }

    /// Those of a record, and what it takes to read it again.
    fn of(&self, outcome: &Outcome) -> Option<(Vec<Amendment>, Read)> {
        let amendments = self.amendments.as_ref()?;
        let (record_id, place, raw) = match outcome {
            Outcome::Accepted(record) => (Some(&record.record_id), &record.place, &record.raw),
            Outcome::Refused(refusal) => (refusal.record_id.as_ref(), &refusal.place, &refusal.raw),
        };
        let found = amendments(record_id.map(String::as_str), raw);
        if found.is_empty() {
            return None;
        }
        let record_id = record_id.cloned();
        Some((found, Read { record_id, place: place.clone(), raw: raw.clone() }))
    }

    /// Amends the records of an element.
    pub fn element(
        &mut self,
        flow: &mut Flow<'_>,
        element: &impl Element,
        columns: Option<&Arc<[String]>>,
        ready: &mut VecDeque<Outcome>,
    ) {
        for (index, outcome) in ready.iter_mut().enumerate() {
            let Some((amendments, read)) = self.of(outcome) else { continue };
            if let Some(whole) = self.replaced(flow, &amendments, &read, columns) {
                *outcome = whole;
                continue;
            }
            let Some(mut root) = Node::of(|builder| element.walk(builder).is_ok()) else {
                continue;
            };
            let mut held = false;
            for amendment in &amendments {
                let Some(field) = &amendment.field else { continue };
                let nested = flow.nested(index).map(|(_, way, items)| (way, items));
                let met = amendment.meet_field(field, &mut root, nested, flow.mapping());
                held |= met.held;
                self.met.push(met);
            }
            if held && let Some(again) = flow.again(&Overlay { element, root }).remove(index) {
                *outcome = again;
            }
        }
    }

    /// Amends a record that cannot be read: only another text for all of it helps.
    pub fn broken(
        &mut self,
        flow: &mut Flow<'_>,
        columns: Option<&Arc<[String]>>,
        ready: &mut VecDeque<Outcome>,
    ) {
        let Some(outcome) = ready.back_mut() else { return };
        let Some((amendments, read)) = self.of(outcome) else { return };
        if let Some(whole) = self.replaced(flow, &amendments, &read, columns) {
            *outcome = whole;
        }
    }

    fn replaced(
        &mut self,
        flow: &mut Flow<'_>,
        amendments: &[Amendment],
        read: &Read,
        columns: Option<&Arc<[String]>>,
    ) -> Option<Outcome> {
        let amendment = amendments.iter().find(|amendment| amendment.field.is_none())?;
        let met = amendment.meet_record(&read.raw);
        let held = met.held;
        self.met.push(met);
        if !held {
            return None;
        }
        let around = Around { columns: columns.cloned(), ..Around::default() };
        let mut reader = reader_of_one(flow.mapping(), amendment.good.as_bytes(), &around);
        let frame = reader.next()?.ok()?;
        let element = Instead { element: &frame, place: read.place.clone(), raw: &read.raw };
        let mut outcomes = flow.again(&element);
        let same =
            outcomes.iter().position(|outcome| outcome.record_id() == read.record_id.as_deref());
        outcomes.remove(same.unwrap_or(0))
    }
}
