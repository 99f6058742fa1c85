//! Home: what needs a person now, what flows, how each scheme does.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::page::page;
use super::quality;
use super::shell::{Section, Shell};
use super::visit::Member;
use super::words::Words;
use crate::http::{App, Problem};
use crate::model::{Caller, Scope};
use crate::operations::overview::{self, Day, Overview, Tally};

/// Something that may wait for a person.
struct Tile {
    path: &'static str,
    waits: bool,
    figure: String,
    about: String,
}

/// A day of the chart, in its own units: 14 bars of 16 by 100.
struct Bar {
    x: usize,
    top: u64,
    height: u64,
    refused_top: u64,
    refused_height: u64,
    day: String,
    received: String,
    refused: String,
}

/// How a scheme does.
struct Line {
    scheme: String,
    records: String,
    refused: bool,
    refused_shown: String,
    last: Option<String>,
}

#[derive(Template)]
#[template(path = "home.html")]
struct Home {
    shell: Shell,
    name: String,
    lacks_second_factor: bool,
    tiles: Vec<Tile>,
    kept: Vec<(String, String)>,
    /// When that was counted; none while it is counted for the first time.
    counted: Option<String>,
    runs_the_hub: bool,
    alarms: Vec<String>,
    bars: Vec<Bar>,
    anything_came: bool,
    lines: Vec<Line>,
    sees_records: bool,
    sees_quality: bool,
}

/// The beginning.
pub async fn show(member: Member, State(app): State<App>) -> Result<Response, Problem> {
    let (words, account) = (member.visit.words, &member.seated.account);
    let seen = overview::overview(app.hub(), &member.caller).await?;
    let home = Home {
        shell: Shell::new(&member, Section::Home, "page-home"),
        name: account.name.to_string(),
        lacks_second_factor: !account.has_second_factor,
        tiles: tiles(words, &member.caller, &seen),
        kept: kept(words, &seen),
        counted: seen.kept.map(|(at, _)| words.of("page-home-counted", "at", words.moment(at))),
        runs_the_hub: member.caller.runs_the_hub(),
        alarms: seen.alarms.iter().map(|alarm| quality::said(words, alarm)).collect(),
        anything_came: seen.days.iter().any(|day| day.received > 0),
        bars: bars(words, &seen.days),
        lines: lines(words, &seen),
        sees_records: member.caller.may(Scope::RecordsRead),
        sees_quality: member.caller.may(Scope::IdentityRead),
    };
    page(words, &home)
}

/// What waits, as far as the caller may do something about it.
fn tiles(words: Words, caller: &Caller, seen: &Overview) -> Vec<Tile> {
    let all = [
        ("/ui/refusals", "refused", seen.refused, Scope::RecordsRead),
        ("/ui/batches?state=held", "held", exactly(seen.held), Scope::RecordsRead),
        ("/ui/reviews", "reviews", seen.reviews, Scope::PeopleRead),
        ("/ui/mappings?draft=1", "approve", exactly(seen.to_approve), Scope::MappingsPublish),
        ("/ui/deliveries?state=abandoned", "abandoned", seen.abandoned, Scope::DeliveriesManage),
    ];
    let may = all.into_iter().filter(|(.., scope)| caller.may(*scope));
    may.map(|(path, name, tally, _)| Tile {
        path,
        waits: tally.count > 0,
        figure: words.tally(tally),
        about: words.count(&format!("page-home-{name}"), tally.count),
    })
    .collect()
}

const fn exactly(count: u64) -> Tally {
    Tally { count, more: false }
}

fn kept(words: Words, seen: &Overview) -> Vec<(String, String)> {
    let Some((_, kept)) = seen.kept else { return Vec::new() };
    [("people", kept.people), ("records", kept.records), ("waiting", kept.waiting)]
        .map(|(name, count)| (words.named("page-kept", name), words.number(count)))
        .into()
}

/// The days as bars of at most a hundred units; the smallest arrival can still be seen.
fn bars(words: Words, days: &[Day]) -> Vec<Bar> {
    let most = days.iter().map(|day| day.received).max().unwrap_or(0).max(1);
    let tall = |count: u64| if count == 0 { 0 } else { (count * 100 / most).max(2) };
    let bar = |(at, day): (usize, &Day)| {
        let (height, refused_height) = (tall(day.received), tall(day.refused.min(day.received)));
        Bar {
            x: at * 20 + 2,
            top: 100 - height,
            height,
            refused_top: 100 - refused_height,
            refused_height,
            day: words.day(day.date),
            received: words.number(day.received),
            refused: words.number(day.refused),
        }
    };
    days.iter().enumerate().map(bar).collect()
}

fn lines(words: Words, seen: &Overview) -> Vec<Line> {
    let line = |health: &overview::Health| Line {
        scheme: health.scheme.to_string(),
        records: health.records.map_or_else(|| "…".to_owned(), |count| words.number(count)),
        refused: health.refused.count > 0,
        refused_shown: words.tally(health.refused),
        last: health.last.map(|at| words.moment(at)),
    };
    seen.schemes.iter().map(line).collect()
}
