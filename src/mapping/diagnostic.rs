//! What is wrong with a mapping, where, and what would be right.
//!
//! Codes have a letter for the family (A file, B source, C types, T target, K tables, R way back,
//! X tests). The words stand in `messages/*.ftl` under `diagnostic-<name>`, the note beside the
//! marked text under its attribute `.label`.

mod correction;
mod render;

use std::sync::Arc;

use super::yaml::Span;
use crate::model::named::numbered;

pub use correction::{Correction, Mending};
pub use render::about;
pub(super) use render::words;

numbered! {
    /// A stable code of a problem in a mapping.
    pub enum Code;

    /// The file is not YAML.
    NotYaml = "A101" "not-yaml";
    /// A key that the language does not have.
    UnknownKey = "A102" "unknown-key";
    /// The same key twice.
    DuplicateKey = "A103" "duplicate-key";
    /// A text where a map is expected, and the like.
    WrongType = "A104" "wrong-type";
    /// A required key is absent.
    MissingKey = "A105" "missing-key";
    /// A verb that the language does not have.
    UnknownVerb = "A106" "unknown-verb";
    /// A value that the key cannot have.
    BadValue = "A107" "bad-value";
    /// The file, or a group in it, is too large or too deep.
    TooLarge = "A108" "too-large";

    /// A field that the sender's schema does not have.
    UnknownField = "B201" "unknown-field";
    /// A field of the sender that nothing uses.
    UnusedField = "B202" "unused-field";
    /// A path that cannot be read.
    BadPath = "B203" "bad-path";
    /// A schema or name that does not exist.
    UnknownName = "B204" "unknown-name";
    /// A short name that is also a field of the sender, which nothing can name any more.
    HiddenField = "B205" "hidden-field";
    /// A list that a path goes through without saying which of its items.
    ListWithoutChoice = "B206" "list-without-choice";
    /// A choice of an item of what is no list.
    ChoiceWithoutList = "B207" "choice-without-list";

    /// A verb that gets a list where it takes a text, and the like.
    WrongInput = "C301" "wrong-input";
    /// A verb that can fail, and nobody says what then.
    CanFail = "C302" "can-fail";
    /// A condition that cannot be read.
    BadCondition = "C303" "bad-condition";
    /// A branch that is never reached.
    Unreachable = "C304" "unreachable";
    /// An argument that the verb cannot take.
    BadArgument = "C305" "bad-argument";
    /// A choice without `else` for a field that must be there.
    NoElse = "C306" "no-else";
    /// Years of two digits, and nobody says of which century.
    NoPivot = "C307" "no-pivot";

    /// A field that the target does not have.
    UnknownTarget = "T401" "unknown-target";
    /// A required target field that nothing fills.
    NotFilled = "T402" "not-filled";
    /// A target field that two rules fill.
    FilledTwice = "T403" "filled-twice";
    /// A list for a single value, or a single value for a list.
    OneAgainstMany = "T404" "one-against-many";
    /// A constant that is not in the target's list of codes.
    NotAllowed = "T405" "not-allowed";

    /// A table that does not exist.
    UnknownTable = "K501" "unknown-table";
    /// A code of the sender's list without a row.
    MissingRow = "K502" "missing-row";
    /// A row for a code that the sender's list does not have.
    UnusedRow = "K503" "unused-row";
    /// Two rows to one code: the way back cannot tell which was meant.
    TwoRows = "K504" "two-rows";
    /// A table that nobody uses.
    UnusedTable = "K505" "unused-table";
    /// A condition compares a field with a code that the field does not have.
    NeverThere = "K506" "never-there";
    /// Shared tables that include one another.
    TableCycle = "K507" "table-cycle";

    /// A step that nothing undoes, so that the sender's field does not come back.
    NoWayBack = "R601" "no-way-back";
    /// A repeated group without a key, so that the way back knows its items only by their order.
    NoKey = "R602" "no-key";
    /// An example asks for a field to come back that nothing writes.
    CannotReturn = "R603" "cannot-return";

    /// A test that fails.
    FailingTest = "X701" "failing-test";
    /// A field that no test touches.
    Untested = "X702" "untested";
    /// No test at all.
    NoTests = "X703" "no-tests";
    /// A row of a table that no test touches.
    UntestedRow = "X704" "untested-row";
}

/// How much a problem weighs.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Weight {
    /// The mapping works; a person should look.
    Warning,
    /// The mapping cannot be used.
    Error,
}

/// One problem of a mapping.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Diagnostic {
    /// Which.
    pub code: Code,
    /// How much it weighs.
    pub weight: Weight,
    /// File, as given to [`super::compile`].
    pub file: String,
    /// Where in the file, in bytes.
    pub span: Span,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// What the message names: the key, the field, the table …
    pub args: Vec<(&'static str, String)>,
    /// The nearest name that exists.
    pub nearest: Option<String>,
    /// What would be right: any one of these mends it.
    pub corrections: Vec<Correction>,
}

impl Diagnostic {
    /// With something that the message names.
    pub fn arg(&mut self, name: &'static str, value: impl Into<String>) -> &mut Self {
        self.args.push((name, value.into()));
        self
    }

    /// With the nearest of `known` to `written` as suggestion and correction of the marked text.
    pub fn nearest<'n>(
        &mut self,
        written: &str,
        known: impl IntoIterator<Item = &'n str>,
    ) -> &mut Self {
        match nearest(written, known) {
            Some(name) => self.meant(name),
            None => self,
        }
    }

    /// With a name as suggestion and correction of the marked text.
    pub fn meant(&mut self, name: impl Into<String>) -> &mut Self {
        let name = name.into();
        self.replace(self.span.clone(), super::yaml::scalar_of(&name));
        self.nearest = Some(name);
        self
    }
}

/// The nearest of `known` to what was written, when one is near enough to be meant.
#[must_use]
pub fn nearest<'n>(written: &str, known: impl IntoIterator<Item = &'n str>) -> Option<String> {
    let written: String = written.chars().take(200).collect::<String>().to_lowercase();
    known
        .into_iter()
        .map(|name| (likeness(&written, &name.to_lowercase()), name))
        .filter(|(likeness, _)| *likeness >= LIKELY)
        .max_by(|a, b| a.0.total_cmp(&b.0).then_with(|| b.1.cmp(a.1)))
        .map(|(_, name)| name.to_owned())
}

/// How alike two names are. Two letters of a short name in the other order (`cvs`) are one slip, of
/// which Jaro-Winkler thinks little.
fn likeness(one: &str, other: &str) -> f64 {
    let alike = strsim::jaro_winkler(one, other);
    let slip = one.chars().count() == 3 && strsim::osa_distance(one, other) == 1;
    if slip { alike.max(LIKELY) } else { alike }
}

/// Likeness (Jaro-Winkler, 0 to 1) from which a name is suggested: `DATE_NAIS` and `DATE_NAISSANCE`
/// have 0.96, two unrelated field names of the sample exports at most 0.75.
const LIKELY: f64 = 0.78;

/// Collects the problems of one file.
#[derive(Default)]
pub struct Diagnostics {
    found: Vec<Diagnostic>,
    text: Arc<str>,
}

/// More problems than this in one file are not listed: the first hundreds say it.
const MOST: usize = 1000;

impl Diagnostics {
    /// For a file's text, of which corrections and narrower places are made.
    #[must_use]
    pub fn of(text: &str) -> Self {
        Self { found: Vec::new(), text: text.into() }
    }

    /// The file's text.
    #[must_use]
    pub fn text(&self) -> Arc<str> {
        Arc::clone(&self.text)
    }

    /// The place of a part of a scalar; the whole scalar where it is not written as it reads.
    #[must_use]
    pub fn part(&self, whole: &Span, value: &str, part: Span) -> Span {
        let written = self.text.get(whole.clone()).unwrap_or_default();
        let found = written.find(value).filter(|_| !value.is_empty());
        found.map_or_else(
            || whole.clone(),
            |at| {
                let start = whole.start + at;
                start + part.start..start + part.end.min(value.len())
            },
        )
    }

    /// Adds an error.
    pub fn error(&mut self, code: Code, span: Span) -> &mut Diagnostic {
        self.add(code, Weight::Error, span)
    }

    /// Adds a warning.
    pub fn warning(&mut self, code: Code, span: Span) -> &mut Diagnostic {
        self.add(code, Weight::Warning, span)
    }

    fn add(&mut self, code: Code, weight: Weight, span: Span) -> &mut Diagnostic {
        self.found.truncate(MOST);
        self.found.push(Diagnostic {
            code,
            weight,
            file: String::new(),
            span,
            line: 0,
            column: 0,
            args: Vec::new(),
            nearest: None,
            corrections: Vec::new(),
        });
        let last = self.found.len() - 1;
        &mut self.found[last]
    }

    /// Whether an error was found.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.found.iter().any(|d| d.weight == Weight::Error)
    }

    /// All problems in the order of the file, with lines and columns.
    #[must_use]
    pub fn finish(mut self, file: &str, text: &str) -> Vec<Diagnostic> {
        let starts: Vec<usize> = std::iter::once(0)
            .chain(memchr::memchr_iter(b'\n', text.as_bytes()).map(|i| i + 1))
            .collect();
        for problem in &mut self.found {
            file.clone_into(&mut problem.file);
            (problem.line, problem.column) = line_and_column(&starts, text, problem.span.start);
        }
        self.found.sort_by_key(|d| (d.span.start, d.code));
        self.found.dedup();
        without_consequences(self.found, &starts, text)
    }
}

/// Leaves out what follows from another mistake: a field or table that nothing uses because the line
/// that names it cannot be read. When it is still so after mending, it is told then.
fn without_consequences(found: Vec<Diagnostic>, starts: &[usize], text: &str) -> Vec<Diagnostic> {
    let line = |problem: &Diagnostic| {
        let line = problem.line as usize;
        let end = starts.get(line).copied().unwrap_or(text.len());
        starts.get(line.saturating_sub(1)).and_then(|start| text.get(*start..end))
    };
    let causes: Vec<(Code, &str, Option<&str>)> = found
        .iter()
        .filter(|problem| problem.weight == Weight::Error)
        .map(|p| (p.code, line(p).unwrap_or_default(), p.nearest.as_deref()))
        .collect();
    let follows = |problem: &Diagnostic| {
        let key = match problem.code {
            Code::UnusedField => "field",
            Code::UnusedTable | Code::UnknownTable => "table",
            _ => return false,
        };
        let name = problem.args.iter().find(|(known, _)| *known == key).map(|(_, name)| &**name);
        name.is_some_and(|name| {
            causes.iter().any(|(code, line, nearest)| {
                *code != problem.code
                    && (problem.weight == Weight::Warning || code.number().starts_with('A'))
                    && (*nearest == Some(name) || names(line, name))
            })
        })
    };
    let follows: Vec<bool> = found.iter().map(follows).collect();
    let kept = found.iter().zip(follows).filter(|(_, follows)| !follows);
    kept.map(|(problem, _)| problem.clone()).collect()
}

/// Whether a line names something: the word stands there as a whole.
fn names(line: &str, name: &str) -> bool {
    line.match_indices(name).any(|(at, _)| {
        let before = line.get(..at).and_then(|text| text.chars().next_back());
        let after = line.get(at + name.len()..).and_then(|text| text.chars().next());
        ![before, after].into_iter().flatten().any(|c| c.is_alphanumeric() || c == '_')
    })
}

fn line_and_column(starts: &[usize], text: &str, at: usize) -> (u32, u32) {
    let line = starts.partition_point(|start| *start <= at).max(1);
    let start = starts.get(line - 1).copied().unwrap_or(0);
    let column = text.get(start..at).map_or(0, |before| before.chars().count()) + 1;
    (u32::try_from(line).unwrap_or(u32::MAX), u32::try_from(column).unwrap_or(u32::MAX))
}

/// Line of an offset, from 1.
#[must_use]
pub fn line_of(text: &str, at: usize) -> u32 {
    let before = text.as_bytes().get(..at).unwrap_or_default();
    u32::try_from(memchr::memchr_iter(b'\n', before).count() + 1).unwrap_or(u32::MAX)
}
