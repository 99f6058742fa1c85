//! What stands around every message: who sends it, when, what it is.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::faults::{error, form, id, missing, moment, one_of};
use crate::model::{Expected as Bounds, Instant, Issue, IssueCode};

/// The version of the specification that is spoken.
pub const VERSION: &str = "1.0.0";

/// Who the hub is in its own messages.
pub const OURSELVES: &str = "dankun";

/// How far ahead of the hub's clock a message may be dated, in milliseconds: clocks of small offices go wrong by minutes.
const AHEAD: i64 = 10 * 60 * 1000;

/// How old a message may be, in milliseconds. A day, because messages wait where the line is down; the hub remembers the
/// ids of messages for longer than that, so that a message sent again by somebody else is known.
const AGE: i64 = 24 * 60 * 60 * 1000;

/// A message as received.
#[derive(Debug, Default)]
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
    pub repaired: Vec<String>,
}

/// What is expected of a message.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'e> {
    /// What it must be, such as `search`.
    pub action: &'e str,
    /// Which of the two kinds of header it has.
    pub header: Header,
    /// What the sender may call itself; anything when empty.
    pub senders: &'e BTreeSet<String>,
    /// Whether it was signed: then it must say for whom it is, lest it be shown to somebody else.
    pub signed: bool,
    /// The moment of arrival.
    pub now: Instant,
}

/// The kinds of header.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Header {
    /// Of a request.
    Request,
    /// Of what follows on a request, such as a notice.
    Callback,
}

/// Reads a message.
///
/// # Errors
/// Everything that is wrong with its envelope.
pub fn read(body: Value, expected: &Expected<'_>) -> Result<Received, Vec<Issue>> {
    let mut body = if body.is_object() { body } else { Value::Null };
    let mut wrong = Vec::new();
    let header = body["header"].take();
    let message = body["message"].take();
    if !header.is_object() {
        wrong.push(missing("header"));
    }
    if !message.is_object() {
        wrong.push(missing("message"));
    }
    let message_id = id(&header["message_id"], "header.message_id", &mut wrong);
    timely(&header["message_ts"], expected.now, &mut wrong);
    understood(&header, expected.action, &mut wrong);
    let sender = sender(&header, expected, &mut wrong);
    let receiver = header["receiver_id"].as_str();
    if expected.signed && receiver != Some(OURSELVES) {
        wrong.push(one_of("header.receiver_id", receiver.unwrap_or_default(), [OURSELVES]));
    }
    let callback = header["sender_uri"].as_str().filter(|uri| !uri.is_empty()).map(str::to_owned);
    if let Some(uri) = callback.as_deref().filter(|uri| !uri.starts_with("http")) {
        wrong.push(form("header.sender_uri", uri, "https://…"));
    }
    if wrong.is_empty() {
        Ok(Received { id: message_id, sender, callback, message, repaired: Vec::new() })
    } else {
        Err(wrong)
    }
}

/// Whether the message is what is expected here, in words that are spoken here.
fn understood(header: &Value, action: &str, wrong: &mut Vec<Issue>) {
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
    if header["is_msg_encrypted"] == true {
        wrong.push(error(IssueCode::UnknownCode, "header.is_msg_encrypted"));
    }
}

/// Who the sender says it is, under a name that was agreed; with what else its kind of header must say.
fn sender(header: &Value, expected: &Expected<'_>, wrong: &mut Vec<Issue>) -> String {
    let sender = match expected.header {
        Header::Request => {
            if header["total_count"].as_u64().is_none() {
                wrong.push(missing("header.total_count"));
            }
            id(&header["sender_id"], "header.sender_id", wrong)
        }
        Header::Callback => {
            let status = header["status"].as_str().unwrap_or_default();
            if !STATUSES.contains(&status) {
                wrong.push(one_of("header.status", status, STATUSES));
            }
            header["sender_id"].as_str().unwrap_or_default().to_owned()
        }
    };
    if !expected.senders.is_empty() && !sender.is_empty() && !expected.senders.contains(&sender) {
        let agreed = expected.senders.iter().map(String::as_str);
        wrong.push(one_of("header.sender_id", &sender, agreed));
    }
    sender
}

/// The statuses of a header.
const STATUSES: [&str; 4] = ["rcvd", "pdng", "succ", "rjct"];

/// A moment with its zone, neither long past nor to come.
fn timely(stated: &Value, now: Instant, wrong: &mut Vec<Issue>) {
    const PATH: &str = "header.message_ts";
    let before = wrong.len();
    moment(stated, PATH, wrong);
    let at = stated.as_str().and_then(|text| text.parse::<jiff::Timestamp>().ok());
    let Some(at) = at.filter(|_| wrong.len() == before) else { return };
    let (first, last) = (now.plus_millis(-AGE), now.plus_millis(AHEAD));
    let at = Instant::from_millis(at.as_millisecond());
    if at < first || at > last {
        let bounds = Bounds::Range { min: Some(first.to_string()), max: Some(last.to_string()) };
        wrong.push(error(IssueCode::OutOfRange, PATH).value(&at.to_string()).expected(bounds));
    }
}

/// What an answer is made of, beside its message.
#[derive(Clone, Copy, Debug)]
pub struct Sending<'s> {
    /// The hub's id of it.
    pub id: &'s str,
    /// What it is, such as `on-search`.
    pub action: &'s str,
    /// Whether it succeeded: `succ` or `rjct`.
    pub status: &'s str,
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
        "status": sending.status,
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

/// What the sender of a message may expect.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ack {
    /// An answer is sent to it.
    Follows,
    /// Nothing is sent: the answer is kept, and told to whoever asks for the status of the transaction.
    Kept,
}

/// The acknowledgement of a message that is answered later.
#[must_use]
pub fn acknowledge(received: &Received, correlation: &str, ack: Ack, now: Instant) -> Value {
    let status = match ack {
        Ack::Follows => "ACK",
        Ack::Kept => "NACK",
    };
    let mut ack = json!({
        "ack_status": status,
        "timestamp": now,
        "correlation_id": correlation,
    });
    if !received.repaired.is_empty() {
        ack["repaired"] = json!(received.repaired);
    }
    json!({ "message": ack })
}

/// The acknowledgement of a message that is refused: the code of the first thing that is wrong, all of it in words.
#[must_use]
pub fn refuse(correlation: &str, code: &str, words: &str, now: Instant) -> Value {
    let words: String = words.chars().take(LONGEST_WORDS).collect();
    json!({ "message": {
        "ack_status": "ERR",
        "timestamp": now,
        "correlation_id": correlation,
        "error": { "code": code, "message": words },
    } })
}

/// The longest text of a message that the specification allows.
const LONGEST_WORDS: usize = 999;

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Instant = Instant::from_millis(1_767_225_600_000);

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

    fn told(body: Value, senders: &[&str], signed: bool) -> Result<Received, Vec<Issue>> {
        let senders = senders.iter().map(|&name| name.to_owned()).collect();
        let (action, header) = ("search", Header::Request);
        read(body, &Expected { action, header, senders: &senders, signed, now: NOW })
    }

    fn paths(body: Value, senders: &[&str], signed: bool) -> Vec<String> {
        let wrong = told(body, senders, signed).unwrap_err();
        wrong.iter().map(|issue| issue.place.path.clone().unwrap()).collect()
    }

    #[test]
    fn everything_wrong_with_an_envelope_is_told_at_once() {
        assert!(told(message(), &[], false).unwrap().repaired.is_empty());
        assert_eq!(paths(json!({}), &[], false)[..2], ["header", "message"]);
        let mut body = message();
        body["header"]["message_ts"] = json!("2026-01-01T00:00:00");
        body["header"]["action"] = json!("notify");
        body["header"]["version"] = json!("2.0.0");
        body["header"]["message_id"] = json!("x".repeat(100));
        body["header"]["total_count"] = json!("1");
        let expected = [
            "header.message_id",
            "header.message_ts",
            "header.action",
            "header.version",
            "header.total_count",
        ];
        assert_eq!(paths(body, &[], false), expected);
    }

    #[test]
    fn a_message_of_yesterday_or_tomorrow_is_refused() {
        for (moment, right) in [
            ("2025-12-31T00:00:00Z", true),
            ("2025-12-30T23:59:59Z", false),
            ("2026-01-01T01:10:00+01:00", true),
            ("2026-01-01T00:10:01Z", false),
        ] {
            let mut body = message();
            body["header"]["message_ts"] = json!(moment);
            assert_eq!(told(body, &[], false).is_ok(), right, "{moment}");
        }
    }

    #[test]
    fn a_sender_has_the_name_agreed_and_signs_for_this_receiver() {
        assert!(told(message(), &["a.example.org"], false).is_ok());
        assert_eq!(paths(message(), &["b.example.org"], false), ["header.sender_id"]);
        assert_eq!(paths(message(), &[], true), ["header.receiver_id"]);
        let mut body = message();
        body["header"]["receiver_id"] = json!(OURSELVES);
        assert!(told(body, &[], true).is_ok());
    }
}
