//! What cannot be right about people whom several schemes know, and who lives with whom.

use axum::Json;
use axum::extract::State;
use axum::http::header::{CONTENT_TYPE, LINK};
use axum::response::{IntoResponse, Response};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::records::narrow;
use crate::http::App;
use crate::http::extract::{Known, Named, Params};
use crate::http::openapi::Refused;
use crate::http::paging;
use crate::http::problem::{Code, Problem};
use crate::model::record::Relationship;
use crate::model::{Caller, PersonId, Scope};
use crate::operations::conflicts::{
    self, Conflict, Evidence, Kind, MOST_EXAMINED, MOST_MILLIS, Most, Wanted,
};
use crate::operations::households;

/// Which conflicts, and in which form.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// `double_coverage`, `child_in_two_families`, `twice_in_scheme` or `two_sexes`.
    #[param(pattern = "^(double_coverage|child_in_two_families|twice_in_scheme|two_sexes)$")]
    kind: Option<String>,
    #[serde(flatten)]
    #[param(inline)]
    day: Day,
}

/// On which day, of whom, in which form.
#[derive(Deserialize, IntoParams, ToSchema)]
#[into_params(parameter_in = Query)]
pub struct Day {
    /// Only those in which this scheme has a record; a scheme's key only sees its own anyway.
    scheme: Option<String>,
    /// The day on which coverage is looked at, such as `2026-01-31`; today when absent.
    #[param(value_type = Option<String>, format = Date)]
    #[schema(value_type = Option<String>, format = Date)]
    on: Option<Date>,
    /// `json` (the usual one) or `csv`, one line a record.
    #[param(pattern = "^(json|csv)$")]
    #[schema(pattern = "^(json|csv)$")]
    format: Option<String>,
}

/// A conflict.
#[derive(Serialize, ToSchema)]
pub struct ConflictBody {
    person_id: String,
    /// `double_coverage`, `child_in_two_families`, `twice_in_scheme` or `two_sexes`.
    kind: &'static str,
    /// The records that say so, as far as the caller may see them.
    evidence: Vec<EvidenceLine>,
    /// Records of others that say so.
    #[serde(skip_serializing_if = "is_zero")]
    others: usize,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks by reference")]
const fn is_zero(count: &usize) -> bool {
    *count == 0
}

/// A record that takes part in a conflict.
#[derive(Serialize, ToSchema)]
pub struct EvidenceLine {
    record_id: String,
    scheme: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    relationship: Option<Relationship>,
    /// The heads of the contract, of a child in two families.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    heads: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    package: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<String>,
}

impl EvidenceLine {
    /// Who else heads a family is for those who run the hub.
    fn of(evidence: Evidence, operator: bool) -> Self {
        let heads = evidence.heads.iter().filter(|_| operator).map(ToString::to_string).collect();
        Self {
            record_id: evidence.record.to_string(),
            scheme: evidence.scheme.to_string(),
            relationship: evidence.relationship,
            heads,
            package: evidence.package,
            from: evidence.from.map(|day| day.to_string()),
            to: evidence.to.map(|day| day.to_string()),
        }
    }
}

/// A page of conflicts.
#[derive(Serialize, ToSchema)]
pub struct ConflictsBody {
    items: Vec<ConflictBody>,
    /// The day on which coverage was looked at.
    on: String,
    /// People who were looked at for this page.
    examined: usize,
    /// To be given as `after` for the next page, also when this one is empty; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// Lists what cannot be right about people whom several records speak of, with the records as evidence. A page may be
/// short or empty while there is a `next`: at most 20,000 people are looked at for one.
#[utoipa::path(get, path = "/v1/identity/conflicts", tag = "identity", params(Filter, paging::Page), responses(
    (status = 200, description = "A page of conflicts", body = ConflictsBody),
    (status = "4XX", response = Refused)))]
pub async fn list(
    known: Known,
    Params(filter): Params<Filter>,
    Params(page): Params<paging::Page>,
    State(app): State<App>,
) -> Result<Response, Problem> {
    let caller = known.granted(Scope::IdentityRead)?;
    let kind = match filter.kind.as_deref() {
        None => None,
        Some(name) => Some(Kind::parse(name).ok_or_else(|| {
            let known: Vec<&str> = Kind::ALL.iter().map(|kind| kind.name()).collect();
            Problem::parameter("kind", known.join(" | "))
        })?),
    };
    answer(&app, &caller, kind, filter.day, page).await
}

/// Lists people who are covered by two schemes that exclude each other, such as AMO and RAMED.
#[utoipa::path(get, path = "/v1/identity/double-coverage", tag = "identity", params(Day, paging::Page), responses(
    (status = 200, description = "A page of conflicts", body = ConflictsBody),
    (status = "4XX", response = Refused)))]
pub async fn double_coverage(
    known: Known,
    Params(day): Params<Day>,
    Params(page): Params<paging::Page>,
    State(app): State<App>,
) -> Result<Response, Problem> {
    let caller = known.granted(Scope::IdentityRead)?;
    answer(&app, &caller, Some(Kind::DoubleCoverage), day, page).await
}

async fn answer(
    app: &App,
    caller: &Caller,
    kind: Option<Kind>,
    day: Day,
    page: paging::Page,
) -> Result<Response, Problem> {
    let scheme = narrow(app, caller, day.scheme.as_deref(), Scope::IdentityRead)?;
    let on = day.on.unwrap_or_else(|| app.hub.today());
    let csv = match day.format.as_deref() {
        None | Some("json") => false,
        Some("csv") => true,
        Some(_) => return Err(Problem::parameter("format", "json | csv")),
    };
    let wanted = Wanted { kind, scheme: scheme.as_ref(), on };
    let conflicts = page.limit()? as usize;
    let most = Most { conflicts, examined: MOST_EXAMINED, millis: MOST_MILLIS };
    let found = conflicts::page(&app.hub, caller, wanted, page.after()?, most).await?;
    let next = found.next.map(|person| person.to_string());
    let operator = caller.runs_the_hub();
    if csv {
        let bytes = table(&found.items, operator).map_err(|error| Problem::internal(&error))?;
        let mut response = ([(CONTENT_TYPE, "text/csv; charset=utf-8")], bytes).into_response();
        let link = next.and_then(|next| format!("<?after={next}>; rel=\"next\"").parse().ok());
        if let Some(link) = link {
            response.headers_mut().insert(LINK, link);
        }
        return Ok(response);
    }
    let show = |conflict: Conflict| ConflictBody {
        person_id: conflict.person.to_string(),
        kind: conflict.kind.name(),
        evidence: conflict
            .evidence
            .into_iter()
            .map(|one| EvidenceLine::of(one, operator))
            .collect(),
        others: conflict.others,
    };
    let items = found.items.into_iter().map(show).collect();
    Ok(Json(ConflictsBody { items, on: on.to_string(), examined: found.examined, next })
        .into_response())
}

const COLUMNS: [&str; 9] =
    ["person_id", "kind", "scheme", "record_id", "relationship", "heads", "package", "from", "to"];

fn table(conflicts: &[Conflict], operator: bool) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(COLUMNS)?;
    for conflict in conflicts {
        for evidence in &conflict.evidence {
            let line = EvidenceLine::of(evidence.clone(), operator);
            let relationship = line.relationship.map(name_of).unwrap_or_default();
            let heads = line.heads.join(" ");
            let person = conflict.person.to_string();
            let cell = |value: &Option<String>| value.clone().unwrap_or_default();
            writer.write_record([
                person.as_str(),
                conflict.kind.name(),
                &line.scheme,
                &line.record_id,
                &relationship,
                &heads,
                &cell(&line.package),
                &cell(&line.from),
                &cell(&line.to),
            ])?;
        }
    }
    writer.into_inner().map_err(|error| error.into_error().into())
}

/// As canonical records write it.
fn name_of(relationship: Relationship) -> String {
    let json = serde_json::to_value(relationship).unwrap_or_default();
    json.as_str().unwrap_or_default().to_owned()
}

/// The household of a person.
#[derive(Serialize, ToSchema)]
pub struct HouseholdBody {
    /// The person that the id means now.
    person_id: String,
    /// The contracts in which they stand, as far as the caller may see them.
    contracts: Vec<ContractBody>,
    /// Everybody who stands there with them, those first who do so most often.
    members: Vec<MemberBody>,
}

/// A contract in which a person stands.
#[derive(Serialize, ToSchema)]
pub struct ContractBody {
    scheme: String,
    /// The person's record in it.
    record_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    relationship: Option<Relationship>,
    /// Records in it; of one that is too large, at least so many.
    records: usize,
    /// Whether it holds so many that it says nothing about a household.
    too_large: bool,
}

/// Somebody of a household.
#[derive(Serialize, ToSchema)]
pub struct MemberBody {
    #[serde(skip_serializing_if = "Option::is_none")]
    person_id: Option<String>,
    /// Where they stand together.
    evidence: Vec<SeatBody>,
}

/// A record that stands in a contract with the person's.
#[derive(Serialize, ToSchema)]
pub struct SeatBody {
    scheme: String,
    record_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    relationship: Option<Relationship>,
}

/// Tells who lives with a person, as the contracts of all schemes say it: members are people, with the contracts in
/// which they stand together as evidence. A scheme sees its own contracts.
#[utoipa::path(get, path = "/v1/people/{id}/household", tag = "people",
    params(("id" = String, Path, description = "`per_…`")), responses(
    (status = 200, description = "The household", body = HouseholdBody),
    (status = "4XX", response = Refused)))]
pub async fn household(
    known: Known,
    Named(id): Named<PersonId>,
    State(app): State<App>,
) -> Result<Json<HouseholdBody>, Problem> {
    let caller = known.granted(Scope::PeopleRead)?;
    let found = households::household(&app.hub, &caller, id).await?;
    let found = found.ok_or(Problem::new(Code::NotFound))?;
    let contract = |contract: households::Contract| ContractBody {
        scheme: contract.scheme.to_string(),
        record_id: contract.record.to_string(),
        relationship: contract.relationship,
        records: contract.records,
        too_large: contract.too_large,
    };
    let member = |member: households::Member| MemberBody {
        person_id: member.person.map(|person| person.to_string()),
        evidence: member
            .seen
            .into_iter()
            .map(|(scheme, record, relationship)| SeatBody {
                scheme: scheme.to_string(),
                record_id: record.to_string(),
                relationship,
            })
            .collect(),
    };
    Ok(Json(HouseholdBody {
        person_id: found.person.to_string(),
        contracts: found.contracts.into_iter().map(contract).collect(),
        members: found.members.into_iter().map(member).collect(),
    }))
}
