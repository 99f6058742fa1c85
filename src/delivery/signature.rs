//! Signatures by the Standard Webhooks specification, version 1 (symmetric).
//!
//! The signed text is `{webhook-id}.{webhook-timestamp}.{body}`; the signature is the base64 of its
//! HMAC-SHA256, after `v1,`. A receiver that knows only the specification can check ours, and
//! [`verify`] is what such a receiver does.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

/// Header that names the message; the same at every attempt, so that a receiver can drop doubles.
pub const ID_HEADER: &str = "webhook-id";
/// Header with the time of the attempt, in seconds since 1970.
pub const TIMESTAMP_HEADER: &str = "webhook-timestamp";
/// Header with one or more signatures, separated by blanks.
pub const SIGNATURE_HEADER: &str = "webhook-signature";

/// How far a timestamp may lie from the receiver's clock: five minutes, as the reference
/// libraries have it. More would give a thief of one message more time to replay it.
pub const TOLERANCE_SECONDS: u64 = 300;

const SECRET_PREFIX: &str = "whsec_";
const VERSION: &str = "v1,";

/// A signing key that the hub and one subscriber share.
#[derive(Clone)]
pub struct Secret(Zeroizing<Vec<u8>>);

/// Why a text is no signing key.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum SecretError {
    /// The prefix is missing.
    #[error("a signing secret starts with `whsec_`")]
    Prefix,
    /// What follows the prefix is no base64.
    #[error("a signing secret is base64 after `whsec_`")]
    Base64,
    /// The specification asks for 24 to 64 bytes.
    #[error("a signing secret holds 24 to 64 bytes, not {0}")]
    Length(usize),
}

/// Why a message is not to be believed.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum SignatureError {
    /// The timestamp is no number of seconds.
    #[error("`webhook-timestamp` is not a number of seconds")]
    Timestamp,
    /// Sent too long ago, or in the future.
    #[error("`webhook-timestamp` is more than {TOLERANCE_SECONDS} seconds away")]
    OutOfTolerance,
    /// No signature of version 1 fits.
    #[error("no signature in `webhook-signature` fits")]
    Mismatch,
}

impl Secret {
    /// Reads `whsec_` and base64.
    ///
    /// # Errors
    /// When the prefix, the base64 or the length is wrong.
    pub fn parse(text: &str) -> Result<Self, SecretError> {
        let encoded = text.strip_prefix(SECRET_PREFIX).ok_or(SecretError::Prefix)?;
        let bytes = STANDARD.decode(encoded).map_err(|_| SecretError::Base64)?;
        if !(24..=64).contains(&bytes.len()) {
            return Err(SecretError::Length(bytes.len()));
        }
        Ok(Self(Zeroizing::new(bytes)))
    }

    /// A new secret from 32 random bytes.
    #[must_use]
    pub fn from_random(random: [u8; 32]) -> Self {
        Self(Zeroizing::new(random.to_vec()))
    }

    /// The text that the subscriber is given, once.
    #[must_use]
    pub fn reveal(&self) -> Zeroizing<String> {
        Zeroizing::new(format!("{SECRET_PREFIX}{}", STANDARD.encode(&*self.0)))
    }

    fn mac(&self, id: &str, timestamp: i64, body: &[u8]) -> Hmac<Sha256> {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes a key of any length");
        mac.update(id.as_bytes());
        mac.update(format!(".{timestamp}.").as_bytes());
        mac.update(body);
        mac
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Secret")
    }
}

/// The value of `webhook-signature`; `timestamp` in seconds since 1970.
#[must_use]
pub fn sign(secret: &Secret, id: &str, timestamp: i64, body: &[u8]) -> String {
    let tag = secret.mac(id, timestamp, body).finalize().into_bytes();
    format!("{VERSION}{}", STANDARD.encode(tag))
}

/// The three headers as received.
#[derive(Clone, Copy, Debug)]
pub struct Received<'h> {
    /// `webhook-id`.
    pub id: &'h str,
    /// `webhook-timestamp`.
    pub timestamp: &'h str,
    /// `webhook-signature`.
    pub signature: &'h str,
}

/// Checks a message against the receiver's clock (`now`, in seconds since 1970) and secret.
///
/// Several signatures may stand in the header while a secret is being replaced: one that fits is
/// enough, and versions that we do not know are passed over.
///
/// # Errors
/// When the message is too old, from the future, or not signed with this secret.
pub fn verify(
    secret: &Secret,
    received: Received<'_>,
    body: &[u8],
    now: i64,
) -> Result<(), SignatureError> {
    let timestamp: i64 = received.timestamp.parse().map_err(|_| SignatureError::Timestamp)?;
    if now.abs_diff(timestamp) > TOLERANCE_SECONDS {
        return Err(SignatureError::OutOfTolerance);
    }
    let fits = |signature: &str| {
        signature
            .strip_prefix(VERSION)
            .and_then(|encoded| STANDARD.decode(encoded).ok())
            // `verify_slice` compares in constant time.
            .is_some_and(|tag| {
                let mac = secret.mac(received.id, timestamp, body);
                mac.verify_slice(&tag).is_ok()
            })
    };
    if received.signature.split(' ').any(fits) { Ok(()) } else { Err(SignatureError::Mismatch) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values that the specification's reference libraries publish; the tag was computed again
    /// with an independent implementation of HMAC.
    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    const SENT: i64 = 1_614_265_330;
    const BODY: &[u8] = br#"{"test": 2432232314}"#;
    const TAG: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    fn secret() -> Secret {
        Secret::parse(SECRET).expect("a published secret")
    }

    fn check(signature: &str, body: &[u8], now: i64) -> Result<(), SignatureError> {
        let received = Received { id: ID, timestamp: &SENT.to_string(), signature };
        verify(&secret(), received, body, now)
    }

    #[test]
    fn the_published_vector_is_reproduced() {
        assert_eq!(sign(&secret(), ID, SENT, BODY), TAG);
        assert_eq!(check(TAG, BODY, SENT), Ok(()));
    }

    #[test]
    fn one_fitting_signature_among_others_is_enough() {
        let several = format!("v1a,AAAA v1,AAAA nonsense {TAG}");
        assert_eq!(check(&several, BODY, SENT), Ok(()));
    }

    #[test]
    fn another_body_or_version_does_not_fit() {
        assert_eq!(check(TAG, b"{}", SENT), Err(SignatureError::Mismatch));
        let other = TAG.replace("v1,", "v2,");
        assert_eq!(check(&other, BODY, SENT), Err(SignatureError::Mismatch));
        assert_eq!(check("", BODY, SENT), Err(SignatureError::Mismatch));
    }

    #[test]
    fn a_message_outside_the_tolerance_is_refused_on_both_sides() {
        for (offset, expected) in [
            (300, Ok(())),
            (-300, Ok(())),
            (301, Err(SignatureError::OutOfTolerance)),
            (-301, Err(SignatureError::OutOfTolerance)),
        ] {
            assert_eq!(check(TAG, BODY, SENT + offset), expected, "{offset}");
        }
    }

    #[test]
    fn a_secret_survives_its_text_and_stays_out_of_debug() {
        let secret = Secret::from_random([7; 32]);
        let text = secret.reveal();
        let again = Secret::parse(&text).expect("our own text");
        assert_eq!(sign(&secret, ID, SENT, BODY), sign(&again, ID, SENT, BODY));
        assert_eq!(format!("{secret:?}"), "Secret");
    }

    #[test]
    fn what_is_no_secret_is_refused() {
        assert_eq!(Secret::parse("MfKQ9r8G").err(), Some(SecretError::Prefix));
        assert_eq!(Secret::parse("whsec_é").err(), Some(SecretError::Base64));
        assert_eq!(Secret::parse("whsec_AAAA").err(), Some(SecretError::Length(3)));
    }
}
