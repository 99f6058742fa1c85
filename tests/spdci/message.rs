//! Messages as partners send them, and the specification that judges what comes back.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::asked::Asked;
use crate::server::{Document, expect};

/// A message with nothing wrong around it.
pub fn envelope(message: Value) -> Value {
    json!({
        "signature": "unsigned",
        "header": {
            "version": "1.0.0", "message_id": "m1", "message_ts": "2026-01-01T00:00:00+00:00", "action": "search",
            "sender_id": "spmis.example.org", "receiver_id": "dankun", "total_count": 1,
        },
        "message": message,
    })
}

/// A message with one search.
pub fn search(query_type: &str, query: Value) -> Value {
    envelope(json!({
        "transaction_id": "t1",
        "search_request": [{
            "reference_id": "r1", "timestamp": "2026-01-01T10:00:00Z", "locale": "eng",
            "search_criteria": { "version": "1.0.0", "reg_type": "ns:org:RegistryType:IBR",
                "query_type": query_type, "query": query, "pagination": { "page_size": 10, "page_number": 1 } },
        }],
    }))
}

/// A search by number.
pub fn by_number(kind: &str, value: &str) -> Value {
    search("idtype-value", json!({ "type": kind, "value": value }))
}

/// A question whether somebody is enrolled.
pub fn enrolled(query: Value) -> Value {
    envelope(json!({
        "transaction_id": "t1",
        "enrolled_criteria": { "query_type": "expression", "response_entity": "Member", "query": query },
    }))
}

/// Sends a message; the answer must have this status and, where it is one, the form of `schema`.
pub async fn send(
    asked: &Asked,
    path: &str,
    key: &str,
    body: &Value,
    status: u16,
    schema: &str,
) -> Value {
    let request = asked.server.post(&format!("/spdci/registry/{path}"), key).document(body);
    let answer = expect(request, status).await;
    if status == 200 {
        let judged = if answer["message"].is_null() { &answer } else { &answer["message"] };
        judge(judged, schema);
        judge(&answer["header"], "MsgCallbackHeader_V1.0.0");
    } else {
        for error in answer["errors"].as_array().expect("a list of errors") {
            assert!(error["code"].as_str().unwrap().starts_with("err."), "{answer}");
            assert!(error["message"].as_str().unwrap().len() > 5, "{answer}");
        }
    }
    answer
}

/// Sends a message that is answered later; its acknowledgement, judged.
pub async fn hand_in(asked: &Asked, path: &str, key: &str, body: &Value) -> Value {
    let request = asked.server.post(&format!("/spdci/registry/{path}"), key).document(body);
    let answer = expect(request, 200).await;
    judge_with("ibr", &answer, |root| {
        root["components"]["responses"]["Response"]["content"]["application/json"]["schema"].clone()
    });
    answer["message"].clone()
}

/// Holds a whole message against what the specification of beneficiary registries says of an address.
#[track_caller]
pub fn judge_message(document: &Value, path: &str) {
    judge_message_of("ibr", document, path);
}

/// Holds a whole message against what a specification says of an address: `/registry/on-search`.
#[track_caller]
pub fn judge_message_of(specification: &str, document: &Value, path: &str) {
    judge_with(specification, document, |root| {
        let body = &root["paths"][path]["post"]["requestBody"]["content"];
        let schema = body["application/json"]["schema"].clone();
        assert!(schema.is_object(), "the specification has no {path}");
        schema
    });
}

fn specification(name: &str) -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let shared =
        std::env::var_os("DANKUN_SHARED").map_or_else(|| root.join("../shared"), PathBuf::from);
    let path = shared.join(format!("artefacts/spdci/spec/{name}_api_v1.0.0.yaml"));
    path.exists().then_some(path)
}

/// Holds a document against a schema of the specification.
#[track_caller]
fn judge(document: &Value, schema: &str) {
    judge_with("ibr", document, |_| json!({ "$ref": format!("#/components/schemas/{schema}") }));
}

#[track_caller]
fn judge_with(name: &str, document: &Value, schema: impl FnOnce(&Value) -> Value) {
    let Some(path) = specification(name) else {
        eprintln!("skipped: no specification of SPDCI");
        return;
    };
    let mut root: Value = serde_saphyr::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    root["allOf"] = json!([schema(&root)]);
    let validator = jsonschema::draft7::new(&root).unwrap();
    let wrong: Vec<String> =
        validator.iter_errors(document).map(|error| error.to_string()).collect();
    assert!(wrong.is_empty(), "{wrong:#?}\n{document:#}");
}
