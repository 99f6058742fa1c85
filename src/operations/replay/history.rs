//! What is stored, page by page: the records in force from the last received to the first, then the refused ones that
//! wait in the order in which they came, so that who is referred to comes before who refers.

use crate::model::{Instant, QuarantineId, RevisionId, SchemeId};
use crate::store::replays::{Examined, KeptRow, Phase, WaitingRow};
use crate::store::{Session, StoreError};

/// Records a page: few enough to hold hundreds of large ones, enough to make a transaction of them cheap.
const PAGE: u32 = 500;

/// How far the stored records are examined.
pub(in crate::operations) struct History {
    scheme: SchemeId,
    mapping: String,
    /// Before which id they came: what arrives while they are examined is not.
    until: [u8; 16],
    /// What is examined now.
    pub(in crate::operations) phase: Phase,
    /// The last id of it.
    pub(in crate::operations) position: [u8; 16],
    /// How many records in force may still come.
    left: Option<u64>,
}

/// A page of stored records.
pub(in crate::operations) enum Rows {
    Kept(Vec<KeptRow>),
    Waiting(Vec<WaitingRow>),
}

impl History {
    /// Everything that was received until `now`, or the last records of it.
    pub(in crate::operations) fn new(
        scheme: SchemeId,
        mapping: String,
        now: Instant,
        last: Option<u64>,
    ) -> Self {
        let until = end(now);
        Self { scheme, mapping, until, phase: Phase::Kept, position: until, left: last }
    }

    /// From where an examination of everything was left.
    pub(in crate::operations) fn resume(
        scheme: SchemeId,
        mapping: String,
        began: Instant,
        (phase, position): (Phase, [u8; 16]),
    ) -> Self {
        Self { phase, position, ..Self::new(scheme, mapping, began, None) }
    }

    /// The next page; none at the end.
    pub(in crate::operations) async fn next(
        &mut self,
        session: &mut Session,
    ) -> Result<Option<Rows>, StoreError> {
        let of = Examined { scheme: &self.scheme, mapping: &self.mapping };
        if self.phase == Phase::Kept {
            let limit =
                self.left.map_or(PAGE, |left| u32::try_from(left).unwrap_or(PAGE).min(PAGE));
            let before = RevisionId::from_bytes(self.position);
            let page =
                if limit == 0 { Vec::new() } else { session.kept_page(of, before, limit).await? };
            if let Some(last) = page.last() {
                self.position = *last.revision.id.as_bytes();
                self.left = self.left.map(|left| left.saturating_sub(page.len() as u64));
                return Ok(Some(Rows::Kept(page)));
            }
            self.phase = Phase::Waiting;
            // Of the last N records: what was refused since the oldest of them came.
            self.position = if self.left == Some(0) { start(self.position) } else { [0; 16] };
        }
        let (after, before) =
            (QuarantineId::from_bytes(self.position), QuarantineId::from_bytes(self.until));
        let page = session.waiting_page(of, after, before, PAGE).await?;
        let Some(last) = page.last() else { return Ok(None) };
        self.position = *last.refused.id.as_bytes();
        Ok(Some(Rows::Waiting(page)))
    }
}

/// Where ids of a later moment begin: ids are ordered by time.
pub(in crate::operations) fn end(now: Instant) -> [u8; 16] {
    *RevisionId::new(now.plus_millis(1), [0; 10]).as_bytes()
}

/// Where the ids of the moment of an id begin.
fn start(mut id: [u8; 16]) -> [u8; 16] {
    id[6..].fill(0);
    id
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_received_at_the_moment_belongs_to_the_history_and_what_comes_later_does_not() {
        let now = Instant::from_millis(1_700_000_000_000);
        let last = RevisionId::new(now, [0xff; 10]);
        let next = RevisionId::new(now.plus_millis(1), [1; 10]);
        let end = RevisionId::from_bytes(end(now));
        assert!(last < end && end < next);
        assert!(RevisionId::from_bytes(start(*last.as_bytes())) < RevisionId::new(now, [0; 10]));
    }
}
