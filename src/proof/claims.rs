//! What a signed answer says beside the answer itself (RFC 7519).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use super::jws;
use super::key::SigningKey;
use crate::eligibility::question::{Demographics, Number};
use crate::eligibility::registry::NumberKind;
use crate::eligibility::{Question, Subject};
use crate::model::Instant;

/// The type of a signed answer, in its header.
pub const ANSWER: &str = "dankun-answer+jwt";

/// The type of the list of cancelled answers.
pub const CANCELLED: &str = "dankun-cancelled+jwt";

/// Who says so.
pub const ISSUER: &str = "dankun";

/// The members of an answer that fit a card: what a counter needs.
const CARD: [&str; 9] = [
    "answer",
    "reason",
    "scheme",
    "package",
    "coverage_rate",
    "responsible_institution",
    "rights_end",
    "as_of",
    "holds_until",
];

/// How much of a digest stands in an answer: 16 bytes, 22 characters.
const DIGEST: usize = 16;

/// A signed answer.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Claims {
    /// Who says so.
    pub iss: String,
    /// To whom, by its id in the agreements.
    pub aud: String,
    /// Id of the answer, by which it is cancelled.
    pub jti: String,
    /// When, in seconds since 1970.
    pub iat: i64,
    /// From when on it is no longer to be relied on.
    pub exp: i64,
    /// About whom: digests of what the question named, see [`About`].
    pub sub: Vec<String>,
    /// What was answered.
    pub answer: Value,
}

/// The list of answers that are no longer to be relied on.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Cancelled {
    /// Who says so.
    pub iss: String,
    /// When, in seconds since 1970.
    pub iat: i64,
    /// Ids of answers; those that would have ended by now are left out.
    pub cancelled: Vec<String>,
}

impl Claims {
    /// The whole answer, signed.
    #[must_use]
    pub fn sign(&self, key: &SigningKey) -> String {
        let payload = serde_json::to_vec(self).expect("claims are plain JSON");
        jws::sign(key, ANSWER, &payload)
    }

    /// The same answer with only what a counter needs, for a QR code.
    #[must_use]
    pub fn card(&self) -> Self {
        let whole = self.answer.as_object();
        let kept: Map<String, Value> = CARD
            .iter()
            .filter_map(|name| Some(((*name).to_owned(), whole?.get(*name)?.clone())))
            .filter(|(_, value)| !value.is_null())
            .collect();
        Self { answer: Value::Object(kept), ..self.clone() }
    }
}

impl Cancelled {
    /// The list, signed.
    #[must_use]
    pub fn sign(&self, key: &SigningKey) -> String {
        let payload = serde_json::to_vec(self).expect("claims are plain JSON");
        jws::sign(key, CANCELLED, &payload)
    }
}

/// Whole seconds since 1970, as RFC 7519 counts.
#[must_use]
pub fn seconds(at: Instant) -> i64 {
    at.as_millis().div_euclid(1000)
}

/// Whom an answer is about, so that whoever knows what was asked can tell, and nobody else.
///
/// A digest is SHA-256 over the id of the answer, the system of the number and the number, each on a line; of a person
/// described, over name and birth date. The id is different in each answer, so digests of two answers cannot be compared.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct About(Vec<[String; 2]>);

impl About {
    /// Whom a question names; the hub's own ids stand for themselves.
    #[must_use]
    pub fn of(question: &Question) -> Self {
        Self(match &question.subject {
            Subject::Identifiers(numbers) => numbers.iter().filter_map(number).collect(),
            Subject::Demographics(person) => vec![described(person)],
            Subject::Person(person) => vec![["person".to_owned(), person.to_string()]],
            Subject::Record(record) => vec![["record".to_owned(), record.to_string()]],
        })
    }

    /// The digests for an answer of this id.
    #[must_use]
    pub fn digests(&self, id: &str) -> Vec<String> {
        self.0.iter().map(|[kind, value]| digest(id, kind, value)).collect()
    }
}

fn digest(id: &str, kind: &str, value: &str) -> String {
    let hash = Sha256::digest(format!("{id}\n{kind}\n{value}"));
    URL_SAFE_NO_PAD.encode(hash.get(..DIGEST).unwrap_or_default())
}

/// A number of no known system leads to nobody and is left out.
fn number(number: &Number) -> Option<[String; 2]> {
    let kind = match number.kind.as_ref()? {
        NumberKind::System(system) => system.clone(),
        NumberKind::Record(scheme) => scheme.to_string(),
    };
    Some([kind, folded(number.value.expose())])
}

fn described(person: &Demographics) -> [String; 2] {
    let born = person.birth_date.map(|date| date.to_string()).unwrap_or_default();
    let (family, given) = (folded(person.family.expose()), folded(person.given.expose()));
    ["person".to_owned(), format!("{family}\t{given}\t{born}")]
}

/// No blanks, upper case: a number may be written in groups.
fn folded(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_uppercase).collect()
}
