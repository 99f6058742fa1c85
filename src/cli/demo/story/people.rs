//! How many people stand behind the records, and which of them several schemes know.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::{masked, name, title};
use crate::cli::failure::Failure;
use crate::cli::screen::Screen;
use crate::eligibility::Registry;
use crate::eligibility::registry::Kind;
use crate::model::{BeneficiaryRecord, SchemeId};
use crate::operations::demo::{Everybody, schemes};
use crate::store::exports::Totals;

/// People known to several schemes who are shown.
const SHOWN: usize = 5;

/// Tells who stands behind the records.
///
/// # Errors
/// When standard output cannot be written.
pub fn tell(
    everybody: &Everybody,
    totals: &Totals,
    registry: &Registry,
    screen: &Screen,
) -> Result<(), Failure> {
    screen.heading(&screen.text("demo-people", &[]))?;
    screen.say(
        "demo-people-count",
        &[
            ("records", totals.links.into()),
            ("people", totals.people.into()),
            ("reviews", totals.reviews.into()),
        ],
    )?;
    let mut several: Vec<_> =
        everybody.values().filter(|records| schemes(records).len() > 1).collect();
    // Those whom most schemes know, under most spellings: there recognising was hardest.
    several.sort_by_key(|records| Reverse((schemes(records).len(), spellings(records))));
    let shown = several.len().min(SHOWN);
    screen
        .say("demo-people-several", &[("count", several.len().into()), ("shown", shown.into())])?;
    for records in several.into_iter().take(SHOWN) {
        let Some(first) = records.first() else { continue };
        let known = [("name", name(first).into()), ("born", born(records, screen).into())];
        screen.line(&format!("\n  {}", screen.bold(&screen.text("demo-person-known", &known))))?;
        for record in records {
            let about = [
                ("scheme", title(record.source.scheme.as_str(), registry, screen).into()),
                ("name", name(record).into()),
                ("number", masked(&record.source.record_id).into()),
            ];
            screen.line(&format!("    {}", screen.text("demo-person-record", &about)))?;
        }
    }
    Ok(())
}

fn spellings(records: &[BeneficiaryRecord]) -> usize {
    records.iter().map(|record| name(record).to_lowercase()).collect::<BTreeSet<_>>().len()
}

fn born(records: &[BeneficiaryRecord], screen: &Screen) -> String {
    let year =
        records.iter().find_map(|record| record.person.birth_date).map(|date| date.earliest());
    match year {
        Some(day) => screen.text("demo-born", &[("year", day.year().to_string().into())]),
        None => screen.text("demo-born-unknown", &[]),
    }
}

/// Tells who is in an assistance scheme and in an insurance of the same country: the one is for
/// those who do not have the other.
///
/// # Errors
/// When standard output cannot be written.
pub fn doubles(everybody: &Everybody, registry: &Registry, screen: &Screen) -> Result<(), Failure> {
    screen.heading(&screen.text("demo-double", &[]))?;
    let found: Vec<_> = everybody
        .values()
        .filter_map(|records| Some((records, excluded(records, registry)?)))
        .collect();
    screen.say("demo-double-count", &[("count", found.len().into())])?;
    for (records, (assistance, insurance)) in found.into_iter().take(SHOWN) {
        let about = [
            ("name", records.first().map(name).unwrap_or_default().into()),
            ("first", title(assistance.as_str(), registry, screen).into()),
            ("second", title(insurance.as_str(), registry, screen).into()),
        ];
        screen.line(&format!("  {}", screen.text("demo-double-person", &about)))?;
    }
    Ok(())
}

/// An assistance scheme and an insurance of one country that both know a person.
fn excluded<'r>(
    records: &'r [BeneficiaryRecord],
    registry: &Registry,
) -> Option<(&'r SchemeId, &'r SchemeId)> {
    let of_kind = |kind: Kind| {
        schemes(records).into_iter().filter_map(move |id| {
            let scheme = registry.scheme(id)?;
            (scheme.kind == kind).then_some((id, scheme.country.clone()))
        })
    };
    of_kind(Kind::Assistance).find_map(|(assistance, country)| {
        let same = of_kind(Kind::Insurance).find(|(_, other)| *other == country);
        same.map(|(insurance, _)| (assistance, insurance))
    })
}
