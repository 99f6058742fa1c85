//! Who did what: the audit log, the newest first, without anybody's personal data.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;

use super::listing::{self, Pager};
use super::page::page;
use super::shell::{Section, Shell};
use super::visit::Member;
use crate::http::{App, Params, Problem};
use crate::model::{AuditId, Scope};
use crate::operations::audit::{self, Entry};

/// Lines of a page.
const LINES: u32 = 50;

/// Which part of it.
#[derive(Deserialize)]
pub struct Wanted {
    actor: Option<String>,
    after: Option<String>,
}

struct Line {
    at: String,
    actor: String,
    action: String,
    outcome: String,
    subject: Option<String>,
    scheme: Option<String>,
    purpose: Option<String>,
}

#[derive(Template)]
#[template(path = "audit.html")]
struct Log {
    shell: Shell,
    actor: String,
    lines: Vec<Line>,
    pager: Pager,
}

/// A page of the log.
pub async fn list(
    member: Member,
    State(app): State<App>,
    Params(wanted): Params<Wanted>,
) -> Result<Response, Problem> {
    let member = member.with(Scope::AuditRead)?;
    let words = member.visit.words;
    let after = wanted.after.as_deref();
    let actor = wanted.actor.as_deref().map(str::trim).filter(|actor| !actor.is_empty());
    let before: Option<AuditId> = listing::said(after);
    let mut found = audit::page(app.hub(), &member.caller, actor, before, LINES + 1).await?;
    let pager =
        listing::cut(&mut found, LINES, (after, &[("actor", actor)]), |entry| entry.id.to_string());
    let line = |entry: Entry| Line {
        at: words.moment(entry.at),
        actor: entry.actor,
        action: words.named("page-action", entry.action.replace('.', "-")),
        outcome: words.named("page-outcome", entry.outcome),
        subject: entry.subject,
        scheme: entry.scheme.map(|scheme| scheme.to_string()),
        purpose: entry.purpose.map(|purpose| words.named("page-purpose", purpose)),
    };
    let log = Log {
        shell: Shell::new(&member, Section::Audit, "page-audit"),
        actor: actor.unwrap_or_default().to_owned(),
        pager,
        lines: found.into_iter().map(line).collect(),
    };
    page(words, &log)
}
