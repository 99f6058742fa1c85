//! One provider: what it says of itself and its keys, asked for now and then, and codes changed into tokens.

use std::sync::{Arc, Mutex, PoisonError};

use serde::Deserialize;
use zeroize::Zeroizing;

use super::ProviderError;
use crate::delivery::fetch::{Fetch, FetchError};
use crate::model::Instant;
use crate::oidc::discovery::{self, DiscoveryError, Metadata};
use crate::oidc::flow;
use crate::oidc::settings::Provider;
use crate::oidc::token::{self, Expected, Holder, KeySet, TokenError};
use crate::operations::accounts::{HOUR, MINUTE};

/// After so long a provider is asked anew, in milliseconds: it changes its keys now and then.
const FRESH: i64 = HOUR;
/// It is not asked more often, whatever keys tokens claim to be signed with.
const AT_MOST_EVERY: i64 = MINUTE / 6;

/// A provider of the settings.
pub struct Known {
    pub provider: Provider,
    secret: Option<Zeroizing<String>>,
    met: Mutex<Option<Met>>,
}

/// What a provider said when it was asked.
#[derive(Clone)]
pub struct Met {
    pub metadata: Arc<Metadata>,
    keys: Arc<KeySet>,
    at: Instant,
}

impl Met {
    /// Checks a token with its keys.
    pub fn check(&self, token: &str, expected: &Expected<'_>) -> Result<Holder, TokenError> {
        token::check(token, &self.keys, expected)
    }
}

/// What is read of the answer to a code.
#[derive(Deserialize)]
struct Answer {
    id_token: String,
}

impl Known {
    pub fn new(provider: Provider, secret: Option<Zeroizing<String>>) -> Self {
        Self { provider, secret, met: Mutex::default() }
    }

    /// What it said, within the hour.
    pub async fn met(&self, fetch: &Fetch, now: Instant) -> Result<Met, ProviderError> {
        match self.kept().filter(|met| met.at.plus_millis(FRESH) > now) {
            Some(met) => Ok(met),
            None => self.ask(fetch, now).await,
        }
    }

    /// What it says now, unless it was asked a moment ago.
    pub async fn meet(&self, fetch: &Fetch, now: Instant) -> Result<Met, ProviderError> {
        match self.kept().filter(|met| met.at.plus_millis(AT_MOST_EVERY) > now) {
            Some(met) => Ok(met),
            None => self.ask(fetch, now).await,
        }
    }

    fn kept(&self) -> Option<Met> {
        self.met.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn ask(&self, fetch: &Fetch, now: Instant) -> Result<Met, ProviderError> {
        let issuer = &self.provider.issuer;
        let document = fetch.get(&discovery::place(issuer)).await?;
        let metadata = discovery::read(&document, issuer)?;
        let keys = fetch.get(&metadata.keys).await?;
        let keys =
            KeySet::read(&keys).map_err(|error| DiscoveryError::Unreadable(error.to_string()))?;
        let met = Met { metadata: Arc::new(metadata), keys: Arc::new(keys), at: now };
        *self.met.lock().unwrap_or_else(PoisonError::into_inner) = Some(met.clone());
        Ok(met)
    }

    /// Changes a code, with the verifier and the address of the way back, into a token.
    pub async fn exchange(
        &self,
        fetch: &Fetch,
        met: &Met,
        (code, verifier, redirect): (&str, &str, String),
    ) -> Result<Zeroizing<String>, ProviderError> {
        let client_id = &self.provider.client_id;
        let secret = self.secret.as_deref().map(String::as_str);
        let (in_body, in_head) =
            if met.metadata.secret_in_body { (secret, None) } else { (None, secret) };
        let form = flow::exchange((code, verifier, &redirect), client_id, in_body);
        let basic = in_head.map(|secret| Zeroizing::new(flow::basic(client_id, secret)));
        let authorization = basic.as_ref().map(|basic| basic.as_str());
        let answer = match fetch.post(&met.metadata.token, form, authorization).await {
            // It knows no such code, or not us.
            Err(FetchError::Status(status @ 400..=499)) => {
                return Err(ProviderError::Refused(format!("status {status}")));
            }
            answer => answer?,
        };
        let answer: Answer = serde_json::from_slice(&answer)
            .map_err(|_| ProviderError::Token(TokenError::Malformed))?;
        Ok(answer.id_token.into())
    }
}
