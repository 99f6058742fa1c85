//! Shared code tables, the files of `mappings/codes/`: rows with labels, where they come from, and the
//! tables that they include.

mod import;

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashSet;

use super::diagnostic::{Code, Diagnostic, Diagnostics};
use super::spec::{RowSpec, Title, Word, keys, table_rows, title};
use super::yaml;

pub use import::{Columns, Import, ImportError, import};

/// Tables in tables deeper than this are refused.
const DEEPEST: usize = 8;

/// The shared tables, by name.
#[derive(Default, Debug)]
pub struct Codes {
    tables: BTreeMap<String, CodeTable>,
}

/// A shared table, with the rows of the tables that it includes.
#[derive(Debug)]
pub struct CodeTable {
    /// What it is.
    pub title: Title,
    /// Who publishes the codes, as its file says it.
    pub source: Option<Title>,
    /// Which edition of them, or its day.
    pub version: Option<String>,
    /// Whether texts are compared without case and accents.
    pub fold: bool,
    /// Its own rows, then those that it includes.
    pub rows: Vec<RowSpec>,
}

/// A file before the tables that it includes are known.
struct Loose {
    file: String,
    text: String,
    name: Option<String>,
    include: Vec<Word>,
    problems: Diagnostics,
}

impl Codes {
    /// Reads shared tables from files (name and text).
    ///
    /// # Errors
    /// All problems of all files.
    pub fn parse<'f>(
        files: impl IntoIterator<Item = (&'f str, &'f str)>,
    ) -> Result<Self, Vec<Diagnostic>> {
        let mut codes = Self::default();
        let read = files.into_iter().map(|(file, text)| codes.read(file, text));
        let mut loose: Vec<Loose> = read.collect();
        codes.include(&mut loose);
        let found =
            loose.into_iter().flat_map(|loose| loose.problems.finish(&loose.file, &loose.text));
        let found: Vec<Diagnostic> = found.collect();
        if found.is_empty() { Ok(codes) } else { Err(found) }
    }

    fn read(&mut self, file: &str, text: &str) -> Loose {
        let mut problems = Diagnostics::of(text);
        let read = yaml::parse(text, &mut problems).and_then(|root| table(&root, &mut problems));
        let (mut name, mut include) = (None, Vec::new());
        if let Some((own, table, included)) = read {
            self.tables.insert(own.clone(), table);
            (name, include) = (Some(own), included);
        }
        Loose { file: file.to_owned(), text: text.to_owned(), name, include, problems }
    }

    /// Adds to each table the rows of those that it includes; its own go before them.
    fn include(&mut self, loose: &mut [Loose]) {
        let includes: BTreeMap<String, Vec<Word>> = loose
            .iter()
            .filter_map(|loose| Some((loose.name.clone()?, loose.include.clone())))
            .collect();
        let mut added: Vec<(String, Vec<RowSpec>)> = Vec::new();
        for file in loose.iter_mut().filter(|file| !file.include.is_empty()) {
            let Some(name) = file.name.clone() else { continue };
            let mut walk = Walk {
                codes: self,
                includes: &includes,
                met: BTreeSet::from([name.clone()]),
                rows: Vec::new(),
                known: self.tables[&name].rows.iter().map(|row| &*row.from.value).collect(),
            };
            for word in &file.include {
                walk.add(word, word, &[&name], &mut file.problems);
            }
            added.push((name, walk.rows));
        }
        for (name, rows) in added {
            if let Some(table) = self.tables.get_mut(&name) {
                table.rows.extend(rows);
            }
        }
    }

    /// A table.
    #[must_use]
    pub fn table(&self, name: &str) -> Option<&CodeTable> {
        self.tables.get(name)
    }

    /// The rows of a table.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&[RowSpec]> {
        self.tables.get(name).map(|table| table.rows.as_slice())
    }

    /// The names of all tables.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.tables.keys().map(String::as_str)
    }
}

/// The way through the tables that one includes.
struct Walk<'c> {
    codes: &'c Codes,
    includes: &'c BTreeMap<String, Vec<Word>>,
    met: BTreeSet<String>,
    rows: Vec<RowSpec>,
    known: FxHashSet<&'c str>,
}

impl Walk<'_> {
    /// Adds a table; `written` is the word in the file that is read, `way` leads to the table around.
    fn add(&mut self, table: &Word, written: &Word, way: &[&str], problems: &mut Diagnostics) {
        let name = table.value.as_str();
        if way.contains(&name) {
            let way = [way, &[name]].concat().join(" → ");
            problems.error(Code::TableCycle, written.span.clone()).arg("way", way);
            return;
        }
        if way.len() > DEEPEST {
            let limit = DEEPEST.to_string();
            problems.error(Code::TooLarge, written.span.clone()).arg("limit", limit);
            return;
        }
        let codes = self.codes;
        let Some(found) = codes.table(name) else {
            // A table that another one lacks is that one's mistake.
            if way.len() == 1 {
                let problem = problems.error(Code::UnknownTable, written.span.clone());
                problem.arg("table", name).nearest(name, codes.names());
            }
            return;
        };
        if self.met.insert(name.to_owned()) {
            for row in &found.rows {
                if self.known.insert(&row.from.value) {
                    let mut row = row.clone();
                    // Places are those of another file.
                    row.from.span = 0..0;
                    row.to.span = 0..0;
                    self.rows.push(row);
                }
            }
        }
        let inner = [way, &[name]].concat();
        for word in self.includes.get(name).into_iter().flatten() {
            self.add(word, written, &inner, problems);
        }
    }
}

/// Reads the file of a table: its name, the table, what it includes.
fn table(root: &yaml::Node, problems: &mut Diagnostics) -> Option<(String, CodeTable, Vec<Word>)> {
    let map = super::spec::Map::of(root, keys::CODES, problems)?;
    let name = map.need_word("codes", problems);
    let include = super::spec::words(map.get("include"), problems);
    if include.is_empty() {
        map.need("rows", problems);
    }
    let table = CodeTable {
        title: map.get("title").map(|node| title(node, problems)).unwrap_or_default(),
        source: map.get("source").map(|node| title(node, problems)),
        version: map.word("version", problems).map(|word| word.value),
        fold: map.word("fold", problems).is_some_and(|word| word.value == "true"),
        rows: map.get("rows").map(|rows| table_rows(rows, problems)).unwrap_or_default(),
    };
    Some((name?.value, table, include))
}
