//! Rules of `back`: what the way back cannot derive.

use super::super::condition::Condition;
use super::super::diagnostic::Code;
use super::super::names::{Names, bad_condition};
use super::super::path::{SourcePath, TargetStep, parse_target};
use super::super::spec::{Format, OriginSpec, RuleSpec, Spec, Word};
use super::super::template::{Piece, pieces};
use super::super::value::Value;
use super::super::verb::{self, Verb};
use super::read::Canonical;

/// A rule of `back`.
#[derive(Debug)]
pub struct BackRule {
    /// The sender's field that it fills.
    pub path: SourcePath,
    origin: BackOrigin,
    when: Option<TargetWhen>,
    steps: Vec<Verb>,
    /// Whether it fills the field only for records of the scheme itself.
    pub own: bool,
}

#[derive(Debug)]
enum BackOrigin {
    First(Vec<Vec<TargetStep>>),
    Constant(String),
    Template(Vec<Piece<Vec<TargetStep>>>),
    Choose(Vec<(Option<TargetWhen>, BackThen)>),
}

#[derive(Debug)]
enum BackThen {
    Path(Vec<TargetStep>),
    Constant(String),
}

/// A condition over the canonical record.
#[derive(Debug)]
struct TargetWhen {
    condition: Condition,
    paths: Vec<Vec<TargetStep>>,
}

impl BackRule {
    /// Compiles a rule; its steps are written as on the way there and are undone.
    pub fn compile(
        path: &Word,
        rule: &RuleSpec,
        spec: &Spec,
        names: &mut Names<'_>,
    ) -> Option<Self> {
        let written = names.expand(&path.value).to_owned();
        let parsed = if spec.source.format == Format::Csv {
            Ok(SourcePath::column(&written))
        } else {
            SourcePath::parse(&written)
        };
        let source = match parsed {
            Ok(source) => source,
            Err(error) => {
                bad_path(path, error.at, names);
                return None;
            }
        };
        let origin = match &rule.origin {
            OriginSpec::From(paths) => {
                BackOrigin::First(paths.iter().map(|p| target(p, names)).collect::<Option<_>>()?)
            }
            OriginSpec::Value(word) => BackOrigin::Constant(word.value.clone()),
            OriginSpec::Template(word) => {
                let found = pieces(&word.value)?;
                let resolved = found.into_iter().map(|piece| match piece {
                    Piece::Text(text) => Some(Piece::Text(text)),
                    Piece::Hole(name) => parse_target(&name).ok().map(Piece::Hole),
                });
                match resolved.collect() {
                    Some(resolved) => BackOrigin::Template(resolved),
                    None => {
                        bad_path(word, 0, names);
                        return None;
                    }
                }
            }
            OriginSpec::Choose(branches) => {
                let mut chosen = Vec::new();
                for branch in branches {
                    let when = match &branch.when {
                        Some(when) => Some(TargetWhen::compile(when, names)?),
                        None => None,
                    };
                    let then = if branch.is_path {
                        BackThen::Path(target(&branch.then, names)?)
                    } else {
                        BackThen::Constant(branch.then.value.clone())
                    };
                    chosen.push((when, then));
                }
                BackOrigin::Choose(chosen)
            }
        };
        let when = match &rule.when {
            Some(when) => Some(TargetWhen::compile(when, names)?),
            None => None,
        };
        let steps = rule.steps.iter().filter_map(|step| verb::build(step, names)).collect();
        Some(Self { path: source, origin, when, steps, own: rule.own })
    }

    /// Whether its condition holds.
    pub fn applies(&self, canonical: &Canonical<'_>) -> bool {
        self.when.as_ref().is_none_or(|when| when.holds(canonical))
    }

    /// What it writes; what it read counts as written.
    pub fn value<'d>(&self, canonical: &mut Canonical<'d>) -> Option<Value<'d>> {
        if !self.applies(canonical) {
            return None;
        }
        let value = match &self.origin {
            BackOrigin::First(paths) => paths.iter().find_map(|path| canonical.take(path))?,
            BackOrigin::Constant(text) => return Some(Value::text(text.clone())),
            BackOrigin::Template(pieces) => {
                let mut filled = String::new();
                for piece in pieces {
                    match piece {
                        Piece::Text(text) => filled.push_str(text),
                        Piece::Hole(path) => filled.push_str(&canonical.take(path)?.shown()?),
                    }
                }
                Value::text(filled)
            }
            BackOrigin::Choose(branches) => {
                let holds = |when: &Option<TargetWhen>, canonical: &Canonical<'_>| {
                    when.as_ref().is_none_or(|when| when.holds(canonical))
                };
                match branches.iter().find(|(when, _)| holds(when, canonical)) {
                    Some((_, BackThen::Constant(text))) => return Some(Value::text(text.clone())),
                    Some((_, BackThen::Path(path))) => canonical.take(path)?,
                    None => return None,
                }
            }
        };
        let undone = self.steps.iter().rev().try_fold(value, |value, verb| match verb {
            // Nothing undoes these; in a rule written for the way back they are wanted themselves.
            Verb::Hash => Some(value.each_text(|text| verb::fingerprint(&text).into())),
            Verb::Uuid(name) => Some(value.each_text(|text| verb::named_uuid(name, &text).into())),
            verb => verb.back(value),
        });
        undone.filter(|value| !value.is_absent())
    }
}

impl TargetWhen {
    fn compile(text: &Word, names: &mut Names<'_>) -> Option<Self> {
        match Condition::parse(&text.value) {
            Ok(condition) => {
                let paths: Option<Vec<_>> =
                    condition.paths().iter().map(|used| parse_target(&used.path).ok()).collect();
                let Some(paths) = paths else {
                    bad_path(text, 0, names);
                    return None;
                };
                Some(Self { condition, paths })
            }
            Err(error) => {
                bad_condition(&mut names.problems, text, &error);
                None
            }
        }
    }

    fn holds(&self, canonical: &Canonical<'_>) -> bool {
        let texts: Vec<Option<String>> = self
            .paths
            .iter()
            .map(|path| {
                canonical.look(path).map(|value| value.shown().unwrap_or_default().into_owned())
            })
            .collect();
        self.condition.eval(|index| texts.get(index)?.as_deref())
    }
}

fn target(word: &Word, names: &mut Names<'_>) -> Option<Vec<TargetStep>> {
    match parse_target(&word.value) {
        Ok(steps) => Some(steps),
        Err(error) => {
            bad_path(word, error.at, names);
            None
        }
    }
}

fn bad_path(word: &Word, at: usize, names: &mut Names<'_>) {
    names
        .problems
        .error(Code::BadPath, word.span.clone())
        .arg("path", &word.value)
        .arg("at", (at + 1).to_string());
}
