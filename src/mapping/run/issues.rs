//! From violations and problems to issues that name the sender's own field and place.

use crate::model::{Issue, IssueCode, Place, RulePlace, Severity};
use crate::schema::Violation;

use super::super::Mapping;
use super::super::level::Columns;
use super::super::path::{SourcePath, Step};
use super::super::places::{Finder, Locator, field_of, shown, tokens};
use super::super::program::Problem;
use super::Element;

/// A violation of the sender's schema, with the tokens of its pointer from the record's own root.
#[derive(Clone)]
pub struct Attributed<'v> {
    /// The violation.
    pub violation: &'v Violation,
    /// Its pointer within the whole element.
    pub tokens: Vec<String>,
    /// How many of them lead to the record.
    pub skip: usize,
}

impl<'v> Attributed<'v> {
    /// Of the element itself.
    #[must_use]
    pub fn new(violation: &'v Violation) -> Self {
        Self { violation, tokens: tokens(&violation.pointer), skip: 0 }
    }

    /// The sender's name of the field.
    #[must_use]
    pub fn field(&self, mapping: &Mapping) -> String {
        let own = self.tokens.get(self.skip..).unwrap_or_default();
        let own = match (&mapping.rows, own) {
            (Some(rows), [name, _, rest @ ..]) if **name == *rows.name => rest,
            _ => own,
        };
        field_of(own, mapping.spec.source.format)
    }

    /// Which of the rows of the record it lies in; the first when there is one only.
    #[must_use]
    pub fn row(&self, mapping: &Mapping) -> usize {
        let number = self.tokens.get(1).filter(|_| mapping.rows.is_some());
        number.and_then(|number| number.parse().ok()).unwrap_or_default()
    }

    /// As an issue with its place.
    #[must_use]
    pub fn issue(&self, mapping: &Mapping, element: &impl Element) -> Issue {
        let mut locator = Locator::new(&self.tokens);
        // The element has been walked before without a fault.
        let walked = element.walk(&mut locator);
        let at = walked.ok().and_then(|()| locator.found());
        let place = at.map_or_else(|| element.place(), |at| element.place_of(at));
        let mut issue = Issue::error(self.violation.code, place).field(self.field(mapping));
        if let Some(value) = &self.violation.value {
            issue = issue.value(value);
        }
        issue.expected.clone_from(&self.violation.expected);
        issue
    }
}

/// Which of the rows of the record a problem lies in; the first when there is one only.
#[must_use]
pub fn row(problem: &Problem, mapping: &Mapping) -> usize {
    let path = problem.path.and_then(|path| mapping.paths.get(usize::from(path)));
    let first = path.map(|path| mapping.levels.steps(path, &|_| Step::All));
    let in_rows = first.is_some_and(|steps| mapping.as_sent(&steps).len() < steps.len());
    let number = problem.items.first().filter(|_| in_rows);
    number.map_or(0, |number| *number as usize)
}

/// Whether a problem says again what a violation has said of the field or of its group, in the same row.
#[must_use]
pub fn said_before(row: usize, field: &str, violated: &[(usize, String)]) -> bool {
    violated.iter().filter(|(there, _)| *there == row).any(|(_, known)| {
        let below = |long: &str, short: &str| {
            long.strip_prefix(short)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '/', '[']))
        };
        !known.is_empty() && below(field, known)
    })
}

/// The record that has a problem.
pub struct Within<'w> {
    /// Where it starts.
    pub place: &'w Place,
    /// The columns of which it is made in a wide row, and its number among them.
    pub columns: Option<(&'w Columns, u32)>,
    /// Which items of lists the problems lie in.
    pub lists: Finder,
}

/// Finds the items of lists in which problems of an element lie.
#[must_use]
pub fn lists(problems: &[Problem], element: &impl Element) -> Finder {
    let listed = problems.iter().filter(|problem| problem.listed);
    let mut finder = Finder::new(listed.filter_map(|problem| problem.at));
    if !finder.is_idle() {
        // The element has been walked before without a fault.
        drop(element.walk(&mut finder));
    }
    finder
}

/// A problem of the mapping as an issue with its place.
#[must_use]
pub fn issue(
    problem: Problem,
    mapping: &Mapping,
    element: &impl Element,
    within: &Within<'_>,
) -> Issue {
    let field = field(&problem, mapping, within);
    let place = problem.at.map_or_else(|| within.place.clone(), |at| element.place_of(at));
    let mut issue = match problem.severity {
        Severity::Error => Issue::error(problem.code, place),
        Severity::Warning => Issue::warning(problem.code, place),
    };
    issue.field = field;
    if let Some(value) = &problem.value {
        issue = issue.value(value);
    }
    issue.expected = problem.expected;
    issue.rule(RulePlace {
        file: mapping.rule_file().to_owned(),
        line: problem.line,
        target: problem.target.into(),
    })
}

/// The sender's name of the field that a problem blames.
#[must_use]
pub fn field(problem: &Problem, mapping: &Mapping, within: &Within<'_>) -> Option<String> {
    match (&problem.field, problem.path) {
        (Some(field), _) => Some(field.to_string()),
        (None, Some(path)) if problem.listed || !problem.items.is_empty() => {
            let path = mapping.paths.get(usize::from(path))?;
            let item = |level: u16| {
                let depth = mapping.levels.depth(level).saturating_sub(1);
                Step::Nth(problem.items.get(depth).copied().unwrap_or_default())
            };
            let mut steps = mapping.levels.steps(path, &item);
            if let (true, Some(at)) = (problem.listed, problem.at) {
                steps = within.lists.number(steps, at);
            }
            let path = SourcePath::of(mapping.as_sent(&steps).to_vec());
            Some(shown(&path, mapping.spec.source.format))
        }
        (None, Some(path)) => {
            let shown = mapping.shown.get(usize::from(path))?;
            let own = mapping.paths.get(usize::from(path)).is_some_and(SourcePath::at_record);
            Some(match within.columns {
                Some((columns, number)) if own => columns.column(number, shown),
                Some(_) | None => shown.clone(),
            })
        }
        (None, None) => None,
    }
}

/// A violation of the target's schema: the mapping, not the sender's field, is to blame.
#[must_use]
pub fn of_target(violation: &Violation, mapping: &Mapping, record: &Place) -> Issue {
    let target = tokens(&violation.pointer).join(".");
    let key: Vec<&str> = target.split('.').filter(|t| t.parse::<u32>().is_err()).collect();
    let key = key.join(".");
    let rule = mapping.program.rules().find(|rule| {
        super::super::path::parse_target(&rule.name)
            .is_ok_and(|steps| super::super::path::schema_path(&steps) == key)
    });
    let field = rule.and_then(|rule| match &rule.origin {
        super::super::program::Origin::First(inputs) => {
            inputs.iter().find_map(|input| match input {
                super::super::scene::Input::Path(path) => mapping.shown.get(usize::from(*path)),
                _ => None,
            })
        }
        _ => None,
    });
    let mut issue = Issue::error(IssueCode::InvalidTarget, record.clone());
    issue.field = field.cloned();
    // What the target asks, not what the sender wrote, is to be seen.
    issue = issue.value(&match &violation.value {
        Some(value) => format!("{target}: {value}"),
        None => target.clone(),
    });
    issue.expected.clone_from(&violation.expected);
    issue.rule(RulePlace {
        file: mapping.rule_file().to_owned(),
        line: rule.map_or(1, |rule| rule.line),
        target,
    })
}
