//! The versions of a patient, to its end.

use std::time::Duration;

use dankun::operations::link::link_pending;
use reqwest::Method;
use serde_json::{Value, json};

use crate::asked::{Asked, utm_number};
use crate::cluster;
use crate::feed::{answered, patient, put, replaced, under, within};

/// Method and status of each entry.
fn said(history: &Value) -> Vec<(&str, &str)> {
    let entries = history["entry"].as_array().unwrap().iter();
    entries
        .map(|entry| {
            (
                entry["request"]["method"].as_str().unwrap(),
                entry["response"]["status"].as_str().unwrap(),
            )
        })
        .collect()
}

cluster::both! {
    async fn a_history_goes_from_the_end_to_the_beginning(place: cluster::Place) {
        let asked = Asked::new(&place).await;
        let (_, created) = answered(put(&asked, 7, &asked.utm, &patient(7)), 201).await;
        let id = created["id"].as_str().unwrap().to_owned();
        asked.server.wait(Duration::from_secs(60));
        let mut renamed = patient(7);
        renamed["name"][0]["given"] = json!(["Zantigui"]);
        answered(put(&asked, 7, &asked.utm, &renamed), 200).await;
        asked.server.wait(Duration::from_secs(60));
        answered(put(&asked, 7, &asked.utm, &replaced(7, 2)), 200).await;
        link_pending(&asked.server.hub).await.unwrap();
        let history = asked.get(&format!("/Patient/{id}/_history"), &asked.utm, 200).await;
        assert_eq!((&history["type"], &history["total"]), (&json!("history"), &json!(3)));
        assert_eq!(said(&history), [("PUT", "200"), ("PUT", "200"), ("POST", "201")]);
        let shown = |entry: usize| &history["entry"][entry]["resource"];
        assert_eq!((&shown(0)["active"], &shown(1)["active"]), (&json!(false), &json!(true)));
        assert_eq!(shown(0)["link"][0]["type"], "replaced-by");
        assert_eq!((&shown(1)["name"][0]["given"], &shown(2)["name"]), (&json!(["Zantigui"]), &created["name"]));
        // One version alone, and a part of the history.
        let (headers, first) = answered(asked.server.get(&format!("/fhir/R4/Patient/{id}/_history/1"), &asked.utm), 200).await;
        assert_eq!((&headers["etag"], &first["name"]), (&"W/\"1\"".parse().unwrap(), &created["name"]));
        asked.get(&format!("/Patient/{id}/_history/9"), &asked.utm, 404).await;
        let since = asked.get(&format!("/Patient/{id}/_history?_since=2026-01-01T00:01:30Z"), &asked.utm, 200).await;
        assert_eq!(since["total"], 1);
        let one = asked.get(&format!("/Patient/{id}/_history?_count=1"), &asked.utm, 200).await;
        assert_eq!((&one["total"], one["entry"].as_array().unwrap().len()), (&json!(3), 1));
        asked.get(&format!("/Patient/{id}/_history?_since=yesterday"), &asked.utm, 400).await;
        // Nobody else's business.
        let blind = asked.partner("tt-blind").await;
        asked.get(&format!("/Patient/{id}/_history"), &blind, 404).await;
        asked.get(&format!("/Patient/{id}/_history/1"), &blind, 404).await;
    }

    async fn a_removed_patient_has_a_history_and_begins_anew(place: cluster::Place) {
        let asked = Asked::new(&place).await;
        let (_, created) = answered(put(&asked, 7, &asked.utm, &patient(7)), 201).await;
        let id = created["id"].as_str().unwrap().to_owned();
        asked.server.wait(Duration::from_secs(60));
        let by_id = asked.server.request(Method::DELETE, &format!("/fhir/R4/Patient/{id}"), &asked.utm);
        answered(by_id, 204).await;
        asked.get(&format!("/Patient/{id}"), &asked.utm, 404).await;
        let history = asked.get(&format!("/Patient/{id}/_history"), &asked.utm, 200).await;
        assert_eq!(said(&history), [("DELETE", "204"), ("POST", "201")]);
        asked.server.wait(Duration::from_secs(60));
        let (headers, back) = answered(put(&asked, 7, &asked.utm, &patient(7)), 201).await;
        assert_eq!((&headers["etag"], back["id"].as_str().unwrap()), (&"W/\"2\"".parse().unwrap(), id.as_str()));
        let request = asked.server.request(Method::PUT, &format!("/fhir/R4/Patient/{id}"), &asked.utm);
        let request = request.header("content-type", "application/fhir+json").header("if-match", "W/\"2\"");
        let mut renamed = patient(7);
        renamed["name"][0]["given"] = json!(["Zantigui"]);
        let (headers, _) = answered(request.body(renamed.to_string()), 200).await;
        assert_eq!(headers["etag"], "W/\"3\"");
        let other = asked.server.request(Method::DELETE, &format!("/fhir/R4/Patient/{id}"), &asked.canam);
        answered(other, 404).await;
    }

    async fn a_person_has_no_versions_but_is_what_it_is(place: cluster::Place) {
        let asked = Asked::new(&place).await;
        let person = asked.person(1, &asked.utm).await;
        let id = person["id"].as_str().unwrap();
        let history = asked.get(&format!("/Patient/{id}/_history"), &asked.utm, 200).await;
        assert_eq!(said(&history), [("PUT", "200")]);
        let changed = asked.get(&format!("{}&_lastUpdated=ge2030-01-01", within(&under(&utm_number(1)))), &asked.utm, 200).await;
        assert_eq!(changed["total"], 0);
    }
}
