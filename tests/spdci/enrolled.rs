//! Enrolled: yes where `/v1/eligibility` says eligible, no everywhere else.

use serde_json::{Value, json};

use crate::asked::Asked;
use crate::cluster;
use crate::invented::Invented;
use crate::message::{enrolled, send};
use crate::server::{Document, expect};

const SCHEMA: &str = "EnrolledResponse";

/// The same person in both interfaces: three ways of naming one.
fn named(number: u32) -> [(Value, Value); 3] {
    let who = Invented::new(number);
    let birth: Vec<&str> = who.birth().leak().split('/').rev().collect();
    let birth = birth.join("-");
    [
        (
            json!({ "identifier_type": { "eq": "NINA" }, "person_identifier": { "eq": who.nina() } }),
            json!({ "identifiers": [{ "type": "NINA", "value": who.nina() }] }),
        ),
        (
            json!({ "person_identifier": { "eq": who.utm_id() } }),
            json!({ "identifiers": [{ "type": "ML-UTM", "value": who.utm_id() }] }),
        ),
        (
            json!({ "$and": [
                { "demographic_info.name.surname": { "$eq": who.family } },
                { "demographic_info.name.given_name": { "$eq": who.given } },
                { "demographic_info.birth_date": { "$eq": birth } }, { "demographic_info.sex": "male" },
            ] }),
            json!({ "demographics": { "family": who.family, "given": who.given, "sex": "male", "birth_date": birth } }),
        ),
    ]
}

cluster::both! {
    async fn enrolled_is_yes_where_v1_says_eligible(place: cluster::Place) {
        let asked = Asked::new(&place).await;
        let mut told = std::collections::BTreeSet::new();
        for partner in ["ci-cnam", "ng-nhia", "tt-blind"] {
            let key = asked.partner(partner).await;
            for (mut query, subject) in [1, 2, 3, 999].into_iter().flat_map(named) {
                for (day, programme) in [("2025-11-02", None), ("2022-02-01", None), ("2025-11-02", Some("ml-utm"))] {
                    query["as_of"] = json!({ "eq": day });
                    query["country_of_care"] = json!("ML");
                    let mut rest = json!({ "purpose": "CARE_AUTHORISATION", "as_of": day, "country_of_care": "ML", "subject": subject });
                    if let Some(programme) = programme {
                        query["programme_identifier.program.programme_identifier"] = json!({ "eq": programme });
                        rest["scheme"] = json!(programme);
                    } else {
                        query.as_object_mut().unwrap().remove("programme_identifier.program.programme_identifier");
                    }
                    // A number of a programme is its own unless the query says which it is.
                    if programme.is_some() && query["identifier_type"].is_null() && subject["identifiers"].is_array() {
                        query["identifier_type"] = json!("ML-UTM");
                    }
                    let rest = expect(asked.server.post("/v1/eligibility", &key).document(&rest), 200).await;
                    let answer = send(&asked, "sync/enrolled", &key, &enrolled(query.clone()), 200, SCHEMA).await;
                    let yes = if rest["answer"] == "eligible" { "yes" } else { "no" };
                    let one = &answer["enrolled_response"][0];
                    assert_eq!(one["enrolled_status"], yes, "{query} {rest}");
                    assert_eq!(one["additional_attributes"]["reason"], rest["reason"]);
                    told.insert(rest["reason"].as_str().unwrap().to_owned());
                }
            }
        }
        assert!(told.len() > 2, "the questions are too alike: {told:?}");
    }

    async fn the_reason_is_said_in_the_askers_language(place: cluster::Place) {
        let asked = Asked::new(&place).await;
        let key = asked.partner("ci-cnam").await;
        let body = enrolled(json!({ "identifier_type": "NINA", "person_identifier": "nobody" }));
        for (language, words) in [("fr", "personne ne correspond"), ("en", "nobody corresponds")] {
            let request = asked.server.post("/spdci/registry/sync/enrolled", &key).header("accept-language", language);
            let answer = expect(request.document(&body), 200).await;
            let said = answer["enrolled_response"][0]["status_reason_message"].as_str().unwrap();
            assert!(said.contains(words), "{said}");
        }
    }
}
