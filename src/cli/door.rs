//! The hub that a command asks: its database on this machine, or the hub itself over HTTP. Both answer the same addresses
//! with the same documents: a hub on this machine is asked without a port and without a key.

use axum::body::{Body, to_bytes};
use axum::http::Request;
use axum::http::header::{ACCEPT_LANGUAGE, CONTENT_TYPE};
use reqwest::{Client, Method, Url};
use serde_json::Value;

use super::arguments::Common;
use super::connection::Connection;
use super::failure::Failure;
use super::screen::Screen;
use crate::delivery::address::Reach;
use crate::delivery::client::{Client as Sender, Timeouts};
use crate::http::{self, App, Limits};
use crate::model::{Caller, Language};
use crate::operations::{Hub, link};

/// Which hub.
#[derive(Debug, clap::Args)]
pub struct Which {
    #[command(flatten)]
    connection: Connection,
    /// Address of the hub, in place of its database, such as https://hub.example.org
    #[arg(
        long,
        global = true,
        env = "DANKUN_HUB",
        value_name = "URL",
        conflicts_with = "database"
    )]
    hub: Option<Url>,
    /// The key with which to ask the hub
    #[arg(long, global = true, env = "DANKUN_KEY", hide_env_values = true, value_name = "KEY")]
    key: Option<String>,
}

/// The hub.
pub enum Door {
    /// On this machine.
    Here(Box<Here>),
    /// Elsewhere.
    There(There),
}

/// A hub on this machine.
pub struct Here {
    hub: Hub,
    app: App,
    language: Language,
}

/// A hub elsewhere.
pub struct There {
    client: Client,
    base: Url,
    key: String,
    language: Language,
}

/// A question or an order.
pub struct Ask<'a> {
    /// `GET`, `POST`, `DELETE`.
    pub method: Method,
    /// The address after `/v1/`, such as `reviews`.
    pub path: &'a str,
    /// What stands after the question mark; what is `None` is left out.
    pub query: Vec<(&'static str, Option<String>)>,
    /// A document to send.
    pub body: Option<Value>,
    /// The version that an order rests on.
    pub seen: Option<&'a str>,
    /// The form of the answer, when it is not JSON.
    pub accept: Option<&'static str>,
}

impl<'a> Ask<'a> {
    /// A question.
    #[must_use]
    pub fn get(path: &'a str) -> Self {
        let (query, body, seen, accept) = (Vec::new(), None, None, None);
        Self { method: Method::GET, path, query, body, seen, accept }
    }

    /// An order.
    #[must_use]
    pub fn post(path: &'a str, body: Value) -> Self {
        Self { method: Method::POST, body: Some(body), ..Self::get(path) }
    }

    /// With what stands after the question mark.
    #[must_use]
    pub fn query(self, query: Vec<(&'static str, Option<String>)>) -> Self {
        Self { query, ..self }
    }
}

impl Which {
    /// Opens the hub.
    ///
    /// # Errors
    /// Wrong use when none is named or its key is missing; else when it does not open.
    pub async fn open(&self, common: &Common, screen: &Screen) -> Result<Door, Failure> {
        // The first caller wins and they all choose the same provider.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let language = screen.language();
        match (&self.hub, &self.key) {
            (Some(hub), Some(key)) => {
                let client = Client::builder().build().map_err(Failure::operation)?;
                let base = format!("{}/v1/", hub.as_str().trim_end_matches('/'));
                let base = Url::parse(&base).map_err(Failure::operation)?;
                Ok(Door::There(There { client, base, key: key.clone(), language }))
            }
            (Some(_), None) => Err(Failure::usage("life-no-key", &[])),
            (None, _) => {
                let hub = self.connection.open(common).await?;
                let sender = Sender::new(Reach::Public, Timeouts::default());
                let app =
                    App::new(hub.clone(), sender.map_err(Failure::operation)?, Limits::default());
                Ok(Door::Here(Box::new(Here { hub, app, language })))
            }
        }
    }
}

impl Door {
    /// Asks; the document of the answer.
    ///
    /// # Errors
    /// What the hub refuses, in the caller's words; or that it does not answer.
    pub async fn ask(&self, ask: Ask<'_>) -> Result<Value, Failure> {
        let bytes = self.ask_bytes(ask).await?;
        if bytes.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_slice(&bytes).map_err(Failure::operation)
    }

    /// Asks; the answer as it is.
    ///
    /// # Errors
    /// As [`Door::ask`].
    pub async fn ask_bytes(&self, ask: Ask<'_>) -> Result<Vec<u8>, Failure> {
        let (status, bytes) = match self {
            Self::Here(here) => here.answer(ask).await?,
            Self::There(there) => there.answer(ask).await?,
        };
        if (200..300).contains(&status) {
            return Ok(bytes);
        }
        let problem: Value = serde_json::from_slice(&bytes).unwrap_or_default();
        let detail = problem["detail"].as_str().unwrap_or_default();
        // What the caller can mend is wrong use; a hub that cannot answer is a failure.
        if (400..500).contains(&status) {
            return Err(Failure::Configuration(detail.to_owned()));
        }
        let status = status.to_string();
        Err(Failure::hub("push-refused-by-hub", &[("status", &status), ("reason", detail)]))
    }

    /// Lets a decision take effect: on this machine nobody else may be there to do so.
    ///
    /// # Errors
    /// When linking fails.
    pub async fn settle(&self) -> Result<(), Failure> {
        match self {
            Self::Here(here) => {
                link::link_pending(&here.hub).await.map_err(Failure::operation)?;
                Ok(())
            }
            Self::There(_) => Ok(()),
        }
    }

    /// The hub itself, when it is on this machine.
    #[must_use]
    pub fn hub(&self) -> Option<&Hub> {
        match self {
            Self::Here(here) => Some(&here.hub),
            Self::There(_) => None,
        }
    }
}

fn address(base: &Url, ask: &Ask<'_>) -> Result<Url, Failure> {
    let mut url = base.join(ask.path).map_err(Failure::operation)?;
    let given = ask.query.iter().filter_map(|(name, value)| Some((name, value.as_ref()?)));
    let given: Vec<_> = given.collect();
    if !given.is_empty() {
        url.query_pairs_mut().extend_pairs(given);
    }
    Ok(url)
}

impl Here {
    async fn answer(&self, ask: Ask<'_>) -> Result<(u16, Vec<u8>), Failure> {
        let base = Url::parse("http://here/v1/").map_err(Failure::operation)?;
        let url = address(&base, &ask)?;
        let path = url
            .query()
            .map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()));
        let mut request = Request::builder()
            .method(ask.method)
            .uri(path)
            .header(ACCEPT_LANGUAGE, self.language.tag());
        if let Some(seen) = ask.seen {
            request = request.header("if-match", format!("\"{seen}\""));
        }
        if let Some(accept) = ask.accept {
            request = request.header("accept", accept);
        }
        let body = match ask.body {
            Some(body) => {
                request = request.header(CONTENT_TYPE, "application/json");
                Body::from(body.to_string())
            }
            None => Body::empty(),
        };
        let request = request.body(body).map_err(Failure::operation)?;
        let answer = http::answer_here(&self.app, Caller::local_operator(), request).await;
        let status = answer.status().as_u16();
        let bytes = to_bytes(answer.into_body(), usize::MAX).await.map_err(Failure::operation)?;
        Ok((status, bytes.to_vec()))
    }
}

impl There {
    async fn answer(&self, ask: Ask<'_>) -> Result<(u16, Vec<u8>), Failure> {
        let url = address(&self.base, &ask)?;
        let mut request = self.client.request(ask.method, url).bearer_auth(&self.key);
        request = request.header(ACCEPT_LANGUAGE, self.language.tag());
        if let Some(seen) = ask.seen {
            request = request.header("if-match", format!("\"{seen}\""));
        }
        if let Some(accept) = ask.accept {
            request = request.header("accept", accept);
        }
        if let Some(body) = ask.body {
            request = request.header(CONTENT_TYPE, "application/json").body(body.to_string());
        }
        let answer = request.send().await.map_err(Failure::operation)?;
        let status = answer.status().as_u16();
        Ok((status, answer.bytes().await.map_err(Failure::operation)?.to_vec()))
    }
}
