//! How beneficiaries stand in a programme now, as the programme's own system tells a registry of beneficiaries.

use jiff::civil::Date;
use serde_json::{Value, json};

use super::announce::numbers;
use super::faults::{form, id, missing};
use crate::eligibility::Registry;
use crate::eligibility::question::{NUMBERS, Number};
use crate::messages;
use crate::model::{Instant, Issue, Language};

/// Beneficiaries in one message.
const MOST: usize = 100;

/// What became of somebody.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Status {
    /// Rights are suspended.
    Suspended,
    /// Rights are open again.
    Active,
}

/// One beneficiary.
#[derive(Debug)]
pub struct Update {
    /// The numbers of the person.
    pub numbers: Vec<Number>,
    /// How they stand, when it is a status that can be taken over.
    pub status: Option<Status>,
    /// Since when.
    pub since: Option<Date>,
}

/// Reads a message; answers the transaction and the beneficiaries.
///
/// # Errors
/// Everything that is wrong with it.
pub fn read(message: &Value, registry: &Registry) -> Result<(String, Vec<Update>), Vec<Issue>> {
    const PATH: &str = "message.enrolled_updates.beneficiaries";
    let mut wrong = Vec::new();
    let transaction = id(&message["transaction_id"], "message.transaction_id", &mut wrong);
    let all = message["enrolled_updates"]["beneficiaries"].as_array();
    let all = all.map(Vec::as_slice).unwrap_or_default();
    match all.len() {
        0 => wrong.push(missing(PATH)),
        count if count > MOST => wrong.push(form(PATH, &count.to_string(), "1..100")),
        _ => {}
    }
    let updates: Vec<Update> = all.iter().take(MOST).map(|one| update(one, registry)).collect();
    for (at, one) in updates.iter().enumerate() {
        let place = format!("{PATH}[{at}].member_identifier");
        match one.numbers.len() {
            0 => wrong.push(missing(&place)),
            count if count > NUMBERS => {
                wrong.push(form(&place, &count.to_string(), &format!("1..{NUMBERS}")));
            }
            _ => {}
        }
    }
    if wrong.is_empty() { Ok((transaction, updates)) } else { Err(wrong) }
}

fn update(beneficiary: &Value, registry: &Registry) -> Update {
    let inner = &beneficiary["member"];
    let member = if inner.is_object() { inner } else { beneficiary };
    let places = [&member["programme_identifier"], &member["programmes"][0], member];
    let said = |name: &str| places.iter().find_map(|place| place[name].as_str());
    let status = said("enrolment_status").or(said("enrollment_status")).unwrap_or_default();
    let since = said("status_change_date").or(said("enrolment_date"));
    Update {
        numbers: numbers(member, registry),
        status: match status.to_lowercase().as_str() {
            "suspended" => Some(Status::Suspended),
            "active" | "enrolled" | "reinstated" => Some(Status::Active),
            _ => None,
        },
        since: since.and_then(|text| text.split('T').next()).and_then(|day| day.parse().ok()),
    }
}

/// What became of one update.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// It was taken over.
    Taken,
    /// No record of the programme bears the numbers.
    Unknown,
    /// The status, or its day, is none that can be taken over.
    Unclear,
    /// It does not fit what is known of the record, and waits in quarantine.
    Refused,
}

/// The answer: one line a beneficiary, in their order.
#[must_use]
pub fn write(
    transaction: &str,
    outcomes: &[Outcome],
    correlation: &str,
    (now, language): (Instant, Language),
) -> Value {
    let told = outcomes.iter().enumerate().map(|(at, outcome)| {
        let (status, words) = match outcome {
            Outcome::Taken => ("succ", None),
            Outcome::Unknown => ("rjct", Some("spdci-unknown-beneficiary")),
            Outcome::Unclear => ("rjct", Some("spdci-unclear-status")),
            Outcome::Refused => ("rjct", Some("spdci-refused-update")),
        };
        let mut line = json!({
            "reference_id": (at + 1).to_string(),
            "timestamp": now,
            "status": status,
        });
        if let Some(words) = words {
            line["status_reason_message"] = json!(messages::text(language, words, &[]));
        }
        line
    });
    json!({
        "transaction_id": transaction,
        "correlation_id": correlation,
        "enrolled_response": told.collect::<Vec<_>>(),
    })
}
