//! The records that are kept, looked through: by scheme, state, day and sending, or one by its scheme's own number.
//!
//! Names are not looked for here: the store cannot read them, and people are found through the identity index.

use jiff::civil::Date;

pub use crate::store::records::RecordState;
pub use crate::store::register::Changed;

use super::people::{Shown, show_all};
use super::{Hub, StoreError};
use crate::model::{BatchId, Caller, Instant, RecordId, RevisionId, SchemeId};
use crate::store::Session;
use crate::store::records::record_key;

/// Which records.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'w> {
    /// Of these schemes.
    pub schemes: &'w [SchemeId],
    /// In this state; in any that is shown when none is named.
    pub state: Option<RecordState>,
    /// Changed on this day or later.
    pub since: Option<Date>,
    /// Changed on this day or earlier.
    pub until: Option<Date>,
    /// As this sending brought them.
    pub batch: Option<BatchId>,
    /// The one that a scheme knows by this number.
    pub number: Option<&'w str>,
}

/// After which line a page goes on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum After {
    /// In the order in which records changed.
    Changed(Changed),
    /// In the order of a sending.
    Brought(RevisionId),
}

/// A page of records.
#[derive(Default)]
pub struct Page {
    /// The records. Personal.
    pub records: Vec<Shown>,
    /// Where the next page begins, when there is one.
    pub next: Option<After>,
}

/// What is shown of records: those that count, and those that a snapshot no longer held.
const SHOWN: [RecordState; 2] = [RecordState::Live, RecordState::Absent];

/// A page of records that a caller may see; the look is written down.
///
/// # Errors
/// When the store fails or a record does not open.
pub async fn page(
    hub: &Hub,
    caller: &Caller,
    wanted: Wanted<'_>,
    after: Option<After>,
    limit: u32,
) -> Result<Page, StoreError> {
    let own: Vec<SchemeId> =
        wanted.schemes.iter().filter(|scheme| caller.sees(scheme)).cloned().collect();
    let wanted = Wanted { schemes: &own, ..wanted };
    let mut session = hub.store().read().await?;
    let (ids, next) = match (wanted.number, wanted.batch) {
        (Some(number), _) => (numbered(hub, &mut session, wanted, number).await?, None),
        (None, Some(batch)) => {
            let after = match after {
                Some(After::Brought(revision)) => Some(revision),
                Some(After::Changed(_)) | None => None,
            };
            let found = session.records_brought(batch, after, limit + 1).await?;
            cut(found, limit, |(revision, _)| After::Brought(*revision), |(_, record)| *record)
        }
        (None, None) => {
            let found = changed(&mut session, wanted, after, limit + 1).await?;
            cut(found, limit, |place| After::Changed(*place), |place| place.record)
        }
    };
    let mut stored = session.records(&ids).await?;
    stored.retain(|record| {
        own.contains(&record.scheme) && wanted.state.is_none_or(|state| state == record.state)
    });
    let place = |id: &RecordId| ids.iter().position(|other| other == id);
    stored.sort_by_key(|record| place(&record.id));
    let records = show_all(hub, caller, session, stored).await?;
    Ok(Page { records, next })
}

/// The ids of a page, and the place of its last line when there are more.
fn cut<T>(
    mut found: Vec<T>,
    limit: u32,
    place: impl Fn(&T) -> After,
    record: impl Fn(&T) -> RecordId,
) -> (Vec<RecordId>, Option<After>) {
    let more = found.len() > limit as usize;
    found.truncate(limit as usize);
    let next = found.last().filter(|_| more).map(place);
    (found.iter().map(record).collect(), next)
}

async fn numbered(
    hub: &Hub,
    session: &mut Session,
    wanted: Wanted<'_>,
    number: &str,
) -> Result<Vec<RecordId>, StoreError> {
    let keys: Vec<_> = wanted
        .schemes
        .iter()
        .map(|scheme| record_key(hub.store().keys(), scheme, number))
        .collect();
    let found = session.records_by_keys(&keys).await?;
    Ok(found.iter().map(|record| record.id).collect())
}

/// The records of all schemes that are wanted, merged: each scheme's own are read in this order by index.
async fn changed(
    session: &mut Session,
    wanted: Wanted<'_>,
    after: Option<After>,
    limit: u32,
) -> Result<Vec<Changed>, StoreError> {
    let since = wanted.since.map_or(Instant::from_millis(i64::MIN), Instant::start_of);
    let next_day = wanted.until.and_then(|day| day.tomorrow().ok());
    let end = next_day.map_or(Instant::from_millis(i64::MAX), Instant::start_of);
    let before = match after {
        Some(After::Changed(place)) => place,
        // Before the first record of that moment.
        Some(After::Brought(_)) | None => {
            Changed { at: end, record: RecordId::from_bytes([0; 16]) }
        }
    };
    let mut found = Vec::new();
    for scheme in wanted.schemes {
        for state in
            SHOWN.into_iter().filter(|state| wanted.state.is_none_or(|only| only == *state))
        {
            found.extend(session.records_changed((scheme, state), since, before, limit).await?);
        }
    }
    found.sort_unstable_by(|one, other| other.cmp(one));
    found.truncate(limit as usize);
    Ok(found)
}
