//! What the server says it can do, and several interactions in one request.

use serde_json::{Value, json};

use crate::asked::{Asked, codes, judged, nina, utm_number};
use crate::cluster;
use crate::server::Server;

fn entry(method: &str, url: &str, resource: Option<Value>) -> Value {
    let mut entry = json!({ "request": { "method": method, "url": url } });
    if let Some(resource) = resource {
        entry["resource"] = resource;
    }
    entry
}

cluster::both! {
    async fn the_capability_statement_needs_no_key(place: cluster::Place) {
        let server = Server::start(&place).await;
        let statement = judged(server.get("/fhir/R4/metadata", ""), 200).await;
        assert_eq!(statement["fhirVersion"], "4.0.1");
        let operations: Vec<&str> = statement["rest"][0]["resource"][0]["operation"].as_array().unwrap().iter()
            .map(|operation| operation["definition"].as_str().unwrap()).collect();
        assert!(operations.contains(&"https://profiles.ihe.net/ITI/PIXm/OperationDefinition/IHE.PIXm.pix"));
        let patient = &statement["rest"][0]["resource"][0];
        let done: Vec<&str> = patient["interaction"].as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap()).collect();
        assert_eq!(done, ["read", "vread", "create", "update", "delete", "history-instance", "search-type"]);
        assert_eq!((&patient["conditionalUpdate"], &patient["conditionalDelete"]), (&json!(true), &json!("single")));
        assert!(statement["implementation"]["url"].as_str().unwrap().ends_with("/fhir/R4"));
    }

    async fn a_batch_is_answered_entry_by_entry(place: cluster::Place) {
        let asked = Asked::new(&place).await;
        let key = asked.partner("tt-wide").await;
        let patient = json!({ "resourceType": "Patient", "identifier": [nina(1)] });
        let request = json!({
            "resourceType": "CoverageEligibilityRequest", "status": "active", "purpose": ["validation"],
            "patient": { "identifier": utm_number(2) }, "created": "2026-01-01", "insurer": { "display": "?" },
        });
        let pix = format!("Patient/$ihe-pix?sourceIdentifier=urn:dankun:id:ml-nina%7C{}", nina(1)["value"].as_str().unwrap());
        let batch = json!({ "resourceType": "Bundle", "type": "batch", "entry": [
            entry("POST", "Patient/$match", Some(patient)),
            entry("POST", "CoverageEligibilityRequest", Some(request.clone())),
            entry("POST", "CoverageEligibilityRequest/$submit", Some(request)),
            entry("GET", &pix, None),
            entry("GET", "Patient/joe-doe", None),
            entry("DELETE", "Coverage/joe-doe", None),
            entry("GET", "/fhir/R4/metadata", None),
        ] });
        let answer = asked.post("", &key, &batch, 200).await;
        assert_eq!(answer["type"], "batch-response");
        let entries = answer["entry"].as_array().unwrap();
        let statuses: Vec<&str> = entries.iter().map(|entry| entry["response"]["status"].as_str().unwrap()).collect();
        assert_eq!(statuses, ["200", "201", "200", "200", "404", "422", "200"]);
        assert_eq!(entries[0]["resource"]["total"], 1);
        assert_eq!(entries[1]["resource"]["resourceType"], "CoverageEligibilityResponse");
        assert_eq!(codes(&entries[5]["response"]["outcome"]), ["not_supported"]);
    }

    async fn a_batch_has_limits_and_is_no_document(place: cluster::Place) {
        let asked = Asked::new(&place).await;
        let key = asked.partner("tt-wide").await;
        let document = json!({ "resourceType": "Bundle", "type": "document" });
        assert_eq!(codes(&asked.post("", &key, &document, 422).await), ["not_supported"]);
        let many = vec![entry("GET", "metadata", None); 101];
        let batch = json!({ "resourceType": "Bundle", "type": "batch", "entry": many });
        assert_eq!(codes(&asked.post("", &key, &batch, 400).await), ["invalid_parameter"]);
        let none = json!({ "resourceType": "Bundle", "type": "batch" });
        assert!(asked.post("", &key, &none, 200).await["entry"].is_null());
        assert_eq!(asked.post("/", &key, &none, 200).await["type"], "batch-response");
        asked.post("", "", &none, 401).await;
    }
}
