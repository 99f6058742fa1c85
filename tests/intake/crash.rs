//! A sending that breaks off: nothing half-received counts, and a resend completes it without doubling.

use std::io::Cursor;

use bytes::Bytes;
use dankun::operations::body::Body;
use dankun::operations::intake::{IntakeError, Submission, resume};
use dankun::store::batches::BatchState;
use dankun::store::revisions::RevisionState;

use crate::cluster;
use crate::world::{World, club, lines, members, submission, with_key};

cluster::both! {
    async fn a_resend_completes_what_broke_off(place: cluster::Place) {
        let world = World::new(&place).await;
        let whole = lines(&members(0..1_800));
        let half: String = whole.lines().take(1_300).map(|line| format!("{line}\n")).collect();
        let (sender, body) = Body::channel();
        let broken = Submission { body, ..with_key("k", "") };
        let sending = async {
            sender.send(Bytes::from(half)).await;
            drop(sender);
        };
        let (refused, ()) = tokio::join!(world.try_send(broken), sending);
        assert!(matches!(refused, Err(IntakeError::BrokeOff)));
        assert_eq!((world.records().await.len(), world.inbox_length().await), (0, 0));
        let receipt = world.try_send(with_key("k", &whole)).await.unwrap();
        assert_eq!((receipt.counts.new_records, receipt.counts.received), (1_800, 1_800));
        assert_eq!(world.inbox_length().await, 1_800);

        let undisturbed = World::new(&place_like(&place).await).await;
        undisturbed.try_send(with_key("k", &whole)).await.unwrap();
        assert_eq!(world.records().await, undisturbed.records().await);
    }

    async fn a_dead_process_leaves_a_batch_that_a_resend_takes_over(place: cluster::Place) {
        let world = World::new(&place).await;
        // More than the parser reads at once.
        let whole = lines(&members(0..6_000));
        // The body never ends: the process is gone while it waits for more.
        let (sender, body) = Body::channel();
        sender.send(Bytes::from(whole.clone())).await;
        let hub = world.hub.clone();
        let stuck = tokio::spawn(async move {
            dankun::operations::intake::submit(&hub, Submission { body, ..with_key("k", "") }).await
        });
        let staged = wait_for_chunks(&world).await;
        stuck.abort();
        assert!(staged >= 500);
        let again = World::new(&place).await;
        let receipt = again.try_send(with_key("k", &whole)).await.unwrap();
        assert_eq!(receipt.counts.new_records, 6_000);
        assert_eq!((again.records().await.len(), again.inbox_length().await), (6_000, 6_000));
        sender.finish().await;
    }

    async fn a_half_released_batch_is_released_at_the_next_start(place: cluster::Place) {
        let world = World::new(&place).await;
        let receipt = world.send(&lines(&members(0..3))).await;
        let mut tx = world.hub.store().begin().await.unwrap();
        let back = tx.move_batch(receipt.batch, BatchState::Released, BatchState::Releasing, world.hub.now());
        assert!(back.await.unwrap());
        tx.commit().await.unwrap();
        world.turn_to("2026-03-02");
        resume(&world.hub).await.unwrap();
        let batch = world.hub.store().read().await.unwrap().batch(receipt.batch).await.unwrap().unwrap();
        assert_eq!(batch.state, BatchState::Released);
        assert_eq!(world.records().await.len(), 3);
    }

    async fn a_broken_sending_without_a_key_is_forgotten(place: cluster::Place) {
        let world = World::new(&place).await;
        let (sender, body) = Body::channel();
        sender.send(Bytes::from(lines(&members(0..600)))).await;
        drop(sender);
        let broken = Submission { body, ..submission("") };
        assert!(matches!(world.try_send(broken).await, Err(IntakeError::BrokeOff)));
        let mut session = world.hub.store().read().await.unwrap();
        let batches = session.batches(Some(&club()), None, 10).await.unwrap();
        assert_eq!(batches[0].state, BatchState::Abandoned);
        let staged = session.revisions_of_batch(batches[0].id, RevisionState::Staged, None, 10).await;
        assert!(staged.unwrap().is_empty());
    }

    async fn an_empty_body_is_no_harm(place: cluster::Place) {
        let world = World::new(&place).await;
        let empty = Submission { body: Body::from_reader(Cursor::new(Vec::new())), ..submission("") };
        let receipt = world.try_send(empty).await.unwrap();
        assert_eq!(receipt.counts.accepted, 0);
    }
}

async fn place_like(place: &cluster::Place) -> cluster::Place {
    if place.url.starts_with("sqlite") {
        cluster::Place::sqlite()
    } else {
        cluster::Place::postgres().await
    }
}

/// Until the first chunks are written; how many revisions they hold.
async fn wait_for_chunks(world: &World) -> usize {
    loop {
        let mut session = world.hub.store().read().await.unwrap();
        if let Some(batch) = session.batches(Some(&club()), None, 1).await.unwrap().first() {
            let staged = session.revisions_of_batch(batch.id, RevisionState::Staged, None, 10_000);
            let staged = staged.await.unwrap().len();
            if staged >= 500 {
                return staged;
            }
        }
        drop(session);
        tokio::task::yield_now().await;
    }
}
