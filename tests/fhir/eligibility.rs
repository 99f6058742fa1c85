//! CoverageEligibilityRequest: the same answer as `/v1/eligibility`, in FHIR.

use serde_json::{Value, json};

use crate::asked::{Asked, codes, described, nina, utm_number};
use crate::cluster;
use crate::invented::Invented;
use crate::server::{Document, expect};

const PATH: &str = "/CoverageEligibilityRequest/$submit";

fn request(patient: Value) -> Value {
    json!({
        "resourceType": "CoverageEligibilityRequest", "id": "r1", "status": "active", "purpose": ["benefits"],
        "patient": patient, "servicedDate": "2025-11-02", "created": "2026-01-01",
        "insurer": { "identifier": { "system": "urn:dankun:scheme", "value": "dankun" } },
        "extension": [{ "url": "urn:dankun:country-of-care", "valueCode": "CI" }],
    })
}

fn contained(number: u32) -> Value {
    let mut request = request(json!({ "reference": "#p" }));
    request["contained"] = json!([described(number)]);
    request
}

/// The values of our extension of a name.
fn extension<'r>(response: &'r Value, name: &str) -> Vec<&'r str> {
    let url = format!("urn:dankun:{name}");
    let all = response["extension"].as_array().unwrap().iter();
    let ours = all.filter(|extension| extension["url"] == url.as_str());
    ours.map(|extension| {
        let (_, value) =
            extension.as_object().unwrap().iter().find(|(key, _)| *key != "url").unwrap();
        value.as_str().unwrap()
    })
    .collect()
}

/// The percentages of a benefit by kind of care.
fn rates(response: &Value, code: &str) -> Vec<(String, f64)> {
    let items = response["insurance"][0]["item"].as_array().into_iter().flatten();
    let rate = |item: &Value| {
        let care = item["category"]["coding"][0]["code"].as_str()?.to_owned();
        let benefits = item["benefit"].as_array()?;
        let benefit =
            benefits.iter().find(|benefit| benefit["type"]["coding"][0]["code"] == code)?;
        Some((care, benefit["allowedUnsignedInt"].as_f64()? / 100.0))
    };
    items.filter_map(rate).collect()
}

/// Holds a FHIR answer against the answer of `/v1`.
fn agree(fhir: &Value, rest: &Value) {
    let text = |name: &str| rest[name].as_str();
    assert_eq!(extension(fhir, "answer"), [text("answer").unwrap()]);
    assert_eq!(extension(fhir, "reason"), [text("reason").unwrap()]);
    let scheme = text("scheme").map(str::to_lowercase);
    assert_eq!(
        fhir["insurer"]["identifier"]["value"].as_str(),
        scheme.as_deref().or(Some("dankun"))
    );
    let insurance = &fhir["insurance"][0];
    assert_eq!(insurance.is_null(), rest["answer"] == "unknown");
    if !insurance.is_null() {
        assert_eq!(insurance["inforce"], rest["answer"] == "eligible");
    }
    assert_eq!(insurance["benefitPeriod"]["start"].as_str(), text("rights_start"));
    assert_eq!(insurance["benefitPeriod"]["end"].as_str(), text("rights_end"));
    assert_eq!(insurance["item"][0]["name"].as_str(), text("package"));
    for (code, name) in [("covered-percent", "coverage_rate"), ("copay-percent", "copay_rate")] {
        let told = rest[name].as_object().into_iter().flatten();
        let told: Vec<(String, f64)> =
            told.map(|(care, share)| (care.clone(), share.as_f64().unwrap())).collect();
        assert_eq!(rates(fhir, code), told, "{name}");
    }
    let person = text("person_id").map(|id| format!("Patient/{}", id.replace('_', "-")));
    if let Some(person) = person {
        assert_eq!(fhir["patient"]["reference"], person);
    }
}

cluster::both! {
    async fn fhir_and_v1_agree_on_every_question(place: cluster::Place) {
        let asked = Asked::new(&place).await;
        let one = |number: u32| {
            let who = Invented::new(number);
            let birth: Vec<&str> = who.birth().leak().split('/').rev().collect();
            [
                (request(json!({ "identifier": nina(number) })), json!({ "identifiers": [{ "type": "NINA", "value": who.nina() }] })),
                (request(json!({ "identifier": utm_number(number) })), json!({ "identifiers": [{ "type": "ML-UTM", "value": who.utm_id() }] })),
                (contained(number), json!({ "demographics": { "family": who.family, "given": who.given, "sex": "male", "birth_date": birth.join("-") } })),
            ]
        };
        let mut verdicts = std::collections::BTreeSet::new();
        for partner in ["ci-cnam", "ng-nhia", "tt-wide", "tt-blind"] {
            let key = asked.partner(partner).await;
            for number in [1, 2, 3, 999] {
                for (mut fhir, subject) in one(number) {
                    for day in ["2025-11-02", "2022-02-01", "2030-01-01"] {
                        fhir["servicedDate"] = json!(day);
                        let rest = json!({ "purpose": "CARE_AUTHORISATION", "as_of": day, "country_of_care": "CI", "subject": subject });
                        let rest = expect(asked.server.post("/v1/eligibility", &key).document(&rest), 200).await;
                        let response = asked.post(PATH, &key, &fhir, 200).await;
                        assert_eq!(response["resourceType"], "CoverageEligibilityResponse");
                        assert_eq!(response["outcome"], "complete");
                        agree(&response, &rest);
                        verdicts.insert(rest["reason"].as_str().unwrap().to_owned());
                    }
                }
            }
        }
        assert!(verdicts.len() > 3, "the questions are too alike: {verdicts:?}");
    }

    async fn only_the_insurer_asked_answers(place: cluster::Place) {
        let asked = Asked::new(&place).await;
        let key = asked.partner("ci-cnam").await;
        let mut to = request(json!({ "identifier": nina(1) }));
        for (insurer, scheme) in [
            (json!({ "identifier": { "value": "ML-UTM" } }), "ml-utm"),
            (json!({ "reference": "Organization/ml-canam" }), "ml-canam"),
        ] {
            to["insurer"] = insurer;
            let response = asked.post(PATH, &key, &to, 200).await;
            assert_eq!(response["insurer"]["identifier"]["value"], scheme);
        }
        to["insurer"] = json!({ "identifier": { "value": "ci-cnam" } });
        asked.post(PATH, &key, &to, 200).await;
        to["insurer"] = json!({ "identifier": { "value": "ng-nhia" } });
        let utm = asked.partner("ml-utm").await;
        asked.post(PATH, &utm, &to, 200).await;
        to["insurer"] = json!({ "identifier": { "value": "ci-necab" } });
        assert_eq!(codes(&asked.post(PATH, &key, &to, 403).await)[1], "no_agreement");
        to["insurer"] = json!({ "identifier": { "value": "nobody" } });
        let outcome = asked.post(PATH, &key, &to, 422).await;
        assert_eq!(codes(&outcome), ["invalid_record", "unknown_code"]);
        assert_eq!(outcome["issue"][1]["expression"][0], "insurer.identifier.value");
    }

    async fn openimis_and_the_hubs_own_ids_are_understood(place: cluster::Place) {
        let asked = Asked::new(&place).await;
        let key = asked.partner("ci-cnam").await;
        // openIMIS: the reference carries the number, the date has no zone, the type of a number is a code.
        let mut lenient = request(json!({ "reference": format!("Patient/{}", Invented::new(2).utm_id().replace('/', "%2F")) }));
        lenient["patient"] = json!({ "identifier": { "type": { "coding": [{ "code": "NINA" }] }, "value": Invented::new(2).nina() } });
        lenient["created"] = json!("2026-01-01T00:00:00");
        lenient["insurer"] = json!({ "reference": "openIMIS" });
        let response = asked.post(PATH, &key, &lenient, 200).await;
        assert_eq!(extension(&response, "answer"), ["eligible"]);
        assert_eq!(extension(&response, "repaired"), ["insurer.reference"]);
        // The number of a record alone is one of the insurer's.
        let canam = asked.person(3, &asked.canam).await;
        let number = canam["identifier"].as_array().unwrap().iter()
            .find(|one| one["system"] == "urn:dankun:id:ml-amo-number").unwrap()["value"].as_str().unwrap().to_owned();
        let mut bare = request(json!({ "reference": number }));
        bare["insurer"] = json!({ "reference": "Organization/ml-canam" });
        let response = asked.post(PATH, &key, &bare, 200).await;
        assert_eq!(extension(&response, "answer"), ["eligible"]);
        assert_eq!(extension(&response, "repaired"), ["patient.reference"]);
        // Our own ids, of a person and of a record.
        for person in [asked.person(2, &key).await["id"].clone(), asked.person(2, &key).await["link"][0]["other"]["reference"].clone()] {
            let id = person.as_str().unwrap().trim_start_matches("Patient/").to_owned();
            let own = request(json!({ "reference": format!("https://hub.example/fhir/R4/Patient/{id}") }));
            assert_eq!(extension(&asked.post(PATH, &key, &own, 200).await, "reason"), ["in_force"]);
        }
    }

    async fn a_request_with_faults_is_told_all_of_them(place: cluster::Place) {
        let asked = Asked::new(&place).await;
        let key = asked.partner("ci-cnam").await;
        let empty = json!({ "resourceType": "CoverageEligibilityRequest" });
        let outcome = asked.post(PATH, &key, &empty, 422).await;
        let at = |outcome: &Value| -> Vec<String> {
            let issues = outcome["issue"].as_array().unwrap().iter();
            issues.filter_map(|issue| issue["expression"][0].as_str().map(str::to_owned)).collect()
        };
        assert_eq!(at(&outcome), ["purpose", "status", "created", "insurer", "patient"]);
        let mut wrong = request(json!({ "reference": "#nobody" }));
        wrong["servicedDate"] = json!("2025-02-30");
        wrong["purpose"] = json!(["curiosity"]);
        let outcome = asked.post(PATH, &key, &wrong, 422).await;
        assert_eq!(at(&outcome), ["purpose", "patient.reference", "servicedDate"]);
        assert_eq!(codes(&outcome)[1..], ["unknown_code", "dangling_reference", "bad_date"]);
        let outcome = asked.post(PATH, &key, &json!({ "resourceType": "Claim" }), 422).await;
        assert_eq!(codes(&outcome)[1], "wrong_type");
    }

    async fn a_created_request_is_answered_at_once(place: cluster::Place) {
        let asked = Asked::new(&place).await;
        let key = asked.partner("ng-nhia").await;
        let request = request(json!({ "identifier": nina(2) }));
        let created = asked.post("/CoverageEligibilityRequest", &key, &request, 201).await;
        assert_eq!(created["resourceType"], "CoverageEligibilityResponse");
        let wrapped = json!({ "resourceType": "Parameters", "parameter": [{ "name": "resource", "resource": request }] });
        let submitted = asked.post(PATH, &key, &wrapped, 200).await;
        assert_eq!(created["insurance"], submitted["insurance"]);
        assert_eq!(submitted["request"]["reference"], "CoverageEligibilityRequest/r1");
    }
}
