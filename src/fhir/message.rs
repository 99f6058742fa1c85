//! Messages of a patient identity feed (IHE PMIR ITI-93), and the messages that answer them.

use serde_json::{Value, json};

use super::bundle::{self, Answered};
use super::request::error;
use crate::model::{Expected, Issue, IssueCode};

/// What a feed says of itself.
pub const FEED: &str = "urn:ihe:iti:pmir:2019:patient-feed";
/// What the answer says of itself.
const RESPONSE: &str = "urn:ihe:iti:pmir:2019:patient-feed-response";

/// A message with its entries.
pub struct Message {
    /// The id of its header, which the answer repeats.
    pub id: String,
    /// The entries of its history: `request` and `resource`.
    pub entries: Vec<Value>,
}

/// Why something is no such message.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Fault {
    /// Elements that are missing or impossible.
    Wrong(Vec<Issue>),
    /// A message about something else.
    Event(String),
}

/// Reads a message.
///
/// # Errors
/// Everything that is wrong with it.
pub fn read(mut body: Value) -> Result<Message, Fault> {
    let mut wrong = Vec::new();
    let mut expect = |given: &Value, path: &str, expected: &str| {
        if given != expected {
            let expected = Expected::OneOf(vec![expected.to_owned()]);
            wrong.push(error(IssueCode::WrongType, path).expected(expected));
        }
    };
    expect(&body["resourceType"], "resourceType", "Bundle");
    expect(&body["type"], "Bundle.type", "message");
    let header = &body["entry"][0]["resource"];
    expect(&header["resourceType"], "Bundle.entry[0].resource", "MessageHeader");
    let history = &body["entry"][1]["resource"];
    expect(&history["resourceType"], "Bundle.entry[1].resource", "Bundle");
    expect(&history["type"], "Bundle.entry[1].resource.type", "history");
    if !wrong.is_empty() {
        return Err(Fault::Wrong(wrong));
    }
    let event = header["eventUri"].as_str().or_else(|| header["eventCoding"]["code"].as_str());
    if event != Some(FEED) {
        return Err(Fault::Event(event.unwrap_or("eventUri").chars().take(80).collect()));
    }
    let id = plain(header["id"].as_str().unwrap_or_default());
    let entries = match body["entry"][1]["resource"]["entry"].take() {
        Value::Array(entries) => entries,
        _ => Vec::new(),
    };
    Ok(Message { id, entries })
}

/// An id as FHIR allows it; one is always needed.
fn plain(id: &str) -> String {
    let allowed = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.');
    let id: String = id.chars().filter(allowed).take(64).collect();
    if id.is_empty() { "message".to_owned() } else { id }
}

/// Puts the numbers of patients in the place of references to them within the message: the sender's ids mean nothing
/// elsewhere. `own` is the number by which the source knows a Patient.
pub fn settle(entries: &mut [Value], own: impl Fn(&Value) -> Option<Value>) {
    let known: Vec<(String, Value)> = entries
        .iter()
        .filter_map(|entry| {
            let patient = &entry["resource"];
            let id = patient["id"].as_str()?;
            Some((format!("Patient/{id}"), own(patient)?))
        })
        .collect();
    let links = entries.iter_mut().filter_map(|entry| entry["resource"].get_mut("link"));
    for link in links.filter_map(Value::as_array_mut).flatten() {
        if !link["other"]["identifier"].is_null() {
            continue;
        }
        let reference = link["other"]["reference"].as_str().unwrap_or_default();
        let ends = |known: &str| {
            reference.strip_suffix(known).is_some_and(|head| head.is_empty() || head.ends_with('/'))
        };
        if let Some((_, number)) = known.iter().find(|(known, _)| ends(known)) {
            link["other"] = json!({ "identifier": number });
        }
    }
}

/// The message that answers: `worst` is the highest status of its entries.
#[must_use]
pub fn response(
    base: &str,
    id: &str,
    worst: u16,
    answers: Vec<Answered>,
    [header, outcomes]: &[String; 2],
    at: &str,
) -> Value {
    let code = match worst {
        ..400 => "ok",
        400..500 => "fatal-error",
        500.. => "transient-error",
    };
    let mut outcome = bundle::response("batch-response", answers);
    outcome["id"] = json!(outcomes);
    json!({
        "resourceType": "Bundle",
        "type": "message",
        "timestamp": at,
        "entry": [
            { "fullUrl": format!("urn:uuid:{header}"), "resource": {
                "resourceType": "MessageHeader",
                "id": header,
                "eventUri": RESPONSE,
                "source": { "name": "dankun", "endpoint": base },
                "response": { "identifier": id, "code": code },
                "focus": [{ "reference": format!("urn:uuid:{outcomes}") }],
            } },
            { "fullUrl": format!("urn:uuid:{outcomes}"), "resource": outcome },
        ],
    })
}
