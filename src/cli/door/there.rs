//! A hub over HTTP, with a key.

use std::time::Duration;

use reqwest::header::{ACCEPT, ACCEPT_LANGUAGE, CONTENT_TYPE};
use reqwest::{Client, Url};

use super::{Answer, Ask};
use crate::cli::failure::Failure;
use crate::model::Language;

/// Longest wait for a connection.
const REACHED: Duration = Duration::from_secs(20);
/// Longest wait for an answer: a preview of many records takes as long as it takes; a hub that says nothing for so long
/// is gone.
const PATIENCE: Duration = Duration::from_secs(600);

/// Where the hub is, and who asks it.
pub(super) struct There {
    client: Client,
    root: Url,
    key: String,
}

impl There {
    pub(super) fn new(hub: &Url, key: String) -> Result<Self, Failure> {
        if hub.cannot_be_a_base() {
            return Err(Failure::usage("life-no-address", &[]));
        }
        // The first caller wins and they all choose the same provider.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder().connect_timeout(REACHED).timeout(PATIENCE).build();
        // `join` forgets the last part of a root that does not end in a slash.
        let root = format!("{}/v1/", hub.as_str().trim_end_matches('/'));
        Ok(Self {
            client: client.map_err(Failure::operation)?,
            root: Url::parse(&root).map_err(Failure::operation)?,
            key,
        })
    }

    pub(super) async fn answer(&self, ask: Ask<'_>, language: Language) -> Result<Answer, Failure> {
        let url = ask.address(&self.root)?;
        let condition = ask.condition();
        let (form, aim) = (ask.content_type(), ask.aim());
        let mut request = self.client.request(ask.method, url).bearer_auth(&self.key);
        request = request.header(ACCEPT_LANGUAGE, language.tag());
        if let Some((name, value)) = condition {
            request = request.header(name, value);
        }
        if let Some((name, value)) = aim {
            request = request.header(name, value);
        }
        if let Some(accept) = ask.accept {
            request = request.header(ACCEPT, accept);
        }
        if let Some(form) = form {
            request = request.header(CONTENT_TYPE, form);
        }
        if let Some(text) = ask.body.text() {
            request = request.body(text);
        }
        let answer = request.send().await.map_err(Failure::operation)?;
        let status = answer.status().as_u16();
        let bytes = answer.bytes().await.map_err(Failure::operation)?;
        Ok(Answer { status, bytes: bytes.to_vec() })
    }
}
