//! Searches: one person each, by number, expression or predicate, and no more than an agreement shows.

use serde_json::{Value, json};

use crate::asked::Asked;
use crate::cluster;
use crate::invented::Invented;
use crate::message::{by_number, search, send};

const SCHEMA: &str = "SearchResponse";

async fn records(asked: &Asked, key: &str, body: &Value) -> Value {
    let answer = send(asked, "sync/search", key, body, 200, SCHEMA).await;
    let one = &answer["message"]["search_response"][0];
    assert_eq!(one["status"], "succ", "{answer:#}");
    assert_eq!(
        one["pagination"]["total_count"],
        one["data"]["reg_records"].as_array().unwrap().len()
    );
    one["data"]["reg_records"].clone()
}

fn values(member: &Value) -> Vec<&str> {
    let all = member["member_identifier"].as_array().unwrap().iter();
    all.map(|one| one["identifier_value"].as_str().unwrap()).collect()
}

cluster::both! {
    async fn the_three_kinds_of_query_find_the_same_person(place: cluster::Place) {
        let asked = Asked::new(&place).await;
        let key = asked.partner("tt-wide").await;
        let who = Invented::new(1);
        let attribute = |name: &str, value: &str| json!({ "attribute_name": name, "operator": "eq", "attribute_value": value });
        let bodies = [
            by_number("NINA", &who.nina()),
            by_number("ml-utm", &who.utm_id()),
            search("expression", json!({ "type": "ns:org:QueryType:expression", "value": { "expression": {
                "collection": "Member", "query": { "$and": [
                    { "identifier_type": { "$eq": "NINA" } }, { "identifier_value": { "$eq": who.nina() } } ] } } } })),
            search("predicate", json!([{ "seq_num": 1, "expression1": attribute("identifier_type", "NINA"),
                "condition": "and", "expression2": attribute("identifier_value", &who.nina()) }])),
        ];
        let mut first = None;
        for body in bodies {
            let found = records(&asked, &key, &body).await;
            let member = found[0].clone();
            assert!(values(&member).contains(&who.utm_id().as_str()));
            assert_eq!(member["demographic_info"]["sex"], "male");
            assert_eq!(member["programmes"].as_array().unwrap().len(), 2);
            assert_eq!(first.get_or_insert(member.clone()), &member);
        }
    }

    async fn nobody_sees_more_than_an_agreement_shows(place: cluster::Place) {
        let asked = Asked::new(&place).await;
        let who = Invented::new(1);
        let body = by_number("NINA", &who.nina());
        // ci-cnam: who it is and under which schemes, neither numbers nor names.
        let member = records(&asked, &asked.partner("ci-cnam").await, &body).await[0].clone();
        assert_eq!(values(&member).len(), 1);
        assert!(member["demographic_info"].is_null());
        assert!(member["programmes"][0]["programme"]["programme_identifier"].is_string());
        for secret in who.secrets() {
            assert!(!member.to_string().contains(&secret), "{secret}");
        }
        // tt-blind: nobody at all, as for somebody who does not exist.
        let blind = asked.partner("tt-blind").await;
        assert_eq!(records(&asked, &blind, &body).await, json!([]));
        assert_eq!(records(&asked, &blind, &by_number("NINA", &Invented::new(999).nina())).await, json!([]));
    }

    async fn each_search_of_a_batch_has_its_own_answer(place: cluster::Place) {
        let asked = Asked::new(&place).await;
        let key = asked.partner("tt-wide").await;
        let mut body = by_number("NINA", &Invented::new(1).nina());
        let one = |reference: &str, kind: &str, query: Value| json!({
            "reference_id": reference, "timestamp": "2026-01-01T10:00:00Z",
            "search_criteria": { "query_type": kind, "query": query },
        });
        let searches = body["message"]["search_request"].as_array_mut().unwrap();
        searches.push(one("r2", "idtype-value", json!({ "type": "NINA", "value": Invented::new(999).nina() })));
        searches.push(one("r3", "expression", json!({ "poverty_score": { "$lt": 5 } })));
        searches.push(one("r4", "expression", json!({ "surname": "Keita", "given_name": "%" })));
        searches.push(one("r5", "idtype-value", json!({ "type": "NINA" })));
        let answer = send(&asked, "sync/search", &key, &body, 200, SCHEMA).await;
        let told: Vec<(&str, &str, usize)> = answer["message"]["search_response"].as_array().unwrap().iter().map(|one| {
            let count = one["data"]["reg_records"].as_array().map_or(0, Vec::len);
            (one["reference_id"].as_str().unwrap(), one["status_reason_code"].as_str().unwrap_or("-"), count)
        }).collect();
        assert_eq!(told, [
            ("r1", "-", 1),
            ("r2", "-", 0),
            ("r3", "rjct.filter.invalid", 0),
            ("r4", "rjct.search_criteria.invalid", 0),
            ("r5", "rjct.search_criteria.invalid", 0),
        ]);
        assert_eq!(answer["header"]["total_count"], 5);
    }

    async fn pages_are_counted_from_one(place: cluster::Place) {
        let asked = Asked::new(&place).await;
        let key = asked.partner("tt-wide").await;
        let mut body = by_number("NINA", &Invented::new(1).nina());
        let at = |body: &mut Value, page: Value| body["message"]["search_request"][0]["search_criteria"]["pagination"] = page;
        for (number, count) in [(1, 1), (2, 0), (9_999, 0)] {
            at(&mut body, json!({ "page_size": 1, "page_number": number }));
            let answer = send(&asked, "sync/search", &key, &body, 200, SCHEMA).await;
            let one = &answer["message"]["search_response"][0];
            assert_eq!(one["data"]["reg_records"].as_array().unwrap().len(), count);
            assert_eq!(one["pagination"], json!({ "page_size": 1, "page_number": number, "total_count": 1 }));
        }
        for page in [json!({ "page_size": 0 }), json!({ "page_size": -1 }), json!({ "page_size": 5, "page_number": 0 }), json!({ "page_size": "many" })] {
            at(&mut body, page);
            send(&asked, "sync/search", &key, &body, 400, SCHEMA).await;
        }
    }
}
