//! A hub with a clock that the test turns, and the club's way of writing.

use std::collections::BTreeMap;
use std::fs;
use std::io::Cursor;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use dankun::model::{Instant, SchemeId};
use dankun::operations::body::Body;
use dankun::operations::intake::{IntakeError, Receipt, Submission, submit};
use dankun::operations::{Clock, Hub, HubConfig};
use dankun::store::batches::Mode;
use dankun::store::records::RecordState;
use serde_json::{Value, json};

use crate::cluster::Place;

pub struct World {
    pub hub: Hub,
    clock: Arc<AtomicI64>,
}

pub fn club() -> SchemeId {
    "tt-club".parse().unwrap()
}

impl World {
    /// Opens the hub of a place; a second one on the same place is a restart.
    pub async fn new(place: &Place) -> Self {
        let (mappings, schemas) = (place.folder().join("m"), place.folder().join("s"));
        fs::create_dir_all(&mappings).unwrap();
        fs::create_dir_all(schemas.join("tt-club")).unwrap();
        fs::write(mappings.join("club.yaml"), include_str!("club.yaml")).unwrap();
        fs::write(schemas.join("tt-club/1.json"), include_str!("club.json")).unwrap();
        let clock = Arc::new(AtomicI64::new(millis("2026-03-01")));
        let turned = Arc::clone(&clock);
        let mut config = HubConfig::new(&place.url);
        config.key_file = Some(place.key_file());
        config.mappings = Some(mappings);
        config.schemas = Some(schemas);
        config.clock = Clock::from_fn(move || Instant::from_millis(turned.load(Ordering::SeqCst)));
        Self { hub: Hub::open(config).await.unwrap(), clock }
    }

    pub fn turn_to(&self, day: &str) {
        self.clock.store(millis(day), Ordering::SeqCst);
    }

    pub async fn send(&self, text: &str) -> Receipt {
        self.try_send(submission(text)).await.unwrap()
    }

    pub async fn send_as_of(&self, day: &str, text: &str) -> Receipt {
        let submission = Submission { data_as_of: Some(day.parse().unwrap()), ..submission(text) };
        self.try_send(submission).await.unwrap()
    }

    pub async fn snapshot(&self, text: &str) -> Receipt {
        let submission = Submission { mode: Mode::Snapshot, ..submission(text) };
        self.try_send(submission).await.unwrap()
    }

    pub async fn try_send(&self, submission: Submission) -> Result<Receipt, IntakeError> {
        submit(&self.hub, submission).await
    }

    /// Every known record by its id: revision, state and effective document.
    pub async fn records(&self) -> BTreeMap<String, (i64, RecordState, Value)> {
        let mut session = self.hub.store().read().await.unwrap();
        let mut all = BTreeMap::new();
        for stored in session.record_page(None, None, 10_000).await.unwrap() {
            let record = stored.open(self.hub.store().keys()).unwrap();
            let document = serde_json::to_value(&record).unwrap();
            all.insert(record.source.record_id.clone(), (stored.revision, stored.state, document));
        }
        all
    }

    pub async fn record(&self, id: &str) -> Value {
        self.records().await.remove(id).map(|(_, _, record)| record).unwrap_or_default()
    }

    pub async fn inbox_length(&self) -> u64 {
        self.hub.store().read().await.unwrap().inbox_length().await.unwrap()
    }
}

pub fn submission(text: &str) -> Submission {
    Submission::new(club(), Body::from_reader(Cursor::new(text.to_owned().into_bytes())))
}

pub fn with_key(key: &str, text: &str) -> Submission {
    Submission { idempotency_key: Some(key.to_owned()), ..submission(text) }
}

/// A member, head of the family named like them.
pub fn member(id: &str, name: &str) -> Value {
    json!({ "id": id, "name": name, "sex": "F", "born": "1985-06-14", "family": id, "kin": "H",
        "start": "2024-01-01" })
}

pub fn child(id: &str, head: &str) -> Value {
    json!({ "id": id, "name": "KONÉ", "sex": "M", "born": "2015-01-02", "family": head, "kin": "C",
        "head": head, "start": "2024-01-01" })
}

/// `member` with some fields replaced.
pub fn but(mut member: Value, changes: &Value) -> Value {
    for (field, value) in changes.as_object().unwrap() {
        member[field] = value.clone();
    }
    member
}

pub fn lines(members: &[Value]) -> String {
    members.iter().map(|member| format!("{member}\n")).collect()
}

pub fn members(numbers: std::ops::Range<u32>) -> Vec<Value> {
    numbers.map(|number| member(&format!("M{number}"), "TRAORÉ")).collect()
}

fn millis(day: &str) -> i64 {
    Instant::start_of(day.parse().unwrap()).as_millis()
}
