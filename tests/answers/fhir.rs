//! A question of the generator as a CoverageEligibilityRequest, and whether its answer says the same as REST.

use serde_json::{Value, json};

use crate::expected::Query;
use crate::population::Population;
use crate::server::read;
use crate::text;

/// Asks in FHIR; answers the resource, whatever it is.
pub async fn ask(population: &Population, query: &Query, key: &str) -> Value {
    let path = "/fhir/R4/CoverageEligibilityRequest/$submit";
    // FHIR has no field for the purpose.
    let purpose = text(&query.question["purpose"]).to_owned();
    let request = population
        .server
        .post(path, key)
        .header("content-type", "application/fhir+json")
        .header("x-purpose-of-use", if purpose.is_empty() { "NONE".to_owned() } else { purpose });
    read(request.body(request_of(query).to_string())).await.1
}

fn request_of(query: &Query) -> Value {
    let question = &query.question;
    let insurer = question["scheme"].as_str().map_or("dankun".to_owned(), str::to_lowercase);
    let mut request = json!({
        "resourceType": "CoverageEligibilityRequest", "status": "active", "purpose": ["benefits"],
        "created": "2026-10-01", "servicedDate": question["as_of"],
        "insurer": { "identifier": { "system": "urn:dankun:scheme", "value": insurer } },
        "extension": [{ "url": "urn:dankun:country-of-care", "valueCode": question["country_of_care"] }],
    });
    let subject = &question["subject"];
    if let Some(number) = subject["identifiers"].get(0) {
        let system = format!("urn:dankun:id:{}", system(text(&number["type"])));
        request["patient"] =
            json!({ "identifier": { "system": system, "value": number["value"] } });
    } else {
        request["patient"] = json!({ "reference": "#p" });
        request["contained"] = json!([described(&subject["demographics"])]);
    }
    request
}

/// The system of numbers behind a type of the generator's.
fn system(kind: &str) -> &'static str {
    match kind {
        "NINA" => "ml-nina",
        "NNI" => "ci-nni",
        "CNI" => "ci-cni",
        "NIN" => "ng-nin",
        "ML-UTM" => "ml-utm-number",
        "ML-CANAM" => "ml-amo-number",
        "ML-ANAM" => "ml-ramed-number",
        "CI-CNAM" => "ci-cmu",
        "NG-NHIA" => "ng-nhia-number",
        "ML-OPENIMIS" => "ml-openimis-number",
        "CI-NECAB" => "ci-necab-code",
        "ML-SYND" => "ml-synd-card",
        other => panic!("a system for {other}"),
    }
}

fn described(person: &Value) -> Value {
    let given: Vec<&str> = text(&person["given"]).split(' ').collect();
    let mut patient = json!({
        "resourceType": "Patient", "id": "p",
        "name": [{ "family": person["family"], "given": given }],
    });
    match text(&person["sex"]) {
        "F" => patient["gender"] = json!("female"),
        "M" => patient["gender"] = json!("male"),
        _ => {}
    }
    if let Some(born) = person["birth_date"].as_str() {
        patient["birthDate"] = json!(born);
    }
    if let Some(phone) = person["phone"].as_str() {
        patient["telecom"] = json!([{ "system": "phone", "value": phone }]);
    }
    patient
}

/// Holds the answer in FHIR against the answer in REST: verdict, reason, scheme, package, rates, period.
pub fn agree(fhir: &Value, rest: &Value, id: &str) {
    assert_eq!(fhir["resourceType"], "CoverageEligibilityResponse", "{id}: {fhir}");
    assert_eq!(extension(fhir, "answer"), [text(&rest["answer"])], "{id}");
    assert_eq!(extension(fhir, "reason"), [text(&rest["reason"])], "{id}");
    let schemes: Vec<String> =
        extension(fhir, "eligible-scheme").iter().map(|one| one.to_uppercase()).collect();
    assert_eq!(json!(schemes), rest["eligible_schemes"], "{id}");
    let scheme = rest["scheme"].as_str().map_or("dankun".to_owned(), str::to_lowercase);
    assert_eq!(fhir["insurer"]["identifier"]["value"], scheme.as_str(), "{id}");
    let insurance = &fhir["insurance"][0];
    assert_eq!(insurance.is_null(), rest["answer"] == "unknown", "{id}");
    for (period, name) in [("start", "rights_start"), ("end", "rights_end")] {
        assert_eq!(insurance["benefitPeriod"][period], rest[name], "{id}");
    }
    assert_eq!(insurance["item"][0]["name"], rest["package"], "{id}");
    for (code, name) in [("covered-percent", "coverage_rate"), ("copay-percent", "copay_rate")] {
        for (place, care) in ["ambulatory", "hospital"].into_iter().enumerate() {
            let told = rest[name][care].as_f64().map(|share| (share * 100.0).round());
            assert_eq!(benefit(&insurance["item"][place], code), told, "{id} {name} {care}");
        }
    }
}

fn extension<'r>(response: &'r Value, name: &str) -> Vec<&'r str> {
    let url = format!("urn:dankun:{name}");
    let all = response["extension"].as_array().into_iter().flatten();
    all.filter(|one| one["url"] == url.as_str()).map(|one| text(&one["valueCode"])).collect()
}

fn benefit(item: &Value, code: &str) -> Option<f64> {
    let benefits = item["benefit"].as_array()?;
    let found = benefits.iter().find(|one| one["type"]["coding"][0]["code"] == code)?;
    found["allowedUnsignedInt"].as_f64()
}
