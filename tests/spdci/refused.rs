//! What cannot be answered, in the specification's own form, and never telling whether somebody exists.

use serde_json::{Value, json};

use crate::asked::Asked;
use crate::cluster;
use crate::invented::Invented;
use crate::message::{by_number, enrolled, envelope, send};
use crate::server::{Document, expect, read};

fn messages(answer: &Value) -> Vec<&str> {
    answer["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["message"].as_str().unwrap())
        .collect()
}

cluster::both! {
    async fn everything_that_is_wrong_is_told_with_its_path(place: cluster::Place) {
        let asked = Asked::new(&place).await;
        let key = asked.partner("tt-wide").await;
        for (path, value, expected) in [
            ("/header/message_ts", json!("2026-01-01T10:00:00"), "header.message_ts"),
            ("/header/message_ts", json!("yesterday"), "header.message_ts"),
            ("/header/message_ts", json!("2025-12-30T00:00:00Z"), "header.message_ts"),
            ("/header/total_count", json!("1"), "header.total_count"),
            ("/header/action", json!("subscribe"), "header.action"),
            ("/header/version", json!("9.0.0"), "header.version"),
            ("/header/is_msg_encrypted", json!(true), "header.is_msg_encrypted"),
            ("/message/transaction_id", json!("t".repeat(100)), "message.transaction_id"),
            ("/message/search_request/0/timestamp", json!("2026-01-01T10:00:00"), "search_request[0].timestamp"),
            ("/message/search_request/0/locale", json!("en"), "search_request[0].locale"),
            ("/message/search_request/0/locale", json!("ENG"), "search_request[0].locale"),
            ("/message/search_request/0/search_criteria/query_type", json!("graphql"), "search_criteria.query_type"),
            ("/message/search_request", json!([]), "message.search_request"),
        ] {
            let mut body = by_number("NINA", &Invented::new(1).nina());
            match body.pointer_mut(path) {
                Some(place) => *place = value,
                None => body["header"]["is_msg_encrypted"] = value,
            }
            let answer = send(&asked, "sync/search", &key, &body, 400, "").await;
            assert!(messages(&answer)[0].contains(expected), "{path}: {answer}");
        }
        // All at once, and in the language asked for.
        let request = asked.server.post("/spdci/registry/sync/search", &key).header("accept-language", "en");
        let answer = expect(request.document(&json!({})), 400).await;
        assert!(messages(&answer).len() > 4, "{answer}");
        let mut longest = by_number("NINA", "1");
        longest["message"]["transaction_id"] = json!("t".repeat(99));
        send(&asked, "sync/search", &key, &longest, 200, "SearchResponse").await;
    }

    async fn who_may_not_ask_is_told_so_and_nothing_else(place: cluster::Place) {
        let asked = Asked::new(&place).await;
        for number in [1, 999] {
            let body = by_number("NINA", &Invented::new(number).nina());
            let nobody = send(&asked, "sync/search", "", &body, 401, "").await;
            assert_eq!(nobody["errors"][0]["code"], "err.request.unauthorized");
            let forged = send(&asked, "sync/search", "dk_forged", &body, 401, "").await;
            assert_eq!(forged["errors"][0]["code"], "err.request.unauthorized");
            let stranger = asked.partner("xx-inconnu").await;
            let refused = send(&asked, "sync/search", &stranger, &body, 403, "").await;
            assert_eq!(refused["errors"][0]["code"], "err.request.forbidden");
            let question = enrolled(json!({ "identifier_type": "NINA", "person_identifier": Invented::new(number).nina() }));
            send(&asked, "sync/enrolled", &stranger, &question, 403, "").await;
            // The purpose is the key's, or named beside the message.
            let key = asked.partner("ci-cnam").await;
            let request = asked.server.post("/spdci/registry/sync/enrolled", &key).header("x-purpose-of-use", "MARKETING");
            expect(request.document(&question), 403).await;
        }
    }

    async fn what_is_no_message_is_a_bad_request(place: cluster::Place) {
        let asked = Asked::new(&place).await;
        let key = asked.partner("tt-wide").await;
        let path = "/spdci/registry/sync/search";
        let (status, answer) = read(asked.server.post(path, &key).body("{}")).await;
        assert_eq!(status, 415, "{answer}");
        for text in ["", "{", "[]", "null"] {
            let request = asked.server.post(path, &key).header("content-type", "application/json");
            let answer = expect(request.body(text), 400).await;
            assert!(answer["errors"][0]["code"].is_string(), "{text}: {answer}");
        }
        let one = &by_number("NINA", "1")["message"]["search_request"][0];
        let many = vec![one.clone(); 101];
        let body = envelope(json!({ "transaction_id": "t", "search_request": many }));
        send(&asked, "sync/search", &key, &body, 400, "").await;
        let programme = enrolled(json!({ "person_identifier": "1", "programme_identifier": "xx" }));
        let answer = send(&asked, "sync/enrolled", &asked.partner("ci-cnam").await, &programme, 400, "").await;
        assert!(messages(&answer)[0].contains("ml-utm"), "the known ones are told: {answer}");
        let lost = expect(asked.server.post("/spdci/registry/nowhere", &key).document(&json!({})), 404).await;
        assert_eq!(lost["errors"][0]["code"], "err.request.not_found");
    }
}
