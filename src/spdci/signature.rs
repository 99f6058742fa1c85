//! Signatures of messages: Ed25519 over header and message.
//!
//! The specification says what is signed ("{header}+{message}") and not how it is written. Ours are over the canonical form
//! of RFC 8785 of `{"header": …, "message": …}`; of partners that is accepted, and the text of both as it was sent, one
//! right behind the other. `created` and `expires` stand beside it as the specification shows; what a receiver may rely on
//! is `message_ts` in the signed header.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::envelope::OURSELVES;
use crate::model::Instant;
use crate::proof::SigningKey;
use crate::proof::key::PublicKey;

/// What partners write where they do not sign.
const UNSIGNED: [&str; 3] = ["", "unsigned", "unsigned-stub"];

/// How long a signature of ours is said to hold, in seconds: as long as a message may be tried again, and a day.
const HOLDS: i64 = 5 * 24 * 60 * 60;

/// Why a signed message is not to be believed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the signature is not of this message by a key of its sender")]
pub struct Forged;

/// What stands in `signature`, when anything is signed there.
#[must_use]
pub fn stated(body: &Value) -> Option<&str> {
    body["signature"].as_str().map(str::trim).filter(|text| !UNSIGNED.contains(text))
}

/// Signs a message in its place.
pub fn sign(key: &SigningKey, envelope: &mut Value, now: Instant) {
    let signature = STANDARD.encode(key.sign(&canonical(envelope)));
    let created = now.as_millis().div_euclid(1000);
    let (expires, id) = (created + HOLDS, &key.public().id);
    envelope["signature"] = Value::from(format!(
        "Signature: namespace=\"spdci\", kidId=\"{OURSELVES}|{id}|ed25519\", algorithm=\"ed25519\", \
         created=\"{created}\", expires=\"{expires}\", headers=\"(created) (expires) digest\", \
         signature=\"{signature}\""
    ));
}

/// Checks what stands in `signature` of a message, which came as `raw`, with the keys of its sender by their ids.
///
/// # Errors
/// When none of the keys signed it, or its time is over.
pub fn check(
    stated: &str,
    keys: &BTreeMap<String, PublicKey>,
    (body, raw): (&Value, &[u8]),
    now: Instant,
) -> Result<(), Forged> {
    let parts = parts(stated);
    let part = |name: &str| parts.get(name).map(String::as_str);
    let named = part("kidId").or(part("keyId")).ok_or(Forged)?;
    let id = named.split('|').nth(1).unwrap_or(named);
    let key = keys.get(id).ok_or(Forged)?;
    if part("algorithm").is_some_and(|name| !name.eq_ignore_ascii_case("ed25519")) {
        return Err(Forged);
    }
    let over = |end: &str| {
        end.parse::<i64>().map_or(true, |end| end.saturating_mul(1000) < now.as_millis())
    };
    if part("expires").is_some_and(over) {
        return Err(Forged);
    }
    let signature = part("signature").and_then(decoded).ok_or(Forged)?;
    let right = key.signed(&canonical(body), &signature)
        || as_sent(raw).is_some_and(|text| key.signed(text.as_bytes(), &signature));
    if right { Ok(()) } else { Err(Forged) }
}

/// `name="value"` by name; `Signature:` may stand before them.
fn parts(text: &str) -> BTreeMap<String, String> {
    let text = text.trim_start_matches("Signature").trim_start_matches(':');
    let mut found = BTreeMap::new();
    let mut rest = text;
    while let Some((name, after)) = rest.split_once("=\"") {
        let Some((value, next)) = after.split_once('"') else { break };
        found.insert(name.trim_matches([' ', ',']).to_owned(), value.to_owned());
        rest = next;
    }
    found
}

fn decoded(text: &str) -> Option<Vec<u8>> {
    [STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD]
        .iter()
        .find_map(|encoding| encoding.decode(text).ok())
}

/// Header and message in the canonical form of RFC 8785.
fn canonical(envelope: &Value) -> Vec<u8> {
    let signed =
        serde_json::json!({ "header": envelope["header"], "message": envelope["message"] });
    serde_json_canonicalizer::to_vec(&signed).expect("a tree of JSON has a canonical form")
}

#[derive(Deserialize)]
struct Raw<'r> {
    #[serde(borrow)]
    header: &'r RawValue,
    #[serde(borrow)]
    message: &'r RawValue,
}

fn as_sent(raw: &[u8]) -> Option<String> {
    let raw: Raw<'_> = serde_json::from_slice(raw).ok()?;
    Some(format!("{}{}", raw.header.get(), raw.message.get()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Instant = Instant::from_millis(1_767_225_600_000);

    fn key() -> SigningKey {
        SigningKey::from_seed(&[5; 32])
    }

    fn keys() -> BTreeMap<String, PublicKey> {
        BTreeMap::from([(key().public().id.clone(), key().public().clone())])
    }

    fn told(envelope: &Value, raw: &str, now: Instant) -> Result<(), Forged> {
        let stated = stated(envelope).expect("a signature");
        check(stated, &keys(), (envelope, raw.as_bytes()), now)
    }

    #[test]
    fn what_is_signed_holds_however_it_is_written_until_it_is_changed() {
        let mut envelope: Value =
            serde_json::from_str(r#"{"message":{"b":1.0,"a":"é"},"header":{"x":[1,2]}}"#).unwrap();
        sign(&key(), &mut envelope, NOW);
        let other = serde_json::to_string_pretty(&envelope).unwrap();
        assert_eq!(told(&envelope, &other, NOW), Ok(()));
        assert_eq!(told(&envelope, &other, NOW.plus_millis((HOLDS + 1) * 1000)), Err(Forged));
        for (path, value) in [("/message/a", "e"), ("/header/x/0", "2")] {
            let mut changed = envelope.clone();
            *changed.pointer_mut(path).unwrap() = Value::from(value);
            assert_eq!(told(&changed, &changed.to_string(), NOW), Err(Forged), "{path}");
        }
        let stated = stated(&envelope).unwrap();
        let nobody = check(stated, &BTreeMap::new(), (&envelope, other.as_bytes()), NOW);
        assert_eq!(nobody, Err(Forged));
    }

    #[test]
    fn the_bytes_as_they_were_sent_may_be_signed() {
        let (header, message) = (r#"{"z": 1,  "a": 2}"#, r#"{ "m": "x" }"#);
        let signature = STANDARD.encode(self::key().sign(format!("{header}{message}").as_bytes()));
        let key = key();
        let id = &key.public().id;
        let stated = format!(r#"keyId=\"{id}\", signature=\"{signature}\""#);
        let raw =
            format!(r#"{{"signature":"{stated}", "header": {header}, "message": {message}}}"#);
        let envelope: Value = serde_json::from_str(&raw).unwrap();
        assert_eq!(told(&envelope, &raw, NOW), Ok(()));
        assert_eq!(told(&envelope, &raw.replace("\"x\"", "\"y\""), NOW), Err(Forged));
    }

    #[test]
    fn what_is_no_signature_is_told_from_a_wrong_one() {
        for unsigned in ["", " ", "unsigned", "unsigned-stub"] {
            assert_eq!(stated(&serde_json::json!({ "signature": unsigned })), None);
        }
        let wrong =
            serde_json::json!({ "signature": "invalid-signature", "header": {}, "message": {} });
        assert_eq!(told(&wrong, "{}", NOW), Err(Forged));
        assert_eq!(told(&wrong, "not json", NOW), Err(Forged));
    }
}
