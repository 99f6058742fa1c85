//! A hub that listens on a port of this machine, and a client that speaks to it as partners do.

#![allow(dead_code)] // Each test program uses its own part of it.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use dankun::delivery::address::Reach;
use dankun::delivery::client::{Client, Timeouts};
use dankun::http::{App, Limits, UploadLimits};
use dankun::model::{Caller, Holder, Instant, Scope};
use dankun::operations::accounts::providers::Providers;
use dankun::operations::keys::{self, NewKey};
use dankun::operations::{Clock, Hub, HubConfig};
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::cluster::Place;

/// The day after the exports of the demo were extracted, in milliseconds since 1970.
const START: i64 = 1_767_225_600_000;

/// A hub that listens.
pub struct Server {
    pub hub: Hub,
    /// Makes the steps of the workers, which do not run by themselves here.
    pub client: Client,
    pub address: SocketAddr,
    http: reqwest::Client,
    clock: Arc<AtomicI64>,
    stop: CancellationToken,
}

/// Limits small enough to be reached by a test.
pub const LIMITS: Limits = Limits {
    upload: UploadLimits { bytes: 8 << 20, silence: Duration::from_millis(300) },
    document: UploadLimits { bytes: 64 << 10, silence: Duration::from_millis(300) },
    answer: Duration::from_secs(20),
    at_once: 64,
};

impl Server {
    /// A hub on an empty database, with a clock that stands still until it is moved.
    pub async fn start(place: &Place) -> Self {
        Self::start_with(place, None, None).await
    }

    /// As [`Self::start`], with data files beside the shipped ones.
    pub async fn start_with(
        place: &Place,
        mappings: Option<PathBuf>,
        schemas: Option<PathBuf>,
    ) -> Self {
        Self::launch(place, (mappings, schemas), None).await
    }

    /// As [`Self::start`], with institutions that answer for their people.
    pub async fn start_among(place: &Place, providers: Providers) -> Self {
        Self::launch(place, (None, None), Some(providers)).await
    }

    async fn launch(
        place: &Place,
        (mappings, schemas): (Option<PathBuf>, Option<PathBuf>),
        providers: Option<Providers>,
    ) -> Self {
        let clock = Arc::new(AtomicI64::new(START));
        let now = Arc::clone(&clock);
        let config = HubConfig {
            key_file: Some(place.key_file()),
            clock: Clock::from_fn(move || Instant::from_millis(now.load(Ordering::Relaxed))),
            mappings,
            schemas,
            ..HubConfig::new(place.url.clone())
        };
        let hub = Hub::open(config).await.expect("the hub opens");
        let client = Client::new(Reach::Anywhere, Timeouts::default()).expect("a client");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("its address");
        let stop = CancellationToken::new();
        let app = App::new(hub.clone(), client.clone(), LIMITS).with_pages(dankun::ui::PAGES);
        let app = match providers {
            Some(providers) => app.with_providers(providers),
            None => app,
        };
        tokio::spawn(dankun::http::serve_requests(listener, app, stop.clone()));
        Self { hub, client, address, http: reqwest::Client::new(), clock, stop }
    }

    /// Lets time pass.
    pub fn wait(&self, time: Duration) {
        let millis = i64::try_from(time.as_millis()).expect("a short time");
        self.clock.fetch_add(millis, Ordering::Relaxed);
    }

    /// A new key.
    pub async fn key(&self, holder: Holder, scopes: &[Scope]) -> String {
        let new = NewKey {
            title: "test".to_owned(),
            holder,
            scopes: scopes.to_vec(),
            purposes: Vec::new(),
            valid_days: Some(30),
        };
        let (_, secret) = keys::create(&self.hub, &Caller::local_operator(), new).await.unwrap();
        secret.to_string()
    }

    /// A key of a scheme with every right that schemes get.
    pub async fn scheme_key(&self, scheme: &str) -> String {
        let holder = Holder::Scheme(scheme.parse().unwrap());
        let scopes: Vec<Scope> =
            Scope::ALL.iter().copied().filter(|scope| *scope != Scope::Admin).collect();
        self.key(holder, &scopes).await
    }

    /// A key of somebody who runs the hub.
    pub async fn admin_key(&self) -> String {
        self.key(Holder::Operator("bamako".to_owned()), &[Scope::Admin]).await
    }

    /// A request; an empty key sends none.
    pub fn request(&self, method: Method, path: &str, key: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("http://{}{path}", self.address));
        if key.is_empty() { request } else { request.bearer_auth(key) }
    }

    pub fn get(&self, path: &str, key: &str) -> RequestBuilder {
        self.request(Method::GET, path, key)
    }

    pub fn post(&self, path: &str, key: &str) -> RequestBuilder {
        self.request(Method::POST, path, key)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// Status and document of an answer.
pub async fn read(request: RequestBuilder) -> (StatusCode, Value) {
    let response: Response = request.send().await.expect("the hub answers");
    let status = response.status();
    let bytes = response.bytes().await.expect("a whole answer");
    (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
}

/// The document of an answer that must have this status.
pub async fn expect(request: RequestBuilder, expected: u16) -> Value {
    let (status, document) = read(request).await;
    assert_eq!(status.as_u16(), expected, "{document:#}");
    document
}

/// A request with a JSON document.
pub trait Document {
    fn document(self, document: &Value) -> Self;
}

impl Document for RequestBuilder {
    fn document(self, document: &Value) -> Self {
        self.header("content-type", "application/json").body(document.to_string())
    }
}
