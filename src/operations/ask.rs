//! A question is asked: may it be, about whom is it, what follows; and the answer or refusal is written down.
//!
//! The agreement is checked before anybody is looked for, so a refusal cannot tell whether the person exists. What the
//! asker may not learn is taken out of the facts before the rules see them. Links between records are those of now,
//! also in a question about what was known earlier: recognising a person better is no new fact about them.

pub(super) mod resolve;

use serde_json::json;

use crate::eligibility::rules::{self, Found};
use crate::eligibility::{Answer, Permission, Question, Refusal};
use crate::model::access::{Caller, Holder, Scope};
use crate::model::{AuditId, Instant};
use crate::store::StoreError;
use crate::store::audit::Entry;

use super::Hub;
use super::library::Library;
use resolve::Resolver;

/// What came of a question.
#[derive(Clone, PartialEq, Debug)]
pub enum Outcome {
    /// It was answered; the permission says which fields the asker may see.
    Answered(Box<Answer>, Permission),
    /// It was not.
    Refused(Refusal),
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
    let mut outcomes = ask_all(hub, caller, std::slice::from_ref(question)).await?;
    Ok(outcomes.pop().expect("one question has one outcome"))
}

/// Answers questions in their order, with one audit transaction for all of them: nothing is disclosed before its entry
/// is durable.
///
/// # Errors
/// When the caller may not ask at all, or the store fails.
pub async fn ask_all(
    hub: &Hub,
    caller: &Caller,
    questions: &[Question],
) -> Result<Vec<Outcome>, AskError> {
    if !caller.may(Scope::EligibilityAsk) {
        return Err(AskError::NotPermitted);
    }
    let library = hub.library();
    let now = hub.now();
    let mut outcomes = Vec::with_capacity(questions.len());
    let mut entries = Vec::with_capacity(questions.len());
    let mut session = hub.store().read().await?;
    for question in questions {
        let asker = asker(caller, question);
        let outcome = match permission(&library, caller, asker, question, now) {
            Err(refusal) => Outcome::Refused(refusal),
            Ok(permission) => {
                let resolver = Resolver {
                    library: &library,
                    hub,
                    session: &mut session,
                    moment: moment(question, now),
                };
                let found = resolver.find(&question.subject).await?;
                let answer = answer(&library, question, found, &permission, now);
                Outcome::Answered(Box::new(answer), permission)
            }
        };
        entries.push(entry(hub, asker, question, &outcome, now));
        outcomes.push(outcome);
    }
    drop(session);
    let mut tx = hub.store().begin().await?;
    tx.add_audit(hub.store().keys(), &entries).await?;
    tx.commit().await?;
    Ok(outcomes)
}

fn moment(question: &Question, now: Instant) -> Instant {
    // Nobody knows the future: a later moment means now.
    question.known_at.map_or(now, |known_at| known_at.min(now))
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
        holds_until: None,
        ..answer.clone()
    };
    let common = nameless(&first);
    if others.iter().all(|other| nameless(other) == common) {
        common
    } else {
        decide(&Found::Several)
    }
}

fn entry(hub: &Hub, asker: &str, question: &Question, outcome: &Outcome, now: Instant) -> Entry {
    let (result, reason, subject, agreement) = match outcome {
        Outcome::Refused(refusal) => ("refused", refusal.code().name(), None, None),
        Outcome::Answered(answer, permission) => {
            let agreements: Vec<&str> = permission.agreements.iter().map(String::as_str).collect();
            let subject = answer.person.map(|person| person.to_string());
            (answer.verdict.name(), answer.reason.name(), subject, Some(agreements.join(" ")))
        }
    };
    let detail = json!({
        "reason": reason,
        "as_of": question.as_of,
        "known_at": question.known_at,
        "country_of_care": question.country_of_care,
        "by": question.subject.kind(),
    });
    Entry {
        id: AuditId::new(now, hub.random()),
        at: now,
        action: "ask".to_owned(),
        actor: asker.to_owned(),
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
