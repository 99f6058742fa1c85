//! What is known about whoever a question means, as of one moment of the store.
//!
//! Questions that come at the same moment are looked up together ([`gathered`]); one about what was known earlier goes
//! its own way.

use std::collections::{BTreeMap, BTreeSet};

use super::resolve::{Sought, Subjects, resolve};
use crate::eligibility::facts::RecordFacts;
use crate::eligibility::rules::Found;
use crate::model::{Instant, PersonId, RecordId};
use crate::operations::Hub;
use crate::store::coverages::Subject;
use crate::store::{Keys, Session, StoreError};

/// What a look-up came to.
pub(in crate::operations) struct LookedUp {
    /// The people who may be meant; more than one only when a number leads to several.
    pub found: Vec<Found>,
    /// The moment whose knowledge this is, unless an earlier one was asked for.
    pub at: Instant,
    /// Where the log ended before: whatever enters it from there on may change an answer.
    pub log_seq: u64,
}

/// Looks up together with whatever else is asked now.
pub(super) async fn gathered(hub: &Hub, sought: Sought) -> Result<LookedUp, StoreError> {
    hub.gathers().sought.join(sought, |sought| look_up(hub, sought, None)).await
}

/// Looks up alone what was known at an earlier moment; nobody knows the future: a later one means now.
pub(super) async fn known_at(
    hub: &Hub,
    sought: Sought,
    moment: Instant,
) -> Result<LookedUp, StoreError> {
    let mut found = look_up(hub, vec![sought], Some(moment)).await?;
    Ok(found.pop().expect("one question has one outcome"))
}

async fn look_up(
    hub: &Hub,
    sought: Vec<Sought>,
    moment: Option<Instant>,
) -> Result<Vec<LookedUp>, StoreError> {
    let mut session = hub.store().read().await?;
    let log_seq = session.log_end().await?;
    let at = hub.now();
    let moment = moment.map_or(at, |moment| moment.min(at));
    let found = find(&mut session, hub.store().keys(), &sought, moment).await?;
    Ok(found.into_iter().map(|found| LookedUp { found, at, log_seq }).collect())
}

/// The people who may be meant, with what was known about them, in the order of what is sought.
pub(super) async fn find(
    session: &mut Session,
    keys: &Keys,
    sought: &[Sought],
    moment: Instant,
) -> Result<Vec<Vec<Found>>, StoreError> {
    let subjects = resolve(session, sought).await?;
    let known = Known::about(session, keys, &subjects, moment).await?;
    Ok(subjects
        .into_iter()
        .map(|subjects| match subjects {
            Subjects::TooLittle => vec![Found::TooLittle],
            Subjects::Several => vec![Found::Several],
            Subjects::These(subjects) => subjects.iter().map(|one| known.of(one)).collect(),
        })
        .collect())
}

/// Statements, by whom they are about.
#[derive(Default)]
struct Known {
    people: BTreeMap<PersonId, Vec<RecordFacts>>,
    /// Of records that nobody's person holds yet.
    records: BTreeMap<RecordId, RecordFacts>,
}

impl Known {
    async fn about(
        session: &mut Session,
        keys: &Keys,
        subjects: &[Subjects],
        moment: Instant,
    ) -> Result<Self, StoreError> {
        let (mut people, mut records) = (BTreeSet::new(), BTreeSet::new());
        for subjects in subjects {
            let Subjects::These(subjects) = subjects else { continue };
            for Subject { person, record } in subjects {
                match person {
                    Some(person) => people.insert(*person),
                    None => records.insert(*record),
                };
            }
        }
        let mut known = Self::default();
        if !people.is_empty() {
            let people: Vec<PersonId> = people.into_iter().collect();
            for (person, facts) in session.statements_of_people(keys, &people, moment).await? {
                known.people.entry(person).or_default().push(facts);
            }
        }
        for record in records {
            let statement = session.statement_of_record(keys, record, moment).await?;
            known.records.extend(statement.map(|facts| (record, facts)));
        }
        Ok(known)
    }

    fn of(&self, subject: &Subject) -> Found {
        let facts: Vec<RecordFacts> = match subject.person {
            Some(person) => self.people.get(&person).cloned().unwrap_or_default(),
            None => self.records.get(&subject.record).cloned().into_iter().collect(),
        };
        if facts.is_empty() { Found::Nobody } else { Found::Person(subject.person, facts) }
    }
}
