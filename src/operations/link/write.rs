//! What was decided, written down in one transaction.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::asked::Asked;
use super::history::{self, Causes};
use super::{Decided, LinkError, LinkReport};
use crate::identity::{Assignment, Change};
use crate::model::{AuditId, BatchId, Instant, PersonId, RecordId};
use crate::operations::Hub;
use crate::operations::lease::prolonged;
use crate::store::audit::Entry;
use crate::store::facts::PendingFact;
use crate::store::inbox::InboxEntry;
use crate::store::leases::Lease;
use crate::store::people::{Link, LogLine};

/// Rows that are put together before they are written.
struct Pages<'h> {
    hub: &'h Hub,
    now: Instant,
    seq: u64,
    log: Vec<LogLine>,
    links: Vec<Link>,
    new: Vec<(PersonId, u64)>,
    redirects: Vec<(PersonId, PersonId, u64)>,
    audit: Vec<Entry>,
}

/// A page of work, decided and ready to be written.
pub(super) struct Work<'w> {
    /// What came from the inbox.
    pub entries: &'w [InboxEntry],
    /// What people decided.
    pub facts: &'w [PendingFact],
    /// Records that are gone.
    pub gone: &'w BTreeSet<RecordId>,
    /// Who is whom.
    pub decided: Decided,
    /// What to keep of the evidence, and what to ask.
    pub asked: Asked,
}

/// Writes a page of decisions; answers the position of the log that they reach.
pub(super) async fn write(
    hub: &Hub,
    lease: &Lease,
    Work { entries, facts, gone, mut decided, asked }: Work<'_>,
    report: &mut LinkReport,
) -> Result<u64, LinkError> {
    let now = hub.now();
    let batches: BTreeMap<RecordId, Option<BatchId>> =
        entries.iter().map(|entry| (entry.record_id, entry.batch_id)).collect();
    let mut tx = hub.store().begin().await?;
    if !tx.keep_lease(lease, prolonged(now)).await? {
        return Err(LinkError::TakenOver);
    }
    let seq = tx.log_end().await?;
    let mut pages = Pages {
        hub,
        now,
        seq,
        log: Vec::new(),
        links: Vec::new(),
        new: Vec::new(),
        redirects: Vec::new(),
        audit: Vec::new(),
    };
    let revived = history::rename(&mut tx, &mut decided).await?;
    let causes = Causes::of(facts);
    let mut people = Vec::with_capacity(decided.assignments.len());
    for assignment in &decided.assignments {
        people.push(pages.put(assignment, &decided.previous, &batches, report, &causes));
        let lives_again = assignment.person.is_some_and(|person| revived.contains(&person));
        report.split += u64::from(lives_again);
    }
    for record in gone {
        let person = decided.previous.get(record).copied();
        pages.say("removed", Some(*record), person, batches.get(record).copied().flatten());
        report.touched.extend(person);
    }
    if !facts.is_empty() {
        pages.say("decided", None, None, None);
    }
    let events = history::events(hub, now, pages.seq, &decided, &people, &causes);
    let emptied = emptied(&decided, gone);
    let removed: Vec<RecordId> = gone.iter().copied().collect();
    tx.add_people(&pages.new, now).await?;
    for person in &revived {
        tx.revive_person(*person).await?;
    }
    tx.put_links(&pages.links, now).await?;
    tx.unlink(&removed).await?;
    tx.empty_people(&emptied).await?;
    for (old, new, seq) in &pages.redirects {
        tx.redirect_person(*old, *new, *seq, now).await?;
    }
    report.reviews += asked.reviews.len() as u64;
    tx.replace_edges(&decided.touched, &asked.edges, pages.seq).await?;
    tx.replace_reviews(&decided.touched, &removed, &asked.reviews, pages.seq, now).await?;
    tx.add_person_events(&events).await?;
    tx.settle_facts(facts).await?;
    tx.add_log(&pages.log).await?;
    tx.add_audit(hub.store().keys(), &pages.audit).await?;
    tx.forget_inbox(entries).await?;
    // A large page is written for longer than the lease: whoever waited for this row finds it prolonged.
    tx.keep_lease(lease, prolonged(hub.now())).await?;
    tx.commit().await?;
    Ok(pages.seq)
}

impl Pages<'_> {
    fn say(
        &mut self,
        kind: &'static str,
        record: Option<RecordId>,
        person: Option<PersonId>,
        batch: Option<BatchId>,
    ) -> u64 {
        self.seq += 1;
        self.log.push(LogLine { seq: self.seq, kind, record, person, batch, at: self.now });
        self.seq
    }

    /// Gives a group its person: the known one, or a new one.
    fn put(
        &mut self,
        assignment: &Assignment,
        previous: &BTreeMap<RecordId, PersonId>,
        batches: &BTreeMap<RecordId, Option<BatchId>>,
        report: &mut LinkReport,
        causes: &Causes,
    ) -> PersonId {
        let person =
            assignment.person.unwrap_or_else(|| PersonId::new(self.now, self.hub.random()));
        let mut changed = false;
        for record in &assignment.records {
            let before = previous.get(record);
            let arrived = batches.get(record);
            if before == Some(&person) && arrived.is_none() {
                continue;
            }
            changed = true;
            let kind = if arrived.is_some() { "linked" } else { "moved" };
            let seq = self.say(kind, Some(*record), Some(person), arrived.copied().flatten());
            if before != Some(&person) {
                self.links.push(Link { record: *record, person, seq });
            }
        }
        if assignment.person.is_none() {
            self.new.push((person, self.seq));
        }
        for old in &assignment.redirected {
            let seq = self.say("merged", None, Some(*old), None);
            self.redirects.push((*old, person, seq));
            report.touched.push(*old);
        }
        if changed {
            report.touched.push(person);
        }
        match assignment.change {
            Change::New => report.people_new += 1,
            Change::Joined => report.joined += 1,
            Change::Merged => {
                report.merged += 1;
                self.audit(person, "merged", assignment, causes);
            }
            Change::Split => {
                report.split += u64::from(assignment.person.is_none());
                self.say("split", None, Some(person), None);
                self.audit(person, "split", assignment, causes);
            }
            Change::Shrunk | Change::Unchanged => {}
        }
        person
    }

    /// Merges and splits change what a person may claim: each is told with before and after.
    fn audit(&mut self, person: PersonId, outcome: &str, assignment: &Assignment, causes: &Causes) {
        let former: Vec<String> = assignment.redirected.iter().map(ToString::to_string).collect();
        let records: Vec<String> = assignment.records.iter().map(ToString::to_string).collect();
        self.audit.push(Entry {
            id: AuditId::new(self.now, self.hub.random()),
            at: self.now,
            action: "link".to_owned(),
            actor: "linker".to_owned(),
            scheme: None,
            subject: Some(person.to_string()),
            purpose: None,
            agreement: None,
            outcome: outcome.to_owned(),
            detail: json!({
                "former": former,
                "records": records,
                "decision": causes.of_records(&assignment.records),
            })
            .to_string(),
            personal: None,
        });
    }
}

/// People who lost every record because the records are gone.
fn emptied(decided: &Decided, gone: &BTreeSet<RecordId>) -> Vec<PersonId> {
    let mut left: BTreeMap<PersonId, bool> = BTreeMap::new();
    for (record, person) in &decided.previous {
        *left.entry(*person).or_default() |= !gone.contains(record);
    }
    left.into_iter().filter(|(_, left)| !left).map(|(person, _)| person).collect()
}
