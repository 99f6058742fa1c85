//! From how a question names its subject to the people who may be meant, with everything known about them.

use std::collections::BTreeSet;

use crate::eligibility::Subject as Asked;
use crate::eligibility::facts::RecordFacts;
use crate::eligibility::question::{self, Number};
use crate::eligibility::registry::NumberKind;
use crate::eligibility::rules::Found;
use crate::identity;
use crate::model::{Instant, PersonId, RecordId};
use crate::operations::Hub;
use crate::operations::library::Library;
use crate::store::coverages::Subject;
use crate::store::identifiers::identifier_key;
use crate::store::records::record_key;
use crate::store::{Session, StoreError};

/// People behind one number that are compared: more is no identification.
const PEOPLE: usize = 4;

/// Whom a question may mean.
pub(in crate::operations) enum Subjects {
    /// Less was given than it takes to look for somebody.
    TooLittle,
    /// More people than can be told apart.
    Several,
    /// These; nobody, or more than one only when a number leads to several.
    These(Vec<Subject>),
}

/// Looks for the subject of one question.
pub(in crate::operations) struct Resolver<'a> {
    /// The data files of the whole question.
    pub library: &'a Library,
    pub hub: &'a Hub,
    pub session: &'a mut Session,
    /// The moment whose knowledge counts.
    pub moment: Instant,
}

impl Resolver<'_> {
    /// The people who may be meant; more than one only when a number leads to several.
    pub async fn find(mut self, asked: &Asked) -> Result<Vec<Found>, StoreError> {
        let subjects = match self.subjects(asked).await? {
            Subjects::TooLittle => return Ok(vec![Found::TooLittle]),
            Subjects::Several => return Ok(vec![Found::Several]),
            Subjects::These(subjects) => subjects,
        };
        let mut found = Vec::with_capacity(subjects.len());
        for subject in subjects {
            found.push(self.person(subject).await?);
        }
        Ok(found)
    }

    /// As [`Self::find`], without what is known about them.
    pub async fn subjects(&mut self, asked: &Asked) -> Result<Subjects, StoreError> {
        if !asked.suffices() {
            return Ok(Subjects::TooLittle);
        }
        let found: Vec<Subject> = match asked {
            Asked::Identifiers(numbers) => match self.by_numbers(numbers).await? {
                Some(found) => found.into_iter().collect(),
                None => return Ok(Subjects::Several),
            },
            Asked::Demographics(person) => return self.by_description(person).await,
            Asked::Person(person) => self.by_person(*person).await?.into_iter().collect(),
            Asked::Record(record) => self.by_record(*record).await?.into_iter().collect(),
        };
        Ok(if found.len() > PEOPLE { Subjects::Several } else { Subjects::These(found) })
    }

    /// The person of this id, or into whom they were merged.
    async fn by_person(&mut self, person: PersonId) -> Result<Option<Subject>, StoreError> {
        let person = self.session.redirect(person).await?.unwrap_or(person);
        let members = self.session.members(person).await?;
        Ok(members.first().map(|member| Subject { person: Some(person), record: member.record }))
    }

    async fn by_record(&mut self, record: RecordId) -> Result<Option<Subject>, StoreError> {
        // What is staged is not shown there: it counts for nothing yet.
        let stored = self.session.records(&[record]).await?;
        if stored.is_empty() { Ok(None) } else { self.session.subject(record).await }
    }

    /// The people that the numbers lead to, each once; none when two numbers lead to different people. A number that
    /// leads to nobody says nothing against the others.
    async fn by_numbers(
        &mut self,
        numbers: &[Number],
    ) -> Result<Option<BTreeSet<Subject>>, StoreError> {
        let mut common: Option<BTreeSet<Subject>> = None;
        for number in numbers {
            let found = self.by_number(number).await?;
            if found.is_empty() {
                continue;
            }
            let shared: BTreeSet<Subject> = match &common {
                None => found,
                Some(known) => known
                    .iter()
                    .filter(|subject| found.iter().any(|other| same(subject, other)))
                    .copied()
                    .collect(),
            };
            if shared.is_empty() {
                return Ok(None);
            }
            common = Some(shared);
        }
        Ok(Some(common.unwrap_or_default()))
    }

    /// The people that one number leads to, each once.
    pub async fn by_number(&mut self, number: &Number) -> Result<BTreeSet<Subject>, StoreError> {
        let keys = self.hub.store().keys();
        let value = number.value.expose().trim();
        let system = match &number.kind {
            None => return Ok(BTreeSet::new()),
            Some(NumberKind::System(system)) => system.clone(),
            Some(NumberKind::Record(scheme)) => {
                let key = record_key(keys, scheme, value);
                if let Some(subject) = self.session.subject_of_record(scheme, &key).await? {
                    return Ok(BTreeSet::from([subject]));
                }
                // Another scheme may know the person by this scheme's number.
                match self.library.registry().scheme(scheme) {
                    Some(scheme) => scheme.record_number.system.clone(),
                    None => return Ok(BTreeSet::new()),
                }
            }
        };
        let key = identifier_key(keys, &system, &normalised(value));
        let mut people: BTreeSet<Subject> = BTreeSet::new();
        for subject in self.session.subjects_of_identifier(&key).await? {
            if !people.iter().any(|known| same(known, &subject)) {
                people.insert(subject);
            }
        }
        Ok(people)
    }

    async fn person(&mut self, subject: Subject) -> Result<Found, StoreError> {
        let keys = self.hub.store().keys();
        let facts: Vec<RecordFacts> = match subject.person {
            Some(person) => self.session.statements_of_person(keys, person, self.moment).await?,
            None => self
                .session
                .statement_of_record(keys, subject.record, self.moment)
                .await?
                .into_iter()
                .collect(),
        };
        Ok(if facts.is_empty() { Found::Nobody } else { Found::Person(subject.person, facts) })
    }

    /// The person whom the index finds. It may be a moment ahead of the links or behind them, so the person is taken
    /// from the links of the first record.
    async fn by_description(
        &mut self,
        person: &question::Demographics,
    ) -> Result<Subjects, StoreError> {
        // A statement of its own: the index stays locked no longer than the search takes.
        let found = self.hub.index().search(&described(person));
        let first = match found {
            identity::Found::None => None,
            identity::Found::Ambiguous(_) => return Ok(Subjects::Several),
            identity::Found::One(records) => records.first().copied(),
        };
        let Some(first) = first else { return Ok(Subjects::These(Vec::new())) };
        Ok(Subjects::These(self.session.subject(first).await?.into_iter().collect()))
    }
}

/// Whether two subjects are one: the same person, or the same record while it has no person.
pub(in crate::operations) fn same(a: &Subject, b: &Subject) -> bool {
    match (a.person, b.person) {
        (Some(a), Some(b)) => a == b,
        _ => a.record == b.record,
    }
}

/// A number as canonical records write it: no blanks, upper case.
pub(in crate::operations) fn normalised(value: &str) -> String {
    value.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_uppercase).collect()
}

/// A description as the index takes it.
pub(in crate::operations) fn described(person: &question::Demographics) -> identity::Demographics {
    identity::Demographics {
        family: person.family.expose().clone(),
        given: person.given.expose().clone(),
        sex: person.sex,
        birth_date: person.birth_date,
        phone: person.phone.as_ref().map(|phone| phone.expose().clone()),
    }
}
