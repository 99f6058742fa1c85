//! A file sent from the page, for a scheme whose own programs do not: the same sending as by HTTP. It is read while it
//! arrives, however large it is.

use askama::Template;
use axum::extract::multipart::MultipartError;
use axum::extract::{FromRequest, Multipart, Request, State};
use axum::response::{IntoResponse, Redirect, Response};

use super::form::{TOKEN, is_ours};
use super::page::{page, refused};
use super::shell::{Section, Shell};
use super::visit::Member;
use super::words::Words;
use crate::http::{App, Broken, Code, Problem, known_scheme, own, pump_stream};
use crate::model::{SchemeId, Scope};
use crate::operations::batches::Mode;
use crate::operations::body::Body;
use crate::operations::intake::{self, Receipt, Submission};

/// Letters of a field beside the file.
const FIELD: usize = 200;

/// What a trial said.
struct Tried {
    said: String,
    facts: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "send.html")]
struct View {
    shell: Shell,
    schemes: Vec<(String, bool)>,
    snapshot: bool,
    tried: Option<Tried>,
    wrong: Option<String>,
}

impl View {
    fn of(app: &App, member: &Member, chosen: Option<&SchemeId>) -> Self {
        let library = app.hub().library();
        let sends = |scheme: &&SchemeId| {
            member.caller.sees(scheme) && library.mapping(scheme.as_str()).is_some()
        };
        let schemes = library.registry().schemes().map(|scheme| &scheme.id).filter(sends);
        Self {
            shell: Shell::new(member, Section::Records, "page-send"),
            schemes: schemes.map(|id| (id.to_string(), Some(id) == chosen)).collect(),
            snapshot: false,
            tried: None,
            wrong: None,
        }
    }
}

/// Where a file is chosen.
pub async fn show(member: Member, State(app): State<App>) -> Result<Response, Problem> {
    let member = member.with(Scope::RecordsWrite)?;
    page(member.visit.words, &View::of(&app, &member, None))
}

/// The fields that stand before the file.
#[derive(Default)]
struct Asked {
    token: String,
    scheme: String,
    snapshot: bool,
    dry_run: bool,
}

/// Takes the file, and leads to what became of it.
pub async fn take(
    member: Member,
    State(app): State<App>,
    request: Request,
) -> Result<Response, Problem> {
    let member = member.with(Scope::RecordsWrite)?;
    let words = member.visit.words;
    if !is_ours(request.headers()) {
        return Err(Problem::new(Code::ForeignForm));
    }
    let form = Multipart::from_request(request, &app).await;
    let mut form = form.map_err(|_| Problem::new(Code::IncompleteBody))?;
    let mut asked = Asked::default();
    while let Some(field) = form.next_field().await.map_err(broken)? {
        let name = field.name().unwrap_or_default().to_owned();
        if name == "file" {
            if !member.visit.made(&asked.token) {
                return Err(Problem::new(Code::ForeignForm));
            }
            let file_name = field.file_name().unwrap_or_default().to_owned();
            if file_name.is_empty() {
                break;
            }
            let scheme = known_scheme(&app, &asked.scheme)?;
            own(&member.caller, &scheme, Scope::RecordsWrite)?;
            let (sender, body) = Body::channel();
            let submission = submission(&member, scheme, (&asked, &file_name), body);
            let pump = pump_stream(field, app.upload_limits(), sender);
            let (pumped, taken) = tokio::join!(pump, intake::submit(app.hub(), submission));
            pumped?;
            return told(&app, &member, &asked, &taken?);
        }
        let value: String = field.text().await.map_err(broken)?.chars().take(FIELD).collect();
        match name.as_str() {
            TOKEN => asked.token = value,
            "scheme" => asked.scheme = value,
            "mode" => asked.snapshot = value == "snapshot",
            "dry" => asked.dry_run = value == "yes",
            _ => {}
        }
    }
    let mut again = View::of(&app, &member, asked.scheme.parse().ok().as_ref());
    again.snapshot = asked.snapshot;
    again.wrong = Some(words.say("page-send-no-file"));
    refused(words, &again)
}

fn broken(_: MultipartError) -> Problem {
    Problem::from(Broken::Cut)
}

fn submission(
    member: &Member,
    scheme: SchemeId,
    (asked, file_name): (&Asked, &str),
    body: Body,
) -> Submission {
    Submission {
        mode: if asked.snapshot { Mode::Snapshot } else { Mode::Delta },
        file_name: Some(file_name.chars().take(FIELD).collect()),
        dry_run: asked.dry_run,
        actor: member.caller.actor(),
        ..Submission::new(scheme, body)
    }
}

fn told(app: &App, member: &Member, asked: &Asked, receipt: &Receipt) -> Result<Response, Problem> {
    if !asked.dry_run {
        return Ok(Redirect::to(&format!("/ui/batches/{}", receipt.batch)).into_response());
    }
    let words = member.visit.words;
    let mut again = View::of(app, member, Some(&receipt.scheme));
    again.snapshot = asked.snapshot;
    again.tried = Some(tried(words, receipt));
    page(words, &again)
}

fn tried(words: Words, receipt: &Receipt) -> Tried {
    let counts = &receipt.counts;
    let facts = [
        ("page-home-received", counts.received),
        ("page-batch-new", counts.new_records),
        ("page-batch-changed", counts.changed),
        ("page-batch-unchanged", counts.unchanged),
        ("page-batch-refused", counts.refused),
        ("page-batch-absent", counts.absent),
    ];
    Tried {
        said: words.say(if receipt.complete { "page-send-tried" } else { "page-batch-broke-off" }),
        facts: facts.map(|(key, count)| (words.say(key), words.number(count))).into(),
    }
}
