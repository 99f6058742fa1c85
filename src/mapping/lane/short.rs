//! Rules of the usual forms, run in one go.

use std::sync::Arc;

use crate::model::PartialDate;

use super::super::extract::Slot;
use super::super::function::check_digit::Check as Digits;
use super::super::function::name::Order;
use super::super::function::{number, phone};
use super::super::program::{Check, Origin, Rule, Then};
use super::super::scene::{Input, Named, Scene, When};
use super::super::target::Takes;
use super::super::value::{Value, trimmed};
use super::super::verb::{Dates, Kept, Part, Verb, text};
use super::codes::{Codes, inside};
use super::layout::Text;

/// A rule in its short form.
#[derive(Debug)]
pub struct Short {
    /// Which rule.
    pub rule: usize,
    /// Whether it reads the sender's record.
    pub reads: bool,
    /// Whether it reads named values.
    pub reads_values: bool,
    /// Whether its text is one of the record's own.
    pub is_cell: bool,
    when: Option<When>,
    inputs: Box<[Input]>,
    texts: Box<[TextStep]>,
    /// What is made of the text.
    pub end: End,
}

/// A step from text to text.
#[derive(Clone, Copy, Debug)]
enum TextStep {
    Trim,
    Squeeze,
    Upper,
    Lower,
    Keep(Kept),
    Number,
    CheckDigit(Digits),
}

/// What is made of the text.
#[derive(Debug)]
pub enum End {
    Text,
    /// A named value as it is.
    Same {
        whole_day: bool,
    },
    Codes(Codes),
    Date(Day),
    Words(Cut),
    Phone(Box<str>),
    /// No text: the first constant whose condition holds.
    Chosen(Box<[Choice]>),
    /// Nothing of the above: the rule itself is run.
    Rule,
}

/// A constant as JSON writes it, without quotes, and when it is meant; without a condition, always.
type Choice = (Option<When>, Text);

/// How a date is read.
#[derive(Debug)]
pub struct Day {
    dates: Arc<Dates>,
    /// When only the year counts, and whether it is approximate then.
    year_only: Option<(When, bool)>,
    past: bool,
    whole_day: bool,
}

/// How a text becomes a list.
#[derive(Debug)]
pub enum Cut {
    /// At a separator.
    At(Box<str>),
    /// The given names.
    Given,
    /// The titles before and behind them.
    Titles,
}

/// What a rule in its short form begins with.
pub enum Found<'x> {
    Absent,
    Text(&'x str),
    /// A list, or a date where a text is wanted.
    Other,
}

impl Short {
    /// Of the rule of a named value.
    pub fn of_value(index: usize, rule: &Rule) -> Self {
        Self::of(
            index,
            rule,
            match rule.steps.last() {
                Some(Verb::Date(_) | Verb::EstimatedWhen(_) | Verb::YearOnlyWhen(_)) => {
                    Self::date(rule, false)
                }
                _ => None,
            },
        )
    }

    /// Of the rule of a field that takes this, and of texts those that are `taken`.
    pub fn of_field(
        index: usize,
        rule: &Rule,
        takes: Takes,
        taken: &impl Fn(&str) -> bool,
    ) -> Self {
        Self::of(index, rule, form(rule, takes, taken))
    }

    fn of(index: usize, rule: &Rule, form: Option<(Vec<TextStep>, End)>) -> Self {
        let (texts, end) = form.unwrap_or_else(|| (Vec::new(), End::Rule));
        let inputs = match &rule.origin {
            Origin::First(inputs) => inputs.clone(),
            Origin::Constant(_) | Origin::Template(_) | Origin::Choose(_) => Box::default(),
        };
        let when = rule.when.clone();
        let is_cell = inputs.iter().all(|input| matches!(input, Input::Path(_)));
        let reads_values = reads_values(rule);
        let (reads, texts) = (rule.reads, texts.into());
        Self { rule: index, reads, reads_values, is_cell, when, inputs, texts, end }
    }

    fn date(rule: &Rule, whole_day: bool) -> Option<(Vec<TextStep>, End)> {
        let (Origin::First(_), past) = (&rule.origin, past(&rule.checks)?) else { return None };
        let (texts, rest) = text_steps(&rule.steps);
        let (dates, year_only) = match rest {
            [Verb::Date(dates)] => (dates, None),
            [Verb::Date(dates), Verb::EstimatedWhen(when)] => (dates, Some((when.clone(), true))),
            [Verb::Date(dates), Verb::YearOnlyWhen(when)] => (dates, Some((when.clone(), false))),
            _ => return None,
        };
        let dates = Arc::clone(dates);
        Some((texts, End::Date(Day { dates, year_only, past, whole_day })))
    }

    /// Whether its condition holds, if it has one.
    #[inline]
    pub fn applies(&self, scene: &Scene<'_, '_>) -> bool {
        self.when.as_ref().is_none_or(|when| scene.holds(when))
    }

    /// The first input that is present.
    // A value that is returned through memory costs more than all else that is done with it here.
    #[inline(always)]
    pub fn found<'x>(&self, scene: &Scene<'x, 'x>) -> Found<'x> {
        for input in &self.inputs {
            match *input {
                Input::Path(path) => match scene.slot(path) {
                    Slot::Text(text, _) => return Found::Text(text),
                    Slot::List(..) => return Found::Other,
                    Slot::Absent | Slot::Empty(_) | Slot::Group(..) => {}
                },
                Input::Value(value) => match scene.values.get(usize::from(value)) {
                    Some(Named { value: Value::Text(text), .. }) => return Found::Text(text),
                    Some(Named { value: Value::Date(_) | Value::List(_), .. }) => {
                        return Found::Other;
                    }
                    Some(Named { value: Value::Absent, .. }) | None => {}
                },
                Input::RecordId | Input::Today | Input::Result => {
                    if let Some(text) = scene.text(*input) {
                        return Found::Text(text);
                    }
                }
            }
        }
        Found::Absent
    }

    /// The text after the steps from text to text; `None` when one of them changes more than blanks
    /// around it, or does not take it: most texts are clean.
    #[inline]
    pub fn clean<'x>(&self, text: &'x str) -> Option<&'x str> {
        if self.texts.is_empty() { Some(text) } else { self.cleaned(text) }
    }

    fn cleaned<'x>(&self, mut text: &'x str) -> Option<&'x str> {
        for step in &self.texts {
            let clean = match *step {
                TextStep::Trim => {
                    text = trimmed(text);
                    !text.is_empty()
                }
                TextStep::Squeeze => text::is_squeezed(text.as_bytes()),
                TextStep::Upper => text::is_upper(text),
                TextStep::Lower => text::is_lower(text),
                TextStep::Keep(kept) => !text.is_empty() && text::is_kept(text, kept),
                TextStep::Number => number::is_plain(text),
                TextStep::CheckDigit(check) => check.holds(text),
            };
            if !clean {
                return None;
            }
        }
        Some(text)
    }

    /// The named value that it takes as it is.
    #[inline]
    pub fn same<'x>(&self, scene: &Scene<'x, '_>) -> &'x Value<'x> {
        match *self.inputs {
            [Input::Value(value)] => {
                scene.values.get(usize::from(value)).map_or(&Value::Absent, |named| &named.value)
            }
            _ => &Value::Absent,
        }
    }
}

impl Day {
    #[inline]
    pub fn read(&self, text: &str, scene: &Scene<'_, '_>) -> Option<PartialDate> {
        let date = self.dates.find(text)?;
        let date = match &self.year_only {
            Some((when, approximately)) if scene.holds(when) => {
                let year = PartialDate::year_only(date.year());
                if *approximately { year.approximately() } else { year }
            }
            Some(_) | None => date,
        };
        let future = self.past && date.begins_after(scene.day);
        let fits = !future && (!self.whole_day || is_whole(date));
        fits.then_some(date)
    }
}

pub fn is_whole(date: PartialDate) -> bool {
    date.day().is_some() && !date.is_approximate()
}

/// What the rule itself makes, when it has no problem with it.
#[inline(never)]
pub fn by_rule<'r>(rule: &'r Rule, scene: &Scene<'_, 'r>) -> Option<Value<'r>> {
    let mut problems = Vec::new();
    let (value, _) = rule.run(scene, &mut problems, &mut ());
    problems.is_empty().then_some(value)
}

/// Whether a rule may read named values; without a doubt only where it begins with fields alone, and has
/// no condition.
fn reads_values(rule: &Rule) -> bool {
    let fields = |inputs: &[Input]| inputs.iter().all(|input| matches!(input, Input::Path(_)));
    let plain = |verb: &Verb| matches!(verb, Verb::Date(_)) || text_step(verb).is_some();
    let alone = matches!(&rule.origin, Origin::First(inputs) if fields(inputs));
    !(alone && rule.when.is_none() && rule.checks.is_empty() && rule.steps.iter().all(plain))
}

/// Whether checks ask for nothing but that a date is not in the future; `None` when for something else.
fn past(checks: &[Check]) -> Option<bool> {
    let simple = checks.iter().all(|check| matches!(check, Check::NotFuture));
    simple.then_some(!checks.is_empty())
}

/// A step from text to text.
fn text_step(verb: &Verb) -> Option<TextStep> {
    Some(match verb {
        Verb::Trim => TextStep::Trim,
        Verb::Squeeze => TextStep::Squeeze,
        Verb::Upper => TextStep::Upper,
        Verb::Lower => TextStep::Lower,
        Verb::Keep(kept) => TextStep::Keep(*kept),
        Verb::Number(_) => TextStep::Number,
        Verb::CheckDigit(check) => TextStep::CheckDigit(*check),
        _ => return None,
    })
}

/// The steps from text to text with which a rule begins, and the others.
fn text_steps(steps: &[Verb]) -> (Vec<TextStep>, &[Verb]) {
    let texts: Vec<TextStep> = steps.iter().map_while(text_step).collect();
    let rest = steps.get(texts.len()..).unwrap_or_default();
    (texts, rest)
}

/// The form of a rule, when it is one of the usual.
fn form(rule: &Rule, takes: Takes, taken: &impl Fn(&str) -> bool) -> Option<(Vec<TextStep>, End)> {
    let fits = |text: &str| takes.fits(text) && taken(text);
    let Origin::First(inputs) = &rule.origin else {
        let choices = chosen(rule, &fits).filter(|_| takes != Takes::Texts)?;
        return Some((Vec::new(), End::Chosen(choices)));
    };
    if matches!(takes, Takes::Day | Takes::PartialDate) {
        let whole_day = takes == Takes::Day;
        if let ([Input::Value(_)], [], []) = (&**inputs, &*rule.steps, &*rule.checks) {
            return Some((Vec::new(), End::Same { whole_day }));
        }
        return Short::date(rule, whole_day);
    }
    if !rule.checks.is_empty() {
        return None;
    }
    let (texts, rest) = text_steps(&rule.steps);
    let end = match (rest, takes) {
        ([], Takes::Text) => End::Text,
        ([Verb::Phone(country, phone::Asked::Given)], Takes::Text | Takes::Texts) => {
            End::Phone(country.clone())
        }
        ([Verb::Table(table)], Takes::Text) => End::Codes(Codes::of(table, &fits)?),
        ([Verb::Table(table)], Takes::Code(_)) if !table.keeps() => {
            End::Codes(Codes::of(table, &fits)?)
        }
        ([Verb::Split(at)], Takes::Texts) => End::Words(Cut::At(at.clone())),
        ([Verb::NamePart(Part::Given, Order::GivenOnly)], Takes::Texts) => End::Words(Cut::Given),
        ([Verb::NamePart(Part::Prefix, Order::GivenOnly)], Takes::Texts) => End::Words(Cut::Titles),
        _ => return None,
    };
    Some((texts, end))
}

/// A choice among constants, or a constant.
fn chosen(rule: &Rule, fits: &impl Fn(&str) -> bool) -> Option<Box<[Choice]>> {
    (rule.steps.is_empty() && rule.checks.is_empty()).then_some(())?;
    let constant = |text: &str| fits(text).then(|| inside(text));
    match &rule.origin {
        Origin::Constant(text) => Some([(None, constant(text)?)].into()),
        Origin::Choose(branches) => {
            let choice = |(when, then): &(Option<When>, Then)| match then {
                Then::Constant(text) => Some((when.clone(), constant(text)?)),
                Then::Input(_) => None,
            };
            branches.iter().map(choice).collect()
        }
        Origin::First(_) | Origin::Template(_) => None,
    }
}
