//! Patients: read, matched, cross-referenced.

use std::collections::BTreeSet;

use axum::extract::State;
use serde_json::Value;

use super::{Asking, Resource, Sent, written};
use crate::eligibility::question::Number;
use crate::eligibility::registry::NumberKind;
use crate::eligibility::{Registry, Subject};
use crate::fhir::bundle::{self, Mode};
use crate::fhir::id::PatientId;
use crate::fhir::identifier;
use crate::fhir::outcome::{Said, outcome};
use crate::fhir::parameters::{self, Source};
use crate::fhir::patient::{self as resource, Written};
use crate::http::App;
use crate::http::extract::{Named, Params};
use crate::http::problem::{Code, Problem};
use crate::messages;
use crate::model::{Language, Scope};
use crate::operations::patients::{self, Grade, Patient, Wanted};

/// Reads a person (`per-…`), or the patient that one scheme's record is (`rec-…`), as far as the caller may see them.
#[utoipa::path(get, path = "/fhir/R4/Patient/{id}", tag = "fhir",
    params(("id" = String, Path, description = "`per-…` or `rec-…`")), responses(
    (status = 200, description = "Patient", content_type = "application/fhir+json", body = Object),
    (status = "4XX", description = "OperationOutcome", content_type = "application/fhir+json", body = Object)))]
pub async fn read_one(
    asking: Asking,
    Named(id): Named<String>,
    State(app): State<App>,
) -> Result<Resource, Problem> {
    read(&app, &asking, &id).await.map(Resource::found)
}

/// Reads a patient.
pub async fn read(app: &App, asking: &Asking, id: &str) -> Result<Value, Problem> {
    let caller = asking.granted(Scope::PeopleRead)?;
    let view = asking.view(app, &caller).await?;
    let id = PatientId::parse(id).ok_or(Problem::new(Code::NotFound))?;
    let library = app.hub.library();
    let registry = library.registry();
    match id {
        PatientId::Record(record) => {
            let found = patients::face(&app.hub, &view, record).await?;
            let found = found.ok_or(Problem::new(Code::NotFound))?;
            let written = written::all(app, &found)?;
            let person = found.person.map(PatientId::Person);
            written
                .first()
                .map(|written| resource::of_record(registry, written, person))
                .ok_or(Problem::new(Code::NotFound))
        }
        PatientId::Person(person) => {
            let mut found = patients::find(&app.hub, &view, &Subject::Person(person)).await?;
            let found = found.pop().ok_or(Problem::new(Code::NotFound))?;
            match found.person.map(PatientId::Person) {
                Some(now) if now != id => Ok(resource::replaced(id, now)),
                _ => Ok(resource::of_person(registry, id, &written::all(app, &found)?)),
            }
        }
    }
}

/// Looks for everybody who may be meant, the likeliest first (ITI-119).
#[utoipa::path(post, path = "/fhir/R4/Patient/$match", tag = "fhir", request_body(content = Object,
    content_type = "application/fhir+json", description = "Parameters with `resource`, `onlyCertainMatches`, `count`; or a Patient"), responses(
    (status = 200, description = "Bundle of type searchset, with score and match-grade", content_type = "application/fhir+json", body = Object),
    (status = "4XX", description = "OperationOutcome", content_type = "application/fhir+json", body = Object)))]
pub async fn match_one(
    asking: Asking,
    State(app): State<App>,
    Sent(body): Sent,
) -> Result<Resource, Problem> {
    matching(&app, &asking, &body).await.map(Resource::found)
}

/// Looks for everybody who may be meant.
pub async fn matching(app: &App, asking: &Asking, body: &Value) -> Result<Value, Problem> {
    let caller = asking.granted(Scope::PeopleRead)?;
    let library = app.hub.library();
    let registry = library.registry();
    let asked = parameters::read_match(body, registry).map_err(invalid)?;
    let view = asking.view(app, &caller).await?;
    let wanted = Wanted { numbers: asked.numbers, person: Some(asked.person) };
    let url = format!("{}/Patient/$match", asking.base);
    if !wanted.suffices() {
        let told = (insufficient(asking.language), Mode::Outcome);
        return Ok(bundle::searchset(&asking.base, 0, vec![told], &url));
    }
    let mut found = patients::matches(&app.hub, &view, &wanted).await?;
    // Certain means that nobody else is in question.
    if asked.only_certain
        && !(found.len() == 1 && found.iter().all(|one| one.grade == Grade::Certain))
    {
        found.retain(|one| one.grade == Grade::Certain);
        if found.len() > 1 {
            found.clear();
        }
    }
    let total = found.len();
    found.truncate(asked.count.unwrap_or(total));
    let mut entries = Vec::with_capacity(found.len());
    for one in &found {
        let shown = person(app, registry, &one.patient)?;
        entries.push((shown, Mode::Graded(one.score, grade(one.grade))));
    }
    Ok(bundle::searchset(&asking.base, total, entries, &url))
}

/// Somebody as a Patient: the person, or the record that nobody linked yet.
pub fn person(app: &App, registry: &Registry, patient: &Patient) -> Result<Value, Problem> {
    let id = written::id(patient).ok_or(Problem::new(Code::Internal))?;
    Ok(resource::of_person(registry, id, &written::all(app, patient)?))
}

const fn grade(grade: Grade) -> &'static str {
    match grade {
        Grade::Certain => "certain",
        Grade::Probable => "probable",
        Grade::Possible => "possible",
    }
}

/// Told beside an empty answer: less was given than it takes to look for anybody.
pub fn insufficient(language: Language) -> Value {
    let code = "insufficient_identification";
    outcome(&[Said {
        severity: "warning",
        kind: "incomplete",
        code,
        text: messages::text(language, &format!("reason-{code}"), &[]),
        diagnostics: None,
        expression: None,
    }])
}

/// The problem of a resource with faults.
pub fn invalid(wrong: Vec<crate::model::Issue>) -> Problem {
    Problem::new(Code::InvalidRecord).violations(wrong)
}

/// Other numbers and ids of the patient whom a number names (ITI-83).
#[utoipa::path(get, path = "/fhir/R4/Patient/$ihe-pix", tag = "fhir", params(
    ("sourceIdentifier" = String, Query, description = "`<system>|<value>`, or `<server>|Patient/<id>`"),
    ("targetSystem" = Option<Vec<String>>, Query, description = "Only numbers of these systems")), responses(
    (status = 200, description = "Parameters with `targetIdentifier` and `targetId`", content_type = "application/fhir+json", body = Object),
    (status = "4XX", description = "OperationOutcome", content_type = "application/fhir+json", body = Object)))]
pub async fn pix_by_address(
    asking: Asking,
    Params(given): Params<Vec<(String, String)>>,
    State(app): State<App>,
) -> Result<Resource, Problem> {
    pix_of(&app, &asking, &given).await.map(Resource::found)
}

/// As a GET, with Parameters as the body.
#[utoipa::path(post, path = "/fhir/R4/Patient/$ihe-pix", tag = "fhir", request_body(content = Object,
    content_type = "application/fhir+json", description = "Parameters with `sourceIdentifier` and `targetSystem`"), responses(
    (status = 200, description = "Parameters with `targetIdentifier` and `targetId`", content_type = "application/fhir+json", body = Object),
    (status = "4XX", description = "OperationOutcome", content_type = "application/fhir+json", body = Object)))]
pub async fn pix_by_body(
    asking: Asking,
    State(app): State<App>,
    Sent(body): Sent,
) -> Result<Resource, Problem> {
    pix_in(&app, &asking, &body).await.map(Resource::found)
}

/// The cross-reference that the parameters of an address ask for.
pub async fn pix_of(
    app: &App,
    asking: &Asking,
    given: &[(String, String)],
) -> Result<Value, Problem> {
    let of = |name: &str| -> Vec<&str> {
        given.iter().filter(|(known, _)| known == name).map(|(_, value)| value.as_str()).collect()
    };
    pix(app, asking, &of("sourceIdentifier"), &of("targetSystem")).await
}

/// The cross-reference that Parameters ask for.
pub async fn pix_in(app: &App, asking: &Asking, body: &Value) -> Result<Value, Problem> {
    let sources: Vec<&str> = parameters::texts(body, "sourceIdentifier").collect();
    let targets: Vec<&str> = parameters::texts(body, "targetSystem").collect();
    pix(app, asking, &sources, &targets).await
}

async fn pix(
    app: &App,
    asking: &Asking,
    sources: &[&str],
    targets: &[&str],
) -> Result<Value, Problem> {
    let caller = asking.granted(Scope::PeopleRead)?;
    let [source] = sources else {
        return Err(Problem::parameter("sourceIdentifier", "1..1"));
    };
    let view = asking.view(app, &caller).await?;
    let library = app.hub.library();
    let registry = library.registry();
    let source = parameters::source(source, registry);
    let source = source.ok_or(Problem::new(Code::UnknownSourceSystem))?;
    let mut wanted = BTreeSet::new();
    for target in targets {
        let shown: String = target.chars().take(80).collect();
        let unknown = || Problem::new(Code::UnknownTargetSystem).with("system", shown);
        wanted.insert(identifier::kind(registry, target).ok_or_else(unknown)?);
    }
    let subject = match &source {
        Source::Number(number) => Subject::Identifiers(vec![number.clone()]),
        Source::Patient(PatientId::Person(person)) => Subject::Person(*person),
        Source::Patient(PatientId::Record(record)) => Subject::Record(*record),
    };
    let found = patients::find(&app.hub, &view, &subject).await?;
    let [found] = found.as_slice() else {
        return Err(Problem::new(Code::UnknownSourceIdentifier));
    };
    let written = written::all(app, found)?;
    let cross = Cross { registry, source: &source, wanted: &wanted };
    Ok(parameters::write_pix(&cross.identifiers(&written), &cross.patients(&written)))
}

/// What of a patient answers a cross-reference.
struct Cross<'a> {
    registry: &'a Registry,
    source: &'a Source,
    /// Systems asked for; all when empty.
    wanted: &'a BTreeSet<NumberKind>,
}

impl Cross<'_> {
    fn identifiers(&self, written: &[Written]) -> Vec<(String, String)> {
        let mut all = BTreeSet::new();
        for one in written {
            if !one.fields.contains(&crate::eligibility::agreement::Field::Identifiers) {
                continue;
            }
            let numbers = resource::identifiers(self.registry, one);
            all.extend(numbers.filter(|(system, value)| {
                let kind = identifier::kind(self.registry, system);
                self.is_wanted(kind.as_ref()) && !self.is_source(kind.as_ref(), value)
            }));
        }
        all.into_iter().collect()
    }

    /// The patients that schemes know, but for the source itself.
    fn patients(&self, written: &[Written]) -> Vec<PatientId> {
        let mut all = Vec::new();
        for one in written {
            let kind = NumberKind::Record(one.scheme.clone());
            let id = PatientId::Record(one.record);
            let own = resource::identifiers(self.registry, one).any(|(system, value)| {
                identifier::kind(self.registry, &system).as_ref() == Some(&kind)
                    && self.is_source(Some(&kind), &value)
            });
            let named = matches!(self.source, Source::Patient(source) if *source == id);
            if self.is_wanted(Some(&kind)) && !own && !named {
                all.push(id);
            }
        }
        all
    }

    fn is_wanted(&self, kind: Option<&NumberKind>) -> bool {
        self.wanted.is_empty() || kind.is_some_and(|kind| self.wanted.contains(kind))
    }

    fn is_source(&self, kind: Option<&NumberKind>, value: &str) -> bool {
        match self.source {
            Source::Number(Number { kind: asked, value: source }) => {
                asked.as_ref() == kind && source.expose().trim().eq_ignore_ascii_case(value)
            }
            Source::Patient(_) => false,
        }
    }
}
