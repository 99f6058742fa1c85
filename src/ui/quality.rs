//! How right the index is: how often it would join strangers, whom it would miss, by scheme, sex and age; what has moved
//! away from the published model; what cannot be right in all the records together.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::form::Form;
use super::page::{done, page};
use super::shell::{Section, Shell};
use super::visit::Member;
use super::words::Words;
use crate::http::{App, Problem};
use crate::model::Scope;
use crate::operations::quality::{self, Alarm, OPEN_SAMPLES, Rate, Report};

/// What is measured, in the order in which it is read.
const MEASURES: [&str; 6] = [
    "decoy_stranger",
    "decoy_relative",
    "decoy_twin",
    "found_without_number",
    "sample_right",
    "sample_missed",
];
/// By what, in the order in which it is read.
const BY: [&str; 5] = ["all", "scheme", "sex", "age", "border"];

/// A group of people with what was measured of it.
struct Group {
    name: String,
    /// By measure: the share, and between what it truly lies; none where it was not measured.
    rates: Vec<Option<(String, String)>>,
}

/// A level of agreement that has moved.
struct Moved {
    field: String,
    level: String,
    observed: String,
    published: String,
    bits: String,
    pairs: String,
}

/// What cannot be right, with some of the records.
struct Raised {
    said: String,
    of: String,
    examples: Vec<String>,
}

#[derive(Template)]
#[template(path = "quality.html")]
struct View {
    shell: Shell,
    /// When and with which model; nothing before the first measurement.
    measured: Option<String>,
    facts: Vec<(String, String)>,
    measures: Vec<String>,
    groups: Vec<Group>,
    moved: Vec<Moved>,
    alarms: Vec<Raised>,
    may_measure: bool,
    sees_people: bool,
}

/// The last report.
pub async fn show(member: Member, State(app): State<App>) -> Result<Response, Problem> {
    let member = member.with(Scope::IdentityRead)?;
    let words = member.visit.words;
    let report = if member.caller.runs_the_hub() {
        quality::last(app.hub()).await?
    } else {
        quality::last_in_public(app.hub()).await?
    };
    let shell = Shell::new(&member, Section::Quality, "page-quality");
    let may_measure = member.caller.may(Scope::Admin);
    let sees_people = member.caller.may(Scope::PeopleRead);
    page(words, &View::of(shell, report, may_measure, sees_people))
}

impl View {
    fn of(shell: Shell, report: Option<Report>, may_measure: bool, sees_people: bool) -> Self {
        let words = shell.words;
        let measured = report.as_ref().map(|report| {
            let at = report.measured_at.parse().map_or_else(
                |_| report.measured_at.clone(),
                |at: jiff::Timestamp| {
                    words.moment(crate::model::Instant::from_millis(at.as_millisecond()))
                },
            );
            words.with(
                "page-quality-measured",
                &[("at", at.into()), ("model", report.model.clone().into())],
            )
        });
        let report = report.unwrap_or_default();
        let known: Vec<&str> = MEASURES
            .into_iter()
            .filter(|measure| report.rates.iter().any(|rate| rate.measure == *measure))
            .collect();
        let facts = [
            ("records", words.number(report.records)),
            ("people", words.number(report.people)),
            ("pairs", words.number(report.pairs)),
            ("false-joins", words.decimal(report.false_joins_expected)),
        ];
        Self {
            facts: facts.map(|(name, said)| (words.named("page-quality-fact", name), said)).into(),
            measures: known.iter().map(|name| words.named("page-measure", name)).collect(),
            groups: groups(words, &report.rates, &known),
            moved: report
                .drift
                .iter()
                .map(|drift| Moved {
                    field: words.named("page-evidence", &drift.field),
                    level: words.named("page-level", &drift.level),
                    observed: words.share(drift.observed),
                    published: words.share(drift.published),
                    bits: words.decimal(drift.bits),
                    pairs: words.number(drift.pairs),
                })
                .collect(),
            alarms: report.alarms.iter().map(|alarm| raised(words, alarm)).collect(),
            shell,
            measured,
            may_measure,
            sees_people,
        }
    }
}

/// The rates by group, groups in the order of [`BY`].
fn groups(words: Words, rates: &[Rate], measures: &[&str]) -> Vec<Group> {
    let mut found: BTreeMap<(usize, &str), BTreeMap<&str, &Rate>> = BTreeMap::new();
    for rate in rates {
        let place = BY.iter().position(|by| *by == rate.by).unwrap_or(BY.len());
        let of = found.entry((place, rate.group.as_str())).or_default();
        of.insert(rate.measure.as_str(), rate);
    }
    let shown = |rate: &&Rate| {
        let between = [
            ("low", words.share(rate.low).into()),
            ("high", words.share(rate.high).into()),
            ("cases", words.number(rate.cases).into()),
        ];
        (words.share(rate.share), words.with("page-quality-between", &between))
    };
    found
        .into_iter()
        .map(|((place, name), of)| {
            let by = BY.get(place).copied().unwrap_or_default();
            Group {
                name: match by {
                    "all" => words.say("page-quality-all"),
                    _ => words.named(&format!("page-quality-{by}"), name),
                },
                rates: measures.iter().map(|measure| of.get(measure).map(shown)).collect(),
            }
        })
        .collect()
}

fn raised(words: Words, alarm: &Alarm) -> Raised {
    Raised {
        said: said(words, alarm),
        of: words.number(alarm.of),
        examples: alarm.examples.iter().map(ToString::to_string).collect(),
    }
}

/// An alarm in one line.
pub fn said(words: Words, alarm: &Alarm) -> String {
    let what = words.named("page-alarm", &alarm.kind);
    let whose = alarm.scheme.as_ref().map(|scheme| format!("{scheme} · ")).unwrap_or_default();
    format!("{whose}{what} ({})", words.number(alarm.cases))
}

/// Measures now.
pub async fn measure(member: Member, State(app): State<App>, _: Form) -> Result<Response, Problem> {
    member.with(Scope::Admin)?;
    quality::measure(app.hub()).await?;
    Ok(done("/ui/quality", "measured"))
}

/// Draws questions by chance, so that stewards show how often the index is right.
pub async fn draw(member: Member, State(app): State<App>, _: Form) -> Result<Response, Problem> {
    member.with(Scope::Admin)?;
    quality::draw(app.hub(), OPEN_SAMPLES).await?;
    Ok(done("/ui/reviews", "drawn"))
}
