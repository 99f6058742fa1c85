//! Answers that can be proved: signed when they are given, cancelled when they would be given otherwise now.
//!
//! [`super::ask::ask_signed`] gives them; the row of an answer is written in the transaction of its audit entry, so that
//! none leaves that could not be cancelled. [`watch::step`] follows the log and cancels what no longer holds;
//! [`signer`] looks after the keys.

pub mod signer;
pub mod watch;

use std::sync::Arc;

use jiff::civil::Date;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::Hub;
use crate::eligibility::{Answer, Permission, Question, query};
use crate::model::{AnswerId, Caller, Instant};
use crate::proof::SigningKey;
use crate::proof::claims::{About, Cancelled, Claims, ISSUER, seconds};
use crate::store::StoreError;
use crate::store::answers::AnswerRow;

/// How long an answer may be relied on at most: a stay in hospital is authorised within days, and whoever saves the list
/// of cancelled answers once a week misses none.
const VALID_DAYS: i64 = 7;

const DAY: i64 = 24 * 60 * 60 * 1000;

/// A signed answer.
#[derive(Clone, Debug)]
pub struct Signed {
    /// Its id, by which it is cancelled.
    pub id: AnswerId,
    /// The whole answer.
    pub token: String,
    /// From when on it is no longer to be relied on.
    pub expires_at: Instant,
    claims: Claims,
    key: Arc<SigningKey>,
}

impl Signed {
    /// What was answered: what [`query::answer_document`] says, with the asker's id of the question.
    #[must_use]
    pub fn into_answer(mut self, query_id: &str) -> Value {
        self.claims.answer["query_id"] = Value::from(query_id);
        self.claims.answer
    }

    /// The same with what a counter needs, small enough for a QR code. Signed when it is asked for: a signature is the
    /// dearest step of an answer.
    #[must_use]
    pub fn card(&self) -> String {
        self.claims.card().sign(&self.key)
    }
}

/// Signs an answer; the row is to be written before it is given.
pub(super) fn sign(
    hub: &Hub,
    key: Arc<SigningKey>,
    question: &Question,
    told: (&str, &Answer, &Permission),
    log_seq: u64,
) -> (Signed, AnswerRow) {
    let (asker, answer, permission) = told;
    let now = hub.now();
    let id = AnswerId::new(now, hub.random());
    let expires_at = expiry(answer, now);
    let line = query::answer_line("", answer, permission);
    let told = digest(line.clone());
    let claims = Claims {
        iss: ISSUER.to_owned(),
        aud: asker.to_owned(),
        jti: id.to_string(),
        iat: seconds(now),
        exp: seconds(expires_at),
        sub: About::of(question).digests(&id.to_string()),
        answer: query::explained(line, answer, permission),
    };
    let signed = Signed { id, token: claims.sign(&key), expires_at, claims, key };
    let row = AnswerRow {
        id,
        asker: asker.to_owned(),
        purpose: question.purpose.clone(),
        // What was known at a moment of the past stays so.
        person: answer.person.filter(|_| question.known_at.is_none()),
        scheme: question.scheme.clone(),
        country: question.country_of_care.clone(),
        as_of: question.as_of,
        told,
        given_at: now,
        expires_at,
        log_seq,
    };
    (signed, row)
}

/// An answer about a day to come or today ends with the day on which it is foreseen to turn.
fn expiry(answer: &Answer, now: Instant) -> Instant {
    let longest = now.plus_millis(VALID_DAYS * DAY);
    let last = answer.holds_until.filter(|last| now.date() <= *last);
    let turn = last.and_then(|last: Date| last.tomorrow().ok());
    turn.map_or(longest, |turn| longest.min(Instant::start_of(turn)))
}

/// What was told, by its answer line, but for who it is about: people are merged, and what is told of them stays.
fn digest(mut line: Value) -> String {
    line["person_id"] = Value::Null;
    hex::encode(Sha256::digest(line.to_string()))
}

/// The list of cancelled answers, signed.
///
/// # Errors
/// When the store fails.
pub async fn cancelled(hub: &Hub) -> Result<String, StoreError> {
    let key = signer::current(hub).await?;
    let now = hub.now();
    let ids = hub.store().read().await?.cancelled_answers(now).await?;
    let cancelled = ids.iter().map(ToString::to_string).collect();
    Ok(Cancelled { iss: ISSUER.to_owned(), iat: seconds(now), cancelled }.sign(&key))
}

/// Cancels an answer by hand; `false` when there is none, or it was cancelled before.
///
/// # Errors
/// When the store fails.
pub async fn cancel(hub: &Hub, by: &Caller, id: AnswerId) -> Result<bool, StoreError> {
    let mut tx = hub.store().begin().await?;
    let cancelled = tx.cancel_answer(id, hub.now(), "operator").await?;
    tx.commit().await?;
    if cancelled {
        tracing::info!(answer.id = %id, by = %by.holder, "cancelled `{id}`");
    }
    Ok(cancelled)
}
