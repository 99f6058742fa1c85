//! Previews and replays of a hub elsewhere, over HTTP.

use std::time::Duration;

use jiff::civil::Date;
use reqwest::header::{ACCEPT_LANGUAGE, CONTENT_TYPE};
use reqwest::{Client, Method, Url};
use serde_json::{Value, json};

use super::{shown, what_if};
use crate::cli::failure::{Failure, Outcome};
use crate::cli::progress::Progress;
use crate::cli::screen::Screen;
use crate::model::SchemeId;
use crate::operations::library::DataFile;
use crate::operations::replay::report::Report;

/// How often a running replay is asked for.
const LOOK: Duration = Duration::from_millis(500);
/// A preview of many records takes as long as it takes; a hub that says nothing for so long is gone.
const PATIENCE: Duration = Duration::from_secs(600);

/// A hub elsewhere.
#[derive(Debug, clap::Args)]
pub struct Address {
    /// Address of a hub, in place of --database
    #[arg(long, env = "DANKUN_HUB", value_name = "URL", conflicts_with = "database")]
    hub: Option<Url>,
    /// Key for it
    #[arg(long, env = "DANKUN_KEY", hide_env_values = true, value_name = "KEY")]
    key: Option<String>,
}

/// A hub that is asked.
pub struct Distant {
    client: Client,
    base: Url,
    key: String,
    language: &'static str,
}

/// Which history is to be made again.
pub struct History<'h> {
    /// Id of the mapping.
    pub mapping: &'h str,
    /// Whose records.
    pub scheme: &'h SchemeId,
    /// Hash of a version; none for the one in force.
    pub version: Option<&'h str>,
}

impl Address {
    /// The hub that was named; none when a database was.
    ///
    /// # Errors
    /// When the certificates of the system cannot be read, or the address is none.
    pub fn open(&self, screen: &Screen) -> Result<Option<Distant>, Failure> {
        let Some(hub) = &self.hub else { return Ok(None) };
        // The first caller wins and they all choose the same provider.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder().timeout(PATIENCE).build().map_err(Failure::operation)?;
        let base = format!("{}/", hub.as_str().trim_end_matches('/'));
        Ok(Some(Distant {
            client,
            base: Url::parse(&base).map_err(Failure::operation)?,
            key: self.key.clone().unwrap_or_default(),
            language: screen.language().tag(),
        }))
    }
}

impl Distant {
    async fn ask(&self, method: Method, path: &str, body: Option<Value>) -> Result<Value, Failure> {
        let url = self.base.join(path).map_err(Failure::operation)?;
        let mut request = self.client.request(method, url).bearer_auth(&self.key);
        request = request.header(ACCEPT_LANGUAGE, self.language);
        if let Some(body) = body {
            request = request.header(CONTENT_TYPE, "application/json").body(body.to_string());
        }
        let answer = request.send().await.map_err(Failure::operation)?;
        let accepted = answer.status().is_success();
        let bytes = answer.bytes().await.map_err(Failure::operation)?;
        let said: Value = serde_json::from_slice(&bytes).unwrap_or_default();
        if accepted { Ok(said) } else { Err(refused(&said)) }
    }
}

fn refused(said: &Value) -> Failure {
    let problems = said.get("diagnostics").and_then(Value::as_array);
    let lines = problems.into_iter().flatten().map(|problem| {
        let part = |name: &str| problem.get(name).map(ToString::to_string).unwrap_or_default();
        format!("{}:{} {} {}", part("line"), part("column"), part("code"), part("message"))
    });
    let lines: Vec<String> = lines.collect();
    if !lines.is_empty() {
        return Failure::Configuration(lines.join("\n"));
    }
    let detail = said.get("detail").and_then(Value::as_str).unwrap_or("?");
    Failure::hub("mapping-hub-refused", &[("reason", detail)])
}

/// Tries a mapping there.
///
/// # Errors
/// When the hub refuses or does not answer.
pub async fn preview(
    hub: &Distant,
    file: &DataFile,
    scheme: &SchemeId,
    last: Option<u64>,
    screen: &Screen,
) -> Result<Outcome, Failure> {
    let body = json!({ "scheme": scheme.as_str(), "text": file.text, "last": last });
    let path = format!("v1/mappings/{}/preview", file.name);
    conclude(&hub.ask(Method::POST, &path, Some(body)).await?, screen)
}

/// Makes history again there, or says what that would change.
///
/// # Errors
/// When the hub refuses or does not answer.
pub async fn replay(
    hub: &Distant,
    history: History<'_>,
    dry_run: bool,
    screen: &Screen,
) -> Result<Outcome, Failure> {
    let History { mapping, scheme, version } = history;
    let body = json!({ "scheme": scheme.as_str(), "version": version, "dry_run": dry_run });
    let path = format!("v1/mappings/{mapping}/replays");
    let mut told = hub.ask(Method::POST, &path, Some(body)).await?;
    let progress = Progress::of_records(scheme.as_str(), screen);
    while told["state"] == "running" {
        tokio::time::sleep(LOOK).await;
        let path = format!("v1/replays/{}", told["id"].as_str().unwrap_or_default());
        told = hub.ask(Method::GET, &path, None).await?;
        let examined = told["report"]["counts"]["examined"].as_u64().unwrap_or(0);
        progress.at(examined, told["total"].as_u64().unwrap_or(examined));
    }
    progress.finish();
    conclude(&told, screen)
}

/// Tries a match model there.
///
/// # Errors
/// When the hub refuses or does not answer.
pub async fn what_if(
    hub: &Distant,
    model: &DataFile,
    as_of: Option<Date>,
    screen: &Screen,
) -> Result<Outcome, Failure> {
    let body = json!({ "text": model.text, "as_of": as_of });
    let mut told = hub.ask(Method::POST, "v1/identity/what-if", Some(body)).await?;
    let progress = Progress::of_records("identity", screen);
    while told["state"] == "running" {
        tokio::time::sleep(LOOK).await;
        let path = format!("v1/identity/what-if/{}", told["id"].as_str().unwrap_or_default());
        told = hub.ask(Method::GET, &path, None).await?;
        let number = |name: &str| told[name].as_u64().unwrap_or(0);
        progress.at(number("done"), number("total"));
    }
    progress.finish();
    what_if::show(&told["report"], screen)
}

fn conclude(told: &Value, screen: &Screen) -> Result<Outcome, Failure> {
    let report: Report =
        serde_json::from_value(told["report"].clone()).map_err(Failure::operation)?;
    if screen.json() {
        screen.value(told)?;
    } else {
        shown::print(&report, screen)?;
    }
    Ok(Outcome::of_refusals(report.counts.newly_refused))
}
