//! The hub over HTTP: `/v1`, `/fhir/R4`, health, metrics.
//!
//! A handler takes apart what came, asks one operation, and shows what it answered. It decides
//! nothing: rights are named in the first line of a handler and checked in [`extract`], status
//! codes stand in [`problem`]. Start reading at [`router`], where every address stands.

mod extract;
mod fhir;
mod formats;
mod layers;
mod media;
mod metrics;
mod openapi;
mod pages;
mod paging;
mod problem;
mod router;
mod routes;
mod server;
mod spdci;
mod upload;
mod v1;
mod well_known;

use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::Request;
use axum::response::Response;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::sync::Semaphore;
use tower::Service as _;

pub use extract::{Named, Params, known_scheme, narrowed, own};
pub use openapi::description;
pub use pages::Pages;
pub use problem::{Code, Problem, language_of, taken};
pub use server::{ServeError, serve, serve_requests};
pub use upload::{Broken, UploadLimits, pump_stream, whole};
pub use v1::refusals::as_sent as refusals_as_sent;

use crate::delivery::address::Reach;
use crate::delivery::client::Client;
use crate::model::Caller;
use crate::operations::Hub;
use crate::operations::accounts::providers::Providers;

/// How much, how long and how many at once.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Files and records that schemes send.
    pub upload: UploadLimits,
    /// Documents of our own, such as a question or a subscription.
    pub document: UploadLimits,
    /// How long everything but an upload may take.
    pub answer: Duration,
    /// Requests worked on at once.
    pub at_once: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            // A national nightly file is some hundred megabytes; a link that breaks for half a
            // minute is common.
            upload: UploadLimits { bytes: 4 << 30, silence: Duration::from_secs(60) },
            document: UploadLimits { bytes: 256 << 10, silence: Duration::from_secs(10) },
            answer: Duration::from_secs(30),
            at_once: 512,
        }
    }
}

/// Every address, as method and path with its parts in braces, in the order of the router.
#[must_use]
pub fn addresses() -> Vec<(String, &'static str)> {
    let routes = router::routes(&Limits::default());
    routes.listed().iter().map(|(method, path)| (method.to_string(), *path)).collect()
}

/// Answers one request in this process, without a port: who asks is known already, so no key is asked for. For the
/// command line on the hub's own machine.
pub async fn answer_here(app: &App, caller: Caller, mut request: Request) -> Response {
    request.extensions_mut().insert(extract::Here(caller));
    match router::router(app.clone()).call(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

/// What handlers share; cheap to clone, for each request does so more than once.
#[derive(Clone)]
pub struct App(Arc<Shared>);

/// The parts of an [`App`].
#[derive(Clone)]
pub struct Shared {
    hub: Hub,
    client: Client,
    limits: Limits,
    slots: Arc<Semaphore>,
    metrics: Option<PrometheusHandle>,
    pages: Option<Pages>,
    providers: Option<Arc<Providers>>,
}

impl Deref for App {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl App {
    /// The interface of a hub. `client` sends to subscribers and knows which addresses they may
    /// name.
    #[must_use]
    pub fn new(hub: Hub, client: Client, limits: Limits) -> Self {
        let slots = Arc::new(Semaphore::new(limits.at_once));
        Self(Arc::new(Shared {
            hub,
            client,
            limits,
            slots,
            metrics: metrics::install(),
            pages: None,
            providers: None,
        }))
    }

    /// The same with pages for people.
    #[must_use]
    pub fn with_pages(self, pages: Pages) -> Self {
        Self(Arc::new(Shared { pages: Some(pages), ..Shared::clone(&self) }))
    }

    /// The same with institutions that answer for their people.
    #[must_use]
    pub fn with_providers(self, providers: Providers) -> Self {
        Self(Arc::new(Shared { providers: Some(Arc::new(providers)), ..Shared::clone(&self) }))
    }

    /// The institutions that answer for their people, when there are any.
    #[must_use]
    pub fn providers(&self) -> Option<&Providers> {
        self.providers.as_deref()
    }

    /// What may be sent in one go.
    #[must_use]
    pub fn upload_limits(&self) -> UploadLimits {
        self.limits.upload
    }

    /// Which addresses subscribers may name.
    #[must_use]
    pub fn reach(&self) -> Reach {
        self.client.reach()
    }

    /// The hub behind the interface.
    #[must_use]
    pub fn hub(&self) -> &Hub {
        &self.hub
    }
}
