//! From a step as written to a verb that runs.

use std::sync::Arc;

use super::super::diagnostic::{Code, Diagnostics};
use super::super::function::check_digit::{Check, Weights};
use super::super::function::date::{Layout, Months};
use super::super::function::name::Order;
use super::super::function::number::Mark;
use super::super::function::phone;
use super::super::scene::{Input, When};
use super::super::spec::{Spanned, StepSpec, Word};
use super::super::table::Table;
use super::super::yaml::{Kind, Node, Span};
use super::date::{Age, Move, Unit};
use super::text::Pattern;
use super::{Dates, Kept, Part, Verb, declaration};

/// What building a verb needs from its surroundings.
pub trait Builder {
    /// Where problems go.
    fn problems(&mut self) -> &mut Diagnostics;
    /// A condition with its names resolved.
    fn condition(&mut self, text: &Word) -> Option<When>;
    /// What a name or path means.
    fn input(&mut self, text: &Word) -> Option<Input>;
    /// A table by name, or from rows.
    fn table(&mut self, node: &Node) -> Option<Arc<Table>>;
}

/// Builds a verb; what is wrong is reported.
pub fn build(step: &StepSpec, builder: &mut impl Builder) -> Option<Verb> {
    let known = declaration(&step.verb.value)?;
    for (option, _) in
        step.options.iter().filter(|(o, _)| !known.options.contains(&o.value.as_str()))
    {
        builder
            .problems()
            .error(Code::UnknownKey, option.span.clone())
            .arg("key", &option.value)
            .arg("known", known.options.join(", "))
            .nearest(&option.value, known.options.iter().copied());
    }
    let mut read = Read { step, builder };
    match known.name {
        "trim" => Some(Verb::Trim),
        "squeeze" => Some(Verb::Squeeze),
        "upper" => Some(Verb::Upper),
        "lower" => Some(Verb::Lower),
        "title" => Some(Verb::Title),
        "hash" => Some(Verb::Hash),
        "uuid" => read.filled().map(Verb::Uuid),
        "split" => read.filled().map(Verb::Split),
        "join" => read.text().map(Verb::Join),
        "prefix" => read.filled().map(Verb::Prefix),
        "suffix" => read.filled().map(Verb::Suffix),
        "strip" => {
            let end = read.option("end").is_some_and(|end| end.value == "true");
            read.filled().map(|text| Verb::Strip(text, end))
        }
        "pad" => {
            let with =
                read.option("with").and_then(|with| with.value.chars().next()).unwrap_or('0');
            read.number().map(|length| Verb::Pad(length.min(LONGEST_PAD), with))
        }
        "replace" => {
            let with = read.option("with").map(|with| with.value).unwrap_or_default();
            read.filled().map(|text| Verb::Replace(text, with.into()))
        }
        "slice" => {
            let to = read.option("to").map_or(Some(usize::MAX), |to| read.parse(&to, "1, 2, 3 …"));
            Some(Verb::Slice(read.number()?, to?))
        }
        "keep" => read
            .choice(&[
                ("digits", Kept::Digits),
                ("letters", Kept::Letters),
                ("alphanumeric", Kept::Alphanumeric),
            ])
            .map(Verb::Keep),
        "number" => read.choice(&[(",", Mark::Comma), (".", Mark::Point)]).map(Verb::Number),
        "date" => read.dates().map(|dates| Verb::Date(Arc::new(dates))),
        "estimated_when" => read.condition().map(Verb::EstimatedWhen),
        "year_only_when" => read.condition().map(Verb::YearOnlyWhen),
        "phone" => read.country().map(Verb::Phone),
        "check_digit" => read.check_digit().map(Verb::CheckDigit),
        "extract" => read.pattern().map(Verb::Extract),
        "item" => {
            let word = read.word()?;
            read.parse(&word, "0, 1, 2 … -1").map(Verb::Item)
        }
        "plus" => read.moved().map(Verb::Plus),
        "born_at" => read.age().map(Verb::BornAt),
        "name_part" => read.name_part(),
        "table" => {
            let node = read.argument()?;
            read.builder.table(node).map(Verb::Table)
        }
        _ => read.text().map(Verb::Default),
    }
}

/// A longer identifier is a mistake, not an identifier.
const LONGEST_PAD: usize = 100;

struct Read<'s, 'b, B> {
    step: &'s StepSpec,
    builder: &'b mut B,
}

impl<'s, B: Builder> Read<'s, '_, B> {
    fn bad(&mut self, span: &Span, value: &str, expected: &str) {
        self.builder
            .problems()
            .error(Code::BadArgument, span.clone())
            .arg("verb", &self.step.verb.value)
            .arg("value", value)
            .arg("expected", expected);
    }

    fn argument(&mut self) -> Option<&'s Node> {
        if self.step.argument.is_none() {
            let example =
                declaration(&self.step.verb.value).map_or("", |found| found.example.steps);
            self.builder
                .problems()
                .error(Code::BadArgument, self.step.verb.span.clone())
                .arg("variant", "missing")
                .arg("verb", &self.step.verb.value)
                .arg("expected", example);
        }
        self.step.argument.as_ref()
    }

    fn word(&mut self) -> Option<Word> {
        let node = self.argument()?;
        match (&node.kind, node.text()) {
            (_, Some(text)) => Some(Spanned::new(text.to_owned(), node.span.clone())),
            (Kind::Null, None) => Some(Spanned::new(String::new(), node.span.clone())),
            _ => {
                self.bad(&node.span, "…", "text");
                None
            }
        }
    }

    fn text(&mut self) -> Option<Box<str>> {
        self.word().map(|word| word.value.into())
    }

    fn filled(&mut self) -> Option<Box<str>> {
        let word = self.word()?;
        if word.value.is_empty() {
            self.bad(&word.span, "", "text");
            return None;
        }
        Some(word.value.into())
    }

    fn option(&self, name: &str) -> Option<Word> {
        let (_, node) = self.step.options.iter().find(|(option, _)| option.value == name)?;
        node.text().map(|text| Spanned::new(text.to_owned(), node.span.clone()))
    }

    fn parse<T: std::str::FromStr>(&mut self, word: &Word, expected: &str) -> Option<T> {
        let found = word.value.parse().ok();
        if found.is_none() {
            self.bad(&word.span, &word.value, expected);
        }
        found
    }

    fn number(&mut self) -> Option<usize> {
        let word = self.word()?;
        self.parse(&word, "0, 1, 2 …")
    }

    fn choice<T: Copy>(&mut self, known: &[(&str, T)]) -> Option<T> {
        let word = self.word()?;
        let found = known.iter().find(|(name, _)| *name == word.value);
        if found.is_none() {
            let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
            self.builder
                .problems()
                .error(Code::BadArgument, word.span.clone())
                .arg("verb", &self.step.verb.value)
                .arg("value", &word.value)
                .arg("expected", names.join(", "))
                .nearest(&word.value, names.iter().copied());
        }
        found.map(|(_, value)| *value)
    }

    fn check_digit(&mut self) -> Option<Check> {
        let mut check = self.choice(Check::NAMES)?;
        if let Some(word) = self.option("length") {
            let length = self.parse(&word, "8, 9, 10 …")?;
            match check.with_length(length) {
                Some(known) => check = known,
                None => self.bad(&word.span, &word.value, "luhn, verhoeff, mod97_10, mod11"),
            }
        }
        let Some((span, node)) = self.node("weights") else { return Some(check) };
        let items = match &node.kind {
            Kind::List(items) => items.as_slice(),
            Kind::Null | Kind::Text(_) | Kind::Map(_) => std::slice::from_ref(node),
        };
        let weights: Option<Vec<u8>> =
            items.iter().map(|item| item.text().and_then(|text| text.parse().ok())).collect();
        let weights = weights.and_then(|weights| Weights::new(&weights));
        let known = weights.and_then(|weights| check.with_weights(weights));
        if known.is_none() {
            self.bad(&span, "weights", "{ check_digit: mod11, weights: [9, 8, 7, 6, 5, 4, 3, 2] }");
        }
        known
    }

    fn node(&self, name: &str) -> Option<(Span, &'s Node)> {
        let (_, node) = self.step.options.iter().find(|(option, _)| option.value == name)?;
        Some((node.span.clone(), node))
    }

    fn pattern(&mut self) -> Option<Pattern> {
        let word = self.word()?;
        let optional = self.option("optional").is_some_and(|word| word.value == "true");
        match Pattern::new(&word.value, optional) {
            Ok(pattern) if !word.value.is_empty() => Some(pattern),
            Ok(_) => {
                self.bad(&word.span, "", "'N°([0-9]+)'");
                None
            }
            Err(error) => {
                let said = error.to_string();
                let last = said.lines().rev().find(|line| !line.trim().is_empty());
                let last = last.unwrap_or_default().trim_start_matches("error: ");
                self.builder
                    .problems()
                    .error(Code::BadArgument, word.span.clone())
                    .arg("variant", "pattern")
                    .arg("value", &word.value)
                    .arg("detail", last);
                None
            }
        }
    }

    /// A number of days, months or years: written here, or in another field with `unit`.
    fn moved(&mut self) -> Option<Move> {
        let word = self.word()?;
        let moved = match self.unit()? {
            None => Move::parse(&word.value),
            Some(unit) => match word.value.parse() {
                Ok(count) => Some(Move::by(count, unit)),
                Err(_) => return Some(Move::read(self.builder.input(&word)?, unit)),
            },
        };
        if moved.is_none() {
            self.bad(&word.span, &word.value, "12 months, -1 day, 1 year");
        }
        moved
    }

    fn age(&mut self) -> Option<Age> {
        let word = self.word()?;
        let unit = self.unit()?.unwrap_or(Unit::Years);
        Some(Age::on(self.builder.input(&word)?, unit))
    }

    /// The option `unit`, when it is there; nothing when it is not one.
    fn unit(&mut self) -> Option<Option<Unit>> {
        let Some(word) = self.option("unit") else { return Some(None) };
        let unit = Unit::parse(&word.value);
        if unit.is_none() {
            self.bad(&word.span, &word.value, "days, months, years");
        }
        unit.map(Some)
    }

    fn condition(&mut self) -> Option<When> {
        let word = self.word()?;
        self.builder.condition(&word)
    }

    fn country(&mut self) -> Option<Box<str>> {
        let word = self.word()?;
        let known = word.value.len() == 2 && word.value.chars().all(|c| c.is_ascii_uppercase());
        if !known || !phone::is_country(&word.value) {
            let upper = word.value.to_uppercase();
            let problem = self.builder.problems().error(Code::BadArgument, word.span.clone());
            problem.arg("verb", "phone").arg("value", &word.value).arg("expected", "ML, CI, NG …");
            if phone::is_country(&upper) {
                problem.meant(upper);
            }
            return None;
        }
        Some(word.value.into())
    }

    fn dates(&mut self) -> Option<Dates> {
        let node = self.argument()?;
        let list = match &node.kind {
            Kind::List(items) => items.as_slice(),
            Kind::Null | Kind::Text(_) | Kind::Map(_) => std::slice::from_ref(node),
        };
        let pivot = match self.option("pivot") {
            Some(word) => Some(self.parse::<u8>(&word, "0 … 99")?),
            None => None,
        };
        let months = match self.option("language") {
            Some(word) => match Months::NAMES.iter().find(|(name, _)| *name == word.value) {
                Some((_, months)) => *months,
                None => {
                    self.bad(&word.span, &word.value, "fr, en, pt");
                    return None;
                }
            },
            None => Months::default(),
        };
        let mut layouts = Vec::new();
        for item in list {
            match item.text().map(|text| (text, Layout::parse(text))) {
                Some((_, Ok(layout))) => {
                    let layout = layout.with_months(months);
                    layouts.push(match pivot {
                        Some(pivot) => layout.with_pivot(pivot.min(99)),
                        None => layout,
                    });
                }
                Some((text, Err(_))) => self.bad_layout(&item.span, text),
                None => self.bad(&item.span, "…", "dd/MM/yyyy"),
            }
        }
        (layouts.len() == list.len() && !layouts.is_empty()).then(|| Dates::new(layouts))
    }

    fn bad_layout(&mut self, span: &Span, text: &str) {
        let expected = "dd/MM/yyyy, yyyy-MM-dd, yyyyMMdd, d/M/yy, d MMM yyyy, serial, epoch …";
        let problem = self.builder.problems().error(Code::BadArgument, span.clone());
        problem.arg("verb", "date").arg("value", text).arg("expected", expected);
        if let Some(meant) = meant_layout(text) {
            problem.meant(meant);
        }
    }

    fn name_part(&mut self) -> Option<Verb> {
        let part = self.choice(&[
            ("family", Part::Family),
            ("given", Part::Given),
            ("prefix", Part::Prefix),
        ])?;
        let order = match self.option("order") {
            Some(word) => match Order::parse(&word.value) {
                Some(order) => order,
                None => {
                    let known = "family_first, given_first, given_only, mostly_family_first, …";
                    self.bad(&word.span, &word.value, known);
                    return None;
                }
            },
            None => Order::parse("family_first")?,
        };
        Some(Verb::NamePart(part, order))
    }
}

/// A layout in the letters of French, of capitals or of `strptime`, in ours.
fn meant_layout(text: &str) -> Option<String> {
    let long =
        text.replace("%d", "dd").replace("%m", "MM").replace("%Y", "yyyy").replace("%y", "yy");
    let ours = |letter: char| match letter {
        'j' | 'J' | 'D' => 'd',
        'a' | 'A' | 'Y' => 'y',
        'm' => 'M',
        other => other,
    };
    let meant: String = long.chars().map(ours).collect();
    Layout::parse(&meant).is_ok().then_some(meant)
}
