//! Many questions at once, one JSON object a line, answered line by line in the same order.

use serde_json::{Value, json};

use crate::eligibility::query;
use crate::model::access::Caller;
use crate::model::{Issue, Place};
use crate::operations::Hub;

use super::{AskError, Outcome, ask_all};

/// Lines that a caller does well to bring at once: their audit entries are made durable together.
pub const LINES_AT_ONCE: usize = 256;

/// Answers lines of queries, the first of them numbered `first_line`. A line that is no query gets a line that says
/// so, and the others are answered. Each question is asked by its own `asked_by`, so the caller is an operator or
/// asks as itself throughout.
///
/// # Errors
/// When the caller may not ask at all, or the store fails.
pub async fn ask_lines<L: AsRef<[u8]>>(
    hub: &Hub,
    caller: &Caller,
    first_line: u64,
    lines: &[L],
) -> Result<Vec<Value>, AskError> {
    let library = hub.library();
    let mut questions = Vec::with_capacity(lines.len());
    let mut parsed = Vec::with_capacity(lines.len());
    for (line, number) in lines.iter().zip(first_line..) {
        let place = Place::at_line(number);
        parsed.push(query::parse(line.as_ref(), &place, library.registry()).map(|query| {
            questions.push(query.question);
            query.id
        }));
    }
    let mut outcomes = ask_all(hub, caller, &questions).await?.into_iter();
    let answered = parsed.into_iter().map(|parsed| match parsed {
        Ok(id) => {
            let outcome = outcomes.next().expect("every question has an outcome");
            match outcome {
                Outcome::Answered(answer, permission) => {
                    query::answer_line(&id, &answer, &permission)
                }
                Outcome::Refused(refusal) => query::refusal_line(&id, refusal),
            }
        }
        Err(issues) => unread(&issues),
    });
    Ok(answered.collect())
}

/// The line for what is no query.
fn unread(issues: &[Issue]) -> Value {
    let first = issues.first();
    json!({
        "query_id": null,
        "outcome": "refused",
        "reason": first.map(|issue| issue.code.name()),
        "line": first.map(|issue| issue.place.line),
    })
}
