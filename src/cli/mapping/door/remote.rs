//! A hub over HTTP, with a key.

use std::time::Duration;

use reqwest::header::{ACCEPT_LANGUAGE, CONTENT_TYPE, IF_MATCH, IF_NONE_MATCH};
use reqwest::{Client, Method, RequestBuilder, StatusCode, Url};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::cli::failure::Failure;
use crate::cli::screen::Screen;
use crate::model::Instant;
use crate::operations::library::{DataFile, FileId};

use super::{Changed, Held, Told};

/// Where the hub is, and who asks it.
pub struct Remote {
    client: Client,
    base: Url,
    key: String,
    screen: Screen,
}

/// A page of a list.
#[derive(Deserialize)]
struct Page<T> {
    items: Vec<T>,
    #[serde(default)]
    next: Option<String>,
}

#[derive(Deserialize)]
struct Plan {
    changes: Vec<Changed>,
}

/// Longest wait for an answer: publishing compiles every file.
const PATIENCE: Duration = Duration::from_secs(60);
/// Items of a page: as many as a hub gives.
const PAGE: &str = "500";
/// Refusals that the caller can mend: wrong use rather than failure.
const MENDABLE: [&str; 8] = [
    "stale",
    "version_published",
    "approval_missing",
    "own_text",
    "invalid_files",
    "invalid_parameter",
    "conflict",
    "not_found",
];

impl Remote {
    /// A hub at an address.
    ///
    /// # Errors
    /// When the certificates of the system cannot be read.
    pub fn new(hub: &Url, key: String, screen: &Screen) -> Result<Self, Failure> {
        // The first caller wins and they all choose the same provider.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder()
            .connect_timeout(Duration::from_secs(20))
            .timeout(PATIENCE)
            .build()
            .map_err(Failure::operation)?;
        // `join` forgets the last part of a base that does not end in a slash.
        let base = format!("{}/v1/mappings/", hub.as_str().trim_end_matches('/'));
        let base = Url::parse(&base).map_err(Failure::operation)?;
        Ok(Self { client, base, key, screen: *screen })
    }

    pub async fn files(&self) -> Result<Vec<Held>, Failure> {
        let mut files = Vec::new();
        let mut after: Option<String> = None;
        loop {
            let mut url = self.base.clone();
            url.path_segments_mut().map_err(|()| not_an_address())?.pop_if_empty();
            url.query_pairs_mut().append_pair("limit", PAGE);
            if let Some(after) = &after {
                url.query_pairs_mut().append_pair("after", after);
            }
            let page: Page<Held> = self.ask(self.request(Method::GET, url)).await?;
            files.extend(page.items);
            after = page.next;
            if after.is_none() {
                return Ok(files);
            }
        }
    }

    pub async fn version(&self, file: &FileId, named: &str) -> Result<Option<Told>, Failure> {
        let url = self.address(file, &["versions", named])?;
        let response = self.send(self.request(Method::GET, url)).await?;
        if response.status() == StatusCode::NOT_FOUND {
            return Ok(None);
        }
        self.read(response).await.map(Some)
    }

    pub async fn versions(&self, file: &FileId) -> Result<Vec<Told>, Failure> {
        let mut url = self.address(file, &["versions"])?;
        url.query_pairs_mut().append_pair("limit", PAGE);
        let page: Page<Told> = self.ask(self.request(Method::GET, url)).await?;
        Ok(page.items)
    }

    pub async fn draft(&self, file: &DataFile, seen: Option<&str>) -> Result<String, Failure> {
        let url = self.address(&file.id(), &["draft"])?;
        let request = self.request(Method::PUT, url).header(CONTENT_TYPE, "application/yaml");
        let request = match seen {
            Some(hash) => request.header(IF_MATCH, format!("\"{hash}\"")),
            None => request.header(IF_NONE_MATCH, "*"),
        };
        let saved: Told = self.ask(request.body(file.text.clone())).await?;
        Ok(saved.hash)
    }

    pub async fn publish(
        &self,
        chosen: &[(FileId, String)],
        at: Option<Instant>,
    ) -> Result<Vec<Changed>, Failure> {
        let versions: Vec<Value> = chosen
            .iter()
            .map(
                |(file, hash)| json!({ "kind": file.kind.name(), "name": file.name, "hash": hash }),
            )
            .collect();
        let url = self.base.join("publications").map_err(Failure::operation)?;
        let body = json!({ "versions": versions, "at": at });
        let plan: Plan = self.ask(self.document(url, &body)).await?;
        Ok(plan.changes)
    }

    pub async fn approve(&self, file: &FileId, hash: &str) -> Result<(), Failure> {
        let url = self.address(file, &["versions", hash, "approve"])?;
        let _: Told = self.ask(self.request(Method::POST, url)).await?;
        Ok(())
    }

    pub async fn withdraw(&self, file: &FileId, hash: &str) -> Result<(), Failure> {
        let url = self.address(file, &["versions", hash, "withdraw"])?;
        let _: Told = self.ask(self.request(Method::POST, url)).await?;
        Ok(())
    }

    pub async fn rollback(&self, file: &FileId, to: Option<&str>) -> Result<Vec<Changed>, Failure> {
        let url = self.address(file, &["rollback"])?;
        let plan: Plan = self.ask(self.document(url, &json!({ "to": to }))).await?;
        Ok(plan.changes)
    }

    fn address(&self, file: &FileId, rest: &[&str]) -> Result<Url, Failure> {
        let mut url = self.base.clone();
        let mut path = url.path_segments_mut().map_err(|()| not_an_address())?;
        // The slash in the name of a schema is written as `%2F`.
        path.pop_if_empty().push(&file.name).extend(rest);
        drop(path);
        url.query_pairs_mut().append_pair("kind", file.kind.name());
        Ok(url)
    }

    fn request(&self, method: Method, url: Url) -> RequestBuilder {
        self.client
            .request(method, url)
            .bearer_auth(&self.key)
            .header(ACCEPT_LANGUAGE, self.screen.language().tag())
    }

    fn document(&self, url: Url, body: &Value) -> RequestBuilder {
        let request = self.request(Method::POST, url);
        request.header(CONTENT_TYPE, "application/json").body(body.to_string())
    }

    async fn ask<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, Failure> {
        let response = self.send(request).await?;
        self.read(response).await
    }

    async fn send(&self, request: RequestBuilder) -> Result<reqwest::Response, Failure> {
        request.send().await.map_err(Failure::operation)
    }

    async fn read<T: DeserializeOwned>(&self, response: reqwest::Response) -> Result<T, Failure> {
        let status = response.status();
        let body = response.bytes().await.map_err(Failure::operation)?;
        if status.is_success() {
            return serde_json::from_slice(&body).map_err(Failure::operation);
        }
        let problem: Value = serde_json::from_slice(&body).unwrap_or_default();
        Err(self.refused(status, &problem))
    }

    fn refused(&self, status: StatusCode, problem: &Value) -> Failure {
        let part = |name: &str| problem.get(name).and_then(Value::as_str).unwrap_or_default();
        let mut said = vec![part("detail").to_owned()];
        let diagnostics = problem.get("diagnostics").and_then(Value::as_array);
        said.extend(diagnostics.into_iter().flatten().map(|one| self.diagnostic(one)));
        let said = said.join("\n");
        if MENDABLE.contains(&part("code")) {
            return Failure::Configuration(said);
        }
        let status = status.as_u16().to_string();
        Failure::hub("push-refused-by-hub", &[("status", &status), ("reason", &said)])
    }

    /// `mapping/ml-utm@1f8a03d2:31:11: B201 …`
    fn diagnostic(&self, one: &Value) -> String {
        let text =
            |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or_default().to_owned();
        let message = one.get("message");
        let localized = message.and_then(|message| message.get(self.screen.language().tag()));
        let message = text(localized.or(message));
        let number = |name: &str| one.get(name).and_then(Value::as_u64);
        match (number("line"), number("column")) {
            (Some(line), Some(column)) => {
                let (file, code) = (text(one.get("file")), text(one.get("code")));
                format!("{file}:{line}:{column}: {code} {message}")
            }
            _ => message,
        }
    }
}

fn not_an_address() -> Failure {
    Failure::usage("life-no-address", &[])
}
