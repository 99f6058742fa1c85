//! What the log says while people pass through the hub: ids and counts, and nothing of theirs.

#![allow(clippy::unwrap_used)]

mod cluster;
mod invented;
#[path = "http/server.rs"]
mod server;

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use invented::{Invented, canam, utm};
use serde_json::json;
use server::{Document as _, Server, expect, read};
use tracing_subscriber::filter::LevelFilter;

/// Everything that was logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The log of this test program: one for both databases, because a process has one.
fn log() -> Log {
    static LOG: std::sync::OnceLock<Log> = std::sync::OnceLock::new();
    let start = || {
        let log = Log::default();
        let writer = log.clone();
        tracing_subscriber::fmt()
            .with_max_level(LevelFilter::DEBUG)
            .with_ansi(false)
            .with_writer(move || writer.clone())
            .init();
        log
    };
    LOG.get_or_init(start).clone()
}

cluster::both! {
    async fn nothing_of_the_people_who_pass_is_logged(place: cluster::Place) {
        let log = log();
        let server = Server::start(&place).await;
        let people: Vec<Invented> = (4_200_000..4_200_040).map(Invented::new).collect();
        let broken = Invented { status_on: "31/02/2022", ..Invented::new(4_300_000) };
        let utm_key = server.scheme_key("ml-utm").await;
        let canam_key = server.scheme_key("ml-canam").await;
        let path = "/v1/schemes/ml-utm/records?file_name=liste-secrete.csv";
        let sent = utm(people.iter().chain([&broken]));
        let receipt = expect(server.post(path, &utm_key).body(sent.clone()), 200).await;
        assert_eq!((&receipt["accepted"], &receipt["refused"]), (&json!(40), &json!(1)), "{receipt:#}");
        let canams = canam(&people);
        expect(server.post("/v1/schemes/ml-canam/records", &canam_key).body(canams), 200).await;
        dankun::operations::link::link_pending(&server.hub).await.unwrap();
        // What goes wrong is logged more eagerly than what goes well.
        let cut = sent.len() / 2;
        read(server.post("/v1/schemes/ml-canam/records", &canam_key).body(sent.clone())).await;
        read(server.post(path, &utm_key).header("content-encoding", "gzip").body(sent[..cut].to_vec())).await;
        let event = json!({
            "event_id": "E1", "type": "NAME_CHANGE", "source": "ML-UTM", "source_record_id": people[0].utm_id(),
            "date_effet": "2026-01-01", "payload": { "motif": 5, "nouveau": { "nom": people[0].family } }
        });
        read(server.post("/v1/events", &utm_key).body(event.to_string())).await;
        read(server.post("/v1/validate?scheme=ml-utm", &utm_key).body(sent.clone())).await;
        read(server.post("/v1/translate?from=ml-utm&to=fhir", &utm_key).body(sent)).await;
        let records = expect(server.get("/v1/records?limit=500", &utm_key), 200).await;
        let person = records["items"][0]["person_id"].as_str().unwrap();
        read(server.get(&format!("/v1/people/{person}?as=fhir"), &utm_key)).await;
        read(server.get("/v1/quarantine", &utm_key)).await;
        let question = json!({
            "query_id": "q-1", "purpose": "CARE_AUTHORISATION", "as_of": "2026-01-01",
            "subject": { "identifiers": [{ "type": "NINA", "value": people[0].nina() }] }
        });
        read(server.post("/v1/eligibility", &utm_key).document(&question)).await;
        let stray = format!("/v1/records/{}?name={}", people[0].nina(), people[0].family);
        read(server.get(&stray, &utm_key)).await;

        let text = String::from_utf8_lossy(&log.0.lock().unwrap()).into_owned();
        assert!(text.contains("/v1/events answered"), "the log was caught");
        for one in people.iter().chain([&broken]) {
            for secret in one.secrets() {
                let line = text.lines().find(|line| line.contains(&secret));
                assert_eq!(line, None, "`{secret}` is in the log");
            }
        }
        for secret in ["liste-secrete", &utm_key, &canam_key] {
            assert!(!text.contains(secret), "`{secret}` is in the log");
        }
    }
}
