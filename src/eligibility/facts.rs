//! What one record says that matters for eligibility, and since when the hub knows it.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::model::record::{
    BeneficiaryRecord, Coverage, CoverageStatus, Relationship, Sex, Suspension,
};
use crate::model::{Instant, PartialDate, RecordId, SchemeId};

/// The facts of one record, as known during one span of recorded time.
#[derive(Clone, PartialEq, Debug)]
pub struct RecordFacts {
    /// The record.
    pub record: RecordId,
    /// When the hub came to know this.
    pub recorded_at: Instant,
    /// When the hub came to know better; none while this is its best knowledge.
    pub replaced_at: Option<Instant>,
    /// What the record says.
    pub says: Statement,
}

/// What a record says, without the names: the small part of it that the rules read.
///
/// It holds a birth date and a date of death: personal, kept sealed in the store.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Statement {
    /// The scheme that sent the record.
    pub scheme: SchemeId,
    /// Date of the sender's data, when given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_as_of: Option<Date>,
    /// The person's place in the household.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relationship: Option<Relationship>,
    /// Administrative sex, for counts.
    #[serde(default)]
    pub sex: Sex,
    /// Birth date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub birth_date: Option<PartialDate>,
    /// Date of death.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub death_date: Option<PartialDate>,
    /// What the scheme grants, with statuses made explicit as dates.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub coverages: Vec<CoverageFact>,
}

impl std::fmt::Debug for Statement {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Statement({})", self.scheme)
    }
}

/// One coverage in dates alone.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct CoverageFact {
    /// The scheme that grants it.
    pub scheme: SchemeId,
    /// Benefit package.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub package: Option<String>,
    /// Day of enrolment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enrolled_on: Option<Date>,
    /// First covered day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<Date>,
    /// Last covered day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<Date>,
    /// First day on which it is closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_on: Option<Date>,
    /// From the first suspended day to the day of reinstatement.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub suspensions: Vec<(Date, Option<Date>)>,
    /// Pupil or student.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub student: bool,
    /// No age limit.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub disabled: bool,
    /// Institution that answers for it, when it is not the scheme's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub institution: Option<String>,
}

impl RecordFacts {
    /// Whether the hub knew this at a moment.
    #[must_use]
    pub fn known_at(&self, moment: Instant) -> bool {
        self.recorded_at <= moment && self.replaced_at.is_none_or(|replaced| moment < replaced)
    }
}

impl Statement {
    /// What a canonical record says; `data_as_of` is the date of the sender's data, `received_on`
    /// the day on which it arrived.
    #[must_use]
    pub fn of(record: &BeneficiaryRecord, data_as_of: Option<Date>, received_on: Date) -> Self {
        let seen_on = data_as_of.unwrap_or(received_on);
        Self {
            scheme: record.source.scheme.clone(),
            data_as_of,
            relationship: record.household.as_ref().map(|household| household.relationship),
            sex: record.person.sex,
            birth_date: record.person.birth_date,
            death_date: record.person.death_date,
            coverages: record
                .coverages
                .iter()
                .map(|coverage| CoverageFact::of(coverage, seen_on))
                .collect(),
        }
    }
}

impl CoverageFact {
    /// Whether the coverage is open on a day by its own dates: enrolled, not closed, rights open and neither ended nor
    /// suspended. Age and death are for [`rules`](super::rules).
    #[must_use]
    pub fn is_open_on(&self, day: Date) -> bool {
        let begun = [self.enrolled_on, self.start].into_iter().flatten().all(|from| from <= day);
        let ended = self.closed_on.is_some_and(|closed| closed <= day)
            || self.end.is_some_and(|end| end < day);
        begun && !ended && !self.is_suspended_on(day)
    }

    /// Whether the coverage is suspended on a day.
    #[must_use]
    pub fn is_suspended_on(&self, day: Date) -> bool {
        self.suspensions
            .iter()
            .any(|(from, to)| *from <= day && to.is_none_or(|reinstated| day < reinstated))
    }

    fn of(coverage: &Coverage, seen_on: Date) -> Self {
        let mut coverage = coverage.clone();
        date_the_status(&mut coverage, Some(seen_on));
        Self {
            scheme: coverage.scheme,
            package: coverage.package,
            enrolled_on: coverage.enrolled_on,
            start: coverage.period.start,
            end: coverage.period.end,
            closed_on: coverage.closed_on,
            suspensions: coverage.suspensions.iter().map(|s| (s.from, s.to)).collect(),
            student: coverage.student == Some(true),
            disabled: coverage.disabled == Some(true),
            institution: coverage.institution,
        }
    }
}

/// Turns a status that a scheme only reports as a word into the dates that the rules read.
///
/// A suspension or an end holds from the day of the status. Without that day, a period that had
/// ended when the data was written (`seen_on`) already says it: some schemes cut the period instead
/// of dating the status. With neither, it holds from the first day, because nothing says that there
/// ever was a covered day.
pub(super) fn date_the_status(coverage: &mut Coverage, seen_on: Option<Date>) {
    let cut = coverage.period.end.is_some_and(|end| seen_on.is_none_or(|day| end < day));
    let first = coverage.period.start.or(coverage.enrolled_on).unwrap_or(Date::MIN);
    let since = coverage.status_since.or(if cut { None } else { Some(first) });
    match coverage.status {
        CoverageStatus::Suspended => {
            let told = coverage.suspensions.iter().any(|suspension| suspension.to.is_none());
            if let (false, Some(from)) = (told, since) {
                coverage.suspensions.push(Suspension { from, to: None });
            }
        }
        CoverageStatus::Ended => coverage.closed_on = coverage.closed_on.or(since),
        // Pending is a matter of dates: rights open on the first covered day.
        CoverageStatus::Active | CoverageStatus::Pending => {}
    }
}
