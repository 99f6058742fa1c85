//! What stands around every message: who sends it, when, what it is.

use serde_json::{Value, json};

use super::faults::{error, form, id, missing, moment, one_of};
use crate::model::{Instant, Issue, IssueCode};

/// The version of the specification that is spoken.
pub const VERSION: &str = "1.0.0";

/// Who the hub is in its own messages.
pub const OURSELVES: &str = "dankun";

/// A message as received.
#[derive(Debug)]
pub struct Received {
    /// The sender's id of the message.
    pub id: String,
    /// Who the sender says it is; who it is, its key says.
    pub sender: String,
    /// Where it wants what comes later.
    pub callback: Option<String>,
    /// What it says.
    pub message: Value,
    /// What was read otherwise than it was written, as paths.
    pub repaired: Vec<&'static str>,
}

/// Reads a message of an action.
///
/// # Errors
/// Everything that is wrong with its envelope.
pub fn read(body: Value, action: &str) -> Result<Received, Vec<Issue>> {
    let mut body = if body.is_object() { body } else { Value::Null };
    let mut wrong = Vec::new();
    let mut repaired = Vec::new();
    let header = body["header"].take();
    let message = body["message"].take();
    if !header.is_object() {
        wrong.push(missing("header"));
    }
    if !message.is_object() {
        wrong.push(missing("message"));
    }
    let message_id = id(&header["message_id"], "header.message_id", &mut wrong);
    moment(&header["message_ts"], "header.message_ts", &mut wrong);
    let sender = id(&header["sender_id"], "header.sender_id", &mut wrong);
    match header["action"].as_str() {
        Some(stated) if stated == action => {}
        Some(stated) => wrong.push(one_of("header.action", stated, [action])),
        None => wrong.push(missing("header.action")),
    }
    match header["version"].as_str() {
        None => {}
        Some(stated) if stated.split('.').next() == VERSION.split('.').next() => {}
        Some(stated) => wrong.push(one_of("header.version", stated, [VERSION])),
    }
    if header["total_count"].as_u64().is_none() {
        // It says how many requests the message holds, which can be counted.
        repaired.push("header.total_count");
    }
    if header["is_msg_encrypted"] == true {
        wrong.push(error(IssueCode::UnknownCode, "header.is_msg_encrypted"));
    }
    let callback = header["sender_uri"].as_str().map(str::to_owned);
    if callback.as_ref().is_some_and(|uri| !uri.starts_with("http")) {
        wrong.push(form("header.sender_uri", callback.as_deref().unwrap_or_default(), "https://…"));
    }
    if wrong.is_empty() {
        Ok(Received { id: message_id, sender, callback, message, repaired })
    } else {
        Err(wrong)
    }
}

/// What an answer is made of, beside its message.
#[derive(Clone, Copy, Debug)]
pub struct Sending<'s> {
    /// The hub's id of it.
    pub id: &'s str,
    /// What it is, such as `on-search`.
    pub action: &'s str,
    /// How many requests it answers, and how many of them came to an end.
    pub counts: (usize, usize),
    /// When.
    pub now: Instant,
}

/// An answer to a message. Its header has the members of both kinds of header that the specification knows, because it
/// names one kind for some answers and the other for others.
#[must_use]
pub fn write(received: &Received, sending: &Sending<'_>, message: Value) -> Value {
    let (total, completed) = sending.counts;
    let mut header = json!({
        "version": VERSION,
        "message_id": sending.id,
        "message_ts": sending.now,
        "action": sending.action,
        "status": "succ",
        "total_count": total,
        "completed_count": completed,
        "sender_id": OURSELVES,
        "receiver_id": received.sender,
        "is_msg_encrypted": false,
    });
    if !received.repaired.is_empty() {
        header["meta"] = json!({ "repaired": received.repaired });
    }
    json!({ "signature": "", "header": header, "message": message })
}

/// The acknowledgement of a message that is answered later.
#[must_use]
pub fn acknowledge(received: &Received, correlation: &str, now: Instant) -> Value {
    let mut ack = json!({
        "ack_status": "ACK",
        "timestamp": now,
        "correlation_id": correlation,
    });
    if !received.repaired.is_empty() {
        ack["repaired"] = json!(received.repaired);
    }
    json!({ "message": ack })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message() -> Value {
        json!({
            "signature": "unsigned",
            "header": {
                "message_id": "1", "message_ts": "2026-01-01T00:00:00Z", "action": "search",
                "sender_id": "a.example.org", "total_count": 1,
            },
            "message": {},
        })
    }

    fn paths(body: Value) -> Vec<String> {
        let wrong = read(body, "search").unwrap_err();
        wrong.iter().map(|issue| issue.place.path.clone().unwrap()).collect()
    }

    #[test]
    fn everything_wrong_with_an_envelope_is_told_at_once() {
        assert!(read(message(), "search").unwrap().repaired.is_empty());
        assert_eq!(paths(json!({}))[..2], ["header", "message"]);
        let mut body = message();
        body["header"]["message_ts"] = json!("2026-01-01T00:00:00");
        body["header"]["action"] = json!("notify");
        body["header"]["version"] = json!("2.0.0");
        body["header"]["message_id"] = json!("x".repeat(100));
        let expected =
            ["header.message_id", "header.message_ts", "header.action", "header.version"];
        assert_eq!(paths(body), expected);
    }

    #[test]
    fn a_count_that_is_not_there_is_counted_and_said() {
        let mut body = message();
        body["header"].as_object_mut().unwrap().remove("total_count");
        let received = read(body, "search").unwrap();
        assert_eq!(received.repaired, ["header.total_count"]);
        let now = Instant::from_millis(0);
        assert_eq!(
            acknowledge(&received, "c", now)["message"]["repaired"],
            json!(["header.total_count"])
        );
    }
}
