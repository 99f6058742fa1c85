//! What cannot be right about somebody whom several records describe: with the records that say so, for the schemes
//! concerned to settle. Nothing is changed here.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use jiff::civil::Date;
use serde::Deserialize;

use super::listing::{self, Asked, LINES, Pager};
use super::mates::related;
use super::page::page;
use super::shell::{Section, Shell};
use super::visit::Member;
use super::words::Words;
use crate::http::{App, Params, Problem};
use crate::model::Scope;
use crate::operations::conflicts::{self, Conflict, Evidence, Kind, Most, Wanted};

/// People looked at for one view, and the milliseconds after which it looks no further: what takes longer than a blink
/// goes on with the next one.
const EXAMINED: usize = 500;
const MILLIS: i64 = 40;

/// Which.
#[derive(Deserialize)]
pub struct Which {
    kind: Option<String>,
    scheme: Option<String>,
    after: Option<String>,
}

/// A conflict in words.
struct Row {
    person: String,
    kind: String,
    records: Vec<(String, String)>,
    others: Option<String>,
}

impl Row {
    fn of(words: Words, conflict: &Conflict) -> Self {
        let record = |one: &Evidence| (one.scheme.to_string(), said(words, one));
        let others = conflict.others as u64;
        Self {
            person: conflict.person.to_string(),
            kind: words.named("page-conflict", conflict.kind.name()),
            records: conflict.evidence.iter().map(record).collect(),
            others: (others > 0).then(|| words.count("page-conflict-others", others)),
        }
    }
}

/// What a record says: what somebody is in the contract, and what covers them from when to when.
fn said(words: Words, one: &Evidence) -> String {
    let day = |day: Option<Date>| day.map_or_else(|| "…".to_owned(), |day| words.day(day));
    let dates = (one.from.is_some() || one.to.is_some())
        .then(|| format!("{} – {}", day(one.from), day(one.to)));
    let parts = [
        one.relationship.map(|relationship| related(words, relationship)),
        one.package.clone(),
        dates,
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

#[derive(Template)]
#[template(path = "conflicts.html")]
struct List {
    shell: Shell,
    schemes: Vec<(String, bool)>,
    all: bool,
    /// Of the kinds: their query, in words, whether it is chosen.
    kinds: Vec<(String, String, bool)>,
    rows: Vec<Row>,
    examined: String,
    pager: Pager,
}

/// A page of them, in the order of people's ids.
pub async fn list(
    member: Member,
    State(app): State<App>,
    Params(which): Params<Which>,
) -> Result<Response, Problem> {
    let member = member.with(Scope::IdentityRead)?;
    let words = member.visit.words;
    let (scheme, after) = (which.scheme.as_deref(), which.after.as_deref());
    let asked = Asked::of(&member, Scope::IdentityRead, scheme, after)?;
    let kind = which.kind.as_deref().and_then(Kind::parse);
    let wanted = Wanted { kind, scheme: asked.scheme(), on: app.hub().today() };
    let most = Most { conflicts: LINES as usize, examined: EXAMINED, millis: MILLIS };
    let found = conflicts::page(app.hub(), &member.caller, wanted, asked.after(), most).await?;
    let next = found.next.map(|person| person.to_string());
    let choice = |one: &Kind| {
        let title = words.named("page-conflict", one.name());
        (
            listing::query(&[("kind", Some(one.name())), ("scheme", scheme)], None),
            title,
            kind == Some(*one),
        )
    };
    let list = List {
        shell: Shell::new(&member, Section::Conflicts, "page-conflicts"),
        schemes: asked.schemes(&app, &member),
        all: asked.of_all(),
        kinds: Kind::ALL.iter().map(choice).collect(),
        rows: found.items.iter().map(|conflict| Row::of(words, conflict)).collect(),
        examined: words.count("page-conflicts-examined", found.examined as u64),
        pager: asked.pager(&[("kind", kind.map(Kind::name))], next),
    };
    page(words, &list)
}
