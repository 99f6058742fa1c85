//! Bundles of type transaction: all of it or nothing.

use serde_json::{Value, json};

use crate::asked::{Asked, codes, utm_number};
use crate::cluster;
use crate::feed::{patient, replaced, under, within};
use crate::server::expect;

fn entry(number: u32, method: &str, patient: Value) -> Value {
    let url = match method {
        "POST" => "Patient".to_owned(),
        _ => within(&under(&utm_number(number))).trim_start_matches("/").to_owned(),
    };
    json!({ "resource": patient, "request": { "method": method, "url": url } })
}

fn transaction(entries: &[Value]) -> Value {
    json!({ "resourceType": "Bundle", "type": "transaction", "entry": entries })
}

async fn known(asked: &Asked, number: u32) -> Value {
    let path = under(&utm_number(number));
    asked.get(within(&path), &asked.utm, 200).await["total"].clone()
}

cluster::both! {
    async fn a_transaction_does_all_of_it(place: cluster::Place) {
        let asked = Asked::new(&place).await;
        let mut moved = patient(1);
        moved["address"] = json!([{ "country": "ML", "city": "Sikasso" }]);
        let mut there = entry(2, "POST", patient(2));
        there["request"]["ifNoneExist"] = json!(under(&utm_number(2)).split('?').nth(1).unwrap());
        let all = transaction(&[entry(7, "PUT", patient(7)), entry(8, "POST", patient(8)), entry(1, "PUT", moved), there]);
        let answer = asked.post("", &asked.utm, &all, 200).await;
        assert_eq!(answer["type"], "transaction-response");
        let told: Vec<(&str, &str)> = answer["entry"].as_array().unwrap().iter()
            .map(|entry| (entry["response"]["status"].as_str().unwrap(), entry["response"]["etag"].as_str().unwrap())).collect();
        assert_eq!(told, [("201", "W/\"1\""), ("201", "W/\"1\""), ("200", "W/\"2\""), ("200", "W/\"1\"")]);
        assert_eq!(answer["entry"][2]["resource"]["address"][0]["city"], "Sikasso");
        assert_eq!((known(&asked, 7).await, known(&asked, 8).await), (json!(1), json!(1)));
    }

    async fn a_transaction_does_nothing_when_one_of_it_cannot_be_done(place: cluster::Place) {
        let asked = Asked::new(&place).await;
        let mut wrong = patient(8);
        wrong["birthDate"] = json!("2001-02-30");
        let one_wrong = transaction(&[entry(7, "PUT", patient(7)), entry(8, "PUT", wrong)]);
        assert_eq!(codes(&asked.post("", &asked.utm, &one_wrong, 422).await), ["invalid_record", "bad_date"]);
        assert_eq!((known(&asked, 7).await, known(&asked, 8).await), (json!(0), json!(0)));
        let batches = expect(asked.server.get("/v1/batches", &asked.utm), 200).await;
        assert!(batches["items"].as_array().unwrap().iter().any(|batch| batch["state"] == "discarded"), "{batches:#}");
        let good = entry(7, "PUT", patient(7));
        let mut seen = entry(8, "PUT", patient(8));
        seen["request"]["ifMatch"] = json!("W/\"4\"");
        let cases = [
            (vec![good.clone(), seen], 412, "stale"),
            (vec![good.clone(), good.clone()], 400, "invalid_parameter"),
            (vec![good.clone(), entry(1, "DELETE", Value::Null)], 422, "not_supported"),
            (vec![good.clone(), entry(2, "PUT", replaced(2, 1))], 422, "not_supported"),
            (vec![good.clone(), entry(9, "PUT", patient(8))], 400, "other_number"),
            (vec![good, json!({ "request": { "method": "GET", "url": "Patient" } })], 422, "not_supported"),
        ];
        for (entries, status, code) in cases {
            let outcome = asked.post("", &asked.utm, &transaction(&entries), status).await;
            assert_eq!(codes(&outcome), [code]);
        }
        assert_eq!(known(&asked, 7).await, json!(0));
        assert!(asked.post("", &asked.utm, &transaction(&[]), 200).await["entry"].is_null());
    }
}
