//! Subscriptions: made, told of, ended; and what became of a message.

use std::time::Duration;

use dankun::operations::{deliver, exchange, link};
use serde_json::{Value, json};

use crate::asked::Asked;
use crate::cluster;
use crate::invented::{Invented, canam, utm};
use crate::later::{agreed, arrived, work};
use crate::message::{by_number, envelope, hand_in, judge_message, send};
use crate::receiver::Receiver;
use crate::server::expect;

/// A message of an action.
pub fn of_action(action: &str, message: Value) -> Value {
    let mut body = envelope(message);
    body["header"]["action"] = json!(action);
    body
}

/// A message with one subscription.
pub fn subscription(event: &str, filter: Value) -> Value {
    of_action(
        "subscribe",
        json!({ "transaction_id": "t1", "subscribe_request": [{
        "reference_id": format!("r-{event}"), "timestamp": "2026-01-01T00:00:00Z", "locale": "eng",
        "subscribe_criteria": { "version": "1.0.0", "reg_type": "ns:org:RegistryType:IBR", "reg_event_type": event,
            "filter_type": "idtype-value", "filter": filter, "notify_record_type": "Member" },
    }] }),
    )
}

/// A message that ends subscriptions.
pub fn unsubscription(codes: &[String]) -> Value {
    of_action(
        "unsubscribe",
        json!({
        "transaction_id": "t1", "timestamp": "2026-01-01T00:00:00Z", "subscription_codes": codes }),
    )
}

fn status(kind: &str, by: &str, value: Value) -> Value {
    of_action(
        "txn-status",
        json!({ "transaction_id": "t9", "txnstatus_request": {
        "reference_id": "r9", "txn_type": kind, "attribute_type": by, "attribute_value": value } }),
    )
}

fn with_id(mut body: Value, id: &str) -> Value {
    body["header"]["message_id"] = json!(id);
    body
}

/// Subscribes; the code, or why there is none. The message must have an id of its own.
async fn subscribe(
    asked: &Asked,
    key: &str,
    receiver: &Receiver,
    body: &Value,
) -> Result<String, String> {
    judge_message(body, "/registry/subscribe");
    let ack = hand_in(asked, "subscribe", key, body).await;
    assert_eq!(ack["ack_status"], "ACK", "{ack}");
    work(asked).await;
    let answer = last(receiver);
    judge_message(&answer, "/registry/on-subscribe");
    let one = &answer["message"]["subscribe_response"][0];
    match one["subscriptions"][0]["code"].as_str() {
        Some(code) => Ok(code.to_owned()),
        None => Err(one["status_reason_code"].as_str().unwrap().to_owned()),
    }
}

fn last(receiver: &Receiver) -> Value {
    serde_json::from_slice(&receiver.got().last().unwrap().1).unwrap()
}

/// Lets the hub see what happened, and send the notices; those of this round.
async fn notices(asked: &Asked, receiver: &Receiver) -> Vec<Value> {
    let before = receiver.got().len();
    link::link_pending(&asked.server.hub).await.unwrap();
    while exchange::follow(&asked.server.hub).await.unwrap() > 0 {}
    deliver::step(&asked.server.hub, &asked.server.client, "worker-1").await.unwrap();
    let got = receiver.got();
    let bodies =
        got[before..].iter().map(|(_, body)| serde_json::from_slice::<Value>(body).unwrap());
    bodies.collect()
}

async fn died(asked: &Asked, number: u32) {
    let event = json!({
        "event_id": format!("E{number}"), "type": "DEATH", "source": "ML-UTM", "source_record_id": Invented::new(number).utm_id(),
        "date_effet": "2026-01-01", "date_envoi": "2026-01-01", "payload": { "date_deces": "2026-01-01" } });
    let request =
        asked.server.post("/v1/events", &asked.utm).header("content-type", "application/x-ndjson");
    expect(request.body(format!("{event}\n")), 200).await;
}

cluster::both! {
    async fn what_happens_to_somebody_is_told_to_who_follows_them(place: cluster::Place) {
        let (receiver, url) = Receiver::listen(202).await;
        let asked = agreed(&place, &url).await;
        let key = asked.partner("tt-called").await;
        let one = json!({ "type": "NINA", "value": Invented::new(1).nina() });
        let code = subscribe(&asked, &key, &receiver, &with_id(subscription("spdci-common:RegistryEventType:Death", one.clone()), "a")).await.unwrap();
        subscribe(&asked, &key, &receiver, &with_id(subscription("enrollement", json!({ "type": "NINA", "value": Invented::new(7).nina() })), "b")).await.unwrap();
        assert!(notices(&asked, &receiver).await.is_empty(), "what was before is no news");
        asked.server.wait(Duration::from_secs(1));
        died(&asked, 1).await;
        died(&asked, 2).await;
        let told = notices(&asked, &receiver).await;
        let [notice] = told.as_slice() else { panic!("one notice: {told:#?}") };
        let event = &notice["message"]["notify_event"][0];
        assert_eq!(notice["header"]["action"], "notify");
        assert_eq!(notice["message"]["transaction_id"], code);
        assert_eq!(event["data"]["reg_event_type"], "death");
        assert_eq!(event["data"]["reg_records"]["demographic_info"]["death_date"], "2026-01-01");
        // Somebody of whom nobody knew is enrolled.
        asked.server.wait(Duration::from_secs(1));
        let new = Invented::new(7);
        expect(asked.server.post("/v1/schemes/ml-canam/records", &asked.canam).body(canam([&new])), 200).await;
        let told = notices(&asked, &receiver).await;
        assert_eq!(told.len(), 1);
        judge_message(&told[0], "/registry/notify");
        assert_eq!(told[0]["message"]["notify_event"][0]["data"]["reg_event_type"], "enrollement");
        assert!(notices(&asked, &receiver).await.is_empty(), "each thing is told once");
    }

    async fn who_follows_sees_no_more_than_who_asks(place: cluster::Place) {
        let (receiver, url) = Receiver::listen(202).await;
        let asked = agreed(&place, &url).await;
        let called = asked.partner("tt-called").await;
        let filter = |kind: &str, query: Value| {
            let mut body = subscription("enrollement_status_change", query);
            body["message"]["subscribe_request"][0]["subscribe_criteria"]["filter_type"] = json!(kind);
            body
        };
        let nobody = json!({ "type": "NINA", "value": Invented::new(999).nina() });
        for (id, body, expected) in [
            // Whether anybody bears the number is not told.
            ("a", filter("idtype-value", nobody.clone()), None),
            ("b", filter("idtype-value", nobody), Some("rjct.event.already_subscribed")),
            ("c", filter("expression", json!({ "surname": "Keita", "given_name": "Awa", "birth_date": "1985-06-14" })), Some("rjct.person_id.invalid")),
            ("d", filter("expression", json!({ "poverty_score": { "$lt": 5 } })), Some("rjct.person_id.invalid")),
            ("e", filter("expression", json!({ "programme_identifier": { "eq": "ml-canam" } })), Some("rjct.person_id.invalid")),
            ("f", filter("expression", json!({ "programme_identifier": { "eq": "ml-utm" } })), None),
            ("g", with_id(subscription("marriage", json!({ "type": "NINA", "value": "1" })), "x"), Some("rjct.notify_types.invalid")),
        ] {
            let made = subscribe(&asked, &called, &receiver, &with_id(body, id)).await;
            assert_eq!(made.err().as_deref(), expected, "{id}");
        }
        let mut rhythm = with_id(subscription("death", json!({ "type": "NINA", "value": "1" })), "r");
        rhythm["message"]["subscribe_request"][0]["subscribe_criteria"]["frequency"] = json!({
            "start_time": "2026-01-01T00:00:00Z", "end_time": "2027-01-01T00:00:00Z", "frequency": "0 0 0 5,15 * ? *" });
        assert_eq!(subscribe(&asked, &called, &receiver, &rhythm).await, Err("rjct.notify_details.invalid".to_owned()));
        let said = last(&receiver)["message"]["subscribe_response"][0]["status_reason_message"].clone();
        assert!(said.as_str().unwrap().len() > 20, "{said}");
        // Who cannot be reached cannot follow.
        let nowhere = asked.partner("tt-wide").await;
        let ack = hand_in(&asked, "subscribe", &nowhere, &subscription("death", json!({ "type": "NINA", "value": "1" }))).await;
        assert_eq!(ack["error"]["code"], "err.sender_uri.invalid");
        // Everybody of UTM is followed, nobody of CANAM.
        asked.server.wait(Duration::from_secs(1));
        let mut suspended = Invented::new(2);
        suspended.status = "SU";
        suspended.status_on = "31/12/2025";
        let request = asked.server.post("/v1/schemes/ml-utm/records", &asked.utm).body(utm([&suspended]));
        expect(request, 200).await;
        let told = notices(&asked, &receiver).await;
        assert_eq!(told.len(), 1, "{told:#?}");
        judge_message(&told[0], "/registry/notify");
    }

    async fn a_subscription_ends_once_and_by_its_owner(place: cluster::Place) {
        let (receiver, url) = Receiver::listen(202).await;
        let asked = agreed(&place, &url).await;
        let (key, other) = (asked.partner("tt-called").await, asked.partner("tt-lenient").await);
        let one = json!({ "type": "NINA", "value": Invented::new(1).nina() });
        let code = subscribe(&asked, &key, &receiver, &with_id(subscription("death", one), "a")).await.unwrap();
        for (id, key, code, expected) in [
            ("b", &other, &code, Some("rjct.subscription_code.invalid")),
            ("c", &key, &"s".repeat(99), Some("rjct.subscription_code.invalid")),
            ("d", &key, &code, None),
            ("e", &key, &code, Some("rjct.event.already_unsubscribed")),
        ] {
            let body = with_id(unsubscription(std::slice::from_ref(code)), id);
            judge_message(&body, "/registry/unsubscribe");
            assert_eq!(hand_in(&asked, "unsubscribe", key, &body).await["ack_status"], "ACK");
            work(&asked).await;
            let answer = last(&receiver);
            judge_message(&answer, "/registry/on-unsubscribe");
            assert_eq!(answer["message"]["status_reason_code"].as_str(), expected, "{id}");
        }
        asked.server.wait(Duration::from_secs(1));
        died(&asked, 1).await;
        assert!(notices(&asked, &receiver).await.is_empty());
    }

    async fn what_became_of_a_message_is_told_to_its_sender(place: cluster::Place) {
        let (receiver, url) = Receiver::listen(202).await;
        let asked = agreed(&place, &url).await;
        let (key, other) = (asked.partner("tt-called").await, asked.partner("tt-wide").await);
        let ack = hand_in(&asked, "search", &key, &by_number("NINA", &Invented::new(1).nina())).await;
        let correlation = ack["correlation_id"].clone();
        let ways = [("transaction_id", json!("t1")), ("reference_id_list", json!(["r1", "r2"])), ("correlation_id", correlation)];
        let told = async |key: &str, kind: &str, by: &str, value: &Value| {
            let body = status(kind, by, value.clone());
            let answer = send(&asked, "sync/txn/status", key, &body, 200, "TxnStatusResponse").await;
            judge_message(&answer, "/registry/txn/on-status");
            let all = answer["message"]["txnstatus_response"]["txn_status"]["search_response"].clone();
            assert_eq!(all.as_array().unwrap().len(), 1, "{answer:#}");
            all[0].clone()
        };
        for (by, value) in &ways {
            assert_eq!(told(&key, "search", by, value).await["status"], "pdng", "{by}");
        }
        work(&asked).await;
        for (by, value) in &ways {
            let answer = told(&key, "search", by, value).await;
            assert_eq!((&answer["reference_id"], &answer["status"]), (&json!("r1"), &json!("succ")), "{by}");
            assert_eq!(answer["data"]["reg_records"].as_array().unwrap().len(), 1);
            // Of others, and of other things, there is nothing.
            assert_eq!(told(&other, "search", by, value).await["status_reason_code"], "rjct.reference_id.invalid");
            assert_eq!(told(&key, "subscribe", by, value).await["status_reason_code"], "rjct.reference_id.invalid");
        }
        // A subscription is told of in the same form.
        let death = subscription("death", json!({ "type": "NINA", "value": Invented::new(1).nina() }));
        for (id, made) in [("s1", true), ("s2", false)] {
            asked.server.wait(Duration::from_secs(1));
            assert_eq!(subscribe(&asked, &key, &receiver, &with_id(death.clone(), id)).await.is_ok(), made);
            let answer = told(&key, "subscribe", "reference_id_list", &json!(["r-death"])).await;
            assert_eq!(answer["status"], if made { "succ" } else { "rjct" });
        }
        // Later, too.
        let before = receiver.got().len();
        let earlier = status("search", "reference_id_list", json!(["r1"]));
        let ack = hand_in(&asked, "txn/status", &key, &with_id(earlier, "later")).await;
        assert_eq!(ack["ack_status"], "ACK");
        work(&asked).await;
        assert_eq!(receiver.got().len(), before + 1);
        let answer = last(&receiver);
        judge_message(&answer, "/registry/txn/on-status");
        assert_eq!(answer["message"]["txnstatus_response"]["txn_status"]["search_response"][0]["status"], "succ");
        arrived(&asked, &receiver, "").await;
        // Some spell it as an old form of the specification does; that is mended where it was agreed.
        let sic = with_id(status("subscibe", "transaction_id", json!("t1")), "sic");
        assert_eq!(hand_in(&asked, "txn/status", &key, &sic).await["ack_status"], "ERR");
        let lenient = asked.partner("tt-lenient").await;
        let ack = hand_in(&asked, "txn/status", &lenient, &sic).await;
        assert_eq!(ack["repaired"], json!(["message.txnstatus_request.txn_type"]));
    }
}
