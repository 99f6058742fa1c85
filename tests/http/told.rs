//! From a change in one scheme to a message in another scheme's own format, over HTTP all the way.

use std::time::Duration;

use dankun::delivery::signature::{Received, Secret, verify};
use dankun::operations::deliver;
use dankun::operations::link::link_pending;
use dankun::store::people::FactKind;
use serde_json::{Value, json};

use crate::cluster;
use crate::invented::{Invented, canam, utm};
use crate::receiver::Receiver;
use crate::server::{Document, Server, expect};

/// Two schemes, one of which wants to hear.
pub struct Scene {
    pub server: Server,
    pub utm: String,
    pub canam: String,
    receiver: Receiver,
    secret: Secret,
}

impl Scene {
    pub async fn new(place: &cluster::Place) -> Self {
        let server = Server::start(place).await;
        let (utm, canam) = (server.scheme_key("ml-utm").await, server.scheme_key("ml-canam").await);
        let (receiver, url) = Receiver::listen(204).await;
        let request = json!({ "scheme": "ml-canam", "url": url });
        let made = expect(server.post("/v1/subscriptions", &canam).document(&request), 201).await;
        let secret = Secret::parse(made["secret"].as_str().unwrap()).unwrap();
        Self { server, utm, canam, receiver, secret }
    }

    pub async fn send_utm(&self, people: &[Invented]) {
        let request = self.server.post("/v1/schemes/ml-utm/records", &self.utm).body(utm(people));
        expect(request, 200).await;
    }

    pub async fn send_canam(&self, people: &[Invented]) {
        let path = "/v1/schemes/ml-canam/records";
        expect(self.server.post(path, &self.canam).body(canam(people)), 200).await;
    }

    /// Links, plans and sends everything that waits; the new messages, each with a signature that holds.
    pub async fn told(&self) -> Vec<Value> {
        let hub = &self.server.hub;
        let before = self.receiver.got().len();
        link_pending(hub).await.unwrap();
        while deliver::plan_pending(hub).await.unwrap().entries > 0 {}
        while deliver::step(hub, &self.server.client, "worker").await.unwrap().done > 0 {}
        let now = hub.now().as_millis() / 1000;
        let got = self.receiver.got();
        let read = |(headers, body): &(reqwest::header::HeaderMap, bytes::Bytes)| {
            let header = |name: &str| headers[name].to_str().unwrap();
            let received = Received {
                id: header("webhook-id"),
                timestamp: header("webhook-timestamp"),
                signature: header("webhook-signature"),
            };
            verify(&self.secret, received, body, now).unwrap();
            serde_json::from_slice(body).unwrap()
        };
        self.server.wait(Duration::from_secs(60));
        got[before..].iter().map(read).collect()
    }

    pub async fn record(&self, key: &str) -> Value {
        expect(self.server.get("/v1/records", key), 200).await["items"][0].clone()
    }
}

fn kinds(messages: &[Value]) -> Vec<&str> {
    messages.iter().map(|message| message["type"].as_str().unwrap()).collect()
}

cluster::both! {
    async fn a_change_in_one_scheme_reaches_another_in_its_own_format(place: cluster::Place) {
        let scene = Scene::new(&place).await;
        let one = Invented::new(1);
        scene.send_canam(std::slice::from_ref(&one)).await;
        scene.told().await;
        scene.send_utm(&[one.clone(), Invented::new(2)]).await;
        let first = scene.told().await;
        assert_eq!(kinds(&first), ["record.changed"], "another scheme knows the person: {first:#?}");
        let moved = Invented { phone: "76123456".to_owned(), ..one.clone() };
        scene.send_utm(std::slice::from_ref(&moved)).await;
        let told = scene.told().await;
        assert_eq!(kinds(&told), ["record.changed"], "{told:#?}");
        let data = &told[0]["data"];
        let own = scene.record(&scene.canam).await;
        assert_eq!(data["person_id"], own["person_id"]);
        assert_eq!(data["your_record_id"], own["record"]["source"]["record_id"]);
        assert_eq!((&data["origin"], &data["format"]), (&json!("ml-utm"), &json!("ml-canam")));
        let record = data["record"].as_str().expect("a record in the subscriber's format");
        for part in ["<assure", "76123456", &one.given] {
            assert!(record.contains(part), "{part} is not in {record}");
        }
        scene.send_utm(&[moved]).await;
        assert_eq!(scene.told().await, Vec::<Value>::new(), "nothing changed");
    }

    async fn a_closed_coverage_and_a_death_are_told_as_such(place: cluster::Place) {
        let scene = Scene::new(&place).await;
        let (one, two) = (Invented::new(1), Invented::new(2));
        scene.send_canam(&[one.clone(), two.clone()]).await;
        scene.send_utm(&[one.clone(), two.clone()]).await;
        scene.told().await;
        let removed = Invented { status: "RD", status_on: "30/11/2025", ..one };
        scene.send_utm(&[removed]).await;
        let told = scene.told().await;
        assert_eq!(kinds(&told), ["coverage.closed"]);
        let event = json!({
            "event_id": "E1", "type": "DEATH", "source": "ML-UTM", "source_record_id": two.utm_id(),
            "date_effet": "2026-01-01", "date_envoi": "2026-01-01", "payload": { "date_deces": "2026-01-01" }
        });
        let request = scene.server.post("/v1/events", &scene.utm).body(event.to_string());
        expect(request.header("content-type", "application/x-ndjson"), 200).await;
        let told = scene.told().await;
        assert_eq!(kinds(&told), ["person.died"]);
    }

    async fn who_turns_out_to_be_two_or_one_is_told(place: cluster::Place) {
        let scene = Scene::new(&place).await;
        let one = Invented::new(1);
        scene.send_canam(std::slice::from_ref(&one)).await;
        scene.send_utm(std::slice::from_ref(&one)).await;
        scene.told().await;
        // A steward says that the two are not one person.
        say(&scene, FactKind::Different).await;
        scene.send_utm(&[Invented { phone: "76123456".to_owned(), ..one }]).await;
        let told = scene.told().await;
        assert_eq!(kinds(&told), ["person.split"], "{told:#?}");
        let own = scene.record(&scene.canam).await;
        assert_eq!(told[0]["data"]["person_id"], own["person_id"]);
    }

    async fn two_who_turn_out_to_be_one_are_told_so(place: cluster::Place) {
        let scene = Scene::new(&place).await;
        scene.send_canam(&[Invented::new(1)]).await;
        scene.send_utm(&[Invented::new(2)]).await;
        scene.told().await;
        say(&scene, FactKind::Same).await;
        scene.send_utm(&[Invented { phone: "76123456".to_owned(), ..Invented::new(2) }]).await;
        let told = scene.told().await;
        assert!(kinds(&told).contains(&"person.merged"), "{told:#?}");
        let people = [scene.record(&scene.canam).await, scene.record(&scene.utm).await];
        assert_eq!(people[0]["person_id"], people[1]["person_id"]);
    }
}

/// What a steward says of the two records.
async fn say(scene: &Scene, kind: FactKind) {
    let mut ids = Vec::new();
    for key in [&scene.utm, &scene.canam] {
        ids.push(scene.record(key).await["id"].as_str().unwrap().parse().unwrap());
    }
    let hub = &scene.server.hub;
    let mut tx = hub.store().begin().await.unwrap();
    tx.add_fact((ids[0], ids[1]), kind, "steward", "operator:test", hub.now()).await.unwrap();
    tx.commit().await.unwrap();
}
