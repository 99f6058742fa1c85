//! From a step as written to a verb that runs.

mod dates;

use std::sync::Arc;

use super::super::diagnostic::{Code, Diagnostics};
use super::super::function::check_digit::{Check, Weights};
use super::super::function::name::Order;
use super::super::function::number::Mark;
use super::super::function::phone;
use super::super::scene::{Input, When};
use super::super::spec::{Spanned, StepSpec, Word};
use super::super::table::Table;
use super::super::yaml::{Kind, Node, Span};
use super::text::Pattern;
use super::{Kept, Part, Verb, declaration};

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
        "strip" => read.strip(),
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
        "phone" => {
            let lengths = read.option("length_only").is_some_and(|word| word.value == "true");
            let asked = if lengths { phone::Asked::Length } else { phone::Asked::Given };
            read.country().map(|country| Verb::Phone(country, asked))
        }
        "check_digit" => read.check_digit().map(Verb::CheckDigit),
        "extract" => read.pattern().map(Verb::Extract),
        "item" => {
            let word = read.word()?;
            read.parse(&word, "0, 1, 2 … -1").map(Verb::Item)
        }
        "date_parts" => read.date_parts(),
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

/// What stands where fields of the record may be named.
enum Named {
    /// No group.
    NoGroup,
    /// A group with a mistake, which has been reported.
    Wrong,
    /// For each key its field, when it is named.
    Fields(Vec<Option<Input>>),
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

    /// The fields that the argument names under these keys, when it is a group.
    fn fields(&mut self, keys: &[&str]) -> Named {
        let Some(node) = &self.step.argument else { return Named::NoGroup };
        let Kind::Map(entries) = &node.kind else { return Named::NoGroup };
        for entry in entries.iter().filter(|entry| !keys.contains(&entry.key.as_str())) {
            let problem = self.builder.problems().error(Code::UnknownKey, entry.key_span.clone());
            problem.arg("key", &entry.key).arg("known", keys.join(", "));
            problem.nearest(&entry.key, keys.iter().copied());
        }
        let mut found = Vec::new();
        for key in keys {
            let Some(value) = node.get(key) else {
                found.push(None);
                continue;
            };
            let Some(text) = value.text() else {
                self.bad(&value.span, "…", "text");
                return Named::Wrong;
            };
            let word = Spanned::new(text.to_owned(), value.span.clone());
            match self.builder.input(&word) {
                Some(input) => found.push(Some(input)),
                None => return Named::Wrong,
            }
        }
        Named::Fields(found)
    }

    /// A text to take off, or a field whose words are taken off.
    fn strip(&mut self) -> Option<Verb> {
        let end = self.option("end").is_some_and(|end| end.value == "true");
        match self.fields(&["field"]) {
            Named::Fields(fields) => {
                let field = fields.first().copied().flatten();
                if field.is_none() {
                    let span = self.step.verb.span.clone();
                    self.bad(&span, "…", "{ strip: { field: NOM }, end: true }");
                }
                field.map(|field| Verb::StripField(field, end))
            }
            Named::NoGroup => self.filled().map(|text| Verb::Strip(text, end)),
            Named::Wrong => None,
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
