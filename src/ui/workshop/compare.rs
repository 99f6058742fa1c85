//! Two versions of a file beside each other: entry by entry in the words of the file, and line by line.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;

use super::{About, Of, short};
use crate::http::{App, Code, Params, Problem};
use crate::model::Scope;
use crate::operations::library::FileId;
use crate::operations::versions::{self, Change, ChangeKind, Named, Version, difference};
use crate::ui::page::page;
use crate::ui::shell::{Section, Shell};
use crate::ui::visit::Member;
use crate::ui::words::Words;

/// Which two: hashes, `in_force` or `draft`.
#[derive(Deserialize)]
pub struct Two {
    from: Option<String>,
    to: Option<String>,
}

struct Entry {
    tone: &'static str,
    said: String,
    path: String,
    before: Option<String>,
    after: Option<String>,
}

impl Entry {
    fn of(words: Words, change: Change) -> Self {
        let (tone, name) = match change.kind {
            ChangeKind::Added => ("good", "added"),
            ChangeKind::Removed => ("bad", "removed"),
            ChangeKind::Changed => ("warn", "changed"),
        };
        let said = words.named("page-difference", name);
        Self { tone, said, path: change.path, before: change.before, after: change.after }
    }
}

/// A line of the unified form: its class and its text.
struct Line(&'static str, String);

#[derive(Template)]
#[template(path = "workshop/compare.html")]
struct Compare {
    shell: Shell,
    about: About,
    from: String,
    to: String,
    entries: Vec<Entry>,
    lines: Vec<Line>,
}

/// Shows what is different.
pub async fn show(
    member: Member,
    State(app): State<App>,
    Of(file): Of,
    Params(two): Params<Two>,
) -> Result<Response, Problem> {
    let member = member.with(Scope::MappingsRead)?;
    let words = member.visit.words;
    let from = find(&app, &member, &file, two.from.as_deref().unwrap_or("in_force")).await?;
    let to = find(&app, &member, &file, two.to.as_deref().unwrap_or("draft")).await?;
    let (old, new) = (called(words, &from), called(words, &to));
    let compared = tokio::task::spawn_blocking(move || {
        difference(&from.text, &to.text, (&short(&from.hash), &short(&to.hash)))
    });
    let found = compared.await.map_err(|stopped| Problem::internal(&stopped))?;
    let compare = Compare {
        shell: Shell::new(&member, Section::Workshop, "page-compare").titled(file.name.clone()),
        about: About::of(words, &file),
        from: old,
        to: new,
        entries: found.changes.into_iter().map(|change| Entry::of(words, change)).collect(),
        // The first two lines name the versions, which stand above.
        lines: found.unified.lines().skip(2).map(line).collect(),
    };
    page(words, &compare)
}

async fn find(app: &App, member: &Member, file: &FileId, named: &str) -> Result<Version, Problem> {
    let found = versions::version(app.hub(), &member.caller, file, Named::parse(named)).await?;
    found.ok_or(Problem::new(Code::NotFound))
}

/// « 1.2.0 (1f8a03d2), awa.traore, 3 March 2026 ».
fn called(words: Words, version: &Version) -> String {
    let label = version.label.as_deref().unwrap_or_default();
    let (by, day) =
        (super::person(words, &version.written_by), words.day(version.written_at.date()));
    format!("{label} ({}) · {by} · {day}", short(&version.hash)).trim().to_owned()
}

fn line(text: &str) -> Line {
    let class = match text.chars().next() {
        Some('+') => "added",
        Some('-') => "removed",
        Some('@') => "place",
        _ => "same",
    };
    Line(class, text.to_owned())
}
