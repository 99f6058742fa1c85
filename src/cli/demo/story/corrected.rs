//! What a correction does: one refused record is put right, and its scheme's file comes once more.

use jiff::civil::Date;

use super::{Stay, masked, title};
use crate::cli::demo::load::{self, Loaded, Source};
use crate::cli::failure::Failure;
use crate::cli::screen::Screen;
use crate::messages::Value;
use crate::model::{Caller, Expected, Issue, IssueCode, RecordId};
use crate::operations::demo::{self, OneFault};
use crate::operations::quarantine::{CorrectOutcome, Correction, correct};
use crate::operations::{Hub, link};

/// Records that are tried: a derived value may break another rule, such as an end before its beginning.
const TRIED: usize = 20;

/// A record that was put right.
struct Corrected<'l> {
    fault: OneFault,
    good: String,
    record: RecordId,
    source: &'l Source,
}

/// Corrects one refused record and shows what follows; in a database that stays, only says why not.
///
/// # Errors
/// When the store fails.
pub async fn tell(hub: &Hub, loaded: &Loaded, stay: Stay, screen: &Screen) -> Result<(), Failure> {
    screen.heading(&screen.text("demo-corrected", &[]))?;
    if stay == Stay::Lasting {
        return screen.say("demo-corrected-lasting", &[]);
    }
    let Some(corrected) = put_right(hub, loaded).await? else {
        return screen.say("demo-corrected-none", &[]);
    };
    link::link_pending(hub).await.map_err(Failure::operation)?;
    written(hub, &corrected, screen)?;
    linked(hub, corrected.record, screen).await?;
    let day = loaded.day.tomorrow().map_err(Failure::operation)?;
    tomorrow(hub, corrected.source, day, screen).await?;
    screen.say("demo-corrected-until", &[])
}

/// The first record that a derived value puts right.
async fn put_right<'l>(hub: &Hub, loaded: &'l Loaded) -> Result<Option<Corrected<'l>>, Failure> {
    let faults = demo::one_fault(hub).await.map_err(Failure::operation)?;
    let mendable = faults.into_iter().filter_map(|fault| {
        let live = |source: &&Source| source.batch == fault.batch && source.state == "released";
        let source = loaded.sources.iter().find(live)?;
        let good = right_value(&fault.issue)?;
        Some((fault, good, source))
    });
    let actor = Caller::local_operator().actor();
    for (fault, good, source) in mendable.take(TRIED) {
        let correction = Correction::Fields(vec![(fault.field.clone(), good.clone())]);
        let outcome = correct(hub, &actor, fault.id, correction).await;
        match outcome.map_err(Failure::operation)? {
            CorrectOutcome::Accepted { record, .. } => {
                return Ok(Some(Corrected { fault, good, record, source }));
            }
            CorrectOutcome::StillRefused { .. } => {}
        }
    }
    Ok(None)
}

fn written(hub: &Hub, corrected: &Corrected<'_>, screen: &Screen) -> Result<(), Failure> {
    let OneFault { scheme, record_id, field, issue, .. } = &corrected.fault;
    let library = hub.library();
    let about = [
        ("number", masked(record_id).into()),
        ("scheme", title(scheme.as_str(), library.registry(), screen).into()),
        ("field", field.as_str().into()),
    ];
    screen.say("demo-corrected-intro", &[])?;
    screen.line(&format!("\n  {}", screen.bold(&screen.text("demo-corrected-record", &about))))?;
    let bad = issue.value.as_deref().unwrap_or_default();
    indented("demo-corrected-bad", &[("value", bad.into())], screen)?;
    indented("demo-corrected-good", &[("value", corrected.good.as_str().into())], screen)
}

async fn linked(hub: &Hub, record: RecordId, screen: &Screen) -> Result<(), Failure> {
    match demo::person_of(hub, record).await.map_err(Failure::operation)? {
        None => indented("demo-corrected-waiting", &[], screen),
        Some((person, records)) => {
            let about = [("person", person.to_string().into()), ("records", records.into())];
            indented("demo-corrected-linked", &about, screen)
        }
    }
}

async fn tomorrow(hub: &Hub, source: &Source, day: Date, screen: &Screen) -> Result<(), Failure> {
    let receipt = load::again(hub, source, day, screen).await?;
    let about = [("day", day.to_string().into()), ("file", source.file.as_str().into())];
    screen.line("")?;
    screen.line(&format!("  {}", screen.text("demo-corrected-tomorrow", &about)))?;
    let refused =
        [("before", source.counts.refused.into()), ("after", receipt.counts.refused.into())];
    indented("demo-corrected-refusals", &refused, screen)?;
    let counts = [
        ("count", receipt.counts.corrected.into()),
        ("unchanged", receipt.counts.unchanged.into()),
    ];
    indented("demo-corrected-count", &counts, screen)
}

fn indented(key: &str, about: &[(&str, Value<'_>)], screen: &Screen) -> Result<(), Failure> {
    screen.line(&format!("    {}", screen.text(key, about)))
}

/// A value that the field can hold, from what the issue says: a date brought back into its month, or a code of the list.
fn right_value(issue: &Issue) -> Option<String> {
    match (issue.code, issue.expected.as_ref()?) {
        (IssueCode::BadDate, Expected::Form(form)) => nearest_date(form, issue.value.as_deref()?),
        (IssueCode::UnknownCode, Expected::OneOf(codes)) => codes.first().cloned(),
        _ => None,
    }
}

/// The nearest day that exists, in the layout that the sender used; none when the text is not of that layout.
fn nearest_date(form: &str, text: &str) -> Option<String> {
    // Where a field has several forms, the first is that of whole dates.
    let form = form.split(" | ").next()?;
    let mut chars = text.trim().chars();
    let mut parts = Vec::new();
    for (letter, width) in runs(form) {
        let part: String = chars.by_ref().take(width).collect();
        let fits = match letter {
            'd' | 'M' | 'y' => part.chars().all(|c| c.is_ascii_digit()),
            _ => part.chars().all(|c| c == letter),
        };
        if !fits || part.chars().count() != width {
            return None;
        }
        parts.push((letter, width, part));
    }
    if chars.next().is_some() {
        return None;
    }
    let number = |wanted: char| {
        let part = parts.iter().find(|(letter, ..)| *letter == wanted);
        part.and_then(|(_, _, digits)| digits.parse::<i16>().ok())
    };
    let (year, month, day) = (number('y')?, number('M')?, number('d')?);
    // Two digits leave the century open: 1900 is the one year whose February is short in either reading.
    let century = if year < 100 { 1900 } else { 0 };
    let month = month.clamp(1, 12);
    let first = Date::new(year + century, i8::try_from(month).ok()?, 1).ok()?;
    let day = day.clamp(1, first.days_in_month().into());
    let written = parts.into_iter().map(|(letter, width, part)| match letter {
        'd' => format!("{day:0width$}"),
        'M' => format!("{month:0width$}"),
        _ => part,
    });
    Some(written.collect())
}

/// Each letter of a layout with how often it stands there in a row.
fn runs(form: &str) -> Vec<(char, usize)> {
    let mut runs: Vec<(char, usize)> = Vec::new();
    for c in form.chars() {
        match runs.last_mut() {
            Some((letter, width)) if *letter == c => *width += 1,
            _ => runs.push((c, 1)),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::nearest_date;

    #[test]
    fn an_impossible_date_is_brought_back_into_its_month_in_its_own_layout() {
        for (form, bad, good) in [
            ("dd/MM/yyyy", "31/11/2010", "30/11/2010"),
            ("yyyy-MM-dd", "2023-02-29", "2023-02-28"),
            ("yyyyMMdd", "19991345", "19991231"),
            ("dd/MM/yy | 'VERS 'yy~", "31/02/84", "29/02/84"),
            ("dd/MM/yy", "30/02/00", "28/02/00"),
        ] {
            assert_eq!(nearest_date(form, bad).as_deref(), Some(good), "{bad}");
        }
    }

    #[test]
    fn a_text_of_another_layout_is_left_alone() {
        for (form, bad) in [
            ("dd/MM/yyyy", "2010-11-31"),
            ("dd/MM/yyyy", "31/11/2010 ?"),
            ("dd/MM/yyyy", "1/1/1"),
            ("<= 2026-01-01", "2030-01-01"),
        ] {
            assert_eq!(nearest_date(form, bad), None, "{bad}");
        }
    }
}
