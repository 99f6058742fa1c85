//! A question is asked: may it be, about whom is it, what follows; and the answer or refusal is written down.
//!
//! The agreement is checked before anybody is looked for, so a refusal cannot tell whether the person exists. What the
//! asker may not learn is taken out of the facts before the rules see them, and a person of whom nothing is left is
//! nobody to it, unless its agreement grants `existence`. Links between records are those of now,
//! also in a question about what was known earlier: recognising a person better is no new fact about them.

mod facts;
pub(super) mod resolve;
mod write_down;

use std::sync::Arc;

use futures_util::future::try_join_all;
use serde_json::json;

use crate::eligibility::rules::{self, Found};
use crate::eligibility::{Answer, Permission, Question, Refusal};
use crate::model::access::{Caller, Holder, Scope};
use crate::model::{AuditId, Instant};
use crate::proof::SigningKey;
use crate::store::audit::Entry;
use crate::store::{Session, StoreError};

use super::Hub;
use super::answers::{self, Signed, signer};
use super::library::Library;
use write_down::write_down;

pub(super) use facts::LookedUp;
pub(super) use resolve::Sought;
pub(super) use write_down::Given;

/// What came of a question.
#[derive(Clone, PartialEq, Debug)]
pub enum Outcome {
    /// It was answered; the permission says which fields the asker may see.
    Answered(Box<Answer>, Permission),
    /// It was not.
    Refused(Refusal),
}

impl Outcome {
    /// As the asker hears it.
    fn told(self) -> Self {
        match self {
            Self::Answered(answer, permission) => {
                Self::Answered(Box::new(permission.told(*answer)), permission)
            }
            Self::Refused(refusal) => Self::Refused(refusal),
        }
    }
}

/// The purpose of whoever asks in a standard that has no field for it: the one named beside the question, else the only
/// one of the caller's key, else the only one that agreements in force allow the caller.
#[must_use]
pub fn purpose(hub: &Hub, caller: &Caller, named: Option<&str>) -> Option<String> {
    if let Some(named) = named {
        return Some(named.to_owned());
    }
    if let [only] = caller.purposes.as_slice() {
        return Some(only.clone());
    }
    let library = hub.library();
    let mut allowed = library.agreements().purposes(caller.holder.id(), hub.today());
    if !caller.purposes.is_empty() {
        allowed.retain(|purpose| caller.purposes.iter().any(|own| own == purpose));
    }
    let only = allowed.pop_first()?;
    allowed.is_empty().then(|| only.to_owned())
}

/// Why a question came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// The caller's key has no right to ask.
    #[error("the key has no right to ask")]
    NotPermitted,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Answers one question. A scheme or partner asks as itself; an operator asks on behalf of `question.asked_by`.
///
/// # Errors
/// When the caller may not ask at all, or the store fails. A refusal under agreements is an outcome.
pub async fn ask(hub: &Hub, caller: &Caller, question: &Question) -> Result<Outcome, AskError> {
    let (outcome, _) = give(hub, caller, question, None).await?;
    Ok(outcome)
}

/// Answers questions, in their order; what can be looked up and written down together is.
///
/// # Errors
/// When the caller may not ask at all, or the store fails.
pub async fn ask_all(
    hub: &Hub,
    caller: &Caller,
    questions: &[Question],
) -> Result<Vec<Outcome>, AskError> {
    try_join_all(questions.iter().map(|question| ask(hub, caller, question))).await
}

/// Answers one question and signs the answer, so that the asker can prove it. A refusal is not signed.
///
/// # Errors
/// As [`ask`].
pub async fn ask_signed(
    hub: &Hub,
    caller: &Caller,
    question: &Question,
) -> Result<(Outcome, Option<Signed>), AskError> {
    let key = signer::current(hub).await?;
    give(hub, caller, question, Some(key)).await
}

async fn give(
    hub: &Hub,
    caller: &Caller,
    question: &Question,
    key: Option<Arc<SigningKey>>,
) -> Result<(Outcome, Option<Signed>), AskError> {
    if !caller.may(Scope::EligibilityAsk) {
        return Err(AskError::NotPermitted);
    }
    let library = hub.library();
    let asker = asker(caller, question);
    let (outcome, log_seq) = match permission(&library, caller, asker, question, hub.now()) {
        Err(refusal) => (Outcome::Refused(refusal), 0),
        Ok(permission) => {
            let LookedUp { found, at, log_seq } = look_up(hub, &library, question).await?;
            let answer = answer(&library, question, found, &permission, at);
            (Outcome::Answered(Box::new(answer), permission), log_seq)
        }
    };
    // Whoever is asked about may read of it, also where the asker hears that there is nobody.
    let entry = entry(hub, (caller, asker), question, &outcome);
    let outcome = outcome.told();
    let (signed, row) = match (key, &outcome) {
        (Some(key), Outcome::Answered(answer, permission)) => {
            let told = (asker, &**answer, permission);
            let (signed, row) = answers::sign(hub, key, question, told, log_seq);
            (Some(signed), Some(row))
        }
        _ => (None, None),
    };
    write_down(hub, Given { entry, signed: row }).await?;
    Ok((outcome, signed))
}

async fn look_up(
    hub: &Hub,
    library: &Library,
    question: &Question,
) -> Result<LookedUp, StoreError> {
    let sought = resolve::sought(hub, library, &question.subject);
    match question.known_at {
        None => facts::gathered(hub, sought).await,
        Some(moment) => facts::known_at(hub, sought, moment).await,
    }
}

/// What `asker` would be told now; none when no agreement in force allows the question.
pub(super) async fn derive(
    hub: &Hub,
    session: &mut Session,
    asker: &str,
    question: &Question,
) -> Result<Option<(Answer, Permission)>, StoreError> {
    let library = hub.library();
    let now = hub.now();
    let asked = (asker, question.purpose.as_str(), question.scheme.as_ref());
    let Ok(permission) = library.agreements().check(asked.0, asked.1, asked.2, now.date()) else {
        return Ok(None);
    };
    let sought = resolve::sought(hub, &library, &question.subject);
    // Nobody knows the future: a later moment means now.
    let moment = question.known_at.map_or(now, |known_at| known_at.min(now));
    let mut found = facts::find(session, hub.store().keys(), &[sought], moment).await?;
    let found = found.pop().expect("one question has one outcome");
    let answer = answer(&library, question, found, &permission, now);
    Ok(Some((permission.told(answer), permission)))
}

fn asker<'q>(caller: &'q Caller, question: &'q Question) -> &'q str {
    match &caller.holder {
        Holder::Scheme(_) | Holder::Partner(_) => caller.holder.id(),
        Holder::Operator(_) => &question.asked_by,
    }
}

fn permission(
    library: &Library,
    caller: &Caller,
    asker: &str,
    question: &Question,
    now: Instant,
) -> Result<Permission, Refusal> {
    let agreements = library.agreements();
    let permission =
        agreements.check(asker, &question.purpose, question.scheme.as_ref(), now.date())?;
    if caller.purposes.is_empty() || caller.purposes.contains(&question.purpose) {
        Ok(permission)
    } else {
        Err(Refusal::PurposeNotAllowed)
    }
}

/// The answer about whoever was found. Several people who come to the same answer are answered alike, without saying
/// who: two records of one person that nobody has joined yet are the usual case.
fn answer(
    library: &Library,
    question: &Question,
    found: Vec<Found>,
    permission: &Permission,
    now: Instant,
) -> Answer {
    let decide = |found: &Found| rules::decide(question, found, library.registry(), now);
    let mut answers = found.into_iter().map(|mut found| {
        if let Found::Person(_, facts) = &mut found {
            permission.restrict(facts);
        }
        decide(&found)
    });
    let first = answers.next().unwrap_or_else(|| decide(&Found::Nobody));
    let others: Vec<Answer> = answers.collect();
    if others.is_empty() {
        return first;
    }
    let nameless = |answer: &Answer| Answer {
        person: None,
        grounds: Vec::new(),
        data_as_of: None,
        holds_from: None,
        holds_until: None,
        then: None,
        ..answer.clone()
    };
    let common = nameless(&first);
    if others.iter().all(|other| nameless(other) == common) {
        common
    } else {
        decide(&Found::Several)
    }
}

/// Somebody at the page asks as another would: the log names who it was, and as whom.
fn entry(
    hub: &Hub,
    (caller, asker): (&Caller, &str),
    question: &Question,
    outcome: &Outcome,
) -> Entry {
    let now = hub.now();
    let (result, reason, subject, agreement) = match outcome {
        Outcome::Refused(refusal) => ("refused", refusal.code().name(), None, None),
        Outcome::Answered(answer, permission) => {
            let agreements: Vec<&str> = permission.agreements.iter().map(String::as_str).collect();
            let subject = answer.person.map(|person| person.to_string());
            (answer.verdict.name(), answer.reason.name(), subject, Some(agreements.join(" ")))
        }
    };
    let person = caller.account.is_some();
    let detail = json!({
        "reason": reason,
        "as": person.then_some(asker),
        "as_of": question.as_of,
        "known_at": question.known_at,
        "country_of_care": question.country_of_care,
        "by": question.subject.kind(),
    });
    Entry {
        id: AuditId::new(now, hub.random()),
        at: now,
        action: "ask".to_owned(),
        actor: if person { caller.actor() } else { asker.to_owned() },
        scheme: question.scheme.clone(),
        subject,
        purpose: Some(question.purpose.clone()),
        agreement,
        outcome: result.to_owned(),
        detail: detail.to_string(),
        personal: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_can_be_answered_on_any_thread() {
        fn is_send<T: Send>(_: T) {}
        let _ =
            |hub: &Hub, caller: &Caller, question: &Question| is_send(ask(hub, caller, question));
    }
}
