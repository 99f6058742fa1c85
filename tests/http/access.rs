//! Who may do what.

use dankun::model::{Holder, Scope};
use reqwest::Method;
use serde_json::json;

use crate::cluster;
use crate::server::{Document, Server, expect, read};

/// Every address that takes a key, and the right that it asks for.
const GUARDED: &[(&str, &str, Option<Scope>)] = &[
    ("GET", "/v1/subscriptions", Some(Scope::DeliveriesManage)),
    ("POST", "/v1/subscriptions", Some(Scope::DeliveriesManage)),
    (
        "DELETE",
        "/v1/subscriptions/sub_0192f0c100007000800000000000000a",
        Some(Scope::DeliveriesManage),
    ),
    ("GET", "/v1/deliveries", Some(Scope::DeliveriesManage)),
    (
        "POST",
        "/v1/deliveries/del_0192f0c100007000800000000000000a/retry",
        Some(Scope::DeliveriesManage),
    ),
    ("POST", "/v1/eligibility", Some(Scope::EligibilityAsk)),
    ("GET", "/v1/indicators", Some(Scope::IndicatorsRead)),
    ("GET", "/v1/schemes", None),
    ("GET", "/v1/keys", Some(Scope::Admin)),
    ("POST", "/v1/keys", Some(Scope::Admin)),
    ("DELETE", "/v1/keys/key_0192f0c100007000800000000000000a", Some(Scope::Admin)),
];

/// A body that each address reads, so that rights are what decides.
fn body(path: &str) -> serde_json::Value {
    match path {
        "/v1/subscriptions" => json!({ "scheme": "ml-utm", "url": "https://utm.example/hub" }),
        "/v1/keys" => {
            json!({ "title": "t", "holder_kind": "scheme", "holder": "ml-utm", "scopes": [] })
        }
        "/v1/eligibility" => json!({
            "purpose": "CARE_AUTHORISATION", "as_of": "2026-01-01", "subject": { "identifiers": [] }
        }),
        _ => json!({}),
    }
}

cluster::both! {
    async fn nobody_gets_in_without_a_key_or_with_a_wrong_one(place: cluster::Place) {
        let server = Server::start(&place).await;
        for (method, path, _) in GUARDED {
            let method: Method = method.parse().unwrap();
            let wrong = format!("dk_{}", "A".repeat(43));
            for key in ["", "dk_short", &wrong] {
                let request = server.request(method.clone(), path, key).document(&body(path));
                let problem = expect(request, 401).await;
                assert_eq!(problem["code"], "unauthenticated", "{method} {path}");
            }
        }
    }

    async fn a_right_that_nobody_gave_is_denied(place: cluster::Place) {
        let server = Server::start(&place).await;
        let holder = Holder::Scheme("ml-utm".parse().unwrap());
        for (method, path, needed) in GUARDED {
            let Some(needed) = needed else { continue };
            let method: Method = method.parse().unwrap();
            let others: Vec<Scope> = Scope::ALL
                .iter()
                .copied()
                .filter(|scope| scope != needed && *scope != Scope::Admin)
                .collect();
            let key = server.key(holder.clone(), &others).await;
            let request = server.request(method.clone(), path, &key).document(&body(path));
            let problem = expect(request, 403).await;
            assert_eq!(problem["code"], "not_permitted", "{method} {path}");
            let key = server.key(holder.clone(), &[*needed]).await;
            let (status, answer) =
                read(server.request(method.clone(), path, &key).document(&body(path))).await;
            assert_ne!(answer["code"], "not_permitted", "{method} {path}: {status}");
        }
    }

    async fn a_withdrawn_key_opens_nothing_from_then_on(place: cluster::Place) {
        let server = Server::start(&place).await;
        let admin = server.admin_key().await;
        let request = json!({
            "title": "UTM, nightly", "holder_kind": "scheme", "holder": "ml-utm",
            "scopes": ["records:write"], "valid_days": 1
        });
        let created = expect(server.post("/v1/keys", &admin).document(&request), 201).await;
        let secret = created["secret"].as_str().unwrap();
        assert!(secret.starts_with("dk_"));
        expect(server.get("/v1/schemes", secret), 200).await;
        let listed = expect(server.get("/v1/keys", &admin), 200).await;
        assert!(!listed.to_string().contains(secret), "a secret is shown once");
        let path = format!("/v1/keys/{}", created["id"].as_str().unwrap());
        expect(server.request(Method::DELETE, &path, &admin), 204).await;
        let problem = expect(server.get("/v1/schemes", secret), 401).await;
        assert_eq!(problem["code"], "key_expired");
        expect(server.request(Method::DELETE, &path, &admin), 404).await;
    }

    async fn a_key_ends_by_itself(place: cluster::Place) {
        let server = Server::start(&place).await;
        let key = server.scheme_key("ml-utm").await;
        expect(server.get("/v1/schemes", &key), 200).await;
        server.wait(std::time::Duration::from_secs(30 * 24 * 60 * 60));
        let problem = expect(server.get("/v1/schemes", &key), 401).await;
        assert_eq!(problem["code"], "key_expired");
    }

    async fn a_scheme_subscribes_for_itself_only(place: cluster::Place) {
        let server = Server::start(&place).await;
        let utm = server.scheme_key("ml-utm").await;
        let request = json!({ "scheme": "ml-canam", "url": "https://utm.example/hub" });
        expect(server.post("/v1/subscriptions", &utm).document(&request), 403).await;
        let request = json!({ "scheme": "ml-utm", "url": "https://utm.example/hub" });
        let made = expect(server.post("/v1/subscriptions", &utm).document(&request), 201).await;
        let canam = server.scheme_key("ml-canam").await;
        let path = format!("/v1/subscriptions/{}", made["id"].as_str().unwrap());
        expect(server.request(Method::DELETE, &path, &canam), 404).await;
        assert_eq!(expect(server.get("/v1/subscriptions", &canam), 200).await, json!([]));
        expect(server.request(Method::DELETE, &path, &utm), 204).await;
    }

    async fn problems_speak_the_callers_language_and_name_what_is_known(place: cluster::Place) {
        let server = Server::start(&place).await;
        let admin = server.admin_key().await;
        let request = json!({ "scheme": "ml-nowhere", "url": "https://utm.example/hub" });
        let ask = |language: &str| {
            server.post("/v1/subscriptions", &admin).document(&request).header("accept-language", language)
        };
        let french = expect(ask("fr-ML"), 404).await;
        let english = expect(ask("en"), 404).await;
        assert_eq!(french["code"], "unknown_scheme");
        assert_eq!(french["code"], english["code"]);
        assert_ne!(french["title"], english["title"]);
        assert!(english["detail"].as_str().unwrap().contains("ml-nowhere"));
        assert!(english["known"].as_array().unwrap().contains(&json!("ml-utm")));
        let response = ask("en").send().await.unwrap();
        assert_eq!(response.headers()["content-type"], "application/problem+json");
        assert_eq!(response.headers()["content-language"], "en");
        assert_eq!(response.headers()["x-content-type-options"], "nosniff");
    }

    async fn what_is_not_there_is_a_problem_too(place: cluster::Place) {
        let server = Server::start(&place).await;
        let problem = expect(server.get("/v1/nothing", ""), 404).await;
        assert_eq!(problem["code"], "not_found");
        let response = server.request(Method::PUT, "/v1/keys", "").send().await.unwrap();
        assert_eq!(response.status(), 405);
        assert!(response.headers()["allow"].to_str().unwrap().contains("GET"));
        let problem: serde_json::Value = serde_json::from_slice(&response.bytes().await.unwrap()).unwrap();
        assert_eq!(problem["code"], "method_not_allowed");
        assert!(problem["instance"].as_str().unwrap().starts_with("req_"));
    }

    async fn machines_see_health_and_counters_without_a_key(place: cluster::Place) {
        let server = Server::start(&place).await;
        for path in ["/healthz", "/readyz", "/v1/openapi.json"] {
            expect(server.get(path, ""), 200).await;
        }
        let page = server.get("/metrics", "").send().await.unwrap().text().await.unwrap();
        assert!(page.contains("dankun_http_requests_total"), "{page}");
    }

    async fn a_document_is_limited_and_must_be_json(place: cluster::Place) {
        let server = Server::start(&place).await;
        let admin = server.admin_key().await;
        let long = format!("{{\"title\":\"{}\"}}", "x".repeat(100 << 10));
        let post = |body: String, kind: &str| {
            server.post("/v1/keys", &admin).body(body).header("content-type", kind)
        };
        let problem = expect(post(long, "application/json"), 413).await;
        assert_eq!(problem["code"], "body_too_large");
        expect(post("{}".to_owned(), "text/csv"), 415).await;
        let problem = expect(post("{\"title\":\n 5}".to_owned(), "application/json"), 400).await;
        assert!(problem["detail"].as_str().unwrap().contains('2'), "it names the line: {problem}");
    }
}
