//! Tokens that are believed and tokens that are not. One was signed by OpenSSL, the others are by `ring`.

use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde_json::{Value, json};

use super::*;

const ISSUER: &str = "https://sso.example";
/// 1 January 2026, in milliseconds; the tokens end an hour later.
const NOW: i64 = 1_767_225_600_000;

fn expected() -> Expected<'static> {
    Expected { issuer: ISSUER, client_id: "dankun", nonce: "n", now: Instant::from_millis(NOW) }
}

/// A provider with a key of its own.
struct Signer {
    pair: EcdsaKeyPair,
    random: SystemRandom,
}

impl Signer {
    fn new() -> Self {
        let random = SystemRandom::new();
        let way = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(way, &random).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(way, pkcs8.as_ref(), &random).unwrap();
        Self { pair, random }
    }

    fn keys(&self, more: &Value) -> KeySet {
        let (x, y) = self.pair.public_key().as_ref()[1..].split_at(32);
        let mut key = json!({
            "kty": "EC", "crv": "P-256", "kid": "e",
            "x": URL_SAFE_NO_PAD.encode(x), "y": URL_SAFE_NO_PAD.encode(y),
        });
        merge(&mut key, more);
        let strange = json!({ "kty": "quantum", "kid": "q" });
        KeySet::read(json!({ "keys": [strange, key] }).to_string().as_bytes()).unwrap()
    }

    fn token(&self, header: &Value, more: &Value) -> String {
        let mut claims = json!({ "iss": ISSUER, "sub": "248289", "aud": "dankun", "nonce": "n",
            "exp": NOW / 1000 + 3600 });
        merge(&mut claims, more);
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let message = format!("{}.{}", part(header), part(&claims));
        let signature = self.pair.sign(&self.random, message.as_bytes()).unwrap();
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

/// Adds members; a null takes one away.
fn merge(value: &mut Value, more: &Value) {
    let members = value.as_object_mut().unwrap();
    for (key, more) in more.as_object().unwrap() {
        if more.is_null() {
            members.remove(key);
        } else {
            members.insert(key.clone(), more.clone());
        }
    }
}

#[test]
fn a_token_signed_by_openssl_is_believed_until_its_time_is_over() {
    let keys = KeySet::read(include_bytes!("rsa.json")).unwrap();
    let token = include_str!("rsa.jwt").trim();
    let holder = check(token, &keys, &expected()).unwrap();
    assert_eq!((holder.subject.expose().as_str(), holder.email), ("248289", None));
    let late = Expected { now: Instant::from_millis(NOW + 3_660_000), ..expected() };
    assert_eq!(check(token, &keys, &late), Err(TokenError::Expired));
    let (rest, _) = token.rsplit_once('.').unwrap();
    let changed = format!("{rest}.{}", URL_SAFE_NO_PAD.encode([7; 256]));
    assert_eq!(check(&changed, &keys, &expected()), Err(TokenError::Signature));
}

#[test]
fn every_claim_that_does_not_fit_is_a_reason() {
    let signer = Signer::new();
    let keys = signer.keys(&json!({}));
    let header = json!({ "alg": "ES256", "kid": "e" });
    for (claims, why) in [
        (json!({ "iss": "https://sso.example/" }), TokenError::Issuer),
        (json!({ "aud": "other" }), TokenError::Audience),
        (json!({ "aud": ["dankun", "other"] }), TokenError::Audience),
        (json!({ "azp": "other" }), TokenError::Audience),
        (json!({ "nonce": "m" }), TokenError::Nonce),
        (json!({ "nonce": null }), TokenError::Nonce),
        (json!({ "exp": NOW / 1000 - 61 }), TokenError::Expired),
        (json!({ "nbf": NOW / 1000 + 61 }), TokenError::Expired),
        (json!({ "exp": null }), TokenError::Malformed),
        (json!({ "sub": null }), TokenError::Malformed),
    ] {
        let token = signer.token(&header, &claims);
        assert_eq!(check(&token, &keys, &expected()), Err(why), "{claims}");
    }
    let without = Expected { nonce: "", ..expected() };
    let token = signer.token(&header, &json!({ "nonce": "" }));
    assert_eq!(check(&token, &keys, &without), Err(TokenError::Nonce));
}

#[test]
fn who_it_is_is_read_with_what_the_provider_vouches_for() {
    let signer = Signer::new();
    let keys = signer.keys(&json!({ "use": "sig", "alg": "ES256" }));
    let read = |more: Value| {
        let token = signer.token(&json!({ "alg": "ES256" }), &more);
        check(&token, &keys, &expected()).unwrap()
    };
    let mail = |verified: Value| {
        let said = read(json!({ "email": "Awa@Anam.example", "email_verified": verified }));
        said.email.map(Sensitive::into_inner)
    };
    assert_eq!(mail(json!(true)).as_deref(), Some("awa@anam.example"));
    assert_eq!(mail(json!("true")).as_deref(), Some("awa@anam.example"));
    assert_eq!((mail(json!(false)), mail(json!("no")), mail(Value::Null)), (None, None, None));
    assert!(read(json!({ "amr": ["pwd", "mfa"] })).several_factors);
    assert!(!read(json!({ "amr": ["pwd"] })).several_factors);
    read(json!({ "aud": ["other", "dankun"], "azp": "dankun" }));
}

#[test]
fn how_a_token_is_signed_is_for_its_key_to_say() {
    let signer = Signer::new();
    let token = |header: Value| signer.token(&header, &json!({}));
    let any = signer.keys(&json!({}));
    let told = |token: &str, keys: &KeySet| check(token, keys, &expected()).map(|_| ());
    assert_eq!(
        told(&token(json!({ "alg": "ES256", "kid": "f" })), &any),
        Err(TokenError::UnknownKey)
    );
    assert_eq!(
        told(&token(json!({ "alg": "RS256", "kid": "e" })), &any),
        Err(TokenError::UnknownKey)
    );
    for alg in ["none", "HS256", "ES512", "es256"] {
        let signed = token(json!({ "alg": alg, "kid": "e" }));
        assert_eq!(told(&signed, &any), Err(TokenError::Algorithm), "{alg}");
    }
    let critical = token(json!({ "alg": "ES256", "crit": ["b64"], "b64": false }));
    assert_eq!(told(&critical, &any), Err(TokenError::Algorithm));
    let good = token(json!({ "alg": "ES256", "kid": "e" }));
    assert_eq!(told(&good, &signer.keys(&json!({ "use": "enc" }))), Err(TokenError::UnknownKey));
    assert_eq!(told(&good, &signer.keys(&json!({ "alg": "ES384" }))), Err(TokenError::UnknownKey));
    assert_eq!(told(&good, &Signer::new().keys(&json!({}))), Err(TokenError::Signature));
    for broken in ["", "a.b", "a.b.c", "..", "!.!.!"] {
        assert_eq!(told(broken, &any), Err(TokenError::Malformed), "{broken}");
    }
}
