//! From what an author wrote to what a rule reads: paths, short names, named values, conditions,
//! templates and tables, each resolved once, each mistake reported where it stands.

mod groups;
mod tables;
mod texts;
mod unreadable;

use std::collections::BTreeMap;
use std::sync::Arc;

use super::codes::Codes;
use super::diagnostic::{Code, Diagnostics};
use super::level::Levels;
use super::path::{PathError, SourcePath};
use super::scene::{Input, When};
use super::spec::{Format, Spec, Word};
use super::table::Table;
use super::verb::Builder;
use super::yaml::{Node, Span};

use tables::TableUse;
pub use unreadable::bad_condition;

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

/// Names that a condition may use beside paths.
const RESERVED: &[&str] = &["record_id", "today", "value"];

/// Whether a character of a path stands in the brackets of a choice.
fn in_brackets(path: &str, at: usize) -> bool {
    let before: String = path.chars().take(at).collect();
    before.matches('[').count() > before.matches(']').count()
}

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
        self.table_at(node)
    }
}
