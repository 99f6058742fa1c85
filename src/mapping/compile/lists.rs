//! Paths against what the sender's schema says of lists: a list that is gone through without a choice
//! gives nothing, and a choice among what is no list gives nothing or is too much.
//!
//! Only of formats that tell a list from a single value: in XML the first of a repeated element is the
//! element, and a flat row has no lists.

use crate::schema::{Schema, Step as Known};

use super::super::diagnostic::{Code, Mending};
use super::super::level::Each;
use super::super::names::Names;
use super::super::path::{SourcePath, Step};
use super::super::spec::{Format, Spec};
use super::super::yaml::{Span, scalar_of};
use super::fields::full_steps;

/// What is wrong at a step of a path.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wrong {
    /// A list without a choice, after this many of the path's own steps.
    Bare(usize),
    /// A choice that is no item of a list, at this of the path's own steps; whether it finds nothing.
    Choice(usize, bool),
}

/// Which of the sender's fields are lists, and which cannot be one.
struct Lists {
    lists: Vec<Vec<String>>,
    single: Vec<Vec<String>>,
}

impl Lists {
    fn of(schema: &Schema) -> Self {
        let (mut lists, mut single) = (Vec::new(), Vec::new());
        for info in schema.fields() {
            let keys = info.steps.iter().filter_map(|step| match step {
                Known::Key(key) => Some(key.clone()),
                Known::Each => None,
            });
            let keys: Vec<String> = keys.collect();
            match info.steps.last() {
                Some(Known::Each) => lists.push(keys),
                Some(Known::Key(_)) if !info.allows("array") => single.push(keys),
                Some(Known::Key(_)) | None => {}
            }
        }
        Self { lists, single }
    }

    /// The first mistake of a path that is written out from the element on; `own` of its steps are the
    /// author's. A list at its very end counts where its text is read.
    fn wrong(&self, steps: &[Step], own: usize, reads_text: bool) -> Option<Wrong> {
        let before = steps.len() - own;
        let mut keys: Vec<String> = Vec::new();
        for (at, step) in steps.iter().enumerate() {
            let next = steps.get(at + 1);
            match step {
                Step::Key(key) => {
                    keys.push(key.clone());
                    let passes = match next {
                        Some(next) => matches!(next, Step::Key(_)),
                        None => reads_text,
                    };
                    if passes && at >= before && self.lists.contains(&keys) {
                        return Some(Wrong::Bare(at + 1 - before));
                    }
                }
                choice if at >= before && self.single.contains(&keys) => {
                    let nothing = matches!(choice, Step::Nth(n) if *n > 0);
                    return Some(Wrong::Choice(at - before, nothing));
                }
                Step::Nth(_) | Step::Last | Step::All | Step::Where(_) | Step::Pick(..) => {}
            }
        }
        None
    }
}

/// Checks all paths of a mapping; `each` are the ways to nested records.
pub fn check(spec: &Spec, each: &[Vec<Each>], schema: &Schema, names: &mut Names<'_>) {
    let tells = match spec.source.format {
        Format::Json | Format::Ndjson | Format::Fhir | Format::Canonical => true,
        Format::Csv | Format::Xml => false,
    };
    if !tells {
        return;
    }
    let lists = Lists::of(schema);
    let mut found = Vec::new();
    for (index, wants) in names.wanted.iter().enumerate() {
        for span in &wants.spans {
            let reads_text = names.texts.contains(&(index, span.clone()));
            let ways = full_steps(&wants.path, each, &names.levels);
            let own = wants.path.steps.len();
            let wrong: Option<Vec<Wrong>> =
                ways.iter().map(|steps| lists.wrong(steps, own, reads_text)).collect();
            // A path that is right for one kind of record may stand for that kind alone.
            let wrong = wrong.and_then(|all| all.first().copied());
            found.extend(wrong.map(|wrong| (wants.path.clone(), span.clone(), wrong)));
        }
    }
    for (path, span, wrong) in found {
        report(&path, &span, wrong, schema.id(), names);
    }
}

fn report(path: &SourcePath, span: &Span, wrong: Wrong, schema: &str, names: &mut Names<'_>) {
    let text = names.problems.text();
    let marked = text.get(span.clone()).unwrap_or_default().to_owned();
    let shown = |steps: &[Step]| {
        let ups = "^.".repeat(usize::from(path.up));
        format!("{ups}{}", SourcePath::of(steps.to_vec()).shown('.'))
    };
    let whole = shown(&path.steps);
    let (problem, meant): (_, Vec<String>) = match wrong {
        Wrong::Bare(length) => {
            let (head, tail) = path.steps.split_at(length);
            let with = |choice: Step| shown(&[head, &[choice], tail].concat());
            let problem = names.problems.error(Code::ListWithoutChoice, span.clone());
            problem.arg("list", shown(head)).arg("path", &whole);
            problem.arg("each", format!("each: {}", shown(head)));
            (problem, vec![with(Step::Nth(0)), with(Step::All)])
        }
        Wrong::Choice(at, nothing) => {
            let (head, tail) = path.steps.split_at(at);
            let rest = tail.get(1..).unwrap_or_default();
            let problem = match nothing {
                true => names.problems.error(Code::ChoiceWithoutList, span.clone()),
                false => names.problems.warning(Code::ChoiceWithoutList, span.clone()),
            };
            problem.arg("field", shown(head)).arg("path", &whole);
            (problem, vec![shown(&[head, rest].concat())])
        }
    };
    problem.arg("schema", schema);
    problem.nearest = meant.first().cloned();
    // A short name is mended where it is explained, a choice by a condition by hand.
    let plain = !path.steps.iter().any(|step| matches!(step, Step::Where(_) | Step::Pick(..)));
    let quoted = marked.trim_matches(['"', '\'', '`']);
    if plain && quoted == whole {
        for meant in meant {
            let new =
                if marked.starts_with('`') { format!("`{meant}`") } else { scalar_of(&meant) };
            problem.mend(Mending::Replace, new.clone(), vec![(span.clone(), new)]);
        }
    }
}
