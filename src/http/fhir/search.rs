//! Searches of Patient (ITI-78) and Coverage.
//!
//! Who names or describes somebody is answered with people (`per-…`); who names nobody is given the list of their own
//! records (`rec-…`), page by page.

use axum::extract::{Request, State};
use axum::http::Uri;
use serde_json::Value;

use super::media::parameters as given_in;
use super::patient::{insufficient, person};
use super::{Asking, Resource, written};
use crate::eligibility::question::Number;
use crate::eligibility::registry::NumberKind;
use crate::eligibility::{Registry, Subject};
use crate::fhir::bundle::{self, Mode};
use crate::fhir::id::{PatientId, record_of_coverage};
use crate::fhir::outcome::{Said, outcome};
use crate::fhir::search::{self, Search, Token};
use crate::fhir::{identifier, patient as resource};
use crate::http::problem::{Code, Problem};
use crate::http::{App, upload};
use crate::model::{Instant, Language, Scope};
use crate::operations::patients::{self, Listing, Patient, View, Wanted};

/// Looks for people by number or description, or lists the caller's own records.
#[utoipa::path(get, path = "/fhir/R4/Patient", tag = "fhir", params(
    ("_id" = Option<String>, Query, description = "`per-…` or `rec-…`"),
    ("identifier" = Option<String>, Query, description = "`<system>|<value>`; `<system>|` keeps numbers of this system only"),
    ("family" = Option<String>, Query, description = "Family name"),
    ("given" = Option<String>, Query, description = "Given name"),
    ("birthdate" = Option<String>, Query, description = "`1985-06-14`, `1985-06` or `1985`"),
    ("gender" = Option<String>, Query, description = "`female` or `male`"),
    ("telecom" = Option<String>, Query, description = "Phone in international form"),
    ("_lastUpdated" = Option<String>, Query, description = "`ge2026-01-31`, `lt…`"),
    ("_count" = Option<u32>, Query, description = "Results a page, at most 200")), responses(
    (status = 200, description = "Bundle of type searchset", content_type = "application/fhir+json", body = Object),
    (status = "4XX", description = "OperationOutcome", content_type = "application/fhir+json", body = Object)))]
pub async fn patients(
    asking: Asking,
    State(app): State<App>,
    uri: Uri,
) -> Result<Resource, Problem> {
    search_patients(&app, &asking, &given_in(&uri)).await.map(Resource::found)
}

/// As the search by GET, with the parameters in the body: numbers stay out of addresses and so out of logs of proxies.
#[utoipa::path(post, path = "/fhir/R4/Patient/_search", tag = "fhir", request_body(content = Object,
    content_type = "application/x-www-form-urlencoded", description = "The parameters of the search by GET"), responses(
    (status = 200, description = "Bundle of type searchset", content_type = "application/fhir+json", body = Object),
    (status = "4XX", description = "OperationOutcome", content_type = "application/fhir+json", body = Object)))]
pub async fn patients_by_form(
    asking: Asking,
    State(app): State<App>,
    request: Request,
) -> Result<Resource, Problem> {
    // Who may not ask learns nothing about what is wrong with the question.
    asking.granted(Scope::PeopleRead)?;
    let given = form(&app, request).await?;
    search_patients(&app, &asking, &given).await.map(Resource::found)
}

/// Looks for the coverages of somebody.
#[utoipa::path(get, path = "/fhir/R4/Coverage", tag = "fhir", params(
    ("_id" = Option<String>, Query, description = "`cov-…`"),
    ("beneficiary" = Option<String>, Query, description = "`Patient/per-…` or `Patient/rec-…`; `patient` is the same"),
    ("beneficiary.identifier" = Option<String>, Query, description = "`<system>|<value>` of the person")), responses(
    (status = 200, description = "Bundle of type searchset", content_type = "application/fhir+json", body = Object),
    (status = "4XX", description = "OperationOutcome", content_type = "application/fhir+json", body = Object)))]
pub async fn coverages(
    asking: Asking,
    State(app): State<App>,
    uri: Uri,
) -> Result<Resource, Problem> {
    search_coverages(&app, &asking, &given_in(&uri)).await.map(Resource::found)
}

/// The parameters of a form, and those of its address.
async fn form(app: &App, request: Request) -> Result<Vec<(String, String)>, Problem> {
    let (parts, body) = request.into_parts();
    let bytes = upload::whole(body, app.limits.document).await?;
    let text = String::from_utf8(bytes).unwrap_or_default();
    let mut given = given_in(&parts.uri);
    // A form is written as a query is.
    let uri: Uri = format!("/?{text}")
        .parse()
        .map_err(|_| Problem::new(Code::InvalidBody).with("reason", "x-www-form-urlencoded"))?;
    given.extend(given_in(&uri));
    Ok(given)
}

/// Looks for people, or lists the caller's own records.
pub async fn search_patients(
    app: &App,
    asking: &Asking,
    given: &[(String, String)],
) -> Result<Value, Problem> {
    let caller = asking.granted(Scope::PeopleRead)?;
    let search = search::read(given).map_err(|(name, form)| Problem::parameter(&name, form))?;
    asking.tolerates(&search.ignored)?;
    let view = asking.view(app, &caller).await?;
    let library = app.hub.library();
    let work = Work { app, asking, view: &view, registry: library.registry(), search: &search };
    if search.ids.is_none() && search.numbers.is_empty() && !search.described {
        return work.list(given).await;
    }
    let (found, looked_for) = work.find().await?;
    let mut shown = Vec::new();
    for patient in &found {
        let patient = work.shown(patient)?;
        if search.fits(&patient, looked_for) {
            shown.push(patient);
        }
    }
    let total = shown.len();
    let page = shown.into_iter().skip(search.offset).take(search.count);
    let mut entries: Vec<(Value, Mode<'_>)> = page.map(|patient| (patient, Mode::Match)).collect();
    let more = search.count > 0 && search.offset + entries.len() < total;
    entries.extend(work.told(looked_for));
    let mut answer =
        bundle::searchset(&asking.base, total, entries, &asking.address("Patient", given, None));
    if more {
        let next = ("_offset", (search.offset + search.count).to_string());
        bundle::link_next(&mut answer, &asking.address("Patient", given, Some(next)));
    }
    Ok(answer)
}

/// One search of people.
struct Work<'w> {
    app: &'w App,
    asking: &'w Asking,
    view: &'w View<'w>,
    registry: &'w Registry,
    search: &'w Search,
}

impl Work<'_> {
    /// Those who are named or described, and whether the index looked for them.
    async fn find(&self) -> Result<(Vec<Patient>, bool), Problem> {
        let hub = &self.app.hub;
        if let Some(ids) = &self.search.ids {
            let mut found = Vec::new();
            for id in ids.iter().take(patients::MOST) {
                match id {
                    PatientId::Person(person) => {
                        found.extend(
                            patients::find(hub, self.view, &Subject::Person(*person)).await?,
                        );
                    }
                    PatientId::Record(record) => {
                        found.extend(patients::face(hub, self.view, *record).await?);
                    }
                }
            }
            return Ok((found, false));
        }
        if !self.search.numbers.is_empty() {
            return Ok((self.numbered().await?, false));
        }
        let wanted = Wanted { numbers: Vec::new(), person: Some(self.search.person.clone()) };
        if !wanted.suffices() {
            return Ok((Vec::new(), true));
        }
        let found = patients::matches(hub, self.view, &wanted).await?;
        Ok((found.into_iter().map(|one| one.patient).collect(), true))
    }

    /// Who bears a number of every list.
    async fn numbered(&self) -> Result<Vec<Patient>, Problem> {
        let mut common: Option<Vec<Patient>> = None;
        for tokens in &self.search.numbers {
            let mut found: Vec<Patient> = Vec::new();
            for number in tokens.iter().take(patients::MOST).flat_map(|token| self.meant(token)) {
                let subject = Subject::Identifiers(vec![number]);
                for patient in patients::find(&self.app.hub, self.view, &subject).await? {
                    if !found.iter().any(|known| written::id(known) == written::id(&patient)) {
                        found.push(patient);
                    }
                }
            }
            common = Some(match common {
                None => found,
                Some(mut known) => {
                    known
                        .retain(|one| found.iter().any(|two| written::id(one) == written::id(two)));
                    known
                }
            });
        }
        Ok(common.unwrap_or_default())
    }

    /// The numbers that a token may be: of its system, or of every one.
    fn meant(&self, token: &Token) -> Vec<Number> {
        let number = |kind: Option<NumberKind>| Number { kind, value: token.value.clone().into() };
        match &token.system {
            Some(system) => vec![number(identifier::kind(self.registry, system))],
            None => identifier::kinds(self.registry)
                .into_iter()
                .map(|kind| number(Some(kind)))
                .collect(),
        }
    }

    /// Somebody as a resource: a record where it was asked for by its own id, else the person; with the numbers of the systems that were asked for.
    fn shown(&self, patient: &Patient) -> Result<Value, Problem> {
        let mut shown = match (&self.search.ids, patient.faces.as_slice()) {
            (Some(ids), [face]) if ids.contains(&PatientId::Record(face.shown.id)) => {
                let written = written::all(self.app, patient)?;
                let person = patient.person.map(PatientId::Person);
                let written = written.first().ok_or(Problem::new(Code::Internal))?;
                resource::of_record(self.registry, written, person)
            }
            _ => person(self.app, self.registry, patient)?,
        };
        if !self.search.domains.is_empty() {
            let kinds: Vec<_> = self.kinds().into_iter().flatten().collect();
            resource::restrict(&mut shown, |system| {
                identifier::kind(self.registry, system).is_some_and(|kind| kinds.contains(&kind))
            });
        }
        Ok(shown)
    }

    fn kinds(&self) -> Vec<Option<NumberKind>> {
        let domains = self.search.domains.iter();
        domains.map(|system| identifier::kind(self.registry, system)).collect()
    }

    /// What is told beside the results.
    fn told(&self, looked_for: bool) -> Vec<(Value, Mode<'static>)> {
        let mut told = Vec::new();
        let wanted = Wanted { numbers: Vec::new(), person: Some(self.search.person.clone()) };
        if looked_for && !wanted.suffices() {
            told.push(insufficient(self.asking.language));
        }
        if self.kinds().contains(&None) {
            told.push(unknown_domain(self.asking.language));
        }
        if !self.search.ignored.is_empty() {
            told.push(ignored(&self.search.ignored, self.asking.language));
        }
        told.into_iter().map(|outcome| (outcome, Mode::Outcome)).collect()
    }

    /// The caller's own records.
    async fn list(&self, given: &[(String, String)]) -> Result<Value, Problem> {
        let listing = Listing {
            since: self.search.since.unwrap_or(Instant::from_millis(i64::MIN)),
            until: self.search.until.unwrap_or(Instant::from_millis(i64::MAX)),
            after: self.search.after,
            limit: u32::try_from(self.search.count + 1).unwrap_or(u32::MAX),
        };
        let (total, mut found) = patients::list(&self.app.hub, self.view, &listing).await?;
        let more = found.len() > self.search.count && self.search.count > 0;
        found.truncate(self.search.count);
        let mut entries = Vec::with_capacity(found.len());
        for patient in &found {
            let person = patient.person.map(PatientId::Person);
            for written in written::all(self.app, patient)? {
                entries.push((resource::of_record(self.registry, &written, person), Mode::Match));
            }
        }
        entries.extend(self.told(false));
        let total = usize::try_from(total).unwrap_or(usize::MAX);
        let address = self.asking.address("Patient", given, None);
        let mut answer = bundle::searchset(&self.asking.base, total, entries, &address);
        if let Some(last) = found.last().and_then(|patient| patient.faces.first()).filter(|_| more)
        {
            let next = ("_after", PatientId::Record(last.shown.id).to_string());
            bundle::link_next(&mut answer, &self.asking.address("Patient", given, Some(next)));
        }
        Ok(answer)
    }
}

/// Looks for the coverages of somebody.
pub async fn search_coverages(
    app: &App,
    asking: &Asking,
    given: &[(String, String)],
) -> Result<Value, Problem> {
    let caller = asking.granted(Scope::PeopleRead)?;
    let view = asking.view(app, &caller).await?;
    let library = app.hub.library();
    let mut found: Vec<Patient> = Vec::new();
    let mut left_aside = Vec::new();
    for (name, value) in given {
        let subject = match name.as_str() {
            "_format" | "_pretty" | "_count" => continue,
            "_id" => record_of_coverage(value).map(Subject::Record),
            "beneficiary" | "patient" | "beneficiary:Patient" | "patient:Patient" => {
                let id = PatientId::of_reference(value).or_else(|| PatientId::parse(value));
                id.map(|id| match id {
                    PatientId::Person(person) => Subject::Person(person),
                    PatientId::Record(record) => Subject::Record(record),
                })
            }
            "beneficiary.identifier"
            | "patient.identifier"
            | "beneficiary:identifier"
            | "patient:identifier" => {
                let (system, value) = identifier::token(value);
                let kind = system.and_then(|system| identifier::kind(library.registry(), system));
                Some(Subject::Identifiers(vec![Number { kind, value: value.to_owned().into() }]))
            }
            other => {
                left_aside.push(other.chars().take(60).collect());
                continue;
            }
        };
        if let Some(subject) = subject {
            let mut people = patients::find(&app.hub, &view, &subject).await?;
            if name == "_id" {
                let record = record_of_coverage(value);
                people
                    .iter_mut()
                    .for_each(|one| one.faces.retain(|face| Some(face.shown.id) == record));
            }
            found.extend(people);
        }
    }
    asking.tolerates(&left_aside)?;
    let mut entries = Vec::new();
    for patient in &found {
        let Some(id) = written::id(patient) else { continue };
        let written = written::all(app, patient)?;
        entries.extend(
            written
                .iter()
                .filter_map(|one| resource::coverage(one, id))
                .map(|one| (one, Mode::Match)),
        );
    }
    let total = entries.len();
    if !left_aside.is_empty() {
        entries.push((ignored(&left_aside, asking.language), Mode::Outcome));
    }
    let address = asking.address("Coverage", given, None);
    Ok(bundle::searchset(&asking.base, total, entries, &address))
}

fn unknown_domain(language: Language) -> Value {
    let problem = Problem::new(Code::UnknownTargetSystem).with("system", "identifier");
    let (title, detail) = problem.words(language);
    outcome(&[Said {
        severity: "warning",
        kind: "not-found",
        code: problem.code().name(),
        text: format!("{title}. {detail}"),
        diagnostics: Some("targetSystem not found".to_owned()),
        expression: None,
    }])
}

/// Parameters that were left aside: R4 wants them named in the answer.
fn ignored(names: &[String], language: Language) -> Value {
    let problem = Problem::new(Code::NotSupported).with("what", names.join(", "));
    let (title, detail) = problem.words(language);
    outcome(&[Said {
        severity: "warning",
        kind: "not-supported",
        code: problem.code().name(),
        text: format!("{title}. {detail}"),
        diagnostics: None,
        expression: None,
    }])
}
