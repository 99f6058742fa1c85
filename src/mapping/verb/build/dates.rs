//! The verbs that make dates and move them.

use super::super::super::diagnostic::{Code, Mending};
use super::super::super::function::date::{DEFAULT_PIVOT, Layout, Months};
use super::super::super::yaml::{Kind, Node, Span};
use super::super::date::{Age, Move, Parts, Unit};
use super::super::{Dates, Verb};
use super::{Builder, Named, Read};
use crate::model::PartialDate;

/// Two-digit years of rights up to this one are of this century: nobody's rights of 1970 are sent.
const RIGHTS_PIVOT: u8 = 69;

impl<B: Builder> Read<'_, '_, B> {
    pub(super) fn dates(&mut self) -> Option<Dates> {
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
        if pivot.is_none() && layouts.iter().any(Layout::has_short_year) {
            self.centuries(node);
        }
        (layouts.len() == list.len() && !layouts.is_empty()).then(|| Dates::new(layouts))
    }

    /// Years of two digits without a word on their century: births may mean what is taken then, the
    /// rights of 2026 do not.
    fn centuries(&mut self, layouts: &Node) {
        let (text, end) = (self.builder.problems().text(), layouts.span.end);
        let next = u32::from(DEFAULT_PIVOT) + 1;
        let problem = self.builder.problems().warning(Code::NoPivot, layouts.span.clone());
        problem.arg("pivot", DEFAULT_PIVOT.to_string()).arg("next", next.to_string());
        let after = text.get(end..).unwrap_or_default().trim_start_matches(' ');
        if after.starts_with(['}', ',']) {
            for pivot in [DEFAULT_PIVOT, RIGHTS_PIVOT] {
                let new = format!("pivot: {pivot}");
                problem.mend(Mending::Add, new.clone(), vec![(end..end, format!(", {new}"))]);
            }
        }
    }

    fn bad_layout(&mut self, span: &Span, text: &str) {
        let expected = "dd/MM/yyyy, yyyy-MM-dd, yyyyMMdd, d/M/yy, d MMM yyyy, serial, epoch …";
        let problem = self.builder.problems().error(Code::BadArgument, span.clone());
        problem.arg("verb", "date").arg("value", text).arg("expected", expected);
        if let Some(meant) = meant_layout(text) {
            problem.meant(meant);
        }
    }

    /// The month, and perhaps the day, in other fields.
    pub(super) fn date_parts(&mut self) -> Option<Verb> {
        let fields = match self.fields(&["month", "day"]) {
            Named::Fields(fields) => fields,
            Named::NoGroup => {
                self.argument()?;
                Vec::new()
            }
            Named::Wrong => return None,
        };
        let month = fields.first().copied().flatten();
        if month.is_none() {
            let span = self.step.verb.span.clone();
            self.bad(&span, "…", "{ date_parts: { month: MOIS, day: JOUR } }");
        }
        Some(Verb::DateParts(Parts::new(month?, fields.get(1).copied().flatten())))
    }

    /// A number of days, months or years: written here, or in another field with `unit`.
    pub(super) fn moved(&mut self) -> Option<Move> {
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

    pub(super) fn age(&mut self) -> Option<Age> {
        let word = self.word()?;
        let unit = self.unit()?.unwrap_or(Unit::Years);
        if let Ok(day) = word.value.parse::<jiff::civil::Date>() {
            return Some(Age::on_day(PartialDate::full(day), unit));
        }
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
