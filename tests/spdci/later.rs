//! Searches that are answered later: taken once, acknowledged, answered where it was agreed, whatever breaks between.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use dankun::model::Caller;
use dankun::operations::{deliver, exchange, keys};
use dankun::proof::{KeySet, SigningKey};
use dankun::spdci::signature;
use serde_json::{Value, json};

use crate::asked::Asked;
use crate::cluster;
use crate::invented::Invented;
use crate::message::{by_number, hand_in, judge_message, search, send};
use crate::receiver::Receiver;
use crate::server::{Document, expect};

/// The partner's own key.
pub fn own_key() -> SigningKey {
    SigningKey::from_seed(&[5; 32])
}

/// The hub, and partners of whom it is agreed how they exchange.
pub async fn agreed(place: &cluster::Place, url: &str) -> Asked {
    let own = own_key();
    let (id, x) = (&own.public().id, URL_SAFE_NO_PAD.encode(own.public().as_bytes()));
    let grant = |asker: &str| {
        format!(
            "  - {{ askers: [{asker}], insured: [ml-utm, ml-canam], purposes: [CARE_AUTHORISATION], \
             fields: [scheme, package, rights, person_id, identifiers, demographics] }}"
        )
    };
    let askers = ["tt-called", "tt-signed", "tt-either", "tt-lenient", "tt-crvs"];
    let grants: Vec<String> = askers.iter().map(|asker| grant(asker)).collect();
    let text = format!(
        "agreement: exchanged
version: 1.0.0
title: {{ fr: essai, en: trial }}
basis: {{ text: {{ fr: essai, en: trial }} }}
from: 2025-01-01
grants:
{grants}
partners:
  tt-called: {{ callbacks: ['{url}'], sender_ids: [spmis.example.org], follows: [ml-utm] }}
  tt-signed: {{ callbacks: ['{url}'], signature: required, keys: [{{ id: '{id}', x: '{x}' }}] }}
  tt-either: {{ callbacks: ['{url}'], signature: if_present, keys: [{{ id: '{id}', x: '{x}' }}] }}
  tt-lenient: {{ callbacks: ['{url}'], reading: lenient }}
  tt-crvs: {{ callbacks: ['{url}'], deaths_of: [ml-utm] }}
",
        grants = grants.join("\n"),
    );
    Asked::with(place, Some(("exchanged", &text))).await
}

/// Lets the hub work on what waits, and send what is due.
pub async fn work(asked: &Asked) -> deliver::Step {
    while exchange::step(&asked.server.hub, "worker-1").await.unwrap() {}
    deliver::step(&asked.server.hub, &asked.server.client, "worker-1").await.unwrap()
}

/// The messages that arrived, each signed by the hub and, where a path says what it is, judged.
pub async fn arrived(asked: &Asked, receiver: &Receiver, path: &str) -> Vec<Value> {
    let published = expect(asked.server.get("/.well-known/jwks.json", ""), 200).await;
    let published = KeySet::parse(published.to_string().as_bytes()).unwrap();
    let got = receiver.got();
    let bodies = got.iter().map(|(_, body)| (body, serde_json::from_slice::<Value>(body).unwrap()));
    bodies
        .map(|(raw, message)| {
            if !path.is_empty() {
                judge_message(&message, path);
            }
            let stated = signature::stated(&message).expect("a signature");
            let id = stated.split('|').nth(1).unwrap();
            let keys = [(id.to_owned(), published.get(id).unwrap().clone())].into();
            signature::check(stated, &keys, (&message, raw), asked.server.hub.now()).unwrap();
            message
        })
        .collect()
}

fn with_id(mut body: Value, id: &str) -> Value {
    body["header"]["message_id"] = json!(id);
    body
}

cluster::both! {
    async fn a_search_is_acknowledged_and_answered_where_it_was_agreed(place: cluster::Place) {
        let (receiver, url) = Receiver::listen(202).await;
        let asked = agreed(&place, &url).await;
        let key = asked.partner("tt-called").await;
        let ack = hand_in(&asked, "search", &key, &by_number("NINA", &Invented::new(1).nina())).await;
        assert_eq!(ack["ack_status"], "ACK");
        assert!(receiver.got().is_empty(), "nothing is answered before it is worked on");
        assert_eq!(work(&asked).await.done, 1);
        let sent = arrived(&asked, &receiver, "/registry/on-search").await;
        let [answer] = sent.as_slice() else { panic!("{sent:#?}") };
        assert_eq!(answer["header"]["action"], "on-search");
        assert_eq!(answer["header"]["receiver_id"], "spmis.example.org");
        assert_eq!(answer["message"]["correlation_id"], ack["correlation_id"]);
        let at_once = send(&asked, "sync/search", &key, &by_number("NINA", &Invented::new(1).nina()), 200, "SearchResponse").await;
        let found = |message: &Value| message["search_response"][0]["data"]["reg_records"].clone();
        assert_eq!(found(&answer["message"]), found(&at_once["message"]), "as if it had been asked at once");
        assert_eq!(found(&answer["message"]).as_array().unwrap().len(), 1);
    }

    async fn the_same_message_is_taken_once_and_one_of_another_day_never(place: cluster::Place) {
        let (receiver, url) = Receiver::listen(202).await;
        let asked = agreed(&place, &url).await;
        let key = asked.partner("tt-called").await;
        let body = by_number("NINA", &Invented::new(1).nina());
        assert_eq!(hand_in(&asked, "search", &key, &body).await["ack_status"], "ACK");
        let again = hand_in(&asked, "search", &key, &body).await;
        assert_eq!(again["ack_status"], "ERR");
        assert!(again["error"]["message"].as_str().unwrap().contains("header.message_id"), "{again}");
        // Of somebody else it is another message.
        let other = asked.partner("tt-lenient").await;
        assert_eq!(hand_in(&asked, "search", &other, &body).await["ack_status"], "ACK");
        work(&asked).await;
        assert_eq!(receiver.got().len(), 2);
        // As long as its date is good it is remembered, also when it was answered.
        asked.server.wait(Duration::from_secs(23 * 60 * 60));
        assert!(!exchange::step(&asked.server.hub, "worker-1").await.unwrap());
        assert_eq!(hand_in(&asked, "search", &key, &body).await["ack_status"], "ERR");
        for (moment, path) in [("2025-12-30T00:00:00Z", "header.message_ts"), ("2026-01-09T00:00:00Z", "header.message_ts")] {
            let mut stale = with_id(body.clone(), moment);
            stale["header"]["message_ts"] = json!(moment);
            let ack = hand_in(&asked, "search", &key, &stale).await;
            assert_eq!(ack["error"]["code"], "err.request.bad");
            assert!(ack["error"]["message"].as_str().unwrap().contains(path), "{ack}");
        }
    }

    async fn the_hub_sends_only_to_addresses_that_were_agreed(place: cluster::Place) {
        let (receiver, url) = Receiver::listen(202).await;
        let asked = agreed(&place, &url).await;
        let key = asked.partner("tt-called").await;
        let mut body = by_number("NINA", &Invented::new(1).nina());
        for (at, evil) in ["http://127.0.0.1:1/hub", "http://169.254.169.254/latest", "https://evil.example/", &format!("{url}/../admin"), &format!("{url}x")].iter().enumerate() {
            body["header"]["sender_uri"] = json!(evil);
            let ack = hand_in(&asked, "search", &key, &with_id(body.clone(), &at.to_string())).await;
            assert_eq!(ack["error"]["code"], "err.sender_uri.invalid", "{evil}: {ack}");
        }
        body["header"]["sender_uri"] = json!(format!("{url}/mine/on-search"));
        assert_eq!(hand_in(&asked, "search", &key, &body).await["ack_status"], "ACK");
        // Who has no address is told that nothing comes.
        let nowhere = asked.partner("tt-wide").await;
        body["header"].as_object_mut().unwrap().remove("sender_uri");
        assert_eq!(hand_in(&asked, "search", &nowhere, &body).await["ack_status"], "NACK");
        let mut named = with_id(body.clone(), "n");
        named["header"]["sender_uri"] = json!(url);
        assert_eq!(hand_in(&asked, "search", &nowhere, &named).await["error"]["code"], "err.sender_uri.invalid");
        // Nor does anybody speak in another's name.
        let mut posing = with_id(body, "p");
        posing["header"]["sender_id"] = json!("somebody.example.org");
        assert_eq!(hand_in(&asked, "search", &key, &posing).await["error"]["code"], "err.sender_id.invalid");
        work(&asked).await;
        assert_eq!(receiver.got().len(), 1);
    }

    async fn a_crash_or_a_dead_line_loses_nothing(place: cluster::Place) {
        let (receiver, url) = Receiver::listen(503).await;
        let asked = agreed(&place, &url).await;
        let hub = &asked.server.hub;
        let key = asked.partner("tt-called").await;
        hand_in(&asked, "search", &key, &by_number("NINA", &Invented::new(1).nina())).await;
        // A worker takes it and dies.
        let now = hub.now();
        let mut tx = hub.store().begin().await.unwrap();
        let taken = tx.lease_exchange(hub.store().keys(), "dead", now, now.plus_millis(60_000)).await.unwrap();
        assert!(taken.is_some());
        tx.commit().await.unwrap();
        assert_eq!(work(&asked).await, deliver::Step::default(), "it is held");
        asked.server.wait(Duration::from_secs(61));
        assert_eq!(work(&asked).await.retried, 1, "the line is dead");
        receiver.answers(200);
        asked.server.wait(Duration::from_secs(6));
        assert_eq!(work(&asked).await.done, 1);
        let sent = arrived(&asked, &receiver, "/registry/on-search").await;
        assert_eq!(sent.len(), 2);
        assert_eq!(sent[0]["header"]["message_id"], sent[1]["header"]["message_id"]);
        assert_ne!(sent[0]["header"]["message_ts"], sent[1]["header"]["message_ts"], "signed anew, with the date of now");
        let listed = expect(asked.server.get("/v1/deliveries", &asked.server.admin_key().await), 200).await;
        assert_eq!(listed["items"][0]["state"], "done");
        assert_eq!(listed["items"][0]["kind"], "spdci.message");
    }

    async fn a_key_that_was_withdrawn_meanwhile_is_answered_nothing(place: cluster::Place) {
        let (receiver, url) = Receiver::listen(200).await;
        let asked = agreed(&place, &url).await;
        let key = asked.partner("tt-called").await;
        hand_in(&asked, "search", &key, &by_number("NINA", &Invented::new(1).nina())).await;
        let all = keys::list(&asked.server.hub).await.unwrap();
        let id = all.iter().find(|row| row.holder.id() == "tt-called").unwrap().id;
        keys::revoke(&asked.server.hub, &Caller::local_operator(), id).await.unwrap();
        work(&asked).await;
        let sent = arrived(&asked, &receiver, "/registry/on-search").await;
        assert_eq!(sent[0]["header"]["status"], "rjct");
        assert_eq!(sent[0]["message"]["search_response"], json!([]));
    }

    async fn what_is_wrong_with_a_message_is_told_in_its_acknowledgement(place: cluster::Place) {
        let (_, url) = Receiver::listen(200).await;
        let asked = agreed(&place, &url).await;
        let key = asked.partner("tt-called").await;
        for (path, value, code) in [
            ("/header/version", json!("9.0.0"), "err.version.not_supported"),
            ("/header/action", json!("on-search"), "err.request.bad"),
            ("/message/transaction_id", json!("t".repeat(100)), "err.request.bad"),
            ("/message/search_request/0/search_criteria/pagination/page_size", json!(0), "err.request.bad"),
        ] {
            let mut body = by_number("NINA", "1");
            *body.pointer_mut(path).unwrap() = value;
            let ack = hand_in(&asked, "search", &key, &body).await;
            assert_eq!((&ack["ack_status"], &ack["error"]["code"]), (&json!("ERR"), &json!(code)), "{path}: {ack}");
            let said = ack["error"]["message"].as_str().unwrap();
            assert!(said.contains(path.rsplit('/').next().unwrap()), "{said}");
        }
        // Who may not ask at all hears so at once, as everywhere.
        let stranger = asked.partner("xx-inconnu").await;
        send(&asked, "search", &stranger, &by_number("NINA", "1"), 403, "").await;
        send(&asked, "search", "", &by_number("NINA", "1"), 401, "").await;
    }

    async fn a_message_is_signed_as_agreed(place: cluster::Place) {
        let (_, url) = Receiver::listen(200).await;
        let asked = agreed(&place, &url).await;
        let (must, may) = (asked.partner("tt-signed").await, asked.partner("tt-either").await);
        let body = |id: &str| with_id(by_number("NINA", &Invented::new(1).nina()), id);
        let signed = |id: &str| {
            let mut body = body(id);
            signature::sign(&own_key(), &mut body, asked.server.hub.now());
            body
        };
        let codes = |ack: &Value| ack["error"]["code"].as_str().unwrap_or("-").to_owned();
        for (key, unsigned) in [(&must, "err.signature.missing"), (&may, "-")] {
            assert_eq!(codes(&hand_in(&asked, "search", key, &body("a")).await), unsigned);
            assert_eq!(codes(&hand_in(&asked, "search", key, &signed("b")).await), "-");
            let mut forged = signed("c");
            forged["message"]["transaction_id"] = json!("another");
            assert_eq!(codes(&hand_in(&asked, "search", key, &forged).await), "err.signature.invalid");
            let mut nonsense = body("d");
            nonsense["signature"] = json!("invalid-signature");
            assert_eq!(codes(&hand_in(&asked, "search", key, &nonsense).await), "err.signature.invalid");
            // Signed for somebody else.
            let mut elsewhere = body("e");
            elsewhere["header"]["receiver_id"] = json!("another-hub");
            signature::sign(&own_key(), &mut elsewhere, asked.server.hub.now());
            assert_eq!(codes(&hand_in(&asked, "search", key, &elsewhere).await), "err.receiver_id.invalid");
            // Signed by a key that is not agreed.
            let mut other = body("f");
            signature::sign(&SigningKey::from_seed(&[6; 32]), &mut other, asked.server.hub.now());
            assert_eq!(codes(&hand_in(&asked, "search", key, &other).await), "err.signature.invalid");
        }
        // What is forged is written down, without what it said.
        let hub = &asked.server.hub;
        let mut session = hub.store().read().await.unwrap();
        let entries = session.audit(hub.store().keys(), Some("tt-signed"), None, 50).await.unwrap();
        let forged = entries.iter().filter(|entry| entry.detail.contains("bad_signature"));
        assert_eq!(forged.count(), 3);
        drop(session);
        // At once, too; and the answer is signed.
        let refused = send(&asked, "sync/search", &must, &body("g"), 400, "").await;
        assert_eq!(refused["errors"][0]["code"], "err.signature.missing");
        let answer = send(&asked, "sync/search", &must, &signed("h"), 200, "SearchResponse").await;
        assert!(signature::stated(&answer).is_some());
    }

    async fn the_faults_of_a_partner_are_mended_where_it_was_agreed_and_named(place: cluster::Place) {
        let (receiver, url) = Receiver::listen(200).await;
        let asked = agreed(&place, &url).await;
        let (strict, lenient) = (asked.partner("tt-called").await, asked.partner("tt-lenient").await);
        let who = Invented::new(1);
        let birth: Vec<String> = who.birth().split('/').rev().map(str::to_owned).collect();
        let mut body = search("sync", json!({ "surname": who.family, "given_name": who.given,
            "birth_date": { "eq": format!("{}T00:00:00", birth.join("-")) }, "sex": "M" }));
        body["message"]["search_request"][0]["timestamp"] = json!("2026-01-01T10:00:00");
        body["message"]["search_request"][0]["locale"] = json!("en");
        assert_eq!(hand_in(&asked, "search", &strict, &body).await["ack_status"], "ERR");
        let ack = hand_in(&asked, "search", &lenient, &body).await;
        assert_eq!(ack["ack_status"], "ACK", "{ack}");
        let one = "message.search_request[0]";
        let mut expected = [".locale", ".search_criteria.query.birth_date", ".search_criteria.query_type", ".timestamp"].map(|path| format!("{one}{path}"));
        expected.sort();
        let mut repaired: Vec<String> = serde_json::from_value(ack["repaired"].clone()).unwrap();
        repaired.sort();
        assert_eq!(repaired, expected);
        work(&asked).await;
        let sent = arrived(&asked, &receiver, "/registry/on-search").await;
        assert_eq!(sent[0]["message"]["search_response"][0]["pagination"]["total_count"], 1, "{:#}", sent[0]);
        let answer = send(&asked, "sync/search", &lenient, &body, 200, "SearchResponse").await;
        assert_eq!(answer["header"]["meta"]["repaired"].as_array().unwrap().len(), 4);
        let request = asked.server.post("/spdci/registry/sync/search", &strict).document(&body);
        expect(request, 400).await;
    }
}
