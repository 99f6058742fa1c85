//! Rules of the usual forms, run in one go.

use std::borrow::Cow;
use std::sync::Arc;

use crate::model::PartialDate;

use super::super::function::check_digit::Check as Digits;
use super::super::function::name::Order;
use super::super::function::number::{self, Mark};
use super::super::function::phone;
use super::super::program::{Check, Origin, Rule, Then};
use super::super::scene::{Input, Scene, When};
use super::super::target::Takes;
use super::super::value::Value;
use super::super::verb::{Dates, Kept, Part, Verb, text};
use super::codes::{Code, Codes, quoted};

/// A rule in its short form.
#[derive(Debug)]
pub struct Short {
    /// Which rule.
    pub rule: usize,
    /// Whether it reads the sender's record.
    pub reads: bool,
    when: Option<When>,
    inputs: Box<[Input]>,
    texts: Box<[TextStep]>,
    end: End,
}

/// A step from text to text.
#[derive(Clone, Copy, Debug)]
enum TextStep {
    Trim,
    Squeeze,
    Upper,
    Lower,
    Keep(Kept),
    Number(Mark),
    CheckDigit(Digits),
}

/// What is made of the text.
#[derive(Debug)]
enum End {
    Text,
    /// A named value as it is.
    Same {
        whole_day: bool,
    },
    Codes(Codes),
    Date(Day),
    Words(Cut),
    Phone(Box<str>),
    /// No text: the first code whose condition holds.
    Chosen(Box<[Choice]>),
    /// Nothing of the above: the rule itself is run.
    Rule,
}

/// A code with its quotes, and when it is meant; without a condition, always.
type Choice = (Option<When>, Box<[u8]>);

/// How a date is read.
#[derive(Debug)]
struct Day {
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

/// What a rule in its short form has made.
pub enum Told<'r> {
    Absent,
    Text(Cow<'r, str>),
    /// A text with its quotes, which the target takes.
    Quoted(&'r [u8]),
    Date(PartialDate),
    /// A text that is a list.
    Words(Cow<'r, str>, &'r Cut),
    /// Anything that the rule itself has made.
    Value(Value<'r>),
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
        Self { rule: index, reads: rule.reads, when, inputs, texts: texts.into(), end }
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

    /// Runs it; `None` when something may be wrong. `rule` is the rule whose short form it is.
    #[inline]
    pub fn tell<'r>(&'r self, rule: &'r Rule, scene: &Scene<'_, 'r>) -> Option<Told<'r>> {
        if let End::Rule = self.end {
            return by_rule(rule, scene);
        }
        if self.when.as_ref().is_some_and(|when| !scene.holds(when)) {
            return Some(Told::Absent);
        }
        match &self.end {
            End::Chosen(branches) => {
                let holds = |when: &Option<When>| when.as_ref().is_none_or(|w| scene.holds(w));
                let taken = branches.iter().find(|(when, _)| holds(when));
                return Some(taken.map_or(Told::Absent, |(_, code)| Told::Quoted(code)));
            }
            End::Same { whole_day } => return self.same(*whole_day, rule, scene),
            _ => {}
        }
        let text = match self.found(scene) {
            Value::Absent => None,
            Value::Text(text) => self.stepped(text)?,
            Value::Date(_) | Value::List(_) => return by_rule(rule, scene),
        };
        let Some(text) = text else { return Some(Told::Absent) };
        Some(match &self.end {
            End::Text | End::Same { .. } | End::Chosen(_) | End::Rule => Told::Text(text),
            End::Codes(codes) => match codes.find(&text)? {
                Code::Quoted(code) => Told::Quoted(code),
                Code::Same => Told::Text(text),
            },
            End::Date(day) => Told::Date(day.read(&text, scene)?),
            End::Words(cut) => Told::Words(text, cut),
            End::Phone(country) => Told::Text(phone::read(&text, country)?.into()),
        })
    }

    /// A named value that is a date, or what the rule makes of another.
    fn same<'r>(
        &'r self,
        whole_day: bool,
        rule: &'r Rule,
        scene: &Scene<'_, 'r>,
    ) -> Option<Told<'r>> {
        let [Input::Value(value)] = *self.inputs else { return by_rule(rule, scene) };
        match scene.values.get(usize::from(value)).map(|named| &named.value) {
            None | Some(Value::Absent) => Some(Told::Absent),
            Some(Value::Date(date)) => (!whole_day || is_whole(*date)).then_some(Told::Date(*date)),
            Some(Value::Text(_) | Value::List(_)) => by_rule(rule, scene),
        }
    }

    /// The first input that is present.
    #[inline]
    fn found<'r>(&self, scene: &Scene<'_, 'r>) -> Value<'r> {
        let mut values = self.inputs.iter().map(|input| scene.value(*input));
        values.find(|value| !value.is_absent()).unwrap_or_default()
    }

    /// The text after the steps from text to text, when anything is left of it; `None` in doubt.
    #[inline]
    fn stepped<'r>(&self, mut text: Cow<'r, str>) -> Option<Option<Cow<'r, str>>> {
        for step in &self.texts {
            text = match *step {
                TextStep::Trim => text::trim(text),
                TextStep::Squeeze => text::squeeze(text),
                TextStep::Upper => text::upper(text),
                TextStep::Lower => text::lower(text),
                TextStep::Keep(kept) => text::keep(text, kept),
                TextStep::CheckDigit(check) if check.holds(&text) => text,
                TextStep::CheckDigit(_) => return None,
                TextStep::Number(mark) => match text {
                    Cow::Borrowed(text) => number::read(text, mark)?,
                    Cow::Owned(text) => number::read(&text, mark)?.into_owned().into(),
                },
            };
            if text.is_empty() {
                return Some(None);
            }
        }
        Some(Some(text))
    }
}

impl Day {
    #[inline]
    fn read(&self, text: &str, scene: &Scene<'_, '_>) -> Option<PartialDate> {
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

fn is_whole(date: PartialDate) -> bool {
    date.day().is_some() && !date.is_approximate()
}

/// What the rule itself makes, when it has no problem with it.
#[inline(never)]
fn by_rule<'r>(rule: &'r Rule, scene: &Scene<'_, 'r>) -> Option<Told<'r>> {
    let mut problems = Vec::new();
    let (value, _) = rule.run(scene, &mut problems, &mut ());
    let sound = problems.is_empty();
    sound.then_some(if value.is_absent() { Told::Absent } else { Told::Value(value) })
}

/// Whether checks ask for nothing but that a date is not in the future; `None` when for something else.
fn past(checks: &[Check]) -> Option<bool> {
    let simple = checks.iter().all(|check| matches!(check, Check::NotFuture));
    simple.then_some(!checks.is_empty())
}

/// The steps from text to text with which a rule begins, and the others.
fn text_steps(steps: &[Verb]) -> (Vec<TextStep>, &[Verb]) {
    let step = |verb: &Verb| {
        Some(match verb {
            Verb::Trim => TextStep::Trim,
            Verb::Squeeze => TextStep::Squeeze,
            Verb::Upper => TextStep::Upper,
            Verb::Lower => TextStep::Lower,
            Verb::Keep(kept) => TextStep::Keep(*kept),
            Verb::Number(mark) => TextStep::Number(*mark),
            Verb::CheckDigit(check) => TextStep::CheckDigit(*check),
            _ => return None,
        })
    };
    let texts: Vec<TextStep> = steps.iter().map_while(step).collect();
    let rest = steps.get(texts.len()..).unwrap_or_default();
    (texts, rest)
}

/// The form of a rule, when it is one of the usual.
fn form(rule: &Rule, takes: Takes, taken: &impl Fn(&str) -> bool) -> Option<(Vec<TextStep>, End)> {
    let fits = |text: &str| takes.fits(text) && taken(text);
    if let Origin::Choose(branches) = &rule.origin {
        return chosen(rule, branches, takes, &fits);
    }
    let Origin::First(inputs) = &rule.origin else { return None };
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

/// A choice among constants.
fn chosen(
    rule: &Rule,
    branches: &[(Option<When>, Then)],
    takes: Takes,
    fits: &impl Fn(&str) -> bool,
) -> Option<(Vec<TextStep>, End)> {
    let written = matches!(takes, Takes::Text | Takes::Code(_));
    if !written || !rule.steps.is_empty() || !rule.checks.is_empty() {
        return None;
    }
    let branch = |(when, then): &(Option<When>, Then)| match then {
        Then::Constant(text) if fits(text) => Some((when.clone(), quoted(text))),
        Then::Constant(_) | Then::Input(_) => None,
    };
    let branches: Option<Box<[_]>> = branches.iter().map(branch).collect();
    Some((Vec::new(), End::Chosen(branches?)))
}
