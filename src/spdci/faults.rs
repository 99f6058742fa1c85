//! What is wrong with a message, each with its path.

use jiff::Timestamp;
use serde_json::Value;

use crate::model::{Expected, Issue, IssueCode, Place};

/// The longest id that the specification allows.
pub const LONGEST_ID: usize = 99;

pub fn error(code: IssueCode, path: &str) -> Issue {
    let place = Place { path: Some(path.to_owned()), ..Place::default() };
    Issue::error(code, place).field(path)
}

pub fn missing(path: &str) -> Issue {
    error(IssueCode::MissingMandatory, path)
}

pub fn form(path: &str, stated: &str, form: &str) -> Issue {
    error(IssueCode::BadFormat, path).value(stated).expected(Expected::Form(form.to_owned()))
}

pub fn one_of<'k>(path: &str, stated: &str, known: impl IntoIterator<Item = &'k str>) -> Issue {
    let known = known.into_iter().map(str::to_owned).collect();
    error(IssueCode::UnknownCode, path).value(stated).expected(Expected::OneOf(known))
}

/// A text that must be there, and not too long.
pub fn id(value: &Value, path: &str, wrong: &mut Vec<Issue>) -> String {
    match value.as_str().map(str::trim) {
        Some(text) if text.chars().count() > LONGEST_ID => {
            wrong.push(form(path, "…", "1..99"));
            String::new()
        }
        Some(text) if !text.is_empty() => text.to_owned(),
        _ => {
            wrong.push(missing(path));
            String::new()
        }
    }
}

/// A moment with its zone.
pub fn moment(value: &Value, path: &str, wrong: &mut Vec<Issue>) {
    match value.as_str() {
        None => wrong.push(missing(path)),
        Some(text) if text.parse::<Timestamp>().is_err() => {
            wrong.push(form(path, text, "YYYY-MM-DDThh:mm:ss±hh:mm"));
        }
        Some(_) => {}
    }
}

/// The code of the specification for something that is wrong with a message.
#[must_use]
pub fn code(issue: &Issue) -> &'static str {
    match (issue.place.path.as_deref(), issue.code) {
        (Some("header.version"), _) => "err.version.not_supported",
        (Some("header.sender_id"), _) => "err.sender_id.invalid",
        (Some("header.sender_uri"), _) => "err.sender_uri.invalid",
        (Some("header.receiver_id"), _) => "err.receiver_id.invalid",
        (Some("header.is_msg_encrypted"), _) => "err.encryption.invalid",
        (Some("signature"), IssueCode::MissingMandatory) => "err.signature.missing",
        (Some("signature"), _) => "err.signature.invalid",
        _ => "err.request.bad",
    }
}
