//! Whatever goes wrong is an OperationOutcome, in the caller's language, that tells nobody whether a person exists.

use dankun::model::{Holder, Scope};
use reqwest::Method;
use serde_json::json;

use crate::asked::{ASKS, Asked, codes, judged, nina};
use crate::cluster;
use crate::server::Server;

cluster::both! {
    async fn every_fault_is_an_operation_outcome(place: cluster::Place) {
        let server = Server::start(&place).await;
        let key = server.key(Holder::Partner("ci-cnam".to_owned()), &ASKS).await;
        let at = |path: &str| format!("/fhir/R4{path}");
        let post = |body: &str, kind: &str| {
            server.post(&at("/Patient/$match"), &key).header("content-type", kind).body(body.to_owned())
        };
        let long = format!("{{\"resourceType\":\"{}\"}}", "x".repeat(100 << 10));
        let cases = [
            (server.get(&at("/Patient/per-1"), ""), 401, "unauthenticated", "login"),
            (server.get(&at("/Nothing/1/2"), &key), 404, "not_found", "not-found"),
            (server.get(&at(""), &key), 405, "method_not_allowed", "not-supported"),
            (server.request(Method::DELETE, &at("/Coverage/x"), &key), 405, "method_not_allowed", "not-supported"),
            (server.get(&at("/metadata?_format=text/turtle"), ""), 406, "not_acceptable", "not-supported"),
            (server.get(&at("/metadata"), "").header("accept", "image/png"), 406, "not_acceptable", "not-supported"),
            (post("a;b", "text/csv"), 415, "unsupported_format", "not-supported"),
            (post("{", "application/fhir+json"), 400, "invalid_body", "invalid"),
            (post("{}", "application/fhir+json"), 400, "invalid_body", "invalid"),
            (post(&long, "application/fhir+json"), 413, "body_too_large", "too-long"),
            (server.get(&at("/Patient/joe-doe"), &key), 404, "not_found", "not-found"),
            (server.get(&at("/Patient/%25"), &key), 404, "not_found", "not-found"),
        ];
        for (request, status, code, kind) in cases {
            let outcome = judged(request, status).await;
            assert_eq!(codes(&outcome)[0], code, "{outcome:#}");
            assert_eq!(outcome["issue"][0]["code"], kind);
        }
    }

    async fn words_are_in_the_callers_language(place: cluster::Place) {
        let server = Server::start(&place).await;
        let say = |language: &str| {
            server.get("/fhir/R4/Patient/x", "").header("accept-language", language)
        };
        let (french, english) = (judged(say("fr-CI"), 401).await, judged(say("en"), 401).await);
        let text = |outcome: &serde_json::Value| outcome["issue"][0]["details"]["text"].clone();
        assert!(text(&french).as_str().unwrap().contains("clé"), "{french}");
        assert_ne!(text(&french), text(&english));
        let response = say("en").send().await.unwrap();
        assert_eq!(response.headers()["content-language"], "en");
        assert!(response.headers().contains_key("www-authenticate"));
    }

    async fn a_refusal_is_the_same_whether_the_person_exists_or_not(place: cluster::Place) {
        let asked = Asked::new(&place).await;
        let stranger = asked.partner("xx-nobody").await;
        let someone = json!({ "resourceType": "Patient", "identifier": [nina(1)] });
        let mut refusals = Vec::new();
        for number in [1, 999] {
            let patient = json!({ "resourceType": "Patient", "identifier": [nina(number)] });
            refusals.push(asked.post("/Patient/$match", &stranger, &patient, 403).await);
        }
        let strip = |mut outcome: serde_json::Value| {
            outcome["issue"][0].as_object_mut().unwrap().remove("diagnostics");
            outcome
        };
        let [known, unknown] = <[_; 2]>::try_from(refusals).unwrap();
        assert_eq!(codes(&known), ["refused_by_agreement", "unknown_partner"]);
        assert_eq!(strip(known), strip(unknown));
        // A partner whose agreement knows two purposes says which; one that it does not know is refused.
        let narrow = asked.partner("tt-narrow").await;
        let outcome = asked.post("/Patient/$match", &narrow, &someone, 403).await;
        assert_eq!(codes(&outcome)[1], "purpose_not_allowed");
        let with = |purpose: &str| {
            let request = asked.server.post("/fhir/R4/Patient/$match", &narrow);
            request.header("x-purpose-of-use", purpose).body(someone.to_string())
        };
        judged(with("MARKETING"), 403).await;
        assert_eq!(judged(with("CONTROL"), 200).await["total"], 1);
    }

    async fn a_right_that_nobody_gave_is_denied(place: cluster::Place) {
        let asked = Asked::new(&place).await;
        let holder = || Holder::Partner("tt-wide".to_owned());
        let asks = asked.server.key(holder(), &[Scope::EligibilityAsk]).await;
        let looks = asked.server.key(holder(), &[Scope::PeopleRead]).await;
        let patient = json!({ "resourceType": "Patient", "identifier": [nina(1)] });
        let outcome = asked.post("/Patient/$match", &asks, &patient, 403).await;
        assert_eq!(codes(&outcome), ["not_permitted"]);
        let request = json!({ "resourceType": "CoverageEligibilityRequest" });
        let outcome = asked.post("/CoverageEligibilityRequest/$submit", &looks, &request, 403).await;
        assert_eq!(codes(&outcome), ["not_permitted"]);
    }
}
