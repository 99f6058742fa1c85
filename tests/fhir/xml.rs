//! The same content in XML as in JSON, over HTTP.

use serde_json::{Value, json};

use crate::asked::{Asked, described, nina, utm_number};
use crate::cluster;
use crate::r4;
use dankun::fhir::xml::{read, write};
use reqwest::RequestBuilder;

/// The answer in XML, read.
async fn in_xml(request: RequestBuilder, expected: u16) -> Value {
    let response = request.send().await.unwrap();
    assert_eq!(response.status().as_u16(), expected);
    assert_eq!(response.headers()["content-type"], "application/fhir+xml");
    let text = response.text().await.unwrap();
    let answer = read(&text).unwrap_or_else(|fault| panic!("{fault}\n{text}"));
    r4::assert_valid(&answer);
    answer
}

/// Without what differs from one request to the next.
fn stable(mut answer: Value) -> Value {
    fn walk(value: &mut Value) {
        match value {
            Value::Object(fields) => {
                // The id of the request.
                fields.remove("diagnostics");
                fields.values_mut().for_each(walk);
            }
            Value::Array(items) => items.iter_mut().for_each(walk),
            _ => {}
        }
    }
    walk(&mut answer);
    if let Some(fields) = answer.as_object_mut() {
        // The address names the syntax.
        fields.remove("link");
    }
    answer
}

cluster::both! {
    async fn every_answer_is_the_same_in_both_syntaxes(place: cluster::Place) {
        let asked = Asked::new(&place).await;
        let key = asked.partner("tt-wide").await;
        let person = asked.person(1, &key).await;
        let id = person["id"].as_str().unwrap();
        let record = person["link"][0]["other"]["reference"].as_str().unwrap();
        let nina = nina(1)["value"].as_str().unwrap().to_owned();
        for (path, status) in [
            ("/metadata".to_owned(), 200),
            (format!("/Patient/{id}"), 200),
            (format!("/{record}"), 200),
            (format!("/{}", record.replace("Patient/rec-", "Coverage/cov-")), 200),
            (format!("/Patient/$ihe-pix?sourceIdentifier=urn:dankun:id:ml-nina%7C{nina}"), 200),
            (format!("/Patient?identifier=urn:dankun:id:ml-nina%7C{nina}"), 200),
            (format!("/Coverage?patient={id}"), 200),
            ("/Patient/joe-doe".to_owned(), 404),
            ("/Patient?_count=x".to_owned(), 400),
        ] {
            let as_json = asked.get(&path, &key, status).await;
            let request = || asked.server.get(&format!("/fhir/R4{path}"), &key);
            let by_header = in_xml(request().header("accept", "application/fhir+xml"), status).await;
            assert_eq!(stable(by_header), stable(as_json.clone()), "{path}");
            let separator = if path.contains('?') { '&' } else { '?' };
            let by_format = asked.server.get(&format!("/fhir/R4{path}{separator}_format=xml"), &key);
            assert_eq!(stable(in_xml(by_format, status).await), stable(as_json), "{path}");
        }
    }

    async fn what_is_sent_in_xml_is_understood_alike(place: cluster::Place) {
        let asked = Asked::new(&place).await;
        let key = asked.partner("tt-wide").await;
        let request = json!({
            "resourceType": "CoverageEligibilityRequest", "status": "active", "purpose": ["benefits"],
            "patient": { "identifier": utm_number(2) }, "created": "2026-01-01", "servicedDate": "2025-11-02",
            "insurer": { "identifier": { "value": "dankun" } },
        });
        let matching = json!({ "resourceType": "Parameters", "parameter": [
            { "name": "resource", "resource": described(1) },
            { "name": "onlyCertainMatches", "valueBoolean": true },
        ] });
        let batch = json!({ "resourceType": "Bundle", "type": "batch", "entry": [
            { "resource": matching, "request": { "method": "POST", "url": "Patient/$match" } },
            { "request": { "method": "GET", "url": "Patient/joe-doe" } },
        ] });
        for (path, body) in [
            ("/CoverageEligibilityRequest/$submit", request), ("/Patient/$match", matching.clone()), ("", batch),
        ] {
            let as_json = asked.post(path, &key, &body, 200).await;
            let sent = asked.server.post(&format!("/fhir/R4{path}"), &key)
                .header("content-type", "application/fhir+xml; charset=utf-8").header("accept", "text/xml");
            let answer = in_xml(sent.body(write(&body).unwrap()), 200).await;
            assert_eq!(stable(answer), stable(as_json), "{path}");
        }
        let broken = asked.server.post("/fhir/R4/Patient/$match", &key)
            .header("content-type", "application/fhir+xml").header("accept", "application/fhir+xml");
        let outcome = in_xml(broken.body("<Patient xmlns=\"http://hl7.org/fhir\"><cow/></Patient>"), 400).await;
        assert!(outcome["issue"][0]["details"]["text"].as_str().unwrap().contains("cow"));
        let bomb = asked.server.post("/fhir/R4/Patient/$match", &key).header("content-type", "text/xml");
        let bomb = bomb.body("<!DOCTYPE x [<!ENTITY a \"aa\">]><Patient xmlns=\"http://hl7.org/fhir\"/>");
        assert_eq!(bomb.send().await.unwrap().status().as_u16(), 400);
    }
}
