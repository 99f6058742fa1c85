//! Code tables: of a mapping, and shared ones under `mappings/codes/`.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;
use unicode_normalization::UnicodeNormalization as _;

use crate::model::{Expected, IssueCode, Severity};

use super::diagnostic::{Code, Diagnostic, Diagnostics};
use super::spec::{RowSpec, Unmapped, keys};
use super::value::{Class, Value};
use super::verb::Failure;
use super::yaml;

/// How many codes a message lists as expected.
const LISTED: usize = 30;

/// The shared tables, by name.
#[derive(Default, Debug)]
pub struct Codes {
    tables: BTreeMap<String, Vec<RowSpec>>,
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
        let mut found = Vec::new();
        for (file, text) in files {
            let mut problems = Diagnostics::of(text);
            if let Some(root) = yaml::parse(text, &mut problems) {
                codes.add(&root, &mut problems);
            }
            found.extend(problems.finish(file, text));
        }
        if found.is_empty() { Ok(codes) } else { Err(found) }
    }

    fn add(&mut self, root: &yaml::Node, problems: &mut Diagnostics) {
        if let yaml::Kind::Map(entries) = &root.kind {
            for entry in entries.iter().filter(|e| !keys::CODES.contains(&e.key.as_str())) {
                problems
                    .error(Code::UnknownKey, entry.key_span.clone())
                    .arg("key", &entry.key)
                    .arg("known", keys::CODES.join(", "))
                    .nearest(&entry.key, keys::CODES.iter().copied());
            }
        }
        let name = root.get("codes").and_then(yaml::Node::text);
        let (Some(name), Some(rows)) = (name, root.get("rows")) else {
            problems.error(Code::MissingKey, root.span.clone()).arg("key", "codes, rows");
            return;
        };
        self.tables.insert(name.to_owned(), super::spec::table_rows(rows, problems));
    }

    /// The rows of a table.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&[RowSpec]> {
        self.tables.get(name).map(Vec::as_slice)
    }

    /// The names of all tables.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.tables.keys().map(String::as_str)
    }
}

/// A compiled table.
#[derive(Debug)]
pub struct Table {
    rows: FxHashMap<Box<str>, Box<str>>,
    back: FxHashMap<Box<str>, Box<str>>,
    fold: bool,
    shared: bool,
    unmapped: Unmapped,
    lossy: bool,
    listed: Vec<String>,
}

/// What a table says about a text.
pub enum Found<'t> {
    /// A row.
    Row(&'t str),
    /// No row: the text itself.
    Keep,
    /// No row, with what follows.
    Failed(Box<Failure>),
}

impl Table {
    /// Compiles rows.
    #[must_use]
    pub fn new(rows: &[RowSpec], fold: bool, shared: bool, unmapped: Unmapped) -> Self {
        let key = |text: &str| if fold { folded(text) } else { text.to_owned() }.into_boxed_str();
        let mut forward = FxHashMap::default();
        let mut back: FxHashMap<Box<str>, Box<str>> = FxHashMap::default();
        let mut lossy = false;
        for row in rows.iter().filter(|row| !row.broad).chain(rows.iter().filter(|row| row.broad)) {
            forward.insert(key(&row.from.value), row.to.value.as_str().into());
            let double = back.contains_key(row.to.value.as_str());
            lossy |= double || row.broad;
            if !double {
                back.insert(row.to.value.as_str().into(), row.from.value.as_str().into());
            }
        }
        let listed = rows.iter().take(LISTED).map(|row| row.from.value.clone()).collect();
        Self { rows: forward, back, fold, shared, unmapped, lossy, listed }
    }

    /// The row of a text; blanks around it do not count.
    #[must_use]
    pub fn find(&self, text: &str) -> Found<'_> {
        let text = text.trim();
        let row =
            if self.fold { self.rows.get(folded(text).as_str()) } else { self.rows.get(text) };
        if let Some(to) = row {
            return Found::Row(to);
        }
        let failure = |severity: Severity, instead: Option<Box<str>>| {
            let expected = Expected::OneOf(self.listed.clone());
            let failure = Failure::new(IssueCode::UnknownCode, expected);
            Found::Failed(Box::new(Failure { severity: Some(severity), instead, ..*failure }))
        };
        match &self.unmapped {
            Unmapped::Keep => Found::Keep,
            Unmapped::Fail(severity) => failure(*severity, None),
            Unmapped::Use(code, None) => Found::Row(code),
            Unmapped::Use(code, Some(severity)) => failure(*severity, Some(code.as_str().into())),
        }
    }

    /// The sender's code for a target code.
    #[must_use]
    pub fn back(&self, value: &Value<'_>) -> Option<Value<'static>> {
        let text = value.shown()?;
        match self.back.get(&*text) {
            Some(code) => Some(Value::Text(code.to_string().into())),
            None if self.unmapped == Unmapped::Keep => Some(Value::Text(text.into_owned().into())),
            None => None,
        }
    }

    /// Exact when every row has its own code and nothing else is let through.
    #[must_use]
    pub fn class(&self) -> Class {
        let strict = matches!(self.unmapped, Unmapped::Fail(_) | Unmapped::Keep);
        if strict && !self.lossy { Class::Exact } else { Class::Partial }
    }

    /// Whether a text without row refuses the record.
    #[must_use]
    pub fn refuses(&self) -> bool {
        self.unmapped == Unmapped::Fail(Severity::Error)
    }

    /// Whether it has rows of a shared table, which serves several senders.
    #[must_use]
    pub const fn is_shared(&self) -> bool {
        self.shared
    }

    /// Whether a text has a row.
    #[must_use]
    pub fn has(&self, text: &str) -> bool {
        matches!(self.find(text), Found::Row(_))
    }

    /// The sender's texts.
    pub fn sources(&self) -> impl Iterator<Item = &str> {
        self.rows.keys().map(|text| &**text)
    }

    /// Every code that the table can give.
    pub fn results(&self) -> impl Iterator<Item = &str> {
        self.back.keys().map(|code| &**code)
    }
}

/// Without case and accents.
#[must_use]
pub fn folded(text: &str) -> String {
    text.nfd()
        .filter(|c| !unicode_normalization::char::is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .collect()
}
