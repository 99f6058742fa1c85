//! Which records bear a number themselves: the only way in which what other registries tell finds its way to records.

use super::Hub;
use crate::eligibility::Subject;
use crate::eligibility::question::Number;
use crate::eligibility::registry::NumberKind;
use crate::model::{RecordId, SchemeId};
use crate::operations::ask::resolve::{self, Subjects, normalised};
use crate::store::identifiers::identifier_key;
use crate::store::{Session, StoreError};

/// Scheme and id of a record.
pub(super) type Bearer = (SchemeId, String);

/// Scheme and id of the records that bear one of the numbers, when all of them lead to one person.
pub(super) async fn bearers(
    hub: &Hub,
    session: &mut Session,
    numbers: &[Number],
) -> Result<Vec<Bearer>, StoreError> {
    let library = hub.library();
    let asked = Subject::Identifiers(numbers.to_vec());
    let subject = match resolve::subjects(hub, &library, session, &asked).await? {
        Subjects::These(found) if found.len() == 1 => found.into_iter().next(),
        Subjects::These(_) | Subjects::Several | Subjects::TooLittle => None,
    };
    let Some(subject) = subject else { return Ok(Vec::new()) };
    let records: Vec<RecordId> = match subject.person {
        Some(person) => session.members(person).await?.iter().map(|member| member.record).collect(),
        None => vec![subject.record],
    };
    let mut found = Vec::new();
    for stored in session.records(&records).await? {
        let source = stored.open(hub.store().keys())?.source;
        if bears(hub, session, numbers, (stored.id, &source.scheme, &source.record_id)).await? {
            found.push((source.scheme, source.record_id));
        }
    }
    Ok(found)
}

/// Whether a record bears one of the numbers itself: another record of the person may have been joined to it wrongly.
async fn bears(
    hub: &Hub,
    session: &mut Session,
    numbers: &[Number],
    (record, scheme, record_id): (RecordId, &SchemeId, &str),
) -> Result<bool, StoreError> {
    let (keys, library) = (hub.store().keys(), hub.library());
    for number in numbers {
        let value = number.value.expose().trim();
        let system = match &number.kind {
            None => continue,
            Some(NumberKind::System(system)) => system.clone(),
            Some(NumberKind::Record(own)) if own == scheme && record_id == value => {
                return Ok(true);
            }
            Some(NumberKind::Record(own)) => match library.registry().scheme(own) {
                Some(own) => own.record_number.system.clone(),
                None => continue,
            },
        };
        let key = identifier_key(keys, &system, &normalised(value));
        if session.bearers(&key, MOST).await?.contains(&record) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Records that bear one number: more than these is no number of one person.
const MOST: u32 = 100;
