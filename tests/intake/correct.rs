//! Values put right in the hub: kept at once, held against the next files, given up when the source changes them.

use dankun::model::{Issue, QuarantineId};
use dankun::operations::intake::Submission;
use dankun::operations::quarantine::{
    CorrectError, CorrectOutcome, Correction, CorrectionState, correct, corrections,
};
use dankun::store::quarantine::{Filter, QuarantineState};
use serde_json::{Value, json};

use crate::cluster;
use crate::world::{World, but, child, lines, member, submission};

cluster::both! {
    async fn a_corrected_date_is_kept_and_holds_against_the_same_file_tomorrow(place: cluster::Place) {
        let world = World::new(&place).await;
        let file = lines(&[member("A", "KEITA"), bad_date("B")]);
        world.send(&file).await;
        let id = only(&world).await;
        accepted(world_correct(&world, id, &[("born", "1990-02-28")]).await);
        assert_eq!(world.record("B").await["person"]["birth_date"], "1990-02-28");
        assert_eq!(world.inbox_length().await, 2);
        assert_eq!(state(&world, id).await, QuarantineState::Corrected);

        world.turn_to("2026-03-02");
        let again = world.send(&file).await;
        let counts = again.counts;
        assert_eq!((counts.refused, counts.unchanged, counts.corrected), (0, 2, 1));
        assert_eq!(world.record("B").await["person"]["birth_date"], "1990-02-28");
        assert_eq!(world.inbox_length().await, 2, "nothing new for the linker");
        assert_eq!(told(&world, CorrectionState::Active).await, ["B born 1990-02-31 1990-02-28"]);
    }

    async fn a_correction_lapses_when_the_source_changes_the_value(place: cluster::Place) {
        let world = World::new(&place).await;
        world.send(&lines(&[member("A", "KEITA"), bad_date("B")])).await;
        accepted(world_correct(&world, only(&world).await, &[("born", "1990-02-28")]).await);
        world.turn_to("2026-03-02");
        let mended = but(member("B", "SIDIBÉ"), &json!({ "born": "1991-02-28" }));
        let receipt = world.send(&lines(&[mended])).await;
        assert_eq!((receipt.counts.changed, receipt.counts.corrected), (1, 0));
        assert_eq!(world.record("B").await["person"]["birth_date"], "1991-02-28");
        assert_eq!(told(&world, CorrectionState::Active).await, [""; 0]);
        assert_eq!(told(&world, CorrectionState::Lapsed).await.len(), 1);
        world.turn_to("2026-03-03");
        let receipt = world.send(&lines(&[member("A", "KEITA"), bad_date("B")])).await;
        assert_eq!(receipt.counts.refused, 1, "a lapsed correction does not come back");
    }

    async fn data_older_than_a_correction_does_not_end_it(place: cluster::Place) {
        let world = World::new(&place).await;
        world.send_as_of("2026-02-20", &lines(&[member("A", "KEITA"), bad_date("B")])).await;
        accepted(world_correct(&world, only(&world).await, &[("born", "1990-02-28")]).await);
        let old = but(member("B", "SIDIBÉ"), &json!({ "born": "1990-03-01" }));
        world.send_as_of("2026-01-01", &lines(&[old])).await;
        assert_eq!(told(&world, CorrectionState::Active).await.len(), 1);
        assert_eq!(world.record("B").await["person"]["birth_date"], "1990-02-28");
    }

    async fn a_dry_run_ends_no_correction(place: cluster::Place) {
        let world = World::new(&place).await;
        world.send(&lines(&[member("A", "KEITA"), bad_date("B")])).await;
        accepted(world_correct(&world, only(&world).await, &[("born", "1990-02-28")]).await);
        let file = lines(&[member("B", "SIDIBÉ")]);
        world.try_send(Submission { dry_run: true, ..submission(&file) }).await.unwrap();
        assert_eq!(told(&world, CorrectionState::Active).await.len(), 1);
    }

    async fn a_field_that_is_missing_is_filled_until_the_source_sends_it(place: cluster::Place) {
        let world = World::new(&place).await;
        let mut lacking = member("B", "SIDIBÉ");
        lacking.as_object_mut().unwrap().remove("sex");
        let file = lines(&[member("A", "KEITA"), lacking]);
        world.send(&file).await;
        accepted(world_correct(&world, only(&world).await, &[("sex", "F")]).await);
        assert_eq!(world.record("B").await["person"]["sex"], "female");
        world.turn_to("2026-03-02");
        assert_eq!(world.send(&file).await.counts.refused, 0);
        world.turn_to("2026-03-03");
        world.send(&lines(&[but(member("B", "SIDIBÉ"), &json!({ "sex": "M" }))])).await;
        assert_eq!(world.record("B").await["person"]["sex"], "male");
        assert_eq!(told(&world, CorrectionState::Active).await, [""; 0]);
    }

    async fn a_record_that_cannot_be_read_is_replaced_whole(place: cluster::Place) {
        let world = World::new(&place).await;
        let file = format!("{}{{\"id\": \"B\", \"name\": \n", lines(&[member("A", "KEITA")]));
        assert_eq!(world.send(&file).await.counts.refused, 1);
        let id = only(&world).await;
        let raw = Correction::Raw(member("B", "SIDIBÉ").to_string());
        accepted(correct(&world.hub, "operator:awa", id, raw).await.unwrap());
        assert_eq!(world.record("B").await["person"]["names"][0]["family"], "SIDIBÉ");
        world.turn_to("2026-03-02");
        let counts = world.send(&file).await.counts;
        assert_eq!((counts.refused, counts.unchanged, counts.corrected), (0, 2, 1));
        world.turn_to("2026-03-03");
        let counts = world.send(&lines(&[member("A", "KEITA"), member("B", "KEITA")])).await.counts;
        assert_eq!((counts.changed, counts.corrected), (1, 0));
    }

    async fn a_correction_that_does_not_suffice_keeps_nothing(place: cluster::Place) {
        let world = World::new(&place).await;
        let bad = but(bad_date("B"), &json!({ "sex": "X" }));
        world.send(&lines(&[member("A", "KEITA"), bad, member("C", "KEITA")])).await;
        let id = only(&world).await;
        let issues = refused(world_correct(&world, id, &[("born", "1990-02-28")]).await);
        let fields: Vec<_> = issues.iter().map(|issue| issue.field.as_deref()).collect();
        assert_eq!(fields, [Some("sex")]);
        assert_eq!(issues[0].place.line, 2, "the line of the sender's file");
        assert_eq!(state(&world, id).await, QuarantineState::Open);
        assert_eq!(told(&world, CorrectionState::Active).await, [""; 0]);
        assert_eq!(world.record("B").await, Value::Null);
        accepted(world_correct(&world, id, &[("born", "1990-02-28"), ("sex", "M")]).await);
    }

    async fn a_reference_is_corrected_to_a_record_that_is_known(place: cluster::Place) {
        let world = World::new(&place).await;
        world.send(&lines(&[member("A", "KEITA"), child("K", "Z")])).await;
        let id = only(&world).await;
        let issues = refused(world_correct(&world, id, &[("head", "Y")]).await);
        assert_eq!(issues[0].code.name(), "orphan_dependent");
        accepted(world_correct(&world, id, &[("head", "A")]).await);
        assert_eq!(world.record("K").await["household"]["head_record_id"], "A");
    }

    async fn what_does_not_wait_is_not_corrected(place: cluster::Place) {
        let world = World::new(&place).await;
        world.send(&lines(&[member("A", "KEITA"), bad_date("B")])).await;
        let id = only(&world).await;
        accepted(world_correct(&world, id, &[("born", "1990-02-28")]).await);
        let fields = Correction::Fields(vec![("born".into(), "1990-02-27".into())]);
        let again = correct(&world.hub, "operator:awa", id, fields).await;
        assert!(matches!(again, Err(CorrectError::NotOpen(_))));
    }
}

fn bad_date(id: &str) -> Value {
    but(member(id, "SIDIBÉ"), &json!({ "born": "1990-02-31" }))
}

async fn only(world: &World) -> QuarantineId {
    let filter = Filter { state: Some(QuarantineState::Open), ..Filter::default() };
    let mut session = world.hub.store().read().await.unwrap();
    let waiting = session.quarantine_page(&filter, None, 10).await.unwrap();
    assert_eq!(waiting.len(), 1);
    waiting[0].id
}

async fn state(world: &World, id: QuarantineId) -> QuarantineState {
    world.hub.store().read().await.unwrap().quarantined(id).await.unwrap().unwrap().state
}

async fn world_correct(world: &World, id: QuarantineId, fields: &[(&str, &str)]) -> CorrectOutcome {
    let fields = fields.iter().map(|(field, value)| ((*field).into(), (*value).into())).collect();
    correct(&world.hub, "operator:awa", id, Correction::Fields(fields)).await.unwrap()
}

fn accepted(outcome: CorrectOutcome) {
    if let CorrectOutcome::StillRefused { issues } = outcome {
        panic!("still refused: {issues:?}");
    }
}

fn refused(outcome: CorrectOutcome) -> Vec<Issue> {
    match outcome {
        CorrectOutcome::StillRefused { issues } => issues,
        CorrectOutcome::Accepted { .. } => panic!("accepted"),
    }
}

async fn told(world: &World, state: CorrectionState) -> Vec<String> {
    let told = corrections(&world.hub, None, Some(state), None, 10).await.unwrap();
    told.into_iter()
        .map(|told| {
            let (id, field) = (told.record_id.unwrap_or_default(), told.field.unwrap_or_default());
            format!("{id} {field} {} {}", told.bad, told.good)
        })
        .collect()
}
