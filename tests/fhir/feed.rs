//! Patients fed in one by one (ITI-104): written, replaced, removed, each under the number of its source.

use dankun::operations::link::link_pending;
use reqwest::header::HeaderMap;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::asked::{Asked, codes, judged, nina, utm_number};
use crate::cluster;
use crate::invented::Invented;
use crate::r4;
use crate::server::expect;

/// A Patient under a number of UTM.
pub fn patient(number: u32) -> Value {
    let one = Invented::new(number);
    let birth: Vec<String> = one.birth().split('/').rev().map(str::to_owned).collect();
    json!({
        "resourceType": "Patient", "active": true, "gender": "male", "birthDate": birth.join("-"),
        "identifier": [utm_number(number), nina(number)],
        "name": [{ "use": "official", "family": one.family, "given": [one.given] }],
    })
}

/// The address of a Patient under an identifier.
pub fn under(identifier: &Value) -> String {
    let (system, value) =
        (identifier["system"].as_str().unwrap(), identifier["value"].as_str().unwrap());
    format!("/fhir/R4/Patient?identifier={system}%7C{}", value.replace('/', "%2F"))
}

/// An address as it is said within the base of FHIR.
pub fn within(path: &str) -> &str {
    path.strip_prefix("/fhir/R4").expect("an address of FHIR")
}

pub fn put(asked: &Asked, number: u32, key: &str, patient: &Value) -> RequestBuilder {
    let request = asked.server.request(Method::PUT, &under(&utm_number(number)), key);
    request.header("content-type", "application/fhir+json").body(patient.to_string())
}

/// Headers and resource of an answer that must have this status.
pub async fn answered(request: RequestBuilder, expected: u16) -> (HeaderMap, Value) {
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let bytes = response.bytes().await.unwrap();
    let resource = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
    assert_eq!(status, expected, "{resource:#}");
    if !resource.is_null() {
        r4::assert_valid(&resource);
    }
    (headers, resource)
}

/// A Patient that says of itself that another number takes its place.
pub fn replaced(number: u32, by: u32) -> Value {
    let mut patient = patient(number);
    patient["active"] = json!(false);
    patient["link"] = json!([{ "other": { "identifier": utm_number(by) }, "type": "replaced-by" }]);
    patient
}

cluster::both! {
    async fn a_patient_is_created_and_written_again_version_by_version(place: cluster::Place) {
        let asked = Asked::new(&place).await;
        let (headers, created) = answered(put(&asked, 7, &asked.utm, &patient(7)), 201).await;
        assert_eq!(headers["etag"], "W/\"1\"");
        let location = headers["location"].to_str().unwrap();
        assert!(location.ends_with(&format!("/fhir/R4/Patient/{}/_history/1", created["id"].as_str().unwrap())), "{location}");
        assert!(headers["last-modified"].to_str().unwrap().ends_with(" GMT"));
        assert_eq!(created["identifier"], json!([utm_number(7), nina(7)]));
        // The same again changes nothing; another phone is another version.
        let (headers, _) = answered(put(&asked, 7, &asked.utm, &patient(7)), 200).await;
        assert_eq!(headers["etag"], "W/\"1\"");
        assert!(!headers.contains_key("location"));
        let mut changed = patient(7);
        changed["telecom"] = json!([{ "system": "phone", "value": "+22370000007" }]);
        let seen = |version: &'static str| put(&asked, 7, &asked.utm, &changed).header("if-match", version);
        let (headers, written) = answered(seen("W/\"1\""), 200).await;
        assert_eq!((&headers["etag"], &written["telecom"]), (&"W/\"2\"".parse().unwrap(), &changed["telecom"]));
        assert_eq!(codes(&answered(seen("W/\"1\""), 412).await.1), ["stale"]);
        // It came by the same road as a file.
        let batches = expect(asked.server.get("/v1/batches", &asked.utm), 200).await;
        let changed = batches["items"].as_array().unwrap().iter().filter(|batch| batch["changed"] == 1);
        assert_eq!(changed.count(), 1, "{batches:#}");
        link_pending(&asked.server.hub).await.unwrap();
        assert_eq!(asked.get(within(&under(&nina(7))), &asked.utm, 200).await["total"], 1);
    }

    async fn xml_says_the_same_and_an_answer_may_be_short(place: cluster::Place) {
        let asked = Asked::new(&place).await;
        let xml = dankun::fhir::xml::write(&patient(8)).unwrap();
        let request = asked.server.request(Method::PUT, &under(&utm_number(8)), &asked.utm);
        let request = request.header("content-type", "application/fhir+xml").header("accept", "application/fhir+xml");
        let response = request.body(xml).send().await.unwrap();
        assert_eq!((response.status(), &response.headers()["etag"]), (201.try_into().unwrap(), &"W/\"1\"".parse().unwrap()));
        let written = dankun::fhir::xml::read(&response.text().await.unwrap()).unwrap();
        assert_eq!(written["birthDate"], patient(8)["birthDate"]);
        let (headers, nothing) = answered(put(&asked, 9, &asked.utm, &patient(9)).header("prefer", "return=minimal"), 201).await;
        assert!(nothing.is_null() && headers.contains_key("location"));
        let told = put(&asked, 9, &asked.utm, &patient(9)).header("prefer", "return=OperationOutcome");
        assert_eq!(codes(&answered(told, 200).await.1), ["accepted"]);
    }

    async fn what_cannot_be_used_is_refused_with_its_place_and_waits_in_quarantine(place: cluster::Place) {
        let asked = Asked::new(&place).await;
        let mut wrong = patient(7);
        wrong["birthDate"] = json!("2001-02-30");
        let (headers, outcome) = answered(put(&asked, 7, &asked.utm, &wrong), 422).await;
        assert_eq!(codes(&outcome), ["invalid_record", "bad_date"]);
        assert!(outcome["issue"][1]["expression"][0].as_str().unwrap().contains("birthDate"), "{outcome:#}");
        let batch = headers["location"].to_str().unwrap();
        let refusals = expect(asked.server.get(&format!("{batch}/refusals"), &asked.utm), 200).await;
        assert_eq!(refusals.as_array().unwrap().len(), 1);
        // Nobody came of it.
        let path = under(&utm_number(7));
        assert_eq!(asked.get(within(&path), &asked.utm, 200).await["total"], 0);
    }

    async fn a_patient_says_nothing_of_coverage_so_it_stays(place: cluster::Place) {
        let asked = Asked::new(&place).await;
        let covered = |person: &Value| format!("/Coverage?beneficiary=Patient/{}", person["id"].as_str().unwrap());
        let person = asked.person(1, &asked.utm).await;
        let before = asked.get(&covered(&person), &asked.utm, 200).await;
        let mut moved = patient(1);
        moved["address"] = json!([{ "country": "ML", "city": "Sikasso" }]);
        let (headers, written) = answered(put(&asked, 1, &asked.utm, &moved), 200).await;
        assert_eq!((&headers["etag"], &written["address"][0]["city"]), (&"W/\"2\"".parse().unwrap(), &json!("Sikasso")));
        link_pending(&asked.server.hub).await.unwrap();
        let after = asked.get(&covered(&person), &asked.utm, 200).await;
        let facts = |bundle: &Value| {
            let own = bundle["entry"][0]["resource"].clone();
            ["status", "period", "class", "subscriberId"].map(|element| own[element].clone())
        };
        assert_eq!(facts(&before), facts(&after));
        assert_eq!(before["total"], after["total"]);
    }

    async fn nobody_writes_numbers_of_somebody_elses_domain(place: cluster::Place) {
        let asked = Asked::new(&place).await;
        let utm = patient(7);
        let partner = asked.server.key(dankun::model::Holder::Partner("tt-wide".to_owned()), &[dankun::model::Scope::RecordsWrite]).await;
        for key in [&asked.canam, &partner] {
            assert_eq!(codes(&answered(put(&asked, 7, key, &utm), 403).await.1), ["foreign_domain"]);
        }
        let reader = asked.partner("tt-wide").await;
        assert_eq!(codes(&answered(put(&asked, 7, &reader, &utm), 403).await.1), ["not_permitted"]);
        // A number of another scheme in the Patient; a national number, or one of nobody, as the address.
        let mut foreign = utm.clone();
        foreign["identifier"][1] = json!({ "system": "urn:dankun:id:ml-amo-number", "value": "9990000000712" });
        assert_eq!(codes(&answered(put(&asked, 7, &asked.utm, &foreign), 403).await.1), ["foreign_domain"]);
        for other in [nina(7), json!({ "system": "urn:oid:9.9.9", "value": "1" })] {
            let request = asked.server.request(Method::PUT, &under(&other), &asked.utm);
            let request = request.header("content-type", "application/fhir+json").body(utm.to_string());
            assert_eq!(codes(&answered(request, 403).await.1), ["foreign_domain"], "{other}");
        }
        // Another number than the one that the address names, and an address that names none.
        assert_eq!(codes(&answered(put(&asked, 9, &asked.utm, &utm), 400).await.1), ["other_number"]);
        let none = asked.server.request(Method::PUT, "/fhir/R4/Patient?identifier=7", &asked.utm);
        assert_eq!(codes(&answered(none.body(utm.to_string()), 400).await.1), ["invalid_parameter"]);
        let removed = asked.server.request(Method::DELETE, &under(&utm_number(1)), &asked.canam);
        assert_eq!(codes(&answered(removed, 403).await.1), ["foreign_domain"]);
    }

    async fn a_creation_may_be_repeated_when_it_says_so(place: cluster::Place) {
        let asked = Asked::new(&place).await;
        let post = || asked.server.post("/fhir/R4/Patient", &asked.utm).header("content-type", "application/fhir+json").body(patient(7).to_string());
        let number = under(&utm_number(7));
        let condition = number.split('?').nth(1).unwrap();
        let (first, created) = answered(post().header("if-none-exist", condition), 201).await;
        let (second, found) = answered(post().header("if-none-exist", condition), 200).await;
        assert_eq!((&first["etag"], &created["id"]), (&second["etag"], &found["id"]));
        assert_eq!(codes(&answered(post(), 412).await.1), ["stale"]);
        let mut unnamed = patient(8);
        unnamed["identifier"] = json!([nina(8)]);
        let request = asked.server.post("/fhir/R4/Patient", &asked.utm).header("content-type", "application/fhir+json");
        assert_eq!(codes(&answered(request.body(unnamed.to_string()), 400).await.1), ["other_number"]);
    }

    async fn a_duplicate_is_resolved_by_its_source_and_that_can_be_taken_back(place: cluster::Place) {
        let asked = Asked::new(&place).await;
        // Numbers 2 and 5 of UTM, who look like two people.
        answered(put(&asked, 5, &asked.utm, &patient(5)), 201).await;
        link_pending(&asked.server.hub).await.unwrap();
        let pix = |number: u32| format!("/Patient/$ihe-pix?{}", under(&utm_number(number)).split('?').nth(1).unwrap().replace("identifier", "sourceIdentifier"));
        asked.get(&pix(5), &asked.utm, 200).await;
        let survivor = asked.person(2, &asked.utm).await;
        let (_, gone) = answered(put(&asked, 5, &asked.utm, &replaced(5, 2)), 200).await;
        assert_eq!(gone["active"], false);
        let record = gone["id"].as_str().unwrap().to_owned();
        let link = |kind: &str| gone["link"].as_array().unwrap().iter().find(|link| link["type"] == kind).cloned();
        assert!(link("replaced-by").is_some());
        link_pending(&asked.server.hub).await.unwrap();
        // The subsumed number leads to nobody, the survivor's to one patient, without the other number.
        assert_eq!(codes(&asked.get(&pix(5), &asked.utm, 404).await), ["unknown_source_identifier"]);
        let answer = asked.get(&pix(2), &asked.utm, 200).await;
        assert!(!answer.to_string().contains(utm_number(5)["value"].as_str().unwrap()), "{answer:#}");
        assert_eq!(asked.get(within(&under(&utm_number(5))), &asked.utm, 200).await["total"], 0);
        let person = asked.get(&format!("/Patient/{}", survivor["id"].as_str().unwrap()), &asked.utm, 200).await;
        assert_eq!(person["link"].as_array().unwrap().len(), 1, "{person:#}");
        // Its own id says what became of it, the decision why, and by whom.
        assert_eq!(asked.get(&format!("/Patient/{record}"), &asked.utm, 200).await["active"], false);
        let decisions = expect(asked.server.get("/v1/identity/decisions", &asked.utm), 200).await;
        let decision = &decisions["items"][0];
        assert_eq!((&decision["kind"], &decision["by"]), (&json!("merge"), &json!("scheme:ml-utm")), "{decision:#}");
        // Said again it changes nothing; its number is not to be written any more.
        answered(put(&asked, 5, &asked.utm, &replaced(5, 2)), 200).await;
        assert_eq!(codes(&answered(put(&asked, 5, &asked.utm, &patient(5)), 409).await.1), ["record_replaced"]);
        assert_eq!(codes(&answered(put(&asked, 5, &asked.utm, &replaced(5, 1)), 409).await.1), ["record_replaced"]);
        // The decision is taken back: both numbers answer.
        let undo = asked.server.post(&format!("/v1/identity/decisions/{}/undo", decision["id"].as_str().unwrap()), &asked.utm);
        let undo = undo.header("content-type", "application/json").body("{\"reason\":\"two cards, two men\"}");
        expect(undo, 202).await;
        link_pending(&asked.server.hub).await.unwrap();
        asked.get(&pix(5), &asked.utm, 200).await;
        assert_eq!(asked.get(&format!("/Patient/{record}"), &asked.utm, 200).await["active"], true);
    }

    async fn a_duplicate_of_nobody_of_a_stranger_or_of_itself_is_not_resolved(place: cluster::Place) {
        let asked = Asked::new(&place).await;
        let asked = &asked;
        let refused = |patient: Value| async move { codes(&answered(put(asked, 2, &asked.utm, &patient), 422).await.1).last().unwrap().to_string() };
        assert_eq!(refused(replaced(2, 99)).await, "no_survivor");
        assert_eq!(refused(replaced(2, 2)).await, "no_survivor");
        let mut inactive = patient(2);
        inactive["active"] = json!(false);
        assert_eq!(refused(inactive).await, "inactive_patient");
        let mut active = replaced(2, 1);
        active["active"] = json!(true);
        assert_eq!(refused(active).await, "check_failed");
        let mut nowhere = replaced(2, 1);
        nowhere["link"][0]["other"] = json!({ "display": "somebody" });
        assert_eq!(refused(nowhere).await, "check_failed");
        let mut foreign = replaced(2, 1);
        foreign["link"][0]["other"]["identifier"]["system"] = json!("urn:dankun:id:ml-amo-number");
        assert_eq!(codes(&answered(put(asked, 2, &asked.utm, &foreign), 403).await.1), ["foreign_domain"]);
        assert_eq!(codes(&answered(put(asked, 99, &asked.utm, &replaced(99, 1)), 404).await.1), ["not_found"]);
    }

    async fn a_removed_patient_is_nobody_until_its_source_sends_it_again(place: cluster::Place) {
        let asked = Asked::new(&place).await;
        let person = asked.person(1, &asked.canam).await;
        let delete = || asked.server.request(Method::DELETE, &under(&utm_number(1)), &asked.utm);
        answered(delete(), 204).await;
        link_pending(&asked.server.hub).await.unwrap();
        answered(delete(), 204).await;
        assert_eq!(asked.get(within(&under(&utm_number(1))), &asked.utm, 200).await["total"], 0);
        // The other scheme's record of the person stays what it was.
        let left = asked.get(&format!("/Patient/{}", person["id"].as_str().unwrap()), &asked.canam, 200).await;
        assert_eq!(left["link"].as_array().unwrap().len(), 1, "{left:#}");
        answered(put(&asked, 1, &asked.utm, &patient(1)), 201).await;
        link_pending(&asked.server.hub).await.unwrap();
        let back = asked.get(within(&under(&utm_number(1))), &asked.utm, 200).await;
        assert_eq!(back["total"], 1);
    }

    async fn a_batch_feeds_too(place: cluster::Place) {
        let asked = Asked::new(&place).await;
        let url = |number: u32| within(&under(&utm_number(number))).trim_start_matches("/").to_owned();
        let batch = json!({ "resourceType": "Bundle", "type": "batch", "entry": [
            { "resource": patient(7), "request": { "method": "PUT", "url": url(7) } },
            { "resource": patient(7), "request": { "method": "PUT", "url": url(7), "ifMatch": "W/\"5\"" } },
            { "request": { "method": "DELETE", "url": url(7) } },
        ] });
        let request = asked.server.post("/fhir/R4", &asked.utm).header("content-type", "application/fhir+json");
        let answer = judged(request.body(batch.to_string()), 200).await;
        let told: Vec<&str> = answer["entry"].as_array().unwrap().iter().map(|entry| entry["response"]["status"].as_str().unwrap()).collect();
        assert_eq!(told, ["201", "412", "204"]);
        assert_eq!(answer["entry"][0]["response"]["etag"], "W/\"1\"");
    }

    async fn openimis_is_read_by_its_own_mapping_numbers_without_a_system_and_dates_without_a_zone(place: cluster::Place) {
        let asked = Asked::new(&place).await;
        let key = asked.server.scheme_key("ml-openimis").await;
        let sample = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("mappings/ml-openimis.yaml");
        let mapping: Value = serde_saphyr::from_str(&std::fs::read_to_string(sample).unwrap()).unwrap();
        let (mut patient, coverage) = (mapping["sample"]["Patient"].clone(), &mapping["sample"]["Coverage"][0]);
        let bundle = json!({ "resourceType": "Bundle", "type": "collection", "entry": [{ "resource": patient }, { "resource": coverage }] });
        let sent = asked.server.post("/v1/schemes/ml-openimis/records", &key).header("content-type", "application/fhir+json");
        assert_eq!(expect(sent.body(bundle.to_string()), 200).await["new"], 1);
        patient["address"][0]["city"] = json!("Niamakoro");
        patient["deceasedDateTime"] = json!("2025-11-20T00:00:00");
        let number = json!({ "system": "urn:dankun:id:ml-openimis-number", "value": "900000010" });
        let request = asked.server.request(Method::PUT, &under(&number), &key).header("content-type", "application/fhir+json");
        let (headers, written) = answered(request.body(patient.to_string()), 200).await;
        assert_eq!(headers["etag"], "W/\"2\"");
        assert_eq!((&written["address"][0]["city"], &written["identifier"][0]), (&json!("Niamakoro"), &number), "{written:#}");
        let covered = asked.get(&format!("/Coverage?{}", under(&number).split('?').nth(1).unwrap().replace("identifier", "beneficiary.identifier")), &key, 200).await;
        assert_eq!(covered["total"], 1, "{covered:#}");
        // A creation names no number: the mapping finds it, and it is known.
        let post = asked.server.post("/fhir/R4/Patient", &key).header("content-type", "application/fhir+json");
        assert_eq!(codes(&answered(post.body(patient.to_string()), 412).await.1), ["stale"]);
    }
}
