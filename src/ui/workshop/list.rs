//! Every file, by kind: what counts, what is being changed, what waits for its hour.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;

use super::{path, person};
use crate::http::{App, Params, Problem};
use crate::model::Scope;
use crate::operations::library::{FileId, Kind};
use crate::operations::versions::{self, Filter, Listed};
use crate::ui::listing::{self, Pager};
use crate::ui::page::page;
use crate::ui::shell::{Section, Shell};
use crate::ui::visit::Member;
use crate::ui::words::Words;

/// Files of a page: more than a country has schemes.
const LINES: u32 = 100;
/// The kinds in the order in which people look for them.
const KINDS: [Kind; 6] =
    [Kind::Mapping, Kind::Codes, Kind::Schema, Kind::Scheme, Kind::Agreement, Kind::Identity];

/// Which.
#[derive(Deserialize)]
pub struct Wanted {
    kind: Option<String>,
    draft: Option<String>,
    after: Option<String>,
}

struct Row {
    path: String,
    name: String,
    kind: String,
    /// « 1.2.0 » of what counts.
    counts: Option<String>,
    since: Option<String>,
    /// State of the draft, who wrote it and when.
    draft: Option<(String, String)>,
    to_come: Vec<String>,
    needs_two: bool,
}

impl Row {
    fn of(words: Words, listed: &Listed) -> Self {
        let draft = listed.draft.as_ref().map(|draft| {
            let by = person(words, &draft.written_by);
            let when = words.moment(draft.written_at);
            (words.named("life-state", draft.stage.name()), format!("{by} · {when}"))
        });
        let in_force = listed.in_force.as_ref();
        Self {
            path: path(&listed.file),
            name: listed.file.name.clone(),
            kind: words.named("page-kind", listed.file.kind.name()),
            counts: in_force.map(|(version, _)| version.label.clone().unwrap_or_default()),
            since: in_force.map(|(_, since)| words.day(since.date())),
            draft,
            to_come: listed.to_come.iter().map(|one| words.moment(one.from)).collect(),
            needs_two: listed.needs_two,
        }
    }
}

/// A choice above the list: address, title, whether it is the present one.
type Choice = (String, String, bool);

#[derive(Template)]
#[template(path = "workshop/list.html")]
struct List {
    shell: Shell,
    choices: Vec<Choice>,
    rows: Vec<Row>,
    pager: Pager,
    filtered: bool,
    may_begin: bool,
    may_write: bool,
    /// Of which kind a new file would be.
    kind: Option<&'static str>,
}

/// Shows them.
pub async fn list(
    member: Member,
    State(app): State<App>,
    Params(wanted): Params<Wanted>,
) -> Result<Response, Problem> {
    let member = member.with(Scope::MappingsRead)?;
    let words = member.visit.words;
    let kind = wanted.kind.as_deref().and_then(Kind::parse);
    let drafts = wanted.draft.is_some();
    let filter = Filter { kind, draft: drafts.then_some(true), prefix: None };
    let after = wanted.after.as_deref().and_then(|text| {
        let (kind, name) = text.split_once(':')?;
        FileId::new(Kind::parse(kind)?, name)
    });
    let mut found =
        versions::list(app.hub(), &member.caller, &filter, after.as_ref(), LINES as usize + 1)
            .await?;
    let narrowing = [("kind", kind.map(Kind::name)), ("draft", drafts.then_some("1"))];
    let pager =
        listing::cut(&mut found, LINES, (wanted.after.as_deref(), &narrowing), |last: &Listed| {
            format!("{}:{}", last.file.kind.name(), last.file.name)
        });
    let list = List {
        shell: Shell::new(&member, Section::Workshop, "page-workshop"),
        choices: choices(words, kind, drafts),
        rows: found.iter().map(|listed| Row::of(words, listed)).collect(),
        pager,
        filtered: kind.is_some() || drafts || after.is_some(),
        may_write: member.caller.may(Scope::MappingsWrite),
        kind: kind.map(Kind::name),
        may_begin: member.caller.runs_the_hub() && member.caller.may(Scope::MappingsWrite),
    };
    page(words, &list)
}

fn choices(words: Words, present: Option<Kind>, drafts: bool) -> Vec<Choice> {
    let all = ("?".to_owned(), words.say("page-kind-all"), present.is_none() && !drafts);
    let open = ("?draft=1".to_owned(), words.say("page-workshop-open"), drafts);
    let kind = |kind: Kind| {
        let title = words.named("page-kinds", kind.name());
        (format!("?kind={}", kind.name()), title, present == Some(kind) && !drafts)
    };
    [all, open].into_iter().chain(KINDS.map(kind)).collect()
}
