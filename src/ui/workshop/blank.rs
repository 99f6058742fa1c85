//! A new file of any kind: which and under which name. Its shape is then opened like any text ([`super::edit`]); nothing is
//! there until somebody saves it.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::edit::newest;
use super::path;
use crate::http::{App, Params, Problem};
use crate::model::{Holder, Scope};
use crate::operations::library::{FileId, Kind};
use crate::operations::versions;
use crate::ui::form::Form;
use crate::ui::page::{page, refused};
use crate::ui::shell::{Section, Shell};
use crate::ui::visit::Member;

/// What can be new, what people begin most often first.
const KINDS: [Kind; 5] = [Kind::Agreement, Kind::Codes, Kind::Mapping, Kind::Schema, Kind::Scheme];
/// What can be new in one scheme: what concerns others is for those who run the hub.
const OWN: [Kind; 3] = [Kind::Codes, Kind::Schema, Kind::Mapping];

/// Which kind is proposed.
#[derive(Deserialize)]
pub struct Proposed {
    kind: Option<String>,
}

#[derive(Template)]
#[template(path = "workshop/blank.html")]
struct Blank {
    shell: Shell,
    /// Name, title, whether chosen.
    kinds: Vec<(&'static str, String, bool)>,
    name: String,
    wrong: Option<String>,
    /// The file that has the name already.
    known: Option<String>,
    /// Whether a scheme can be begun with a sample, too.
    may_begin: bool,
    /// Whether somebody looked for new match rules.
    rules: bool,
}

impl Blank {
    fn new(member: &Member, chosen: Option<&str>, name: &str) -> Self {
        let words = member.visit.words;
        let runs_the_hub = member.caller.runs_the_hub();
        let kinds = if runs_the_hub { KINDS.as_slice() } else { OWN.as_slice() };
        let kind = |kind: &Kind| {
            let title = words.named("page-kind", kind.name());
            (kind.name(), title, chosen == Some(kind.name()))
        };
        Self {
            shell: Shell::new(member, Section::Workshop, "page-blank"),
            kinds: kinds.iter().map(kind).collect(),
            name: name.to_owned(),
            wrong: None,
            known: None,
            may_begin: runs_the_hub,
            rules: chosen == Some(Kind::Identity.name()),
        }
    }
}

/// Asks for its kind and its name.
pub async fn show(
    member: Member,
    State(_): State<App>,
    Params(proposed): Params<Proposed>,
) -> Result<Response, Problem> {
    let member = member.with(Scope::MappingsWrite)?;
    page(member.visit.words, &Blank::new(&member, proposed.kind.as_deref(), ""))
}

/// Opens its shape.
pub async fn take(member: Member, State(app): State<App>, form: Form) -> Result<Response, Problem> {
    let member = member.with(Scope::MappingsWrite)?;
    let words = member.visit.words;
    let (kind, name) = (form.text("kind"), form.text("name"));
    let mut again = Blank::new(&member, Some(kind), name);
    let kind = KINDS.into_iter().find(|known| known.name() == kind);
    let Some(file) = kind.and_then(|kind| FileId::new(kind, name)) else {
        again.wrong = Some(words.say("page-blank-bad-name"));
        return refused(words, &again);
    };
    if !versions::may(&app.hub().library(), &member.caller, Scope::MappingsWrite, &file) {
        let scheme = match &member.caller.holder {
            Holder::Scheme(scheme) => scheme.to_string(),
            Holder::Operator(_) | Holder::Partner(_) => String::new(),
        };
        again.wrong = Some(words.of("page-blank-not-yours", "scheme", scheme));
        return refused(words, &again);
    }
    if newest(&app, &member, &file).await?.is_some() {
        again.wrong = Some(words.say("page-blank-known"));
        again.known = Some(path(&file));
        return refused(words, &again);
    }
    Ok(Redirect::to(&format!("{}/edit", path(&file))).into_response())
}
