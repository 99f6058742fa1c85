//! Parameters of the operations: `$match` and `$ihe-pix`.

use serde_json::{Value, json};

use super::id::PatientId;
use super::identifier;
use super::request::{self, error};
use crate::eligibility::Registry;
use crate::eligibility::question::{Demographics, Number};
use crate::model::{Expected, Issue, IssueCode};

/// What `Patient/$match` is asked.
pub struct Match {
    /// Numbers of the person looked for.
    pub numbers: Vec<Number>,
    /// Their description.
    pub person: Demographics,
    /// Whether anything less than certain is unwanted.
    pub only_certain: bool,
    /// How many results at most.
    pub count: Option<usize>,
}

/// Reads the body of `Patient/$match`: Parameters, or a Patient alone.
///
/// # Errors
/// Everything that is wrong with it.
pub fn read_match(body: &Value, registry: &Registry) -> Result<Match, Vec<Issue>> {
    let mut wrong = Vec::new();
    let patient = match body["resourceType"].as_str() {
        Some("Patient") => body,
        _ => resource(body, &mut wrong),
    };
    let only_certain = flag(body, "onlyCertainMatches", &mut wrong);
    let count = count(body, &mut wrong);
    if !wrong.is_empty() {
        return Err(wrong);
    }
    let numbers = request::numbers(patient, registry);
    Ok(Match { numbers, person: request::demographics(patient), only_certain, count })
}

fn resource<'b>(body: &'b Value, wrong: &mut Vec<Issue>) -> &'b Value {
    let mut all = named(body, "resource");
    let first = all.next();
    let patient = first.map_or(&Value::Null, |parameter| &parameter["resource"]);
    if patient["resourceType"] != "Patient" || all.next().is_some() {
        let stated = Expected::Stated {
            fr: "un seul paramètre `resource` avec un Patient".to_owned(),
            en: "one parameter `resource` with a Patient".to_owned(),
        };
        wrong.push(error(IssueCode::WrongType, "Parameters.parameter").expected(stated));
    }
    patient
}

fn flag(body: &Value, name: &str, wrong: &mut Vec<Issue>) -> bool {
    let Some(parameter) = named(body, name).next() else { return false };
    parameter["valueBoolean"].as_bool().unwrap_or_else(|| {
        wrong.push(error(IssueCode::WrongType, name).expected(Expected::Type("boolean".into())));
        false
    })
}

fn count(body: &Value, wrong: &mut Vec<Issue>) -> Option<usize> {
    let parameter = named(body, "count").next()?;
    let stated = parameter["valueInteger"].as_i64();
    match stated.and_then(|count| usize::try_from(count).ok()) {
        Some(count) if count > 0 => Some(count),
        _ => {
            let range = Expected::Range { min: Some("1".into()), max: None };
            wrong.push(error(IssueCode::OutOfRange, "count").expected(range));
            None
        }
    }
}

/// The parameters of a name.
fn named<'b>(body: &'b Value, name: &'b str) -> impl Iterator<Item = &'b Value> {
    let all = body["parameter"].as_array().map(Vec::as_slice).unwrap_or_default();
    all.iter().filter(move |parameter| parameter["name"] == name)
}

/// The values of the parameters of a name, whatever their type of text.
pub fn texts<'b>(body: &'b Value, name: &'b str) -> impl Iterator<Item = &'b str> {
    named(body, name).filter_map(|parameter| {
        let members = parameter.as_object()?;
        let value = members.iter().find(|(key, _)| key.starts_with("value"))?;
        value.1.as_str()
    })
}

/// The source of a cross-reference.
pub enum Source {
    /// A number of a known system, with the URI by which it was asked.
    Number(Number),
    /// The hub's own id of a patient.
    Patient(PatientId),
}

/// The source that `sourceIdentifier` names: `<system>|<value>`, the value being a number or `Patient/<id>`. None for
/// a system that nobody here assigns.
#[must_use]
pub fn source(text: &str, registry: &Registry) -> Option<Source> {
    let (system, value) = identifier::token(text);
    if let Some(id) = PatientId::of_reference(value) {
        return Some(Source::Patient(id));
    }
    let kind = identifier::kind(registry, system?)?;
    Some(Source::Number(Number { kind: Some(kind), value: value.to_owned().into() }))
}

/// The answer of `$ihe-pix`: numbers as system and value, and patients.
#[must_use]
pub fn write_pix(identifiers: &[(String, String)], patients: &[PatientId]) -> Value {
    let patients = patients.iter().map(|id| {
        let reference = format!("Patient/{id}");
        json!({ "name": "targetId", "valueReference": { "reference": reference } })
    });
    let numbers = identifiers.iter().map(|(system, value)| {
        let identifier = identifier::write(system, value);
        json!({ "name": "targetIdentifier", "valueIdentifier": identifier })
    });
    let all: Vec<Value> = patients.chain(numbers).collect();
    let mut answer = json!({ "resourceType": "Parameters" });
    if !all.is_empty() {
        answer["parameter"] = Value::Array(all);
    }
    answer
}
