//! The answer to a question as a CoverageEligibilityResponse.
//!
//! R4 has no place for some of it: verdict, reason, age of the data, agreements and the other schemes that cover the
//! person stand in extensions under `urn:dankun:`, as in the mapping `fhir-r4`.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::OURS;
use super::id::PatientId;
use super::request::{Asked, named_patient, named_request, named_scheme};
use crate::eligibility::agreement::Field;
use crate::eligibility::answer::Right;
use crate::eligibility::registry::{Care, Share};
use crate::eligibility::{Answer, Permission, Verdict};
use crate::messages;
use crate::model::{Instant, Language};

/// The kinds of care, in the order in which they are told.
const CARES: [Care; 2] = [Care::Ambulatory, Care::Hospital];

/// Writes the answer, with no more than the agreement allows.
#[must_use]
pub fn write(
    asked: &Asked,
    answer: &Answer,
    permission: &Permission,
    now: Instant,
    language: Language,
) -> Value {
    let granted = permission.fields(answer.scheme.as_ref());
    let scheme = answer.scheme.as_ref().filter(|_| granted.contains(&Field::Scheme));
    let person = answer.person.filter(|_| granted.contains(&Field::PersonId));
    let patient = person.map_or_else(
        || named_patient(&asked.request),
        |person| json!({ "reference": format!("Patient/{}", PatientId::Person(person)) }),
    );
    let mut response = Map::new();
    let mut put = |element: &str, value: Value| response.insert(element.to_owned(), value);
    put("resourceType", json!("CoverageEligibilityResponse"));
    put("language", json!(language.tag()));
    put("extension", Value::Array(extensions(asked, answer, permission, &granted)));
    put("status", json!("active"));
    put("purpose", asked.request["purpose"].clone());
    put("patient", patient);
    put("servicedDate", json!(answer.as_of));
    put("created", json!(now));
    put("request", named_request(&asked.request));
    put("outcome", json!("complete"));
    put("disposition", json!(disposition(answer, language)));
    put("insurer", scheme.map_or_else(hub, named_scheme));
    if answer.verdict != Verdict::Unknown {
        put("insurance", json!([insurance(answer, &granted)]));
    }
    Value::Object(response)
}

/// Adds the signed answer and its card, as extensions.
pub fn add_proof(response: &mut Value, token: &str, card: &str) {
    if let Some(extensions) = response["extension"].as_array_mut() {
        for (name, text) in [("signed-answer", token), ("signed-card", card)] {
            extensions.push(json!({ "url": format!("{OURS}{name}"), "valueString": text }));
        }
    }
}

/// In words: the verdict and its reason.
fn disposition(answer: &Answer, language: Language) -> String {
    let verdict = messages::text(language, &format!("verdict-{}", answer.verdict.name()), &[]);
    let reason = messages::text(language, &format!("reason-{}", answer.reason.name()), &[]);
    format!("{verdict}: {reason}")
}

/// The insurer of an answer that names none.
fn hub() -> Value {
    json!({ "type": "Organization", "identifier": { "system": super::SCHEME, "value": "dankun" } })
}

fn extensions(
    asked: &Asked,
    answer: &Answer,
    permission: &Permission,
    granted: &BTreeSet<Field>,
) -> Vec<Value> {
    let one = |name: &str, kind: &str, value: Value| json!({ "url": format!("{OURS}{name}"), (kind): value });
    let mut all = vec![
        one("answer", "valueCode", json!(answer.verdict.name())),
        one("reason", "valueCode", json!(answer.reason.name())),
    ];
    all.extend(answer.or_else.iter().map(|other| one("or-else", "valueCode", json!(other.name()))));
    if granted.contains(&Field::EligibleSchemes) {
        let schemes = answer.eligible_schemes.iter();
        all.extend(schemes.map(|scheme| one("eligible-scheme", "valueCode", json!(scheme))));
    }
    if granted.contains(&Field::ResponsibleInstitution)
        && let Some(right) = &answer.right
    {
        all.push(one("responsible-institution", "valueString", json!(right.institution)));
    }
    all.push(one("known-at", "valueInstant", json!(answer.known_at)));
    all.extend(answer.data_as_of.map(|day| one("data-as-of", "valueDate", json!(day))));
    all.extend(answer.holds_from.map(|day| one("holds-from", "valueDate", json!(day))));
    all.extend(answer.holds_until.map(|day| one("holds-until", "valueDate", json!(day))));
    let turns = answer.reason.turned_by().iter();
    all.extend(turns.map(|turn| one("would-change", "valueCode", json!(turn))));
    all.extend(permission.agreements.iter().map(|id| one("agreement", "valueString", json!(id))));
    all.extend(asked.repaired.iter().map(|path| one("repaired", "valueString", json!(path))));
    all
}

fn insurance(answer: &Answer, granted: &BTreeSet<Field>) -> Value {
    let right = answer.right.as_ref();
    let package = right.and_then(|right| right.package.as_deref());
    let package = package.filter(|_| granted.contains(&Field::Package));
    let mut insurance = Map::new();
    // The card itself is not at hand: it is named by what it grants.
    let display = package.unwrap_or("-");
    insurance.insert("coverage".into(), json!({ "type": "Coverage", "display": display }));
    insurance.insert("inforce".into(), json!(answer.verdict == Verdict::Eligible));
    if let Some(right) = right {
        if granted.contains(&Field::Rights)
            && let Some(period) = period(right)
        {
            insurance.insert("benefitPeriod".into(), period);
        }
        let items = items(right, package, granted);
        if !items.is_empty() {
            insurance.insert("item".into(), Value::Array(items));
        }
    }
    Value::Object(insurance)
}

fn period(right: &Right) -> Option<Value> {
    let mut period = Map::new();
    for (name, day) in [("start", right.start), ("end", right.end)] {
        if let Some(day) = day {
            period.insert(name.into(), json!(day));
        }
    }
    (!period.is_empty()).then_some(Value::Object(period))
}

/// One item a kind of care, with its rates; a package without known rates is one item without any.
fn items(right: &Right, package: Option<&str>, granted: &BTreeSet<Field>) -> Vec<Value> {
    let coverage = right.coverage.as_ref().filter(|_| granted.contains(&Field::CoverageRate));
    let copay = right.copay.as_ref().filter(|_| granted.contains(&Field::CopayRate));
    let named = |mut item: Value| {
        if let Some(package) = package {
            item["name"] = json!(package);
        }
        item
    };
    let item = |care: &Care| {
        let covered = coverage
            .and_then(|rates| rates.get(care))
            .map(|share| benefit(&format!("{OURS}benefit-type"), "covered-percent", *share));
        let left = copay.and_then(|rates| rates.get(care)).map(|share| {
            benefit("http://terminology.hl7.org/CodeSystem/benefit-type", "copay-percent", *share)
        });
        let benefits: Vec<Value> = covered.into_iter().chain(left).collect();
        let category = json!({ "coding": [{ "system": format!("{OURS}care"), "code": care }] });
        (!benefits.is_empty()).then(|| named(json!({ "category": category, "benefit": benefits })))
    };
    let items: Vec<Value> = CARES.iter().filter_map(item).collect();
    if items.is_empty() { package.map(|_| named(json!({}))).into_iter().collect() } else { items }
}

fn benefit(system: &str, code: &str, share: Share) -> Value {
    let coding = json!({ "coding": [{ "system": system, "code": code }] });
    let percent = share.percent();
    // FHIR counts in whole numbers here; what is no whole percent is written out.
    match percent.parse::<u32>() {
        Ok(whole) => json!({ "type": coding, "allowedUnsignedInt": whole }),
        Err(_) => json!({ "type": coding, "allowedString": percent }),
    }
}
