//! Subscriptions: who is called when something happens to patients, at which address, and until when.

use std::time::Duration;

use dankun::operations::link::link_pending;
use dankun::operations::{deliver, exchange};
use reqwest::Method;
use serde_json::{Value, json};

use crate::asked::{Asked, utm_number};
use crate::cluster;
use crate::feed::{answered, patient, put, under};
use crate::receiver::Receiver;

/// The hub, and a partner of whom it is agreed where it is called.
async fn agreed(place: &cluster::Place, url: &str) -> Asked {
    let text = format!(
        "agreement: called
version: 1.0.0
title: {{ fr: essai, en: trial }}
basis: {{ text: {{ fr: essai, en: trial }} }}
from: 2025-01-01
grants:
  - {{ askers: [tt-called], insured: [ml-utm], purposes: [CARE_AUTHORISATION], fields: [person_id, identifiers] }}
partners:
  tt-called: {{ callbacks: ['{url}'], follows: [ml-utm] }}
"
    );
    Asked::with(place, Some(("called", &text))).await
}

fn subscription(criteria: &str, endpoint: &str) -> Value {
    json!({
        "resourceType": "Subscription", "status": "requested", "reason": "care", "criteria": criteria,
        "channel": { "type": "rest-hook", "endpoint": endpoint, "header": ["Authorization: Bearer s3cret"] },
    })
}

fn of_number(number: u32) -> String {
    let number = utm_number(number);
    let (system, value) = (number["system"].as_str().unwrap(), number["value"].as_str().unwrap());
    format!("Patient?identifier={system}|{value}")
}

/// Lets the hub work on what waits, and call whom it has to; how often it called.
async fn calls(asked: &Asked, receiver: &Receiver) -> usize {
    let before = receiver.got().len();
    while link_pending(&asked.server.hub).await.unwrap().records > 0 {}
    while exchange::follow(&asked.server.hub).await.unwrap() > 0 {}
    deliver::step(&asked.server.hub, &asked.server.client, "worker-1").await.unwrap();
    receiver.got().len() - before
}

async fn rename(asked: &Asked, number: u32, given: &str) {
    asked.server.wait(Duration::from_secs(120));
    let mut renamed = patient(number);
    renamed["name"][0]["given"] = json!([given]);
    put(asked, number, &asked.utm, &renamed).send().await.unwrap().error_for_status().unwrap();
}

cluster::both! {
    async fn whoever_follows_somebody_is_called_without_a_word(place: cluster::Place) {
        let (receiver, url) = Receiver::listen(200).await;
        let asked = agreed(&place, &url).await;
        let key = asked.partner("tt-called").await;
        let endpoint = format!("{url}/fhir");
        let made = asked.post("/Subscription", &key, &subscription(&of_number(1), &endpoint), 201).await;
        assert_eq!((&made["status"], &made["channel"]["header"]), (&json!("active"), &Value::Null));
        assert_eq!(calls(&asked, &receiver).await, 0, "nothing has happened since");
        rename(&asked, 2, "Ali").await;
        assert_eq!(calls(&asked, &receiver).await, 0, "nothing of who is followed");
        rename(&asked, 1, "Ali").await;
        assert_eq!(calls(&asked, &receiver).await, 1);
        let (headers, body) = receiver.got().pop().unwrap();
        assert_eq!((&headers["authorization"], body.len()), (&"Bearer s3cret".parse().unwrap(), 0));
        // Read and ended by who made it, and by nobody else.
        let path = format!("/Subscription/{}", made["id"].as_str().unwrap());
        assert_eq!(asked.get(&path, &key, 200).await, made);
        let other = asked.partner("tt-wide").await;
        asked.get(&path, &other, 404).await;
        let end = |key: &str| asked.server.request(Method::DELETE, &format!("/fhir/R4{path}"), key);
        answered(end(&other), 404).await;
        answered(end(&key), 204).await;
        answered(end(&key), 404).await;
        asked.get(&path, &key, 404).await;
        rename(&asked, 1, "Issa").await;
        assert_eq!(calls(&asked, &receiver).await, 0);
    }

    async fn whoever_follows_a_scheme_hears_of_a_removal_until_its_end(place: cluster::Place) {
        let (receiver, url) = Receiver::listen(503).await;
        let asked = agreed(&place, &url).await;
        let key = asked.partner("tt-called").await;
        let mut wanted = subscription("Patient?organization=ml-utm", &url);
        wanted["end"] = json!("2026-01-01T01:00:00Z");
        let made = asked.post("/Subscription", &key, &wanted, 201).await;
        asked.server.wait(Duration::from_secs(60));
        let removed = asked.server.request(Method::DELETE, &under(&utm_number(2)), &asked.utm);
        answered(removed, 204).await;
        assert_eq!(calls(&asked, &receiver).await, 1);
        asked.server.wait(Duration::from_secs(60 * 60));
        rename(&asked, 1, "Ali").await;
        // The first call is tried again; there is no second one.
        receiver.answers(200);
        assert_eq!(calls(&asked, &receiver).await, 1);
        assert_eq!(calls(&asked, &receiver).await, 0);
        let path = format!("/Subscription/{}", made["id"].as_str().unwrap());
        assert_eq!(asked.get(&path, &key, 200).await["status"], "off");
    }

    async fn nobody_is_called_where_it_was_not_agreed(place: cluster::Place) {
        let (_receiver, url) = Receiver::listen(200).await;
        let asked = agreed(&place, &url).await;
        let key = asked.partner("tt-called").await;
        let refused = [
            subscription("Patient", "https://elsewhere.example/hook"),
            subscription("Patient?organization=ml-canam", &url),
            subscription("Coverage", &url),
            subscription("Patient?_id=somebody", &url),
        ];
        for one in refused {
            let outcome = asked.post("/Subscription", &key, &one, 422).await;
            assert_eq!(outcome["resourceType"], "OperationOutcome", "{one}");
        }
        let mut with_payload = subscription("Patient", &url);
        with_payload["channel"]["payload"] = json!("application/fhir+json");
        asked.post("/Subscription", &key, &with_payload, 422).await;
        // Somebody without an agreement on addresses, and without any.
        let wide = asked.partner("tt-wide").await;
        asked.post("/Subscription", &wide, &subscription(&of_number(1), &url), 422).await;
        let stranger = asked.partner("tt-stranger").await;
        asked.post("/Subscription", &stranger, &subscription(&of_number(1), &url), 403).await;
        // A number that nobody bears is followed like any other: whether somebody does is not told.
        asked.post("/Subscription", &key, &subscription(&of_number(999), &url), 201).await;
    }
}
