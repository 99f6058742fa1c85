//! What a sender can rely on: no-ops, revisions, first receipts, older files, references, held files.

use dankun::operations::intake::{IntakeError, Submission, discard, release_held};
use dankun::store::batches::Counts;
use dankun::store::quarantine::{Filter, QuarantineState};
use serde_json::json;

use crate::cluster;
use crate::world::{World, but, child, club, lines, member, members, submission, with_key};

cluster::both! {
    async fn the_same_record_again_is_a_no_op(place: cluster::Place) {
        let world = World::new(&place).await;
        let first = world.send(&lines(&members(0..3))).await;
        assert_eq!((first.state, first.counts.new_records), ("released", 3));
        assert_eq!(world.inbox_length().await, 3);
        let before = world.records().await;
        let again = world.send(&lines(&members(0..3))).await;
        let same = Counts { received: 3, accepted: 3, unchanged: 3, ..Counts::default() };
        assert_eq!(again.counts, same);
        assert_eq!(world.records().await, before);
        assert_eq!(world.inbox_length().await, 3);
    }

    async fn a_changed_record_is_a_new_revision(place: cluster::Place) {
        let world = World::new(&place).await;
        world.send(&lines(&members(0..2))).await;
        let changed = world.send(&lines(&[member("M0", "DIARRA"), member("M1", "TRAORÉ")])).await;
        assert_eq!((changed.counts.changed, changed.counts.unchanged), (1, 1));
        let records = world.records().await;
        assert_eq!((records["M0"].0, records["M1"].0), (2, 1));
        assert_eq!(records["M0"].2["person"]["names"][0]["family"], "DIARRA");
    }

    async fn the_same_key_gets_the_first_receipt(place: cluster::Place) {
        let world = World::new(&place).await;
        let body = lines(&members(0..2));
        let first = world.try_send(with_key("night 1", &body)).await.unwrap();
        let again = world.try_send(with_key("night 1", &body)).await.unwrap();
        assert_eq!((again.batch, again.counts, again.replayed), (first.batch, first.counts, true));
        assert!(!first.replayed);
    }

    async fn the_same_key_with_another_body_is_refused(place: cluster::Place) {
        let world = World::new(&place).await;
        let first = world.try_send(with_key("k", &lines(&members(0..1)))).await.unwrap();
        let other = world.try_send(with_key("k", &lines(&members(0..2)))).await;
        assert!(matches!(other, Err(IntakeError::KeyReused { batch }) if batch == first.batch));
        assert_eq!(world.records().await.len(), 1);
    }

    async fn an_older_file_never_overwrites_a_newer_one(place: cluster::Place) {
        let world = World::new(&place).await;
        world.send_as_of("2026-02-01", &lines(&[member("A", "NEW")])).await;
        let late = world.send_as_of("2026-01-01", &lines(&[member("A", "OLD")])).await;
        assert_eq!((late.counts.stale, late.counts.changed), (1, 0));
        assert_eq!(world.record("A").await["person"]["names"][0]["family"], "NEW");
    }

    async fn a_file_that_confirms_a_record_makes_it_younger(place: cluster::Place) {
        let world = World::new(&place).await;
        world.send_as_of("2026-01-01", &lines(&[member("A", "ONE")])).await;
        world.send_as_of("2026-02-20", &lines(&[member("A", "ONE")])).await;
        let between = world.send_as_of("2026-02-01", &lines(&[member("A", "TWO")])).await;
        assert_eq!(between.counts.stale, 1);
    }

    async fn a_refused_record_waits_and_the_rest_is_kept(place: cluster::Place) {
        let world = World::new(&place).await;
        let bad = but(member("B", "SIDIBÉ"), &json!({ "born": "1990-02-31", "sex": "X" }));
        let receipt = world.send(&lines(&[member("A", "KEITA"), bad, member("C", "KEITA")])).await;
        assert_eq!((receipt.counts.accepted, receipt.counts.refused), (2, 1));
        let mut session = world.hub.store().read().await.unwrap();
        let waiting = session.quarantine_page(&open(), None, 10).await.unwrap();
        assert_eq!((waiting.len(), waiting[0].line), (1, 2));
        let kinds = session.defects(Some(&club()), None).await.unwrap();
        let kinds: Vec<_> = kinds.iter().map(|kind| (kind.code.name(), kind.records)).collect();
        assert_eq!(kinds, [("bad_date", 1), ("unknown_code", 1)]);
    }

    async fn what_waits_is_closed_when_its_record_is_accepted(place: cluster::Place) {
        let world = World::new(&place).await;
        let bad = but(member("B", "SIDIBÉ"), &json!({ "born": "1990-02-31" }));
        world.send(&lines(&[member("A", "KEITA"), bad.clone()])).await;
        world.send(&lines(&[bad.clone(), member("C", "KEITA")])).await;
        let mut session = world.hub.store().read().await.unwrap();
        assert_eq!(session.quarantine_page(&open(), None, 10).await.unwrap().len(), 1, "once");
        drop(session);
        world.send(&lines(&[member("B", "SIDIBÉ")])).await;
        let mut session = world.hub.store().read().await.unwrap();
        assert_eq!(session.quarantine_page(&open(), None, 10).await.unwrap().len(), 0);
    }

    async fn a_reference_is_settled_by_the_store(place: cluster::Place) {
        let world = World::new(&place).await;
        world.send(&lines(&[member("A", "KEITA")])).await;
        let receipt = world.send(&lines(&[child("A-1", "A"), child("Z-1", "Z")])).await;
        assert_eq!((receipt.counts.new_records, receipt.counts.refused), (1, 1));
        let known: Vec<String> = world.records().await.into_keys().collect();
        assert_eq!(known, ["A", "A-1"]);
        let mut session = world.hub.store().read().await.unwrap();
        let kinds = session.defects(None, None).await.unwrap();
        assert_eq!((kinds[0].code.name(), kinds[0].field.as_deref()), ("orphan_dependent", Some("head")));
    }

    async fn a_held_file_counts_only_once_it_is_released(place: cluster::Place) {
        let world = World::new(&place).await;
        let bad = |id: &str| but(member(id, "X"), &json!({ "born": "never" }));
        let file = lines(&[member("A", "KEITA"), bad("B"), bad("C")]);
        let receipt = world.send(&file).await;
        assert_eq!((receipt.state, receipt.hold_reason.as_deref()), ("held", Some("refused")));
        assert_eq!((world.records().await.len(), world.inbox_length().await), (0, 0));
        let released = release_held(&world.hub, receipt.batch, "operator:awa").await.unwrap();
        assert_eq!(released.state, "released");
        assert_eq!((world.records().await.len(), world.inbox_length().await), (1, 1));
        let again = release_held(&world.hub, receipt.batch, "operator:awa").await;
        assert!(matches!(again, Err(IntakeError::NotHeld { .. })));
    }

    async fn a_discarded_file_never_counts(place: cluster::Place) {
        let world = World::new(&place).await;
        let bad = |id: &str| but(member(id, "X"), &json!({ "born": "never" }));
        let receipt = world.send(&lines(&[member("A", "KEITA"), bad("B"), bad("C")])).await;
        assert_eq!(discard(&world.hub, receipt.batch, "operator:awa").await.unwrap().state, "discarded");
        assert_eq!(world.records().await.len(), 0);
    }

    async fn a_dry_run_tells_and_changes_nothing(place: cluster::Place) {
        let world = World::new(&place).await;
        world.send(&lines(&members(0..2))).await;
        let file = lines(&[member("M0", "DIARRA"), member("M1", "TRAORÉ"), member("N", "X"), child("O", "Z")]);
        let preview = world.try_send(Submission { dry_run: true, ..submission(&file) }).await.unwrap();
        assert_eq!(preview.state, "preview");
        let told = preview.counts;
        assert_eq!((told.changed, told.unchanged, told.new_records, told.refused), (1, 1, 1, 1));
        assert_eq!(world.records().await.len(), 2);
        assert!(world.hub.store().read().await.unwrap().batch(preview.batch).await.unwrap().is_none());
    }

    async fn an_unknown_scheme_is_told_the_known_ones(place: cluster::Place) {
        let world = World::new(&place).await;
        let other = Submission { scheme: "tt-nobody".parse().unwrap(), ..submission("") };
        let refused = world.try_send(other).await;
        assert!(matches!(refused, Err(IntakeError::UnknownScheme { .. })));
    }

    async fn a_large_file_is_received_in_many_chunks(place: cluster::Place) {
        let world = World::new(&place).await;
        let receipt = world.send(&lines(&members(0..1_700))).await;
        assert_eq!(receipt.counts.new_records, 1_700);
        assert_eq!((world.records().await.len(), world.inbox_length().await), (1_700, 1_700));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_personal_value_stands_in_the_database_file() {
    let place = cluster::Place::sqlite();
    let world = World::new(&place).await;
    let good = but(
        member("SECRETID77", "COULIBALYX"),
        &json!({ "phone": "76918273", "born": "1937-11-23" }),
    );
    let bad = but(member("SECRETID78", "BAGAYOKOX"), &json!({ "born": "1937-02-31" }));
    let named = Submission {
        file_name: Some("liste_doumbiax.ndjson".into()),
        ..submission(&lines(&[good, bad]))
    };
    let receipt = world.try_send(named).await.unwrap();
    assert_eq!((receipt.counts.accepted, receipt.counts.refused), (1, 1));
    world.hub.store().close().await;
    let folder = std::fs::read_dir(place.folder()).unwrap();
    let files = folder.map(|entry| entry.unwrap().path()).filter(|path| {
        path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("hub.db"))
    });
    for file in files {
        let bytes = std::fs::read(&file).unwrap();
        for secret in [
            "COULIBALYX",
            "BAGAYOKOX",
            "SECRETID77",
            "SECRETID78",
            "76918273",
            "1937-11-23",
            "1937-02-31",
            "doumbiax",
        ] {
            let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!found, "`{secret}` in {}", file.display());
        }
    }
}

fn open() -> Filter<'static> {
    Filter { state: Some(QuarantineState::Open), ..Filter::default() }
}
