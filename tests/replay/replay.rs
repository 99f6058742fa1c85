//! History made again: what the preview counted happens, once, whatever interrupts it.

use std::sync::atomic::{AtomicU32, Ordering};

use dankun::model::{Caller, ReplayId};
use dankun::operations::library::DataFile;
use dankun::operations::replay::report::Counts;
use dankun::operations::replay::{
    Replay, ReplayError, ReplayState, begin, cancel, drive, replay, step,
};
use dankun::operations::versions::{self, Chosen, Named, Seen};
use dankun::store::quarantine::{Filter, QuarantineState, Quarantined};
use dankun::store::records::RecordState;

use crate::cluster;
use crate::trial::{MAPPING, bad_date, edited, man, population, strict, tried};
use crate::world::{World, child, club, lines, member};

cluster::both! {
    async fn a_replay_does_what_the_preview_counted(place: cluster::Place) {
        let world = World::new(&place).await;
        population(&world).await;
        let preview = tried(&world, &strict(), None).await;
        let inbox = world.inbox_length().await;
        let replay = replayed(&world, &strict()).await;
        assert_eq!(replay.state, ReplayState::Done);
        assert_eq!(replay.report.groups, preview.report.clone().without_values().groups);
        assert_eq!(replay.report.counts, preview.report.counts);
        let counts = replay.report.counts;
        assert_eq!(world.inbox_length().await - inbox, counts.changed + counts.newly_accepted);

        let records = world.records().await;
        assert_eq!(records.len(), 1_203);
        let suspended = |id: &str| records[id].2["coverages"][0]["status"] == "suspended";
        let (revision, state, _) = &records["H1"];
        assert_eq!((*revision, *state), (2, RecordState::Live));
        assert!(suspended("H1") && suspended("B1") && suspended("K1"));
        assert!(!suspended("F1"), "what would be refused stays in force as it is");
        let waiting = waiting(&world).await;
        assert_eq!(waiting.len(), 301, "300 refused now, and the orphan");
    }

    async fn the_version_that_made_a_record_is_kept_with_it(place: cluster::Place) {
        let world = World::new(&place).await;
        world.send(&lines(&[man("A"), member("F", "TRAORÉ")])).await;
        let replay = replayed(&world, &strict()).await;
        let mut session = world.hub.store().read().await.unwrap();
        let mut made = Vec::new();
        for record in session.record_page(None, None, 10).await.unwrap() {
            let live = session.live_revisions(&[record.id]).await.unwrap();
            made.push((record.batch_id == live[0].batch_id, live[0].made_by.clone().map(|made| made.hash)));
        }
        assert_eq!(made, [(true, Some(replay.edition.hash)), (true, None)]);
    }

    async fn a_second_replay_writes_nothing(place: cluster::Place) {
        let world = World::new(&place).await;
        population(&world).await;
        replayed(&world, &strict()).await;
        let (records, inbox) = (world.records().await, world.inbox_length().await);
        world.turn_to("2026-03-02");
        let again = replayed(&world, &strict()).await;
        let expected = Counts {
            examined: 1_504,
            unchanged: 903,
            refused_before: 300,
            still_refused: 301,
            ..Counts::default()
        };
        assert_eq!(again.report.counts, expected);
        assert!(records == world.records().await);
        assert_eq!((world.inbox_length().await, waiting(&world).await.len()), (inbox, 301));
    }

    async fn history_is_made_by_published_versions_only(place: cluster::Place) {
        let world = World::new(&place).await;
        world.send(&lines(&[man("A")])).await;
        let earlier = publish(&world, &strict()).await;
        publish(&world, MAPPING).await;
        let file = DataFile::yaml("club.yaml", strict().replace("1.0.0", "2.0.0")).unwrap();
        let by = &Caller::local_operator();
        let id = file.id();
        let seen = versions::version(&world.hub, by, &id, Named::InForce).await.unwrap().unwrap();
        let seen = Seen::Version(&seen.hash);
        let draft = versions::draft(&world.hub, by, &file, seen).await.unwrap().hash;
        let begin = |version: String| {
            let hub = &world.hub;
            async move { begin(hub, &club(), "tt-club", Some(&version), "operator:awa").await }
        };
        assert!(matches!(begin(draft).await, Err(ReplayError::Version(_))));
        let replay = drive(&world.hub, begin(earlier.clone()).await.unwrap().id, |_| {}).await.unwrap();
        assert_eq!((replay.edition.hash, replay.report.counts.changed), (earlier, 1));
    }

    async fn the_next_file_finds_everything_as_the_new_version_makes_it(place: cluster::Place) {
        let world = World::new(&place).await;
        world.send(&lines(&[man("A"), man("B")])).await;
        replayed(&world, &strict()).await;
        world.turn_to("2026-03-02");
        assert_eq!(world.send(&lines(&[man("A"), man("B")])).await.counts.unchanged, 2);
    }

    async fn a_replay_that_died_goes_on_and_comes_to_the_same_end(place: cluster::Place) {
        let world = World::new(&place).await;
        population(&world).await;
        let id = begun(&world, &strict()).await.unwrap().id;
        let first = dies_after_a_page(&world, id).await;
        assert!((1..1_204).contains(&first.report.counts.examined));
        assert!(matches!(drive(&world.hub, id, |_| {}).await, Err(ReplayError::TakenOver(_))), "the lease of the dead");
        let restarted = World::new(&place).await;
        restarted.turn_to("2026-03-02");
        step(&restarted.hub).await.unwrap();
        let ended = replay(&restarted.hub, id).await.unwrap().unwrap();
        assert_eq!(ended.state, ReplayState::Done);

        let other = cluster_like(&place).await;
        let calm = World::new(&other).await;
        population(&calm).await;
        let undisturbed = replayed(&calm, &strict()).await;
        assert_eq!(ended.report.counts, undisturbed.report.counts);
        assert!(restarted.records().await == calm.records().await);
        assert_eq!(waiting(&restarted).await.len(), waiting(&calm).await.len());
        assert_eq!(restarted.inbox_length().await, calm.inbox_length().await);
    }

    async fn a_file_that_comes_in_between_is_not_overwritten(place: cluster::Place) {
        let world = World::new(&place).await;
        population(&world).await;
        let id = begun(&world, &strict()).await.unwrap().id;
        dies_after_a_page(&world, id).await;
        // H0 was received first, so it is examined last.
        world.turn_to("2026-03-02");
        let mended = crate::world::but(man("H0"), &serde_json::json!({ "name": "COULIBALY" }));
        assert_eq!(world.send(&lines(&[mended])).await.counts.changed, 1);
        drive(&world.hub, id, |_| {}).await.unwrap();
        let (revision, _, record) = world.records().await.remove("H0").unwrap();
        assert_eq!((revision, &record["person"]["names"][0]["family"]), (2, &serde_json::json!("COULIBALY")));
    }

    async fn an_older_refused_record_does_not_replace_newer_data(place: cluster::Place) {
        let world = World::new(&place).await;
        world.send_as_of("2026-02-20", &lines(&[man("A"), man("B")])).await;
        let older = crate::world::but(bad_date("A"), &serde_json::json!({ "name": "OLD" }));
        world.send_as_of("2026-01-01", &lines(&[older, man("C")])).await;
        let preview = tried(&world, &strict(), None).await;
        assert_eq!((preview.report.counts.overtaken, preview.report.counts.newly_accepted), (1, 0));
        let replay = replayed(&world, &strict()).await;
        assert_eq!(replay.report.counts, preview.report.counts);
        assert_eq!(world.record("A").await["person"]["names"][0]["family"], "KEITA");
        assert!(waiting(&world).await.is_empty());
    }

    async fn who_refers_to_a_record_that_is_accepted_now_is_accepted_with_it(place: cluster::Place) {
        let world = World::new(&place).await;
        world.send(&lines(&[man("A"), bad_date("H"), child("K", "H"), man("B"), man("C")])).await;
        let preview = tried(&world, &strict(), None).await;
        let replay = replayed(&world, &strict()).await;
        assert_eq!(replay.report.counts, preview.report.counts);
        assert_eq!((replay.report.counts.newly_accepted, replay.report.counts.newly_refused), (1, 0));
    }

    async fn other_reasons_are_told_from_now_on(place: cluster::Place) {
        let world = World::new(&place).await;
        world.send(&lines(&[man("A"), bad_date("B")])).await;
        let layout = ("born, do: [{ date: yyyy-MM-dd }]", "born, do: [{ date: dd/MM/yyyy }]");
        let other = edited(&[layout, ("born: \"1985-06-14\"", "born: \"14/06/1985\"")]);
        let replay = replayed(&world, &other).await;
        assert_eq!((replay.report.counts.newly_refused, replay.report.counts.refused_otherwise), (1, 1));
        let kept = waiting(&world).await;
        let keys = world.hub.store().keys();
        for row in &kept {
            let kept = dankun::operations::kept::KeptRefusal::open(row, keys).unwrap();
            let expected = kept.issues[0].expected.clone();
            assert_eq!(expected, Some(dankun::model::Expected::Form("dd/MM/yyyy".into())));
        }
        assert_eq!(kept.len(), 2);
        world.turn_to("2026-03-02");
        let back = replayed(&world, MAPPING).await.report.counts;
        // What A's refusal says is what is in force all the time.
        assert_eq!((back.unchanged, back.overtaken, back.refused_otherwise), (1, 1, 1));
        assert_eq!((waiting(&world).await.len(), world.records().await["A"].0), (1, 1));
    }

    async fn only_one_replay_runs_and_it_can_be_cancelled(place: cluster::Place) {
        let world = World::new(&place).await;
        population(&world).await;
        let id = begun(&world, &strict()).await.unwrap().id;
        let busy = begin(&world.hub, &club(), "tt-club", None, "operator:awa").await.err();
        assert!(matches!(busy, Some(ReplayError::Busy { running }) if running == id));
        let partial = dies_after_a_page(&world, id).await;
        assert!(cancel(&world.hub, id, "operator:awa").await.unwrap());
        assert!(!cancel(&world.hub, id, "operator:awa").await.unwrap());
        world.turn_to("2026-03-02");
        let ended = drive(&world.hub, id, |_| {}).await.unwrap();
        assert_eq!((ended.state, ended.report), (ReplayState::Cancelled, partial.report));
        assert!(begun(&world, MAPPING).await.is_ok());
    }
}

async fn begun(world: &World, text: &str) -> Result<Replay, ReplayError> {
    publish(world, text).await;
    begin(&world.hub, &club(), "tt-club", None, "operator:awa").await
}

pub async fn replayed(world: &World, text: &str) -> Replay {
    let id = begun(world, text).await.unwrap().id;
    drive(&world.hub, id, |_| {}).await.unwrap()
}

/// Drives a replay until its first page is written, and then no further.
async fn dies_after_a_page(world: &World, id: ReplayId) -> Replay {
    let pages = AtomicU32::new(0);
    let driven = drive(&world.hub, id, |_| {
        pages.fetch_add(1, Ordering::SeqCst);
    });
    tokio::pin!(driven);
    std::future::poll_fn(|context| {
        let polled = std::future::Future::poll(driven.as_mut(), context);
        assert!(polled.is_pending(), "it came to its end");
        if pages.load(Ordering::SeqCst) > 0 {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
    replay(&world.hub, id).await.unwrap().unwrap()
}

pub async fn waiting(world: &World) -> Vec<Quarantined> {
    let filter = Filter { state: Some(QuarantineState::Open), ..Filter::default() };
    world.hub.store().read().await.unwrap().quarantine_page(&filter, None, 5_000).await.unwrap()
}

/// Puts a text in force under a `version:` of its own.
pub async fn publish(world: &World, text: &str) -> String {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    let version = format!("version: 1.0.{}", NEXT.fetch_add(1, Ordering::SeqCst));
    let text = text.replace("version: 1.0.0", &version);
    let (hub, by) = (&world.hub, &Caller::local_operator());
    let file = DataFile::yaml("club.yaml", text).unwrap();
    let in_force = versions::version(hub, by, &file.id(), Named::InForce).await.unwrap().unwrap();
    let seen = Seen::Version(&in_force.hash);
    let draft = versions::draft(hub, by, &file, seen).await.unwrap();
    let chosen = Chosen { file: file.id(), hash: draft.hash.clone() };
    versions::publish(hub, by, &[chosen], None).await.unwrap_or_else(|error| panic!("{error}"));
    draft.hash
}

pub async fn cluster_like(place: &cluster::Place) -> cluster::Place {
    if place.url.starts_with("sqlite") {
        cluster::Place::sqlite()
    } else {
        cluster::Place::postgres().await
    }
}
