//! A problem as an OperationOutcome: the same codes and words as in `/v1`, in FHIR's form.

use axum::http::StatusCode;
use serde_json::Value;

use crate::fhir::outcome::{Said, outcome};
use crate::http::problem::{Code, Problem};
use crate::messages;
use crate::model::{Issue, IssueCode, Language, Severity};

/// The resource. `instance` is the id of the request.
pub fn of(problem: &Problem, language: Language, instance: Option<String>) -> Value {
    let (title, detail) = problem.words(language);
    let code = problem.code();
    let mut issues = vec![Said {
        severity: "error",
        kind: kind(code),
        code: code.name(),
        text: format!("{title}. {detail}"),
        diagnostics: prescribed(code).map(ToOwned::to_owned).or(instance),
        expression: None,
    }];
    issues.extend(problem.wrong().iter().map(|issue| violation(issue, language)));
    outcome(&issues)
}

/// What is told of something that was taken: what was unusable in it, or that all of it is kept.
pub fn accepted(warnings: &[Issue], language: Language) -> Value {
    let mut issues: Vec<Said> = warnings.iter().map(|issue| violation(issue, language)).collect();
    if issues.is_empty() {
        issues.push(Said {
            severity: "information",
            kind: "informational",
            code: "accepted",
            text: messages::text(language, "fhir-accepted", &[]),
            diagnostics: None,
            expression: None,
        });
    }
    outcome(&issues)
}

fn violation(issue: &Issue, language: Language) -> Said {
    let words = messages::issue(issue, language);
    let expected = words.expected.map(|expected| format!(" [{expected}]")).unwrap_or_default();
    Said {
        severity: match issue.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        },
        kind: match issue.code {
            IssueCode::MissingMandatory => "required",
            IssueCode::UnknownCode => "code-invalid",
            IssueCode::UnknownPartner
            | IssueCode::PurposeNotAllowed
            | IssueCode::NoAgreement
            | IssueCode::NotPermitted => "forbidden",
            _ => "value",
        },
        code: issue.code.name(),
        text: format!("{}{expected} {}", words.detail, words.mend),
        diagnostics: None,
        // Of a record that a mapping read, the sender's name of the field.
        expression: issue.place.path.clone().or_else(|| issue.field.clone()),
    }
}

/// The words that IHE PIXm prescribes.
const fn prescribed(code: Code) -> Option<&'static str> {
    match code {
        Code::UnknownSourceIdentifier => Some("sourceIdentifier Patient Identifier not found"),
        Code::UnknownSourceSystem => Some("sourceIdentifier Assigning Authority not found"),
        Code::UnknownTargetSystem => Some("targetSystem not found"),
        _ => None,
    }
}

/// The code of the value set `issue-type`. What other addresses answer is told by its status.
fn kind(code: Code) -> &'static str {
    match code {
        Code::InvalidRecord => "value",
        Code::IncompleteBody => "incomplete",
        Code::KeyExpired => "expired",
        Code::UnknownSourceSystem | Code::UnknownTargetSystem => "code-invalid",
        Code::NotSupported | Code::InactivePatient => "not-supported",
        Code::RecordReplaced => "deleted",
        Code::NoSurvivor => "not-found",
        Code::Overloaded => "throttled",
        other => match other.status() {
            StatusCode::UNAUTHORIZED => "login",
            StatusCode::FORBIDDEN => "forbidden",
            StatusCode::NOT_FOUND | StatusCode::GONE => "not-found",
            StatusCode::METHOD_NOT_ALLOWED
            | StatusCode::NOT_ACCEPTABLE
            | StatusCode::UNSUPPORTED_MEDIA_TYPE => "not-supported",
            StatusCode::REQUEST_TIMEOUT => "timeout",
            StatusCode::CONFLICT | StatusCode::PRECONDITION_FAILED => "conflict",
            StatusCode::PAYLOAD_TOO_LARGE => "too-long",
            StatusCode::SERVICE_UNAVAILABLE => "transient",
            StatusCode::INTERNAL_SERVER_ERROR => "exception",
            _ => "invalid",
        },
    }
}
