//! One piece to one hub: tried again with growing pauses until it is acknowledged.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use bytes::Bytes;
use reqwest::header::{ACCEPT_LANGUAGE, AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Body, Client, StatusCode, Url};
use serde_json::Value;
use tokio_util::io::ReaderStream;

use crate::cli::failure::Failure;
use crate::cli::screen::Screen;

/// First pause between two attempts; it doubles up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// What is sent.
#[derive(Clone, Debug)]
pub enum Load {
    /// A piece in memory.
    Piece(Bytes),
    /// A whole file, opened again for each attempt.
    File(PathBuf),
}

/// Where to, and as whom.
#[derive(Debug)]
pub struct Hub {
    client: Client,
    url: Url,
    key: String,
    patience: Duration,
    screen: Screen,
}

enum Attempt {
    Done(Value),
    /// Worth another attempt.
    Again {
        reason: String,
        after: Option<Duration>,
    },
    Refused(Failure),
}

impl Hub {
    /// A hub that takes records at `url`.
    ///
    /// # Errors
    /// When the certificates of the system cannot be read.
    pub fn new(
        url: Url,
        key: String,
        patience: Duration,
        screen: &Screen,
    ) -> Result<Self, Failure> {
        // The first caller wins and they all choose the same provider.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder()
            .connect_timeout(Duration::from_secs(20))
            .build()
            .map_err(Failure::operation)?;
        Ok(Self { client, url, key, patience, screen: *screen })
    }

    /// Sends until the hub acknowledges; answers its receipt.
    ///
    /// # Errors
    /// When the hub refuses, or does not answer in the time that we are ready to wait.
    pub async fn send(
        &self,
        query: &[(&str, String)],
        idempotency_key: &str,
        load: &Load,
    ) -> Result<Value, Failure> {
        let begun = Instant::now();
        let mut pause = FIRST_PAUSE;
        let mut attempts: u64 = 1;
        loop {
            match self.attempt(query, idempotency_key, load).await {
                Attempt::Done(receipt) => return Ok(receipt),
                Attempt::Refused(failure) => return Err(failure),
                Attempt::Again { reason, after } => {
                    let wait = after.unwrap_or(pause).min(LONGEST_PAUSE) + jitter();
                    if begun.elapsed() + wait > self.patience {
                        let attempts = attempts.to_string();
                        return Err(Failure::hub(
                            "push-gave-up",
                            &[("attempts", &attempts), ("reason", &reason)],
                        ));
                    }
                    eprintln!(
                        "{}",
                        self.screen.text(
                            "push-retry",
                            &[("reason", reason.into()), ("seconds", wait.as_secs().max(1).into())]
                        )
                    );
                    tokio::time::sleep(wait).await;
                    pause = (pause * 2).min(LONGEST_PAUSE);
                    attempts += 1;
                }
            }
        }
    }

    async fn attempt(
        &self,
        query: &[(&str, String)],
        idempotency_key: &str,
        load: &Load,
    ) -> Attempt {
        let body = match load {
            Load::Piece(bytes) => Body::from(bytes.clone()),
            Load::File(path) => match tokio::fs::File::open(path).await {
                Ok(file) => Body::wrap_stream(ReaderStream::new(file)),
                Err(error) => return Attempt::Refused(Failure::file(path, error)),
            },
        };
        let mut url = self.url.clone();
        url.query_pairs_mut().extend_pairs(query);
        let request = self
            .client
            .post(url)
            .header(AUTHORIZATION, format!("Bearer {}", self.key))
            .header(ACCEPT_LANGUAGE, self.screen.language().tag())
            .header(CONTENT_TYPE, "application/octet-stream")
            .header("idempotency-key", idempotency_key)
            .body(body);
        match request.send().await {
            Ok(response) => read(response).await,
            Err(error) => again(&error),
        }
    }
}

fn again(error: &reqwest::Error) -> Attempt {
    // The innermost cause says most (`connection refused`); the outer ones repeat the address.
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    Attempt::Again { reason: cause.to_string(), after: None }
}

async fn read(response: reqwest::Response) -> Attempt {
    let status = response.status();
    let after = response
        .headers()
        .get(RETRY_AFTER)
        .and_then(|value| value.to_str().ok()?.parse().ok())
        .map(Duration::from_secs);
    let body = match response.bytes().await {
        Ok(body) => body,
        Err(error) => return again(&error),
    };
    let document: Option<Value> = serde_json::from_slice(&body).ok();
    if status.is_success() {
        return match document {
            Some(receipt) => Attempt::Done(receipt),
            None => Attempt::Again { reason: "no receipt".to_owned(), after },
        };
    }
    let part = |name: &str| document.as_ref()?.get(name)?.as_str().map(str::to_owned);
    let reason = part("detail").or_else(|| part("title")).unwrap_or_else(|| status.to_string());
    let passing = status.is_server_error()
        || matches!(
            status,
            StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_EARLY | StatusCode::TOO_MANY_REQUESTS
        );
    if passing && status != StatusCode::NOT_IMPLEMENTED {
        return Attempt::Again { reason, after };
    }
    let status_code = status.as_u16().to_string();
    Attempt::Refused(Failure::hub(
        "push-refused-by-hub",
        &[("status", &status_code), ("reason", &reason)],
    ))
}

/// Up to half a second more, so that senders who were cut off together do not come back together.
fn jitter() -> Duration {
    Duration::from_millis(rand::random_range(0..500))
}
