//! What people decided about who is whom, and how it is taken back.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;

use super::form::Form;
use super::listing::{self, LINES, Pager};
use super::page::{done, page};
use super::shell::{Section, Shell};
use super::visit::Member;
use crate::http::{App, Named, Params, Problem};
use crate::model::{DecisionId, Scope};
use crate::operations::stewardship::{self, Decision, Steward, Wanted};

/// Which.
#[derive(Deserialize)]
pub struct Which {
    after: Option<String>,
}

struct Row {
    id: String,
    kind: String,
    at: String,
    by: String,
    reason: String,
    review: Option<String>,
    undone: bool,
}

#[derive(Template)]
#[template(path = "decisions.html")]
struct List {
    shell: Shell,
    rows: Vec<Row>,
    pager: Pager,
    may_decide: bool,
}

/// Decisions that the member may see, the newest first.
pub async fn list(
    member: Member,
    State(app): State<App>,
    Params(which): Params<Which>,
) -> Result<Response, Problem> {
    let member = member.with(Scope::PeopleRead)?;
    let words = member.visit.words;
    let after = which.after.as_deref();
    let before: Option<DecisionId> = listing::said(after);
    let wanted = Wanted::default();
    let mut found =
        stewardship::decisions(app.hub(), &member.caller, wanted, before, LINES + 1).await?;
    let pager = listing::cut(&mut found, LINES, (after, &[]), |last| last.id.to_string());
    let row = |decision: Decision| Row {
        id: decision.id.to_string(),
        kind: words.named("review-decision", decision.kind.name()),
        at: words.moment(decision.at),
        by: decision.by,
        reason: decision.reason,
        review: decision.review.map(|id| id.to_string()),
        undone: decision.undone_by.is_some(),
    };
    let list = List {
        shell: Shell::new(&member, Section::Reviews, "page-decisions"),
        rows: found.into_iter().map(row).collect(),
        pager,
        may_decide: member.caller.may(Scope::ReviewsDecide),
    };
    page(words, &list)
}

/// Takes one back.
pub async fn undo(
    member: Member,
    State(app): State<App>,
    Named(id): Named<DecisionId>,
    form: Form,
) -> Result<Response, Problem> {
    let member = member.with(Scope::ReviewsDecide)?;
    let typed = form.text("reason");
    let usual = member.visit.words.say("page-decision-undo-usual");
    let reason = if typed.is_empty() { usual.as_str() } else { typed };
    let steward = Steward { caller: &member.caller, reason, idempotency_key: None };
    stewardship::undo(app.hub(), steward, id).await?;
    Ok(done("/ui/decisions", "undone"))
}
