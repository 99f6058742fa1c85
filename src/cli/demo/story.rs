//! The story, chapter by chapter. Every example is picked from the data at run time.

mod corrected;
mod formats;
mod people;
mod questions;

use super::load::Loaded;
use crate::cli::failure::Failure;
use crate::cli::screen::Screen;
use crate::eligibility::Registry;
use crate::messages;
use crate::model::record::HumanName;
use crate::model::{BeneficiaryRecord, SchemeId};
use crate::operations::events::ALL_SCHEMES;
use crate::operations::{Hub, demo};
use crate::store::StoreError;
use crate::store::exports::Totals;

/// Refusals that are shown.
const REFUSALS: usize = 3;

/// How long the hub lives that the story is told of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stay {
    /// It goes when the program ends.
    Passing,
    /// Its database was named by the caller and stays: the story may read it, and write nothing more into it.
    Lasting,
}

/// Tells it.
///
/// # Errors
/// When the store fails.
pub async fn tell(hub: &Hub, loaded: &Loaded, stay: Stay, screen: &Screen) -> Result<(), Failure> {
    let library = hub.library();
    let registry = library.registry();
    arrived(loaded, registry, screen)?;
    refused(hub, registry, screen).await?;
    corrected::tell(hub, loaded, stay, screen).await?;
    let everybody = demo::everybody(hub).await.map_err(Failure::operation)?;
    let totals = totals(hub).await.map_err(Failure::operation)?;
    people::tell(&everybody, &totals, registry, screen)?;
    people::doubles(&everybody, registry, screen)?;
    questions::tell(hub, &everybody, loaded.day, screen).await?;
    formats::tell(&library, &everybody, screen)?;
    next(screen)
}

/// How much the hub holds now: one record more than when it was loaded, after a correction.
async fn totals(hub: &Hub) -> Result<Totals, StoreError> {
    hub.store().read().await?.totals().await
}

fn arrived(loaded: &Loaded, registry: &Registry, screen: &Screen) -> Result<(), Failure> {
    let exports = loaded.sources.iter().filter(|source| source.name != ALL_SCHEMES);
    let opening = [("schemes", exports.count().into()), ("records", loaded.totals.records.into())];
    screen.line(&screen.bold(&screen.text("demo-opening", &opening)))?;
    screen.say("demo-invented", &[])?;
    screen.heading(&screen.text("demo-arrived", &[]))?;
    let column = |key: &str| screen.text(key, &[]);
    row(
        &column("demo-head-scheme"),
        [
            column("demo-head-received"),
            column("demo-head-accepted"),
            column("demo-head-refused"),
            column("demo-head-warnings"),
        ],
        screen,
    )?;
    for source in &loaded.sources {
        let name = if source.name == ALL_SCHEMES {
            screen.text("demo-events", &[])
        } else {
            title(&source.name, registry, screen)
        };
        let counts = source.counts;
        let numbers = [counts.received, counts.accepted, counts.refused, counts.warnings];
        row(&name, numbers.map(|number| number.to_string()), screen)?;
    }
    for source in loaded.sources.iter().filter(|source| source.state == "held") {
        screen.say("demo-held", &[("scheme", source.name.as_str().into())])?;
    }
    for file in &loaded.empty {
        screen.say("demo-empty", &[("file", file.as_str().into())])?;
    }
    for scheme in &loaded.missing {
        screen.say("demo-missing", &[("scheme", scheme.as_str().into())])?;
    }
    let seconds = (loaded.took.as_secs_f64() * 10.0).round() / 10.0;
    screen.say("demo-day", &[("day", loaded.day.to_string().into()), ("seconds", seconds.into())])
}

/// Width of the first column of the table, in characters: the longest title of a scheme fits.
const TITLE_WIDTH: usize = 58;

fn row(title: &str, numbers: [String; 4], screen: &Screen) -> Result<(), Failure> {
    let title: String = title.chars().take(TITLE_WIDTH).collect();
    let padding = " ".repeat(TITLE_WIDTH.saturating_sub(title.chars().count()));
    let [received, accepted, refused, warnings] = numbers;
    screen
        .line(&format!("  {title}{padding}{received:>9}{accepted:>11}{refused:>10}{warnings:>11}"))
}

async fn refused(hub: &Hub, registry: &Registry, screen: &Screen) -> Result<(), Failure> {
    screen.heading(&screen.text("demo-refused", &[]))?;
    let examples = demo::refusals(hub, REFUSALS).await.map_err(Failure::operation)?;
    if examples.is_empty() {
        return screen.say("demo-refused-none", &[]);
    }
    screen.say("demo-refused-intro", &[])?;
    for (scheme, issue) in &examples {
        let said = messages::issue(issue, screen.language());
        let name = title(scheme.as_str(), registry, screen);
        screen.line(&format!("\n  {} · {name}", screen.bold(&said.title)))?;
        screen.line(&format!("    {}", said.line))?;
        if let Some(expected) = said.expected {
            let said = screen.text("expected", &[("expected", expected.into())]);
            screen.line(&format!("    {said}"))?;
        }
        screen
            .line(&format!("    {}", screen.text("report-mend", &[("mend", said.mend.into())])))?;
    }
    Ok(())
}

fn next(screen: &Screen) -> Result<(), Failure> {
    screen.heading(&screen.text("demo-next", &[]))?;
    let commands = [
        ("dankun validate --scheme ml-utm FILE", "demo-next-validate"),
        ("dankun ask --scheme ml-utm --identifier N --database URL", "demo-next-ask"),
        ("dankun export links --database URL", "demo-next-export"),
        ("dankun mapping check; less mappings/ml-utm.yaml", "demo-next-mapping"),
        ("http://127.0.0.1:8080/ui", "demo-next-ui"),
        ("http://127.0.0.1:8080/v1/openapi.json", "demo-next-page"),
    ];
    for (command, key) in commands {
        screen.line(&format!("  {command:<58}{}", screen.text(key, &[])))?;
    }
    Ok(())
}

/// The title of a scheme in the caller's language.
fn title(scheme: &str, registry: &Registry, screen: &Screen) -> String {
    let known = scheme.parse::<SchemeId>().ok().and_then(|id| registry.scheme(&id));
    known.map_or_else(|| scheme.to_owned(), |scheme| scheme.title.get(screen.language()).to_owned())
}

/// What a record calls its person.
fn name(record: &BeneficiaryRecord) -> String {
    let Some(name) = record.person.names.first() else {
        return "…".to_owned();
    };
    let HumanName { family, given, text, .. } = name;
    let parts: Vec<_> = given
        .iter()
        .map(String::as_str)
        .chain(family.as_deref())
        .filter(|part| !part.is_empty())
        .collect();
    if parts.is_empty() { text.clone().unwrap_or_default() } else { parts.join(" ") }
}

/// A number with its middle hidden: enough to recognise it for those who have it, no more.
fn masked(number: &str) -> String {
    let length = number.chars().count();
    let hidden = length / 4..length - length / 4;
    let hide = |(at, c): (usize, char)| {
        if hidden.contains(&at) && c.is_alphanumeric() { '•' } else { c }
    };
    number.chars().enumerate().map(hide).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_of_a_number_is_hidden_and_its_shape_stays() {
        assert_eq!(masked("UTM-014-7267827/00"), "UTM-•••-••••••7/00");
        assert_eq!(masked("1"), "•");
    }
}
