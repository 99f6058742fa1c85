//! Whether the token that a provider answers with may be believed (OpenID Connect Core 1.0, section 3.1.3.7).
//!
//! Signatures are checked by `ring`, as those of answers are ([`KeySet`]); only those of public keys count. Which way a
//! token is signed must be one that its key signs in, not only one that the token names.

mod keys;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::model::{Instant, Sensitive};

pub use keys::KeySet;

/// By how much the clocks of two machines may differ, in seconds.
const LEEWAY: f64 = 60.0;

/// What a token must say.
pub struct Expected<'e> {
    /// Who made it.
    pub issuer: &'e str,
    /// For whom.
    pub client_id: &'e str,
    /// For which sitting down at the door.
    pub nonce: &'e str,
    /// Now.
    pub now: Instant,
}

/// Of whom a provider speaks.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Holder {
    /// As it calls them, for ever.
    pub subject: Sensitive<String>,
    /// An address of theirs, when it says that it has verified it.
    pub email: Option<Sensitive<String>>,
    /// Whether it asked for several things that prove who they are.
    pub several_factors: bool,
}

/// Why a token is not believed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum TokenError {
    /// It is no token, or lacks what every token says.
    #[error("not a token")]
    Malformed,
    /// Signed in a way that is not accepted, such as `none`.
    #[error("signed in a way that is not accepted")]
    Algorithm,
    /// None of the provider's keys can have signed it.
    #[error("signed with an unknown key")]
    UnknownKey,
    /// Changed on the way, or signed by somebody else.
    #[error("wrong signature")]
    Signature,
    /// Made by another provider.
    #[error("of another issuer")]
    Issuer,
    /// Made for another program.
    #[error("for another client")]
    Audience,
    /// Made for another sitting down at the door.
    #[error("for another sign-in")]
    Nonce,
    /// Its time is over, or has not come.
    #[error("out of its time")]
    Expired,
}

impl TokenError {
    /// The end of the key of its message.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::Algorithm => "algorithm",
            Self::UnknownKey => "unknown-key",
            Self::Signature => "signature",
            Self::Issuer => "issuer",
            Self::Audience => "audience",
            Self::Nonce => "nonce",
            Self::Expired => "expired",
        }
    }
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    /// What whoever does not know it must not pass over; nothing is known here.
    crit: Option<Value>,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    azp: Option<String>,
    #[serde(default)]
    nonce: String,
    /// Seconds since 1970; some providers write parts of them.
    exp: f64,
    nbf: Option<f64>,
    email: Option<String>,
    #[serde(default)]
    email_verified: Verified,
    #[serde(default)]
    amr: Vec<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

/// Some providers write the word.
#[derive(Deserialize, Default)]
#[serde(untagged)]
enum Verified {
    Bool(bool),
    Text(String),
    #[default]
    Unsaid,
}

/// Checks a token with the keys of its provider.
///
/// # Errors
/// Why it is not believed.
pub fn check(token: &str, keys: &KeySet, expected: &Expected<'_>) -> Result<Holder, TokenError> {
    let (message, signature) = token.rsplit_once('.').ok_or(TokenError::Malformed)?;
    let (header, claims) = message.split_once('.').ok_or(TokenError::Malformed)?;
    let header: Header = part(header)?;
    if header.crit.is_some() {
        return Err(TokenError::Algorithm);
    }
    let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| TokenError::Malformed)?;
    let signed = (header.alg.as_str(), header.kid.as_deref());
    keys.check(signed, message.as_bytes(), &signature)?;
    believed(part(claims)?, expected)
}

fn part<T: DeserializeOwned>(text: &str) -> Result<T, TokenError> {
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| TokenError::Malformed)?;
    serde_json::from_slice(&bytes).map_err(|_| TokenError::Malformed)
}

fn believed(claims: Claims, expected: &Expected<'_>) -> Result<Holder, TokenError> {
    if claims.iss != expected.issuer {
        return Err(TokenError::Issuer);
    }
    let is_us = |client: &str| client == expected.client_id;
    let (for_us, several) = match &claims.aud {
        Audience::One(client) => (is_us(client), false),
        Audience::Several(all) => (all.iter().any(|client| is_us(client)), all.len() > 1),
    };
    // Among several it must have been made for us.
    if !for_us || !claims.azp.as_deref().map_or(!several, is_us) {
        return Err(TokenError::Audience);
    }
    if expected.nonce.is_empty() || claims.nonce != expected.nonce {
        return Err(TokenError::Nonce);
    }
    let now = seconds(expected.now);
    if claims.exp + LEEWAY <= now || claims.nbf.is_some_and(|nbf| nbf - LEEWAY > now) {
        return Err(TokenError::Expired);
    }
    let verified = match claims.email_verified {
        Verified::Bool(verified) => verified,
        Verified::Text(text) => text == "true",
        Verified::Unsaid => false,
    };
    Ok(Holder {
        subject: claims.sub.into(),
        email: claims.email.filter(|_| verified).map(|email| email.to_lowercase().into()),
        several_factors: claims.amr.iter().any(|method| method == "mfa"),
    })
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds of a date that people live in")]
fn seconds(at: Instant) -> f64 {
    at.as_millis() as f64 / 1000.0
}

#[cfg(test)]
mod tests;
