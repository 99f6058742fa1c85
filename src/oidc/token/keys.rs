//! The public keys of a provider (RFC 7517), and the signatures that are checked with them: RSA, ECDSA and Ed25519, by `ring`.
//!
//! Keys of a kind that is not known, and those that do not sign, are passed over: a provider may have them for others.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{
    self, RsaParameters, RsaPublicKeyComponents, UnparsedPublicKey, VerificationAlgorithm,
};
use serde::Deserialize;
use serde_json::Value;

use super::TokenError;

/// The public keys of a provider.
#[derive(Clone, Debug, Default)]
pub struct KeySet(Vec<Key>);

#[derive(Clone, Debug)]
struct Key {
    id: Option<String>,
    /// The only way in which it signs, when it says so.
    algorithm: Option<String>,
    material: Material,
}

#[derive(Clone, PartialEq, Eq, Debug)]
enum Material {
    Rsa { modulus: Vec<u8>, exponent: Vec<u8> },
    P256(Vec<u8>),
    P384(Vec<u8>),
    Ed25519(Vec<u8>),
}

#[derive(Deserialize)]
struct Document {
    keys: Vec<Value>,
}

/// A key as it is written; which of its members are there depends on its kind.
#[derive(Deserialize)]
struct Jwk {
    kty: String,
    kid: Option<String>,
    alg: Option<String>,
    r#use: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

impl KeySet {
    /// The keys of a document.
    ///
    /// # Errors
    /// When it is no set of keys.
    pub fn read(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        let document: Document = serde_json::from_slice(bytes)?;
        let known = document.keys.into_iter().filter_map(|key| {
            let key: Jwk = serde_json::from_value(key).ok()?;
            let signs = key.r#use.as_deref().is_none_or(|purpose| purpose == "sig");
            let material = key.material().filter(|_| signs)?;
            Some(Key { id: key.kid, algorithm: key.alg, material })
        });
        Ok(Self(known.collect()))
    }

    /// Checks a signature, with the key that is named or, when none is, with the only one that could have made it.
    ///
    /// # Errors
    /// When the way of signing is not accepted, no key can have signed so, or it does not fit.
    pub(super) fn check(
        &self,
        (algorithm, named): (&str, Option<&str>),
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), TokenError> {
        let way = way(algorithm).ok_or(TokenError::Algorithm)?;
        let mut able = self.0.iter().filter(|key| {
            let bound = key.algorithm.as_deref().is_none_or(|only| only == algorithm);
            let is_named = named.is_none_or(|name| key.id.as_deref() == Some(name));
            bound && is_named && way.fits(&key.material)
        });
        let (Some(key), None) = (able.next(), able.next()) else {
            return Err(TokenError::UnknownKey);
        };
        way.check(&key.material, message, signature).ok_or(TokenError::Signature)
    }
}

impl Jwk {
    fn material(&self) -> Option<Material> {
        let bytes = |text: &Option<String>| URL_SAFE_NO_PAD.decode(text.as_deref()?).ok();
        Some(match (self.kty.as_str(), self.crv.as_deref()) {
            ("RSA", _) => {
                let unpadded = |number: Vec<u8>| -> Vec<u8> {
                    number.into_iter().skip_while(|byte| *byte == 0).collect()
                };
                let (modulus, exponent) = (bytes(&self.n)?, bytes(&self.e)?);
                Material::Rsa { modulus: unpadded(modulus), exponent: unpadded(exponent) }
            }
            ("EC", Some("P-256")) => Material::P256(point(bytes(&self.x)?, bytes(&self.y)?, 32)?),
            ("EC", Some("P-384")) => Material::P384(point(bytes(&self.x)?, bytes(&self.y)?, 48)?),
            ("OKP", Some("Ed25519")) => Material::Ed25519(bytes(&self.x)?),
            _ => return None,
        })
    }
}

/// A point of a curve, not compressed (SEC 1, 2.3.3).
fn point(x: Vec<u8>, y: Vec<u8>, length: usize) -> Option<Vec<u8>> {
    let whole = x.len() == length && y.len() == length;
    whole.then(|| [vec![4], x, y].concat())
}

/// A way of signing. Those with a shared secret, and `none`, are not among them: what a provider publishes is no secret.
#[derive(Clone, Copy)]
enum Way {
    Rsa(&'static RsaParameters),
    P256(&'static dyn VerificationAlgorithm),
    P384(&'static dyn VerificationAlgorithm),
    Ed25519(&'static dyn VerificationAlgorithm),
}

/// The way of its name (RFC 7518, RFC 8037).
fn way(name: &str) -> Option<Way> {
    Some(match name {
        "RS256" => Way::Rsa(&signature::RSA_PKCS1_2048_8192_SHA256),
        "RS384" => Way::Rsa(&signature::RSA_PKCS1_2048_8192_SHA384),
        "RS512" => Way::Rsa(&signature::RSA_PKCS1_2048_8192_SHA512),
        "PS256" => Way::Rsa(&signature::RSA_PSS_2048_8192_SHA256),
        "PS384" => Way::Rsa(&signature::RSA_PSS_2048_8192_SHA384),
        "PS512" => Way::Rsa(&signature::RSA_PSS_2048_8192_SHA512),
        "ES256" => Way::P256(&signature::ECDSA_P256_SHA256_FIXED),
        "ES384" => Way::P384(&signature::ECDSA_P384_SHA384_FIXED),
        "EdDSA" | "Ed25519" => Way::Ed25519(&signature::ED25519),
        _ => return None,
    })
}

impl Way {
    const fn fits(self, material: &Material) -> bool {
        matches!(
            (self, material),
            (Self::Rsa(_), Material::Rsa { .. })
                | (Self::P256(_), Material::P256(_))
                | (Self::P384(_), Material::P384(_))
                | (Self::Ed25519(_), Material::Ed25519(_))
        )
    }

    fn check(self, material: &Material, message: &[u8], signature: &[u8]) -> Option<()> {
        match (self, material) {
            (Self::Rsa(how), Material::Rsa { modulus: n, exponent: e }) => {
                RsaPublicKeyComponents { n, e }.verify(how, message, signature).ok()
            }
            (Self::P256(how), Material::P256(key))
            | (Self::P384(how), Material::P384(key))
            | (Self::Ed25519(how), Material::Ed25519(key)) => {
                UnparsedPublicKey::new(how, key).verify(message, signature).ok()
            }
            _ => None,
        }
    }
}
