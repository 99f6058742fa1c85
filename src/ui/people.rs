//! People: looked for within one's rights, and one of them with records, contracts, household and past.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use jiff::civil::Date;

use super::evidence::{Bar, waterfall};
use super::face;
use super::form::Form;
use super::mates::{Mate, mates};
use super::page::{done, page, refused};
use super::shell::{Section, Shell};
use super::visit::Member;
use super::words::Words;
use crate::eligibility::question::{Demographics, Number};
use crate::http::{App, Code, Named, Problem};
use crate::model::record::Sex;
use crate::model::{BeneficiaryRecord, PersonId, RecordId, Scope};
use crate::operations::audit;
use crate::operations::history::{self, Happened};
use crate::operations::patients::{self, Grade, Wanted};
use crate::operations::people::{self, Look, Shown};
use crate::operations::stewardship::{self, Steward};

/// Events and looks that are shown.
const SHOWN: u32 = 20;
/// Pairs of records whose evidence is shown.
const BONDS: usize = 10;

/// Somebody who was found.
struct Found {
    path: Option<String>,
    name: String,
    born: String,
    schemes: String,
    sure: String,
}

#[derive(Template)]
#[template(path = "people.html")]
struct Search {
    shell: Shell,
    systems: Vec<(String, bool)>,
    number: String,
    family: String,
    given: String,
    born: String,
    sex: String,
    asked: bool,
    found: Vec<Found>,
    wrong: Option<String>,
}

impl Search {
    fn new(app: &App, member: &Member, form: Option<&Form>) -> Self {
        let text = |name: &str| form.map(|form| form.text(name).to_owned()).unwrap_or_default();
        let chosen = text("system");
        Self {
            shell: Shell::new(member, Section::People, "page-people"),
            systems: systems(app)
                .into_iter()
                .map(|one| (one == chosen, one))
                .map(|(c, s)| (s, c))
                .collect(),
            number: text("number"),
            family: text("family"),
            given: text("given"),
            born: text("born"),
            sex: text("sex"),
            asked: form.is_some(),
            found: Vec::new(),
            wrong: None,
        }
    }
}

/// Every system of numbers that the registry knows.
pub fn systems(app: &App) -> Vec<String> {
    let library = app.hub().library();
    let mut systems: Vec<String> = library
        .registry()
        .schemes()
        .flat_map(|scheme| {
            let national = scheme.identifiers.iter().map(|number| number.code.clone());
            national.chain([scheme.record_number.code.clone()])
        })
        .collect();
    systems.sort();
    systems.dedup();
    systems
}

/// Where people are looked for.
pub async fn search(member: Member, State(app): State<App>) -> Result<Response, Problem> {
    let member = member.with(Scope::PeopleRead)?;
    page(member.visit.words, &Search::new(&app, &member, None))
}

/// What a form says of somebody: a number, or names with a date of birth.
pub fn described(app: &App, form: &Form) -> Wanted {
    let library = app.hub().library();
    let number = form.text("number");
    let numbers = (!number.is_empty()).then(|| Number {
        kind: library.registry().number_kind(form.text("system")),
        value: number.to_owned().into(),
    });
    let sex = match form.text("sex") {
        "female" => Some(Sex::Female),
        "male" => Some(Sex::Male),
        _ => None,
    };
    let person = Demographics {
        family: form.text("family").to_owned().into(),
        given: form.text("given").to_owned().into(),
        sex,
        birth_date: form.text("born").parse().ok(),
        phone: None,
    };
    Wanted { numbers: numbers.into_iter().collect(), person: person.suffices().then_some(person) }
}

/// Looks. Names travel in the body, never in the address: addresses are kept by browsers and proxies.
pub async fn find(member: Member, State(app): State<App>, form: Form) -> Result<Response, Problem> {
    let member = member.with(Scope::PeopleRead)?;
    let words = member.visit.words;
    let mut search = Search::new(&app, &member, Some(&form));
    let wanted = described(&app, &form);
    if !wanted.suffices() {
        search.wrong = Some(words.say("page-people-too-little"));
        return refused(words, &search);
    }
    let view = patients::view(app.hub(), &member.caller, None).await?;
    let matches = patients::matches(app.hub(), &view, &wanted).await?;
    for one in matches {
        let records: Vec<BeneficiaryRecord> = one
            .patient
            .faces
            .iter()
            .filter_map(|face| BeneficiaryRecord::from_json(&face.shown.canonical).ok())
            .collect();
        let Some(first) = records.first() else { continue };
        let schemes: Vec<String> =
            records.iter().map(|record| record.source.scheme.to_string()).collect();
        search.found.push(Found {
            path: one.patient.person.map(|person| format!("/ui/people/{person}")),
            name: face::called(words, first),
            born: face::row(words, first, "born").join(", "),
            schemes: schemes.join(" · "),
            sure: words.named("page-sure", sure(one.grade)),
        });
    }
    page(words, &search)
}

const fn sure(grade: Grade) -> &'static str {
    match grade {
        Grade::Certain => "certain",
        Grade::Probable => "probable",
        Grade::Possible => "possible",
    }
}

/// A record of a person.
struct Record {
    id: String,
    scheme: String,
    rows: Vec<(String, Vec<String>)>,
    updated: String,
    absent: Option<String>,
}

/// A contract on the line of time, in a drawing 600 wide.
struct Span {
    label: String,
    x: i64,
    width: i64,
    active: bool,
    text: String,
}

/// What was found between two records of a person.
struct Bond {
    one: String,
    other: String,
    bars: Vec<Bar>,
    total: String,
}

struct Event {
    kind: String,
    at: String,
    by: Option<String>,
    reason: Option<String>,
}

#[derive(Template)]
#[template(path = "person.html")]
struct One {
    shell: Shell,
    id: String,
    name: String,
    records: Vec<Record>,
    spans: Vec<Span>,
    height: usize,
    today: i64,
    years: Vec<(i64, String)>,
    mates: Vec<Mate>,
    bonds: Vec<Bond>,
    events: Vec<Event>,
    looks: Vec<(String, String, String)>,
    sees_looks: bool,
    may_decide: bool,
    may_ask: bool,
}

/// One person; the look is written down.
pub async fn show(
    member: Member,
    State(app): State<App>,
    Named(id): Named<PersonId>,
) -> Result<Response, Problem> {
    let member = member.with(Scope::PeopleRead)?;
    let (words, hub) = (member.visit.words, app.hub());
    let shown = match people::look(hub, &member.caller, id, "page").await? {
        Look::Here(shown) => shown,
        Look::Moved(to) => return Ok(Redirect::to(&format!("/ui/people/{to}")).into_response()),
        Look::Gone => return Err(Problem::new(Code::PersonGone)),
        Look::Nobody => return Err(Problem::new(Code::NotFound)),
    };
    let mates = mates(&app, &member, id).await?;
    let bonds = bonds(words, history::evidence(hub, &member.caller, id).await?, &shown);
    let past = history::history(hub, &member.caller, id, None, SHOWN).await?;
    let read: Vec<(Shown, BeneficiaryRecord)> = shown
        .into_iter()
        .filter_map(|shown| Some((BeneficiaryRecord::from_json(&shown.canonical).ok()?, shown)))
        .map(|(record, shown)| (shown, record))
        .collect();
    let (spans, years, today) = timeline(words, &read, hub.today());
    let sees_looks = member.caller.may(Scope::AuditRead);
    let looks = audit::about(hub, &member.caller, &id.to_string(), SHOWN).await?;
    let operator = member.caller.runs_the_hub();
    let name = read.first().map(|(_, record)| face::called(words, record)).unwrap_or_default();
    let one = One {
        shell: Shell::new(&member, Section::People, "page-people").titled(words.say("page-person")),
        id: id.to_string(),
        name,
        records: read.iter().map(|(shown, record)| kept(words, shown, record)).collect(),
        height: spans.len() * 26 + 24,
        spans,
        today,
        years,
        mates,
        bonds,
        events: past.map_or_else(Vec::new, |past| {
            past.events.into_iter().map(|one| happened(words, one, operator)).collect()
        }),
        looks: looks
            .into_iter()
            .map(|entry| {
                let action = words.named("page-action", entry.action.replace('.', "-"));
                (words.moment(entry.at), entry.actor, action)
            })
            .collect(),
        sees_looks,
        may_decide: member.caller.may(Scope::ReviewsDecide),
        may_ask: member.caller.may(Scope::EligibilityAsk),
    };
    page(words, &one)
}

fn kept(words: Words, shown: &Shown, record: &BeneficiaryRecord) -> Record {
    Record {
        id: shown.id.to_string(),
        scheme: shown.scheme.to_string(),
        rows: face::facts(words, record),
        updated: words.moment(shown.updated_at),
        absent: shown.absent_since.map(|date| words.day(date)),
    }
}

/// The evidence of the pairs that were compared, the weakest first: it is what a doubt begins with.
fn bonds(words: Words, found: Option<history::Evidence>, shown: &[Shown]) -> Vec<Bond> {
    let mut edges = found.map_or_else(Vec::new, |found| found.edges);
    edges.sort_by(|one, other| one.weight.total_cmp(&other.weight));
    edges.truncate(BONDS);
    let called = |id: RecordId| {
        let record = shown.iter().find(|record| record.id == id)?;
        let says = BeneficiaryRecord::from_json(&record.canonical).ok()?;
        Some(format!("{} {}", record.scheme, says.source.record_id))
    };
    let bond = |edge: &history::StoredEdge| {
        let detail = serde_json::from_str(&edge.detail).unwrap_or_default();
        let (bars, total) = waterfall(words, &detail);
        Some(Bond { one: called(edge.a)?, other: called(edge.b)?, bars, total })
    };
    edges.iter().filter_map(bond).collect()
}

/// Days from one date to another.
fn days(from: Date, to: Date) -> i64 {
    (to - from).get_days().into()
}

/// The contracts of all records between the first day and a year from now; the years; and where today is.
fn timeline(
    words: Words,
    read: &[(Shown, BeneficiaryRecord)],
    today: Date,
) -> (Vec<Span>, Vec<(i64, String)>, i64) {
    let coverages: Vec<_> = read.iter().flat_map(|(_, record)| &record.coverages).collect();
    let first =
        coverages.iter().filter_map(|one| one.period.start).min().unwrap_or(today).min(today);
    let first = first.first_of_year();
    let last = today.last_of_year();
    let whole = days(first, last).max(1);
    let place = |date: Date| days(first, date.clamp(first, last)) * 600 / whole;
    let span = |one: &&crate::model::record::Coverage| {
        let from = place(one.period.start.unwrap_or(first));
        let to = place(one.period.end.or(one.closed_on).unwrap_or(last));
        Span {
            label: format!("{} {}", one.scheme, one.package.as_deref().unwrap_or("")),
            x: from,
            width: (to - from).max(3),
            active: one.status == crate::model::record::CoverageStatus::Active,
            text: face::contract(words, one),
        }
    };
    let step = ((last.year() - first.year()) / 8).max(0) + 1;
    let years = (first.year()..=last.year())
        .step_by(step.unsigned_abs().into())
        .filter_map(|year| Some((place(Date::new(year, 1, 1).ok()?), year.to_string())))
        .collect();
    (coverages.iter().map(span).collect(), years, place(today))
}

fn happened(words: Words, one: Happened, operator: bool) -> Event {
    let decision = one.decision.filter(|_| operator);
    Event {
        kind: words.named("person-event", one.event.kind.name()),
        at: words.moment(one.event.at),
        by: decision.as_ref().map(|decision| decision.by.clone()),
        reason: decision.map(|decision| decision.reason),
    }
}

/// Says that two people are one.
pub async fn merge(
    member: Member,
    State(app): State<App>,
    Named(id): Named<PersonId>,
    form: Form,
) -> Result<Response, Problem> {
    let member = member.with(Scope::ReviewsDecide)?;
    let other: PersonId =
        form.text("other").parse().map_err(|_| Problem::parameter("other", "per_…"))?;
    let steward =
        Steward { caller: &member.caller, reason: form.text("reason"), idempotency_key: None };
    stewardship::merge(app.hub(), steward, (id, other)).await?;
    Ok(done(&format!("/ui/people/{id}"), "merged"))
}

/// Says that some of the records are somebody else's.
pub async fn split(
    member: Member,
    State(app): State<App>,
    Named(id): Named<PersonId>,
    form: Form,
) -> Result<Response, Problem> {
    let member = member.with(Scope::ReviewsDecide)?;
    let off: Vec<RecordId> = form.all("off").filter_map(|text| text.parse().ok()).collect();
    let steward =
        Steward { caller: &member.caller, reason: form.text("reason"), idempotency_key: None };
    stewardship::split(app.hub(), steward, id, &off).await?;
    Ok(done(&format!("/ui/people/{id}"), "split"))
}
