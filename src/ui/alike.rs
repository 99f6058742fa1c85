//! Reviews that are alike, by groups: the same reason, the same two schemes, the same agreement. Whoever has judged a few
//! of a group may answer the rest at once; each answer stays one that can be taken back.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::form::Form;
use super::listing;
use super::page::{page, refused};
use super::shell::{Section, Shell};
use super::visit::Member;
use super::words::Words;
use crate::http::{App, Problem, narrowed};
use crate::model::Scope;
use crate::operations::reviews;
use crate::operations::stewardship::{self, Answer, Steward, StewardError};

/// Reviews answered at once: what a person can still take back.
const MOST: u32 = 100;

/// A group.
struct Group {
    /// As the hub names it, and the list of its reviews.
    key: String,
    path: String,
    reason: String,
    schemes: String,
    /// Of each field that says something, how far it agrees.
    pattern: Vec<String>,
    count: String,
}

impl Group {
    fn of(words: Words, (key, count): &(String, u64)) -> Self {
        let mut parts = key.splitn(3, ' ');
        let mut part = || parts.next().unwrap_or_default();
        Self {
            reason: words.named("review-reason", part()),
            schemes: part().replace('+', " + "),
            pattern: part().split(' ').filter_map(|one| agreed(words, one)).collect(),
            count: words.number(count),
            path: format!("/ui/reviews?{}", listing::query(&[("alike", Some(key))], None)),
            key: key.clone(),
        }
    }
}

/// « Nom : identique », of `family=equal`.
fn agreed(words: Words, part: &str) -> Option<String> {
    let (field, level) = part.split_once('=')?;
    let values = [
        ("field", words.named("page-evidence", field).into()),
        ("level", words.named("page-level", level).into()),
    ];
    Some(words.with("page-alike-agreed", &values))
}

#[derive(Template)]
#[template(path = "alike.html")]
struct View {
    shell: Shell,
    groups: Vec<Group>,
    chosen: String,
    answer: String,
    reason: String,
    wrong: Option<String>,
    /// What came of an answer.
    told: Option<String>,
    left: Option<String>,
    most: String,
    may_decide: bool,
}

impl View {
    async fn of(app: &App, member: &Member, form: Option<&Form>) -> Result<Self, Problem> {
        let words = member.visit.words;
        let own = narrowed(&member.caller, Scope::PeopleRead)?;
        let summary = reviews::summary(app.hub(), own).await?;
        let text = |name: &str| form.map(|form| form.text(name).to_owned()).unwrap_or_default();
        Ok(Self {
            shell: Shell::new(member, Section::Reviews, "page-alike"),
            groups: summary.groups.iter().map(|group| Group::of(words, group)).collect(),
            chosen: text("alike"),
            answer: text("answer"),
            reason: text("reason"),
            wrong: None,
            told: None,
            left: None,
            most: words.number(u64::from(MOST)),
            may_decide: member.caller.may(Scope::ReviewsDecide),
        })
    }
}

/// The groups, the largest first.
pub async fn list(member: Member, State(app): State<App>) -> Result<Response, Problem> {
    let member = member.with(Scope::PeopleRead)?;
    page(member.visit.words, &View::of(&app, &member, None).await?)
}

/// Answers the reviews of a group alike, the most urgent first; those that somebody else has are left.
pub async fn decide(
    member: Member,
    State(app): State<App>,
    form: Form,
) -> Result<Response, Problem> {
    let member = member.with(Scope::ReviewsDecide)?;
    let words = member.visit.words;
    let steward =
        Steward { caller: &member.caller, reason: form.text("reason"), idempotency_key: None };
    let group = form.text("alike");
    let wrong = match Answer::parse(form.text("answer")) {
        _ if group.is_empty() => "page-alike-no-group",
        None => "page-review-no-answer",
        Some(answer) => {
            match stewardship::answer_alike(app.hub(), steward, group, answer, MOST).await {
                Ok((made, left)) => {
                    let mut view = View::of(&app, &member, None).await?;
                    view.told = Some(words.count("page-alike-told", made.len() as u64));
                    view.left = (left > 0).then(|| words.count("page-alike-left", left));
                    return page(words, &view);
                }
                Err(StewardError::NoReason) => "page-review-no-reason",
                Err(error) => return Err(error.into()),
            }
        }
    };
    let mut again = View::of(&app, &member, Some(&form)).await?;
    again.wrong = Some(words.say(wrong));
    refused(words, &again)
}
