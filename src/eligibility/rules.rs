//! The rules: from a question and everything known about one person to an answer.
//!
//! One coverage on one day comes to the first of: deceased, not yet enrolled, closed, waiting
//! period, expired, suspended, age limit, in force. A person is eligible if any coverage is in
//! force. The answer speaks of the first coverage in force, otherwise of the first, in the order of
//! payers: schemes of the country of care, then by priority. A death counts whoever reported it.

use jiff::ToSpan;
use jiff::civil::Date;

use crate::model::record::Relationship;
use crate::model::{Instant, PartialDate, PersonId, RecordId, SchemeId};

use super::answer::{Answer, Ground, Reason, Right, Verdict};
use super::facts::{CoverageFact, RecordFacts, Statement};
use super::question::Question;
use super::registry::{Rates, Registry, Scheme, Share, Terms};

/// Who the subject of a question turned out to be.
#[derive(Clone, Debug)]
pub enum Found {
    /// Less was given than it takes to look for anybody.
    TooLittle,
    /// Nobody.
    Nobody,
    /// Several people.
    Several,
    /// One person, with the facts of all records behind them. Without an id when the record that was found still
    /// waits to be linked.
    Person(Option<PersonId>, Vec<RecordFacts>),
}

/// Answers a question with what was known at `question.known_at`, or at `now` when it names no
/// moment.
#[must_use]
pub fn decide(question: &Question, found: &Found, registry: &Registry, now: Instant) -> Answer {
    let moment = question.known_at.unwrap_or(now);
    let unknown = |reason| blank(question, moment, Verdict::Unknown, reason);
    match found {
        Found::TooLittle => unknown(Reason::InsufficientIdentification),
        Found::Nobody => unknown(Reason::NotFound),
        Found::Several => unknown(Reason::Ambiguous),
        Found::Person(person, facts) => {
            let mut known: Vec<&RecordFacts> =
                facts.iter().filter(|fact| fact.known_at(moment)).collect();
            // Two registrations of one right may differ in the birth date: the older record speaks first.
            known.sort_by_key(|fact| fact.record);
            if known.is_empty() {
                // The person was recorded after the moment asked about.
                return unknown(Reason::NotFound);
            }
            Answer { person: *person, ..of_person(question, &known, registry, moment) }
        }
    }
}

fn of_person(
    question: &Question,
    facts: &[&RecordFacts],
    registry: &Registry,
    moment: Instant,
) -> Answer {
    let death =
        facts.iter().filter_map(|fact| fact.says.death_date).map(PartialDate::earliest).min();
    let mut covers = covers(question, facts, registry);
    covers.sort_by_key(|cover| cover.order(question));
    let Some(chosen) = choose(&covers, question.as_of, death) else {
        let reason = match &question.scheme {
            Some(_) => Reason::NotInScheme,
            None => Reason::NoCoverage,
        };
        return Answer {
            scheme: question.scheme.clone(),
            ..blank(question, moment, Verdict::NotEligible, reason)
        };
    };
    let reason = chosen.state(question.as_of, death);
    let mut eligible_schemes: Vec<SchemeId> = covers
        .iter()
        .filter(|cover| cover.state(question.as_of, death) == Reason::InForce)
        .map(|cover| cover.scheme.id.clone())
        .collect();
    eligible_schemes.sort();
    eligible_schemes.dedup();
    Answer {
        or_else: chosen.scheme.like(reason),
        scheme: Some(chosen.scheme.id.clone()),
        right: Some(chosen.due(question.as_of).right()),
        eligible_schemes,
        grounds: covers
            .iter()
            .map(|cover| Ground {
                scheme: cover.scheme.id.clone(),
                records: cover.records.clone(),
                reason: cover.state(question.as_of, death),
            })
            .collect(),
        data_as_of: covers.iter().filter_map(|cover| cover.data_as_of).min(),
        ..window(&covers, death, blank(question, moment, verdict(reason), reason))
    }
}

fn blank(question: &Question, known_at: Instant, verdict: Verdict, reason: Reason) -> Answer {
    Answer {
        verdict,
        reason,
        or_else: Vec::new(),
        scheme: None,
        right: None,
        eligible_schemes: Vec::new(),
        person: None,
        grounds: Vec::new(),
        as_of: question.as_of,
        known_at,
        data_as_of: None,
        holds_from: None,
        holds_until: None,
        then: None,
    }
}

fn verdict(reason: Reason) -> Verdict {
    if reason == Reason::InForce { Verdict::Eligible } else { Verdict::NotEligible }
}

/// The first in force, otherwise the first; `covers` stand in the order of payers.
fn choose<'c, 'f>(
    covers: &'c [Cover<'f>],
    day: Date,
    death: Option<Date>,
) -> Option<&'c Cover<'f>> {
    covers.iter().find(|cover| cover.state(day, death) == Reason::InForce).or(covers.first())
}

/// The days between which the answer is what it is, by the facts known today, and what follows.
fn window(covers: &[Cover<'_>], death: Option<Date>, answer: Answer) -> Answer {
    let day = answer.as_of;
    let told_on = |day: Date| {
        let chosen = choose(covers, day, death)?;
        Some((chosen.state(day, death), &chosen.scheme.id, chosen.due(day)))
    };
    let today = told_on(day);
    let mut turns: Vec<Date> = covers.iter().flat_map(Cover::turns).chain(death).collect();
    turns.sort_unstable();
    turns.dedup();
    let began = |turn: &&Date| turn.yesterday().is_ok_and(|before| told_on(before) != today);
    let holds_from = turns.iter().rev().filter(|turn| **turn <= day).find(began);
    let change = turns.iter().find(|turn| **turn > day && told_on(**turn) != today);
    let turned = change.and_then(|turn| told_on(*turn));
    Answer {
        holds_from: holds_from.copied(),
        holds_until: change.and_then(|turn| turn.yesterday().ok()),
        then: turned.map(|(reason, ..)| (verdict(reason), reason)),
        ..answer
    }
}

/// One right of the person: a coverage, with every record that states it.
struct Cover<'f> {
    scheme: &'f Scheme,
    says: &'f Statement,
    fact: CoverageFact,
    records: Vec<RecordId>,
    /// Date of the oldest data that states it.
    data_as_of: Option<Date>,
}

/// The coverages that the question is about. Equal scheme, package, enrolment and period are one
/// right that the scheme registered twice: what happens to one registration happens to the right.
fn covers<'f>(
    question: &Question,
    facts: &[&'f RecordFacts],
    registry: &'f Registry,
) -> Vec<Cover<'f>> {
    let mut covers: Vec<Cover<'f>> = Vec::new();
    for fact in facts {
        for coverage in &fact.says.coverages {
            let asked = question.scheme.as_ref().is_none_or(|scheme| *scheme == coverage.scheme);
            let scheme = registry.scheme(&coverage.scheme).filter(|scheme| scheme.kind.covers());
            let (true, Some(scheme)) = (asked, scheme) else { continue };
            let cover = Cover {
                scheme,
                says: &fact.says,
                fact: coverage.clone(),
                records: vec![fact.record],
                data_as_of: fact.says.data_as_of,
            };
            match covers.iter_mut().find(|known| known.is_same_right(&cover)) {
                Some(known) => known.join(cover),
                None => covers.push(cover),
            }
        }
    }
    covers
}

impl Cover<'_> {
    fn is_same_right(&self, other: &Self) -> bool {
        let (one, other) = (&self.fact, &other.fact);
        one.scheme == other.scheme
            && one.package == other.package
            && (one.enrolled_on, one.start, one.end) == (other.enrolled_on, other.start, other.end)
    }

    fn join(&mut self, other: Self) {
        self.fact.closed_on = self.fact.closed_on.into_iter().chain(other.fact.closed_on).min();
        self.fact.suspensions.extend(other.fact.suspensions);
        self.fact.student |= other.fact.student;
        self.fact.disabled |= other.fact.disabled;
        self.data_as_of = self.data_as_of.into_iter().chain(other.data_as_of).min();
        self.records.extend(other.records);
        self.records.sort();
    }

    /// The order of payers; the record ids only make it total.
    fn order(&self, question: &Question) -> (bool, u16, SchemeId, Option<Date>, Vec<RecordId>) {
        let abroad = question
            .country_of_care
            .as_ref()
            .is_some_and(|country| !country.eq_ignore_ascii_case(&self.scheme.country));
        let id = self.scheme.id.clone();
        (abroad, self.scheme.priority, id, self.fact.enrolled_on, self.records.clone())
    }

    /// What the coverage comes to on a day.
    fn state(&self, day: Date, death: Option<Date>) -> Reason {
        let fact = &self.fact;
        if death.is_some_and(|death| death <= day) {
            Reason::Deceased
        } else if fact.enrolled_on.is_some_and(|enrolled| day < enrolled) {
            Reason::NotYetEnrolled
        } else if fact.closed_on.is_some_and(|closed| closed <= day)
            || self.scheme.to.is_some_and(|last| last < day)
        {
            Reason::Closed
        } else if self.opens_on().is_some_and(|opens| day < opens) {
            Reason::WaitingPeriod
        } else if fact.end.is_some_and(|end| end < day) {
            Reason::Expired
        } else if fact
            .suspensions
            .iter()
            .any(|(from, to)| *from <= day && to.is_none_or(|reinstated| day < reinstated))
        {
            Reason::Suspended
        } else if self.outgrown_on(day).is_some_and(|birthday| birthday <= day) {
            Reason::AgeLimit
        } else {
            Reason::InForce
        }
    }

    /// The day on which rights open: as the scheme says, otherwise after its waiting period.
    fn opens_on(&self) -> Option<Date> {
        self.fact.start.or_else(|| {
            let enrolled = self.fact.enrolled_on?;
            let terms = self.scheme.terms_on(enrolled)?;
            let package = self.scheme.package_on(self.fact.package.as_deref(), enrolled);
            let months =
                package.and_then(|(_, p)| p.waiting_months).unwrap_or(terms.waiting_months);
            enrolled.checked_add(i32::from(months).months()).ok()
        })
    }

    /// The birthday on which a child stops being covered as one, by the terms of a day.
    fn outgrown_on(&self, day: Date) -> Option<Date> {
        self.outgrown(self.scheme.terms_on(day)?)
    }

    /// The same by given terms. A birth date known only to the year counts from its first day, as the schemes
    /// themselves write it.
    fn outgrown(&self, terms: &Terms) -> Option<Date> {
        if self.says.relationship != Some(Relationship::Child) {
            return None;
        }
        let limit = terms.child_limit?;
        if limit.unlimited_if_disabled && self.fact.disabled {
            return None;
        }
        let age = match limit.student_age {
            Some(age) if self.fact.student => age,
            _ => limit.age,
        };
        birthday(self.says.birth_date?.earliest(), age)
    }

    /// Days on which the state may change.
    fn turns(&self) -> Vec<Date> {
        let fact = &self.fact;
        let after = |day: Option<Date>| day.and_then(|day| day.tomorrow().ok());
        let mut turns: Vec<Date> = [fact.enrolled_on, fact.closed_on, self.opens_on()]
            .into_iter()
            .chain([after(fact.end), after(self.scheme.to)])
            .flatten()
            .collect();
        turns.extend(fact.suspensions.iter().flat_map(|(from, to)| [Some(*from), *to]).flatten());
        for terms in &self.scheme.terms {
            turns.extend(terms.from);
            turns.extend(self.outgrown(terms));
        }
        turns
    }

    /// What the coverage gives on a day.
    fn due(&self, day: Date) -> Due<'_> {
        let found = self.scheme.package_on(self.fact.package.as_deref(), day);
        Due {
            package: found.map(|(code, _)| code).or(self.fact.package.as_deref()),
            rates: found.map(|(_, package)| &package.coverage),
            start: self.opens_on(),
            end: self.fact.end,
            institution: self.fact.institution.as_deref().unwrap_or(&self.scheme.institution.code),
        }
    }
}

/// What a coverage gives on one day, in the words of the registry: many days are compared for one answer.
#[derive(PartialEq)]
struct Due<'c> {
    package: Option<&'c str>,
    rates: Option<&'c Rates>,
    start: Option<Date>,
    end: Option<Date>,
    institution: &'c str,
}

impl Due<'_> {
    fn right(&self) -> Right {
        let copay = |rates: &Rates| {
            rates.iter().map(|(care, share): (_, &Share)| (*care, share.rest())).collect()
        };
        Right {
            package: self.package.map(ToOwned::to_owned),
            copay: self.rates.map(copay),
            coverage: self.rates.cloned(),
            start: self.start,
            end: self.end,
            institution: self.institution.to_owned(),
        }
    }
}

/// The day on which somebody reaches an age; born on 29 February, it is 1 March in common years, as
/// completed years are counted.
fn birthday(born: Date, age: u8) -> Option<Date> {
    let year = born.year().checked_add(i16::from(age))?;
    Date::new(year, born.month(), born.day()).or_else(|_| Date::new(year, 3, 1)).ok()
}

#[cfg(test)]
mod tests;
