//! Cross-references: which other numbers and patients are the one that a number names (ITI-83).

use std::collections::BTreeSet;

use axum::extract::State;
use serde_json::Value;

use super::{Asking, Resource, Sent, written};
use crate::eligibility::agreement::Field;
use crate::eligibility::question::Number;
use crate::eligibility::registry::NumberKind;
use crate::eligibility::{Registry, Subject};
use crate::fhir::id::PatientId;
use crate::fhir::identifier;
use crate::fhir::parameters::{self, Source};
use crate::fhir::patient::{self as resource, Written};
use crate::http::App;
use crate::http::extract::Params;
use crate::http::problem::{Code, Problem};
use crate::model::Scope;
use crate::operations::patients;

/// Other numbers and ids of the patient whom a number names (ITI-83).
#[utoipa::path(get, path = "/fhir/R4/Patient/$ihe-pix", tag = "fhir", params(
    ("sourceIdentifier" = String, Query, description = "`<system>|<value>`, or `<server>|Patient/<id>`"),
    ("targetSystem" = Option<Vec<String>>, Query, description = "Only numbers of these systems")), responses(
    (status = 200, description = "Parameters with `targetIdentifier` and `targetId`", content_type = "application/fhir+json", body = Object),
    (status = "4XX", description = "OperationOutcome", content_type = "application/fhir+json", body = Object)))]
pub async fn by_address(
    asking: Asking,
    Params(given): Params<Vec<(String, String)>>,
    State(app): State<App>,
) -> Result<Resource, Problem> {
    of_address(&app, &asking, &given).await.map(Resource::found)
}

/// As a GET, with Parameters as the body.
#[utoipa::path(post, path = "/fhir/R4/Patient/$ihe-pix", tag = "fhir", request_body(content = Object,
    content_type = "application/fhir+json", description = "Parameters with `sourceIdentifier` and `targetSystem`"), responses(
    (status = 200, description = "Parameters with `targetIdentifier` and `targetId`", content_type = "application/fhir+json", body = Object),
    (status = "4XX", description = "OperationOutcome", content_type = "application/fhir+json", body = Object)))]
pub async fn by_body(
    asking: Asking,
    State(app): State<App>,
    Sent(body): Sent,
) -> Result<Resource, Problem> {
    in_body(&app, &asking, &body).await.map(Resource::found)
}

/// The cross-reference that the parameters of an address ask for.
pub async fn of_address(
    app: &App,
    asking: &Asking,
    given: &[(String, String)],
) -> Result<Value, Problem> {
    let of = |name: &str| -> Vec<&str> {
        given.iter().filter(|(known, _)| known == name).map(|(_, value)| value.as_str()).collect()
    };
    look(app, asking, &of("sourceIdentifier"), &of("targetSystem")).await
}

/// The cross-reference that Parameters ask for.
pub async fn in_body(app: &App, asking: &Asking, body: &Value) -> Result<Value, Problem> {
    let sources: Vec<&str> = parameters::texts(body, "sourceIdentifier").collect();
    let targets: Vec<&str> = parameters::texts(body, "targetSystem").collect();
    look(app, asking, &sources, &targets).await
}

async fn look(
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
            if !one.fields.contains(&Field::Identifiers) {
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
