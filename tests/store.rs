//! The store itself, on both databases.

#![allow(clippy::unwrap_used)]

mod cluster;

use std::str::FromStr;

use dankun::model::{BatchId, Instant, SchemeId};
use dankun::store::batches::{Batch, BatchKind, BatchState, Counts, Mode};
use dankun::store::{StoreError, statements};
use sqlx::{Connection as _, Executor as _, SqlSafeStr as _};

cluster::both! {
    async fn every_statement_prepares_on_the_migrated_database(place: cluster::Place) {
        let store = place.open().await;
        store.close().await;
        let mut broken = Vec::new();
        if place.url.starts_with("sqlite") {
            let mut connection = sqlx::SqliteConnection::connect(&place.url).await.unwrap();
            for statement in statements() {
                let text = sqlx::AssertSqlSafe(statement.sqlite()).into_sql_str();
                if let Err(error) = connection.prepare(text).await {
                    broken.push(format!("{}: {error}", statement.name()));
                }
            }
        } else {
            let mut connection = sqlx::PgConnection::connect(&place.url).await.unwrap();
            for statement in statements() {
                let text = sqlx::AssertSqlSafe(statement.postgres()).into_sql_str();
                if let Err(error) = connection.prepare(text).await {
                    broken.push(format!("{}: {error}", statement.name()));
                }
            }
        }
        assert!(broken.is_empty(), "{}", broken.join("\n"));
    }

    async fn opening_again_migrates_nothing_and_keeps_everything(place: cluster::Place) {
        let store = place.open().await;
        let mut tx = store.begin().await.unwrap();
        assert!(tx.begin_batch(&batch(1, Some("k"))).await.unwrap());
        tx.commit().await.unwrap();
        store.close().await;
        let again = place.open().await;
        let mut session = again.read().await.unwrap();
        assert!(session.batch_by_key(&scheme(), "k").await.unwrap().is_some());
    }

    async fn a_changed_migration_is_refused(place: cluster::Place) {
        place.open().await.close().await;
        tamper(&place.url, "update migrations set checksum = 'x'").await;
        let refused = dankun::store::Store::open(&place.url, place.keys()).await;
        assert!(matches!(refused.err(), Some(StoreError::ChangedMigration { version: 1 })));
    }

    async fn a_database_of_a_newer_program_is_refused(place: cluster::Place) {
        place.open().await.close().await;
        tamper(&place.url, "insert into migrations (version, name, checksum) values (9999, 'x', 'x')").await;
        let refused = dankun::store::Store::open(&place.url, place.keys()).await;
        assert!(matches!(refused.err(), Some(StoreError::NewerDatabase { found: 9999, .. })));
    }

    async fn a_dropped_transaction_leaves_no_trace(place: cluster::Place) {
        let store = place.open().await;
        let mut tx = store.begin().await.unwrap();
        tx.begin_batch(&batch(1, None)).await.unwrap();
        drop(tx);
        let mut session = store.read().await.unwrap();
        assert!(session.batch(batch(1, None).id).await.unwrap().is_none());
    }

    async fn a_batch_comes_back_as_it_was_written(place: cluster::Place) {
        let store = place.open().await;
        let mut tx = store.begin().await.unwrap();
        let mut batch = batch(1, Some("k"));
        assert!(tx.begin_batch(&batch).await.unwrap());
        assert!(!tx.begin_batch(&Batch { id: batch_id(2), ..batch.clone() }).await.unwrap());
        batch.state = BatchState::Held;
        batch.hold_reason = Some("refused".to_owned());
        batch.finished_at = Some(Instant::from_millis(99));
        batch.counts = Counts { received: 7, accepted: 4, refused: 3, ..Counts::default() };
        assert!(tx.finish_batch(&batch).await.unwrap());
        let read = tx.batch(batch.id).await.unwrap().unwrap();
        assert_eq!(format!("{read:?}"), format!("{batch:?}"));
        tx.commit().await.unwrap();
    }

    async fn a_replaced_sending_can_write_no_more(place: cluster::Place) {
        let store = place.open().await;
        let mut tx = store.begin().await.unwrap();
        let first = batch(1, Some("k"));
        tx.begin_batch(&first).await.unwrap();
        assert!(tx.touch_batch(first.id, 1, &Counts::default(), Instant::from_millis(5)).await.unwrap());
        assert!(tx.take_over_batch(&first).await.unwrap());
        assert!(!tx.touch_batch(first.id, 1, &Counts::default(), Instant::from_millis(6)).await.unwrap());
        assert!(tx.touch_batch(first.id, 2, &Counts::default(), Instant::from_millis(6)).await.unwrap());
        tx.commit().await.unwrap();
    }

    async fn batches_are_listed_newest_first_and_by_page(place: cluster::Place) {
        let store = place.open().await;
        let mut tx = store.begin().await.unwrap();
        for n in 1..=3 {
            tx.begin_batch(&batch(n, None)).await.unwrap();
        }
        tx.commit().await.unwrap();
        let mut session = store.read().await.unwrap();
        let page = session.batches(Some(&scheme()), None, 2).await.unwrap();
        assert_eq!(ids(&page), [batch_id(3), batch_id(2)]);
        let rest = session.batches(None, Some(batch_id(2)), 2).await.unwrap();
        assert_eq!(ids(&rest), [batch_id(1)]);
    }
}

#[tokio::test]
async fn an_address_of_another_kind_is_refused_without_showing_its_password() {
    let keys = dankun::store::Keys::generate();
    let refused = dankun::store::Store::open("mysql://root:secret@host/x", keys).await;
    let error = refused.err().unwrap();
    assert!(matches!(&error, StoreError::Address { scheme } if scheme == "mysql"));
    assert!(!format!("{error} {error:?}").contains("secret"));
}

fn scheme() -> SchemeId {
    SchemeId::from_str("ml-utm").unwrap()
}

fn batch_id(n: u8) -> BatchId {
    BatchId::new(Instant::from_millis(i64::from(n) * 1000), [n; 10])
}

fn ids(batches: &[Batch]) -> Vec<BatchId> {
    batches.iter().map(|batch| batch.id).collect()
}

fn batch(n: u8, key: Option<&str>) -> Batch {
    let now = Instant::from_millis(i64::from(n) * 1000);
    Batch {
        id: batch_id(n),
        scheme: scheme(),
        kind: BatchKind::Records,
        mode: Mode::Delta,
        state: BatchState::Receiving,
        idempotency_key: key.map(str::to_owned),
        body_hash: None,
        epoch: 1,
        file_name: None,
        mapping: Some("ml-utm/1".to_owned()),
        mapping_hash: None,
        data_as_of: None,
        recorded_at: now,
        received_at: now,
        finished_at: None,
        released_at: None,
        hold_reason: None,
        complete: false,
        counts: Counts::default(),
        dropped: "{}".to_owned(),
    }
}

async fn tamper(url: &str, text: &'static str) {
    if url.starts_with("sqlite") {
        let mut connection = sqlx::SqliteConnection::connect(url).await.unwrap();
        connection.execute(text).await.unwrap();
    } else {
        let mut connection = sqlx::PgConnection::connect(url).await.unwrap();
        connection.execute(text).await.unwrap();
    }
}
