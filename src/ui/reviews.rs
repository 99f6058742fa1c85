//! What the hub asks people: two records side by side, what speaks for and against, and an answer.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use serde_json::Value;
use std::time::Duration;

use super::evidence::{Bar, Compared, compared, waterfall};
use super::form::Form;
use super::listing::{self, LINES, Pager};
use super::mates::{Mate, mates};
use super::page::{done, page, refused};
use super::shell::{Section, Shell};
use super::visit::Member;
use super::words::Words;
use crate::http::{App, Code, Named, Params, Problem, narrowed};
use crate::model::{BeneficiaryRecord, DecisionId, ReviewId, SchemeId, Scope};
use crate::operations::reviews::{
    self, CLAIM, Claimed, Filter, Place, Review, ReviewKind, ReviewState, version,
};
use crate::operations::stewardship::{self, Answer, Steward, StewardError};

/// How long the next page waits for what follows from an answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// Which.
#[derive(Deserialize)]
pub struct Wanted {
    reason: Option<String>,
    alike: Option<String>,
    after: Option<String>,
}

struct Row {
    id: String,
    reason: String,
    schemes: String,
    likely: Option<String>,
    share: u64,
    at: String,
    claimed: Option<String>,
}

#[derive(Template)]
#[template(path = "reviews.html")]
struct List {
    shell: Shell,
    waiting: String,
    held_back: Option<String>,
    reasons: Vec<(String, String, bool)>,
    any_reason: bool,
    rows: Vec<Row>,
    pager: Pager,
    may_decide: bool,
}

/// Why somebody is asked, for the filter.
const REASONS: [&str; 9] = [
    "between_thresholds",
    "perhaps_twins",
    "opposite_sex",
    "too_few_fields",
    "different_numbers",
    "rival",
    "truncated",
    "evidence_turned",
    "sample",
];

/// The queue, the most urgent first.
pub async fn list(
    member: Member,
    State(app): State<App>,
    Params(wanted): Params<Wanted>,
) -> Result<Response, Problem> {
    let member = member.with(Scope::PeopleRead)?;
    let words = member.visit.words;
    let own = narrowed(&member.caller, Scope::PeopleRead)?;
    let reason = wanted.reason.as_deref().filter(|reason| REASONS.contains(reason));
    let alike = wanted.alike.as_deref();
    let filter = Filter { reason, alike, ..open_to(own) };
    let after = wanted.after.as_deref();
    let mut found = reviews::page(app.hub(), filter, after.and_then(place), LINES + 1).await?;
    let narrowing = [("reason", reason), ("alike", alike)];
    let pager = listing::cut(&mut found, LINES, (after, &narrowing), |last| {
        format!("{}.{}", last.rank, last.id)
    });
    let summary = reviews::summary(app.hub(), own).await?;
    let waiting = if own.is_some() {
        summary.groups.iter().map(|(_, count)| count).sum()
    } else {
        summary.open
    };
    let choice = |name: &&str| {
        ((*name).to_owned(), words.named("review-reason", name), reason == Some(*name))
    };
    let list = List {
        shell: Shell::new(&member, Section::Reviews, "page-reviews"),
        waiting: words.count("page-reviews-waiting", waiting),
        held_back: (own.is_none() && summary.held_back > 0)
            .then(|| words.count("page-reviews-held-back", summary.held_back)),
        reasons: REASONS.iter().map(choice).collect(),
        any_reason: reason.is_none(),
        pager,
        rows: found.iter().map(|review| line(words, &member, review)).collect(),
        may_decide: member.caller.may(Scope::ReviewsDecide),
    };
    page(words, &list)
}

fn open_to(scheme: Option<&SchemeId>) -> Filter<'_> {
    Filter { scheme, state: Some(ReviewState::Open), ..Filter::default() }
}

fn place(text: &str) -> Option<Place> {
    let (rank, id) = text.split_once('.')?;
    Some(Place { rank: rank.parse().ok()?, id: id.parse().ok()? })
}

/// Whether the two are to be judged without the opinion of the index.
fn is_blind(review: &Review) -> bool {
    let decided = matches!(review.state, ReviewState::Same | ReviewState::Different);
    review.kind == ReviewKind::Sample && !decided
}

fn line(words: Words, member: &Member, review: &Review) -> Row {
    let sides = review.sides.iter().filter(|side| member.caller.sees(&side.scheme));
    let schemes: Vec<String> = sides.map(|side| side.scheme.to_string()).collect();
    let share = percent(review.probability);
    Row {
        id: review.id.to_string(),
        reason: words.named("review-reason", &review.reason),
        schemes: schemes.join(" + "),
        likely: (!is_blind(review)).then(|| words.percent(share, 100)),
        share,
        at: words.moment(review.created_at),
        claimed: review.claim.as_ref().map(|(by, _)| by.clone()),
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 100")]
fn percent(probability: f64) -> u64 {
    (probability.clamp(0.0, 1.0) * 100.0).round() as u64
}

/// Takes the most urgent review that nobody has, and opens it.
pub async fn take_next(
    member: Member,
    State(app): State<App>,
    _: Form,
) -> Result<Response, Problem> {
    let member = member.with(Scope::ReviewsDecide)?;
    let own = narrowed(&member.caller, Scope::PeopleRead)?;
    let taken = reviews::claim_next(app.hub(), &member.caller, open_to(own), (1, CLAIM)).await?;
    Ok(match taken.first() {
        Some(review) => Redirect::to(&format!("/ui/reviews/{}", review.id)).into_response(),
        None => done("/ui/reviews", "reviews-none"),
    })
}

#[derive(Template)]
#[template(path = "review.html")]
struct One {
    shell: Shell,
    reason: String,
    state: String,
    open: bool,
    blind: bool,
    version: String,
    likely: Option<String>,
    claimed: Option<String>,
    /// Where the member gives it back, who has taken it.
    give_back: Option<String>,
    /// Scheme, record and person of each side that may be seen.
    sides: Vec<(String, String, Option<String>)>,
    rows: Vec<Compared>,
    /// The household of each side, with its scheme.
    around: Vec<(String, Vec<Mate>)>,
    bars: Vec<Bar>,
    total: String,
    objection: Option<String>,
    may_decide: bool,
    both_seen: bool,
    typed: String,
    chosen: String,
    wrong: Option<String>,
    decided_by: Option<String>,
    decision: Option<String>,
    /// The answer given just before, to be taken back.
    last: Option<String>,
}

/// Where somebody comes from.
#[derive(Deserialize)]
pub struct From {
    last: Option<String>,
}

/// One review; the look is written down.
pub async fn show(
    member: Member,
    State(app): State<App>,
    Named(id): Named<ReviewId>,
    Params(from): Params<From>,
) -> Result<Response, Problem> {
    let member = member.with(Scope::PeopleRead)?;
    let last: Option<DecisionId> = from.last.as_deref().and_then(|text| text.parse().ok());
    let mut one = open(&app, &member, id).await?;
    one.last = last.map(|id| id.to_string());
    page(member.visit.words, &one)
}

async fn open(app: &App, member: &Member, id: ReviewId) -> Result<One, Problem> {
    let words = member.visit.words;
    let opened = reviews::open(app.hub(), &member.caller, id).await?;
    let opened = opened.ok_or(Problem::new(Code::NotFound))?;
    let review = &opened.review;
    let seen: Vec<_> =
        review.sides.iter().filter(|side| member.caller.sees(&side.scheme)).collect();
    let records: Vec<BeneficiaryRecord> = seen
        .iter()
        .filter_map(|side| opened.records.iter().find(|(record, _)| *record == side.record))
        .filter_map(|(_, document)| BeneficiaryRecord::from_json(document).ok())
        .collect();
    let blind = is_blind(review);
    let evidence: Value = serde_json::from_str(&review.detail).unwrap_or_default();
    let waits = matches!(review.state, ReviewState::Open | ReviewState::Unsure);
    let mine = member.caller.holder.to_string();
    let claim = review.claim.as_ref().filter(|(by, until)| *by != mine && *until > app.hub().now());
    let mut around = Vec::new();
    for side in seen.iter().filter(|_| !blind) {
        if let Some(person) = side.person {
            around.push((side.scheme.to_string(), mates(app, member, person).await?));
        }
    }
    let (bars, total) =
        if blind { (Vec::new(), String::new()) } else { waterfall(words, &evidence) };
    Ok(One {
        shell: Shell::new(member, Section::Reviews, "page-review"),
        reason: words.named("review-reason", &review.reason),
        state: words.named("review-state", review.state.name()),
        open: waits,
        blind,
        version: version(review),
        likely: (!blind).then(|| words.percent(percent(review.probability), 100)),
        claimed: claim.map(|(by, until)| {
            let until = words.moment(until);
            let args = [("by", by.as_str().into()), ("until", until.into())];
            words.with("page-review-claimed", &args)
        }),
        give_back: review
            .claim
            .as_ref()
            .filter(|(by, until)| *by == mine && *until > app.hub().now())
            .map(|_| format!("/ui/reviews/{id}/release")),
        both_seen: seen.len() == review.sides.len(),
        sides: seen
            .iter()
            .map(|side| {
                let person = side.person.filter(|_| !blind).map(|person| person.to_string());
                (side.scheme.to_string(), side.record.to_string(), person)
            })
            .collect(),
        rows: compared(words, &records),
        around,
        bars,
        total,
        objection: evidence["objection"]
            .as_str()
            .filter(|_| !blind)
            .map(|name| words.named("review-reason", name)),
        may_decide: member.caller.may(Scope::ReviewsDecide),
        typed: String::new(),
        chosen: String::new(),
        wrong: None,
        decided_by: review.decided_by.clone(),
        decision: review.decision.map(|id| id.to_string()),
        last: None,
    })
}

/// Gives back what the member has taken, so that somebody else may judge it.
pub async fn give_back(
    member: Member,
    State(app): State<App>,
    Named(id): Named<ReviewId>,
    _: Form,
) -> Result<Response, Problem> {
    let member = member.with(Scope::ReviewsDecide)?;
    reviews::release(app.hub(), &member.caller, id).await?;
    Ok(done("/ui/reviews", "given-back"))
}

/// Answers, and goes on with the next one.
pub async fn decide(
    member: Member,
    State(app): State<App>,
    Named(id): Named<ReviewId>,
    form: Form,
) -> Result<Response, Problem> {
    let member = member.with(Scope::ReviewsDecide)?;
    let words = member.visit.words;
    let steward =
        Steward { caller: &member.caller, reason: form.text("reason"), idempotency_key: None };
    let wrong = match Answer::parse(form.text("answer")) {
        None => "page-review-no-answer",
        Some(answer) => {
            let seen = Some(form.text("version"));
            match stewardship::answer(app.hub(), steward, id, seen, answer).await {
                Ok(decision) => {
                    stewardship::until_settled(app.hub(), decision.id, PATIENCE).await?;
                    return go_on(&app, &member, decision.id).await;
                }
                Err(StewardError::NoReason) => "page-review-no-reason",
                Err(StewardError::Stale { .. }) => "page-review-stale",
                Err(error) => return Err(error.into()),
            }
        }
    };
    let mut again = open(&app, &member, id).await?;
    form.text("reason").clone_into(&mut again.typed);
    form.text("answer").clone_into(&mut again.chosen);
    again.wrong = Some(words.say(wrong));
    refused(words, &again)
}

/// To the next review that nobody has, with a way back from the answer just given.
async fn go_on(app: &App, member: &Member, decision: DecisionId) -> Result<Response, Problem> {
    let own = narrowed(&member.caller, Scope::PeopleRead)?;
    let filter = Filter { claimed: Some(Claimed::Nobody), ..open_to(own) };
    let next = reviews::page(app.hub(), filter, None, 1).await?;
    Ok(match next.first() {
        Some(review) => done(&format!("/ui/reviews/{}?last={decision}", review.id), "decided"),
        None => done("/ui/decisions", "decided-last"),
    })
}
