//! Who wants to hear what of whom: subscriptions made and ended, and the notices that follow.
//!
//! Somebody is followed by number; everybody of a programme only where an agreement says so. Notices are sent as things
//! happen: a request for another rhythm is refused in so many words, because a rhythm that is not kept is worse.

use serde_json::{Value, json};

use super::attributes::Attributes;
use super::envelope::VERSION;
use super::faults::{form, id, missing, moment};
use crate::eligibility::question::Number;
use crate::eligibility::{Registry, Subject};
use crate::messages;
use crate::model::{Instant, Issue, Language, SchemeId};

/// What is followed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Event {
    /// Somebody is enrolled.
    Registration,
    /// How somebody is enrolled changed: opened, suspended, closed, another package.
    Enrolment,
    /// Somebody died.
    Death,
}

impl Event {
    const ALL: [Self; 3] = [Self::Registration, Self::Enrolment, Self::Death];

    /// As notices say it, with the spelling of the specification.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Registration => "enrollement",
            Self::Enrolment => "enrollement_status_change",
            Self::Death => "death",
        }
    }

    /// The event of a name, as notices say it.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|event| event.name() == name)
    }

    /// What a partner means: the last part of a name such as `spdci-common:RegistryEventType:Death`, spelled rightly or not.
    fn meant(text: &str) -> Option<Self> {
        let last = text.rsplit([':', '/']).next().unwrap_or(text).to_lowercase();
        let letters: String = last.chars().filter(char::is_ascii_alphabetic).collect();
        match letters.as_str() {
            "enrollement" | "enrollment" | "enrolment" | "registration" | "register" => {
                Some(Self::Registration)
            }
            "enrollementstatuschange"
            | "enrollmentstatuschange"
            | "enrolmentstatuschange"
            | "deregister" => Some(Self::Enrolment),
            "death" | "deceased" | "died" => Some(Self::Death),
            _ => None,
        }
    }
}

/// Whom a subscription is about.
#[derive(Clone, Debug)]
pub enum Followed {
    /// Whoever bears one of these numbers.
    Numbers(Vec<Number>),
    /// Everybody of a programme.
    Everybody(SchemeId),
}

/// What a message asks.
#[derive(Debug)]
pub struct Asked {
    /// The sender's id of the transaction.
    pub transaction: String,
    /// The subscriptions to be made.
    pub requests: Vec<Request>,
}

/// One subscription to be made.
#[derive(Debug)]
pub struct Request {
    /// The sender's id of it.
    pub reference: String,
    /// What of whom, or why not.
    pub wanted: Result<(Event, Followed), Reason>,
}

/// Why a subscription is not made or not ended: the specification's code.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reason {
    /// An event that is not announced.
    Event,
    /// A rhythm was asked for.
    Rhythm,
    /// Nobody is named by number.
    Nobody,
    /// A programme that the partner may not follow.
    NotAgreed,
    /// There is such a subscription already.
    Already,
    /// No subscription of the sender has this code.
    NoSuch,
    /// It was ended before.
    Ended,
}

impl Reason {
    /// The code of the specification.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Event => "rjct.notify_types.invalid",
            Self::Rhythm => "rjct.notify_details.invalid",
            Self::Nobody | Self::NotAgreed => "rjct.person_id.invalid",
            Self::Already => "rjct.event.already_subscribed",
            Self::NoSuch => "rjct.subscription_code.invalid",
            Self::Ended => "rjct.event.already_unsubscribed",
        }
    }

    /// The name of the words for it.
    const fn words(self) -> &'static str {
        match self {
            Self::Event => "spdci-no-such-event",
            Self::Rhythm => "spdci-no-rhythm",
            Self::Nobody => "spdci-nobody-followed",
            Self::NotAgreed => "spdci-not-followed",
            Self::Already => "spdci-already-subscribed",
            Self::NoSuch => "spdci-no-subscription",
            Self::Ended => "spdci-already-ended",
        }
    }
}

/// Subscriptions in one message.
const MOST: usize = 100;

/// Reads a message.
///
/// # Errors
/// Everything that is wrong with its form. What cannot be followed is answered in its turn.
pub fn read(message: &Value, registry: &Registry) -> Result<Asked, Vec<Issue>> {
    let mut wrong = Vec::new();
    let transaction = id(&message["transaction_id"], "message.transaction_id", &mut wrong);
    let requests = message["subscribe_request"].as_array().map(Vec::as_slice).unwrap_or_default();
    match requests.len() {
        0 => wrong.push(missing("message.subscribe_request")),
        count if count > MOST => {
            wrong.push(form("message.subscribe_request", &count.to_string(), "1..100"));
        }
        _ => {}
    }
    let requests = requests.iter().take(MOST).enumerate();
    let requests = requests.map(|(at, one)| request(one, at, registry, &mut wrong)).collect();
    if wrong.is_empty() { Ok(Asked { transaction, requests }) } else { Err(wrong) }
}

fn request(request: &Value, at: usize, registry: &Registry, wrong: &mut Vec<Issue>) -> Request {
    let place = |name: &str| format!("message.subscribe_request[{at}].{name}");
    let reference = id(&request["reference_id"], &place("reference_id"), wrong);
    moment(&request["timestamp"], &place("timestamp"), wrong);
    let criteria = &request["subscribe_criteria"];
    for name in ["reg_event_type", "filter", "notify_record_type"] {
        if criteria[name].is_null() {
            wrong.push(missing(&place(&format!("subscribe_criteria.{name}"))));
        }
    }
    let event = Event::meant(criteria["reg_event_type"].as_str().unwrap_or_default());
    let wanted = match (event, &criteria["frequency"]) {
        (None, _) => Err(Reason::Event),
        (Some(_), Value::Object(_)) => Err(Reason::Rhythm),
        (Some(event), _) => followed(criteria, registry).map(|followed| (event, followed)),
    };
    Request { reference, wanted }
}

fn followed(criteria: &Value, registry: &Registry) -> Result<Followed, Reason> {
    let filter = &criteria["filter"];
    let kind = criteria["filter_type"].as_str().unwrap_or("idtype-value");
    let attributes = Attributes::of_query(kind, filter).map_err(|_| Reason::Nobody)?;
    let programme = attributes.programme().map(|name| {
        name.parse().ok().filter(|id| registry.scheme(id).is_some()).ok_or(Reason::NotAgreed)
    });
    let programme: Option<SchemeId> = programme.transpose()?;
    match (attributes.subject(registry, programme.as_ref()), programme) {
        (Subject::Identifiers(numbers), _) if !numbers.is_empty() => Ok(Followed::Numbers(numbers)),
        (Subject::Demographics(person), Some(scheme)) if !person.names_anything() => {
            Ok(Followed::Everybody(scheme))
        }
        _ => Err(Reason::Nobody),
    }
}

/// What became of one request.
pub struct Made<'m> {
    /// The sender's id of it.
    pub reference: &'m str,
    /// The code of the subscription and what it is to, or why there is none.
    pub outcome: Result<(String, Event), Reason>,
}

/// The answer to all requests.
#[must_use]
pub fn write(
    transaction: &str,
    made: &[Made<'_>],
    correlation: &str,
    (now, language): (Instant, Language),
) -> Value {
    let responses = made.iter().map(|one| match &one.outcome {
        Ok((code, event)) => json!({
            "reference_id": one.reference,
            "timestamp": now,
            "status": "succ",
            "subscriptions": [{
                "version": VERSION, "code": code, "status": "subscribe", "timestamp": now,
                "reg_event_type": event.name(), "notify_record_type": "Member",
            }],
        }),
        Err(reason) => json!({
            "reference_id": one.reference,
            "timestamp": now,
            "status": "rjct",
            "status_reason_code": reason.code(),
            "status_reason_message": messages::text(language, reason.words(), &[]),
        }),
    });
    json!({
        "transaction_id": transaction,
        "correlation_id": correlation,
        "subscribe_response": responses.collect::<Vec<_>>(),
    })
}

/// Reads a message that ends subscriptions; answers the transaction and the codes.
///
/// # Errors
/// Everything that is wrong with it.
pub fn read_end(message: &Value) -> Result<(String, Vec<String>), Vec<Issue>> {
    let mut wrong = Vec::new();
    let transaction = id(&message["transaction_id"], "message.transaction_id", &mut wrong);
    moment(&message["timestamp"], "message.timestamp", &mut wrong);
    let codes = message["subscription_codes"].as_array().map(Vec::as_slice).unwrap_or_default();
    if codes.is_empty() {
        wrong.push(missing("message.subscription_codes"));
    }
    if codes.len() > MOST {
        wrong.push(form("message.subscription_codes", &codes.len().to_string(), "1..100"));
    }
    let place = |at: usize| format!("message.subscription_codes[{at}]");
    let codes = codes.iter().take(MOST).enumerate();
    let codes = codes.map(|(at, code)| id(code, &place(at), &mut wrong)).collect();
    if wrong.is_empty() { Ok((transaction, codes)) } else { Err(wrong) }
}

/// The answer: which of them ended; why not the first of the others.
#[must_use]
pub fn write_end(
    transaction: &str,
    ended: &[(String, Result<(), Reason>)],
    correlation: &str,
    (now, language): (Instant, Language),
) -> Value {
    let done = ended.iter().filter(|(_, outcome)| outcome.is_ok());
    let done: Vec<Value> =
        done.map(|(code, _)| json!({ "code": code, "status": "unsubscribe" })).collect();
    let failed = ended.iter().find_map(|(_, outcome)| outcome.err());
    let mut answer = json!({
        "transaction_id": transaction,
        "correlation_id": correlation,
        "timestamp": now,
        "status": if done.is_empty() { "rjct" } else { "succ" },
        "subscription_status": done,
    });
    if let Some(reason) = failed {
        answer["status_reason_code"] = json!(reason.code());
        answer["status_reason_message"] = json!(messages::text(language, reason.words(), &[]));
    }
    answer
}

/// A notice: what happened, to whom.
#[must_use]
pub fn notice(code: &str, reference: &str, event: Event, member: &Value, now: Instant) -> Value {
    json!({
        "transaction_id": code,
        "notify_event": [{
            "reference_id": reference,
            "timestamp": now,
            "data": {
                "version": VERSION,
                "reg_type": "ns:org:RegistryType:IBR",
                "reg_event_type": event.name(),
                "reg_record_type": "Member",
                "reg_records": member,
            },
        }],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_known_by_the_end_of_its_name() {
        for (text, event) in [
            ("spdci-common:RegistryEventType:Death", Some(Event::Death)),
            ("enrollement", Some(Event::Registration)),
            ("REGISTER", Some(Event::Registration)),
            ("enrolment_status_change", Some(Event::Enrolment)),
            ("Marriage", None),
            ("", None),
        ] {
            assert_eq!(Event::meant(text), event, "{text}");
        }
        for event in Event::ALL {
            assert_eq!(Event::parse(event.name()), Some(event));
            assert_eq!(Event::meant(event.name()), Some(event));
        }
    }
}
