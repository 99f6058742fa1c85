//! Counts of people on a day, never of rows, for those who report them. A count so small that it could point at somebody
//! is shown to those who run the hub only.
//!
//! Everybody is counted anew when somebody asks: the view itself opens without.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use jiff::civil::Date;
use serde::Deserialize;

use super::listing;
use super::page::page;
use super::shell::{Section, Shell};
use super::visit::Member;
use super::words::Words;
use crate::http::{App, Params, Problem};
use crate::model::Scope;
use crate::operations::indicators::{self, Count, SMALL};

/// Which day.
#[derive(Deserialize)]
pub struct Day {
    on: Option<String>,
}

/// Counts of a scheme, or of all that cover; a bar as wide as the count is of the largest, in a drawing of 100.
struct Line {
    name: String,
    cells: [String; 3],
    width: u64,
}

#[derive(Template)]
#[template(path = "figures.html")]
struct View {
    shell: Shell,
    day: String,
    counted: Option<String>,
    lines: Vec<Line>,
    double: String,
    small: Option<String>,
}

/// The counts of a day, once somebody asks for them.
pub async fn show(
    member: Member,
    State(app): State<App>,
    Params(day): Params<Day>,
) -> Result<Response, Problem> {
    let member = member.with(Scope::IndicatorsRead)?;
    let words = member.visit.words;
    let asked: Option<Date> = listing::said(day.on.as_deref());
    let mut view = View {
        shell: Shell::new(&member, Section::Figures, "page-figures"),
        day: asked.unwrap_or_else(|| app.hub().today()).to_string(),
        counted: asked.map(|day| words.of("page-figures-on", "day", words.day(day))),
        lines: Vec::new(),
        double: String::new(),
        small: None,
    };
    if let Some(on) = asked {
        let floor = if member.caller.runs_the_hub() { 0 } else { SMALL };
        let counts = indicators::indicators(app.hub(), on).await?;
        let schemes = counts.by_scheme.iter().map(|(scheme, count)| (scheme.to_string(), *count));
        let all = std::iter::once((words.say("page-figures-insured"), counts.insured));
        let all: Vec<(String, Count)> = all.chain(schemes).collect();
        let most = all.iter().map(|(_, count)| count.people).max().unwrap_or(0).max(1);
        view.lines =
            all.into_iter().map(|(name, count)| line(words, name, count, (floor, most))).collect();
        view.double = shown(words, counts.double_coverage, floor);
        view.small = (floor > 0).then(|| words.count("page-figures-small", floor));
    }
    page(words, &view)
}

fn line(words: Words, name: String, count: Count, (floor, most): (u64, u64)) -> Line {
    let cells = [count.people, count.women, count.youth].map(|one| shown(words, one, floor));
    let seen = if count.people < floor { 0 } else { count.people };
    Line { name, cells, width: (seen * 100).div_ceil(most) }
}

/// Zero is shown: nobody is behind it.
fn shown(words: Words, count: u64, floor: u64) -> String {
    if count == 0 || count >= floor { words.number(count) } else { format!("< {floor}") }
}
