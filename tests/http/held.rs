//! Sendings that do not count at once: held for a person, or not yet linked.

use dankun::operations::link::link_pending;
use serde_json::{Value, json};

use crate::cluster;
use crate::invented::{Invented, utm};
use crate::server::{Server, expect};

const RECORDS: &str = "/v1/schemes/ml-utm/records";

fn people(count: u32) -> Vec<Invented> {
    (0..count).map(Invented::new).collect()
}

/// How many records a snapshot no longer holds.
async fn absent(server: &Server, key: &str) -> usize {
    let listed = expect(server.get("/v1/records?limit=500", key), 200).await;
    let items = listed["items"].as_array().unwrap();
    items.iter().filter(|item| !item["absent_since"].is_null()).count()
}

/// Ten people, then a snapshot that has only two of them.
async fn half_a_file(server: &Server, key: &str) -> Value {
    expect(server.post(RECORDS, key).body(utm(&people(10))), 200).await;
    server.wait(std::time::Duration::from_secs(86_400));
    let path = format!("{RECORDS}?mode=snapshot");
    let held = expect(server.post(&path, key).body(utm(&people(2))), 202).await;
    assert_eq!(
        (&held["state"], &held["hold_reason"]),
        (&json!("held"), &json!("absent")),
        "{held:#}"
    );
    assert_eq!(absent(server, key).await, 0);
    held
}

cluster::both! {
    async fn a_held_snapshot_counts_when_its_scheme_releases_it(place: cluster::Place) {
        let server = Server::start(&place).await;
        let key = server.scheme_key("ml-utm").await;
        let held = half_a_file(&server, &key).await;
        let path = format!("/v1/batches/{}/release", held["batch"].as_str().unwrap());
        let other = server.scheme_key("ml-canam").await;
        expect(server.post(&path, &other), 404).await;
        let released = expect(server.post(&path, &key), 200).await;
        assert_eq!(released["state"], "released");
        assert_eq!(absent(&server, &key).await, 8);
        expect(server.post(&path, &key), 409).await;
    }

    async fn a_held_snapshot_can_be_discarded(place: cluster::Place) {
        let server = Server::start(&place).await;
        let key = server.scheme_key("ml-utm").await;
        let held = half_a_file(&server, &key).await;
        let path = format!("/v1/batches/{}", held["batch"].as_str().unwrap());
        let discarded = expect(server.post(&format!("{path}/release?discard=true"), &key), 200).await;
        assert_eq!(discarded["state"], "discarded");
        assert_eq!(expect(server.get(&path, &key), 200).await["state"], "discarded");
        assert_eq!(absent(&server, &key).await, 0);
    }

    async fn who_waits_for_links_is_answered_when_they_are_there(place: cluster::Place) {
        let server = Server::start(&place).await;
        let key = server.scheme_key("ml-utm").await;
        let path = format!("{RECORDS}?wait=linked");
        let request = server.post(&path, &key).body(utm(&people(3)));
        let waiting = tokio::spawn(async move { expect(request, 200).await });
        while server.hub.store().read().await.unwrap().inbox(10).await.unwrap().len() < 3 {
            tokio::task::yield_now().await;
        }
        assert!(!waiting.is_finished(), "nobody has linked anything yet");
        link_pending(&server.hub).await.unwrap();
        assert_eq!(waiting.await.unwrap()["new"], 3);
        let listed = expect(server.get("/v1/records", &key), 200).await;
        let items = listed["items"].as_array().unwrap();
        assert!(items.iter().all(|item| item["person_id"].is_string()));
    }
}
