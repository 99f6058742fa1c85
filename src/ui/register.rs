//! The records that are kept: looked through by scheme, state, day and sending, found by their scheme's own number; and one
//! of them, with the person it is about and the sending that brought it.

use std::fmt;
use std::str::FromStr;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use jiff::civil::Date;
use serde::Deserialize;

use super::face;
use super::listing::{self, LINES, Pager};
use super::page::page;
use super::shell::{Section, Shell};
use super::visit::Member;
use super::words::Words;
use crate::http::{App, Code, Named, Params, Problem, narrowed};
use crate::model::{BatchId, BeneficiaryRecord, Instant, RecordId, RevisionId, SchemeId, Scope};
use crate::operations::people::{self, Shown};
use crate::operations::register::{self, After, Changed, RecordState, Wanted};

/// Which.
#[derive(Deserialize)]
pub struct Which {
    scheme: Option<String>,
    kind: Option<String>,
    state: Option<String>,
    since: Option<String>,
    until: Option<String>,
    batch: Option<String>,
    number: Option<String>,
    after: Option<String>,
}

/// A record in a line.
struct Row {
    id: String,
    scheme: String,
    number: String,
    name: String,
    born: String,
    changed: String,
    absent: Option<String>,
    person: Option<String>,
}

impl Row {
    fn of(words: Words, shown: &Shown) -> Self {
        let record = BeneficiaryRecord::from_json(&shown.canonical).ok();
        let of = |say: &dyn Fn(&BeneficiaryRecord) -> String| record.as_ref().map(say);
        Self {
            id: shown.id.to_string(),
            scheme: shown.scheme.to_string(),
            number: of(&|record| record.source.record_id.clone()).unwrap_or_default(),
            name: of(&|record| face::called(words, record)).unwrap_or_default(),
            born: of(&|record| face::row(words, record, "born").join(", ")).unwrap_or_default(),
            changed: words.moment(shown.updated_at),
            absent: shown.absent_since.map(|day| words.day(day)),
            person: shown.person.map(|person| person.to_string()),
        }
    }
}

/// Choices of a list: value, title, whether it is chosen.
type Choices = Vec<(String, String, bool)>;

#[derive(Template)]
#[template(path = "register.html")]
struct List {
    shell: Shell,
    schemes: Choices,
    kinds: Choices,
    states: Choices,
    since: String,
    until: String,
    number: String,
    batch: Option<String>,
    narrowed: bool,
    sees_people: bool,
    may_send: bool,
    rows: Vec<Row>,
    pager: Pager,
}

/// A page of them, those that changed last first; of a sending, in the order of its file.
pub async fn list(
    member: Member,
    State(app): State<App>,
    Params(which): Params<Which>,
) -> Result<Response, Problem> {
    let member = member.with(Scope::RecordsRead)?;
    let words = member.visit.words;
    let own = narrowed(&member.caller, Scope::RecordsRead)?;
    let said = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
    let scheme: Option<SchemeId> = listing::said(which.scheme.as_deref());
    let kind = said(&which.kind).filter(|kind| KINDS.contains(&kind.as_str()));
    let state =
        which.state.as_deref().and_then(RecordState::parse).filter(|state| STATES.contains(state));
    let since: Option<Date> = listing::said(which.since.as_deref());
    let until: Option<Date> = listing::said(which.until.as_deref());
    let batch: Option<BatchId> = listing::said(which.batch.as_deref());
    let number = said(&which.number).map(|number| number.trim().to_owned());
    let library = app.hub().library();
    let seen = library.registry().schemes().filter(|known| own.is_none_or(|own| *own == known.id));
    let seen: Vec<_> = seen.collect();
    let schemes: Vec<SchemeId> = seen
        .iter()
        .filter(|known| scheme.as_ref().is_none_or(|scheme| *scheme == known.id))
        .filter(|known| {
            kind.as_deref().is_none_or(|kind| (kind == "covers") == known.kind.covers())
        })
        .map(|known| known.id.clone())
        .collect();
    let wanted =
        Wanted { schemes: &schemes, state, since, until, batch, number: number.as_deref() };
    let after = which.after.as_deref();
    let goes_on: Option<After> = after.and_then(|text| text.parse().ok().map(|Mark(after)| after));
    let found = register::page(app.hub(), &member.caller, wanted, goes_on, LINES).await?;
    let text = |date: Option<Date>| date.map(|date| date.to_string());
    let (since, until, batch) = (text(since), text(until), batch.map(|id| id.to_string()));
    let narrowing = [
        ("scheme", scheme.as_ref().map(SchemeId::as_str)),
        ("kind", kind.as_deref()),
        ("state", state.map(RecordState::name)),
        ("since", since.as_deref()),
        ("until", until.as_deref()),
        ("batch", batch.as_deref()),
        ("number", number.as_deref()),
    ];
    let next = found.next.map(|after| Mark(after).to_string());
    let list = List {
        shell: Shell::new(&member, Section::Register, "page-register"),
        pager: Pager::of(after, &narrowing, next),
        narrowed: narrowing.iter().any(|(_, value)| value.is_some()),
        schemes: seen
            .iter()
            .map(|known| {
                let id = known.id.to_string();
                (id.clone(), id, scheme.as_ref() == Some(&known.id))
            })
            .collect(),
        kinds: KINDS
            .map(|name| {
                (
                    name.to_owned(),
                    words.named("page-register-kind", name),
                    kind.as_deref() == Some(name),
                )
            })
            .into(),
        states: STATES
            .map(|one| {
                (
                    one.name().to_owned(),
                    words.named("page-register-state", one.name()),
                    state == Some(one),
                )
            })
            .into(),
        since: since.unwrap_or_default(),
        until: until.unwrap_or_default(),
        number: number.unwrap_or_default(),
        batch,
        sees_people: member.caller.may(Scope::PeopleRead),
        may_send: member.caller.may(Scope::RecordsWrite),
        rows: found.records.iter().map(|shown| Row::of(words, shown)).collect(),
    };
    page(words, &list)
}

/// Kinds of schemes: those that insure or assist, and those that only list their members.
const KINDS: [&str; 2] = ["covers", "lists"];
/// What is shown of records.
const STATES: [RecordState; 2] = [RecordState::Live, RecordState::Absent];

/// Where a page goes on, as its address says it: `1767225600000-rec_…`, or `rev_…` within a sending.
struct Mark(After);

impl fmt::Display for Mark {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            After::Changed(place) => write!(out, "{}-{}", place.at.as_millis(), place.record),
            After::Brought(revision) => revision.fmt(out),
        }
    }
}

impl FromStr for Mark {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        if let Ok(revision) = text.parse::<RevisionId>() {
            return Ok(Self(After::Brought(revision)));
        }
        let (at, record) = text.split_once('-').ok_or(())?;
        let at = Instant::from_millis(at.parse().map_err(|_| ())?);
        let record = record.parse().map_err(|_| ())?;
        Ok(Self(After::Changed(Changed { at, record })))
    }
}

#[derive(Template)]
#[template(path = "record.html")]
struct One {
    shell: Shell,
    row: Row,
    facts: Vec<(String, Vec<String>)>,
    revision: String,
    sees_people: bool,
}

/// One record; the look is written down.
pub async fn show(
    member: Member,
    State(app): State<App>,
    Named(id): Named<RecordId>,
) -> Result<Response, Problem> {
    let member = member.with(Scope::RecordsRead)?;
    let words = member.visit.words;
    let shown = people::record(app.hub(), &member.caller, id).await?;
    let shown = shown.ok_or(Problem::new(Code::NotFound))?;
    let record = BeneficiaryRecord::from_json(&shown.canonical);
    let record = record.map_err(|failed| Problem::internal(&failed))?;
    let one = One {
        shell: Shell::new(&member, Section::Register, "page-record"),
        row: Row::of(words, &shown),
        facts: face::facts(words, &record),
        revision: words.count("page-record-revision", shown.revision.unsigned_abs()),
        sees_people: member.caller.may(Scope::PeopleRead),
    };
    page(words, &one)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_in_the_list_survives_its_address() {
        let record = RecordId::from_bytes([7; 16]);
        let places = [
            After::Changed(Changed { at: Instant::from_millis(1_767_225_600_000), record }),
            After::Brought(RevisionId::from_bytes([9; 16])),
        ];
        for place in places {
            let again: Mark = Mark(place).to_string().parse().expect("a place");
            assert_eq!(again.0, place);
        }
        assert!("yesterday".parse::<Mark>().is_err());
    }
}
