//! Snapshots: what they no longer hold is closed, after a preview and under a limit.

use dankun::operations::intake::{Submission, release_held};
use dankun::store::batches::Mode;
use dankun::store::records::RecordState;
use serde_json::json;

use crate::cluster;
use crate::world::{World, but, lines, member, members, submission};

cluster::both! {
    async fn a_snapshot_closes_what_it_no_longer_holds(place: cluster::Place) {
        let world = World::new(&place).await;
        world.send(&lines(&members(0..20))).await;
        world.turn_to("2026-04-01");
        let receipt = world.snapshot(&lines(&members(0..19))).await;
        assert_eq!((receipt.state, receipt.counts.absent, receipt.counts.unchanged), ("released", 1, 19));
        let records = world.records().await;
        let (_, state, gone) = &records["M19"];
        assert_eq!(*state, RecordState::Absent);
        assert_eq!(gone["coverages"][0]["closed_on"], "2026-04-01");
        assert_eq!(gone["coverages"][0]["status"], "ended");
        assert_eq!(records["M0"].1, RecordState::Live);
    }

    async fn a_record_that_returns_is_open_again(place: cluster::Place) {
        let world = World::new(&place).await;
        world.send(&lines(&members(0..20))).await;
        world.turn_to("2026-04-01");
        world.snapshot(&lines(&members(0..19))).await;
        world.turn_to("2026-05-01");
        let receipt = world.snapshot(&lines(&members(0..20))).await;
        assert_eq!((receipt.counts.changed, receipt.counts.absent), (1, 0));
        let records = world.records().await;
        assert_eq!(records["M19"].1, RecordState::Live);
        assert_eq!(records["M19"].2["coverages"][0]["status"], "active");
        assert!(records["M19"].2["coverages"][0].get("closed_on").is_none());
    }

    async fn a_snapshot_that_lacks_too_many_is_held(place: cluster::Place) {
        let world = World::new(&place).await;
        world.send(&lines(&members(0..20))).await;
        world.turn_to("2026-04-01");
        let receipt = world.snapshot(&lines(&members(0..10))).await;
        assert_eq!((receipt.state, receipt.hold_reason.as_deref()), ("held", Some("absent")));
        assert!(world.records().await.values().all(|(_, state, _)| *state == RecordState::Live));
        release_held(&world.hub, receipt.batch, "operator:awa").await.unwrap();
        let absent = |(_, state, _): &&(i64, RecordState, serde_json::Value)| *state == RecordState::Absent;
        assert_eq!(world.records().await.values().filter(absent).count(), 10);
    }

    async fn a_preview_of_a_snapshot_counts_the_absent(place: cluster::Place) {
        let world = World::new(&place).await;
        world.send(&lines(&members(0..20))).await;
        let file = lines(&members(0..5));
        let preview = Submission { mode: Mode::Snapshot, dry_run: true, ..submission(&file) };
        let preview = world.try_send(preview).await.unwrap();
        assert_eq!((preview.counts.absent, preview.hold_reason.as_deref()), (15, Some("absent")));
    }

    async fn a_refused_record_is_not_absent(place: cluster::Place) {
        let world = World::new(&place).await;
        world.send(&lines(&members(0..3))).await;
        world.turn_to("2026-04-01");
        let bad = but(member("M2", "TRAORÉ"), &json!({ "born": "1990-02-31" }));
        let receipt = world.snapshot(&lines(&[members(0..2), vec![bad]].concat())).await;
        assert_eq!((receipt.counts.refused, receipt.counts.absent), (1, 0));
    }

    async fn an_old_snapshot_closes_nothing_newer(place: cluster::Place) {
        let world = World::new(&place).await;
        world.send_as_of("2026-02-01", &lines(&members(0..20))).await;
        let old = Submission {
            mode: Mode::Snapshot,
            data_as_of: Some("2026-01-01".parse().unwrap()),
            ..submission(&lines(&members(0..19)))
        };
        assert_eq!(world.try_send(old).await.unwrap().counts.absent, 0);
    }
}
