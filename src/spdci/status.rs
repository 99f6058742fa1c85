//! What became of a message: asked for by its transaction, its references or the hub's own id of it.

use serde_json::{Value, json};

use super::faults::{error, id, missing, one_of};
use crate::model::{Instant, Issue, IssueCode};

/// What a message asks.
#[derive(Debug)]
pub struct Asked {
    /// The sender's id of this transaction.
    pub transaction: String,
    /// The sender's id of the question.
    pub reference: String,
    /// What was asked then: `search`, `subscribe` or `receipt`.
    pub kind: String,
    /// By what it is named.
    pub named: Named,
}

/// By what an earlier message is named.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Named {
    /// The sender's id of its transaction.
    Transaction(String),
    /// The sender's ids of requests in it.
    References(Vec<String>),
    /// The hub's id of it, from its acknowledgement.
    Correlation(String),
}

/// Requests that may be asked for by reference at once.
const MOST: usize = 100;

const KINDS: [&str; 3] = ["search", "subscribe", "receipt"];

const NAMES: [&str; 3] = ["transaction_id", "reference_id_list", "correlation_id"];

/// Reads a message.
///
/// # Errors
/// Everything that is wrong with its form.
pub fn read(message: &Value) -> Result<Asked, Vec<Issue>> {
    let mut wrong = Vec::new();
    let transaction = id(&message["transaction_id"], "message.transaction_id", &mut wrong);
    let request = &message["txnstatus_request"];
    let place = |name: &str| format!("message.txnstatus_request.{name}");
    let reference = id(&request["reference_id"], &place("reference_id"), &mut wrong);
    let kind = choice(&request["txn_type"], &place("txn_type"), KINDS, &mut wrong);
    let named = choice(&request["attribute_type"], &place("attribute_type"), NAMES, &mut wrong);
    let (value, path) = (&request["attribute_value"], place("attribute_value"));
    let named = match named.as_str() {
        "transaction_id" => Named::Transaction(id(value, &path, &mut wrong)),
        "correlation_id" => Named::Correlation(id(value, &path, &mut wrong)),
        _ => {
            // One reference alone is written without a list, too.
            let list = value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]);
            if list.len() > MOST {
                wrong.push(error(IssueCode::OutOfRange, &path));
            }
            let list = list.iter().take(MOST).map(|one| id(one, &path, &mut wrong));
            Named::References(list.collect())
        }
    };
    if wrong.is_empty() { Ok(Asked { transaction, reference, kind, named }) } else { Err(wrong) }
}

fn choice(value: &Value, path: &str, known: [&str; 3], wrong: &mut Vec<Issue>) -> String {
    match value.as_str() {
        Some(text) if known.contains(&text) => return text.to_owned(),
        Some(text) => wrong.push(one_of(path, text, known)),
        None => wrong.push(missing(path)),
    }
    String::new()
}

/// What became of one request.
#[derive(Clone, PartialEq, Debug)]
pub enum Became {
    /// It was answered so.
    Answered(Value),
    /// It waits, by its reference.
    Pending(String),
}

/// The answer. The specification has one form for all that was asked: that of the answer to a search.
#[must_use]
pub fn write(
    asked: &Asked,
    (transaction, became): (&str, Vec<Became>),
    correlation: &str,
    now: Instant,
) -> Value {
    let mut responses: Vec<Value> = became
        .into_iter()
        .map(|one| match one {
            Became::Answered(mut response) => {
                // Its codes are those of searches: of others the words are told.
                if let Some(members) = response.as_object_mut().filter(|_| asked.kind != "search") {
                    members.remove("status_reason_code");
                }
                response
            }
            Became::Pending(reference) => {
                json!({ "reference_id": reference, "timestamp": now, "status": "pdng" })
            }
        })
        .collect();
    if responses.is_empty() {
        responses.push(json!({
            "reference_id": asked.reference,
            "timestamp": now,
            "status": "rjct",
            "status_reason_code": "rjct.reference_id.invalid",
        }));
    }
    json!({
        "transaction_id": asked.transaction,
        "correlation_id": correlation,
        "txnstatus_response": {
            "txn_type": asked.kind,
            "txn_status": {
                "transaction_id": transaction,
                "correlation_id": correlation,
                "search_response": responses,
            },
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_named_in_three_ways() {
        let asked = |by: &str, value: Value| {
            read(&json!({ "transaction_id": "t", "txnstatus_request": {
                "reference_id": "r", "txn_type": "search", "attribute_type": by, "attribute_value": value } }))
            .map(|asked| asked.named)
        };
        assert_eq!(asked("transaction_id", json!("a")), Ok(Named::Transaction("a".to_owned())));
        assert_eq!(asked("correlation_id", json!("c")), Ok(Named::Correlation("c".to_owned())));
        let two = Named::References(vec!["a".to_owned(), "b".to_owned()]);
        assert_eq!(asked("reference_id_list", json!(["a", "b"])), Ok(two));
        assert!(asked("reference_id_list", json!(vec!["a"; 101])).is_err());
        assert!(asked("name", json!("a")).is_err());
        assert!(read(&json!({})).unwrap_err().len() > 3);
    }
}
