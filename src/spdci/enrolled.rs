//! Is somebody enrolled in a programme: the question of the beneficiary registry (IBR), as a question of eligibility.
//!
//! The specification knows "enrolled" and no day; here it means covered on the day asked about, today when none is named.
//! Its query is an object of conditions: `person_identifier`, `programme_identifier`, and the attributes of a person; with
//! `as_of` and `country_of_care` it asks everything that `/v1/eligibility` does.

use jiff::civil::Date;
use serde_json::{Value, json};

use super::attributes::Attributes;
use super::faults::{error, id, missing, one_of};
use crate::eligibility::{Answer, Permission, Registry, Subject, Verdict, query};
use crate::messages;
use crate::model::{Instant, Issue, IssueCode, Language, SchemeId};

/// What a message asks.
#[derive(Debug)]
pub struct Asked {
    /// The sender's id of the transaction.
    pub transaction: String,
    /// About whom.
    pub subject: Subject,
    /// Only this programme.
    pub scheme: Option<SchemeId>,
    /// The day asked about.
    pub as_of: Option<Date>,
    /// Country of the place of care.
    pub country: Option<String>,
}

/// Reads a message.
///
/// # Errors
/// Everything that is wrong with it.
pub fn read(message: &Value, registry: &Registry) -> Result<Asked, Vec<Issue>> {
    let mut wrong = Vec::new();
    let transaction = id(&message["transaction_id"], "message.transaction_id", &mut wrong);
    let criteria = &message["enrolled_criteria"];
    let place = "message.enrolled_criteria.query";
    if !criteria["query"].is_object() {
        wrong.push(missing(place));
    }
    let attributes = Attributes::of_expression(&criteria["query"]).unwrap_or_else(|other| {
        wrong.push(error(IssueCode::UnknownCode, place).value(other.0.as_str()));
        Attributes::default()
    });
    let scheme = attributes.programme().and_then(|name| {
        let known = name.parse().ok().filter(|id| registry.scheme(id).is_some());
        if known.is_none() {
            let all = registry.schemes().map(|scheme| scheme.id.as_str());
            wrong.push(one_of(place, name, all));
        }
        known
    });
    if !wrong.is_empty() {
        return Err(wrong);
    }
    Ok(Asked {
        transaction,
        subject: attributes.subject(registry, scheme.as_ref()),
        scheme,
        as_of: attributes.day(),
        country: attributes.country(),
    })
}

/// The answer: `yes` or `no`, the reason in words, and beside them the whole answer as `/v1` gives it.
#[must_use]
pub fn write(
    asked: &Asked,
    (answer, permission): (&Answer, &Permission),
    correlation: &str,
    now: Instant,
    language: Language,
) -> Value {
    let reason = messages::text(language, &format!("reason-{}", answer.reason.name()), &[]);
    let yes = answer.verdict == Verdict::Eligible;
    json!({
        "transaction_id": asked.transaction,
        "correlation_id": correlation,
        "enrolled_response": [{
            "reference_id": asked.transaction,
            "timestamp": now,
            "status": "succ",
            "status_reason_message": reason,
            "enrolled_status": if yes { "yes" } else { "no" },
            "additional_attributes": query::answer_document("", answer, permission),
        }],
    })
}
