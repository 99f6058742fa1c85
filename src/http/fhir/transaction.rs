//! A Bundle of type transaction: all of it or nothing.
//!
//! Patients of one scheme, created or updated, become one sending, which counts from one moment on. What cannot be done
//! together with that in one go (removals, resolved duplicates, questions) is refused before anything is done.

use std::collections::BTreeSet;

use axum::http::Uri;
use serde_json::Value;

use super::feed::put::{self, Wanted};
use super::feed::{Conditions, domain, own_number, queried, said, token, version};
use super::media::parameters;
use super::{Asking, Resource, batch, patient};
use crate::fhir::bundle::{self, Answered};
use crate::fhir::feed::DomainNumber;
use crate::http::App;
use crate::http::problem::{Code, Problem};
use crate::model::{Caller, Scope};
use crate::operations::feed::{self, Named, Standing};

/// One entry that is understood.
struct Step {
    number: DomainNumber,
    seen: Option<i64>,
    /// What is there already, and is not to be created again.
    there: Option<Standing>,
    body: Value,
}

/// Does all of it, or nothing.
pub async fn run(app: &App, asking: &Asking, entries: Vec<Value>) -> Result<Resource, Problem> {
    let caller = asking.granted(Scope::RecordsWrite)?;
    let mut steps = Vec::with_capacity(entries.len());
    let mut numbers = BTreeSet::new();
    for mut entry in entries {
        let step = understand(app, asking, &caller, &mut entry).await?;
        // R4: no two entries of a transaction may be about the same resource.
        if !numbers.insert(step.number.value.clone()) {
            return Err(Problem::parameter("Bundle.entry", "identifier 0..1"));
        }
        steps.push(step);
    }
    let Some(first) = steps.first() else {
        return Ok(Resource::found(bundle::response("transaction-response", Vec::new())));
    };
    let scheme = first.number.scheme.clone();
    if steps.iter().any(|step| step.number.scheme != scheme) {
        return Err(refused("Patient, 2 × urn:dankun:scheme"));
    }
    let mut wanted = Vec::new();
    for step in steps.iter_mut().filter(|step| step.there.is_none()) {
        let (number, seen) = (step.number.value.clone(), step.seen);
        wanted.push(Wanted { number, seen, body: step.body.take() });
    }
    let mut done = Vec::new();
    if !wanted.is_empty() {
        done = put::put(app, &caller, &scheme, wanted, None).await?;
    }
    let view = asking.view(app, &caller).await?;
    let mut done = done.into_iter();
    let mut answers = Vec::with_capacity(steps.len());
    for step in steps {
        let (standing, created) = match step.there {
            Some(standing) => (standing, false),
            None => {
                let put = done.next().ok_or(Problem::new(Code::Internal))?;
                (put.standing, put.created)
            }
        };
        answers.push(Answered {
            status: if created { 201 } else { 200 },
            resource: Some(patient::face(app, &view, standing.id).await?),
            version: Some(version(&standing).told(&asking.base)),
        });
    }
    Ok(Resource::found(bundle::response("transaction-response", answers)))
}

async fn understand(
    app: &App,
    asking: &Asking,
    caller: &Caller,
    entry: &mut Value,
) -> Result<Step, Problem> {
    let body = entry["resource"].take();
    let request = &entry["request"];
    let method = request["method"].as_str().unwrap_or_default();
    let uri: Uri = batch::relative(request["url"].as_str().unwrap_or_default(), &asking.base)?;
    let conditions: Conditions = batch::conditions(request);
    let (number, create) = match (method, uri.path()) {
        ("PUT", "/Patient") => (domain(app, caller, token(&parameters(&uri))?)?, false),
        ("POST", "/Patient") => match &conditions.if_none_exist {
            Some(query) => (queried(app, caller, query)?, true),
            None => (own_number(app, caller, &body)?, true),
        },
        (method, path) => return Err(refused(&format!("{method} {path}"))),
    };
    if said(app, &number, &body)?.is_some() {
        return Err(refused("replaced-by"));
    }
    let named = Named { scheme: &number.scheme, number: &number.value };
    let there = match conditions.if_none_exist {
        Some(_) if create => feed::standing(&app.hub, named).await?,
        _ => None,
    };
    let seen = if create { Some(0) } else { conditions.seen()? };
    Ok(Step { number, seen, there, body })
}

fn refused(what: &str) -> Problem {
    let what: String = what.chars().take(60).collect();
    Problem::new(Code::NotSupported).with("what", format!("transaction, {what}"))
}
