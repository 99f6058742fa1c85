//! The hub that a command asks: its database on this machine, or the hub itself over HTTP. Both answer the same addresses
//! with the same documents: a hub on this machine is asked without a port and without a key.

mod here;
mod there;

use reqwest::{Method, Url};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::arguments::Common;
use super::connection::{self, Connection};
use super::failure::Failure;
use super::screen::Screen;
use crate::model::Language;
use crate::operations::{Hub, link};

use here::Here;
use there::There;

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
pub struct Door {
    way: Way,
    language: Language,
}

enum Way {
    /// On this machine.
    Here(Box<Here>),
    /// Elsewhere.
    There(There),
}

/// A question or an order.
pub struct Ask<'a> {
    /// `GET`, `POST`, `DELETE`.
    pub method: Method,
    /// The address after `/v1/`, such as `reviews`; names in it as [`named`] writes them.
    pub path: &'a str,
    /// What stands after the question mark; what is `None` is left out.
    pub query: Vec<(&'static str, Option<String>)>,
    /// What is sent.
    pub body: Body,
    /// What the order rests on.
    pub seen: Seen<'a>,
    /// The form of the answer, when it is not JSON.
    pub accept: Option<&'static str>,
    /// The purpose of a question, in standards that have no field for it.
    pub purpose: Option<&'a str>,
}

/// What is sent.
pub enum Body {
    /// Nothing.
    Empty,
    /// A document.
    Json(Value),
    /// A data file.
    Yaml(String),
}

/// What an order rests on.
#[derive(Clone, Copy)]
pub enum Seen<'a> {
    /// Nothing is said.
    Unsaid,
    /// There is nothing yet.
    Nothing,
    /// This version.
    Version(&'a str),
}

/// What the hub said.
struct Answer {
    status: u16,
    bytes: Vec<u8>,
}

impl<'a> Ask<'a> {
    /// A question.
    #[must_use]
    pub fn get(path: &'a str) -> Self {
        let query = Vec::new();
        Self {
            method: Method::GET,
            path,
            query,
            body: Body::Empty,
            seen: Seen::Unsaid,
            accept: None,
            purpose: None,
        }
    }

    /// An order.
    #[must_use]
    pub fn post(path: &'a str, body: Value) -> Self {
        Self { method: Method::POST, body: Body::Json(body), ..Self::get(path) }
    }

    /// With what stands after the question mark.
    #[must_use]
    pub fn query(self, query: Vec<(&'static str, Option<String>)>) -> Self {
        Self { query, ..self }
    }

    /// Where it goes, under the root of the interface.
    fn address(&self, root: &Url) -> Result<Url, Failure> {
        let mut url = root.join(self.path).map_err(Failure::operation)?;
        let given = self.query.iter().filter_map(|(name, value)| Some((name, value.as_ref()?)));
        let given: Vec<_> = given.collect();
        if !given.is_empty() {
            url.query_pairs_mut().extend_pairs(given);
        }
        Ok(url)
    }

    /// The header of the purpose.
    fn aim(&self) -> Option<(&'static str, String)> {
        self.purpose.map(|purpose| ("x-purpose-of-use", purpose.to_owned()))
    }

    /// The form of what is sent.
    const fn content_type(&self) -> Option<&'static str> {
        match self.body {
            Body::Empty => None,
            Body::Json(_) => Some("application/json"),
            Body::Yaml(_) => Some("application/yaml"),
        }
    }

    /// The header that says what the order rests on.
    fn condition(&self) -> Option<(&'static str, String)> {
        match self.seen {
            Seen::Unsaid => None,
            Seen::Nothing => Some(("if-none-match", "*".to_owned())),
            Seen::Version(hash) => Some(("if-match", format!("\"{hash}\""))),
        }
    }
}

impl Body {
    fn text(self) -> Option<String> {
        match self {
            Self::Empty => None,
            Self::Json(value) => Some(value.to_string()),
            Self::Yaml(text) => Some(text),
        }
    }
}

/// What a problem says, in the form of any of the standards: RFC 9457, FHIR's OperationOutcome, SPDCI's errors.
fn words(problem: &Value) -> String {
    let list = |name: &str| problem[name].as_array().map(Vec::as_slice).unwrap_or_default().iter();
    let outcome = list("issue").map(|issue| &issue["details"]["text"]);
    let errors = list("errors").map(|error| &error["message"]);
    let all = std::iter::once(&problem["detail"]).chain(outcome).chain(errors);
    let said: Vec<&str> = all.filter_map(Value::as_str).collect();
    said.join("\n")
}

/// A path of names, whatever letters they have: a slash within a name is written as `%2F`.
#[must_use]
pub fn named(names: &[&str]) -> String {
    let mut url = Url::parse("http://hub/").expect("an address");
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(names);
    }
    url.path().trim_start_matches('/').to_owned()
}

impl Which {
    /// Opens the hub.
    ///
    /// # Errors
    /// Wrong use when none is named or its key is missing; else when it does not open.
    pub async fn open(&self, common: &Common, screen: &Screen) -> Result<Door, Failure> {
        match self.elsewhere(screen)? {
            Some(door) => Ok(door),
            None => Door::here(self.connection.open(common).await?, screen),
        }
    }

    /// The same, where the directories of the command line are what the hub is compared with: opening it must not bring
    /// them in.
    ///
    /// # Errors
    /// As [`Which::open`].
    pub async fn open_as_it_is(&self, common: &Common, screen: &Screen) -> Result<Door, Failure> {
        if let Some(door) = self.elsewhere(screen)? {
            return Ok(door);
        }
        let mut config = self.connection.config(common)?;
        (config.mappings, config.schemas) = (None, None);
        Door::here(connection::open(config, common).await?, screen)
    }

    /// The hub elsewhere; `None` when it is the database that was named.
    ///
    /// # Errors
    /// Wrong use when the key is missing.
    pub fn elsewhere(&self, screen: &Screen) -> Result<Option<Door>, Failure> {
        let Some(hub) = &self.hub else { return Ok(None) };
        let Some(key) = &self.key else { return Err(Failure::usage("life-no-key", &[])) };
        let way = Way::There(There::new(hub, key.clone())?);
        Ok(Some(Door { way, language: screen.language() }))
    }

    /// Whether it is a hub elsewhere.
    #[must_use]
    pub const fn is_elsewhere(&self) -> bool {
        self.hub.is_some()
    }

    /// The database, when it is that.
    #[must_use]
    pub const fn connection(&self) -> &Connection {
        &self.connection
    }
}

impl Door {
    fn here(hub: Hub, screen: &Screen) -> Result<Self, Failure> {
        Ok(Self { way: Way::Here(Box::new(Here::new(hub)?)), language: screen.language() })
    }

    /// On this machine: as this partner, under its agreements. Elsewhere the key says who asks.
    #[must_use]
    pub fn speaking_as(mut self, partner: &str) -> Self {
        if let Way::Here(here) = &mut self.way {
            here.speak_as(partner);
        }
        self
    }

    /// Puts a question that agreements may refuse; the answer, or the refusal in words.
    ///
    /// # Errors
    /// As [`Door::ask`], but for the refusal.
    pub async fn put(&self, ask: Ask<'_>) -> Result<Result<Value, String>, Failure> {
        let answer = self.answer(ask).await?;
        if answer.status == 403 {
            let problem = serde_json::from_slice(&answer.bytes).unwrap_or_default();
            return Ok(Err(words(&problem)));
        }
        let bytes = self.accepted(answer)?;
        serde_json::from_slice(&bytes).map(Ok).map_err(Failure::operation)
    }

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

    /// Asks for what has a type of its own.
    ///
    /// # Errors
    /// As [`Door::ask`].
    pub async fn ask_for<T: DeserializeOwned>(&self, ask: Ask<'_>) -> Result<T, Failure> {
        serde_json::from_slice(&self.ask_bytes(ask).await?).map_err(Failure::operation)
    }

    /// Asks for what may not be there.
    ///
    /// # Errors
    /// As [`Door::ask`].
    pub async fn look_for<T: DeserializeOwned>(&self, ask: Ask<'_>) -> Result<Option<T>, Failure> {
        let answer = self.answer(ask).await?;
        if answer.status == 404 {
            return Ok(None);
        }
        let bytes = self.accepted(answer)?;
        serde_json::from_slice(&bytes).map(Some).map_err(Failure::operation)
    }

    /// Asks; the answer as it is.
    ///
    /// # Errors
    /// As [`Door::ask`].
    pub async fn ask_bytes(&self, ask: Ask<'_>) -> Result<Vec<u8>, Failure> {
        let answer = self.answer(ask).await?;
        self.accepted(answer)
    }

    async fn answer(&self, ask: Ask<'_>) -> Result<Answer, Failure> {
        match &self.way {
            Way::Here(here) => here.answer(ask, self.language).await,
            Way::There(there) => there.answer(ask, self.language).await,
        }
    }

    fn accepted(&self, Answer { status, bytes }: Answer) -> Result<Vec<u8>, Failure> {
        if (200..300).contains(&status) {
            return Ok(bytes);
        }
        let problem: Value = serde_json::from_slice(&bytes).unwrap_or_default();
        let diagnostics = problem["diagnostics"].as_array().into_iter().flatten();
        let found = diagnostics.map(|one| self.diagnostic(one));
        let said: Vec<String> = std::iter::once(words(&problem)).chain(found).collect();
        let said = said.join("\n");
        // What the caller can mend is wrong use; a hub that cannot answer, or not now, is a failure.
        if (400..500).contains(&status) && status != 429 {
            return Err(Failure::Configuration(said));
        }
        let status = status.to_string();
        Err(Failure::hub("push-refused-by-hub", &[("status", &status), ("reason", &said)]))
    }

    /// `mapping/ml-utm@1f8a03d2:31:11: B201 …`
    fn diagnostic(&self, one: &Value) -> String {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let message = &one["message"];
        let message = text(message.get(self.language.tag()).unwrap_or(message));
        match (one["line"].as_u64(), one["column"].as_u64()) {
            (Some(line), Some(column)) => {
                let (file, code) = (text(&one["file"]), text(&one["code"]));
                format!("{file}:{line}:{column}: {code} {message}")
            }
            _ => message,
        }
    }

    /// Lets a decision take effect: on this machine nobody else may be there to do so.
    ///
    /// # Errors
    /// When linking fails.
    pub async fn settle(&self) -> Result<(), Failure> {
        if let Some(hub) = self.hub() {
            link::link_pending(hub).await.map_err(Failure::operation)?;
        }
        Ok(())
    }

    /// The hub itself, when it is on this machine.
    #[must_use]
    pub fn hub(&self) -> Option<&Hub> {
        match &self.way {
            Way::Here(here) => Some(here.hub()),
            Way::There(_) => None,
        }
    }
}
