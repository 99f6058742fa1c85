//! What a mapping as a whole reads, writes, can refuse and can lose.

use serde_json::json;

use crate::cli::failure::{Failure, Outcome};
use crate::cli::screen::Screen;
use crate::mapping::{Mapping, Refuses, Summary, Writes, reference};

/// Prints it.
///
/// # Errors
/// When standard output cannot be written.
pub fn print(mapping: &Mapping, screen: &Screen) -> Result<Outcome, Failure> {
    let summary = mapping.summary();
    if screen.json() {
        screen.value(&to_json(mapping, &summary))?;
        return Ok(Outcome::Done);
    }
    let title = mapping.title();
    let title = match screen.language() {
        crate::model::Language::French => &title.fr,
        crate::model::Language::English => &title.en,
    };
    screen.line(&screen.bold(&format!("{}/{} · {title}", mapping.id(), mapping.version())))?;
    screen.heading(&screen.text("explain-reads", &[]))?;
    for read in &summary.reads {
        screen.line(&format!("  {} → {}", read.field, read.by.join(", ")))?;
    }
    screen.heading(&screen.text("explain-writes", &[]))?;
    for writes in &summary.writes {
        screen.line(&written(writes, mapping, screen))?;
    }
    screen.heading(&screen.text("explain-refuses", &[]))?;
    for refuses in &summary.refuses {
        screen.line(&refused(refuses, mapping, screen))?;
    }
    screen.heading(&screen.text("explain-loses", &[]))?;
    for lost in &summary.loses {
        let class = reference::class(lost.class, screen.language());
        screen.line(&format!("  {} · {class}", lost.field))?;
    }
    Ok(Outcome::Done)
}

fn written(writes: &Writes, mapping: &Mapping, screen: &Screen) -> String {
    let class = reference::class(writes.class, screen.language());
    let from = if writes.from.is_empty() { "∅".to_owned() } else { writes.from.join(", ") };
    let steps = writes.steps.iter().map(|step| format!(" → {step}")).collect::<String>();
    format!("  {} ← {from}{steps} · {class} · {}:{}", writes.field, mapping.file(), writes.line)
}

fn refused(refuses: &Refuses, mapping: &Mapping, screen: &Screen) -> String {
    let severity = screen.text(&format!("explain-severity-{}", refuses.severity.name()), &[]);
    let place = match refuses.target.as_str() {
        "schema" => mapping.source_schema().to_owned(),
        target => format!("{}:{} ({target})", mapping.file(), refuses.line),
    };
    format!("  {} · {} · {severity} · {place}", refuses.code, refuses.fields.join(", "))
}

fn to_json(mapping: &Mapping, summary: &Summary) -> serde_json::Value {
    let reads = summary.reads.iter().map(|read| json!({ "field": read.field, "by": read.by }));
    let writes = summary.writes.iter().map(|writes| {
        json!({
            "field": writes.field,
            "line": writes.line,
            "from": writes.from,
            "steps": writes.steps,
            "class": writes.class.name(),
        })
    });
    let refuses = summary.refuses.iter().map(|refuses| {
        json!({
            "code": refuses.code.name(),
            "number": refuses.code.number(),
            "severity": refuses.severity.name(),
            "target": refuses.target,
            "line": refuses.line,
            "fields": refuses.fields,
        })
    });
    let loses = summary.loses.iter();
    let loses = loses.map(|lost| json!({ "field": lost.field, "class": lost.class.name() }));
    json!({
        "mapping": mapping.id(),
        "version": mapping.version(),
        "reads": reads.collect::<Vec<_>>(),
        "writes": writes.collect::<Vec<_>>(),
        "refuses": refuses.collect::<Vec<_>>(),
        "loses": loses.collect::<Vec<_>>(),
    })
}
