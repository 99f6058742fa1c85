//! A question of the generator as an EnrolledRequest, and whether its answer says the same as REST.

use serde_json::{Map, Value, json};

use crate::expected::Query;
use crate::population::Population;
use crate::server::{Document, read};
use crate::text;

/// Asks in SPDCI; answers the status and the document, whatever it is.
pub async fn ask(population: &Population, query: &Query, key: &str) -> (u16, Value) {
    // SPDCI has no field for the purpose.
    let purpose = text(&query.question["purpose"]).to_owned();
    let request = population
        .server
        .post("/spdci/registry/sync/enrolled", key)
        .header("x-purpose-of-use", if purpose.is_empty() { "NONE".to_owned() } else { purpose });
    let (status, answer) = read(request.document(&request_of(population, query))).await;
    (status.as_u16(), answer)
}

fn request_of(population: &Population, query: &Query) -> Value {
    let question = &query.question;
    let mut asked = Map::new();
    let mut put = |name: &str, value: &Value| {
        if !value.is_null() {
            asked.insert(name.to_owned(), json!({ "eq": value }));
        }
    };
    put("as_of", &question["as_of"]);
    put("country_of_care", &question["country_of_care"]);
    put("programme_identifier", &question["scheme"].as_str().map(str::to_lowercase).into());
    let subject = &question["subject"];
    if let Some(number) = subject["identifiers"].get(0) {
        put("identifier_type", &number["type"]);
        put("person_identifier", &number["value"]);
    } else {
        let person = &subject["demographics"];
        put("surname", &person["family"]);
        put("given_name", &person["given"]);
        put("sex", &person["sex"]);
        put("birth_date", &person["birth_date"]);
        put("phone_number", &person["phone"]);
    }
    // A message that is too old is refused.
    let now = population.server.hub.now();
    json!({
        "signature": "unsigned",
        "header": {
            "version": "1.0.0", "message_id": query.id, "message_ts": now, "action": "search",
            "sender_id": query.asked_by, "receiver_id": "dankun", "total_count": 1,
        },
        "message": {
            "transaction_id": query.id,
            "enrolled_criteria": { "query_type": "expression", "response_entity": "Member", "query": asked },
        },
    })
}

/// Holds the answer in SPDCI against the answer in REST: yes where that says eligible, and every field beside it.
pub fn agree((status, spdci): &(u16, Value), rest: &Value, id: &str) {
    assert_eq!(*status, 200, "{id}: {spdci}");
    let one = &spdci["enrolled_response"][0];
    let yes = if rest["answer"] == "eligible" { "yes" } else { "no" };
    assert_eq!(one["enrolled_status"], yes, "{id}");
    let (told, rest) = (&one["additional_attributes"], rest.as_object().unwrap());
    for (name, value) in rest.iter().filter(|(name, _)| *name != "query_id") {
        assert_eq!(&told[name], value, "{id} {name}");
    }
}
