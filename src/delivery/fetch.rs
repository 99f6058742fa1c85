//! Small documents of those whom the hub's own settings name, such as a sign-in provider: bounded in time and size, no
//! redirects. Where subscribers may not have the hub call, whoever runs it may: a provider often stands on its own network.

use std::time::Duration;

use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, USER_AGENT};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder};

use super::client::ClientError;

/// Bytes of an answer that are read: a set of keys has some thousands.
const LARGEST: usize = 256 << 10;
/// Somebody waits before a browser.
const CONNECT: Duration = Duration::from_secs(5);
const WHOLE: Duration = Duration::from_secs(10);

/// Why there is no document.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// No answer, or none that could be read.
    #[error(transparent)]
    Failed(#[from] reqwest::Error),
    /// It was refused.
    #[error("answered with status {0}")]
    Status(u16),
    /// Larger than any such document.
    #[error("the answer is larger than {LARGEST} bytes")]
    TooLarge,
}

/// Reads documents.
#[derive(Clone, Debug)]
pub struct Fetch(Client);

impl Fetch {
    /// A reader.
    ///
    /// # Errors
    /// When the certificates of the system cannot be read.
    pub fn new() -> Result<Self, ClientError> {
        // As for subscribers: the first caller wins, and all choose the same.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder().redirect(Policy::none());
        Ok(Self(client.connect_timeout(CONNECT).timeout(WHOLE).build()?))
    }

    /// The document at an address.
    ///
    /// # Errors
    /// When there is none, or it is too large.
    pub async fn get(&self, address: &str) -> Result<Vec<u8>, FetchError> {
        read(self.0.get(address)).await
    }

    /// The document with which a form is answered. `authorization` is the value of that header.
    ///
    /// # Errors
    /// When it is refused, or the answer is too large.
    pub async fn post(
        &self,
        address: &str,
        form: String,
        authorization: Option<&str>,
    ) -> Result<Vec<u8>, FetchError> {
        let kind = "application/x-www-form-urlencoded";
        let request = self.0.post(address).header(CONTENT_TYPE, kind).body(form);
        read(match authorization {
            Some(value) => request.header(AUTHORIZATION, value),
            None => request,
        })
        .await
    }
}

async fn read(request: RequestBuilder) -> Result<Vec<u8>, FetchError> {
    let agent = concat!("dankun/", env!("CARGO_PKG_VERSION"));
    let request = request.header(USER_AGENT, agent).header(ACCEPT, "application/json");
    let mut answer = request.send().await?;
    if !answer.status().is_success() {
        return Err(FetchError::Status(answer.status().as_u16()));
    }
    let mut body = Vec::new();
    while let Some(part) = answer.chunk().await? {
        if body.len() + part.len() > LARGEST {
            return Err(FetchError::TooLarge);
        }
        body.extend_from_slice(&part);
    }
    Ok(body)
}
