//! Is this person covered?

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::eligibility::query;
use crate::eligibility::question::{Demographics, NUMBERS, Number, Question, Subject};
use crate::eligibility::registry::Registry;
use crate::http::App;
use crate::http::extract::{Document, Known};
use crate::http::openapi::Refused;
use crate::http::problem::{Code, Problem};
use crate::model::record::Sex;
use crate::model::{Holder, Instant, PartialDate, SchemeId, Scope};
use crate::operations::answers::Signed;
use crate::operations::ask::{self, Outcome};
use crate::proof::qr;

/// A question about one person.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QuestionBody {
    /// The asker's id of the question; answered with the answer.
    #[serde(default)]
    query_id: String,
    /// On whose behalf an operator asks; everybody else asks as themselves.
    #[serde(default)]
    asked_by: Option<String>,
    /// Why, such as `CARE_AUTHORISATION`.
    purpose: String,
    /// The day asked about.
    #[schema(value_type = String, format = Date)]
    as_of: Date,
    /// What the hub knew at this moment; now when absent.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    known_at: Option<Timestamp>,
    /// ISO 3166-1 alpha-2 of the place of care: its schemes answer first.
    #[serde(default)]
    country_of_care: Option<String>,
    /// Only this scheme.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    scheme: Option<SchemeId>,
    /// Whether the answer is signed, so that it can be proved later: see `/.well-known/jwks.json`.
    #[serde(default)]
    signed: SignedBody,
    /// About whom.
    subject: SubjectBody,
}

/// How an answer is signed.
#[derive(Deserialize, ToSchema, Clone, Copy, PartialEq, Eq, Default)]
#[serde(rename_all = "lowercase")]
pub enum SignedBody {
    /// Not at all.
    #[default]
    No,
    /// The whole answer.
    Answer,
    /// The whole answer, and a card for the insured with its QR code as SVG.
    Card,
}

/// A person, by numbers or by description.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum SubjectBody {
    /// By numbers, at most 20; each must lead to the same person.
    Identifiers(Vec<NumberBody>),
    /// By description: full name and birth date, or year of birth with sex and phone.
    Demographics(PersonBody),
}

/// A number.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NumberBody {
    /// `NINA`, `NNI`, `NIN` … or the id of a scheme, for its own record ids.
    r#type: String,
    /// The number as written.
    value: String,
}

/// A person described.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PersonBody {
    #[serde(default)]
    family: String,
    #[serde(default)]
    given: String,
    #[serde(default)]
    sex: SexBody,
    /// `1985-06-14`, `1985-06` or `1985`.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    birth_date: Option<PartialDate>,
    #[serde(default)]
    phone: Option<String>,
}

/// Sex, as FHIR writes it or as the national systems do.
#[derive(Deserialize, ToSchema, Default)]
#[serde(rename_all = "lowercase")]
pub enum SexBody {
    /// Female.
    #[serde(alias = "F")]
    Female,
    /// Male.
    #[serde(alias = "M")]
    Male,
    /// Not known.
    #[default]
    Unknown,
}

impl QuestionBody {
    fn read(self, holder: &Holder, registry: &Registry) -> (String, Question) {
        let asked_by = match holder {
            Holder::Operator(_) => self.asked_by.unwrap_or_default().to_lowercase(),
            Holder::Scheme(_) | Holder::Partner(_) => holder.id().to_owned(),
        };
        let question = Question {
            asked_by,
            purpose: self.purpose,
            as_of: self.as_of,
            known_at: self.known_at.map(|at| Instant::from_millis(at.as_millisecond())),
            country_of_care: self.country_of_care,
            scheme: self.scheme,
            subject: self.subject.read(registry),
        };
        (self.query_id, question)
    }
}

impl SubjectBody {
    fn read(self, registry: &Registry) -> Subject {
        match self {
            Self::Identifiers(numbers) => Subject::Identifiers(
                numbers
                    .into_iter()
                    .map(|number| Number {
                        kind: registry.number_kind(&number.r#type),
                        value: number.value.into(),
                    })
                    .collect(),
            ),
            Self::Demographics(person) => Subject::Demographics(Demographics {
                family: person.family.into(),
                given: person.given.into(),
                sex: match person.sex {
                    SexBody::Female => Some(Sex::Female),
                    SexBody::Male => Some(Sex::Male),
                    SexBody::Unknown => None,
                },
                birth_date: person.birth_date,
                phone: person.phone.filter(|phone| !phone.is_empty()).map(Into::into),
            }),
        }
    }
}

/// The signed answer beside the plain one.
fn signed_document(query_id: &str, signed: Signed, card: bool) -> Value {
    let mut proof = json!({
        "id": signed.id,
        "token": signed.token,
        "expires_at": signed.expires_at,
    });
    if card {
        let card = signed.card();
        // A card is cut to fit; one that does not would only lack its drawing.
        proof["card_svg"] = json!(qr::svg(&card).ok());
        proof["card"] = json!(card);
    }
    let mut document = signed.into_answer(query_id);
    document["signed"] = proof;
    document
}

/// Answers whether a person is covered on a day, as far as an agreement lets the asker know.
#[utoipa::path(post, path = "/v1/eligibility", tag = "eligibility", request_body = QuestionBody,
    responses(
    (status = 200, description = "The answer: `eligible`, `not_eligible` or `unknown`, its reason and what the agreement lets the asker know of the right", body = Object),
    (status = 403, description = "No agreement lets the asker ask this: `refused_by_agreement`", content_type = "application/problem+json", body = crate::http::problem::ProblemBody),
    (status = "4XX", response = Refused)))]
pub async fn answer(
    known: Known,
    State(app): State<App>,
    Document(body): Document<QuestionBody>,
) -> Result<Json<Value>, Problem> {
    let caller = known.granted(Scope::EligibilityAsk)?;
    let wish = body.signed;
    let (query_id, question) = body.read(&caller.holder, app.hub.library().registry());
    if let Subject::Identifiers(numbers) = &question.subject
        && numbers.len() > NUMBERS
    {
        let reason = format!("subject.identifiers: 1..{NUMBERS}");
        return Err(Problem::new(Code::InvalidBody).with("reason", reason));
    }
    let (outcome, signed) = match wish {
        SignedBody::No => (ask::ask(&app.hub, &caller, &question).await?, None),
        SignedBody::Answer | SignedBody::Card => {
            ask::ask_signed(&app.hub, &caller, &question).await?
        }
    };
    match outcome {
        Outcome::Answered(answer, permission) => {
            crate::http::metrics::asked(answer.verdict.name());
            Ok(Json(match signed {
                Some(signed) => signed_document(&query_id, signed, wish == SignedBody::Card),
                None => query::answer_document(&query_id, &answer, &permission),
            }))
        }
        Outcome::Refused(refusal) => {
            crate::http::metrics::asked("refused");
            Err(refusal.into())
        }
    }
}
