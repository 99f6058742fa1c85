//! What was put right in the hub: what the scheme sends, what is read in its place, until the scheme changes the value
//! itself. The list is what a scheme should mend in its own data.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;

use super::listing::{Asked, LINES, Pager};
use super::page::page;
use super::shell::{Section, Shell};
use super::visit::Member;
use super::words::Words;
use crate::http::{App, Params, Problem};
use crate::model::Scope;
use crate::operations::quarantine::{self, CorrectionState, Told};

/// Which.
#[derive(Deserialize)]
pub struct Wanted {
    scheme: Option<String>,
    state: Option<String>,
    after: Option<String>,
}

struct Row {
    scheme: String,
    record: String,
    field: String,
    sent: String,
    read_as: String,
    by: String,
}

impl Row {
    fn of(words: Words, told: Told) -> Self {
        let day = words.day(told.created_at.date());
        Self {
            scheme: told.scheme.to_string(),
            record: told.record_id.unwrap_or_default(),
            field: told.field.unwrap_or_else(|| words.say("page-correction-whole")),
            sent: told.bad,
            read_as: told.good,
            by: format!("{} · {day}", told.created_by),
        }
    }
}

#[derive(Template)]
#[template(path = "corrections.html")]
struct List {
    shell: Shell,
    schemes: Vec<(String, bool)>,
    all: bool,
    lapsed: bool,
    rows: Vec<Row>,
    pager: Pager,
}

/// Those that hold, or those that their scheme has overtaken; the oldest first.
pub async fn list(
    member: Member,
    State(app): State<App>,
    Params(wanted): Params<Wanted>,
) -> Result<Response, Problem> {
    let member = member.with(Scope::RecordsRead)?;
    let words = member.visit.words;
    let (scheme, after) = (wanted.scheme.as_deref(), wanted.after.as_deref());
    let asked = Asked::of(&member, Scope::RecordsRead, scheme, after)?;
    let lapsed = wanted.state.as_deref() == Some(CorrectionState::Lapsed.name());
    let state = if lapsed { CorrectionState::Lapsed } else { CorrectionState::Active };
    let (scheme, after) = (asked.scheme(), asked.after());
    let mut found =
        quarantine::corrections(app.hub(), scheme, Some(state), after, LINES + 1).await?;
    let narrowing = [("state", lapsed.then(|| CorrectionState::Lapsed.name()))];
    let pager = asked.cut(&mut found, LINES, &narrowing, |told| told.id.to_string());
    let list = List {
        shell: Shell::new(&member, Section::Refusals, "page-corrections"),
        schemes: asked.schemes(&app, &member),
        all: asked.of_all(),
        lapsed,
        rows: found.into_iter().map(|told| Row::of(words, told)).collect(),
        pager,
    };
    page(words, &list)
}
