//! Whether a signed answer may be relied on, without asking the hub.

use super::claims::{ANSWER, About, CANCELLED, Cancelled, Claims, ISSUER, seconds};
use super::jws::{self, Unreadable};
use super::key::KeySet;
use crate::model::Instant;

/// How far two clocks may be apart, in seconds: an answer from the near future is believed.
pub const SKEW: i64 = 120;

/// What whoever checks an answer knows.
#[derive(Clone, Debug)]
pub struct Expected<'e> {
    /// Who relies on it.
    pub audience: &'e str,
    /// Whom it must be about, when they know it.
    pub about: Option<&'e About>,
    /// The moment at which it is relied on.
    pub at: Instant,
    /// The list of cancelled answers, when they have one.
    pub cancelled: Option<&'e str>,
}

/// Why an answer is not to be relied on.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Refused {
    /// The text, its key or its signature.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    /// Signed by a known key, and no answer.
    #[error("signed, and not an answer")]
    NoAnswer,
    /// It was given to somebody else.
    #[error("given to somebody else")]
    Audience,
    /// It is about somebody else.
    #[error("about somebody else")]
    Subject,
    /// Its time is over.
    #[error("no longer to be relied on")]
    Expired,
    /// Its time has not come.
    #[error("from the future")]
    NotYet,
    /// The hub cancelled it.
    #[error("cancelled by the hub")]
    Cancelled,
    /// The list of cancelled answers is no such list, or nobody known signed it.
    #[error("the list of cancelled answers cannot be used")]
    List,
}

impl Refused {
    /// Every reason, for the messages.
    pub const ALL: [Self; 10] = [
        Self::Unreadable(Unreadable::Form),
        Self::Unreadable(Unreadable::UnknownKey),
        Self::Unreadable(Unreadable::Signature),
        Self::NoAnswer,
        Self::Audience,
        Self::Subject,
        Self::Expired,
        Self::NotYet,
        Self::Cancelled,
        Self::List,
    ];

    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Unreadable(Unreadable::Form) => "not_signed",
            Self::Unreadable(Unreadable::UnknownKey) => "unknown_key",
            Self::Unreadable(Unreadable::Signature) => "changed",
            Self::NoAnswer => "no_answer",
            Self::Audience => "other_audience",
            Self::Subject => "other_person",
            Self::Expired => "expired",
            Self::NotYet => "not_yet",
            Self::Cancelled => "cancelled",
            Self::List => "bad_list",
        }
    }
}

/// What a signed answer says, when it may be relied on.
///
/// # Errors
/// The first condition that fails: the signature before everything else.
pub fn check(text: &str, keys: &KeySet, expected: &Expected<'_>) -> Result<Claims, Refused> {
    let payload = jws::open(text.trim(), ANSWER, keys)?;
    let claims: Claims = serde_json::from_slice(&payload).map_err(|_| Refused::NoAnswer)?;
    if claims.iss != ISSUER {
        return Err(Refused::NoAnswer);
    }
    if claims.aud != expected.audience {
        return Err(Refused::Audience);
    }
    if expected
        .about
        .is_some_and(|about| !about.digests(&claims.jti).iter().any(|one| claims.sub.contains(one)))
    {
        return Err(Refused::Subject);
    }
    let at = seconds(expected.at);
    if at < claims.iat - SKEW {
        return Err(Refused::NotYet);
    }
    if claims.exp <= at {
        return Err(Refused::Expired);
    }
    match expected.cancelled {
        Some(list) if is_cancelled(&claims.jti, list, keys)? => Err(Refused::Cancelled),
        _ => Ok(claims),
    }
}

fn is_cancelled(id: &str, list: &str, keys: &KeySet) -> Result<bool, Refused> {
    let payload = jws::open(list.trim(), CANCELLED, keys).map_err(|_| Refused::List)?;
    let list: Cancelled = serde_json::from_slice(&payload).map_err(|_| Refused::List)?;
    Ok(list.cancelled.iter().any(|cancelled| cancelled == id))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::eligibility::question::Number;
    use crate::eligibility::registry::NumberKind;
    use crate::eligibility::{Question, Subject};
    use crate::proof::SigningKey;

    fn about(value: &str) -> About {
        let number = Number {
            kind: Some(NumberKind::System("ml-nina".to_owned())),
            value: value.to_owned().into(),
        };
        About::of(&Question {
            asked_by: String::new(),
            purpose: String::new(),
            as_of: "2026-01-15".parse().unwrap(),
            known_at: None,
            country_of_care: None,
            scheme: None,
            subject: Subject::Identifiers(vec![number]),
        })
    }

    fn key() -> SigningKey {
        SigningKey::from_seed(&[1; 32])
    }

    fn claims() -> Claims {
        Claims {
            iss: ISSUER.to_owned(),
            aud: "ci-cnam".to_owned(),
            jti: "ans_1".to_owned(),
            iat: 1_000,
            exp: 2_000,
            sub: about("123 a").digests("ans_1"),
            answer: json!({ "answer": "eligible", "package": "CP", "grounds": [1], "rights_end": null }),
        }
    }

    fn expected(at: i64) -> Expected<'static> {
        let at = Instant::from_millis(at * 1000);
        Expected { audience: "ci-cnam", about: None, at, cancelled: None }
    }

    fn judged(claims: &Claims, expected: &Expected<'_>) -> Result<(), Refused> {
        let keys = KeySet::new(vec![key().public().clone()]);
        check(&claims.sign(&key()), &keys, expected).map(|_| ())
    }

    #[test]
    fn an_answer_holds_for_its_asker_in_its_time() {
        assert_eq!(judged(&claims(), &expected(1_500)), Ok(()));
        assert_eq!(judged(&claims(), &expected(1_000 - SKEW)), Ok(()));
        assert_eq!(judged(&claims(), &expected(999 - SKEW)), Err(Refused::NotYet));
        assert_eq!(judged(&claims(), &expected(2_000)), Err(Refused::Expired));
        let other = Expected { audience: "ng-nhia", ..expected(1_500) };
        assert_eq!(judged(&claims(), &other), Err(Refused::Audience));
        let foreign = Claims { iss: "another".to_owned(), ..claims() };
        assert_eq!(judged(&foreign, &expected(1_500)), Err(Refused::NoAnswer));
    }

    #[test]
    fn an_answer_tells_whom_it_is_about_only_to_who_knows() {
        let (right, wrong) = (about("123A"), about("124A"));
        let asked = |about| Expected { about: Some(about), ..expected(1_500) };
        assert_eq!(judged(&claims(), &asked(&right)), Ok(()));
        assert_eq!(judged(&claims(), &asked(&wrong)), Err(Refused::Subject));
        assert_ne!(right.digests("ans_1"), right.digests("ans_2"));
    }

    #[test]
    fn a_cancelled_answer_does_not_hold_and_a_forged_list_is_not_believed() {
        let list = |id: &str, key: &SigningKey| {
            Cancelled { iss: ISSUER.to_owned(), iat: 1, cancelled: vec![id.to_owned()] }.sign(key)
        };
        let with =
            |list: &str| judged(&claims(), &Expected { cancelled: Some(list), ..expected(1_500) });
        assert_eq!(with(&list("ans_2", &key())), Ok(()));
        assert_eq!(with(&list("ans_1", &key())), Err(Refused::Cancelled));
        let thief = SigningKey::from_seed(&[2; 32]);
        assert_eq!(with(&list("ans_2", &thief)), Err(Refused::List));
        assert_eq!(with(&claims().sign(&key())), Err(Refused::List));
    }

    #[test]
    fn a_card_holds_what_a_counter_needs_and_no_more() {
        assert_eq!(claims().card().answer, json!({ "answer": "eligible", "package": "CP" }));
        assert_eq!(judged(&claims().card(), &expected(1_500)), Ok(()));
    }
}
