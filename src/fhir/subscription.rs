//! A Subscription (R4, rest-hook): whose changes somebody wants to hear of, and at which address.
//!
//! The address is called with nothing in the message: what changed is read under the agreement of that moment. A payload
//! would leave the hub by a road on which nobody says for what purpose.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::feed;
use super::id::PatientId;
use super::identifier;
use super::request::{error, missing, one_of};
use crate::eligibility::Registry;
use crate::eligibility::question::Number;
use crate::model::{Expected, Instant, Issue, IssueCode, SchemeId};

/// The longest address or header.
const LONGEST: usize = 2_000;
/// Headers of a call.
const HEADERS: usize = 10;

/// Whose changes.
#[derive(Clone, Debug)]
pub enum Criteria {
    /// Of everybody in a scheme; of the only one that was agreed when none is named.
    Everybody(Option<SchemeId>),
    /// Of whoever bears this number.
    Number(Number),
    /// Of one Patient of this interface.
    Patient(PatientId),
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Whose changes.
    pub criteria: Criteria,
    /// The address.
    pub endpoint: String,
    /// Headers that the address wants to see.
    pub headers: Vec<(String, String)>,
    /// Until when.
    pub end: Option<Instant>,
}

/// Reads a Subscription.
///
/// # Errors
/// Everything that is wrong with it.
pub fn read(resource: &Value, registry: &Registry) -> Result<Asked, Vec<Issue>> {
    let mut wrong = Vec::new();
    if resource["resourceType"] != "Subscription" {
        let stated = resource["resourceType"].as_str().unwrap_or_default();
        return Err(vec![one_of("resourceType", stated, ["Subscription"])]);
    }
    if text(&resource["reason"]).is_none() {
        wrong.push(missing("Subscription.reason"));
    }
    let status = text(&resource["status"]).unwrap_or_default();
    if !matches!(status, "requested" | "active") {
        wrong.push(one_of("Subscription.status", status, ["requested", "active"]));
    }
    let channel = &resource["channel"];
    let kind = text(&channel["type"]).unwrap_or_default();
    if kind != "rest-hook" {
        wrong.push(one_of("Subscription.channel.type", kind, ["rest-hook"]));
    }
    if let Some(payload) = text(&channel["payload"]) {
        wrong.push(error(IssueCode::UnknownCode, "Subscription.channel.payload").value(payload));
    }
    let endpoint = text(&channel["endpoint"]).filter(|text| text.len() <= LONGEST);
    if endpoint.is_none() {
        wrong.push(missing("Subscription.channel.endpoint"));
    }
    let criteria = criteria(text(&resource["criteria"]).unwrap_or_default(), registry, &mut wrong);
    let headers = headers(&channel["header"], &mut wrong);
    let end = end(&resource["end"], &mut wrong);
    match (criteria, endpoint) {
        (Some(criteria), Some(endpoint)) if wrong.is_empty() => {
            Ok(Asked { criteria, endpoint: endpoint.to_owned(), headers, end })
        }
        _ => Err(wrong),
    }
}

fn text(value: &Value) -> Option<&str> {
    value.as_str().map(str::trim).filter(|text| !text.is_empty())
}

/// `Patient`, alone or with one condition.
fn criteria(stated: &str, registry: &Registry, wrong: &mut Vec<Issue>) -> Option<Criteria> {
    const FORMS: [&str; 4] = [
        "Patient",
        "Patient?identifier=<system>|<value>",
        "Patient?_id=<id>",
        "Patient?organization=<scheme>",
    ];
    let mut refuse = || {
        wrong.push(one_of("Subscription.criteria", stated, FORMS));
        None
    };
    let (kind, condition) = stated.split_once('?').unwrap_or((stated, ""));
    if kind != "Patient" {
        return refuse();
    }
    let given: Vec<(String, String)> =
        form_urlencoded::parse(condition.as_bytes()).into_owned().collect();
    let found = match given.as_slice() {
        [] => Some(Criteria::Everybody(None)),
        [(name, value)] => match name.as_str() {
            "identifier" => number(value, registry).map(Criteria::Number),
            "_id" => PatientId::parse(value).map(Criteria::Patient),
            "organization" => {
                scheme(value, registry).map(|scheme| Criteria::Everybody(Some(scheme)))
            }
            _ => None,
        },
        _ => None,
    };
    found.or_else(refuse)
}

fn number(token: &str, registry: &Registry) -> Option<Number> {
    let (system, value) = token.split_once('|')?;
    let kind = match feed::domain_number(registry, token) {
        Ok(own) => crate::eligibility::registry::NumberKind::Record(own.scheme),
        Err(_) => identifier::kind(registry, system)?,
    };
    let value = value.trim();
    (!value.is_empty()).then(|| Number { kind: Some(kind), value: value.to_owned().into() })
}

fn scheme(value: &str, registry: &Registry) -> Option<SchemeId> {
    let name = value.rsplit(['/', '|']).next()?;
    name.parse().ok().filter(|id| registry.scheme(id).is_some())
}

/// A list of `Name: value`, or, as openIMIS writes it, one text with such a list in JSON.
fn headers(stated: &Value, wrong: &mut Vec<Issue>) -> Vec<(String, String)> {
    let inner = stated.as_str().and_then(|text| serde_json::from_str::<Value>(text).ok());
    let stated = inner.as_ref().unwrap_or(stated);
    let lines: Vec<&str> = match stated {
        Value::Array(lines) => lines.iter().filter_map(Value::as_str).collect(),
        Value::String(line) => vec![line],
        _ => Vec::new(),
    };
    let read = |line: &&str| {
        let (name, value) = line.split_once(':')?;
        let (name, value) = (name.trim().to_ascii_lowercase(), value.trim());
        let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
        let fits =
            plain && !name.is_empty() && value.chars().all(|c| c == ' ' || c.is_ascii_graphic());
        // What the hub says of the call itself is its own.
        let ours = matches!(
            name.as_str(),
            "host" | "content-length" | "content-type" | "transfer-encoding" | "connection"
        );
        (fits && !ours && line.len() <= LONGEST).then(|| (name, value.to_owned()))
    };
    let read: Option<Vec<_>> = lines.iter().map(read).collect();
    read.filter(|read| read.len() <= HEADERS).unwrap_or_else(|| {
        // Never its value: it may be a password.
        let form = Expected::Form("Name: value".to_owned());
        wrong.push(error(IssueCode::UnknownCode, "Subscription.channel.header").expected(form));
        Vec::new()
    })
}

fn end(stated: &Value, wrong: &mut Vec<Issue>) -> Option<Instant> {
    if stated.is_null() {
        return None;
    }
    let read = text(stated).and_then(|text| text.parse::<Timestamp>().ok());
    if read.is_none() {
        let form = Expected::Form("YYYY-MM-DDThh:mm:ssZ".to_owned());
        let stated = text(stated).unwrap_or_default();
        wrong.push(error(IssueCode::BadDate, "Subscription.end").value(stated).expected(form));
    }
    read.map(|end| Instant::from_millis(end.as_millisecond()))
}

/// A Subscription as it is kept: what its sender said, without what it keeps secret.
#[must_use]
pub fn kept(mut said: Value) -> Value {
    if let Some(channel) = said["channel"].as_object_mut() {
        channel.remove("header");
    }
    for name in ["id", "meta", "error"] {
        said.as_object_mut().map(|members| members.remove(name));
    }
    said
}

/// A Subscription as it stands.
#[must_use]
pub fn write(mut kept: Value, id: &str, (status, since): (&str, Instant)) -> Value {
    kept["id"] = json!(id);
    kept["status"] = json!(status);
    kept["meta"] = json!({ "versionId": "1", "lastUpdated": since });
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(change: &[(&str, Value)]) -> Result<Asked, Vec<Issue>> {
        let mut resource = json!({
            "resourceType": "Subscription", "status": "requested", "reason": "a",
            "criteria": "Patient",
            "channel": { "type": "rest-hook", "endpoint": "https://a.example/hook" },
        });
        for (place, value) in change {
            *resource.pointer_mut(place).expect("a place that is there") = value.clone();
        }
        read(&resource, &Registry::default())
    }

    #[test]
    fn what_is_no_criterion_of_a_patient_is_refused() {
        assert!(matches!(asked(&[]), Ok(Asked { criteria: Criteria::Everybody(None), .. })));
        for wrong in ["", "Coverage", "Patient?family=a", "Patient?_id=1", "Patient?identifier=1"] {
            let wrong = asked(&[("/criteria", json!(wrong))]).unwrap_err();
            assert_eq!(wrong[0].place.path.as_deref(), Some("Subscription.criteria"));
        }
        assert!(asked(&[("/channel/type", json!("email"))]).is_err());
    }

    #[test]
    fn headers_are_a_list_or_a_text_with_a_list_in_it() {
        let read = |stated: Value| {
            let mut wrong = Vec::new();
            let found = headers(&stated, &mut wrong);
            (found, wrong.len())
        };
        let one = vec![("x-key".to_owned(), "a b".to_owned())];
        assert_eq!(read(json!(["X-Key: a b"])), (one.clone(), 0));
        assert_eq!(read(json!("[\"X-Key: a b\"]")), (one, 0));
        assert_eq!(read(Value::Null), (Vec::new(), 0));
        for bad in ["a", "a b: c", "host: b.example", "x: a\r\nb: c"] {
            assert_eq!(read(json!([bad])), (Vec::new(), 1), "{bad:?}");
        }
    }
}
