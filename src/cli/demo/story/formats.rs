//! One person in two other formats.

use super::{masked, title};
use crate::cli::failure::Failure;
use crate::cli::library::{self, FHIR};
use crate::cli::screen::Screen;
use crate::model::BeneficiaryRecord;
use crate::operations::demo::{Everybody, schemes};
use crate::operations::library::Library;
use crate::operations::translate::render;

/// The scheme whose format is shown beside FHIR: the one across the border.
const SCHEME: &str = "ci-cnam";

/// Shows a record in the format of a scheme and in FHIR.
///
/// # Errors
/// When standard output cannot be written.
pub fn tell(library: &Library, everybody: &Everybody, screen: &Screen) -> Result<(), Failure> {
    screen.heading(&screen.text("demo-formats", &[]))?;
    let mut people: Vec<_> = everybody.values().collect();
    people.sort_by_key(|records| std::cmp::Reverse(schemes(records).len()));
    // A record of another scheme that has coverage: lists of members have nothing to show.
    let records = || {
        people.iter().copied().flatten().filter(|record| {
            record.source.scheme.as_str() != SCHEME && !record.coverages.is_empty()
        })
    };
    for format in [SCHEME, FHIR] {
        let to = library::mapping(library, format)?;
        let shown = match screen.language() {
            crate::model::Language::French => &to.title().fr,
            crate::model::Language::English => &to.title().en,
        };
        let made = records().find_map(|record| {
            let bytes = serde_json::to_vec(record).ok()?;
            Some((record, render(Some(to), &[bytes]).ok()?))
        });
        let Some((record, text)) = made else {
            screen.say("demo-formats-none", &[("format", shown.as_str().into())])?;
            continue;
        };
        show(record, shown, &text, library, screen)?;
    }
    Ok(())
}

fn show(
    record: &BeneficiaryRecord,
    format: &str,
    text: &[u8],
    library: &Library,
    screen: &Screen,
) -> Result<(), Failure> {
    let about = [
        ("number", masked(&record.source.record_id).into()),
        ("scheme", title(record.source.scheme.as_str(), library.registry(), screen).into()),
        ("format", format.into()),
    ];
    screen.line("")?;
    screen.say("demo-formats-person", &about)?;
    let text = String::from_utf8_lossy(text);
    let pretty = serde_json::from_str::<serde_json::Value>(&text)
        .and_then(|value| serde_json::to_string_pretty(&value));
    for line in pretty.as_deref().unwrap_or(&text).lines() {
        screen.line(&format!("    {line}"))?;
    }
    Ok(())
}
