//! A Patient that a source feeds in (IHE PIXm ITI-104, PMIR ITI-93): whose number it is, what it says of its end, and how
//! the mapping reads it.
//!
//! Each scheme is the one source of its own numbers: the domain that its file registers. It may name national numbers,
//! which are nobody's domain, but no number that another scheme gives.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::id::PatientId;
use super::identifier::{self, PREFIX};
use super::request::error;
use crate::eligibility::Registry;
use crate::eligibility::registry::NumberKind;
use crate::model::{Expected, Issue, IssueCode, RecordId, SchemeId};

/// What the mapping `fhir-r4` calls the number of the scheme that sends.
pub const RECORD: &str = "urn:dankun:record";

/// A number in the domain of a scheme.
#[derive(Clone, PartialEq, Eq)]
pub struct DomainNumber {
    /// Who gives such numbers.
    pub scheme: SchemeId,
    /// The number.
    pub value: String,
}

/// Why a number is in no domain of a source.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum NoDomain {
    /// No system is named, or no number.
    Incomplete,
    /// No scheme gives numbers of this system.
    Nobodys(String),
}

/// The record that takes the place of another one.
#[derive(Clone, PartialEq, Eq)]
pub enum Survivor {
    /// By its number.
    Number(DomainNumber),
    /// By the hub's own id.
    Record(RecordId),
}

/// What is wrong with a Patient that is fed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Fault {
    /// Elements that say something impossible.
    Wrong(Vec<Issue>),
    /// A number that another scheme gives; its system.
    Foreign(String),
    /// An inactive patient without a survivor.
    Inactive,
}

/// The number of a token, `system|value`.
///
/// # Errors
/// When no scheme gives such numbers.
pub fn domain_number(registry: &Registry, token: &str) -> Result<DomainNumber, NoDomain> {
    match identifier::token(token) {
        (Some(system), value) if !system.is_empty() && !value.is_empty() => {
            in_domain(registry, system, value)
        }
        _ => Err(NoDomain::Incomplete),
    }
}

fn in_domain(registry: &Registry, system: &str, value: &str) -> Result<DomainNumber, NoDomain> {
    match identifier::kind(registry, system) {
        Some(NumberKind::Record(scheme)) => Ok(DomainNumber { scheme, value: value.to_owned() }),
        Some(NumberKind::System(_)) | None => {
            Err(NoDomain::Nobodys(system.chars().take(80).collect()))
        }
    }
}

/// The number by which a scheme knows a Patient; none when the Patient has none of its domain, or several.
#[must_use]
pub fn own_number(registry: &Registry, scheme: &SchemeId, patient: &Value) -> Option<String> {
    let kind = NumberKind::Record(scheme.clone());
    let numbers = super::request::numbers(patient, registry);
    let mut own = numbers.into_iter().filter(|number| number.kind.as_ref() == Some(&kind));
    match (own.next(), own.next()) {
        (Some(number), None) => Some(number.value.expose().clone()),
        _ => None,
    }
}

/// Checks that a scheme may say this, and reads what it says of the end of the record.
///
/// # Errors
/// What is wrong.
pub fn read(
    registry: &Registry,
    scheme: &SchemeId,
    patient: &Value,
) -> Result<Option<Survivor>, Fault> {
    if patient["resourceType"] != "Patient" {
        let expected = Expected::OneOf(vec!["Patient".to_owned()]);
        let issue = error(IssueCode::WrongType, "resourceType").expected(expected);
        return Err(Fault::Wrong(vec![issue]));
    }
    for one in patient["identifier"].as_array().into_iter().flatten() {
        let kind = one["system"].as_str().and_then(|system| identifier::kind(registry, system));
        if matches!(&kind, Some(NumberKind::Record(other)) if other != scheme) {
            let system = one["system"].as_str().unwrap_or_default();
            return Err(Fault::Foreign(system.chars().take(80).collect()));
        }
    }
    survivor(registry, scheme, patient)
}

fn survivor(
    registry: &Registry,
    scheme: &SchemeId,
    patient: &Value,
) -> Result<Option<Survivor>, Fault> {
    let links = patient["link"].as_array().map(Vec::as_slice).unwrap_or_default();
    let replacing: Vec<&Value> =
        links.iter().filter(|link| link["type"] == "replaced-by").collect();
    let wrong = |path: &str, fr: &str, en: &str| {
        let stated = Expected::Stated { fr: fr.to_owned(), en: en.to_owned() };
        Fault::Wrong(vec![error(IssueCode::CheckFailed, path).expected(stated)])
    };
    let inactive = patient["active"] == false;
    let link = match (replacing.as_slice(), inactive) {
        ([], false) => return Ok(None),
        ([], true) => return Err(Fault::Inactive),
        ([link], true) => &link["other"],
        ([_], false) => {
            return Err(wrong(
                "Patient.active",
                "`false` : la fiche remplacée n’est plus active",
                "`false`: a record that is replaced is no longer active",
            ));
        }
        _ => {
            return Err(wrong(
                "Patient.link",
                "un seul lien `replaced-by`",
                "one link `replaced-by`",
            ));
        }
    };
    let number = &link["identifier"];
    if let (Some(system), Some(value)) = (number["system"].as_str(), number["value"].as_str()) {
        return match in_domain(registry, system, value) {
            Ok(number) if number.scheme == *scheme => Ok(Some(Survivor::Number(number))),
            Ok(_) | Err(_) => Err(Fault::Foreign(system.chars().take(80).collect())),
        };
    }
    match link["reference"].as_str().and_then(PatientId::of_reference) {
        Some(PatientId::Record(record)) => Ok(Some(Survivor::Record(record))),
        Some(PatientId::Person(_)) | None => Err(wrong(
            "Patient.link.other",
            "l’identifiant de la fiche qui reste (`identifier`, avec son système), ou `Patient/rec-…`",
            "the identifier of the surviving record (`identifier`, with its system), or `Patient/rec-…`",
        )),
    }
}

/// Names numbers as the mapping `fhir-r4` names them: the way back of [`identifier::published`].
pub fn rename(registry: &Registry, scheme: &SchemeId, patient: &mut Value) {
    for one in patient["identifier"].as_array_mut().into_iter().flatten() {
        let kind = one["system"].as_str().and_then(|system| identifier::kind(registry, system));
        match kind {
            Some(NumberKind::Record(own)) if own == *scheme => one["system"] = json!(RECORD),
            Some(NumberKind::System(system)) => one["system"] = json!(format!("{PREFIX}{system}")),
            Some(NumberKind::Record(_)) | None => {}
        }
    }
}

/// A Bundle with Patients and with what refers to each: resources of the last sending, by type and referring element.
/// A Patient without an id, or with that of another one, is given one.
#[must_use]
pub fn bundle(patients: Vec<(Value, Vec<Value>)>, attach: &[(String, String)]) -> Value {
    let mut entries = Vec::new();
    let mut ids = BTreeSet::new();
    for (at, (mut patient, kept)) in patients.into_iter().enumerate() {
        let own = patient["id"].as_str().filter(|id| !id.is_empty() && !ids.contains(*id));
        let id = own.map_or_else(|| format!("fed-{at}"), ToOwned::to_owned);
        patient["id"] = json!(id);
        entries.push(json!({ "resource": patient }));
        for mut resource in kept {
            let kind = resource["resourceType"].as_str().unwrap_or_default();
            let Some((_, element)) = attach.iter().find(|(known, _)| known == kind) else {
                continue;
            };
            resource[element] = json!({ "reference": format!("Patient/{id}") });
            entries.push(json!({ "resource": resource }));
        }
        ids.insert(id);
    }
    json!({ "resourceType": "Bundle", "type": "collection", "entry": entries })
}
