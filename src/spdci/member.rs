//! A person as the specification's Member, with no more than the asker may see.
//!
//! Of several records each field is taken from the first that may be shown; numbers and programmes from all of them.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::eligibility::agreement::Field;
use crate::model::BeneficiaryRecord;
use crate::model::record::{CoverageStatus, Sex};

/// The context of a Member, as the specification names it.
const CONTEXT: &str = "https://schema.spdci.org/extensions/ibr/v1/";

/// A record and what of it may be shown.
pub struct Seen<'r> {
    /// The record.
    pub record: &'r BeneficiaryRecord,
    /// What may be shown.
    pub fields: &'r BTreeSet<Field>,
}

impl Seen<'_> {
    fn shows(&self, field: Field) -> bool {
        self.fields.contains(&field)
    }
}

/// Writes a Member; `id` is the hub's own of the person or record.
#[must_use]
pub fn write(id: &str, seen: &[Seen<'_>]) -> Value {
    let mut identifiers = vec![identifier("dankun", id)];
    for one in seen.iter().filter(|one| one.shows(Field::Identifiers)) {
        let source = &one.record.source;
        identifiers.push(identifier(source.scheme.as_str(), &source.record_id));
        let own = one.record.person.identifiers.iter();
        identifiers.extend(own.map(|number| identifier(&number.system, &number.value)));
    }
    identifiers.dedup();
    let mut member = json!({
        "@context": CONTEXT,
        "@type": "Member",
        "member_identifier": identifiers,
        "programmes": programmes(seen),
    });
    if let Some(person) = seen.iter().find(|one| one.shows(Field::Demographics)) {
        member["demographic_info"] = demographic(person.record);
    }
    member
}

fn identifier(kind: &str, value: &str) -> Value {
    json!({ "identifier_type": kind, "identifier_value": value })
}

fn demographic(record: &BeneficiaryRecord) -> Value {
    let person = &record.person;
    let mut info = Map::new();
    if let Some(name) = person.names.first() {
        let family = name.family.clone().unwrap_or_default();
        let given = name.given.join(" ");
        info.insert("name".into(), json!({ "surname": family, "given_name": given }));
    }
    let sex = match person.sex {
        Sex::Female => "female",
        Sex::Male => "male",
        Sex::Unknown => "unknown",
    };
    info.insert("sex".into(), json!(sex));
    for (name, date) in [("birth_date", person.birth_date), ("death_date", person.death_date)] {
        if let Some(date) = date {
            info.insert(name.into(), json!(date));
        }
    }
    Value::Object(info)
}

/// The programmes in which the person is, with how they stand there.
fn programmes(seen: &[Seen<'_>]) -> Vec<Value> {
    let shown = seen.iter().filter(|one| one.shows(Field::Scheme));
    let coverages =
        shown.flat_map(|one| one.record.coverages.iter().map(move |coverage| (one, coverage)));
    coverages
        .map(|(one, coverage)| {
            let mut programme = json!({
                "programme": { "programme_identifier": coverage.scheme },
                "enrolment_status": status(coverage.status),
            });
            if one.shows(Field::Rights) {
                programme["enrolment_date"] = json!(coverage.enrolled_on);
                programme["status_change_date"] = json!(coverage.status_since);
            }
            if one.shows(Field::Package) {
                programme["benefits"] = json!({ "benefit_type": coverage.package });
            }
            programme
        })
        .collect()
}

const fn status(status: CoverageStatus) -> &'static str {
    match status {
        CoverageStatus::Active => "Active",
        CoverageStatus::Suspended => "Suspended",
        CoverageStatus::Ended => "Closed",
        CoverageStatus::Pending => "Pending",
    }
}
