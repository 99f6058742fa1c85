//! Is she covered? Asked as a partner or a scheme would, under the same agreements; the answer with its reason, to be
//! printed with the code that proves it.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use serde_json::Value;

use super::form::Form;
use super::page::{page, refused};
use super::people::{described, systems};
use super::shell::{Section, Shell};
use super::visit::Member;
use super::words::Words;
use crate::eligibility::question::Question;
use crate::eligibility::{Subject, query};
use crate::http::{App, Params, Problem};
use crate::model::{Holder, PersonId, Scope};
use crate::operations::ask::{self, Outcome};
use crate::proof::qr;

/// Who may ask for what: one choice of the form.
struct Right {
    value: String,
    title: String,
    chosen: bool,
}

/// An answer in words.
struct Answered {
    verdict: String,
    tone: &'static str,
    reason: String,
    facts: Vec<(String, String)>,
    grounds: Vec<String>,
    card: Option<String>,
    id: Option<String>,
    expires: Option<String>,
    asked: String,
}

#[derive(Template)]
#[template(path = "ask.html")]
struct Ask {
    shell: Shell,
    rights: Vec<Right>,
    systems: Vec<(String, bool)>,
    person: String,
    number: String,
    family: String,
    given: String,
    born: String,
    sex: String,
    day: String,
    country: String,
    wrong: Option<String>,
    answer: Option<Answered>,
}

/// About whom, when it is known already.
#[derive(Deserialize)]
pub struct About {
    person: Option<PersonId>,
}

impl Ask {
    fn new(app: &App, member: &Member, form: Option<&Form>) -> Self {
        let text = |name: &str| form.map(|form| form.text(name).to_owned()).unwrap_or_default();
        let system = text("system");
        let day = text("day");
        Self {
            shell: Shell::new(member, Section::Ask, "page-ask"),
            rights: rights(app, member, &text("right")),
            systems: systems(app).into_iter().map(|one| (one.clone(), one == system)).collect(),
            person: text("person"),
            number: text("number"),
            family: text("family"),
            given: text("given"),
            born: text("born"),
            sex: text("sex"),
            day: if day.is_empty() { app.hub().today().to_string() } else { day },
            country: text("country"),
            wrong: None,
            answer: None,
        }
    }
}

/// Every purpose for which the member may ask: for itself, or for whoever the agreements name.
fn rights(app: &App, member: &Member, chosen: &str) -> Vec<Right> {
    let library = app.hub().library();
    let agreements = library.agreements();
    let mut askers: Vec<String> = match &member.caller.holder {
        Holder::Scheme(scheme) => vec![scheme.to_string()],
        Holder::Operator(_) | Holder::Partner(_) => agreements
            .iter()
            .flat_map(|agreement| &agreement.grants)
            .flat_map(|grant| &grant.askers)
            .map(ToString::to_string)
            .collect(),
    };
    askers.sort();
    askers.dedup();
    let today = app.hub().today();
    let words = member.visit.words;
    askers
        .iter()
        .flat_map(|asker| {
            agreements.purposes(asker, today).into_iter().map(move |one| (asker, one))
        })
        .map(|(asker, purpose)| {
            let value = format!("{asker} {purpose}");
            let said = words.named("page-purpose", purpose);
            Right { title: format!("{asker} · {said}"), chosen: value == chosen, value }
        })
        .collect()
}

/// The form.
pub async fn show(
    member: Member,
    State(app): State<App>,
    Params(about): Params<About>,
) -> Result<Response, Problem> {
    let member = member.with(Scope::EligibilityAsk)?;
    let mut ask = Ask::new(&app, &member, None);
    ask.person = about.person.map(|person| person.to_string()).unwrap_or_default();
    page(member.visit.words, &ask)
}

/// Asks.
pub async fn answer(
    member: Member,
    State(app): State<App>,
    form: Form,
) -> Result<Response, Problem> {
    let member = member.with(Scope::EligibilityAsk)?;
    let words = member.visit.words;
    let mut again = Ask::new(&app, &member, Some(&form));
    let Some(question) = question(&app, &form) else {
        again.wrong = Some(words.say("page-ask-too-little"));
        return refused(words, &again);
    };
    let (outcome, signed) = ask::ask_signed(app.hub(), &member.caller, &question).await?;
    match outcome {
        Outcome::Refused(refusal) => {
            let (title, detail) = Problem::from(refusal).words(words.0);
            again.wrong = Some(format!("{title}. {detail}"));
            refused(words, &again)
        }
        Outcome::Answered(answer, permission) => {
            let document = query::answer_document("", &answer, &permission);
            let card = signed.as_ref().and_then(|signed| qr::svg(&signed.card()).ok());
            again.answer = Some(Answered {
                verdict: words.named("verdict", answer.verdict.name()),
                tone: match answer.verdict.name() {
                    "eligible" => "good",
                    "not_eligible" => "bad",
                    _ => "warn",
                },
                reason: words.named("reason", answer.reason.name()),
                facts: facts(words, &document),
                grounds: grounds(words, &answer.grounds, member.caller.runs_the_hub()),
                card,
                id: signed.as_ref().map(|signed| signed.id.to_string()),
                expires: signed.map(|signed| words.moment(signed.expires_at)),
                asked: format!(
                    "{} · {} · {}",
                    question.asked_by,
                    question.purpose,
                    words.day(question.as_of)
                ),
            });
            page(words, &again)
        }
    }
}

/// What the form asks; none when it does not say enough.
fn question(app: &App, form: &Form) -> Option<Question> {
    let (asked_by, purpose) = form.text("right").split_once(' ')?;
    let wanted = described(app, form);
    let subject = match form.text("person").parse::<PersonId>() {
        Ok(person) => Subject::Person(person),
        Err(_) if !wanted.numbers.is_empty() => Subject::Identifiers(wanted.numbers),
        Err(_) => Subject::Demographics(wanted.person?),
    };
    let country = form.text("country");
    Some(Question {
        asked_by: asked_by.to_owned(),
        purpose: purpose.to_owned(),
        as_of: form.text("day").parse().ok()?,
        known_at: None,
        country_of_care: (!country.is_empty()).then(|| country.to_uppercase()),
        scheme: None,
        subject,
    })
}

/// What of an answer is shown, in this order.
const FACTS: [&str; 12] = [
    "scheme",
    "package",
    "coverage_rate",
    "copay_rate",
    "rights_start",
    "rights_end",
    "responsible_institution",
    "eligible_schemes",
    "holds_until",
    "data_as_of",
    "agreements",
    "person_id",
];

/// What the agreement lets the asker know, row by row.
fn facts(words: Words, document: &Value) -> Vec<(String, String)> {
    let fact = |name: &&str| Some((words.named("page-answer", name), said(&document[*name])?));
    FACTS.iter().filter_map(fact).collect()
}

/// A value as text; none for what is absent or empty.
fn said(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => (!text.is_empty()).then(|| text.clone()),
        Value::Array(list) => {
            let all: Vec<String> = list.iter().filter_map(said).collect();
            (!all.is_empty()).then(|| all.join(", "))
        }
        Value::Object(members) => {
            let pair = |(name, value): (&String, &Value)| Some(format!("{name} {}", said(value)?));
            let all: Vec<String> = members.iter().filter_map(pair).collect();
            (!all.is_empty()).then(|| all.join(" · "))
        }
        Value::Number(share) => share.as_f64().map(|share| format!("{} %", share * 100.0)),
        Value::Bool(yes) => Some(yes.to_string()),
    }
}

/// Why: each coverage that was looked at. Only for those who run the hub: an agreement may hide some of it.
fn grounds(
    words: Words,
    grounds: &[crate::eligibility::answer::Ground],
    operator: bool,
) -> Vec<String> {
    let say = |ground: &crate::eligibility::answer::Ground| {
        format!("{} · {}", ground.scheme, words.named("reason", ground.reason.name()))
    };
    if operator { grounds.iter().map(say).collect() } else { Vec::new() }
}
