//! An institution that answers for its people: a small OpenID provider on a port of this machine, with a key of its own.
//! What it says of whoever comes can be changed, to what no sound provider would say, too.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// As the settings of the hub have it, too.
pub const SECRET: &str = "a:secret of ours";

pub struct Institution {
    pub issuer: String,
    desk: Arc<Mutex<Desk>>,
    serving: JoinHandle<()>,
}

struct Desk {
    issuer: String,
    key: Key,
    /// What each code was given for.
    codes: HashMap<String, HashMap<String, String>>,
    given: usize,
    claims: Value,
    /// 1 January 2026 in seconds: the hub's clock in these tests.
    now: i64,
}

struct Key {
    name: String,
    pair: EcdsaKeyPair,
}

impl Key {
    fn new(name: &str) -> Self {
        let way = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let random = SystemRandom::new();
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(way, &random).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(way, pkcs8.as_ref(), &random).unwrap();
        Self { name: name.to_owned(), pair }
    }

    fn sign(&self, claims: &Value) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let header = json!({ "alg": "ES256", "kid": self.name, "typ": "JWT" });
        let message = format!("{}.{}", part(&header), part(claims));
        let signature = self.pair.sign(&SystemRandom::new(), message.as_bytes()).unwrap();
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

type Shared = State<Arc<Mutex<Desk>>>;

impl Institution {
    pub async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}/realms/anam", listener.local_addr().unwrap());
        let desk = Desk {
            issuer: issuer.clone(),
            key: Key::new("first"),
            codes: HashMap::new(),
            given: 0,
            claims: json!({}),
            now: 1_767_225_600,
        };
        let desk = Arc::new(Mutex::new(desk));
        let router = Router::new()
            .route("/realms/anam/.well-known/openid-configuration", get(describe))
            .route("/realms/anam/keys", get(keys))
            .route("/realms/anam/token", post(change))
            .with_state(Arc::clone(&desk));
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { issuer, desk, serving }
    }

    /// What it says from now on, beside what it must.
    pub fn says(&self, claims: Value) {
        self.desk.lock().unwrap().claims = claims;
    }

    /// Signs with another key from now on, and publishes that one alone.
    pub fn takes_another_key(&self, name: &str) {
        self.desk.lock().unwrap().key = Key::new(name);
    }

    /// Somebody comes with what the hub sent their browser with, shows who they are, and is sent back: the path.
    pub fn lets_in(&self, address: &str) -> String {
        let asked = parameters(address);
        assert!(address.starts_with(&format!("{}/authorize?", self.issuer)), "{address}");
        assert_eq!(
            (asked["response_type"].as_str(), asked["client_id"].as_str()),
            ("code", "dankun")
        );
        assert_eq!(asked["code_challenge_method"], "S256");
        assert!(asked["scope"].contains("openid") && asked["nonce"].len() >= 32, "{address}");
        let mut desk = self.desk.lock().unwrap();
        desk.given += 1;
        let code = format!("code-{}", desk.given);
        let back = asked["redirect_uri"].strip_prefix("https://hub.example").unwrap().to_owned();
        let state = asked["state"].clone();
        desk.codes.insert(code.clone(), asked);
        format!("{back}?state={state}&code={code}")
    }

    /// It is gone.
    pub fn close(&self) {
        self.serving.abort();
    }
}

impl Drop for Institution {
    fn drop(&mut self) {
        self.close();
    }
}

fn parameters(address: &str) -> HashMap<String, String> {
    let query = address.split_once('?').map_or(address, |(_, query)| query);
    form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}

async fn describe(State(desk): Shared) -> String {
    let issuer = desk.lock().unwrap().issuer.clone();
    json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "jwks_uri": format!("{issuer}/keys"),
        "end_session_endpoint": format!("{issuer}/leave"),
    })
    .to_string()
}

async fn keys(State(desk): Shared) -> String {
    let desk = desk.lock().unwrap();
    let (x, y) = desk.key.pair.public_key().as_ref()[1..].split_at(32);
    let (x, y) = (URL_SAFE_NO_PAD.encode(x), URL_SAFE_NO_PAD.encode(y));
    let key =
        json!({ "kty": "EC", "crv": "P-256", "use": "sig", "kid": desk.key.name, "x": x, "y": y });
    json!({ "keys": [key] }).to_string()
}

/// Changes a code into a token: once, for whoever holds the secret and the verifier.
async fn change(State(desk): Shared, headers: HeaderMap, body: String) -> (StatusCode, String) {
    let said = parameters(&body);
    let mut desk = desk.lock().unwrap();
    let asked = said.get("code").and_then(|code| desk.codes.remove(code));
    let basic = STANDARD.encode(format!("dankun:{}", "a%3Asecret+of+ours"));
    let known = headers["authorization"] == format!("Basic {basic}");
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(&said["code_verifier"]));
    let Some(asked) = asked.filter(|asked| {
        known
            && asked["code_challenge"] == challenge
            && asked["redirect_uri"] == said["redirect_uri"]
    }) else {
        return (StatusCode::BAD_REQUEST, json!({ "error": "invalid_grant" }).to_string());
    };
    let mut claims = json!({ "iss": desk.issuer, "aud": "dankun", "sub": "248289", "iat": desk.now,
        "exp": desk.now + 300, "nonce": asked["nonce"] });
    for (name, value) in desk.claims.as_object().unwrap() {
        claims[name] = value.clone();
    }
    let token = desk.key.sign(&claims);
    (StatusCode::OK, json!({ "access_token": "unread", "id_token": token }).to_string())
}
