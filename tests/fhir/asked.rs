//! A hub that knows some people of two schemes, and partners who ask it.

#![allow(dead_code)] // Each test program uses its own part of it.

use dankun::model::{Holder, Scope};
use dankun::operations::link::link_pending;
use reqwest::{RequestBuilder, StatusCode};
use serde_json::{Value, json};

use crate::cluster::Place;
use crate::invented::{Invented, canam, utm};
use crate::r4;
use crate::server::{Server, expect};

/// What a partner needs to ask and to look.
pub const ASKS: [Scope; 2] = [Scope::EligibilityAsk, Scope::PeopleRead];

/// An agreement that also shows numbers and names.
const WIDE: &str = "
agreement: wide
version: 1.0.0
title: { fr: essai, en: trial }
basis: { text: { fr: essai, en: trial } }
from: 2025-01-01
grants:
  - { askers: [tt-wide], insured: [ml-utm, ml-canam], purposes: [CARE_AUTHORISATION], fields: [scheme, package, coverage_rate, copay_rate, rights, person_id, identifiers, demographics] }
  - { askers: [tt-narrow], insured: [ml-canam], purposes: [CARE_AUTHORISATION, CONTROL], fields: [person_id] }
  - { askers: [tt-blind], insured: [ml-utm], purposes: [CARE_AUTHORISATION], fields: [scheme] }
";

/// The hub with its people: number 1 is in both schemes, 2 in UTM, 3 in CANAM.
pub struct Asked {
    pub server: Server,
    /// Keys of schemes.
    pub utm: String,
    pub canam: String,
}

impl Asked {
    pub async fn new(place: &Place) -> Self {
        Self::with(place, None).await
    }

    /// With one more agreement, by the name of its file.
    pub async fn with(place: &Place, more: Option<(&str, &str)>) -> Self {
        let mappings = place.folder().join("m");
        std::fs::create_dir_all(mappings.join("agreements")).unwrap();
        for (name, text) in [("wide", WIDE)].into_iter().chain(more) {
            std::fs::write(mappings.join(format!("agreements/{name}.yaml")), text).unwrap();
        }
        let server = Server::start_with(place, Some(mappings), None).await;
        let (utm_key, canam_key) =
            (server.scheme_key("ml-utm").await, server.scheme_key("ml-canam").await);
        let [one, two, three] = [1, 2, 3].map(Invented::new);
        let send = server.post("/v1/schemes/ml-utm/records", &utm_key).body(utm([&one, &two]));
        expect(send, 200).await;
        let send =
            server.post("/v1/schemes/ml-canam/records", &canam_key).body(canam([&one, &three]));
        expect(send, 200).await;
        link_pending(&server.hub).await.unwrap();
        Self { server, utm: utm_key, canam: canam_key }
    }

    /// The key of a partner of an agreement.
    pub async fn partner(&self, id: &str) -> String {
        self.server.key(Holder::Partner(id.to_owned()), &ASKS).await
    }

    pub async fn get(&self, path: &str, key: &str, expected: u16) -> Value {
        judged(self.server.get(&format!("/fhir/R4{path}"), key), expected).await
    }

    pub async fn post(&self, path: &str, key: &str, body: &Value, expected: u16) -> Value {
        let request = self.server.post(&format!("/fhir/R4{path}"), key);
        let request = request.header("content-type", "application/fhir+json");
        judged(request.body(body.to_string()), expected).await
    }

    /// The Patient behind a number of UTM, for a key that may see it.
    pub async fn person(&self, number: u32, key: &str) -> Value {
        let parameters = json!({ "resourceType": "Parameters", "parameter": [
            { "name": "resource", "resource": { "resourceType": "Patient", "identifier": [nina(number)] } },
        ] });
        let bundle = self.post("/Patient/$match", key, &parameters, 200).await;
        bundle["entry"][0]["resource"].clone()
    }
}

/// The identifier of an invented person's national number.
pub fn nina(number: u32) -> Value {
    json!({ "system": "urn:dankun:id:ml-nina", "value": Invented::new(number).nina() })
}

/// The identifier of an invented person's number of UTM.
pub fn utm_number(number: u32) -> Value {
    json!({ "system": "urn:dankun:id:ml-utm-number", "value": Invented::new(number).utm_id() })
}

/// A Patient that describes an invented person without any number.
pub fn described(number: u32) -> Value {
    let one = Invented::new(number);
    let birth: Vec<String> = one.birth().split('/').rev().map(str::to_owned).collect();
    json!({
        "resourceType": "Patient", "id": "p", "gender": "male", "birthDate": birth.join("-"),
        "name": [{ "family": one.family, "given": [one.given] }],
    })
}

/// The answer of a request that must have this status, valid and in FHIR's media type.
pub async fn judged(request: RequestBuilder, expected: u16) -> Value {
    let response = request.send().await.unwrap();
    let status = response.status();
    let kind = response.headers()["content-type"].to_str().unwrap().to_owned();
    let text = response.text().await.unwrap();
    let answer: Value =
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{status} {error}: {text}"));
    assert_eq!(status, StatusCode::from_u16(expected).unwrap(), "{answer:#}");
    assert_eq!(kind, "application/fhir+json");
    r4::assert_valid(&answer);
    if expected >= 400 {
        assert_eq!(answer["resourceType"], "OperationOutcome");
        assert_eq!(answer["issue"][0]["severity"], "error");
    }
    answer
}

/// The hub's own codes in an OperationOutcome.
pub fn codes(outcome: &Value) -> Vec<&str> {
    let issues = outcome["issue"].as_array().unwrap().iter();
    issues.map(|issue| issue["details"]["coding"][0]["code"].as_str().unwrap()).collect()
}
