//! A page of stored records through a mapping: first on two threads, then against what else is stored.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use crate::model::{Expected, Issue, IssueCode, Severity};
use crate::operations::hub::Hub;
use crate::operations::intake::stage::{Verdict, judge};
use crate::operations::kept::{KeptRefusal, KeptRevision};
use crate::store::records::{KnownRecord, record_key};
use crate::store::replays::{KeptRow, WaitingRow};
use crate::store::{KeyedHash, Keys, Session, StoreError};

use super::ReplayError;
use super::diff::{Difference, differences};
use super::history::Rows;
use super::remade::{Made, Maker, Received, Valid};
use super::report::{Change, Tally, Whose, errors};

/// Threads that make records: the rest of the machine goes on answering.
const THREADS: usize = 2;

/// A record in force, and what the mapping makes of it.
pub(in crate::operations) struct Kept {
    pub(in crate::operations) row: KeptRow,
    pub(in crate::operations) kept: KeptRevision,
    pub(in crate::operations) became: Became,
}

/// What becomes of a record in force.
pub(in crate::operations) enum Became {
    /// The same document, whatever its warnings are.
    Same(Box<Valid>),
    /// Another document.
    Other(Box<Valid>, Vec<Difference>),
    Refused(Vec<Issue>),
    /// Refused, and something about the record waits already.
    RefusedBefore,
    /// Newer data came while the page was examined.
    Overtaken,
    /// It would get another id.
    Renamed(String),
    Gone,
}

/// A refused record that waits, and what the mapping makes of it.
pub(in crate::operations) struct Waiting {
    pub(in crate::operations) row: WaitingRow,
    pub(in crate::operations) kept: KeptRefusal,
    pub(in crate::operations) outcome: Waited,
}

/// What becomes of a refused record.
pub(in crate::operations) enum Waited {
    Accepted(Box<Valid>),
    /// Newer data of the record is in force.
    Overtaken,
    /// It is no record.
    Nothing,
    /// For the same reasons.
    Refused,
    RefusedOtherwise(Vec<Issue>),
}

/// A page with all that was found out about it.
pub(in crate::operations) enum Page {
    Kept(Vec<Kept>),
    Waiting(Vec<Waiting>),
}

/// Makes a page of records again.
pub(in crate::operations) async fn make(
    hub: &Hub,
    maker: &Maker,
    rows: Rows,
) -> Result<Page, ReplayError> {
    match rows {
        Rows::Kept(rows) => on_threads(hub, maker, rows, kept).await.map(Page::Kept),
        Rows::Waiting(rows) => on_threads(hub, maker, rows, waiting).await.map(Page::Waiting),
    }
}

async fn on_threads<R: Send + 'static, T: Send + 'static>(
    hub: &Hub,
    maker: &Maker,
    mut rows: Vec<R>,
    make: fn(R, &Maker, &Keys) -> Result<T, StoreError>,
) -> Result<Vec<T>, ReplayError> {
    let share = rows.len().div_ceil(THREADS).max(1);
    let mut threads = Vec::with_capacity(THREADS);
    while !rows.is_empty() {
        let rest = rows.split_off(share.min(rows.len()));
        let own = std::mem::replace(&mut rows, rest);
        let (hub, maker) = (hub.clone(), maker.clone());
        threads.push(tokio::task::spawn_blocking(move || {
            let keys = hub.store().keys();
            own.into_iter().map(|row| make(row, &maker, keys)).collect::<Result<Vec<_>, _>>()
        }));
    }
    let mut made = Vec::new();
    for thread in threads {
        made.extend(thread.await.map_err(ReplayError::Stopped)??);
    }
    Ok(made)
}

fn kept(row: KeptRow, maker: &Maker, keys: &Keys) -> Result<Kept, StoreError> {
    let kept = KeptRevision::open(&row.revision, keys)?;
    let received = Received {
        record_id: Some(&kept.record_id),
        place: &kept.place,
        raw: &kept.raw,
        around: &kept.around,
    };
    let became = match maker.make(&received) {
        Made::Nothing => Became::Gone,
        Made::Refused(issues) => Became::Refused(issues),
        Made::Record(valid) if valid.record_id != kept.record_id => {
            Became::Renamed(valid.record_id)
        }
        Made::Record(valid) => match compare(&kept.canonical, &valid.canonical) {
            differences if differences.is_empty() => Became::Same(valid),
            differences => Became::Other(valid, differences),
        },
    };
    Ok(Kept { row, kept, became })
}

fn compare(before: &[u8], after: &[u8]) -> Vec<Difference> {
    if before == after {
        return Vec::new();
    }
    let read = |bytes: &[u8]| serde_json::from_slice::<Value>(bytes).unwrap_or_default();
    differences(&read(before), &read(after))
}

fn waiting(row: WaitingRow, maker: &Maker, keys: &Keys) -> Result<Waiting, StoreError> {
    let kept = KeptRefusal::open(&row.refused, keys)?;
    let received = Received {
        record_id: kept.record_id.as_deref(),
        place: &kept.place,
        raw: &kept.raw,
        around: &kept.around,
    };
    let outcome = match maker.make(&received) {
        // What its file did to it, no mapping undoes; alone it may look sound.
        Made::Nothing | Made::Record(_) if kept.issues.iter().any(is_of_the_file) => {
            Waited::Refused
        }
        Made::Nothing => Waited::Nothing,
        Made::Record(valid) => Waited::Accepted(valid),
        Made::Refused(issues) => refused_again(&kept.issues, issues),
    };
    Ok(Waiting { row, kept, outcome })
}

/// Broken bytes, a row cut off, the same id twice in one file.
fn is_of_the_file(issue: &Issue) -> bool {
    issue.severity == Severity::Error
        && (issue.code.number().starts_with('F') || issue.code == IssueCode::DuplicateRecordId)
}

fn refused_again(before: &[Issue], after: Vec<Issue>) -> Waited {
    let reasons = |issues: &[Issue]| {
        let mut reasons: Vec<Reason> = issues.iter().map(reason).collect();
        reasons.sort_unstable();
        reasons
    };
    if reasons(before) == reasons(&after) {
        Waited::Refused
    } else {
        Waited::RefusedOtherwise(after)
    }
}

/// What is wrong, without where the rule stands: lines of a mapping move when it is edited.
type Reason = (IssueCode, Severity, Option<String>, Option<Expected>);

fn reason(issue: &Issue) -> Reason {
    (issue.code, issue.severity, issue.field.clone(), issue.expected.clone())
}

/// What is known beside a page.
pub(in crate::operations) struct Judge {
    /// Refused records that were accepted since the examination began: others may refer to them.
    accepted: HashSet<KeyedHash>,
}

impl Judge {
    pub(in crate::operations) fn new() -> Self {
        Self { accepted: HashSet::new() }
    }

    /// Settles what a page alone does not tell: references, refusals that wait already, newer data.
    pub(in crate::operations) async fn judge(
        &mut self,
        hub: &Hub,
        maker: &Maker,
        page: &mut Page,
    ) -> Result<(), StoreError> {
        let mut session = hub.store().read().await?;
        let key = |id: &str| record_key(hub.store().keys(), &maker.scheme, id);
        match page {
            Page::Kept(page) => {
                let valid = page.iter().filter_map(|kept| kept.became.valid());
                let known = self.known(&mut session, maker, &key, valid).await?;
                for kept in &mut *page {
                    let loose = kept.became.valid().and_then(|valid| loose(valid, &known, &key));
                    if let Some(issues) = loose {
                        kept.became = Became::Refused(issues);
                    }
                }
                waits_already(&mut session, page).await
            }
            Page::Waiting(page) => {
                let valid = page.iter().filter_map(|waiting| waiting.outcome.valid());
                let known = self.known(&mut session, maker, &key, valid).await?;
                for waiting in &mut *page {
                    let loose =
                        waiting.outcome.valid().and_then(|valid| loose(valid, &known, &key));
                    if let Some(issues) = loose {
                        waiting.outcome = refused_again(&waiting.kept.issues, issues);
                    }
                }
                self.overtaken(hub, &mut session, maker, page).await
            }
        }
    }

    /// Which of the records that are referred to are somewhere: in force, refused or accepted just now. A file is
    /// read so, too: who is refused in it is not missing.
    async fn known<'v>(
        &self,
        session: &mut Session,
        maker: &Maker,
        key: &impl Fn(&str) -> KeyedHash,
        valid: impl Iterator<Item = &'v Valid>,
    ) -> Result<HashSet<KeyedHash>, StoreError> {
        let referred = valid.flat_map(|valid| &valid.references).map(|(id, _)| key(id));
        let referred: HashSet<KeyedHash> = referred.collect();
        let referred: Vec<KeyedHash> = referred.into_iter().collect();
        if referred.is_empty() {
            return Ok(HashSet::new());
        }
        let mut known: HashSet<KeyedHash> =
            referred.iter().copied().filter(|key| self.accepted.contains(key)).collect();
        let stored = session.known_records(&maker.scheme, &referred).await?;
        known.extend(stored.into_iter().filter(|record| record.revision > 0).map(|it| it.key));
        known.extend(session.refused_once(&referred).await?);
        Ok(known)
    }

    async fn overtaken(
        &mut self,
        hub: &Hub,
        session: &mut Session,
        maker: &Maker,
        page: &mut [Waiting],
    ) -> Result<(), StoreError> {
        let key = |id: &str| record_key(hub.store().keys(), &maker.scheme, id);
        let ids = page.iter().filter_map(|waiting| waiting.outcome.valid());
        let keys: Vec<KeyedHash> = ids.map(|valid| key(&valid.record_id)).collect();
        let known = session.known_records(&maker.scheme, &keys).await?;
        let known: HashMap<KeyedHash, KnownRecord> =
            known.into_iter().map(|record| (record.key, record)).collect();
        let mut met = HashSet::new();
        // From the last received: of two about one record the later one counts.
        for waiting in page.iter_mut().rev() {
            let Some(valid) = waiting.outcome.valid() else { continue };
            let key = key(&valid.record_id);
            let content = content(hub.store().keys(), &waiting.kept, valid);
            if !met.insert(key) || is_overtaken(known.get(&key), &content, &waiting.row) {
                waiting.outcome = Waited::Overtaken;
            }
        }
        self.accepted.extend(met);
        Ok(())
    }
}

/// Whether newer data of a record is in force than the refused one holds, or the very same.
pub(in crate::operations) fn is_overtaken(
    known: Option<&KnownRecord>,
    content: &KeyedHash,
    row: &WaitingRow,
) -> bool {
    match judge(known, content.as_bytes(), row.recorded_at) {
        Verdict::Stale | Verdict::Unchanged => true,
        Verdict::New | Verdict::Changed => false,
    }
}

/// What tells a refused record that is valid now from other data of the same record.
pub(in crate::operations) fn content(keys: &Keys, kept: &KeptRefusal, valid: &Valid) -> KeyedHash {
    keys.hash_bytes("content", [&kept.raw[..], &valid.canonical])
}

impl Became {
    const fn valid(&self) -> Option<&Valid> {
        match self {
            Self::Same(valid) | Self::Other(valid, _) => Some(valid),
            Self::Refused(_)
            | Self::RefusedBefore
            | Self::Overtaken
            | Self::Renamed(_)
            | Self::Gone => None,
        }
    }
}

impl Waited {
    const fn valid(&self) -> Option<&Valid> {
        match self {
            Self::Accepted(valid) => Some(valid),
            Self::Overtaken | Self::Nothing | Self::Refused | Self::RefusedOtherwise(_) => None,
        }
    }
}

/// What is wrong with the references of a record, when one of them leads nowhere.
fn loose(
    valid: &Valid,
    known: &HashSet<KeyedHash>,
    key: &impl Fn(&str) -> KeyedHash,
) -> Option<Vec<Issue>> {
    let nowhere = valid.references.iter().filter(|(id, _)| !known.contains(&key(id)));
    let mut issues: Vec<Issue> = nowhere.map(|(_, issue)| issue.clone()).collect();
    if issues.is_empty() {
        return None;
    }
    issues.extend(valid.warnings.iter().cloned());
    Some(issues)
}

/// Tells refusals of records about which something waits already: an earlier replay's, or newer data.
async fn waits_already(session: &mut Session, page: &mut [Kept]) -> Result<(), StoreError> {
    let refused = page.iter().filter(|kept| matches!(kept.became, Became::Refused(_)));
    let keys: Vec<KeyedHash> = refused.map(|kept| kept.row.key).collect();
    if keys.is_empty() {
        return Ok(());
    }
    let waiting: HashSet<KeyedHash> = session.waiting_about(&keys).await?.into_iter().collect();
    for kept in page {
        if matches!(kept.became, Became::Refused(_)) && waiting.contains(&kept.row.key) {
            kept.became = Became::RefusedBefore;
        }
    }
    Ok(())
}

/// Counts a page, and notes what differs.
pub(in crate::operations) fn note(page: &Page, in_force: &str, tally: &mut Tally) {
    match page {
        Page::Kept(page) => page.iter().for_each(|kept| note_kept(kept, in_force, tally)),
        Page::Waiting(page) => page.iter().for_each(|waiting| note_waiting(waiting, tally)),
    }
}

fn note_kept(kept: &Kept, in_force: &str, tally: &mut Tally) {
    let whose = Whose {
        record: kept.row.revision.record_id.to_string(),
        line: kept.row.revision.line,
        record_id: Some(kept.kept.record_id.clone()),
    };
    tally.counts.examined += 1;
    let other_version = kept.row.made_by.as_deref() != Some(in_force);
    tally.made_by_older += u64::from(other_version);
    let counts = &mut tally.counts;
    match &kept.became {
        Became::Same(valid) => {
            counts.unchanged += 1;
            note_warnings(&kept.kept.warnings, &valid.warnings, &whose, true, tally);
        }
        Became::Other(valid, differences) => {
            counts.changed += 1;
            tally.fields(&whose, differences.clone());
            note_warnings(&kept.kept.warnings, &valid.warnings, &whose, false, tally);
        }
        Became::Refused(issues) => {
            counts.newly_refused += 1;
            tally.issues(Change::Refused, &whose, errors(issues));
        }
        Became::RefusedBefore => counts.refused_before += 1,
        Became::Overtaken => counts.overtaken += 1,
        Became::Renamed(id) => {
            counts.renamed += 1;
            tally.record(Change::Renamed, &whose, Some(Value::String(id.clone())));
        }
        Became::Gone => {
            counts.gone += 1;
            tally.record(Change::Gone, &whose, None);
        }
    }
}

fn note_warnings(before: &[Issue], after: &[Issue], whose: &Whose, same: bool, tally: &mut Tally) {
    let lacks = |others: &[Issue], issue: &&Issue| {
        !others.iter().any(|other| (other.code, &other.field) == (issue.code, &issue.field))
    };
    let new: Vec<&Issue> = after.iter().filter(|issue| lacks(before, issue)).collect();
    let gone: Vec<&Issue> = before.iter().filter(|issue| lacks(after, issue)).collect();
    tally.other_warnings += u64::from(same && !(new.is_empty() && gone.is_empty()));
    tally.issues(Change::Warned, whose, new);
    tally.issues(Change::Unwarned, whose, gone);
}

fn note_waiting(waiting: &Waiting, tally: &mut Tally) {
    let whose = Whose {
        record: waiting.row.refused.id.to_string(),
        line: waiting.row.refused.line,
        record_id: waiting.kept.record_id.clone(),
    };
    let counts = &mut tally.counts;
    counts.examined += 1;
    match &waiting.outcome {
        Waited::Accepted(_) => {
            counts.newly_accepted += 1;
            // Under the reasons for which it waited.
            tally.issues(Change::Accepted, &whose, errors(&waiting.kept.issues));
        }
        Waited::Overtaken => counts.overtaken += 1,
        Waited::Nothing => {
            counts.no_record += 1;
            tally.record(Change::Gone, &whose, None);
        }
        Waited::Refused => counts.still_refused += 1,
        Waited::RefusedOtherwise(issues) => {
            counts.refused_otherwise += 1;
            tally.issues(Change::RefusedOtherwise, &whose, errors(issues));
        }
    }
}
