//! Tables against both sides: codes of the sender without a row, rows for codes that do not exist,
//! results that the target does not have, and rows that the way back cannot tell apart.

use crate::schema::FieldInfo;

use super::super::diagnostic::{Code, Diagnostics, Mending};
use super::super::names::Names;
use super::super::path::{parse_target, schema_path};
use super::super::spec::{
    OriginSpec, RowSpec, RuleSpec, Spec, TableSpec, Unmapped, Word, read_table, synonyms,
    table_rows,
};
use super::super::target::{Takes, takes};
use super::super::yaml::{Kind, Node, Span, scalar_of};
use super::placed::rules;
use super::sender::Sender;

/// The rows that a rule goes through, as they stand in this file.
struct Rows<'s> {
    rows: Vec<RowSpec>,
    shared: Option<&'s Word>,
    fold: bool,
    unmapped: Unmapped,
}

/// Checks the table of every rule of `fields` that has one.
pub fn check(spec: &Spec, sender: Option<&Sender<'_>>, names: &mut Names<'_>) {
    let mut seen: Vec<Span> = Vec::new();
    for placed in rules(spec) {
        let (path, rule) = (placed.path, placed.rule);
        let Some(node) = table_of(rule) else { continue };
        let Some(rows) = rows(node, spec) else { continue };
        results(&placed.target, &rows, names);
        let source = source_of(rule);
        if let (Some(sender), Some(source)) = (sender, source) {
            for field in placed.source(source).map(|s| sender.fields(&s)).unwrap_or_default() {
                codes(path, &rows, source, field, &mut names.problems);
            }
        }
        let undone = source.is_some_and(|source| {
            spec.back.iter().any(|(back, _)| names.expand(&back.value) == names.expand(source))
        });
        if !undone && !rule.one_way && !seen.contains(&node.span) {
            seen.push(node.span.clone());
            twice(&rows.rows, &mut names.problems);
        }
    }
}

/// The table of a rule: its last step.
fn table_of(rule: &RuleSpec) -> Option<&Node> {
    let step = rule.steps.iter().find(|step| step.verb.value == "table")?;
    step.argument.as_ref()
}

/// The one path that a rule reads, when its table comes first.
fn source_of(rule: &RuleSpec) -> Option<&str> {
    let first = rule.steps.first().is_some_and(|step| step.verb.value == "table");
    match &rule.origin {
        OriginSpec::From(paths) if first => match paths.as_slice() {
            [path] => Some(&path.value),
            _ => None,
        },
        OriginSpec::From(_)
        | OriginSpec::Value(_)
        | OriginSpec::Template(_)
        | OriginSpec::Choose(_) => None,
    }
}

fn rows<'s>(node: &Node, spec: &'s Spec) -> Option<Rows<'s>> {
    let of = |table: &'s TableSpec| Rows {
        rows: table.rows.clone(),
        shared: table.codes.as_ref(),
        fold: table.fold,
        unmapped: table.unmapped.clone(),
    };
    // What is wrong with the rows themselves has been said when the rule was compiled.
    let mut said = Diagnostics::default();
    match &node.kind {
        Kind::Text(name) => {
            spec.tables.iter().find(|(word, _)| word.value == *name).map(|(_, table)| of(table))
        }
        Kind::Map(_) if node.get("rows").is_some() || node.get("codes").is_some() => {
            let table = read_table(node, &mut said)?;
            (table.codes.is_none()).then_some(Rows {
                rows: table.rows,
                shared: None,
                fold: table.fold,
                unmapped: table.unmapped,
            })
        }
        Kind::Map(_) => Some(Rows {
            rows: table_rows(node, &mut said),
            shared: None,
            fold: false,
            unmapped: Unmapped::Fail(crate::model::Severity::Error),
        }),
        Kind::Null | Kind::List(_) => None,
    }
}

/// Codes that a row gives and the target does not have.
fn results(target: &str, rows: &Rows<'_>, names: &mut Names<'_>) {
    let Ok(steps) = parse_target(target) else { return };
    let allowed: &[&str] = match takes(&schema_path(&steps)) {
        Some(Takes::Code(codes)) => codes,
        Some(Takes::Boolean) => &["true", "false"],
        _ => return,
    };
    for row in rows.rows.iter().filter(|row| !allowed.contains(&row.to.value.as_str())) {
        let problem = names.problems.error(Code::NotAllowed, row.to.span.clone());
        problem.arg("value", &row.to.value).arg("expected", allowed.join(", "));
        match synonyms::value(&row.to.value, allowed) {
            Some(code) => problem.meant(code),
            None => problem.nearest(&row.to.value, allowed.iter().copied()),
        };
    }
}

/// Codes of the sender's list without a row, rows for codes that are not in it.
fn codes(
    path: &Word,
    rows: &Rows<'_>,
    source: &str,
    field: &FieldInfo,
    problems: &mut Diagnostics,
) {
    if field.codes.is_empty() || rows.shared.is_some() {
        return;
    }
    let same = |row: &RowSpec, code: &str| {
        let row = row.from.value.as_str();
        row == code
            || (rows.fold && super::super::table::folded(row) == super::super::table::folded(code))
    };
    if rows.unmapped == Unmapped::Fail(crate::model::Severity::Error) {
        for code in field.codes.iter().filter(|code| !rows.rows.iter().any(|r| same(r, code))) {
            let span =
                rows.rows.last().map_or_else(|| path.span.clone(), |row| row.from.span.clone());
            problems.warning(Code::MissingRow, span).arg("code", code).arg("field", source);
        }
    }
    for row in rows.rows.iter().filter(|row| !field.codes.iter().any(|code| same(row, code))) {
        let text = problems.text();
        let problem = problems.warning(Code::UnusedRow, row.from.span.clone());
        problem.arg("code", &row.from.value).arg("field", source);
        let known = field.codes.iter().map(String::as_str);
        let likely = super::super::diagnostic::nearest(&row.from.value, known);
        if let Some(likely) = likely {
            problem.replace(row.from.span.clone(), scalar_of(&likely));
            problem.nearest = Some(likely);
        }
        let whole = whole_row(&text, row);
        problem.mend(Mending::Remove, row.from.value.clone(), vec![(whole, String::new())]);
    }
}

/// A row with its comma, or its whole line.
fn whole_row(text: &str, row: &RowSpec) -> Span {
    let (start, end) = (row.from.span.start, row.to.span.end.max(row.from.span.end));
    let line = text.get(..start).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
    let after = text.get(end..).unwrap_or_default();
    let alone = text.get(line..start).is_some_and(|before| before.trim().is_empty());
    if alone {
        return line..end + after.find('\n').map_or(after.len(), |at| at + 1);
    }
    if after.starts_with(',') {
        return start..end + after.len() - after.get(1..).unwrap_or_default().trim_start().len();
    }
    let before = text.get(..start).unwrap_or_default().trim_end();
    before.strip_suffix(',').map_or(start..end, |before| before.len()..end)
}

/// Rows that give the same code: the way back uses the first, unless the others say that they are broad.
fn twice(rows: &[RowSpec], problems: &mut Diagnostics) {
    for (i, row) in rows.iter().enumerate().filter(|(_, row)| !row.broad) {
        let earlier =
            rows.iter().take(i).find(|other| !other.broad && other.to.value == row.to.value);
        let Some(earlier) = earlier else { continue };
        let text = problems.text();
        let problem = problems.warning(Code::TwoRows, row.to.span.clone());
        problem
            .arg("code", &row.to.value)
            .arg("row", &row.from.value)
            .arg("first", &earlier.from.value);
        let written = text.get(row.to.span.clone()).unwrap_or_default();
        let broad = format!("{{ to: {written}, match: broad }}");
        // A row with keys of its own needs only the one more.
        let plain = text.get(row.from.span.end..row.to.span.start).is_some_and(|t| t.trim() == ":");
        let new = if plain { broad.clone() } else { format!("{written}, match: broad") };
        problem.mend(Mending::Replace, broad, vec![(row.to.span.clone(), new)]);
    }
}
