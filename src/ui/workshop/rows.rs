//! The same file as a table, for who does not like YAML: a code table as a grid that takes what a spreadsheet copies, a
//! mapping with one row a field. Rows are written back into the text where they stand; everything else stays as it is.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::edit::{newest, writer};
use super::finding::{Finding, Hindrance, findings};
use super::{About, Of, path};
use crate::http::{App, Code, Problem};
use crate::mapping::retouch::{Change, Group, Row};
use crate::operations::library::{FileId, Kind};
use crate::operations::versions::{self, LifeError, Named, Seen, Version};
use crate::operations::workshop::{self, Sample};
use crate::ui::form::{Form, LongForm};
use crate::ui::page::{done, page, refused};
use crate::ui::shell::{Section, Shell};
use crate::ui::visit::Member;

/// Rows of a form: a table that has more is changed as a text, or made of a CSV file.
const MOST: usize = 600;
/// Empty rows at the end.
const SPARE: usize = 3;

/// How a kind of file is shown as rows.
struct Layout {
    /// The group that holds them.
    group: &'static str,
    /// Under which key an entry that is one text says it.
    alone: &'static str,
    /// What the key is, and the columns: keys of an entry. The end of `page-column-…` names each.
    columns: &'static [&'static str],
}

/// The layout of a kind; none for those whose files are no list of rows.
fn layout(kind: Kind) -> Option<Layout> {
    match kind {
        Kind::Codes => {
            Some(Layout { group: "rows", alone: "to", columns: &["to", "match", "label"] })
        }
        Kind::Mapping => Some(Layout {
            group: "fields",
            alone: "",
            columns: &["from", "do", "table", "value", "on_error"],
        }),
        Kind::Schema | Kind::Scheme | Kind::Agreement | Kind::Identity => None,
    }
}

/// Whether a kind of file can be shown as rows.
pub fn has_rows(kind: Kind) -> bool {
    layout(kind).is_some()
}

/// A row of the form.
struct Line {
    number: usize,
    key: String,
    cells: Vec<Cell>,
    /// Whether it is written in the text only: a list of rules, a group of fields.
    fixed: bool,
    /// Whether the text has it already.
    known: bool,
    dropped: bool,
}

struct Cell {
    column: &'static str,
    value: String,
}

#[derive(Template)]
#[template(path = "workshop/rows.html")]
struct Rows {
    shell: Shell,
    about: About,
    seen: String,
    key_title: String,
    columns: Vec<String>,
    lines: Vec<Line>,
    pasted: String,
    too_many: bool,
    findings: Vec<Finding>,
    fixable: bool,
    hindrance: Option<Hindrance>,
}

/// Shows the rows of the draft, or of what counts.
pub async fn show(
    member: Member,
    State(app): State<App>,
    Of(file): Of,
) -> Result<Response, Problem> {
    let member = writer(&app, member, &file)?;
    let found = newest(&app, &member, &file).await?.ok_or(Problem::new(Code::NotFound))?;
    let lines = lines(&file, &found.text, None)?;
    page(member.visit.words, &rows(&member, &file, &found.hash, lines))
}

/// Writes rows into the text they were shown from, and saves it as the draft.
pub async fn take(
    member: Member,
    State(app): State<App>,
    Of(file): Of,
    LongForm(form): LongForm,
) -> Result<Response, Problem> {
    let member = writer(&app, member, &file)?;
    let words = member.visit.words;
    let base = seen(&app, &member, &file, form.text("seen")).await?;
    let changed = changed(&file, &base.text, &form)?;
    let saved = match check(&app, &member, &file, &changed).await {
        Ok(found) if found.is_empty() => save(&app, &member, &file, (&changed, &base.hash)).await,
        Ok(found) => {
            let mut again =
                rows(&member, &file, &base.hash, lines(&file, &base.text, Some(&form))?);
            form.exact("pasted").clone_into(&mut again.pasted);
            again.findings = found;
            return refused(words, &again);
        }
        Err(error) => Err(error),
    };
    match saved {
        Ok(()) => Ok(done(&path(&file), "draft-saved")),
        Err(error) => {
            let mut again =
                rows(&member, &file, &base.hash, lines(&file, &base.text, Some(&form))?);
            if let LifeError::Stale { current: Some(current), .. } = &error {
                // What was typed is put into the other text, once its author was told of it.
                again.seen.clone_from(current);
            }
            form.exact("pasted").clone_into(&mut again.pasted);
            again.hindrance = Some(Hindrance::of(words, error)?);
            refused(words, &again)
        }
    }
}

/// The version that the form was made from.
async fn seen(app: &App, member: &Member, file: &FileId, hash: &str) -> Result<Version, Problem> {
    let found = versions::version(app.hub(), &member.caller, file, Named::Hash(hash)).await?;
    found.ok_or(Problem::new(Code::NotFound))
}

/// The errors of the text that the rows make; warnings do not keep anybody from saving a draft.
async fn check(
    app: &App,
    member: &Member,
    file: &FileId,
    text: &str,
) -> Result<Vec<Finding>, LifeError> {
    let data = versions::file(file, text.to_owned())?;
    let look = workshop::look(app.hub(), &member.caller, data, Sample::Nothing).await?;
    let mut found = findings(member.visit.words, &look.problems);
    found.retain(|finding| finding.error);
    Ok(found)
}

async fn save(
    app: &App,
    member: &Member,
    file: &FileId,
    (text, seen): (&str, &str),
) -> Result<(), LifeError> {
    let data = versions::file(file, text.to_owned())?;
    versions::draft(app.hub(), &member.caller, &data, Seen::Version(seen)).await.map(drop)
}

fn group<'t>(file: &FileId, text: &'t str) -> Result<(Layout, Group<'t>), Problem> {
    let layout = layout(file.kind).ok_or(Problem::new(Code::NotFound))?;
    let group = Group::of(text, layout.group, layout.alone);
    group.map(|group| (layout, group)).ok_or(Problem::new(Code::NotFound))
}

/// The rows of a text, with what was typed over them.
fn lines(file: &FileId, text: &str, form: Option<&Form>) -> Result<Vec<Line>, Problem> {
    let (layout, group) = group(file, text)?;
    let known = group.table().rows;
    let count = known.len();
    let spare = std::iter::repeat_n(None, SPARE);
    let rows = known.into_iter().map(Some).chain(spare).enumerate();
    let line = |(number, row): (usize, Option<Option<Row>>)| {
        let fixed = matches!(row, Some(None));
        let row = row.flatten().unwrap_or_else(|| Row { key: String::new(), cells: Vec::new() });
        let typed = |name: &str| form.map(|form| form.text(&format!("{name}-{number}")).to_owned());
        let cell = |column: &&'static str| Cell {
            column,
            value: typed(column).unwrap_or_else(|| value(&row, column)),
        };
        Line {
            number,
            key: typed("key").filter(|_| !fixed).unwrap_or_else(|| row.key.clone()),
            cells: layout.columns.iter().map(cell).collect(),
            fixed,
            known: number < count,
            dropped: typed("drop").is_some_and(|drop| !drop.is_empty()),
        }
    };
    Ok(rows.map(line).collect())
}

fn value(row: &Row, column: &str) -> String {
    let found = row.cells.iter().find(|(key, _)| key == column);
    found.map(|(_, text)| text.clone()).unwrap_or_default()
}

/// The text with what was typed.
fn changed(file: &FileId, text: &str, form: &Form) -> Result<String, Problem> {
    let (layout, group) = group(file, text)?;
    let typed = |number: usize, row: Option<&Row>| {
        let mut cells = row.map(|row| row.cells.clone()).unwrap_or_default();
        for column in layout.columns {
            let new = form.text(&format!("{column}-{number}")).to_owned();
            match cells.iter_mut().find(|(key, _)| key == column) {
                // Blanks around it that nobody touched stay.
                Some((_, old)) if old.trim() == new => {}
                Some((_, old)) => *old = new,
                None if !new.is_empty() => cells.push(((*column).to_owned(), new)),
                None => {}
            }
        }
        let key = form.text(&format!("key-{number}")).to_owned();
        let kept = row.map(|row| row.key.clone()).filter(|kept| kept.trim() == key);
        Row { key: kept.unwrap_or(key), cells }
    };
    let known = group.table().rows;
    let pasted = pasted(form.exact("pasted"), &layout);
    let change = |(number, row): (usize, &Option<Row>)| {
        // Rows that the form had no room for are not there.
        let asked = form.text(&format!("shown-{number}")) == "1";
        let Some(row) = row.as_ref().filter(|_| asked) else { return Change::Keep };
        if !form.text(&format!("drop-{number}")).is_empty() {
            return Change::Remove;
        }
        match pasted.iter().find(|new| new.key == row.key) {
            Some(new) => Change::Write(over(row, new)),
            None => Change::Write(typed(number, Some(row))),
        }
    };
    let changes: Vec<Change> = known.iter().enumerate().map(change).collect();
    let is_known = |row: &&Row| known.iter().flatten().any(|known| known.key == row.key);
    let spare = (known.len()..known.len() + SPARE).map(|number| typed(number, None));
    let added: Vec<Row> = spare
        .filter(|row| !row.key.is_empty())
        .chain(pasted.iter().filter(|row| !is_known(row)).cloned())
        .collect();
    Ok(group.with(&changes, &added))
}

/// A row with the cells of another over its own.
fn over(row: &Row, new: &Row) -> Row {
    let mut cells = row.cells.clone();
    for (key, text) in &new.cells {
        match cells.iter_mut().find(|(known, _)| known == key) {
            Some((_, old)) => old.clone_from(text),
            None => cells.push((key.clone(), text.clone())),
        }
    }
    Row { key: row.key.clone(), cells }
}

/// What a spreadsheet copies: a row a line, its cells between tabs, in the order of the columns. Of a code table the third
/// and fourth cell are its names in French and English.
fn pasted(text: &str, layout: &Layout) -> Vec<Row> {
    let row = |line: &str| {
        let mut cells = line.split('\t').map(str::trim);
        let key = cells.next().filter(|key| !key.is_empty())?.to_owned();
        let rest: Vec<&str> = cells.collect();
        let mut found: Vec<(String, String)> = Vec::new();
        if layout.group == "rows" {
            let cell = |at: usize| rest.get(at).copied().unwrap_or_default();
            let names = [("fr", cell(1)), ("en", cell(2))];
            let names = names.into_iter().filter(|(_, name)| !name.is_empty());
            let names: Vec<String> =
                names.map(|(language, name)| format!("{language}: {}", quoted(name))).collect();
            found.push(("to".to_owned(), cell(0).to_owned()));
            if !names.is_empty() {
                found.push(("label".to_owned(), format!("{{ {} }}", names.join(", "))));
            }
        } else {
            let filled = layout.columns.iter().zip(rest).filter(|(_, text)| !text.is_empty());
            found.extend(filled.map(|(key, text)| ((*key).to_owned(), text.to_owned())));
        }
        Some(Row { key, cells: found })
    };
    text.lines().filter_map(row).collect()
}

fn quoted(text: &str) -> String {
    crate::mapping::yaml::scalar_of(text)
}

fn rows(member: &Member, file: &FileId, seen: &str, mut lines: Vec<Line>) -> Rows {
    let words = member.visit.words;
    let too_many = lines.len() > MOST + SPARE;
    if too_many {
        let spare = lines.split_off(lines.len() - SPARE);
        lines.truncate(MOST);
        lines.extend(spare);
    }
    let title = |column: &&'static str| words.named("page-column", *column);
    let columns = layout(file.kind).map(|layout| layout.columns).unwrap_or_default();
    Rows {
        shell: Shell::new(member, Section::Workshop, "page-workshop").titled(file.name.clone()),
        about: About::of(words, file),
        seen: seen.to_owned(),
        key_title: words.named("page-column-key", file.kind.name()),
        columns: columns.iter().map(title).collect(),
        lines,
        pasted: String::new(),
        too_many,
        findings: Vec::new(),
        fixable: false,
        hindrance: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_spreadsheet_copies_is_rows() {
        let layout = layout(Kind::Codes).expect("a layout");
        let rows = pasted("00\tML-BKO\tBamako\tBamako\r\n\t\n01\tML-1\n", &layout);
        assert_eq!(rows.len(), 2);
        assert_eq!(rows[0].cells[1].1, "{ fr: Bamako, en: Bamako }");
        assert_eq!(rows[1].cells, [("to".to_owned(), "ML-1".to_owned())]);
    }
}
