//! A report about stored records, as people and machines read it.

use serde_json::{Value, json};

use crate::cli::failure::Failure;
use crate::cli::screen::Screen;
use crate::messages;
use crate::model::IssueCode;
use crate::operations::preview::Edition;
use crate::operations::replay::report::{Change, Counts, Example, Group, Report};

/// Says a report: what became of how many records, then what differs, each kind with a few examples.
///
/// # Errors
/// When standard output cannot be written.
pub fn print(report: &Report, screen: &Screen) -> Result<(), Failure> {
    for (name, count) in counts(&report.counts) {
        if count > 0 {
            screen
                .line(&format!("  {count:>9}  {}", screen.text(&format!("replay-{name}"), &[])))?;
        }
    }
    let others =
        [("other-warnings", report.other_warnings), ("made-by-older", report.made_by_older)];
    for (name, count) in others {
        if count > 0 {
            screen.say(&format!("replay-{name}"), &[("count", count.into())])?;
        }
    }
    let mut last = None;
    for group in &report.groups {
        let change = group.kind.change;
        if last != Some(change) {
            screen.heading(&screen.text(&format!("replay-change-{}", change.name()), &[]))?;
            last = Some(change);
        }
        print_group(group, screen)?;
    }
    Ok(())
}

fn print_group(group: &Group, screen: &Screen) -> Result<(), Failure> {
    let issue = group.kind.issue.as_deref().map(|number| {
        let code = IssueCode::find(number);
        let title = code.map(|code| {
            messages::text(screen.language(), &format!("issue-{}.title", code.name()), &[])
        });
        format!("{number} {}", title.unwrap_or_default())
    });
    let parts = [group.kind.field.clone(), issue];
    let what = parts.into_iter().flatten().collect::<Vec<_>>().join(" · ");
    screen.line(&format!("  {:>9}  {}", group.records, screen.bold(&what)))?;
    for example in &group.examples {
        screen.line(&format!("             {}", shown(group.kind.change, example, screen)))?;
    }
    Ok(())
}

fn shown(change: Change, example: &Example, screen: &Screen) -> String {
    let name = example.record_id.as_deref().unwrap_or(&example.record);
    let line = screen.text("place-line", &[("line", example.line.to_string().into())]);
    let name = if example.line > 0 { format!("{name}, {line}") } else { name.to_owned() };
    match (&example.before, &example.after) {
        (None, None) => name,
        (Some(before), None) => format!("{name} : {} → ∅", value(before)),
        (None, Some(after)) => match change {
            Change::Added => format!("{name} : ∅ → {}", value(after)),
            Change::Refused
            | Change::Renamed
            | Change::Gone
            | Change::Accepted
            | Change::RefusedOtherwise
            | Change::Removed
            | Change::Changed
            | Change::Warned
            | Change::Unwarned => format!("{name} : {}", value(after)),
        },
        (Some(before), Some(after)) => format!("{name} : {} → {}", value(before), value(after)),
    }
}

/// A value in one line of a terminal.
fn value(value: &Value) -> String {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).take(60).collect()
}

/// The counts by the name of their message, in the order in which they are shown.
fn counts(counts: &Counts) -> [(&'static str, u64); 12] {
    let Counts {
        examined,
        unchanged,
        changed,
        newly_refused,
        refused_before,
        renamed,
        gone,
        newly_accepted,
        overtaken,
        no_record,
        still_refused,
        refused_otherwise,
    } = *counts;
    [
        ("examined", examined),
        ("unchanged", unchanged),
        ("changed", changed),
        ("newly-refused", newly_refused),
        ("newly-accepted", newly_accepted),
        ("renamed", renamed),
        ("gone", gone),
        ("refused-before", refused_before),
        ("overtaken", overtaken),
        ("no-record", no_record),
        ("still-refused", still_refused),
        ("refused-otherwise", refused_otherwise),
    ]
}

/// A report for machines.
#[must_use]
pub fn json(report: &Report, candidate: &Edition, took_ms: Option<u64>) -> Value {
    json!({ "candidate": candidate, "took_ms": took_ms, "report": report })
}
