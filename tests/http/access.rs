//! Who may do what.

use dankun::model::{Holder, Scope};
use reqwest::Method;
use serde_json::json;

use crate::cluster;
use crate::server::{Document, Server, expect, read};

/// Who may come to an address.
enum Guard {
    /// Anybody, without a key.
    Open,
    /// Whoever shows a key in the body.
    Shown,
    /// Anybody with a key.
    AnyKey,
    /// A key with this right.
    Right(Scope),
}

/// The right that each address asks for. An address that is not here fails the tests.
fn guard(method: &str, path: &str) -> Guard {
    use Guard::{AnyKey, Open, Right, Shown};
    match (method, path) {
        ("GET", "/v1/openapi.json" | "/healthz" | "/readyz" | "/metrics" | "/fhir/R4/metadata") => {
            Open
        }
        ("GET", "/.well-known/jwks.json" | "/.well-known/dankun-cancelled.jwt") => Open,
        ("POST", "/spdci/oauth2/client/token") => Shown,
        ("POST", "/spdci/registry/notify" | "/spdci/registry/sync/enrollment/updates") => {
            Right(Scope::RecordsWrite)
        }
        ("POST", "/spdci/registry/search" | "/spdci/registry/sync/search")
        | ("POST", "/spdci/registry/subscribe" | "/spdci/registry/unsubscribe")
        | ("POST", "/spdci/registry/txn/status" | "/spdci/registry/sync/txn/status") => {
            Right(Scope::PeopleRead)
        }
        ("POST", "/spdci/registry/sync/enrolled") => Right(Scope::EligibilityAsk),
        // Each entry of a batch has the guard of its own address.
        ("GET", "/v1/schemes") | ("POST", "/fhir/R4" | "/fhir/R4/") => AnyKey,
        ("POST", "/fhir/R4/CoverageEligibilityRequest")
        | ("POST", "/fhir/R4/CoverageEligibilityRequest/$submit") => Right(Scope::EligibilityAsk),
        ("POST", "/fhir/R4/Patient" | "/fhir/R4/Bundle" | "/fhir/R4/$process-message")
        | ("PUT" | "DELETE", "/fhir/R4/Patient" | "/fhir/R4/Patient/{id}") => {
            Right(Scope::RecordsWrite)
        }
        (_, path) if path.starts_with("/fhir/R4/") => Right(Scope::PeopleRead),
        ("POST", "/v1/schemes/{scheme}/records" | "/v1/events") => Right(Scope::RecordsWrite),
        ("GET", "/v1/batches" | "/v1/batches/{id}")
        | ("GET", "/v1/batches/{id}/refusals" | "/v1/batches/{id}/defects")
        | ("GET", "/v1/quarantine" | "/v1/corrections" | "/v1/records" | "/v1/records/{id}") => {
            Right(Scope::RecordsRead)
        }
        ("POST", "/v1/batches/{id}/release")
        | ("POST", "/v1/quarantine/{id}/correct" | "/v1/quarantine/{id}/dismiss") => {
            Right(Scope::QuarantineWrite)
        }
        (
            "GET",
            "/v1/identity/conflicts" | "/v1/identity/double-coverage" | "/v1/identity/quality",
        ) => Right(Scope::IdentityRead),
        ("GET", "/v1/people/{id}/household")
        | ("GET", "/v1/people/{id}" | "/v1/people/{id}/history" | "/v1/people/{id}/evidence")
        | ("GET", "/v1/reviews" | "/v1/reviews/groups" | "/v1/reviews/{id}")
        | ("GET", "/v1/identity/decisions" | "/v1/identity/decisions/{id}") => {
            Right(Scope::PeopleRead)
        }
        ("POST", "/v1/identity/quality" | "/v1/identity/samples") => Right(Scope::Admin),
        (_, path) if path.starts_with("/v1/identity/what-if") => Right(Scope::Admin),
        ("POST", "/v1/reviews/claim" | "/v1/reviews/groups/decide")
        | ("POST" | "DELETE", "/v1/reviews/{id}/claim")
        | ("POST", "/v1/reviews/{id}/decide" | "/v1/identity/decisions/{id}/undo")
        | ("POST", "/v1/people/{id}/merge" | "/v1/people/{id}/split") => {
            Right(Scope::ReviewsDecide)
        }
        ("GET" | "POST", "/v1/subscriptions")
        | ("DELETE", "/v1/subscriptions/{id}")
        | ("GET", "/v1/deliveries")
        | ("POST", "/v1/deliveries/{id}/retry") => Right(Scope::DeliveriesManage),
        ("POST", "/v1/eligibility") => Right(Scope::EligibilityAsk),
        ("GET", "/v1/indicators") => Right(Scope::IndicatorsRead),
        ("POST", "/v1/translate" | "/v1/validate") => Right(Scope::MappingsRead),
        ("GET", path) if path.starts_with("/v1/mappings") => Right(Scope::MappingsRead),
        ("POST", "/v1/mappings/check" | "/v1/mappings/{name}/preview")
        | ("GET", "/v1/replays/{id}") => Right(Scope::MappingsRead),
        ("PUT", "/v1/mappings/{name}/draft") => Right(Scope::MappingsWrite),
        ("POST", "/v1/mappings/publications" | "/v1/mappings/{name}/rollback")
        | ("POST", "/v1/mappings/{name}/versions/{version}/approve")
        | ("POST", "/v1/mappings/{name}/replays" | "/v1/replays/{id}/cancel") => {
            Right(Scope::MappingsPublish)
        }
        ("POST", path) if path.starts_with("/v1/mappings/{name}/versions/{version}/") => {
            Right(Scope::MappingsWrite)
        }
        ("GET" | "POST", "/v1/keys") | ("DELETE", "/v1/keys/{id}") => Right(Scope::Admin),
        _ => panic!("nobody has said who may {method} {path}"),
    }
}

/// Every address with its guard.
fn guarded() -> Vec<(Method, &'static str, Guard)> {
    let known = |(method, path): (String, &'static str)| {
        let guard = guard(&method, path);
        (method.parse().unwrap(), path, guard)
    };
    dankun::http::addresses().into_iter().map(known).collect()
}

/// The address with names that are well formed, so that rights are what decides.
fn filled(path: &str) -> String {
    let kind = match path.split('/').nth(2) {
        Some("batches") => "bat",
        Some("quarantine") => "qua",
        Some("records") => "rec",
        Some("people") => "per",
        Some("subscriptions") => "sub",
        Some("deliveries") => "del",
        Some("keys") => "key",
        Some("replays") => "rpl",
        Some("reviews") => "rev",
        Some("identity") if path.contains("what-if") => "wif",
        Some("identity") => "dec",
        _ => "none",
    };
    let query = match path {
        "/v1/translate" => "?from=ci-cnam&to=ml-utm",
        "/v1/validate" => "?scheme=ci-cnam",
        "/v1/people/{id}" => "?as=canonical",
        _ => "",
    };
    let id = format!("{kind}_0192f0c100007000800000000000000a");
    let named = path.replace("{id}", &id).replace("{scheme}", "ml-utm");
    named.replace("{name}", "ml-utm").replace("{version}", "in_force") + query
}

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
        "/v1/mappings/publications" => json!({ "versions": [] }),
        "/v1/quarantine/{id}/correct" => json!({ "raw": "" }),
        "/v1/reviews/{id}/decide" => json!({ "answer": "same", "reason": "r" }),
        "/v1/reviews/groups/decide" => json!({ "alike": "a", "answer": "same", "reason": "r" }),
        "/v1/identity/decisions/{id}/undo" => json!({ "reason": "r" }),
        "/v1/people/{id}/merge" => {
            json!({ "with": "per_0192f0c100007000800000000000000b", "reason": "r" })
        }
        "/v1/identity/what-if" => json!({ "text": "identity: x" }),
        "/v1/people/{id}/split" => json!({ "records": [], "reason": "r" }),
        path if path.starts_with("/fhir/") => json!({ "resourceType": "Patient" }),
        _ => json!({}),
    }
}

/// The code of a problem, in the form of its address.
fn code(problem: &serde_json::Value) -> &str {
    match problem["errors"][0]["code"].as_str() {
        Some("err.request.unauthorized") => return "unauthenticated",
        Some("err.request.forbidden") => return "not_permitted",
        _ => {}
    }
    let code = match &problem["issue"][0]["details"]["coding"][0]["code"] {
        serde_json::Value::Null => &problem["code"],
        code => code,
    };
    code.as_str().unwrap_or_default()
}

/// Whether an address answers somebody without a key.
async fn expect_open(server: &Server, path: &str) -> bool {
    server.get(path, "").send().await.unwrap().status().is_success()
}

cluster::both! {
    async fn nobody_gets_in_without_a_key_or_with_a_wrong_one(place: cluster::Place) {
        let server = Server::start(&place).await;
        for (method, path, guard) in guarded() {
            if matches!(guard, Guard::Open) {
                assert!(expect_open(&server, path).await, "{path}");
                continue;
            }
            if matches!(guard, Guard::Shown) {
                expect(server.request(method.clone(), path, ""), 400).await;
                continue;
            }
            let wrong = format!("dk_{}", "A".repeat(43));
            for key in ["", "dk_short", &wrong] {
                let request = server.request(method.clone(), &filled(path), key).document(&body(path));
                let problem = expect(request, 401).await;
                assert_eq!(code(&problem), "unauthenticated", "{method} {path}");
            }
        }
    }

    async fn a_right_that_nobody_gave_is_denied(place: cluster::Place) {
        let server = Server::start(&place).await;
        let holder = Holder::Scheme("ml-utm".parse().unwrap());
        for (method, path, guard) in guarded() {
            let Guard::Right(needed) = guard else { continue };
            let at = filled(path);
            let others: Vec<Scope> = Scope::ALL
                .iter()
                .copied()
                .filter(|scope| *scope != needed && *scope != Scope::Admin)
                .collect();
            let key = server.key(holder.clone(), &others).await;
            let request = server.request(method.clone(), &at, &key).document(&body(path));
            let problem = expect(request, 403).await;
            assert_eq!(code(&problem), "not_permitted", "{method} {path}");
            if path == "/spdci/registry/notify" {
                // It takes an agreement too, see tests/spdci.
                continue;
            }
            let key = server.key(holder.clone(), &[needed]).await;
            let (status, answer) =
                read(server.request(method.clone(), &at, &key).document(&body(path))).await;
            assert_ne!(code(&answer), "not_permitted", "{method} {path}: {status}");
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
