//! Who may be meant by numbers and a description, with how sure that is.

use super::view::{View, note};
use super::{MOST, Patient, show, subjects};
use crate::eligibility::Subject;
use crate::eligibility::question::{Demographics, Number};
use crate::operations::Hub;
use crate::operations::ask::resolve::{Subjects, described, same};
use crate::store::coverages::Subject as Known;
use crate::store::{Session, StoreError};

/// How sure it is that somebody is meant.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Grade {
    /// Found, and others fit about as well or better.
    Possible,
    /// Among the best, and not alone there.
    Probable,
    /// One person is meant, and it is this one.
    Certain,
}

/// Somebody who may be meant.
pub struct Match {
    /// Who.
    pub patient: Patient,
    /// How sure.
    pub grade: Grade,
    /// How probably, from 0 to 1.
    pub score: f32,
}

/// What is known of somebody who is looked for: numbers first, a description where they lead to nobody.
#[derive(Default)]
pub struct Wanted {
    /// Numbers; those of unknown systems lead to nobody.
    pub numbers: Vec<Number>,
    /// A description.
    pub person: Option<Demographics>,
}

impl Wanted {
    /// Whether it is enough to look for anybody.
    #[must_use]
    pub fn suffices(&self) -> bool {
        self.numbers.iter().any(|number| number.kind.is_some())
            || self.person.as_ref().is_some_and(Demographics::suffices)
    }
}

/// Looks for everybody who may be meant, the likeliest first.
///
/// # Errors
/// When the store fails.
pub async fn matches(
    hub: &Hub,
    view: &View<'_>,
    wanted: &Wanted,
) -> Result<Vec<Match>, StoreError> {
    let mut session = hub.store().read().await?;
    let mut ranked = by_numbers(hub, &mut session, &wanted.numbers).await?;
    if let Some(person) = wanted.person.as_ref().filter(|person| person.suffices()) {
        let described = by_description(hub, &mut session, person).await?;
        confront(&mut ranked, described);
    }
    let mut found = Vec::new();
    for (known, grade, score) in ranked.into_iter().take(MOST) {
        if let Some(patient) = show(hub, &mut session, view, known).await? {
            found.push(Match { patient, grade, score });
        }
    }
    drop(session);
    let by = if wanted.numbers.is_empty() { "demographics" } else { "identifiers" };
    note(hub, view, "match_person", found.iter().map(|found| &found.patient), by).await?;
    Ok(found)
}

type Ranked = Vec<(Known, Grade, f32)>;

/// Whom the numbers lead to: one person is certain, several are not.
async fn by_numbers(
    hub: &Hub,
    session: &mut Session,
    numbers: &[Number],
) -> Result<Ranked, StoreError> {
    let known: Vec<Number> =
        numbers.iter().filter(|number| number.kind.is_some()).cloned().collect();
    if known.is_empty() {
        return Ok(Vec::new());
    }
    let subjects = subjects(hub, session, &Subject::Identifiers(known)).await?;
    Ok(match subjects {
        Subjects::TooLittle | Subjects::Several => Vec::new(),
        Subjects::These(found) if found.len() == 1 => {
            found.into_iter().map(|known| (known, Grade::Certain, 1.0)).collect()
        }
        Subjects::These(found) => {
            found.into_iter().map(|known| (known, Grade::Probable, 0.5)).collect()
        }
    })
}

async fn by_description(
    hub: &Hub,
    session: &mut Session,
    person: &Demographics,
) -> Result<Ranked, StoreError> {
    // A statement of its own: the index stays locked no longer than the search takes.
    let candidates = hub.index().candidates(&described(person));
    let mut ranked: Ranked = Vec::new();
    for (rank, candidate) in candidates.list.into_iter().enumerate() {
        let Some(first) = candidate.records.first() else { continue };
        let Some(known) = session.subject(*first).await? else { continue };
        let grade = match (rank < candidates.close, candidates.close) {
            (true, 1) if !candidates.truncated => Grade::Certain,
            (true, _) => Grade::Probable,
            (false, _) => Grade::Possible,
        };
        ranked.push((known, grade, candidate.probability));
    }
    Ok(ranked)
}

/// Whom the numbers lead to and whom the description fits, as one list. Where the two certainly mean different people,
/// one of them is wrong, and nobody is certain.
fn confront(ranked: &mut Ranked, described: Ranked) {
    if ranked.is_empty() {
        *ranked = described;
        return;
    }
    for (known, grade, score) in described {
        if ranked.iter().any(|(other, ..)| same(other, &known)) || grade != Grade::Certain {
            continue;
        }
        for (_, numbered, _) in ranked.iter_mut() {
            *numbered = Grade::Possible;
        }
        ranked.push((known, Grade::Possible, score.min(0.5)));
    }
}
