//! Events: once, late and out of order with the same result, for the whole contract where they say so.

use dankun::operations::events::submit_events;
use dankun::operations::intake::{Receipt, Submission};
use serde_json::{Value, json};

use crate::cluster;
use crate::world::{World, child, lines, member, submission};

cluster::both! {
    async fn order_and_repetition_of_events_do_not_matter(place: cluster::Place) {
        let world = World::new(&place).await;
        world.send(&lines(&[member("A", "KEITA"), member("B", "KEITA")])).await;
        let of = |id: &str| {
            let suspended = event(&format!("{id}1"), "SUSPENSION", id, "2026-01-05", json!({ "motif": "X", "portee": "individu" }));
            let back = event(&format!("{id}2"), "REINSTATEMENT", id, "2026-02-05", json!({ "motif": "X", "portee": "individu" }));
            (suspended, back)
        };
        let (first, second) = of("A");
        send(&world, &[first, second]).await;
        let (first, second) = of("B");
        send(&world, std::slice::from_ref(&second)).await;
        let repeated = send(&world, &[first, second]).await;
        assert_eq!((repeated.counts.new_records, repeated.counts.unchanged), (1, 1));
        let (a, b) = (world.record("A").await, world.record("B").await);
        assert_eq!(a["coverages"][0]["suspensions"], b["coverages"][0]["suspensions"]);
        assert_eq!(a["coverages"][0]["suspensions"][0]["to"], "2026-02-05");
    }

    async fn a_family_event_reaches_members_that_arrive_later(place: cluster::Place) {
        let world = World::new(&place).await;
        world.send(&lines(&[member("A", "KEITA"), child("A-1", "A")])).await;
        let family = event("E1", "SUSPENSION", "A-1", "2026-01-05", json!({ "motif": "X", "portee": "famille" }));
        send(&world, &[family]).await;
        world.send(&lines(&[child("A-2", "A")])).await;
        for id in ["A", "A-1", "A-2"] {
            assert_eq!(world.record(id).await["coverages"][0]["status"], "suspended", "{id}");
        }
    }

    async fn an_event_survives_the_next_file(place: cluster::Place) {
        let world = World::new(&place).await;
        world.send(&lines(&[member("A", "KEITA")])).await;
        send(&world, &[event("E1", "DEATH", "A", "2026-01-05", json!({ "date_deces": "2026-01-05" }))]).await;
        world.send(&lines(&[member("A", "KEÏTA")])).await;
        assert_eq!(world.record("A").await["person"]["death_date"], "2026-01-05");
    }

    async fn faulty_events_wait_with_their_reasons(place: cluster::Place) {
        let world = World::new(&place).await;
        world.send(&lines(&[member("A", "KEITA")])).await;
        let receipt = send(&world, &[
            event("E1", "DEATH", "NOBODY", "2026-01-05", json!({ "date_deces": "2026-01-05" })),
            event("E2", "TELEPORTATION", "A", "2026-01-05", json!({})),
            event("E3", "ADDRESS_CHANGE", "A", "2026-01-05", json!({ "localite": 12 })),
        ]).await;
        assert_eq!((receipt.counts.received, receipt.counts.refused), (3, 3));
        let mut session = world.hub.store().read().await.unwrap();
        let mut kinds: Vec<_> = session.defects(None, None).await.unwrap().into_iter()
            .map(|kind| (kind.code.name(), kind.field.unwrap())).collect();
        kinds.sort();
        let expected = [("unknown_code", "type"), ("unknown_record", "source_record_id"), ("wrong_type", "payload")];
        assert_eq!(kinds, expected.map(|(code, field)| (code, field.to_owned())));
    }
}

fn event(id: &str, kind: &str, record: &str, on: &str, payload: Value) -> Value {
    json!({ "event_id": id, "type": kind, "source": "TT-CLUB", "source_record_id": record,
        "date_effet": on, "date_envoi": on, "payload": payload })
}

async fn send(world: &World, events: &[Value]) -> Receipt {
    let events = Submission { scheme: "events".parse().unwrap(), ..submission(&lines(events)) };
    submit_events(&world.hub, events).await.unwrap()
}
