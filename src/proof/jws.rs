//! The compact form of RFC 7515: `header.payload.signature`, each in base64url.
//!
//! One algorithm, one kind of key: a header that asks for anything else is refused, whatever its signature.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use super::key::{KeySet, SigningKey};

/// The algorithm, as RFC 8037 names it.
pub const ALGORITHM: &str = "EdDSA";

/// The longest text that is looked at: an answer has some 2 kB.
const LONGEST: usize = 64 * 1024;

#[derive(Serialize, Deserialize)]
struct Header {
    alg: String,
    kid: String,
    typ: String,
    /// What a reader must understand: nothing is understood here, so whatever stands in it refuses the text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    crit: Option<serde_json::Value>,
}

/// Why a text is not a message that a known key signed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Unreadable {
    /// No compact JWS, or none of this type.
    #[error("not a signed text of this kind")]
    Form,
    /// Signed by a key that is not in the set.
    #[error("signed by a key that is not in the key set")]
    UnknownKey,
    /// The signature is not of this text.
    #[error("the signature does not fit the text")]
    Signature,
}

/// Signs a payload; `kind` is what the header calls its type.
#[must_use]
pub fn sign(key: &SigningKey, kind: &str, payload: &[u8]) -> String {
    let header = Header {
        alg: ALGORITHM.to_owned(),
        kid: key.public().id.clone(),
        typ: kind.to_owned(),
        crit: None,
    };
    let header = serde_json::to_vec(&header).expect("a header is plain JSON");
    let mut text = URL_SAFE_NO_PAD.encode(header);
    text.push('.');
    URL_SAFE_NO_PAD.encode_string(payload, &mut text);
    let signature = key.sign(text.as_bytes());
    text.push('.');
    URL_SAFE_NO_PAD.encode_string(signature, &mut text);
    text
}

/// The payload of a text that a key of the set signed. Nothing of it is read before its signature is checked.
///
/// # Errors
/// When it is no such text, or nobody known signed it.
pub fn open(text: &str, kind: &str, keys: &KeySet) -> Result<Vec<u8>, Unreadable> {
    if text.len() > LONGEST {
        return Err(Unreadable::Form);
    }
    let (signed, signature) = text.rsplit_once('.').ok_or(Unreadable::Form)?;
    let (header, payload) = signed.split_once('.').ok_or(Unreadable::Form)?;
    let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| Unreadable::Form);
    let header: Header = serde_json::from_slice(&decode(header)?).map_err(|_| Unreadable::Form)?;
    if header.alg != ALGORITHM || header.typ != kind || header.crit.is_some() {
        return Err(Unreadable::Form);
    }
    let key = keys.get(&header.kid).ok_or(Unreadable::UnknownKey)?;
    // What is no base64 where the signature stands is a changed signature.
    let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| Unreadable::Signature)?;
    if !key.signed(signed.as_bytes(), &signature) {
        return Err(Unreadable::Signature);
    }
    decode(payload)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn key() -> SigningKey {
        SigningKey::from_seed(&[3; 32])
    }

    fn keys() -> KeySet {
        KeySet::new(vec![key().public().clone()])
    }

    #[test]
    fn the_example_of_rfc_8037_is_a_signature_of_its_key() {
        // Appendix A.4: the payload is signed under a header that names nothing but the algorithm.
        let x = URL_SAFE_NO_PAD.decode("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo").unwrap();
        let public = super::super::key::PublicKey::new(x.try_into().unwrap());
        let signed = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
        let signature = "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
        assert!(public.signed(signed.as_bytes(), &URL_SAFE_NO_PAD.decode(signature).unwrap()));
    }

    #[test]
    fn another_algorithm_type_or_demand_is_refused_unseen() {
        let told = |header: &str| {
            let head = URL_SAFE_NO_PAD.encode(header);
            let signed = format!("{head}.e30");
            let signature = URL_SAFE_NO_PAD.encode(key().sign(signed.as_bytes()));
            open(&format!("{signed}.{signature}"), "t", &keys())
        };
        let id = key().public().id.clone();
        let right = format!(r#"{{"alg":"EdDSA","kid":"{id}","typ":"t"}}"#);
        assert_eq!(told(&right), Ok(b"{}".to_vec()));
        for (was, is) in [("EdDSA", "none"), ("EdDSA", "HS256"), (r#""t""#, r#""u""#)] {
            assert_eq!(told(&right.replace(was, is)), Err(Unreadable::Form), "{is}");
        }
        let demanding = right.replace('}', r#","crit":["b64"]}"#);
        assert_eq!(told(&demanding), Err(Unreadable::Form));
        assert_eq!(told(&right.replace(&id, "another")), Err(Unreadable::UnknownKey));
    }

    proptest! {
        #[test]
        fn what_is_signed_opens_and_one_changed_character_does_not(
            payload in prop::collection::vec(any::<u8>(), 0..200),
            at in any::<prop::sample::Index>(),
            other in "[A-Za-z0-9_.-]",
        ) {
            let text = sign(&key(), "t", &payload);
            prop_assert_eq!(open(&text, "t", &keys()), Ok(payload));
            let mut characters: Vec<char> = text.chars().collect();
            let at = at.index(characters.len());
            characters[at] = other.chars().next().unwrap();
            let changed: String = characters.into_iter().collect();
            prop_assert!(changed == text || open(&changed, "t", &keys()).is_err());
        }

        #[test]
        fn whatever_comes_is_refused_without_harm(text in ".{0,300}") {
            prop_assert!(open(&text, "t", &keys()).is_err());
        }
    }
}
