//! The batch form of questions and answers: one JSON object a line.
//!
//! A query is `{query_id, asked_by, purpose, as_of, country_of_care?, scheme?, subject}`, its
//! subject `{identifiers: [{type, value}]}` or `{demographics: {family, given, sex, birth_date,
//! phone}}`. Scheme codes are written in capitals here, as the partners' own systems write them.

use jiff::civil::Date;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::model::record::Sex;
use crate::model::{Instant, Issue, IssueCode, PartialDate, Place, SchemeId, Sensitive};

use super::agreement::{Field, Permission, Refusal};
use super::answer::Answer;
use super::question::{Demographics, Number, Question, Subject};
use super::registry::Registry;

/// A question with the id under which its answer is expected.
#[derive(Clone, Debug)]
pub struct Query {
    /// The asker's id of the question.
    pub id: String,
    /// The question.
    pub question: Question,
}

#[derive(Deserialize)]
struct Line {
    query_id: String,
    #[serde(default)]
    asked_by: String,
    #[serde(default)]
    purpose: String,
    as_of: Date,
    #[serde(default)]
    known_at: Option<jiff::Timestamp>,
    #[serde(default)]
    country_of_care: Option<String>,
    #[serde(default)]
    scheme: Option<SchemeId>,
    subject: SubjectLine,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum SubjectLine {
    Identifiers(Vec<NumberLine>),
    Demographics(PersonLine),
}

#[derive(Deserialize)]
struct NumberLine {
    r#type: String,
    value: String,
}

#[derive(Deserialize)]
struct PersonLine {
    #[serde(default)]
    family: Option<String>,
    #[serde(default)]
    given: Option<String>,
    #[serde(default)]
    sex: Option<String>,
    #[serde(default)]
    birth_date: Option<PartialDate>,
    #[serde(default)]
    phone: Option<String>,
}

/// Reads one query.
///
/// # Errors
/// `bad_syntax` for a line that is no such object.
pub fn parse(line: &[u8], place: &Place, registry: &Registry) -> Result<Query, Issue> {
    let line: Line = serde_json::from_slice(line)
        .map_err(|_| Issue::error(IssueCode::BadSyntax, place.clone()))?;
    let subject = match line.subject {
        SubjectLine::Identifiers(numbers) => {
            Subject::Identifiers(numbers.into_iter().map(|number| number.read(registry)).collect())
        }
        SubjectLine::Demographics(person) => Subject::Demographics(person.read()),
    };
    let question = Question {
        asked_by: line.asked_by.to_lowercase(),
        purpose: line.purpose,
        as_of: line.as_of,
        known_at: line.known_at.map(|at| Instant::from_millis(at.as_millisecond())),
        country_of_care: line.country_of_care,
        scheme: line.scheme,
        subject,
    };
    Ok(Query { id: line.query_id, question })
}

impl NumberLine {
    fn read(self, registry: &Registry) -> Number {
        Number { kind: registry.number_kind(&self.r#type), value: self.value.into() }
    }
}

impl PersonLine {
    fn read(self) -> Demographics {
        let sex = match self.sex.as_deref() {
            Some("F" | "female") => Some(Sex::Female),
            Some("M" | "male") => Some(Sex::Male),
            _ => None,
        };
        Demographics {
            family: self.family.unwrap_or_default().into(),
            given: self.given.unwrap_or_default().into(),
            sex,
            birth_date: self.birth_date,
            phone: self.phone.filter(|phone| !phone.is_empty()).map(Sensitive::new),
        }
    }
}

/// The answer line of a query.
#[must_use]
pub fn answer_line(query_id: &str, answer: &Answer, permission: &Permission) -> Value {
    let granted = permission.fields(answer.scheme.as_ref());
    let right = answer.right.as_ref();
    let only =
        |field: Field, value: Value| if granted.contains(&field) { value } else { Value::Null };
    let rights = |day: Option<Date>| only(Field::Rights, json!(day));
    let rates = |field, rates| only(field, json!(rates));
    json!({
        "query_id": query_id,
        "answer": answer.verdict.name(),
        "reason": answer.reason.name(),
        "scheme": only(Field::Scheme, json!(answer.scheme.as_ref().map(code))),
        "eligible_schemes": only(
            Field::EligibleSchemes,
            answer.eligible_schemes.iter().map(code).collect(),
        ),
        "package": only(Field::Package, json!(right.and_then(|right| right.package.as_deref()))),
        "coverage_rate": rates(Field::CoverageRate, right.and_then(|right| right.coverage.as_ref())),
        "copay_rate": rates(Field::CopayRate, right.and_then(|right| right.copay.as_ref())),
        "rights_start": rights(right.and_then(|right| right.start)),
        "rights_end": rights(right.and_then(|right| right.end)),
        "responsible_institution": only(
            Field::ResponsibleInstitution,
            json!(right.map(|right| right.institution.as_str())),
        ),
        "person_id": only(Field::PersonId, json!(answer.person)),
    })
}

/// The line of a query that is not answered.
#[must_use]
pub fn refusal_line(query_id: &str, refusal: Refusal) -> Value {
    json!({ "query_id": query_id, "outcome": "refused", "reason": refusal.code().name() })
}

fn code(scheme: &SchemeId) -> String {
    scheme.as_str().to_ascii_uppercase()
}
