//! A review as it is shown.

use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::http::problem::Problem;
use crate::model::{Caller, RecordId};
use crate::operations::reviews::{Review, ReviewKind, ReviewState, Side, version};

/// A pair of records that may be one person.
#[derive(Serialize, ToSchema)]
pub struct ReviewBody {
    /// Its id, `rev_…`.
    id: String,
    /// `pair`: may be one person; `questioned`: the evidence speaks against an earlier decision; `sample`: drawn by
    /// chance, to be judged blind.
    kind: &'static str,
    /// `open`, `same`, `different`, `unsure` or `obsolete`.
    state: &'static str,
    /// What was seen: to be given as `If-Match` with an answer.
    version: String,
    /// Why a person is asked, such as `between_thresholds` or `perhaps_twins`.
    reason: String,
    /// How likely the two are one person, from 0 to 1; absent of a sample until it is judged.
    #[serde(skip_serializing_if = "Option::is_none")]
    probability: Option<f64>,
    /// Bits of evidence.
    #[serde(skip_serializing_if = "Option::is_none")]
    weight: Option<f64>,
    /// Version of the match model that said so.
    #[serde(skip_serializing_if = "Option::is_none")]
    model: Option<String>,
    /// Levels, shares and weights by field.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    evidence: Option<Box<RawValue>>,
    /// Of a judged sample: whether the index had joined the two.
    #[serde(skip_serializing_if = "Option::is_none")]
    joined: Option<bool>,
    /// Like reviews share this text.
    #[serde(skip_serializing_if = "Option::is_none")]
    alike: Option<String>,
    created_at: String,
    /// Who looks at it now.
    #[serde(skip_serializing_if = "Option::is_none")]
    claimed_by: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    claimed_until: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    decided_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    decided_by: Option<String>,
    /// `dec_…`
    #[serde(skip_serializing_if = "Option::is_none")]
    decision: Option<String>,
    /// The records of the pair that the caller may see: both for those who run the hub.
    records: Vec<ReviewedRecord>,
}

/// A record of a pair.
#[derive(Serialize, ToSchema)]
pub struct ReviewedRecord {
    #[schema(value_type = String)]
    id: RecordId,
    scheme: String,
    /// Whose it is now; absent of a sample until it is judged.
    #[serde(skip_serializing_if = "Option::is_none")]
    person_id: Option<String>,
    /// `beneficiary/1`, when a single review is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    record: Option<Box<RawValue>>,
}

impl ReviewBody {
    /// Neither the id nor the scheme of a record that is not the caller's: that somebody is known
    /// to another scheme is not for this one to learn before it is certain.
    pub fn of(review: Review, caller: &Caller) -> Self {
        let decided = matches!(review.state, ReviewState::Same | ReviewState::Different);
        // Who knows what the index thinks judges the index's opinion and not the two records.
        let blind = review.kind == ReviewKind::Sample && !decided;
        let version = version(&review);
        let seen = review.sides.into_iter().filter(|side| caller.sees(&side.scheme));
        let record = |side: Side| ReviewedRecord {
            id: side.record,
            scheme: side.scheme.to_string(),
            person_id: side.person.filter(|_| !blind).map(|person| person.to_string()),
            record: None,
        };
        let answered = decided || review.state == ReviewState::Unsure;
        let (claimed_by, claimed_until) = review.claim.unzip();
        Self {
            id: review.id.to_string(),
            kind: review.kind.name(),
            state: review.state.name(),
            version,
            reason: review.reason,
            probability: (!blind).then_some(review.probability),
            weight: review.weight.filter(|_| !blind),
            model: review.model.filter(|_| !blind),
            evidence: RawValue::from_string(review.detail).ok().filter(|_| !blind),
            joined: review.joined.filter(|_| !blind),
            alike: (!blind).then_some(review.alike),
            created_at: review.created_at.to_string(),
            claimed_by,
            claimed_until: claimed_until.map(|until| until.to_string()),
            decided_at: review.decided_at.map(|at| at.to_string()),
            decided_by: review.decided_by,
            decision: review.decision.filter(|_| answered).map(|id| id.to_string()),
            records: seen.map(record).collect(),
        }
    }

    /// With the documents of the records.
    pub fn with_records(mut self, documents: &[(RecordId, Vec<u8>)]) -> Result<Self, Problem> {
        for record in &mut self.records {
            let found = documents.iter().find(|(id, _)| *id == record.id);
            let Some((_, document)) = found else { continue };
            let read = serde_json::from_slice(document);
            record.record = Some(read.map_err(|error| Problem::internal(&error))?);
        }
        Ok(self)
    }
}
