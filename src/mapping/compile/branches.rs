//! Choices: branches that no record reaches, and a required field that no branch, or no field of the
//! sender, may fill.

use super::super::condition::Condition;
use super::super::diagnostic::{Code, Diagnostics, Mending};
use super::super::names::Names;
use super::super::path::{parse_target, schema_path};
use super::super::spec::{BranchSpec, Format, OriginSpec, Spec, Word};
use super::super::target::FIELDS;
use super::super::yaml::Span;
use super::placed::{Placed, rules};
use super::sender::Sender;

/// Texts of one path that the branches so far have taken.
#[derive(Default)]
struct Taken {
    conditions: Vec<String>,
    texts: Vec<(String, String)>,
}

impl Taken {
    /// Whether every text of this condition is taken; then its own are.
    fn take(&mut self, when: &Word) -> bool {
        let Ok(condition) = Condition::parse(&when.value) else { return false };
        let plain: String = when.value.split_whitespace().collect();
        let again = self.conditions.contains(&plain);
        self.conditions.push(plain);
        let Some((path, texts)) = condition.choice() else { return again };
        let Some(path) = condition.paths().get(path).map(|used| used.path.clone()) else {
            return again;
        };
        let known = |text: &str| self.texts.iter().any(|(p, t)| *p == path && t == text);
        let all = texts.iter().all(|text| known(text));
        self.texts.extend(texts.into_iter().map(|text| (path.clone(), text.to_owned())));
        again || all
    }
}

/// Checks every `choose`.
pub fn check(spec: &Spec, sender: Option<&Sender<'_>>, names: &mut Names<'_>) {
    let placed = rules(spec);
    let fields = placed.iter().map(|placed| placed.rule);
    for rule in fields.chain(spec.values.iter().map(|(_, rule)| rule)) {
        if let OriginSpec::Choose(branches) = &rule.origin {
            unreachable(branches, &mut names.problems);
        }
    }
    let all = placed;
    for placed in &all {
        match &placed.rule.origin {
            OriginSpec::Choose(branches) => missing_else(placed, branches, sender, names),
            OriginSpec::From(paths) => {
                if let Some(sender) = sender.filter(|_| is_own_format(spec)) {
                    missing_source(placed, paths, &all, sender, names);
                }
            }
            OriginSpec::Value(_) | OriginSpec::Template(_) => {}
        }
    }
}

/// The schema of a standard says what anybody could leave out.
const fn is_own_format(spec: &Spec) -> bool {
    !matches!(spec.source.format, Format::Fhir | Format::Canonical)
}

/// A field that must be there where its group is, made of a field that the sender may leave out while
/// others fill the group: the record would be refused, and its sender could not tell why.
fn missing_source(
    placed: &Placed<'_>,
    paths: &[Word],
    all: &[Placed<'_>],
    sender: &Sender<'_>,
    names: &mut Names<'_>,
) {
    let Ok(steps) = parse_target(&placed.target) else { return };
    let field = schema_path(&steps);
    let required = FIELDS.iter().any(|(known, _, required)| *known == field && *required);
    let filled = placed.rule.steps.iter().any(|step| step.verb.value == "default");
    let Some((group, _)) = placed.target.rsplit_once('.').filter(|_| required && !filled) else {
        return;
    };
    let optional = paths.iter().all(|path| {
        let found = placed.source(names.expand(&path.value)).map(|path| sender.fields(&path));
        found.is_some_and(|found| !found.is_empty() && found.iter().all(|info| !info.required))
    });
    let same = |read: &Word| paths.iter().any(|path| path.value == read.value);
    let beside = all.iter().any(|other| {
        let inside = other.target.strip_prefix(group).is_some_and(|rest| rest.starts_with('.'));
        let reads = match &other.rule.origin {
            OriginSpec::From(read) => !read.iter().all(same),
            OriginSpec::Template(_) => true,
            OriginSpec::Value(_) | OriginSpec::Choose(_) => false,
        };
        inside && reads && other.target != placed.target
    });
    if optional && beside {
        let source: Vec<&str> = paths.iter().map(|path| path.value.as_str()).collect();
        let problem = names.problems.warning(Code::NoElse, placed.path.span.clone());
        problem.arg("variant", "source").arg("field", &field).arg("source", source.join(", "));
    }
}

fn unreachable(branches: &[BranchSpec], problems: &mut Diagnostics) {
    let mut taken = Taken::default();
    for branch in branches {
        let Some(when) = &branch.when else { return };
        if taken.take(when) {
            let line = own_line(&problems.text(), &when.span);
            let problem = problems.error(Code::Unreachable, when.span.clone());
            problem.arg("reason-id", "unreachable-branch");
            if let Some(line) = line {
                problem.mend(Mending::Remove, when.value.clone(), vec![(line, String::new())]);
            }
        }
    }
}

/// The line of a branch, when it has one to itself.
pub(super) fn own_line(text: &str, at: &Span) -> Option<Span> {
    let start = text.get(..at.start)?.rfind('\n').map_or(0, |found| found + 1);
    let end =
        at.end + text.get(at.end..)?.find('\n').map_or(text.len() - at.end, |found| found + 1);
    let written = text.get(start..end)?.trim();
    (written.starts_with("- {") && written.ends_with('}')).then_some(start..end)
}

/// A field that must be there wants an `else`, unless the branches take every code of the sender's list.
fn missing_else(
    placed: &Placed<'_>,
    branches: &[BranchSpec],
    sender: Option<&Sender<'_>>,
    names: &mut Names<'_>,
) {
    let Ok(steps) = parse_target(&placed.target) else { return };
    let field = schema_path(&steps);
    let required = FIELDS.iter().any(|(known, _, required)| *known == field && *required);
    let open = branches.iter().all(|branch| branch.when.is_some());
    // A branch that asks for anything but certain texts may be meant for all the rest.
    let texts = branches.iter().filter_map(|branch| branch.when.as_ref()).all(|when| {
        Condition::parse(&when.value).is_ok_and(|condition| condition.choice().is_some())
    });
    if !required || !open || !texts || covers(placed, branches, sender, names) {
        return;
    }
    let text = names.problems.text();
    let problem = names.problems.warning(Code::NoElse, placed.path.span.clone());
    problem.arg("field", &field);
    let last = branches.last().and_then(|branch| own_line(&text, &branch.then.span));
    let fallback =
        FIELDS.iter().find(|(known, ..)| *known == field).and_then(|found| match found.1 {
            super::super::target::Takes::Code(codes) => {
                codes.iter().find(|code| matches!(**code, "other" | "unknown"))
            }
            _ => None,
        });
    if let (Some(last), Some(fallback)) = (last, fallback) {
        let line = text.get(last.clone()).unwrap_or_default();
        let indent = " ".repeat(line.len() - line.trim_start().len());
        let new = format!("{indent}- {{ else: {fallback} }}\n");
        problem.mend(Mending::Add, format!("else: {fallback}"), vec![(last.end..last.end, new)]);
    }
}

fn covers(
    placed: &Placed<'_>,
    branches: &[BranchSpec],
    sender: Option<&Sender<'_>>,
    names: &Names<'_>,
) -> bool {
    let Some(sender) = sender else { return false };
    let mut path = None;
    let mut taken: Vec<String> = Vec::new();
    for when in branches.iter().filter_map(|branch| branch.when.as_ref()) {
        let Ok(condition) = Condition::parse(&when.value) else { return false };
        let Some((used, texts)) = condition.choice() else { continue };
        let used = condition.paths().get(used).map(|used| used.path.clone());
        if path.is_none() {
            path = used.clone();
        }
        if path == used {
            taken.extend(texts.into_iter().map(str::to_owned));
        }
    }
    let fields = path
        .and_then(|path| placed.source(names.expand(&path)))
        .map(|path| sender.fields(&path))
        .unwrap_or_default();
    !fields.is_empty()
        && fields.iter().all(|field| {
            !field.codes.is_empty() && field.codes.iter().all(|code| taken.contains(code))
        })
}
