//! Patients become a file of their scheme's mapping, and that is sent.

use serde_json::Value;

use crate::fhir::feed::{self as fed, DomainNumber};
use crate::format::Container;
use crate::http::App;
use crate::http::fhir::patient::invalid;
use crate::http::problem::{Code, Problem};
use crate::mapping::Mapping;
use crate::model::{Caller, Holder, SchemeId};
use crate::operations::feed::{self, Expected, FeedError, Named, Put, Sending};
use crate::operations::{batches, translate};

/// The mapping of schemes whose own format is not FHIR.
const FHIR: &str = "fhir-r4";

/// A Patient to be put.
pub struct Wanted {
    /// Under this number of its scheme.
    pub number: String,
    /// The version that was seen.
    pub seen: Option<i64>,
    /// The Patient.
    pub body: Value,
}

/// Puts Patients of one scheme, all of them or none.
///
/// # Errors
/// Why none was put.
pub async fn put(
    app: &App,
    caller: &Caller,
    scheme: &SchemeId,
    wanted: Vec<Wanted>,
    idempotency_key: Option<String>,
) -> Result<Vec<Put>, Problem> {
    let library = app.hub.library();
    let own = library.mapping(scheme.as_str()).filter(|own| attached(own).is_some());
    let format = own.is_none().then(|| FHIR.to_owned());
    let mapping = own.or_else(|| library.mapping(FHIR)).ok_or(Problem::new(Code::Internal))?;
    let mut patients = Vec::with_capacity(wanted.len());
    let mut records = Vec::with_capacity(wanted.len());
    for Wanted { number, seen, mut body } in wanted {
        if format.is_some() {
            fed::rename(library.registry(), scheme, &mut body);
        }
        patients.push((body, kept(app, mapping, Named { scheme, number: &number }).await?));
        records.push(Expected { number, seen });
    }
    let count = records.len() as u64;
    let bundle = fed::bundle(patients, &attached(mapping).unwrap_or_default());
    let bytes = bundle.to_string().into_bytes();
    let sending = Sending { scheme, records, bytes, format, idempotency_key };
    let (put, refused) = match feed::put(&app.hub, caller, sending).await {
        Err(FeedError::Refused(receipt)) => {
            let issues = batches::first(&app.hub, receipt.batch).await?;
            let problem = invalid(issues).location(format!("/v1/batches/{}", receipt.batch));
            (Err(problem), receipt.counts.refused)
        }
        other => (Ok(other?), 0),
    };
    crate::http::metrics::received(scheme.as_str(), count, refused);
    put
}

/// The number that the scheme's own mapping reads in a Patient; none for who is no scheme, or sends no FHIR.
pub fn read_number(app: &App, caller: &Caller, patient: &Value) -> Option<DomainNumber> {
    let Holder::Scheme(scheme) = &caller.holder else { return None };
    let library = app.hub.library();
    let attach = attached(library.mapping(scheme.as_str())?)?;
    let bundle = fed::bundle(vec![(patient.clone(), Vec::new())], &attach);
    let value = feed::number_in(&app.hub, scheme, bundle.to_string().into_bytes())?;
    Some(DomainNumber { scheme: scheme.clone(), value })
}

/// What a scheme last said beside a Patient, of which a Patient alone says nothing: it stays.
async fn kept(app: &App, mapping: &Mapping, named: Named<'_>) -> Result<Vec<Value>, Problem> {
    let Some(standing) = feed::standing(&app.hub, named).await? else { return Ok(Vec::new()) };
    let Some(last) = feed::last_sent(&app.hub, standing.id).await? else { return Ok(Vec::new()) };
    // Where the mapping cannot say it, nothing is kept, and what would be lost is refused.
    let written = translate::render(Some(mapping), &[last.canonical]).unwrap_or_default();
    let mut bundle: Value = serde_json::from_slice(&written).unwrap_or_default();
    let entries = bundle["entry"].as_array_mut().map(std::mem::take).unwrap_or_default();
    Ok(entries.into_iter().map(|mut entry| entry["resource"].take()).collect())
}

/// What a mapping reads beside a Patient, by type and referring element; none when it reads no Bundles of Patients.
fn attached(mapping: &Mapping) -> Option<Vec<(String, String)>> {
    match mapping.read_options().container {
        Container::FhirBundle { anchor, attach } if anchor == "Patient" => Some(attach),
        _ => None,
    }
}
