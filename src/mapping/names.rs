//! From what an author wrote to what a rule reads: paths, short names, named values, conditions,
//! templates and tables, each resolved once, each mistake reported where it stands.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::codes::Codes;
use super::condition::{self, Condition, ConditionError, Problem};
use super::diagnostic::{Code, Diagnostics, Mending};
use super::level::{self, Columns, Each, Levels};
use super::path::{PathError, SourcePath, Step};
use super::scene::{Input, When};
use super::spec::{Format, RowSpec, Spec, TableSpec, Unmapped, Word, read_table, table_rows};
use super::table::{OwnRow, Table};
use super::template::{Piece, Template, pieces};
use super::verb::Builder;
use super::yaml::{Kind, Node, Span};

/// A path that the mapping reads.
#[derive(Debug)]
pub struct Wants {
    /// The path.
    pub path: SourcePath,
    /// Where it is used.
    pub spans: Vec<Span>,
}

/// Resolves names while a mapping is compiled.
pub struct Names<'c> {
    /// Where problems go.
    pub problems: Diagnostics,
    flat: bool,
    aliases: BTreeMap<String, String>,
    values: BTreeMap<String, u16>,
    /// Every path that is read, each once.
    pub wanted: Vec<Wants>,
    /// Which of them, and where, are read for their text.
    pub texts: Vec<(usize, Span)>,
    index: BTreeMap<(u16, String), u16>,
    /// The repeated groups that rules go through.
    pub levels: Levels,
    /// Their paths, as written.
    pub groups: Vec<Wants>,
    level: u16,
    /// Whether records stand inside others.
    nested: bool,
    /// The name of the list of rows that make one record.
    rows: Option<String>,
    repeated: Vec<Vec<String>>,
    tables: BTreeMap<String, TableUse>,
    codes: &'c Codes,
    /// Whether `value` means the result of the rule.
    pub in_check: bool,
    /// Texts that conditions compare paths with.
    pub compared: Vec<Compared>,
    /// Places of paths that stand where a text in quotes may have been meant.
    pub bare: Vec<Span>,
}

/// A text that a condition compares a path with.
#[derive(Debug)]
pub struct Compared {
    /// The path.
    pub path: u16,
    /// The text.
    pub text: String,
    /// Where it stands.
    pub span: Span,
}

struct TableUse {
    span: Span,
    /// None when its own mistakes have been reported.
    table: Option<Arc<Table>>,
    used: bool,
}

/// Reports a condition that cannot be read, with what was probably meant.
pub fn bad_condition(problems: &mut Diagnostics, text: &Word, error: &ConditionError) {
    let span = problems.part(&text.span, &text.value, error.span.clone());
    let written = text.value.get(error.span.start..).unwrap_or_default();
    let diagnostic = problems.error(Code::BadCondition, span.clone());
    diagnostic.arg("condition", &text.value);
    let (reason, detail) = match &error.problem {
        Problem::Character(found) => ("condition-character", found.to_string()),
        Problem::OpenQuote => ("condition-open-quote", String::new()),
        Problem::Escape(found) => ("condition-escape", found.to_string()),
        Problem::Unexpected { found, .. } => {
            ("condition-unexpected", found.trim_matches('`').to_owned())
        }
        Problem::Function(name) => ("condition-function", name.clone()),
        Problem::Types(a, b) => ("condition-types", format!("{a}, {b}")),
        Problem::NoOrder(kind) => ("condition-no-order", (*kind).to_owned()),
        Problem::NotATest(kind) => ("condition-not-a-test", (*kind).to_owned()),
        Problem::Pattern(reason) => {
            let last = reason.lines().rev().find(|line| !line.trim().is_empty());
            let last = last.unwrap_or_default().trim_start_matches("error: ");
            (pattern_reason(last), last.to_owned())
        }
        Problem::TooDeep(levels) => ("condition-too-deep", levels.to_string()),
    };
    let known = condition::FUNCTIONS.join(", ");
    diagnostic.arg("detail", &detail).arg("known", known).arg("reason-id", reason);
    if span == text.span {
        return;
    }
    let name: String = written.chars().take_while(|c| c.is_alphanumeric()).collect();
    if matches!(error.problem, Problem::Function(_)) {
        let functions = condition::FUNCTIONS.iter().copied();
        diagnostic.nearest = super::diagnostic::nearest(&name, functions);
        return;
    }
    let edits = meant(&text.value, error.span.start, &name);
    let start = span.start - error.span.start.min(span.start);
    if let Some((_, sign)) = edits.first() {
        diagnostic.nearest = Some((*sign).to_owned());
        let edits =
            edits.iter().map(|(at, sign)| (start + at.start..start + at.end, (*sign).to_owned()));
        diagnostic.mend(
            Mending::Replace,
            edits.clone().next().map_or_else(String::new, |e| e.1),
            edits.collect(),
        );
    }
}

/// The words for what the regex crate says in English only.
fn pattern_reason(said: &str) -> &'static str {
    let known = [
        ("unclosed character class", "condition-pattern-bracket"),
        ("unclosed group", "condition-pattern-parenthesis"),
        ("unopened group", "condition-pattern-closing"),
        ("repetition operator missing expression", "condition-pattern-repetition"),
        ("unrecognized escape sequence", "condition-pattern-escape"),
        ("invalid character class range", "condition-pattern-range"),
        ("compiled regex exceeds size limit", "condition-pattern-large"),
    ];
    let found = known.iter().find(|(english, _)| said.to_lowercase().contains(english));
    found.map_or("condition-pattern", |(_, reason)| reason)
}

/// Signs of other languages and of word processors, with ours in their place.
fn meant(condition: &str, at: usize, name: &str) -> Vec<(Span, &'static str)> {
    let written = condition.get(at..).unwrap_or_default();
    if written.starts_with(condition::OTHER_QUOTES) {
        let quotes = condition.match_indices(condition::OTHER_QUOTES);
        return quotes.map(|(i, quote)| (i..i + quote.len(), "'")).collect();
    }
    if written.starts_with('>') && condition.get(..at).is_some_and(|before| before.ends_with('<')) {
        return vec![(at - 1..at + 1, "!=")];
    }
    let known = condition::OTHER_SIGNS.iter().find(|(other, _)| {
        let word = other.chars().all(char::is_alphabetic);
        if word { *other == name } else { written.starts_with(other) }
    });
    known.map(|(other, ours)| (at..at + other.len(), *ours)).into_iter().collect()
}

/// Whether a character of a path stands in the brackets of a choice.
fn in_brackets(path: &str, at: usize) -> bool {
    let before: String = path.chars().take(at).collect();
    before.matches('[').count() > before.matches(']').count()
}

/// Names that a condition may use beside paths.
const RESERVED: &[&str] = &["record_id", "today", "value"];

impl<'c> Names<'c> {
    /// For one mapping.
    ///
    /// `repeated` are the keys of the fields that the sender's schema knows as repeated.
    #[must_use]
    pub fn new(
        spec: &Spec,
        codes: &'c Codes,
        repeated: Vec<Vec<String>>,
        problems: Diagnostics,
    ) -> Self {
        let mut names = Self {
            problems,
            flat: spec.source.format == Format::Csv,
            aliases: BTreeMap::new(),
            values: BTreeMap::new(),
            wanted: Vec::new(),
            texts: Vec::new(),
            index: BTreeMap::new(),
            levels: Levels::default(),
            groups: Vec::new(),
            level: 0,
            nested: spec.source.records.iter().any(|records| records.each.is_some()),
            rows: spec.source.rows.as_ref().map(|rows| rows.name.value.clone()),
            repeated,
            tables: BTreeMap::new(),
            codes,
            in_check: false,
            compared: Vec::new(),
            bare: Vec::new(),
        };
        for (name, path) in &spec.source.names {
            names.aliases.insert(name.value.clone(), path.value.clone());
        }
        for (name, table) in &spec.tables {
            let span = name.span.clone();
            let table = names.compile_table(table);
            names.tables.insert(name.value.clone(), TableUse { span, table, used: false });
        }
        names
    }

    /// Makes a named value known to what follows.
    pub fn add_value(&mut self, name: &Word) {
        let next = u16::try_from(self.values.len()).unwrap_or(u16::MAX);
        let taken =
            self.aliases.contains_key(&name.value) || RESERVED.contains(&name.value.as_str());
        if taken || self.values.insert(name.value.clone(), next).is_some() {
            self.problems.error(Code::DuplicateKey, name.span.clone()).arg("key", &name.value);
        }
    }

    /// A path as the sender's own, behind a short name.
    #[must_use]
    pub fn expand<'n>(&'n self, written: &'n str) -> &'n str {
        self.aliases.get(written).map_or(written, String::as_str)
    }

    /// What a name or path means.
    pub fn input(&mut self, written: &str, span: &Span) -> Option<Input> {
        if let Some(value) = self.values.get(written) {
            return Some(Input::Value(*value));
        }
        match written {
            "record_id" => return Some(Input::RecordId),
            "today" => return Some(Input::Today),
            "value" if self.in_check => return Some(Input::Result),
            _ => {}
        }
        self.path(written, span).map(Input::Path)
    }

    /// What a name or path means of which the text is read.
    pub fn text(&mut self, written: &str, span: &Span) -> Option<Input> {
        let input = self.input(written, span)?;
        if let Input::Path(path) = input {
            self.texts.push((usize::from(path), span.clone()));
        }
        Some(input)
    }

    /// The index of a path.
    pub fn path(&mut self, written: &str, span: &Span) -> Option<u16> {
        let (ups, rest) = self.ups(written);
        let written = format!("{ups}{}", self.expand(rest));
        let key = (self.level, written);
        if let Some(known) = self.index.get(&key).copied() {
            if let Some(wants) = self.wanted.get_mut(usize::from(known)) {
                wants.spans.push(span.clone());
            }
            return Some(known);
        }
        let (_, written) = &key;
        let path = match self.parse(written) {
            Ok(path) => self.lifted(path),
            Err(error) => {
                let problem = self.problems.error(Code::BadPath, span.clone());
                problem.arg("path", written).arg("at", (error.at + 1).to_string());
                if in_brackets(written, error.at) {
                    problem.arg("variant", "brackets");
                }
                return None;
            }
        };
        // An item may name what stands around it, which is wanted there already.
        let known = self.wanted.iter().position(|wants| wants.path == path);
        let index = known.unwrap_or(self.wanted.len());
        match self.wanted.get_mut(index) {
            Some(wants) => wants.spans.push(span.clone()),
            None => self.wanted.push(Wants { path, spans: vec![span.clone()] }),
        }
        let index = u16::try_from(index).ok()?;
        self.index.insert(key, index);
        Some(index)
    }

    /// The `^.` in front of a path, and the rest. A column of a flat record may begin with anything.
    fn ups<'w>(&self, written: &'w str) -> (&'w str, &'w str) {
        if self.flat && self.level == 0 && !self.nested {
            return ("", written);
        }
        let rest = written.trim_start_matches("^.");
        written.split_at(written.len() - rest.len())
    }

    fn parse(&self, written: &str) -> Result<SourcePath, PathError> {
        if !self.flat {
            return SourcePath::parse(written);
        }
        let (ups, column) = self.ups(written);
        let chosen = column.find('[').and_then(|at| column.get(..at));
        if chosen.is_some_and(|name| self.is_rows(name)) {
            return SourcePath::parse(written);
        }
        let up = u8::try_from(ups.len() / "^.".len()).map_err(|_| PathError { at: 0 })?;
        Ok(SourcePath { up, ..SourcePath::column(column) })
    }

    /// Whether this is the name of the list of rows that make one record.
    fn is_rows(&self, name: &str) -> bool {
        self.rows.as_deref() == Some(name)
    }

    /// A path as seen from the group in which it stands.
    fn lifted(&self, mut path: SourcePath) -> SourcePath {
        path.level = self.level;
        while let (Some(parent), true) = (self.levels.parent(path.level), path.up > 0) {
            (path.level, path.up) = (parent, path.up - 1);
        }
        path
    }

    /// Goes into the items of a repeated group: the levels on the way, for [`Names::leave`] the last.
    pub fn enter(&mut self, each: &Word, numbers: Option<&Word>) -> Option<Vec<u16>> {
        if numbers.is_some() || each.value.contains('*') {
            let columns = self.columns(each, numbers)?;
            return self.deeper(Each::Columns(columns), each).map(|level| vec![level]);
        }
        let (around, written) = (self.level, self.expand(&each.value).to_owned());
        let path = SourcePath::parse(&written).ok().filter(|path| {
            let plain = |step: &Step| matches!(step, Step::Key(_) | Step::Nth(_) | Step::All);
            let of_rows = self.level == 0 && self.is_rows(&written);
            (!self.flat || of_rows)
                && path.up == 0
                && !path.steps.is_empty()
                && path.steps.iter().all(plain)
        });
        let Some(path) = path.map(|path| self.lifted(path)) else {
            let problem = self.problems.error(Code::BadPath, each.span.clone());
            problem.arg("path", &each.value).arg("at", "1");
            if self.flat && self.rows.is_none() && written == "rows" {
                problem.arg("variant", "rows");
            }
            return None;
        };
        for link in level::links(&self.marked(&path)) {
            if self.deeper(Each::Items(link), each).is_none() {
                self.level = around;
                return None;
            }
        }
        self.groups.push(Wants { path, spans: vec![each.span.clone()] });
        Some(self.levels.between(around, self.level))
    }

    fn deeper(&mut self, each: Each, written: &Word) -> Option<u16> {
        let full = self.levels.all().len() >= level::MOST;
        if full || self.levels.depth(self.level) >= level::DEEPEST {
            let limit = if full { level::MOST } else { level::DEEPEST };
            let problem = self.problems.error(Code::TooLarge, written.span.clone());
            problem.arg("limit", limit.to_string());
            return None;
        }
        self.level = self.levels.add(self.level, each);
        Some(self.level)
    }

    /// The columns of a wide row.
    pub fn columns(&mut self, each: &Word, numbers: Option<&Word>) -> Option<Columns> {
        let Some(numbers) = numbers else {
            self.problems.error(Code::MissingKey, each.span.clone()).arg("key", "n");
            return None;
        };
        let columns = Columns::parse(&each.value, &numbers.value);
        if columns.is_none() {
            self.problems
                .error(Code::BadValue, each.span.clone())
                .arg("value", format!("{}, n: {}", each.value, numbers.value))
                .arg("expected", "M{n}_*, n: 1..12");
        }
        columns
    }

    /// Goes back to what stands around a group.
    pub fn leave(&mut self, way: &[u16]) {
        let first = way.first().and_then(|level| self.levels.parent(*level));
        self.level = first.unwrap_or(self.level);
    }

    /// The steps with `[]` where the sender's schema knows a repeated group on the way.
    pub fn marked(&self, path: &SourcePath) -> Vec<Step> {
        let mut keys = self.levels.steps(path, &|_| Step::All);
        keys.truncate(keys.len() - path.steps.len());
        let mut keys = SourcePath::of(keys).keys().iter().map(|k| (*k).to_owned()).collect();
        let mut marked = Vec::new();
        for (index, step) in path.steps.iter().enumerate() {
            marked.push(step.clone());
            let Step::Key(key) = step else { continue };
            Vec::push(&mut keys, key.clone());
            let next = path.steps.get(index + 1);
            if matches!(next, Some(Step::Key(_))) && self.repeated.contains(&keys) {
                marked.push(Step::All);
            }
        }
        marked
    }

    /// A condition with its names resolved.
    pub fn when(&mut self, text: &Word) -> Option<When> {
        match Condition::parse(&text.value) {
            Ok(condition) => {
                let used: Vec<(String, Span)> = condition
                    .paths()
                    .iter()
                    .map(|used| {
                        let span = used.span.clone();
                        (used.path.clone(), self.problems.part(&text.span, &text.value, span))
                    })
                    .collect();
                let right = condition.right_paths();
                self.bare.extend(right.iter().filter_map(|i| Some(used.get(*i)?.1.clone())));
                let inputs: Option<Vec<Input>> =
                    used.iter().map(|(path, span)| self.input(path, span)).collect();
                let inputs = inputs?;
                self.note_texts(&condition, &inputs, text);
                Some(When::new(condition, inputs, &text.value))
            }
            Err(error) => {
                bad_condition(&mut self.problems, text, &error);
                None
            }
        }
    }

    /// Keeps the texts that a condition compares paths with, for the check against the schema.
    fn note_texts(&mut self, condition: &Condition, inputs: &[Input], whole: &Word) {
        for (path, text) in condition.texts() {
            let Some(Input::Path(path)) = inputs.get(path).copied() else { continue };
            let quoted = [format!("'{text}'"), format!("\"{text}\"")];
            let at = quoted.iter().find_map(|quoted| whole.value.find(quoted.as_str()));
            let span = at.map_or_else(
                || whole.span.clone(),
                |at| self.problems.part(&whole.span, &whole.value, at + 1..at + 1 + text.len()),
            );
            self.compared.push(Compared { path, text: text.to_owned(), span });
        }
    }

    /// A template with its names resolved.
    pub fn template(&mut self, text: &Word) -> Option<Template> {
        self.resolved(text, Self::text).map(Template::new)
    }

    /// The templates of a record's id. Values come after the id, so there are none in it.
    pub fn id_template(&mut self, texts: &[Word]) -> Option<Template> {
        let path =
            |names: &mut Self, name: &str, span: &Span| names.path(name, span).map(Input::Path);
        let found: Option<Vec<_>> = texts.iter().map(|text| self.resolved(text, path)).collect();
        Template::first_of(found?)
    }

    fn resolved(
        &mut self,
        text: &Word,
        resolve: impl Fn(&mut Self, &str, &Span) -> Option<Input>,
    ) -> Option<Vec<Piece<Input>>> {
        let Some(found) = pieces(&text.value) else {
            self.problems
                .error(Code::BadValue, text.span.clone())
                .arg("value", &text.value)
                .arg("expected", "{A}-{B}");
            return None;
        };
        found
            .into_iter()
            .map(|piece| match piece {
                Piece::Text(text) => Some(Piece::Text(text)),
                Piece::Hole(name) => {
                    let span = self.hole(text, &name);
                    resolve(self, &name, &span).map(Piece::Hole)
                }
            })
            .collect()
    }

    /// Where the path in braces stands.
    fn hole(&self, template: &Word, name: &str) -> Span {
        let at = template.value.find(&format!("{{{name}}}")).map(|brace| brace + 1);
        at.map_or_else(
            || template.span.clone(),
            |at| self.problems.part(&template.span, &template.value, at..at + name.len()),
        )
    }

    fn compile_table(&mut self, spec: &TableSpec) -> Option<Arc<Table>> {
        let (mut rows, mut fold) = (spec.rows.clone(), spec.fold);
        if let Some(name) = &spec.codes {
            let Some(shared) = self.codes.table(&name.value) else {
                let known: Vec<&str> = self.codes.names().collect();
                self.problems
                    .error(Code::UnknownTable, name.span.clone())
                    .arg("table", &name.value)
                    .nearest(&name.value, known);
                return None;
            };
            // Rows of the mapping itself go before the shared ones.
            let own: Vec<String> = rows.iter().map(|row| row.from.value.clone()).collect();
            rows.extend(shared.rows.iter().filter(|row| !own.contains(&row.from.value)).cloned());
            fold |= shared.fold;
        }
        let own = self.own_rows(&spec.rows);
        let table = Table::new(&rows, fold, spec.codes.is_some(), spec.unmapped.clone());
        Some(Arc::new(table.with_own(own)))
    }

    /// Rows of this file with their lines.
    fn own_rows(&self, rows: &[RowSpec]) -> Vec<OwnRow> {
        let text = self.problems.text();
        let (mut line, mut at) = (1, 0);
        let row = |row: &RowSpec| {
            // Rows stand in the order of the file, so that each byte is looked at once.
            let span = row.from.span.clone();
            let between = text.as_bytes().get(at..span.start).unwrap_or_default();
            line += u32::try_from(memchr::memchr_iter(b'\n', between).count()).unwrap_or_default();
            at = span.start.max(at);
            OwnRow { from: row.from.value.as_str().into(), span, line }
        };
        rows.iter().map(row).collect()
    }

    /// Reports tables that no rule uses.
    pub fn report_unused_tables(&mut self) {
        for (name, _) in self.tables.iter().filter(|(_, table)| !table.used) {
            let span = self.tables[name].span.clone();
            self.problems.warning(Code::UnusedTable, span).arg("table", name);
        }
    }
}

impl Builder for Names<'_> {
    fn problems(&mut self) -> &mut Diagnostics {
        &mut self.problems
    }

    fn condition(&mut self, text: &Word) -> Option<When> {
        self.when(text)
    }

    fn input(&mut self, text: &Word) -> Option<Input> {
        self.text(&text.value, &text.span)
    }

    fn table(&mut self, node: &Node) -> Option<Arc<Table>> {
        match &node.kind {
            Kind::Text(name) => {
                if let Some(found) = self.tables.get_mut(name) {
                    found.used = true;
                    return found.table.clone();
                }
                let known: Vec<String> = self.tables.keys().cloned().collect();
                self.problems
                    .error(Code::UnknownTable, node.span.clone())
                    .arg("table", name)
                    .nearest(name, known.iter().map(String::as_str));
                None
            }
            // `rows` or `codes` make a table with its own keys; anything else is rows.
            Kind::Map(_) if node.get("rows").is_some() || node.get("codes").is_some() => {
                let spec = read_table(node, &mut self.problems)?;
                self.compile_table(&spec)
            }
            Kind::Map(_) => {
                let rows = table_rows(node, &mut self.problems);
                let unmapped = Unmapped::Fail(crate::model::Severity::Error);
                let own = self.own_rows(&rows);
                Some(Arc::new(Table::new(&rows, false, false, unmapped).with_own(own)))
            }
            Kind::Null | Kind::List(_) => {
                self.problems.error(Code::WrongType, node.span.clone()).arg("expected", "map");
                None
            }
        }
    }
}
