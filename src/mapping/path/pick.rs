//! Choosing among the items of a repeated group: `[?a == 'x']`, `[first by @debut]`, and one after
//! the other: `[?etat == 'A'][last by @debut as dd/MM/yyyy]`.

use std::cmp::Ordering;

use super::super::function::date::Layout;
use super::{PathError, Read, SourcePath, Step};

/// Fields and the texts that they must have.
pub type Tests = Vec<(Vec<Step>, String)>;

/// Which of several items.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Which {
    /// All of them.
    All,
    /// The last.
    Last,
    /// The one with the smallest, or greatest, text in a field.
    By(Order),
}

impl Which {
    /// As a mapping writes it, in its brackets.
    #[must_use]
    pub fn written(&self) -> String {
        match self {
            Self::All => "[]".to_owned(),
            Self::Last => "[last]".to_owned(),
            Self::By(order) => {
                let which = if order.greatest { "last" } else { "first" };
                let field = SourcePath::of(order.field.clone()).written();
                let layout = order.layout.as_ref().map(|layout| format!(" as {layout}"));
                format!("[{which} by {field}{}]", layout.unwrap_or_default())
            }
        }
    }
}

/// Tests as a mapping writes them, in their brackets; nothing where there are none.
pub fn written_tests(tests: &Tests) -> String {
    let test = |(path, text): &(Vec<Step>, String)| {
        format!("{} == '{text}'", SourcePath::of(path.clone()).written())
    };
    match tests.iter().map(test).collect::<Vec<_>>() {
        tests if tests.is_empty() => String::new(),
        tests => format!("[?{}]", tests.join(" && ")),
    }
}

/// What makes one item come before another.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Order {
    /// The field.
    pub field: Vec<Step>,
    /// Whether the greatest is wanted.
    pub greatest: bool,
    /// The layout of its dates; without one numbers compare as numbers and texts as texts.
    pub layout: Option<String>,
}

impl Order {
    /// Whether an item takes the place of the best so far: what has the field goes before what has
    /// not; of equals the first is the first and the last is the last.
    #[must_use]
    pub fn beats(&self, candidate: Option<&str>, best: Option<&str>) -> bool {
        match (candidate, best) {
            (None, _) => false,
            (Some(_), None) => true,
            (Some(candidate), Some(best)) => match self.compare(candidate, best) {
                Ordering::Less => !self.greatest,
                Ordering::Equal | Ordering::Greater if !self.greatest => false,
                Ordering::Equal | Ordering::Greater => true,
            },
        }
    }

    fn compare(&self, a: &str, b: &str) -> Ordering {
        if let Some(layout) = self.layout.as_deref().and_then(|layout| Layout::parse(layout).ok()) {
            let day = |text: &str| layout.read(text).ok().map(|date| date.earliest());
            return day(a).cmp(&day(b));
        }
        match (a.trim().parse::<f64>(), b.trim().parse::<f64>()) {
            (Ok(a), Ok(b)) => a.total_cmp(&b),
            _ => a.trim().cmp(b.trim()),
        }
    }
}

impl Read {
    /// What stands after `[`.
    pub(super) fn bracket(&mut self) -> Result<Step, PathError> {
        if self.eat("?") {
            return self.tests().map(Step::Where);
        }
        Ok(match self.which()? {
            Choice::Nth(n) => Step::Nth(n),
            Choice::Which(Which::All) => Step::All,
            Choice::Which(Which::Last) => Step::Last,
            Choice::Which(which @ Which::By(_)) => Step::Pick(Vec::new(), which),
        })
    }

    /// A choice among the items that fit, after its `[`.
    pub(super) fn among(&mut self, tests: Tests) -> Result<Step, PathError> {
        let start = self.at;
        match self.which()? {
            Choice::Nth(0) => Ok(Step::Where(tests)),
            Choice::Nth(_) => Err(PathError { at: start }),
            Choice::Which(which) => Ok(Step::Pick(tests, which)),
        }
    }

    fn which(&mut self) -> Result<Choice, PathError> {
        if self.eat("]") {
            return Ok(Choice::Which(Which::All));
        }
        if self.eat("last]") {
            return Ok(Choice::Which(Which::Last));
        }
        if self.eat("first]") {
            return Ok(Choice::Nth(0));
        }
        for (word, greatest) in [("first by ", false), ("last by ", true)] {
            if self.eat(word) {
                return self.order(greatest).map(|order| Choice::Which(Which::By(order)));
            }
        }
        let number = self.until(|c| !c.is_ascii_digit());
        match number.parse() {
            Ok(n) if self.eat("]") => Ok(Choice::Nth(n)),
            _ => self.fail(),
        }
    }

    fn order(&mut self, greatest: bool) -> Result<Order, PathError> {
        let start = self.at;
        let written = self.until(|c| c == ']');
        let (field, layout) = match written.split_once(" as ") {
            Some((field, layout)) => (field, Some(layout.trim().to_owned())),
            None => (written.as_str(), None),
        };
        let bad = layout.as_deref().is_some_and(|layout| Layout::parse(layout).is_err());
        let path = SourcePath::parse(field.trim()).map_err(|e| PathError { at: start + e.at })?;
        let plain = |step: &Step| matches!(step, Step::Key(_) | Step::Nth(_));
        if bad || path.up > 0 || path.steps.is_empty() || !path.steps.iter().all(plain) {
            return Err(PathError { at: start });
        }
        if self.eat("]") { Ok(Order { field: path.steps, greatest, layout }) } else { self.fail() }
    }

    fn tests(&mut self) -> Result<Tests, PathError> {
        let mut tests = Vec::new();
        loop {
            let start = self.at;
            let path = self.until(|c| c == '=' || c == '\'');
            let path =
                SourcePath::parse(path.trim()).map_err(|e| PathError { at: start + e.at })?;
            if path.steps.iter().any(|s| !matches!(s, Step::Key(_) | Step::Nth(_)))
                || !self.eat("==")
            {
                return self.fail();
            }
            self.blanks();
            if !self.eat("'") {
                return self.fail();
            }
            tests.push((path.steps, self.until(|c| c == '\'')));
            if !self.eat("'") {
                return self.fail();
            }
            self.blanks();
            if self.eat("]") {
                return Ok(tests);
            }
            if !self.eat("&&") {
                return self.fail();
            }
            self.blanks();
        }
    }
}

enum Choice {
    Nth(u32),
    Which(Which),
}
