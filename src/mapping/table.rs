//! A code table as rules use it: from the sender's text to the code, and back.

use rustc_hash::FxHashMap;
use unicode_normalization::UnicodeNormalization as _;

use crate::model::{Expected, IssueCode, Severity};

use super::spec::{RowSpec, Unmapped};
use super::value::{Class, Value};
use super::verb::Failure;

/// How many codes a message lists as expected.
const LISTED: usize = 30;

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
    own: Vec<OwnRow>,
}

/// A row that stands in the mapping itself.
#[derive(Clone, Debug)]
pub struct OwnRow {
    /// The sender's text.
    pub from: Box<str>,
    /// Where it stands, in bytes.
    pub span: std::ops::Range<usize>,
    /// Its line.
    pub line: u32,
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
        Self { rows: forward, back, fold, shared, unmapped, lossy, listed, own: Vec::new() }
    }

    /// With the places of the rows that stand in the mapping.
    #[must_use]
    pub fn with_own(mut self, own: Vec<OwnRow>) -> Self {
        self.own = own;
        self
    }

    /// The rows that stand in the mapping, in its order.
    #[must_use]
    pub fn own(&self) -> &[OwnRow] {
        &self.own
    }

    /// The row of a text, when it stands in the mapping.
    #[must_use]
    pub fn own_row(&self, text: &str) -> Option<&OwnRow> {
        let plain =
            |text: &str| if self.fold { folded(text.trim()) } else { text.trim().to_owned() };
        let wanted = plain(text);
        self.own.iter().find(|row| plain(&row.from) == wanted)
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

    /// What follows from a text without row, when that is a problem.
    #[must_use]
    pub const fn fails(&self) -> Option<Severity> {
        match &self.unmapped {
            Unmapped::Fail(severity) | Unmapped::Use(_, Some(severity)) => Some(*severity),
            Unmapped::Keep | Unmapped::Use(_, None) => None,
        }
    }

    /// Whether a text without row refuses the record.
    #[must_use]
    pub fn refuses(&self) -> bool {
        self.unmapped == Unmapped::Fail(Severity::Error)
    }

    /// The rows, when texts are looked up as they are written.
    pub fn rows(&self) -> Option<impl Iterator<Item = (&str, &str)>> {
        (!self.fold).then(|| self.rows.iter().map(|(from, to)| (&**from, &**to)))
    }

    /// What becomes of a text without row.
    #[must_use]
    pub const fn otherwise(&self) -> &Unmapped {
        &self.unmapped
    }

    /// Whether a text without row stays as it is.
    #[must_use]
    pub fn keeps(&self) -> bool {
        self.unmapped == Unmapped::Keep
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
