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
use super::answer::{Answer, Ground};
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
pub fn parse(line: &[u8], place: &Place, registry: &Registry) -> Result<Query, Box<Issue>> {
    let line: Line = serde_json::from_slice(line)
        .map_err(|_| Box::new(Issue::error(IssueCode::BadSyntax, place.clone())))?;
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

/// The answer with all that explains it: the answer line, and beside it the day and the moment asked about, the age of
/// the data, from when until when it holds and what follows, what would change it, other reasons that the data cannot
/// exclude, the agreements it is given under, and the coverages that were looked at.
#[must_use]
pub fn answer_document(query_id: &str, answer: &Answer, permission: &Permission) -> Value {
    explained(answer_line(query_id, answer, permission), answer, permission)
}

/// The document of an answer whose line is made already.
#[must_use]
pub fn explained(line: Value, answer: &Answer, permission: &Permission) -> Value {
    let mut document = line;
    let granted = permission.fields(answer.scheme.as_ref());
    let seen = |ground: &&Ground| permission.fields(Some(&ground.scheme)).contains(&Field::Scheme);
    let grounds: Vec<Value> = answer
        .grounds
        .iter()
        .filter(seen)
        .map(|ground| {
            // Record ids of the hub tell nobody who it is, but they are of use only with the person's.
            let records = granted.contains(&Field::PersonId).then_some(&ground.records);
            json!({ "scheme": code(&ground.scheme), "reason": ground.reason.name(), "records": records })
        })
        .collect();
    document["as_of"] = json!(answer.as_of);
    document["known_at"] = json!(answer.known_at);
    document["data_as_of"] = json!(answer.data_as_of);
    document["holds_from"] = json!(answer.holds_from);
    document["holds_until"] = json!(answer.holds_until);
    document["then"] = answer.then.map_or(
        Value::Null,
        |(verdict, reason)| json!({ "answer": verdict.name(), "reason": reason.name() }),
    );
    document["would_change"] = json!(answer.reason.turned_by());
    document["or_else"] = answer.or_else.iter().map(|reason| reason.name()).collect();
    document["agreements"] = json!(permission.agreements);
    document["grounds"] = Value::Array(grounds);
    document
}

/// The line of a query that is not answered.
#[must_use]
pub fn refusal_line(query_id: &str, refusal: Refusal) -> Value {
    json!({ "query_id": query_id, "outcome": "refused", "reason": refusal.code().name() })
}

fn code(scheme: &SchemeId) -> String {
    scheme.as_str().to_ascii_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eligibility::registry::NumberKind;
    use crate::eligibility::registry::tests::shipped;
    use crate::eligibility::{Agreements, RecordFacts, Verdict, rules};
    use crate::model::{PersonId, RecordId};

    fn parsed(line: Value) -> Query {
        parse(line.to_string().as_bytes(), &Place::at_line(1), &shipped()).unwrap()
    }

    fn by_number() -> Value {
        json!({
            "query_id": "Q1", "asked_by": "CI-CNAM", "purpose": "CARE_AUTHORISATION",
            "as_of": "2026-01-15", "country_of_care": "CI", "scheme": "ML-UTM",
            "subject": { "identifiers": [{ "type": "ML-UTM", "value": "UTM-001-0000001/00" }] },
        })
    }

    /// One person whom the mutual covers.
    fn covered() -> rules::Found {
        let says = json!({
            "scheme": "ml-utm",
            "coverages": [{ "scheme": "ml-utm", "package": "CP", "start": "2025-01-01" }],
        });
        let facts = RecordFacts {
            record: RecordId::from_bytes([1; 16]),
            recorded_at: Instant::from_millis(0),
            replaced_at: None,
            says: serde_json::from_value(says).unwrap(),
        };
        rules::Found::Person(Some(PersonId::from_bytes([1; 16])), vec![facts])
    }

    fn permission(fields: &str) -> Permission {
        let yaml = format!(
            "{{ agreement: a-a, version: 1.0.0, title: {{ fr: a, en: a }}, basis: {{ text: {{ fr: a, en: a }} }}, \
             from: 2025-01-01, grants: [{{ askers: [ci-cnam], insured: [ml-utm], purposes: [CARE], fields: [{fields}] }}] }}"
        );
        let agreements = Agreements::parse([("a.yaml", yaml.as_str())]).unwrap();
        agreements.check("ci-cnam", "CARE", None, "2026-01-15".parse().unwrap()).unwrap()
    }

    #[test]
    fn a_query_by_number_names_its_scheme_in_any_case() {
        let question = parsed(by_number()).question;
        assert_eq!(question.asked_by, "ci-cnam");
        assert_eq!(question.scheme.as_ref().map(SchemeId::as_str), Some("ml-utm"));
        let Subject::Identifiers(numbers) = question.subject else { panic!("by number") };
        assert_eq!(numbers[0].kind, "ml-utm".parse().ok().map(NumberKind::Record));
    }

    #[test]
    fn a_query_by_description_keeps_the_precision_of_the_birth_date() {
        let mut line = by_number();
        line["subject"] = json!({ "demographics": {
            "family": "Keita", "given": "Awa", "sex": "F", "birth_date": "1990", "phone": null,
        } });
        let Subject::Demographics(person) = parsed(line).question.subject else {
            panic!("described")
        };
        assert_eq!(person.sex, Some(Sex::Female));
        assert!(person.birth_date.is_some_and(|date| date.month().is_none()));
        assert!(person.phone.is_none());
    }

    #[test]
    fn a_line_that_is_no_query_is_told_without_its_content() {
        let issue = parse(b"{\"query_id\": \"Awa\"}", &Place::at_line(3), &shipped()).unwrap_err();
        assert_eq!((issue.code, issue.place.line), (IssueCode::BadSyntax, 3));
        assert!(issue.value.is_none());
    }

    #[test]
    fn an_answer_shows_only_what_the_agreement_grants() {
        let question = parsed(by_number()).question;
        let answer = rules::decide(&question, &covered(), &shipped(), Instant::from_millis(9));
        assert_eq!(answer.verdict, Verdict::Eligible);
        let line = answer_line("Q1", &answer, &permission("scheme, coverage_rate"));
        assert_eq!(line["scheme"], "ML-UTM");
        assert_eq!(line["coverage_rate"]["hospital"], 0.75);
        for hidden in
            ["package", "copay_rate", "rights_start", "responsible_institution", "person_id"]
        {
            assert!(line[hidden].is_null(), "{hidden}");
        }
    }

    #[test]
    fn the_document_explains_the_answer_within_the_agreement() {
        let question = parsed(by_number()).question;
        let answer = rules::decide(&question, &covered(), &shipped(), Instant::from_millis(9));
        let whole = answer_document("Q1", &answer, &permission("scheme, person_id"));
        assert_eq!(whole["grounds"][0]["reason"], "in_force");
        assert!(whole["grounds"][0]["records"][0].is_string());
        assert_eq!(whole["agreements"], json!(["a-a/1.0.0"]));
        let little = answer_document("Q1", &answer, &permission("package"));
        assert_eq!(little["grounds"], json!([]));
    }

    #[test]
    fn a_refusal_says_which_condition_failed_and_nothing_else() {
        let line = refusal_line("Q1", Refusal::UnknownPartner);
        assert_eq!(
            line,
            json!({ "query_id": "Q1", "outcome": "refused", "reason": "unknown_partner" })
        );
    }
}
