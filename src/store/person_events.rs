//! The history of people: every merge and split, with everybody's records before and after.

use std::collections::BTreeMap;

use super::batches::names;
use super::sql::{Bulk, Kind, Query, params, sql};
use super::{Row, Session, StoreError, Tx};
use crate::model::{DecisionId, Instant, PersonEventId, PersonId, RecordId};

/// What happened to people.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PersonEventKind {
    /// Several turned out to be one.
    Merged,
    /// One turned out to be several.
    Split,
    /// Records went from one to another, with neither of the two.
    Regrouped,
}

names!(PersonEventKind { Merged = "merged", Split = "split", Regrouped = "regrouped" });

/// Who has which records.
pub type Groups = BTreeMap<PersonId, Vec<RecordId>>;

/// One merge or split.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PersonEvent {
    /// Its id.
    pub id: PersonEventId,
    /// Position in the log at which it was complete.
    pub seq: u64,
    /// What happened.
    pub kind: PersonEventKind,
    /// When.
    pub at: Instant,
    /// The decision that led to it; none when evidence did.
    pub decision: Option<DecisionId>,
    /// The match model that was in force.
    pub model: String,
    /// Everybody whom it concerns, before.
    pub before: Groups,
    /// And after.
    pub after: Groups,
}

sql! {
    ADD: Bulk = Bulk::insert(
        "person_events",
        &[
            ("id", Kind::Bytes),
            ("seq", Kind::Integer),
            ("kind", Kind::Text),
            ("at", Kind::Integer),
            ("decision_id", Kind::Bytes),
            ("model", Kind::Text),
            ("before", Kind::Text),
            ("after", Kind::Text),
        ],
        "",
    );
    ADD_OF: Bulk = Bulk::insert(
        "person_events_of",
        &[("person_id", Kind::Bytes), ("event_id", Kind::Bytes)],
        "on conflict (person_id, event_id) do nothing",
    );
    OF_PERSON: Query = Query::same(
        "select e.id, e.seq, e.kind, e.at, e.decision_id, e.model, e.before, e.after
         from person_events_of o join person_events e on e.id = o.event_id
         where o.person_id = $1 and (e.seq < $2 or $2 is null) order by e.seq desc limit $3",
    );
}

fn read(mut row: Row) -> Result<PersonEvent, StoreError> {
    let groups = |text: String| serde_json::from_str(&text).map_err(|_| StoreError::Sealed);
    Ok(PersonEvent {
        id: row.take()?,
        seq: row.take()?,
        kind: row.take()?,
        at: row.take()?,
        decision: row.take_optional()?,
        model: row.take()?,
        before: groups(row.take()?)?,
        after: groups(row.take()?)?,
    })
}

impl Session {
    /// What happened to a person, the newest first, before a position in the log when given.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn person_events(
        &mut self,
        person: PersonId,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Vec<PersonEvent>, StoreError> {
        let rows = self.fetch(&OF_PERSON, &params![&person, before, limit]).await?;
        rows.into_iter().map(read).collect()
    }
}

impl Tx {
    /// Adds to the history of everybody concerned.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_person_events(&mut self, events: &[PersonEvent]) -> Result<(), StoreError> {
        let text = |groups: &Groups| serde_json::to_string(groups).expect("ids are plain JSON");
        let rows: Vec<_> = events
            .iter()
            .map(|event| {
                params![
                    &event.id,
                    event.seq,
                    event.kind.name(),
                    event.at,
                    event.decision.as_ref(),
                    &event.model,
                    text(&event.before),
                    text(&event.after)
                ]
            })
            .collect();
        self.insert_many(&ADD, &rows).await?;
        let of = |event: &PersonEvent| {
            let people: Vec<PersonId> =
                event.before.keys().chain(event.after.keys()).copied().collect();
            people.into_iter().map(|person| (person, event.id)).collect::<Vec<_>>()
        };
        let pairs: Vec<_> = events.iter().flat_map(of).collect();
        let rows: Vec<_> = pairs.iter().map(|(person, event)| params![person, event]).collect();
        self.insert_many(&ADD_OF, &rows).await?;
        Ok(())
    }
}
