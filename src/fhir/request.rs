//! A CoverageEligibilityRequest understood as a question.
//!
//! The patient may be named by the hub's own id (`Patient/per-…`), by an identifier without any reference (as HCX
//! does), by a reference that carries a number of the insurer (as openIMIS does), or described in a contained Patient.
//! Everything that is wrong is told at once, each with its path. What is not about the question is let through unread.

use jiff::civil::Date;
use serde_json::{Value, json};

use super::id::PatientId;
use super::{OURS, SCHEME, identifier};
use crate::eligibility::question::{Demographics, Number};
use crate::eligibility::registry::NumberKind;
use crate::eligibility::{Registry, Subject};
use crate::model::record::Sex;
use crate::model::{Expected, Issue, IssueCode, PartialDate, Place, SchemeId};

/// What a request asks, beside who asks and why.
pub struct Asked {
    /// About whom.
    pub subject: Subject,
    /// Only this scheme.
    pub scheme: Option<SchemeId>,
    /// The day asked about; today when the request names none.
    pub as_of: Option<Date>,
    /// The country of the place of care.
    pub country: Option<String>,
    /// Whether the answer is to be signed.
    pub signed: bool,
    /// What was taken in another sense than it was written, as paths.
    pub repaired: Vec<&'static str>,
    /// The request itself, for what the answer repeats.
    pub request: Value,
}

/// The purposes that R4 knows.
const PURPOSES: [&str; 4] = ["auth-requirements", "benefits", "discovery", "validation"];

/// Reads a request.
///
/// # Errors
/// Everything that is wrong with it.
pub fn read(request: Value, registry: &Registry) -> Result<Asked, Vec<Issue>> {
    let mut wrong = Vec::new();
    check_purposes(&request["purpose"], &mut wrong);
    match request["status"].as_str() {
        Some("active") => {}
        Some(other) => wrong.push(one_of("status", other, ["active"])),
        None => wrong.push(missing("status")),
    }
    if request["created"].as_str().is_none_or(|text| day(text).is_none()) {
        wrong.push(bad_day("created", &request["created"]));
    }
    let mut repaired = Vec::new();
    let scheme = read_insurer(&request["insurer"], registry, &mut repaired, &mut wrong);
    let subject = read_patient(&request, scheme.as_ref(), registry, &mut repaired, &mut wrong);
    let as_of = read_day(&request, &mut wrong);
    let country = read_country(&request);
    let signed = ours(&request, "signed").is_some_and(|one| one["valueBoolean"] == true);
    match subject {
        Some(subject) if wrong.is_empty() => {
            Ok(Asked { subject, scheme, as_of, country, signed, repaired, request })
        }
        _ => Err(wrong),
    }
}

fn check_purposes(purposes: &Value, wrong: &mut Vec<Issue>) {
    let stated = purposes.as_array().map(Vec::as_slice).unwrap_or_default();
    if stated.is_empty() {
        wrong.push(missing("purpose"));
    }
    for purpose in stated {
        let text = purpose.as_str().unwrap_or_default();
        if !PURPOSES.contains(&text) {
            wrong.push(one_of("purpose", text, PURPOSES));
        }
    }
}

/// The scheme that is asked: named by an identifier or as `Organization/<scheme>`; none for the hub itself, that is for
/// every scheme. A reference that means nothing here is left aside, which the answer says.
fn read_insurer(
    insurer: &Value,
    registry: &Registry,
    repaired: &mut Vec<&'static str>,
    wrong: &mut Vec<Issue>,
) -> Option<SchemeId> {
    let known = |name: &str| {
        let id: Option<SchemeId> = name.parse().ok();
        id.filter(|id| registry.scheme(id).is_some())
    };
    if let Some(name) = insurer["identifier"]["value"].as_str() {
        let scheme = known(name);
        if scheme.is_none() && !name.eq_ignore_ascii_case("dankun") {
            let all = registry.schemes().map(|scheme| scheme.id.as_str());
            wrong.push(one_of("insurer.identifier.value", name, all));
        }
        return scheme;
    }
    if let Some(reference) = insurer["reference"].as_str() {
        let name = reference.rsplit('/').next().unwrap_or(reference);
        let scheme = known(name);
        if scheme.is_none() && !name.eq_ignore_ascii_case("dankun") {
            repaired.push("insurer.reference");
        }
        return scheme;
    }
    if insurer["display"].is_null() {
        wrong.push(missing("insurer"));
    }
    None
}

fn read_patient(
    request: &Value,
    scheme: Option<&SchemeId>,
    registry: &Registry,
    repaired: &mut Vec<&'static str>,
    wrong: &mut Vec<Issue>,
) -> Option<Subject> {
    let patient = &request["patient"];
    if let Some(number) = identifier::read(registry, &patient["identifier"]) {
        return Some(Subject::Identifiers(vec![number]));
    }
    let Some(reference) = patient["reference"].as_str() else {
        wrong.push(missing("patient"));
        return None;
    };
    if let Some(id) = reference.strip_prefix('#') {
        let all = request["contained"].as_array().map(Vec::as_slice).unwrap_or_default();
        let Some(contained) = all.iter().find(|resource| resource["id"] == id) else {
            wrong.push(error(IssueCode::DanglingReference, "patient.reference").value(reference));
            return None;
        };
        return Some(described(contained, registry));
    }
    Some(match PatientId::of_reference(reference) {
        Some(PatientId::Person(person)) => Subject::Person(person),
        Some(PatientId::Record(record)) => Subject::Record(record),
        None => {
            // openIMIS: the reference carries the insurance number.
            repaired.push("patient.reference");
            let number = reference.rsplit('/').next().unwrap_or(reference).to_owned();
            let kind = scheme.cloned().map(NumberKind::Record);
            Subject::Identifiers(vec![Number { kind, value: number.into() }])
        }
    })
}

/// A Patient as the subject of a question: by its numbers when one is of a known system, else by description.
#[must_use]
pub fn described(patient: &Value, registry: &Registry) -> Subject {
    let numbers = numbers(patient, registry);
    if numbers.iter().any(|number| number.kind.is_some()) {
        Subject::Identifiers(numbers)
    } else {
        Subject::Demographics(demographics(patient))
    }
}

/// The numbers of a Patient.
#[must_use]
pub fn numbers(patient: &Value, registry: &Registry) -> Vec<Number> {
    let all = patient["identifier"].as_array().map(Vec::as_slice).unwrap_or_default();
    all.iter().filter_map(|one| identifier::read(registry, one)).collect()
}

/// The description in a Patient: the official name, or the first one that there is.
#[must_use]
pub fn demographics(patient: &Value) -> Demographics {
    let names = patient["name"].as_array().map(Vec::as_slice).unwrap_or_default();
    let name = names.iter().find(|name| name["use"] == "official").or(names.first());
    let given = name.and_then(|name| name["given"].as_array()).map(Vec::as_slice);
    let given: Vec<&str> = given.unwrap_or_default().iter().filter_map(Value::as_str).collect();
    let family = name.and_then(|name| name["family"].as_str()).unwrap_or_default();
    let telecoms = patient["telecom"].as_array().map(Vec::as_slice).unwrap_or_default();
    let phone = telecoms.iter().find(|telecom| telecom["system"] == "phone");
    Demographics {
        family: family.to_owned().into(),
        given: given.join(" ").into(),
        sex: patient["gender"].as_str().and_then(sex),
        birth_date: patient["birthDate"].as_str().and_then(|text| text.parse::<PartialDate>().ok()),
        phone: phone
            .and_then(|phone| phone["value"].as_str())
            .filter(|phone| !phone.is_empty())
            .map(|phone| phone.to_owned().into()),
    }
}

/// The sex of a code of `administrative-gender`; what says nothing is none.
#[must_use]
pub fn sex(code: &str) -> Option<Sex> {
    match code {
        "female" => Some(Sex::Female),
        "male" => Some(Sex::Male),
        _ => None,
    }
}

fn read_day(request: &Value, wrong: &mut Vec<Issue>) -> Option<Date> {
    let period = &request["servicedPeriod"]["start"];
    let (path, stated) = match &request["servicedDate"] {
        Value::Null => ("servicedPeriod.start", period),
        stated => ("servicedDate", stated),
    };
    if stated.is_null() {
        return None;
    }
    let found = stated.as_str().and_then(day);
    if found.is_none() {
        wrong.push(bad_day(path, stated));
    }
    found
}

fn read_country(request: &Value) -> Option<String> {
    ours(request, "country-of-care")?["valueCode"].as_str().map(str::to_ascii_uppercase)
}

/// Our extension of a name.
fn ours<'r>(request: &'r Value, name: &str) -> Option<&'r Value> {
    let url = format!("{OURS}{name}");
    request["extension"].as_array()?.iter().find(|extension| extension["url"] == url.as_str())
}

/// The day of a date or dateTime; a dateTime without zone, which openIMIS writes, has one too.
fn day(text: &str) -> Option<Date> {
    text.get(..10)?.parse().ok().filter(|_| matches!(text.as_bytes().get(10), None | Some(b'T')))
}

/// How the answer names the patient when the hub's own id may not be shown.
#[must_use]
pub fn named_patient(request: &Value) -> Value {
    let patient = &request["patient"];
    if !patient["identifier"].is_null() {
        return json!({ "identifier": patient["identifier"] });
    }
    match patient["reference"].as_str() {
        Some(reference) if !reference.starts_with('#') => json!({ "reference": reference }),
        // What was contained in the request is not contained in the answer.
        _ => json!({ "type": "Patient", "display": "-" }),
    }
}

/// How the answer names the request.
#[must_use]
pub fn named_request(request: &Value) -> Value {
    let kind = "CoverageEligibilityRequest";
    if let Some(identifier) = request["identifier"].get(0) {
        return json!({ "type": kind, "identifier": identifier });
    }
    match request["id"].as_str() {
        Some(id) => json!({ "reference": format!("{kind}/{id}") }),
        None => json!({ "type": kind, "display": "-" }),
    }
}

/// How the answer names an insurer.
#[must_use]
pub fn named_scheme(scheme: &SchemeId) -> Value {
    let identifier = json!({ "system": SCHEME, "value": scheme.as_str() });
    json!({ "type": "Organization", "identifier": identifier, "display": scheme.as_str() })
}

/// An issue at a path of the caller's resource.
#[must_use]
pub fn error(code: IssueCode, path: &str) -> Issue {
    let place = Place { path: Some(path.to_owned()), ..Place::default() };
    Issue::error(code, place).field(path)
}

pub(super) fn missing(path: &str) -> Issue {
    error(IssueCode::MissingMandatory, path)
}

fn bad_day(path: &str, stated: &Value) -> Issue {
    match stated.as_str() {
        None => missing(path),
        Some(text) => error(IssueCode::BadDate, path)
            .value(text)
            .expected(Expected::Form("YYYY-MM-DD".to_owned())),
    }
}

pub(super) fn one_of<'k>(
    path: &str,
    stated: &str,
    known: impl IntoIterator<Item = &'k str>,
) -> Issue {
    let known = known.into_iter().map(str::to_owned).collect();
    error(IssueCode::UnknownCode, path).value(stated).expected(Expected::OneOf(known))
}
