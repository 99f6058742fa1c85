//! The HTTP client for subscribers: bounded in time and size, no redirects, no private addresses.
//!
//! It makes one attempt and says how it went; whether and when there is another one is
//! [`super::schedule`]'s business.

use std::error::Error;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER, USER_AGENT};
use reqwest::redirect::Policy;

use super::address::{AddressError, Reach};
use super::schedule::Failure;
use super::signature::{self, Secret};

/// How much of an answer is read: enough to let a connection be used again, no more.
const ANSWER_LIMIT: usize = 64 * 1024;

/// How long a connection may take, and the whole attempt (Standard Webhooks proposes 15 to 30 s).
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// Name look-up, TCP and TLS.
    pub connect: Duration,
    /// Everything, to the last byte that is read of the answer.
    pub whole: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self { connect: Duration::from_secs(10), whole: Duration::from_secs(20) }
    }
}

/// One attempt to be made.
#[derive(Debug)]
pub struct Attempt<'a> {
    /// Where to.
    pub url: &'a str,
    /// `webhook-id`: the same at every attempt.
    pub id: &'a str,
    /// Now, in seconds since 1970.
    pub timestamp: i64,
    /// What the other side wants to see beside ours.
    pub headers: &'a [(String, String)],
    /// The body; empty for a call that says nothing.
    pub body: Vec<u8>,
    /// The key that the subscriber knows; none for a body that is signed in itself.
    pub secret: Option<&'a Secret>,
}

/// Why no client could be made.
#[derive(Debug, thiserror::Error)]
#[error("cannot make the client for subscribers")]
pub struct ClientError(#[from] reqwest::Error);

/// Speaks to subscribers.
#[derive(Clone, Debug)]
pub struct Client {
    http: reqwest::Client,
    reach: Reach,
}

impl Client {
    /// A client that may call what `reach` allows.
    ///
    /// # Errors
    /// When the certificates of the system cannot be read.
    pub fn new(reach: Reach, timeouts: Timeouts) -> Result<Self, ClientError> {
        // The first caller wins and they all choose the same provider.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .redirect(Policy::none())
            // A proxy would resolve names itself, behind our back.
            .no_proxy()
            .dns_resolver(Arc::new(CheckedResolver(reach)))
            .connect_timeout(timeouts.connect)
            .timeout(timeouts.whole)
            .build()?;
        Ok(Self { http, reach })
    }

    /// Which addresses this client calls.
    #[must_use]
    pub const fn reach(&self) -> Reach {
        self.reach
    }

    /// Makes one attempt. Success is any status of the 2xx family; its body is passed over.
    ///
    /// # Errors
    /// How the attempt failed.
    pub async fn send(&self, attempt: Attempt<'_>) -> Result<u16, Failure> {
        let url = self.reach.check_url(attempt.url).map_err(|_| Failure::ForbiddenAddress)?;
        let signature = attempt
            .secret
            .map(|secret| signature::sign(secret, attempt.id, attempt.timestamp, &attempt.body));
        let mut request = self
            .http
            .post(url)
            .header(USER_AGENT, concat!("dankun/", env!("CARGO_PKG_VERSION")))
            .header(signature::ID_HEADER, attempt.id)
            .header(signature::TIMESTAMP_HEADER, attempt.timestamp);
        if !attempt.body.is_empty() {
            request = request.header(CONTENT_TYPE, "application/json");
        }
        for (name, value) in attempt.headers {
            request = request.header(name, value);
        }
        request = request.body(attempt.body);
        if let Some(signature) = signature {
            request = request.header(signature::SIGNATURE_HEADER, signature);
        }
        let answer = request.send().await.map_err(|error| failure_of(&error))?;
        let status = answer.status();
        let retry_after = retry_after(answer.headers());
        drain(answer).await;
        if status.is_success() {
            Ok(status.as_u16())
        } else {
            Err(Failure::Status { status: status.as_u16(), retry_after })
        }
    }
}

/// Reads at most [`ANSWER_LIMIT`] bytes; the status has already decided, so an answer that breaks
/// off here is no failure.
async fn drain(mut answer: reqwest::Response) {
    let mut read = 0;
    while let Ok(Some(chunk)) = answer.chunk().await {
        read += chunk.len();
        if read > ANSWER_LIMIT {
            break;
        }
    }
}

/// Only the form in seconds: the form with a date depends on the other side's clock.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}

fn failure_of(error: &reqwest::Error) -> Failure {
    if caused_by_address(error) {
        Failure::ForbiddenAddress
    } else if error.is_timeout() {
        Failure::TimedOut
    } else {
        Failure::Unreachable
    }
}

fn caused_by_address(error: &reqwest::Error) -> bool {
    let mut cause: Option<&(dyn Error + 'static)> = error.source();
    while let Some(error) = cause {
        if error.is::<AddressError>() {
            return true;
        }
        cause = error.source();
    }
    false
}

/// Resolves names as the system does and leaves out what may not be called.
#[derive(Debug)]
struct CheckedResolver(Reach);

impl Resolve for CheckedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = self.0;
        Box::pin(async move {
            let found: Vec<SocketAddr> =
                tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let allowed: Vec<SocketAddr> = found
                .iter()
                .copied()
                .filter(|address| reach.check_address(address.ip()).is_ok())
                .collect();
            if allowed.is_empty() && !found.is_empty() {
                return Err(AddressError::Private.into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attempt<'a>(url: &'a str, secret: &'a Secret) -> Attempt<'a> {
        Attempt {
            url,
            id: "del_1",
            timestamp: 1_700_000_000,
            headers: &[],
            body: b"{}".to_vec(),
            secret: Some(secret),
        }
    }

    #[tokio::test]
    async fn a_name_that_resolves_to_this_machine_is_not_called() {
        let client = Client::new(Reach::Public, Timeouts::default()).expect("a client");
        let secret = Secret::from_random([1; 32]);
        for url in ["https://localhost:1/", "https://127.0.0.1:1/"] {
            let outcome = client.send(attempt(url, &secret)).await;
            assert_eq!(outcome, Err(Failure::ForbiddenAddress), "{url}");
        }
    }

    #[tokio::test]
    async fn a_closed_port_is_unreachable() {
        let client = Client::new(Reach::Anywhere, Timeouts::default()).expect("a client");
        let secret = Secret::from_random([1; 32]);
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}/", listener.local_addr().expect("its address"));
        drop(listener);
        let outcome = client.send(attempt(&url, &secret)).await;
        assert_eq!(outcome, Err(Failure::Unreachable));
    }

    #[test]
    fn only_seconds_are_read_from_retry_after() {
        let headers = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(RETRY_AFTER, text.parse().expect("a header value"));
            headers
        };
        assert_eq!(retry_after(&headers("120")), Some(Duration::from_secs(120)));
        assert_eq!(retry_after(&headers("Wed, 21 Oct 2026 07:28:00 GMT")), None);
        assert_eq!(retry_after(&headers("-1")), None);
    }
}
