//! Another match model, tried on everything that is stored.

use dankun::operations::link::link_pending;
use dankun::operations::what_if;
use serde_json::{Value, json};

use crate::cluster;
use crate::invented::{Invented, canam, utm};
use crate::server::{Document, Server, expect};

const WHAT_IF: &str = "/v1/identity/what-if";

/// The shipped model with other thresholds and another version.
fn model(join: &str) -> String {
    let path = format!("{}/mappings/identity.yaml", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    let lines = text.lines().map(|line| match line.trim_start() {
        kept if kept.starts_with("join:") => format!("  join: {join}"),
        // One edge may count for as much as it takes.
        kept if kept.starts_with("ceiling:") => "  ceiling: 300.0".to_owned(),
        _ => line.to_owned(),
    });
    lines.collect::<Vec<_>>().join("\n") + "\n"
}

async fn populated(place: &cluster::Place) -> (Server, String) {
    let server = Server::start(place).await;
    let people: Vec<Invented> = (1..=8).map(Invented::new).collect();
    // One of them is known to CANAM alone, whose cover is open; UTM struck another one off.
    let at_utm: Vec<Invented> = people[1..]
        .iter()
        .map(|one| match one.number {
            3 => Invented { status: "RD", status_on: "30/11/2025", ..one.clone() },
            _ => one.clone(),
        })
        .collect();
    for (scheme, file) in [("ml-utm", utm(&at_utm)), ("ml-canam", canam(&people))] {
        let key = server.scheme_key(scheme).await;
        expect(server.post(&format!("/v1/schemes/{scheme}/records"), &key).body(file), 200).await;
    }
    link_pending(&server.hub).await.unwrap();
    let key = server.admin_key().await;
    (server, key)
}

async fn tried(server: &Server, key: &str, text: &str) -> Value {
    let body = json!({ "text": text, "as_of": "2026-01-31" });
    let begun = expect(server.post(WHAT_IF, key).document(&body), 202).await;
    assert_eq!(begun["state"], "running");
    what_if::step(&server.hub).await.unwrap();
    let path = format!("{WHAT_IF}/{}", begun["id"].as_str().unwrap());
    let done = expect(server.get(&path, key), 200).await;
    assert_eq!((&done["state"], &done["done"]), (&json!("done"), &done["total"]), "{done:#}");
    done["report"].clone()
}

cluster::both! {
    async fn a_stricter_model_shows_who_would_come_apart_and_who_would_lose_cover(place: cluster::Place) {
        let (server, key) = populated(&place).await;
        let same = tried(&server, &key, &model_in_force()).await;
        assert_eq!((&same["joined"], &same["parted"]), (&json!(0), &json!(0)), "{same:#}");
        assert_eq!((&same["people_before"], &same["people_after"]), (&json!(8), &json!(8)));
        let strict = tried(&server, &key, &model("200.0")).await;
        assert_eq!((&strict["parted"], &strict["people_after"]), (&json!(7), &json!(15)), "{strict:#}");
        // Whom UTM struck off is covered by CANAM as long as the two records are one person.
        assert_eq!((&strict["flips"]["lost"], &strict["flips"]["gained"]), (&json!(1), &json!(0)), "{strict:#}");
        assert_eq!(strict["flip_examples"][0]["before"], "eligible ml-canam");
        assert_eq!(strict["parted_examples"].as_array().unwrap().len(), 7);
        // Nothing of it was written.
        let again = tried(&server, &key, &model_in_force()).await;
        assert_eq!(again["people_before"], json!(8));
    }

    async fn one_trial_runs_at_a_time_is_begun_again_after_a_crash_and_can_be_stopped(place: cluster::Place) {
        let (server, key) = populated(&place).await;
        let body = json!({ "text": model_in_force() });
        let begun = expect(server.post(WHAT_IF, &key).document(&body), 202).await;
        let busy = expect(server.post(WHAT_IF, &key).document(&body), 409).await;
        assert_eq!(busy["code"], "conflict");
        let path = format!("{WHAT_IF}/{}", begun["id"].as_str().unwrap());
        let stopped = expect(server.post(&format!("{path}/cancel"), &key), 200).await;
        assert_eq!(stopped["state"], "cancelled");
        what_if::step(&server.hub).await.unwrap();
        assert_eq!(expect(server.get(&path, &key), 200).await["state"], "cancelled");
        expect(server.post(&format!("{path}/cancel"), &key), 409).await;
        // A process that died leaves its trial running; the next one begins it again.
        let begun = expect(server.post(WHAT_IF, &key).document(&body), 202).await;
        drop(tokio::time::timeout(std::time::Duration::from_millis(1), what_if::step(&server.hub)).await);
        server.wait(std::time::Duration::from_secs(1_000));
        what_if::step(&server.hub).await.unwrap();
        let path = format!("{WHAT_IF}/{}", begun["id"].as_str().unwrap());
        assert_eq!(expect(server.get(&path, &key), 200).await["state"], "done");
        let wrong = json!({ "text": model_in_force().replace("  join:", "  jion:") });
        let refused = expect(server.post(WHAT_IF, &key).document(&wrong), 422).await;
        assert_eq!(refused["code"], "invalid_files");
    }
}

fn model_in_force() -> String {
    let path = format!("{}/mappings/identity.yaml", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path).unwrap()
}
