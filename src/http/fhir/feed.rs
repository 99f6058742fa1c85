//! Patients are fed in (IHE PIXm ITI-104): written, replaced and removed under the number that their source gives them.
//!
//! A Patient takes the road of a file with one record in it. Only the scheme that gives a number may write under it.

mod conditions;
pub(super) mod put;

use axum::extract::State;
use axum::http::Uri;
use serde_json::Value;

use super::media::parameters;
use super::patient::invalid;
use super::{Asking, Resource, Sent, Version, outcome, patient};
use crate::fhir::feed::{self as fed, DomainNumber, Fault, NoDomain, Survivor};
use crate::fhir::id::PatientId;
use crate::http::App;
use crate::http::extract::Named as Addressed;
use crate::http::problem::{Code, Problem};
use crate::model::{Caller, RecordId, Scope};
use crate::operations::feed::{self, Named, Standing};
use crate::operations::stewardship::Steward;
use conditions::Answer;
pub use conditions::Conditions;
use put::Wanted;

/// Why two records are one: the source has said so.
const RESOLVED: &str = "replaced-by (ITI-104)";

/// Writes a Patient under the number of its source, new or known; an inactive one with a link `replaced-by` resolves a
/// duplicate (ITI-104).
#[utoipa::path(put, path = "/fhir/R4/Patient", tag = "fhir", params(
    ("identifier" = String, Query, description = "`<system>|<value>`, of the caller's own domain"),
    ("if-match" = Option<String>, Header, description = "`W/\"3\"`: only onto this version"),
    ("prefer" = Option<String>, Header, description = "`return=minimal`, `representation` or `OperationOutcome`")),
    request_body(content = Object, content_type = "application/fhir+json", description = "Patient"), responses(
    (status = 200, description = "Patient", content_type = "application/fhir+json", body = Object),
    (status = 201, description = "Patient, new", content_type = "application/fhir+json", body = Object),
    (status = "4XX", description = "OperationOutcome", content_type = "application/fhir+json", body = Object)))]
pub async fn put_one(
    asking: Asking,
    conditions: Conditions,
    State(app): State<App>,
    uri: Uri,
    Sent(body): Sent,
) -> Result<Resource, Problem> {
    update(&app, &asking, &parameters(&uri), &conditions, body).await
}

/// Creates a Patient under the number that it bears; `If-None-Exist` makes it safe to repeat.
#[utoipa::path(post, path = "/fhir/R4/Patient", tag = "fhir", params(
    ("if-none-exist" = Option<String>, Header, description = "`identifier=<system>|<value>`")),
    request_body(content = Object, content_type = "application/fhir+json", description = "Patient"), responses(
    (status = 201, description = "Patient, new", content_type = "application/fhir+json", body = Object),
    (status = 200, description = "Patient, as it was already there", content_type = "application/fhir+json", body = Object),
    (status = "4XX", description = "OperationOutcome", content_type = "application/fhir+json", body = Object)))]
pub async fn post_one(
    asking: Asking,
    mut conditions: Conditions,
    State(app): State<App>,
    uri: Uri,
    Sent(body): Sent,
) -> Result<Resource, Problem> {
    // Some programs (fhirpy) put the condition into the address.
    let query = uri.query().filter(|query| query.contains("identifier="));
    conditions.if_none_exist = conditions.if_none_exist.or(query.map(ToOwned::to_owned));
    create(&app, &asking, &conditions, body).await
}

/// Removes a Patient by the number of its source: nothing of that record counts any more.
#[utoipa::path(delete, path = "/fhir/R4/Patient", tag = "fhir", params(
    ("identifier" = String, Query, description = "`<system>|<value>`, of the caller's own domain")), responses(
    (status = 204, description = "Removed, or never there"),
    (status = "4XX", description = "OperationOutcome", content_type = "application/fhir+json", body = Object)))]
pub async fn delete_one(
    asking: Asking,
    State(app): State<App>,
    uri: Uri,
) -> Result<Resource, Problem> {
    remove(&app, &asking, &parameters(&uri)).await
}

/// Writes the Patient that a record of the caller's scheme is.
#[utoipa::path(put, path = "/fhir/R4/Patient/{id}", tag = "fhir", params(
    ("id" = String, Path, description = "`rec-…`"),
    ("if-match" = Option<String>, Header, description = "`W/\"3\"`: only onto this version")),
    request_body(content = Object, content_type = "application/fhir+json", description = "Patient"), responses(
    (status = 200, description = "Patient", content_type = "application/fhir+json", body = Object),
    (status = "4XX", description = "OperationOutcome", content_type = "application/fhir+json", body = Object)))]
pub async fn put_by_id(
    asking: Asking,
    conditions: Conditions,
    Addressed(id): Addressed<String>,
    State(app): State<App>,
    Sent(body): Sent,
) -> Result<Resource, Problem> {
    update_by_id(&app, &asking, &id, &conditions, body).await
}

/// Removes the Patient that a record of the caller's scheme is.
#[utoipa::path(delete, path = "/fhir/R4/Patient/{id}", tag = "fhir", params(
    ("id" = String, Path, description = "`rec-…`")), responses(
    (status = 204, description = "Removed"),
    (status = "4XX", description = "OperationOutcome", content_type = "application/fhir+json", body = Object)))]
pub async fn delete_by_id(
    asking: Asking,
    Addressed(id): Addressed<String>,
    State(app): State<App>,
) -> Result<Resource, Problem> {
    remove_by_id(&app, &asking, &id).await
}

/// Writes a Patient under a number.
pub async fn update(
    app: &App,
    asking: &Asking,
    given: &[(String, String)],
    conditions: &Conditions,
    body: Value,
) -> Result<Resource, Problem> {
    let caller = asking.granted(Scope::RecordsWrite)?;
    let number = domain(app, &caller, token(given)?)?;
    Work { app, asking, caller: &caller, number: &number, conditions }.update(body).await
}

/// Writes the Patient of a record.
pub async fn update_by_id(
    app: &App,
    asking: &Asking,
    id: &str,
    conditions: &Conditions,
    body: Value,
) -> Result<Resource, Problem> {
    let caller = asking.granted(Scope::RecordsWrite)?;
    let number = number_of(app, &caller, id).await?;
    Work { app, asking, caller: &caller, number: &number, conditions }.update(body).await
}

/// Creates a Patient.
pub async fn create(
    app: &App,
    asking: &Asking,
    conditions: &Conditions,
    body: Value,
) -> Result<Resource, Problem> {
    let caller = asking.granted(Scope::RecordsWrite)?;
    let number = match &conditions.if_none_exist {
        Some(query) => queried(app, &caller, query)?,
        None => own_number(app, &caller, &body)?,
    };
    let work = Work { app, asking, caller: &caller, number: &number, conditions };
    if work.read(&body)?.is_some() {
        return Err(Problem::new(Code::NotSupported).with("what", "POST, replaced-by"));
    }
    match feed::standing(&app.hub, work.named()).await? {
        Some(standing) if conditions.if_none_exist.is_some() => {
            work.answer(&standing, false, &[]).await
        }
        _ => work.put(body, Some(0)).await,
    }
}

/// Takes a Patient under a number, whatever it says of itself.
pub async fn take(
    app: &App,
    asking: &Asking,
    caller: &Caller,
    number: &DomainNumber,
    body: Value,
) -> Result<Resource, Problem> {
    let conditions = &Conditions::default();
    Work { app, asking, caller, number, conditions }.update(body).await
}

/// Removes a Patient.
pub async fn remove(
    app: &App,
    asking: &Asking,
    given: &[(String, String)],
) -> Result<Resource, Problem> {
    let caller = asking.granted(Scope::RecordsWrite)?;
    let number = domain(app, &caller, token(given)?)?;
    let named = Named { scheme: &number.scheme, number: &number.value };
    feed::withdraw(&app.hub, &caller, named).await?;
    Ok(Resource::nothing())
}

/// Removes the Patient of a record.
pub async fn remove_by_id(app: &App, asking: &Asking, id: &str) -> Result<Resource, Problem> {
    let caller = asking.granted(Scope::RecordsWrite)?;
    let number = number_of(app, &caller, id).await?;
    let named = Named { scheme: &number.scheme, number: &number.value };
    feed::withdraw(&app.hub, &caller, named).await?;
    Ok(Resource::nothing())
}

/// The number of a record of the caller's scheme; of somebody else's there is nothing to be told.
async fn number_of(app: &App, caller: &Caller, id: &str) -> Result<DomainNumber, Problem> {
    let found = match PatientId::parse(id) {
        Some(PatientId::Record(record)) => feed::number_of(&app.hub, record).await?,
        Some(PatientId::Person(_)) | None => None,
    };
    let own = found.filter(|(scheme, _)| caller.sees(scheme));
    let (scheme, value) = own.ok_or(Problem::new(Code::NotFound))?;
    Ok(DomainNumber { scheme, value })
}

const FORM: &str = "identifier=<system>|<value>";

/// The one identifier that an address names.
pub(super) fn token(given: &[(String, String)]) -> Result<&str, Problem> {
    let mut named = None;
    for (name, value) in given {
        match name.as_str() {
            "_format" | "_pretty" => {}
            "identifier" if named.is_none() => named = Some(value.as_str()),
            other => {
                let shown: String = other.chars().take(40).collect();
                return Err(Problem::parameter(&shown, FORM));
            }
        }
    }
    named.ok_or_else(|| Problem::parameter("identifier", FORM))
}

/// The number of a condition, `identifier=<system>|<value>`.
pub(super) fn queried(app: &App, caller: &Caller, query: &str) -> Result<DomainNumber, Problem> {
    let uri: Uri = format!("/?{}", query.trim_start_matches('?'))
        .parse()
        .map_err(|_| Problem::parameter("If-None-Exist", FORM))?;
    domain(app, caller, token(&parameters(&uri))?)
}

/// The number of a token, when the caller is the source of its domain.
pub(super) fn domain(app: &App, caller: &Caller, token: &str) -> Result<DomainNumber, Problem> {
    let library = app.hub.library();
    match fed::domain_number(library.registry(), token) {
        Ok(number) if caller.sees(&number.scheme) => Ok(number),
        Ok(number) => Err(foreign(number.scheme.as_str())),
        Err(NoDomain::Nobodys(system)) => Err(foreign(&system)),
        Err(NoDomain::Incomplete) => Err(Problem::parameter("identifier", FORM)),
    }
}

/// The number that a Patient bears in the domain of whoever sends it.
pub(super) fn own_number(
    app: &App,
    caller: &Caller,
    body: &Value,
) -> Result<DomainNumber, Problem> {
    let library = app.hub.library();
    let registry = library.registry();
    let mut own = registry.schemes().filter(|scheme| caller.sees(&scheme.id)).filter_map(|one| {
        let value = fed::own_number(registry, &one.id, body)?;
        Some(DomainNumber { scheme: one.id.clone(), value })
    });
    match (own.next(), own.next()) {
        (Some(number), None) => Ok(number),
        // openIMIS names no system: its own mapping knows where the number stands.
        (None, _) => put::read_number(app, caller, body).ok_or(Problem::new(Code::OtherNumber)),
        _ => Err(Problem::new(Code::OtherNumber)),
    }
}

fn foreign(system: &str) -> Problem {
    Problem::new(Code::ForeignDomain).with("system", system)
}

/// What a Patient says of its end, once it says nothing that the source of this number may not.
pub(super) fn said(
    app: &App,
    number: &DomainNumber,
    body: &Value,
) -> Result<Option<Survivor>, Problem> {
    let library = app.hub.library();
    fed::read(library.registry(), &number.scheme, body).map_err(|fault| match fault {
        Fault::Wrong(issues) => invalid(issues),
        Fault::Foreign(system) => foreign(&system),
        Fault::Inactive => Problem::new(Code::InactivePatient),
    })
}

/// One Patient that is fed.
struct Work<'w> {
    app: &'w App,
    asking: &'w Asking,
    caller: &'w Caller,
    number: &'w DomainNumber,
    conditions: &'w Conditions,
}

impl Work<'_> {
    async fn update(&self, body: Value) -> Result<Resource, Problem> {
        match self.read(&body)? {
            Some(survivor) => self.replace(survivor).await,
            None => self.put(body, self.conditions.seen()?).await,
        }
    }

    fn named(&self) -> Named<'_> {
        Named { scheme: &self.number.scheme, number: &self.number.value }
    }

    /// What the Patient says of its end, once it says nothing that this source may not.
    fn read(&self, body: &Value) -> Result<Option<Survivor>, Problem> {
        said(self.app, self.number, body)
    }

    async fn replace(&self, survivor: Survivor) -> Result<Resource, Problem> {
        let steward = Steward { caller: self.caller, reason: RESOLVED, idempotency_key: None };
        let survivor = match &survivor {
            Survivor::Number(number) => feed::Survivor::Number(&number.value),
            Survivor::Record(record) => feed::Survivor::Record(*record),
        };
        let (standing, _) = feed::replace(&self.app.hub, steward, self.named(), survivor).await?;
        self.answer(&standing, false, &[]).await
    }

    async fn put(&self, body: Value, seen: Option<i64>) -> Result<Resource, Problem> {
        let wanted = Wanted { number: self.number.value.clone(), seen, body };
        let key = self.conditions.idempotency_key.clone();
        let scheme = &self.number.scheme;
        let mut put = put::put(self.app, self.caller, scheme, vec![wanted], key).await?;
        let put = put.pop().ok_or(Problem::new(Code::Internal))?;
        self.answer(&put.standing, put.created, &put.warnings).await
    }

    async fn answer(
        &self,
        standing: &Standing,
        created: bool,
        warnings: &[crate::model::Issue],
    ) -> Result<Resource, Problem> {
        let resource = match self.conditions.answer {
            Answer::Representation | Answer::Minimal => self.shown(standing.id).await?,
            Answer::Outcome => outcome::accepted(warnings, self.asking.language),
        };
        let resource =
            if created { Resource::created(resource) } else { Resource::found(resource) };
        let resource = resource.of_version(version(standing));
        Ok(if self.conditions.answer == Answer::Minimal { resource.bare() } else { resource })
    }

    async fn shown(&self, record: RecordId) -> Result<Value, Problem> {
        let view = self.asking.view(self.app, self.caller).await?;
        patient::face(self.app, &view, record).await
    }
}

/// The version of a record as it stands.
pub(super) fn version(standing: &Standing) -> Version {
    let reference = format!("Patient/{}", PatientId::Record(standing.id));
    Version { reference, number: standing.revision, at: standing.changed_at }
}
