//! Messages of a patient identity feed (ITI-93).

use dankun::operations::link::link_pending;
use serde_json::{Value, json};

use crate::asked::{Asked, codes, utm_number};
use crate::cluster;
use crate::feed::{patient, under, within};
use crate::r4;

fn message(entries: &[Value]) -> Value {
    json!({ "resourceType": "Bundle", "type": "message", "entry": [
        { "fullUrl": "urn:uuid:5f0f3e5e-0000-4000-8000-000000000001", "resource": {
            "resourceType": "MessageHeader", "id": "m-1", "eventUri": "urn:ihe:iti:pmir:2019:patient-feed",
            "source": { "endpoint": "https://utm.example/fhir" },
            "destination": [{ "endpoint": "https://hub.example/fhir/R4" }],
            "focus": [{ "reference": "Bundle/b-1" }],
        } },
        { "fullUrl": "urn:uuid:5f0f3e5e-0000-4000-8000-000000000002", "resource": {
            "resourceType": "Bundle", "id": "b-1", "type": "history", "entry": entries,
        } },
    ] })
}

/// An entry under the ids of the sender's own server.
fn entry(method: &str, id: &str, patient: Option<Value>) -> Value {
    let url = if method == "POST" { "Patient".to_owned() } else { format!("Patient/{id}") };
    let mut entry = json!({
        "fullUrl": format!("https://utm.example/fhir/Patient/{id}"),
        "request": { "method": method, "url": url }, "response": { "status": "200" },
    });
    if let Some(mut patient) = patient {
        patient["id"] = json!(id);
        entry["resource"] = patient;
    }
    entry
}

/// The statuses of the entries, and the code of the header.
fn told(answer: &Value) -> (Vec<&str>, &str) {
    let header = &answer["entry"][0]["resource"];
    assert_eq!(header["eventUri"], "urn:ihe:iti:pmir:2019:patient-feed-response");
    assert_eq!(
        (&header["response"]["identifier"], &header["destination"]),
        (&json!("m-1"), &Value::Null)
    );
    let outcome = &answer["entry"][1]["resource"];
    r4::assert_valid(outcome);
    let entries = outcome["entry"].as_array().unwrap().iter();
    let statuses = entries.map(|entry| entry["response"]["status"].as_str().unwrap()).collect();
    (statuses, header["response"]["code"].as_str().unwrap())
}

async fn known(asked: &Asked, number: u32) -> Value {
    let path = under(&utm_number(number));
    asked.get(within(&path), &asked.utm, 200).await["total"].clone()
}

cluster::both! {
    async fn a_message_creates_updates_merges_and_removes(place: cluster::Place) {
        let asked = Asked::new(&place).await;
        let created = message(&[entry("POST", "a", Some(patient(7))), entry("POST", "b", Some(patient(8)))]);
        assert_eq!(told(&asked.post("/$process-message", &asked.utm, &created, 200).await), (vec!["201", "201"], "ok"));
        let mut moved = patient(7);
        moved["address"] = json!([{ "country": "ML", "city": "Sikasso" }]);
        // The survivor is named by the sender's own id, which the message explains.
        let mut merged = patient(8);
        merged["active"] = json!(false);
        merged["link"] = json!([{ "other": { "reference": "Patient/a" }, "type": "replaced-by" }]);
        let second = message(&[entry("PUT", "a", Some(moved)), entry("PUT", "b", Some(merged))]);
        assert_eq!(told(&asked.post("/Bundle", &asked.utm, &second, 200).await), (vec!["200", "200"], "ok"));
        link_pending(&asked.server.hub).await.unwrap();
        assert_eq!((known(&asked, 7).await, known(&asked, 8).await), (json!(1), json!(0)));
        // A merge cannot be taken back so; what else the message brings is done.
        let undone = message(&[entry("PUT", "b", Some(patient(8))), entry("POST", "c", Some(patient(9)))]);
        let answer = asked.post("/$process-message", &asked.utm, &undone, 200).await;
        assert_eq!(told(&answer), (vec!["405", "201"], "fatal-error"));
        assert_eq!(codes(&answer["entry"][1]["resource"]["entry"][0]["response"]["outcome"]), ["record_replaced"]);
        let mut removal = entry("DELETE", "c", None);
        removal["request"]["url"] = json!(within(&under(&utm_number(9))).trim_start_matches("/"));
        let removed = message(&[removal, entry("DELETE", "joe-doe", None)]);
        assert_eq!(told(&asked.post("/$process-message", &asked.utm, &removed, 200).await), (vec!["204", "404"], "fatal-error"));
        assert_eq!(known(&asked, 9).await, json!(0));
    }

    async fn each_entry_has_its_own_fault_and_xml_says_the_same(place: cluster::Place) {
        let asked = Asked::new(&place).await;
        let mut wrong = patient(8);
        wrong["birthDate"] = json!("2001-02-30");
        let mut unnamed = patient(9);
        unnamed["identifier"] = json!([]);
        unnamed.as_object_mut().unwrap().remove("identifier");
        let related = json!({ "resourceType": "RelatedPerson", "patient": { "reference": "Patient/a" } });
        let mixed = message(&[
            entry("POST", "a", Some(patient(7))), entry("POST", "b", Some(wrong)), entry("POST", "c", Some(unnamed)),
            entry("POST", "d", Some(related)),
        ]);
        let request = asked.server.post("/fhir/R4/$process-message", &asked.utm);
        let request = request.header("content-type", "application/fhir+xml").header("accept", "application/fhir+xml");
        let response = request.body(dankun::fhir::xml::write(&mixed).unwrap()).send().await.unwrap();
        assert_eq!(response.status(), 200);
        let answer = dankun::fhir::xml::read(&response.text().await.unwrap()).unwrap();
        assert_eq!(told(&answer), (vec!["201", "422", "400", "422"], "fatal-error"));
    }

    async fn what_is_no_such_message_is_refused(place: cluster::Place) {
        let asked = Asked::new(&place).await;
        let other = json!({ "resourceType": "Bundle", "type": "collection", "entry": [] });
        let outcome = asked.post("/$process-message", &asked.utm, &other, 422).await;
        assert_eq!(codes(&outcome).len(), 5);
        let mut event = message(&[]);
        event["entry"][0]["resource"]["eventUri"] = json!("urn:example:lunch");
        assert_eq!(codes(&asked.post("/$process-message", &asked.utm, &event, 422).await), ["not_supported"]);
        let many = vec![entry("DELETE", "a", None); 101];
        assert_eq!(codes(&asked.post("/Bundle", &asked.utm, &message(&many), 400).await), ["invalid_parameter"]);
        let reader = asked.partner("tt-wide").await;
        assert_eq!(codes(&asked.post("/$process-message", &reader, &message(&[]), 403).await), ["not_permitted"]);
    }
}
