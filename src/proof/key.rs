//! Ed25519 keys: the secret one that signs, and the public ones as a JWK set.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// How many characters of a key's thumbprint name it: 96 bits, more than enough to tell a hub's keys apart, and short in
/// a QR code.
const NAME: usize = 16;

/// The secret key of a hub.
pub struct SigningKey {
    pair: Ed25519KeyPair,
    public: PublicKey,
}

impl SigningKey {
    /// The key of a seed.
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        let pair =
            Ed25519KeyPair::from_seed_unchecked(seed).expect("any 32 bytes are a seed of Ed25519");
        let bytes = pair.public_key().as_ref().try_into().expect("a public key has 32 bytes");
        Self { pair, public: PublicKey::new(bytes) }
    }

    /// What others check its signatures with.
    #[must_use]
    pub const fn public(&self) -> &PublicKey {
        &self.public
    }

    /// The signature of a message.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.pair.sign(message).as_ref().to_vec()
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "SigningKey({})", self.public.id)
    }
}

/// A public key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PublicKey {
    /// Its name, the beginning of its thumbprint (RFC 7638).
    pub id: String,
    bytes: [u8; 32],
}

impl PublicKey {
    /// The key of its 32 bytes (RFC 8032).
    #[must_use]
    pub fn new(bytes: [u8; 32]) -> Self {
        let x = URL_SAFE_NO_PAD.encode(bytes);
        let members = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#);
        let thumbprint = URL_SAFE_NO_PAD.encode(Sha256::digest(members));
        Self { id: thumbprint.chars().take(NAME).collect(), bytes }
    }

    /// The key of its text, as the `x` of a JWK has it.
    #[must_use]
    pub fn from_text(x: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(x).ok()?.try_into().ok()?;
        Some(Self::new(bytes))
    }

    /// As stored.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.bytes
    }

    /// Whether a signature is this key's of a message.
    #[must_use]
    pub fn signed(&self, message: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, self.bytes).verify(message, signature).is_ok()
    }
}

/// The public keys of a hub, as `/.well-known/jwks.json` shows them.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct KeySet(Vec<PublicKey>);

/// Why a text is no key set.
#[derive(Debug, thiserror::Error)]
#[error("not a JWK set (RFC 7517) with Ed25519 keys")]
pub struct NoKeySet;

#[derive(Serialize, Deserialize)]
struct Set {
    keys: Vec<serde_json::Value>,
}

#[derive(Serialize, Deserialize)]
struct Jwk {
    kty: String,
    crv: String,
    x: String,
    kid: String,
    #[serde(rename = "use", default = "signing")]
    usage: String,
    #[serde(default = "eddsa")]
    alg: String,
}

fn signing() -> String {
    "sig".to_owned()
}

fn eddsa() -> String {
    super::jws::ALGORITHM.to_owned()
}

impl KeySet {
    /// These keys.
    #[must_use]
    pub const fn new(keys: Vec<PublicKey>) -> Self {
        Self(keys)
    }

    /// Reads a JWK set. Keys of other kinds are left aside: a set may hold them for other uses.
    ///
    /// # Errors
    /// When it is none, or holds no key of ours.
    pub fn parse(text: &[u8]) -> Result<Self, NoKeySet> {
        let set: Set = serde_json::from_slice(text).map_err(|_| NoKeySet)?;
        let keys: Vec<PublicKey> = set.keys.into_iter().filter_map(read).collect();
        if keys.is_empty() { Err(NoKeySet) } else { Ok(Self(keys)) }
    }

    /// As a JWK set.
    #[must_use]
    pub fn document(&self) -> serde_json::Value {
        let keys = self.0.iter().map(|key| {
            serde_json::json!(Jwk {
                kty: "OKP".to_owned(),
                crv: "Ed25519".to_owned(),
                x: URL_SAFE_NO_PAD.encode(key.bytes),
                kid: key.id.clone(),
                usage: signing(),
                alg: eddsa(),
            })
        });
        serde_json::json!({ "keys": keys.collect::<Vec<_>>() })
    }

    /// The key of a name.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&PublicKey> {
        self.0.iter().find(|key| key.id == id)
    }
}

/// A key of ours. Its name is worked out again: a set that names another key by it is not believed.
fn read(jwk: serde_json::Value) -> Option<PublicKey> {
    let jwk: Jwk = serde_json::from_value(jwk).ok()?;
    let ours = jwk.kty == "OKP" && jwk.crv == "Ed25519" && jwk.usage == "sig" && jwk.alg == eddsa();
    let bytes = URL_SAFE_NO_PAD.decode(&jwk.x).ok()?.try_into().ok()?;
    let key = PublicKey::new(bytes);
    (ours && key.id == jwk.kid).then_some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_of_rfc_8032_signs_as_the_rfc_says() {
        // Section 7.1, test 1: the signature of nothing.
        let seed = hex::decode("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
        let key = SigningKey::from_seed(&seed.unwrap().try_into().unwrap());
        let public = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
        assert_eq!(hex::encode(key.public().as_bytes()), public);
        let signature = "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155\
                         5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b";
        assert_eq!(hex::encode(key.sign(b"")), signature);
        assert!(key.public().signed(b"", &key.sign(b"")));
        assert!(!key.public().signed(b"x", &key.sign(b"")));
    }

    #[test]
    fn a_key_is_named_by_its_thumbprint() {
        // RFC 8037, appendix A.3.
        let x = URL_SAFE_NO_PAD.decode("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo").unwrap();
        let key = PublicKey::new(x.try_into().unwrap());
        assert!("kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k".starts_with(&key.id));
    }

    #[test]
    fn a_set_is_read_as_it_is_written_and_other_keys_are_left_aside() {
        let key = SigningKey::from_seed(&[7; 32]).public().clone();
        let mut document = KeySet::new(vec![key.clone()]).document();
        let other = serde_json::json!({ "kty": "RSA", "kid": "a", "n": "x", "e": "AQAB" });
        document["keys"].as_array_mut().unwrap().push(other);
        let read = KeySet::parse(document.to_string().as_bytes()).unwrap();
        assert_eq!(read, KeySet::new(vec![key.clone()]));
        document["keys"][0]["kid"] = serde_json::json!("another");
        assert!(KeySet::parse(document.to_string().as_bytes()).is_err());
        assert!(KeySet::parse(b"{}").is_err() && KeySet::parse(b"[1").is_err());
    }
}
