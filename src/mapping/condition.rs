//! Conditions of a mapping (`if`, `check`, `when`): a subset of CEL's syntax, typed and compiled.
//!
//! ```text
//! or      = and { "||" and }            and   = not { "&&" not }
//! not     = "!" not | compare
//! compare = value [ ("==" | "!=" | "<" | "<=" | ">" | ">=") value | "in" "[" literal { "," literal } "]" ]
//!         | text "in" path
//! value   = "(" or ")" | literal | "has" "(" path ")" | "size" "(" path ")"
//!         | path [ "." ("startsWith" | "endsWith" | "contains" | "matches") "(" text ")" ]
//! literal = 'text' | "text" | number | "true" | "false" | "null"
//! path    = name { "." name | "[" … "]" }     a name that is no plain word stands in backquotes
//! ```
//!
//! There is no arithmetic, no variable and no loop, so every condition ends. What a path yields is
//! text, or nothing: the meaning of absence is fixed in [`Condition::eval`].

mod eval;
mod lexer;
mod parser;

use std::ops::Range;

use regex::Regex;

/// The functions that conditions have.
pub const FUNCTIONS: &[&str] = &["has", "size", "startsWith", "endsWith", "contains", "matches"];

/// How other languages and people write our signs.
pub const OTHER_SIGNS: &[(&str, &str)] = &[
    ("===", "=="),
    ("=", "=="),
    ("<>", "!="),
    ("AND", "&&"),
    ("and", "&&"),
    ("et", "&&"),
    ("ET", "&&"),
    ("&", "&&"),
    ("OR", "||"),
    ("or", "||"),
    ("ou", "||"),
    ("OU", "||"),
    ("|", "||"),
];

/// Quotes that word processors put in place of `'`.
pub const OTHER_QUOTES: &[char] = &['’', '‘', '“', '”', '«', '»'];

/// A compiled condition.
#[derive(Clone, Debug)]
pub struct Condition {
    root: Test,
    paths: Vec<PathUse>,
}

/// A path that a condition reads.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PathUse {
    /// The path as written, without backquotes around its names.
    pub path: String,
    /// Where it stands first, in bytes of the condition's text.
    pub span: Range<usize>,
}

/// Why a text is no condition.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{problem}")]
pub struct ConditionError {
    /// Where, in bytes of the condition's text.
    pub span: Range<usize>,
    /// What is wrong.
    pub problem: Problem,
}

/// What is wrong with a condition.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Problem {
    /// A character that means nothing here.
    #[error("`{0}` means nothing here")]
    Character(char),
    /// A text or a backquoted name that does not end.
    #[error("the quote does not end")]
    OpenQuote,
    /// `\q` or another escape that CEL does not have.
    #[error("there is no escape `\\{0}`")]
    Escape(char),
    /// Something else was expected.
    #[error("expected {expected}, found {found}")]
    Unexpected {
        /// What could stand here.
        expected: &'static str,
        /// What stands here.
        found: String,
    },
    /// A function that is not one of ours.
    #[error("there is no function `{0}`")]
    Function(String),
    /// Two kinds that cannot be compared.
    #[error("a {0} cannot be compared with a {1}")]
    Types(&'static str, &'static str),
    /// `<` and the like between kinds that have no order.
    #[error("a {0} has no order")]
    NoOrder(&'static str),
    /// A value where true or false is needed.
    #[error("a {0} is neither true nor false")]
    NotATest(&'static str),
    /// A pattern that is no regular expression, or compiles to more than the limit.
    #[error("not a regular expression that can be used: {0}")]
    Pattern(String),
    /// Brackets nested too deeply.
    #[error("nested more than {0} levels deep")]
    TooDeep(usize),
}

/// Something that is true or false.
#[derive(Clone, Debug)]
enum Test {
    All(Vec<Test>),
    Any(Vec<Test>),
    Not(Box<Test>),
    Constant(bool),
    /// A path used alone: its text is `true`.
    Truth(usize),
    Has(usize),
    In(usize, Vec<Literal>),
    /// One of the texts of a list is this.
    Holds(usize, String),
    Compare {
        left: Operand,
        operator: Operator,
        right: Operand,
    },
    StartsWith(usize, String),
    EndsWith(usize, String),
    Contains(usize, String),
    Matches(usize, Regex),
}

#[derive(Clone, Debug)]
enum Operand {
    Path(usize),
    Size(usize),
    Literal(Literal),
}

#[derive(Clone, PartialEq, Debug)]
enum Literal {
    Text(String),
    /// A number; a code such as `01` must be quoted to stay text.
    Number(f64),
    Boolean(bool),
    Null,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Operator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Condition {
    /// Compiles a condition.
    ///
    /// # Errors
    /// The first thing that is wrong, with its place.
    pub fn parse(text: &str) -> Result<Self, ConditionError> {
        parser::parse(text)
    }

    /// The paths that the condition reads, each once; their order is the index that
    /// [`Condition::eval`] asks for.
    #[must_use]
    pub fn paths(&self) -> &[PathUse] {
        &self.paths
    }

    /// The path and the texts of a condition that only asks whether a path has one of some texts.
    #[must_use]
    pub fn choice(&self) -> Option<(usize, Vec<&str>)> {
        let texts = match &self.root {
            Test::In(..) | Test::Compare { operator: Operator::Equal, .. } => self.root.texts(),
            _ => Vec::new(),
        };
        let path = texts.first()?.0;
        Some((path, texts.into_iter().map(|(_, text)| text).collect()))
    }

    /// The paths and texts of a condition that holds when one of the paths has its text, and only then.
    #[must_use]
    pub fn any_of(&self) -> Option<Vec<(usize, &str)>> {
        self.root.any_of()
    }

    /// Every text that the condition compares a path with, for being equal or not.
    #[must_use]
    pub fn texts(&self) -> Vec<(usize, &str)> {
        self.root.texts()
    }

    /// Paths on the right of `==` or `!=`: a text whose quotes were forgotten looks like one.
    #[must_use]
    pub fn right_paths(&self) -> Vec<usize> {
        let mut found = Vec::new();
        self.root.right_paths(&mut found);
        found
    }

    /// Whether the condition holds. `lookup` gives the text at a path, `None` when it is absent
    /// (missing, `null`, or one of the source's `empty` texts).
    ///
    /// Absent is null: it equals `null` and nothing else, so `x != 'a'` holds when `x` is absent; it
    /// has no order, so `x < 3` and `x >= 3` are both false; its `size` is 0; `startsWith`,
    /// `endsWith`, `contains`, `matches`, `in` (unless `null` is listed) and a bare `x` are false.
    ///
    /// Against a number, text is read as a number, and text that is none equals no number. Two
    /// paths compare as numbers when both are numbers, else as texts (which orders ISO dates).
    /// `size` counts characters.
    ///
    /// ```
    /// use dankun::mapping::condition::Condition;
    ///
    /// let condition = Condition::parse("STATUT in ['AJ', 'RT'] && !has(FIN)").expect("a condition");
    /// let row = |path: usize| ["RT"].get(path).copied();
    /// assert!(condition.eval(row));
    /// ```
    pub fn eval<'v>(&self, lookup: impl Fn(usize) -> Option<&'v str>) -> bool {
        self.root.holds(&lookup, &|path, wanted| lookup(path) == Some(wanted))
    }

    /// The same where paths may be lists: `holds` says whether one of the texts at a path is this.
    pub fn eval_lists<'v>(
        &self,
        lookup: impl Fn(usize) -> Option<&'v str>,
        holds: impl Fn(usize, &str) -> bool,
    ) -> bool {
        self.root.holds(&lookup, &holds)
    }
}

impl Test {
    fn any_of(&self) -> Option<Vec<(usize, &str)>> {
        match self {
            Self::Any(tests) => {
                let tests: Option<Vec<_>> = tests.iter().map(Self::any_of).collect();
                tests.map(|tests| tests.concat())
            }
            Self::In(path, literals) => {
                literals.iter().map(|literal| Some((*path, literal.text()?))).collect()
            }
            Self::Compare {
                left: Operand::Path(path),
                operator: Operator::Equal,
                right: Operand::Literal(Literal::Text(text)),
            } => Some(vec![(*path, text)]),
            _ => None,
        }
    }

    fn texts(&self) -> Vec<(usize, &str)> {
        match self {
            Self::All(tests) | Self::Any(tests) => tests.iter().flat_map(Self::texts).collect(),
            Self::Not(test) => test.texts(),
            Self::Holds(path, wanted) => vec![(*path, wanted.as_str())],
            Self::In(path, literals) => {
                literals.iter().filter_map(|l| Some((*path, l.text()?))).collect()
            }
            Self::Compare { left, operator: Operator::Equal | Operator::NotEqual, right } => {
                match (left, right) {
                    (Operand::Path(path), Operand::Literal(literal))
                    | (Operand::Literal(literal), Operand::Path(path)) => {
                        literal.text().map(|text| (*path, text)).into_iter().collect()
                    }
                    _ => Vec::new(),
                }
            }
            Self::Compare { .. }
            | Self::Constant(_)
            | Self::Truth(_)
            | Self::Has(_)
            | Self::StartsWith(..)
            | Self::EndsWith(..)
            | Self::Contains(..)
            | Self::Matches(..) => Vec::new(),
        }
    }

    fn right_paths(&self, found: &mut Vec<usize>) {
        match self {
            Self::All(tests) | Self::Any(tests) => {
                tests.iter().for_each(|test| test.right_paths(found));
            }
            Self::Not(test) => test.right_paths(found),
            Self::Compare {
                operator: Operator::Equal | Operator::NotEqual,
                right: Operand::Path(path),
                ..
            } => found.push(*path),
            Self::Compare { .. }
            | Self::In(..)
            | Self::Holds(..)
            | Self::Constant(_)
            | Self::Truth(_)
            | Self::Has(_)
            | Self::StartsWith(..)
            | Self::EndsWith(..)
            | Self::Contains(..)
            | Self::Matches(..) => {}
        }
    }
}

impl Literal {
    fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Number(_) | Self::Boolean(_) | Self::Null => None,
        }
    }
}

#[cfg(test)]
mod tests;
