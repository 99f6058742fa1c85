//! The past of a person and the evidence that holds them together.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::http::App;
use crate::http::extract::{Known, Named, Params};
use crate::http::openapi::Refused;
use crate::http::paging::Page;
use crate::http::problem::{Code, Problem};
use crate::model::{PersonId, Scope};
use crate::operations::history::{self, Belonging, Happened};

/// The past of an id.
#[derive(Serialize, ToSchema)]
pub struct HistoryBody {
    /// The id that was asked for.
    id: String,
    /// The person that it means now.
    person_id: String,
    /// `lives`; `gone` when everything that was known of the person is gone.
    state: &'static str,
    /// The ids that it was given up for, one after the other.
    chain: Vec<HopBody>,
    /// The records of the person that the caller may see.
    records: Vec<BelongingBody>,
    /// Merges and splits, the newest first.
    events: Vec<EventBody>,
    /// To be given as `after` for earlier events; absent when there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// One step of a chain of ids.
#[derive(Serialize, ToSchema)]
pub struct HopBody {
    from: String,
    to: String,
    at: String,
}

/// A record of a person.
#[derive(Serialize, ToSchema)]
pub struct BelongingBody {
    id: String,
    scheme: String,
}

/// A merge or split.
#[derive(Serialize, ToSchema)]
pub struct EventBody {
    /// `hst_…`
    id: String,
    /// `merged`, `split` or `regrouped`.
    kind: &'static str,
    at: String,
    /// `person` when somebody decided it, `evidence` when the records did.
    cause: &'static str,
    /// Who decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<String>,
    /// Why, in their own words; for those who run the hub.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// `dec_…`
    #[serde(skip_serializing_if = "Option::is_none")]
    decision: Option<String>,
    /// Version of the match model that was in force.
    model: String,
    /// Everybody concerned and their records, before.
    before: BTreeMap<String, Vec<String>>,
    /// And after.
    after: BTreeMap<String, Vec<String>>,
}

impl EventBody {
    fn of(happened: Happened, operator: bool) -> Self {
        let Happened { event, decision } = happened;
        let texts = |groups: history::Groups| {
            let text = |(person, records): (PersonId, Vec<_>)| {
                (person.to_string(), records.iter().map(ToString::to_string).collect())
            };
            groups.into_iter().map(text).collect()
        };
        Self {
            id: event.id.to_string(),
            kind: event.kind.name(),
            at: event.at.to_string(),
            cause: if event.decision.is_some() { "person" } else { "evidence" },
            by: decision.as_ref().filter(|_| operator).map(|decision| decision.by.clone()),
            reason: decision.filter(|_| operator).map(|decision| decision.reason),
            decision: event.decision.map(|id| id.to_string()),
            model: event.model,
            before: texts(event.before),
            after: texts(event.after),
        }
    }
}

/// Tells the past of a person, or of an id that was given up: every merge and split, by whom and why, who had which
/// records before and after. A scheme sees what concerns its own records.
#[utoipa::path(get, path = "/v1/people/{id}/history", tag = "people",
    params(("id" = String, Path, description = "`per_…`"), Page), responses(
    (status = 200, description = "The past", body = HistoryBody),
    (status = "4XX", response = Refused)))]
pub async fn past(
    known: Known,
    Named(id): Named<PersonId>,
    Params(page): Params<Page>,
    State(app): State<App>,
) -> Result<Json<HistoryBody>, Problem> {
    let caller = known.granted(Scope::PeopleRead)?;
    let limit = page.limit()?;
    let found = history::history(&app.hub, &caller, id, page.after()?, limit + 1).await?;
    let mut past = found.ok_or(Problem::new(Code::NotFound))?;
    let more = past.events.len() > limit as usize;
    past.events.truncate(limit as usize);
    let last = past.events.last().map(|happened| happened.event.seq.to_string());
    let standing = past.standing;
    let hop = |hop: &crate::operations::history::Hop| HopBody {
        from: hop.from.to_string(),
        to: hop.to.to_string(),
        at: hop.at.to_string(),
    };
    let belonging = |one: Belonging| BelongingBody {
        id: one.record.to_string(),
        scheme: one.scheme.to_string(),
    };
    let operator = caller.runs_the_hub();
    Ok(Json(HistoryBody {
        id: id.to_string(),
        person_id: standing.now.to_string(),
        state: if standing.lives { "lives" } else { "gone" },
        chain: standing.chain.iter().map(hop).collect(),
        records: past.records.into_iter().map(belonging).collect(),
        events: past.events.into_iter().map(|event| EventBody::of(event, operator)).collect(),
        next: last.filter(|_| more),
    }))
}

/// What holds a person together.
#[derive(Serialize, ToSchema)]
pub struct EvidenceBody {
    /// The person that the id means now.
    person_id: String,
    /// Each pair of records that was compared, as it was when it last was.
    pairs: Vec<PairBody>,
}

/// A compared pair.
#[derive(Serialize, ToSchema)]
pub struct PairBody {
    a: String,
    b: String,
    /// Bits of evidence for one person.
    weight: f64,
    /// How likely the two are one person.
    probability: f64,
    /// Version of the match model that said so.
    model: String,
    /// By field: the level of agreement, the share of people with the value, and the bits against each rival (a twin,
    /// another of the household, somebody unrelated).
    #[schema(value_type = Object)]
    evidence: Box<RawValue>,
}

/// Explains why records are held to be one person: each pair field by field. A scheme sees pairs of its own records.
#[utoipa::path(get, path = "/v1/people/{id}/evidence", tag = "people",
    params(("id" = String, Path, description = "`per_…`")), responses(
    (status = 200, description = "The evidence", body = EvidenceBody),
    (status = "4XX", response = Refused)))]
pub async fn evidence(
    known: Known,
    Named(id): Named<PersonId>,
    State(app): State<App>,
) -> Result<Json<EvidenceBody>, Problem> {
    let caller = known.granted(Scope::PeopleRead)?;
    let found = history::evidence(&app.hub, &caller, id).await?;
    let found = found.ok_or(Problem::new(Code::NotFound))?;
    let mut pairs = Vec::with_capacity(found.edges.len());
    for edge in found.edges {
        let evidence = RawValue::from_string(edge.detail);
        pairs.push(PairBody {
            a: edge.a.to_string(),
            b: edge.b.to_string(),
            weight: edge.weight,
            probability: edge.probability,
            model: edge.model,
            evidence: evidence.map_err(|error| Problem::internal(&error))?,
        });
    }
    Ok(Json(EvidenceBody { person_id: found.now.to_string(), pairs }))
}
