//! What schemes sent: each sending with its counts, what is wrong in it by defect, and whether it waits for a word.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;

use super::defects::{Defect, defects_of};
use super::form::Form;
use super::listing::{Asked, LINES, Pager};
use super::page::{done, page};
use super::shell::{Section, Shell};
use super::visit::Member;
use super::words::Words;
use crate::http::{App, Code, Named, Params, Problem, refusals_as_sent};
use crate::model::{BatchId, Scope};
use crate::operations::batches::{self, shared_groups};
use crate::operations::intake::{self, Receipt};

/// Which.
#[derive(Deserialize)]
pub struct Wanted {
    scheme: Option<String>,
    state: Option<String>,
    after: Option<String>,
}

/// A sending in words.
struct Row {
    id: String,
    scheme: String,
    at: String,
    state: &'static str,
    said: String,
    snapshot: bool,
    received: String,
    accepted: String,
    new: String,
    changed: String,
    refused: u64,
    refused_shown: String,
    share: u64,
}

impl Row {
    fn of(words: Words, receipt: &Receipt) -> Self {
        let counts = &receipt.counts;
        let state = match (receipt.state, receipt.complete) {
            ("released", true) => "good",
            ("held", _) | (_, false) => "warn",
            ("discarded" | "abandoned", _) => "bad",
            _ => "",
        };
        Self {
            id: receipt.batch.to_string(),
            scheme: receipt.scheme.to_string(),
            at: words.moment(receipt.received_at),
            state,
            said: words.named("page-batch-state", receipt.state),
            snapshot: receipt.mode == "snapshot",
            received: words.number(counts.received),
            accepted: words.number(counts.accepted),
            new: words.number(counts.new_records),
            changed: words.number(counts.changed),
            refused: counts.refused,
            refused_shown: words.number(counts.refused),
            share: (counts.accepted * 100).checked_div(counts.received).unwrap_or(0),
        }
    }
}

#[derive(Template)]
#[template(path = "batches.html")]
struct List {
    shell: Shell,
    schemes: Vec<(String, bool)>,
    all: bool,
    held: bool,
    may_send: bool,
    rows: Vec<Row>,
    pager: Pager,
}

/// Sendings, the newest first.
pub async fn list(
    member: Member,
    State(app): State<App>,
    Params(wanted): Params<Wanted>,
) -> Result<Response, Problem> {
    let member = member.with(Scope::RecordsRead)?;
    let words = member.visit.words;
    let (scheme, after) = (wanted.scheme.as_deref(), wanted.after.as_deref());
    let asked = Asked::of(&member, Scope::RecordsRead, scheme, after)?;
    let held = wanted.state.as_deref() == Some("held");
    let mut found = if held {
        batches::held(app.hub(), asked.scheme()).await?
    } else {
        batches::batches(app.hub(), asked.scheme(), asked.after(), LINES + 1).await?
    };
    // Those that are held are few, and stand on one page.
    let lines = if held { u32::MAX } else { LINES };
    let pager = asked.cut(&mut found, lines, &[], |last| last.batch.to_string());
    let list = List {
        shell: Shell::new(&member, Section::Records, "page-batches"),
        schemes: asked.schemes(&app, &member),
        all: asked.of_all() && !held,
        held,
        may_send: member.caller.may(Scope::RecordsWrite),
        pager,
        rows: found.iter().map(|receipt| Row::of(words, receipt)).collect(),
    };
    page(words, &list)
}

#[derive(Template)]
#[template(path = "batch.html")]
struct One {
    shell: Shell,
    row: Row,
    unchanged: String,
    absent: String,
    corrected: String,
    warnings: String,
    hold_reason: Option<String>,
    broke_off: bool,
    /// Whether it still arrives, or is being put in force.
    runs: bool,
    dropped: Vec<(String, String)>,
    defects: Vec<Defect>,
    may_decide: bool,
}

/// One sending.
pub async fn show(
    member: Member,
    State(app): State<App>,
    Named(id): Named<BatchId>,
) -> Result<Response, Problem> {
    let member = member.with(Scope::RecordsRead)?;
    let words = member.visit.words;
    let receipt = own_batch(&app, &member, id).await?;
    let groups = shared_groups(app.hub(), id).await?;
    let counts = &receipt.counts;
    let shell = Shell::new(&member, Section::Records, "page-batch");
    let one = One {
        shell,
        row: Row::of(words, &receipt),
        unchanged: words.number(counts.unchanged),
        absent: words.number(counts.absent),
        corrected: words.number(counts.corrected),
        warnings: words.number(counts.warnings),
        hold_reason: receipt.hold_reason.as_ref().map(|why| words.named("page-hold", why)),
        broke_off: !receipt.complete && receipt.state != "receiving",
        runs: matches!(receipt.state, "receiving" | "releasing"),
        dropped: receipt
            .dropped
            .iter()
            .map(|(field, n)| (field.clone(), words.number(n)))
            .collect(),
        defects: defects_of(words, id, &groups),
        may_decide: member.caller.may(Scope::QuarantineWrite),
    };
    page(words, &one)
}

/// A sending that the member may see.
pub async fn own_batch(app: &App, member: &Member, id: BatchId) -> Result<Receipt, Problem> {
    let receipt = batches::batch(app.hub(), id).await?;
    let receipt = receipt.filter(|receipt| member.caller.sees(&receipt.scheme));
    receipt.ok_or(Problem::new(Code::NotFound))
}

/// Releases a held sending, or drops it.
pub async fn release(
    member: Member,
    State(app): State<App>,
    Named(id): Named<BatchId>,
    form: Form,
) -> Result<Response, Problem> {
    let member = member.with(Scope::QuarantineWrite)?;
    own_batch(&app, &member, id).await?;
    let actor = member.caller.actor();
    let path = format!("/ui/batches/{id}");
    if form.text("verdict") == "discard" {
        intake::discard(app.hub(), id, &actor).await?;
        return Ok(done(&path, "batch-discarded"));
    }
    intake::release_held(app.hub(), id, &actor).await?;
    Ok(done(&path, "batch-released"))
}

/// The refused records in the sender's own format, with the reason at the end.
pub async fn download(
    member: Member,
    State(app): State<App>,
    Named(id): Named<BatchId>,
) -> Result<Response, Problem> {
    let member = member.with(Scope::RecordsRead)?;
    let receipt = own_batch(&app, &member, id).await?;
    refusals_as_sent(app, receipt.scheme, id, member.visit.words.0).await
}
