//! A hub on this machine: whoever may open its database may do everything, under the name `operator:local`.

use axum::body::{Body as Sent, to_bytes};
use axum::http::Request;
use axum::http::header::{ACCEPT, ACCEPT_LANGUAGE, CONTENT_TYPE};
use reqwest::Url;

use super::{Answer, Ask};
use crate::cli::failure::Failure;
use crate::delivery::address::Reach;
use crate::delivery::client::{Client as Sender, Timeouts};
use crate::http::{self, App, Limits};
use crate::model::{Caller, Holder, Language, Scope};
use crate::operations::Hub;

/// The hub and its interface.
pub(super) struct Here {
    hub: Hub,
    app: App,
    caller: Caller,
}

impl Here {
    pub(super) fn new(hub: Hub) -> Result<Self, Failure> {
        // The first caller wins and they all choose the same provider.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let sender = Sender::new(Reach::Public, Timeouts::default()).map_err(Failure::operation)?;
        let app = App::new(hub.clone(), sender, Limits::default());
        Ok(Self { hub, app, caller: Caller::local_operator() })
    }

    /// As a partner that asks: whoever may open the database may see what that one would.
    pub(super) fn speak_as(&mut self, partner: &str) {
        self.caller = Caller {
            key: None,
            account: None,
            holder: Holder::Partner(partner.to_owned()),
            scopes: vec![Scope::EligibilityAsk, Scope::PeopleRead],
            purposes: Vec::new(),
        };
    }

    pub(super) const fn hub(&self) -> &Hub {
        &self.hub
    }

    pub(super) async fn answer(&self, ask: Ask<'_>, language: Language) -> Result<Answer, Failure> {
        let root = Url::parse("http://here/v1/").map_err(Failure::operation)?;
        let url = ask.address(&root)?;
        let path = url
            .query()
            .map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()));
        let mut request = Request::builder().uri(path).header(ACCEPT_LANGUAGE, language.tag());
        if let Some((name, value)) = ask.condition() {
            request = request.header(name, value);
        }
        if let Some((name, value)) = ask.aim() {
            request = request.header(name, value);
        }
        if let Some(accept) = ask.accept {
            request = request.header(ACCEPT, accept);
        }
        if let Some(form) = ask.content_type() {
            request = request.header(CONTENT_TYPE, form);
        }
        let body = ask.body.text().map_or_else(Sent::empty, Sent::from);
        let request = request.method(ask.method).body(body).map_err(Failure::operation)?;
        let answer = http::answer_here(&self.app, self.caller.clone(), request).await;
        let status = answer.status().as_u16();
        let bytes = to_bytes(answer.into_body(), usize::MAX).await.map_err(Failure::operation)?;
        Ok(Answer { status, bytes: bytes.to_vec() })
    }
}
