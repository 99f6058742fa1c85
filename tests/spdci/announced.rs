//! What others tell the hub: deaths by a civil registry, how beneficiaries stand by their programme's own system.

use dankun::model::{Holder, Scope};
use dankun::operations::link::link_pending;
use serde_json::{Value, json};

use crate::asked::Asked;
use crate::cluster;
use crate::follow::of_action;
use crate::invented::Invented;
use crate::later::{agreed, work};
use crate::message::{hand_in, judge_message_of, send};
use crate::receiver::Receiver;
use crate::server::expect;

fn callback(message: Value) -> Value {
    let mut body = of_action("notify", message);
    body["header"]["status"] = json!("succ");
    body
}

fn deaths(id: &str, people: &[(&str, Value, &str)]) -> Value {
    let events: Vec<Value> = people.iter().map(|(reference, identifier, died)| json!({
        "reference_id": reference, "timestamp": "2026-01-01T00:00:00Z", "locale": "fra",
        "data": { "version": "1.0.0", "reg_type": "ns:org:RegistryType:CRVS",
            "reg_event_type": "spdci-common:RegistryEventType:Death", "reg_record_type": "Person",
            "reg_records": { "@type": "CRVS_Person", "identifier": identifier, "death_date": died, "sex": "male" } },
    })).collect();
    let mut body = callback(json!({ "transaction_id": id, "notify_event": events }));
    body["header"]["message_id"] = json!(id);
    judge_message_of("crvs", &body, "/registry/notify");
    body
}

fn number(kind: &str, value: &str) -> Value {
    json!({ "@type": "Identifier", "identifier_type": kind, "identifier_value": value })
}

/// The date of death in the records of a scheme, by their ids.
async fn died(asked: &Asked, key: &str) -> Vec<(String, Value)> {
    let listed = expect(asked.server.get("/v1/records", key), 200).await;
    let mut found: Vec<(String, Value)> = listed["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| {
            let record = &item["record"];
            (
                record["source"]["record_id"].as_str().unwrap().to_owned(),
                record["person"]["death_date"].clone(),
            )
        })
        .collect();
    found.sort_by(|a, b| a.0.cmp(&b.0));
    found
}

async fn registry_key(asked: &Asked, id: &str) -> String {
    asked.server.key(Holder::Partner(id.to_owned()), &[Scope::RecordsWrite]).await
}

cluster::both! {
    async fn deaths_that_a_civil_registry_announces_are_events_of_the_records(place: cluster::Place) {
        let (receiver, url) = Receiver::listen(202).await;
        let asked = agreed(&place, &url).await;
        let key = registry_key(&asked, "tt-crvs").await;
        let (one, two) = (Invented::new(1), Invented::new(2));
        let body = deaths("m", &[
            ("r1", json!([number("NINA", &one.nina())]), "2025-12-24"),
            ("r2", number("NINA", &Invented::new(999).nina()), "2025-12-25"),
            // Two people: nobody can tell who is meant.
            ("r3", json!([number("NINA", &one.nina()), number("ML-UTM", &two.utm_id())]), "2025-12-26"),
        ]);
        assert_eq!(hand_in(&asked, "notify", &key, &body).await["ack_status"], "ACK");
        assert_eq!(hand_in(&asked, "notify", &key, &body).await["ack_status"], "ERR", "it was sent before");
        work(&asked).await;
        link_pending(&asked.server.hub).await.unwrap();
        assert_eq!(died(&asked, &asked.utm).await, [
            (one.utm_id(), json!("2025-12-24")),
            (two.utm_id(), Value::Null),
        ]);
        // The registry speaks of UTM's insured only; the death decides the answers of all.
        assert!(died(&asked, &asked.canam).await.iter().all(|(_, date)| date.is_null()));
        let question = json!({ "purpose": "CARE_AUTHORISATION", "as_of": "2026-01-01",
            "subject": { "identifiers": [{ "type": "NINA", "value": one.nina() }] } });
        let partner = asked.partner("tt-called").await;
        let request = asked.server.post("/v1/eligibility", &partner).header("content-type", "application/json");
        assert_eq!(expect(request.body(question.to_string()), 200).await["reason"], "deceased");
        // The same announcement in another message is the same event.
        let again = deaths("n", &[("r1", number("NINA", &one.nina()), "2025-12-24")]);
        hand_in(&asked, "notify", &key, &again).await;
        work(&asked).await;
        assert!(receiver.got().is_empty(), "a notice is not answered");
    }

    async fn only_a_civil_registry_announces_deaths(place: cluster::Place) {
        let (_, url) = Receiver::listen(202).await;
        let asked = agreed(&place, &url).await;
        let body = deaths("m", &[("r1", number("NINA", &Invented::new(1).nina()), "2025-12-24")]);
        for key in [registry_key(&asked, "tt-called").await, asked.partner("tt-crvs").await, asked.utm.clone()] {
            send(&asked, "notify", &key, &body, 403, "").await;
        }
        let key = registry_key(&asked, "tt-crvs").await;
        let mut undated = body.clone();
        undated["message"]["notify_event"][0]["data"]["reg_records"]["death_date"] = json!("soon");
        let ack = hand_in(&asked, "notify", &key, &undated).await;
        assert!(ack["error"]["message"].as_str().unwrap().contains("death_date"), "{ack}");
        work(&asked).await;
        assert!(died(&asked, &asked.utm).await.iter().all(|(_, date)| date.is_null()));
    }

    async fn a_programme_tells_how_its_own_beneficiaries_stand(place: cluster::Place) {
        let (_, url) = Receiver::listen(202).await;
        let asked = agreed(&place, &url).await;
        let member = |kind: &str, value: &str, status: &str, on: &str| json!({ "@type": "Beneficiary", "member": {
            "member_identifier": [number(kind, value)],
            "programme_identifier": { "programme": { "programme_identifier": "ml-utm" },
                "enrolment_status": status, "status_change_date": on } } });
        let two = Invented::new(2);
        let body = callback(json!({ "transaction_id": "t1", "enrolled_updates": { "beneficiaries": [
            member("ML-UTM", &two.utm_id(), "Suspended", "2025-12-31"),
            member("NINA", &Invented::new(3).nina(), "Suspended", "2025-12-31"),
            member("ML-UTM", &two.utm_id(), "Graduated", "2025-12-31"),
        ] } }));
        let answer = send(&asked, "sync/enrollment/updates", &asked.utm, &body, 200, "EnrollmentUpdatesResponse").await;
        let told: Vec<&str> = answer["message"]["enrolled_response"].as_array().unwrap().iter().map(|one| one["status"].as_str().unwrap()).collect();
        assert_eq!(told, ["succ", "rjct", "rjct"], "what is CANAM's is not UTM's");
        link_pending(&asked.server.hub).await.unwrap();
        let question = json!({ "purpose": "CARE_AUTHORISATION", "as_of": "2026-01-01", "scheme": "ml-utm",
            "subject": { "identifiers": [{ "type": "NINA", "value": two.nina() }] } });
        let partner = asked.partner("tt-called").await;
        let request = asked.server.post("/v1/eligibility", &partner).header("content-type", "application/json");
        assert_eq!(expect(request.body(question.to_string()), 200).await["reason"], "suspended");
        send(&asked, "sync/enrollment/updates", &partner, &body, 403, "").await;
    }
}
