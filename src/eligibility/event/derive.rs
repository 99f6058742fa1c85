//! Folds events into a record.
//!
//! **Order.** Events are taken by effective day, then by id; the same id counts once. So the result
//! depends on the set of events and never on the order of their arrival.
//!
//! **Events older than the base.** A base (the record as exported) that is dated describes the
//! state of its own day, and an event that took effect on or before that day is already in it:
//! - a death is kept all the same, unless the base has its own date of death: silence of an export
//!   is no sign of life;
//! - an address or a name is added behind those of the base, never before them;
//! - a suspension that the base no longer shows ended on the day of the base at the latest; one that
//!   it shows is not doubled;
//! - a reinstatement or a closure that the base contradicts has been overtaken.
//!
//! A base without a date has no such claim: every event applies to it.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::model::record::{
    BeneficiaryRecord, Coverage, CoverageStatus, HumanName, NameUse, Person, Suspension,
};

use super::super::facts::date_the_status;
use super::{Change, Event, NameCause, Reach};

/// The record as exported, and the day that it describes.
#[derive(Clone, Copy)]
pub struct Base<'r> {
    /// The record.
    pub record: &'r BeneficiaryRecord,
    /// The day of the sender's data, as the sender says; never the day of arrival.
    pub data_as_of: Option<Date>,
}

/// The record after the events. `events` may hold events about any record: those of other records
/// are passed over, unless they reach the whole contract, which the caller has matched.
#[must_use]
pub fn derive(base: Base<'_>, events: &[Event]) -> BeneficiaryRecord {
    let mut record = base.record.clone();
    for coverage in &mut record.coverages {
        date_the_status(coverage, base.data_as_of);
    }
    for event in in_order(events) {
        if reaches(event, &record) {
            let overtaken = base.data_as_of.filter(|day| event.effective_on <= *day);
            apply(event, &mut record, overtaken);
        }
    }
    record
}

/// By effective day, then id; an id that arrives twice counts once.
fn in_order(events: &[Event]) -> impl Iterator<Item = &Event> {
    let mut once: BTreeMap<&str, &Event> = BTreeMap::new();
    for event in events {
        let known = once.entry(&event.id).or_insert(event);
        if event.effective_on < known.effective_on {
            *known = event;
        }
    }
    let mut ordered: Vec<&Event> = once.into_values().collect();
    ordered.sort_by(|a, b| (a.effective_on, &a.id).cmp(&(b.effective_on, &b.id)));
    ordered.into_iter()
}

fn reaches(event: &Event, record: &BeneficiaryRecord) -> bool {
    let same_scheme = event.about.scheme == record.source.scheme;
    let same_record = same_scheme && event.about.record_id == record.source.record_id;
    let whole_contract = match event.change {
        Change::Suspension | Change::Reinstatement | Change::SchemeMove { .. } => {
            event.reach == Reach::Family
        }
        Change::Death { .. } | Change::AddressChange { .. } | Change::NameChange { .. } => false,
    };
    same_record || (same_scheme && whole_contract)
}

/// Applies one event; `overtaken` is the day of a base that is not older than it.
fn apply(event: &Event, record: &mut BeneficiaryRecord, overtaken: Option<Date>) {
    let person = &mut record.person;
    match &event.change {
        Change::Death { died_on } => {
            if overtaken.is_none() || person.death_date.is_none() {
                person.death_date = Some(*died_on);
            }
        }
        Change::AddressChange { address, phone } => {
            let latest = overtaken.is_none();
            if let Some(address) = address {
                put(&mut person.addresses, address, latest);
            }
            if let Some(phone) = phone {
                put(&mut person.phones, phone, latest);
            }
        }
        Change::NameChange { cause, old, new } => match overtaken {
            None => rename(person, *cause, old.as_ref(), new),
            Some(_) => {
                let known_as =
                    |name: &HumanName| HumanName { usage: NameUse::Alias, ..name.clone() };
                put_name(person, known_as(new));
            }
        },
        Change::Suspension => {
            for coverage in of_scheme(record, event) {
                suspend(coverage, event.effective_on, overtaken);
            }
        }
        Change::Reinstatement => {
            for coverage in of_scheme(record, event) {
                reinstate(coverage, event.effective_on, overtaken);
            }
        }
        Change::SchemeMove { closes_on, .. } => {
            for coverage in of_scheme(record, event) {
                close(coverage, *closes_on, overtaken);
            }
        }
    }
}

fn of_scheme<'r>(
    record: &'r mut BeneficiaryRecord,
    event: &'r Event,
) -> impl Iterator<Item = &'r mut Coverage> {
    record.coverages.iter_mut().filter(|coverage| coverage.scheme == event.about.scheme)
}

/// Puts a value first (`latest`) or last, once.
fn put<T: Clone + PartialEq>(list: &mut Vec<T>, value: &T, latest: bool) {
    let known = list.iter().position(|old| old == value);
    match (known, latest) {
        (Some(place), true) => {
            let value = list.remove(place);
            list.insert(0, value);
        }
        (None, true) => list.insert(0, value.clone()),
        (None, false) => list.push(value.clone()),
        (Some(_), false) => {}
    }
}

fn rename(person: &mut Person, cause: NameCause, old: Option<&HumanName>, new: &HumanName) {
    let former = match cause {
        NameCause::Marriage => NameUse::Maiden,
        NameCause::Other => NameUse::Alias,
    };
    for name in &mut person.names {
        if name.usage == NameUse::Official && !same_words(name, new) {
            name.usage = former;
        }
    }
    person.names.retain(|name| !same_words(name, new));
    person.names.insert(0, HumanName { usage: NameUse::Official, ..new.clone() });
    if let Some(old) = old {
        put_name(person, HumanName { usage: former, ..old.clone() });
    }
}

/// Adds a further name, unless the person is already known by it.
fn put_name(person: &mut Person, name: HumanName) {
    if !person.names.iter().any(|known| same_words(known, &name)) {
        person.names.push(name);
    }
}

/// The same name whatever its use, capitals aside: lists in capitals are common.
fn same_words(a: &HumanName, b: &HumanName) -> bool {
    let words = |name: &HumanName| -> Vec<String> {
        let given = name.given.iter().map(String::as_str);
        name.family.as_deref().into_iter().chain(given).map(str::to_lowercase).collect()
    };
    words(a) == words(b)
}

fn suspend(coverage: &mut Coverage, from: Date, overtaken: Option<Date>) {
    let covers = |known: &Suspension| known.from <= from && known.to.is_none_or(|to| from < to);
    if !coverage.suspensions.iter().any(covers) {
        coverage.suspensions.push(Suspension { from, to: overtaken });
        coverage.suspensions.sort_by_key(|suspension| suspension.from);
    }
    if overtaken.is_none() && coverage.status != CoverageStatus::Ended {
        coverage.status = CoverageStatus::Suspended;
        coverage.status_since = Some(from);
    }
}

fn reinstate(coverage: &mut Coverage, on: Date, overtaken: Option<Date>) {
    // What a newer base still shows as suspended was suspended again.
    let still_suspended = overtaken.is_some() && coverage.status == CoverageStatus::Suspended;
    for suspension in &mut coverage.suspensions {
        let runs = suspension.from <= on && suspension.to.is_none_or(|to| on < to);
        if runs && !(still_suspended && suspension.to.is_none()) {
            suspension.to = Some(on);
        }
    }
    coverage.suspensions.retain(|suspension| suspension.to.is_none_or(|to| suspension.from < to));
    if overtaken.is_none() && coverage.status == CoverageStatus::Suspended {
        coverage.status = CoverageStatus::Active;
        coverage.status_since = Some(on);
    }
}

fn close(coverage: &mut Coverage, on: Date, overtaken: Option<Date>) {
    if overtaken.is_some() && coverage.status != CoverageStatus::Ended {
        return;
    }
    if coverage.closed_on.is_none_or(|closed| on < closed) {
        coverage.closed_on = Some(on);
        coverage.status = CoverageStatus::Ended;
        coverage.status_since = Some(on);
    }
}
