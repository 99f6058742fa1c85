//! `Patient/$match` (ITI-119) and reading whom it found.

use serde_json::{Value, json};

use crate::asked::{Asked, codes, described, nina, utm_number};
use crate::cluster;

fn parameters(patient: &Value, more: &[Value]) -> Value {
    let mut all = vec![json!({ "name": "resource", "resource": patient })];
    all.extend(more.iter().cloned());
    json!({ "resourceType": "Parameters", "parameter": all })
}

fn by_number(identifier: &Value) -> Value {
    json!({ "resourceType": "Patient", "identifier": [identifier] })
}

fn grade(entry: &Value) -> &str {
    let extension = &entry["search"]["extension"][0];
    assert_eq!(extension["url"], "http://hl7.org/fhir/StructureDefinition/match-grade");
    extension["valueCode"].as_str().unwrap()
}

cluster::both! {
    async fn a_number_and_a_description_find_the_same_person_with_grade_and_score(place: cluster::Place) {
        let asked = Asked::new(&place).await;
        let key = asked.partner("tt-wide").await;
        let foreign = json!({ "system": "http://example.org/exampleSystem", "value": "8675309" });
        let mut with_foreign = described(1);
        with_foreign["identifier"] = json!([foreign]);
        let mut ids = Vec::new();
        for patient in [by_number(&nina(1)), by_number(&utm_number(1)), described(1), with_foreign] {
            let bundle = asked.post("/Patient/$match", &key, &parameters(&patient, &[]), 200).await;
            assert_eq!((&bundle["type"], &bundle["total"]), (&json!("searchset"), &json!(1)), "{bundle:#}");
            let entry = &bundle["entry"][0];
            assert_eq!((grade(entry), &entry["search"]["mode"]), ("certain", &json!("match")));
            assert!(entry["search"]["score"].as_f64().unwrap() > 0.5);
            assert!(entry["fullUrl"].as_str().unwrap().ends_with(entry["resource"]["id"].as_str().unwrap()));
            ids.push(entry["resource"]["id"].clone());
            // Alone in the body, without Parameters.
            assert_eq!(asked.post("/Patient/$match", &key, &patient, 200).await["total"], 1);
        }
        assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
        let id = ids[0].as_str().unwrap();
        let person = asked.get(&format!("/Patient/{id}"), &key, 200).await;
        let numbers: Vec<&str> = person["identifier"].as_array().unwrap().iter()
            .map(|identifier| identifier["system"].as_str().unwrap()).collect();
        assert!(numbers.contains(&"urn:dankun:id:ml-utm-number"), "{numbers:?}");
        assert!(numbers.contains(&"urn:dankun:id:ml-amo-number"), "{numbers:?}");
        assert_eq!(person["birthDate"], described(1)["birthDate"]);
        assert_eq!(person["link"].as_array().unwrap().len(), 2);
        // Each record behind the person is a patient of its own.
        for link in person["link"].as_array().unwrap() {
            let reference = link["other"]["reference"].as_str().unwrap();
            let record = asked.get(&format!("/{reference}"), &key, 200).await;
            assert_eq!(record["link"][0]["other"]["reference"], format!("Patient/{id}"));
        }
    }

    async fn a_partner_sees_no_more_than_its_agreement_grants(place: cluster::Place) {
        let asked = Asked::new(&place).await;
        // CNAM's agreement shows the hub's id of a person, no number and no name.
        let cnam = asked.partner("ci-cnam").await;
        let person = asked.person(1, &cnam).await;
        let mut elements: Vec<&String> = person.as_object().unwrap().keys().collect();
        elements.sort();
        assert_eq!(elements, ["active", "id", "link", "meta", "resourceType"], "{person:#}");
        // A person of UTM only does not exist for somebody who may only ask about CANAM's insured.
        let narrow = asked.partner("tt-narrow").await;
        for (number, total) in [(1, 1), (2, 0), (999, 0)] {
            let request = asked.server.post("/fhir/R4/Patient/$match", &narrow)
                .header("x-purpose-of-use", "CARE_AUTHORISATION").body(by_number(&nina(number)).to_string());
            let bundle = crate::asked::judged(request, 200).await;
            assert_eq!(bundle["total"], total, "{number}");
            assert_eq!(bundle["entry"].is_null(), total == 0);
        }
        // Without the person's id nobody is shown at all.
        let blind = asked.partner("tt-blind").await;
        let bundle = asked.post("/Patient/$match", &blind, &by_number(&nina(1)), 200).await;
        assert_eq!(bundle["total"], 0);
        // A scheme sees its own records whole, and of others what agreements grant.
        let own = asked.person(1, &asked.utm).await;
        let systems = own["identifier"].to_string();
        assert!(systems.contains("ml-utm-number") && !systems.contains("ml-amo-number"), "{systems}");
    }

    async fn a_name_alone_and_wildcards_find_nobody(place: cluster::Place) {
        let asked = Asked::new(&place).await;
        let key = asked.partner("tt-wide").await;
        let name = described(1)["name"].clone();
        let cases = [
            json!({ "resourceType": "Patient", "name": name }),
            json!({ "resourceType": "Patient", "name": name, "gender": "male" }),
            json!({ "resourceType": "Patient", "name": name, "birthDate": "1980" }),
            json!({ "resourceType": "Patient" }),
        ];
        for patient in cases {
            let bundle = asked.post("/Patient/$match", &key, &patient, 200).await;
            assert_eq!(bundle["total"], 0);
            let entry = &bundle["entry"][0];
            assert_eq!(entry["search"]["mode"], "outcome");
            assert_eq!(codes(&entry["resource"]), ["insufficient_identification"]);
        }
        for wild in ["%", "*", "_", "%%%"] {
            let mut patient = described(1);
            patient["name"] = json!([{ "family": wild, "given": [wild] }]);
            let bundle = asked.post("/Patient/$match", &key, &patient, 200).await;
            assert_eq!(bundle["total"], 0, "{wild}");
            let number = by_number(&json!({ "system": "urn:dankun:id:ml-nina", "value": wild }));
            assert_eq!(asked.post("/Patient/$match", &key, &number, 200).await["total"], 0);
        }
    }

    async fn a_number_of_one_and_the_description_of_another_are_never_certain(place: cluster::Place) {
        let asked = Asked::new(&place).await;
        let key = asked.partner("tt-wide").await;
        let mut patient = described(2);
        patient["identifier"] = json!([nina(1)]);
        let bundle = asked.post("/Patient/$match", &key, &patient, 200).await;
        let entries = bundle["entry"].as_array().unwrap();
        assert_eq!(entries.len(), 2, "{bundle:#}");
        assert!(entries.iter().all(|entry| grade(entry) == "possible"));
        let only = json!({ "name": "onlyCertainMatches", "valueBoolean": true });
        let count = json!({ "name": "count", "valueInteger": 1 });
        let certain = asked.post("/Patient/$match", &key, &parameters(&patient, std::slice::from_ref(&only)), 200).await;
        assert_eq!((certain["total"].as_u64(), certain["entry"].is_null()), (Some(0), true));
        let first = asked.post("/Patient/$match", &key, &parameters(&patient, &[count]), 200).await;
        assert_eq!(first["entry"].as_array().unwrap().len(), 1);
        let sure = asked.post("/Patient/$match", &key, &parameters(&described(1), &[only]), 200).await;
        assert_eq!(sure["total"], 1);
    }

    async fn parameters_that_cannot_be_are_all_told_at_once(place: cluster::Place) {
        let asked = Asked::new(&place).await;
        let key = asked.partner("tt-wide").await;
        let body = json!({ "resourceType": "Parameters", "parameter": [
            { "name": "onlyCertainMatches", "valueString": "yes" },
            { "name": "count", "valueInteger": 0 },
        ] });
        let outcome = asked.post("/Patient/$match", &key, &body, 422).await;
        assert_eq!(codes(&outcome), ["invalid_record", "wrong_type", "wrong_type", "out_of_range"]);
    }

    async fn a_coverage_shows_what_the_agreement_grants(place: cluster::Place) {
        let asked = Asked::new(&place).await;
        let wide = asked.partner("tt-wide").await;
        let person = asked.person(2, &wide).await;
        let record = person["link"][0]["other"]["reference"].as_str().unwrap();
        let id = record.replace("Patient/rec-", "cov-");
        let path = format!("/Coverage/{id}");
        let whole = asked.get(&path, &asked.utm, 200).await;
        assert!(whole["subscriberId"].is_string(), "{whole:#}");
        let shown = asked.get(&path, &wide, 200).await;
        assert!(shown["subscriberId"].is_null() && shown["extension"].is_null(), "{shown:#}");
        assert_eq!(shown["payor"][0]["identifier"]["value"], "ml-utm");
        assert_eq!(shown["period"]["start"], "2022-04-27");
        assert_eq!(shown["class"][0]["value"], "CP");
        assert_eq!(shown["beneficiary"]["reference"], format!("Patient/{}", person["id"].as_str().unwrap()));
        let other = asked.server.scheme_key("ml-synd").await;
        asked.get(&path, &other, 404).await;
    }
}
