//! Counts of people on a day, never of rows, for those who report them. A count so small that it could point at somebody
//! is shown to those who run the hub only.
//!
//! Counting everybody takes long where there are many, so somebody asks for it; the view shows what was counted last, and
//! when.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use jiff::civil::Date;
use serde::Deserialize;

use super::form::Form;
use super::listing;
use super::page::{done, page};
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
    /// The day in words, once one was chosen.
    on: Option<String>,
    /// When its people were counted; none when they never were.
    counted: Option<String>,
    lines: Vec<Line>,
    double: String,
    small: Option<String>,
}

/// The counts of a day, as they were last counted.
pub async fn show(
    member: Member,
    State(app): State<App>,
    Params(day): Params<Day>,
) -> Result<Response, Problem> {
    let member = member.with(Scope::IndicatorsRead)?;
    let words = member.visit.words;
    let asked: Option<Date> = listing::said(day.on.as_deref());
    let on = asked.unwrap_or_else(|| app.hub().today());
    let floor = if member.caller.runs_the_hub() { 0 } else { SMALL };
    let mut view = View {
        shell: Shell::new(&member, Section::Figures, "page-figures"),
        day: on.to_string(),
        on: asked.map(|day| words.of("page-figures-on", "day", words.day(day))),
        counted: None,
        lines: Vec::new(),
        double: String::new(),
        small: (floor > 0).then(|| words.count("page-figures-small", floor)),
    };
    if let Some((at, counts)) = indicators::kept(app.hub(), on).await? {
        view.on = Some(words.of("page-figures-on", "day", words.day(on)));
        view.counted = Some(words.of("page-home-counted", "at", words.moment(at)));
        let schemes = counts.by_scheme.iter().map(|(scheme, count)| (scheme.to_string(), *count));
        let all = std::iter::once((words.say("page-figures-insured"), counts.insured));
        let all: Vec<(String, Count)> = all.chain(schemes).collect();
        let most = all.iter().map(|(_, count)| count.people).max().unwrap_or(0).max(1);
        view.lines =
            all.into_iter().map(|(name, count)| line(words, name, count, (floor, most))).collect();
        view.double = shown(words, counts.double_coverage, floor);
    }
    page(words, &view)
}

/// Counts everybody on a day.
pub async fn count(
    member: Member,
    State(app): State<App>,
    form: Form,
) -> Result<Response, Problem> {
    member.with(Scope::IndicatorsRead)?;
    let on: Date = form.text("on").parse().map_err(|_| Problem::parameter("on", "YYYY-MM-DD"))?;
    indicators::keep(app.hub(), on).await?;
    Ok(done(&format!("/ui/figures?on={on}"), "counted"))
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
