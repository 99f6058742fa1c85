//! Writing a document on the short way.

use smallvec::SmallVec;

use crate::model::PartialDate;
use crate::schema::{Fused, Known};

use super::super::function::name::Words;
use super::super::function::phone;
use super::super::json::write_inside;
use super::super::program::{Program, Rule};
use super::super::scene::{Named, Scene};
use super::super::target::Takes;
use super::super::value::Value;
use super::layout::Text;
use super::short::{End, Found, Short, by_rule, is_whole};
use super::{Content, Lane, Stop, Stops};

impl Lane {
    /// Writes the document of a record into `out`, which is empty, and leaves the named values in `named`;
    /// false when something may be wrong, and then both hold anything.
    pub fn write<'r>(
        &'r self,
        program: &'r Program,
        scene: &Scene<'_, 'r>,
        fused: Option<&Fused>,
        named: &mut Vec<Named<'r>>,
        out: &mut Vec<u8>,
    ) -> bool {
        for (short, rule) in self.values.iter().zip(&program.values) {
            let value = match short.reads_values {
                true => value(short, rule, &Scene { values: named, ..*scene }),
                false => value(short, rule, scene),
            };
            let Some(value) = value else { return false };
            // Whom to blame does not matter where nothing is wrong.
            named.push(Named::new(value, None));
        }
        let scene = Scene { values: named, ..*scene };
        let held = SmallVec::new();
        let (plain, names) = (scene.cells.is_plain(), None);
        let mut writing = Writing { lane: self, fused, plain, names, last: 0, there: 0, held, out };
        writing.document(program, &scene).is_some()
            && !program.checks.iter().any(|check| scene.holds(&check.when))
    }
}

/// A named value.
fn value<'r>(short: &Short, rule: &'r Rule, scene: &Scene<'_, 'r>) -> Option<Value<'r>> {
    let End::Date(day) = &short.end else { return by_rule(rule, scene) };
    if !short.applies(scene) {
        return Some(Value::Absent);
    }
    match short.found(scene) {
        Found::Absent => Some(Value::Absent),
        Found::Text(text) => match short.clean(text) {
            Some(text) => day.read(text, scene).map(Value::Date),
            None => by_rule(rule, scene),
        },
        Found::Other => by_rule(rule, scene),
    }
}

/// A document that is being written.
pub(super) struct Writing<'w> {
    lane: &'w Lane,
    pub(super) fused: Option<&'w Fused>,
    /// Whether JSON takes all texts of the record as they are.
    plain: bool,
    /// The given names that were taken apart last: titles are asked of the same.
    pub(super) names: Option<GivenNames<'w>>,
    /// The value that was written last, as [`super::layout::Layout`] counts.
    last: usize,
    /// The stops whose value is there.
    there: Stops,
    /// Constants that wait for a value that makes their group.
    held: SmallVec<[Held<'w>; 2]>,
    pub(super) out: &'w mut Vec<u8>,
}

/// A text of given names, its titles and its names.
pub(super) type GivenNames<'w> = (&'w str, Words<'w>, Words<'w>);

/// A constant that waits.
struct Held<'w> {
    index: usize,
    beside: Stops,
    constant: &'w Text,
}

/// A stop, and which of them it is.
#[derive(Clone, Copy)]
pub(super) struct At<'s> {
    index: usize,
    stop: &'s Stop,
}

impl At<'_> {
    /// What the target's schema asks there.
    #[inline]
    pub(super) const fn known(&self) -> Option<Known> {
        self.stop.known
    }
}

impl<'w> Writing<'w> {
    fn document(&mut self, program: &'w Program, scene: &Scene<'w, 'w>) -> Option<()> {
        let lane = self.lane;
        for (index, stop) in lane.stops.iter().enumerate() {
            let at = At { index, stop };
            match &stop.content {
                Content::Field { short, takes, any_date } => {
                    let rule = program.fields.get(short.rule)?;
                    self.field(at, short, rule, scene, (*takes, *any_date))?;
                }
                Content::List(shorts) => self.texts(at, shorts, program, scene)?,
                Content::Constant { short, beside } => {
                    if short.applies(scene) {
                        self.constant(index, short, *beside, scene);
                    }
                }
                Content::RecordId => self.text(at, scene.record_id?, false)?,
            }
        }
        lane.layout.between(self.last, lane.layout.end(), self.out);
        let fused = self.fused;
        let given = |fused| lane.asked.iter().all(|asked| asked.is_given(fused, self.there));
        fused.is_none_or(given).then_some(())
    }

    /// Writes what stands before a value that is about to be written.
    // With the two below it is run for every value, and a call costs as much as what it does.
    #[inline(always)]
    pub(super) fn lead(&mut self, at: At<'_>) {
        if !self.held.is_empty() {
            self.release(1 << at.index);
        }
        self.put(at.index);
    }

    #[inline(always)]
    fn put(&mut self, index: usize) {
        self.lane.layout.between(self.last, index + 1, self.out);
        self.last = index + 1;
        self.there |= 1 << index;
    }

    /// Writes the constants whose group this stop makes, and forgets the others: their group has ended.
    #[cold]
    fn release(&mut self, stop: Stops) {
        for Held { index, beside, constant } in std::mem::take(&mut self.held) {
            if beside & stop != 0 {
                self.put(index);
                constant.write(self.out);
            }
        }
    }

    /// Writes a constant, now when its group is there already.
    fn constant(&mut self, index: usize, short: &'w Short, beside: Stops, scene: &Scene<'_, '_>) {
        let End::Chosen(choices) = &short.end else { return };
        let holds = |when: &Option<_>| when.as_ref().is_none_or(|when| scene.holds(when));
        let Some((_, constant)) = choices.iter().find(|(when, _)| holds(when)) else { return };
        if self.there & beside != 0 {
            self.put(index);
            constant.write(self.out);
        } else {
            self.held.push(Held { index, beside, constant });
        }
    }

    /// Writes the result of a rule that is no list.
    #[inline]
    fn field(
        &mut self,
        at: At<'_>,
        short: &'w Short,
        rule: &'w Rule,
        scene: &Scene<'w, 'w>,
        (takes, any_date): (Takes, bool),
    ) -> Option<()> {
        if !short.applies(scene) {
            return Some(());
        }
        let text = match &short.end {
            End::Rule => return self.value(at, rule, scene, takes),
            End::Same { whole_day } => {
                return match short.same(scene) {
                    Value::Absent => Some(()),
                    Value::Date(date) if !whole_day || is_whole(*date) => {
                        self.date(at, *date, any_date)
                    }
                    Value::Date(_) => None,
                    Value::Text(_) | Value::List(_) => self.value(at, rule, scene, takes),
                };
            }
            End::Text
            | End::Codes(_)
            | End::Date(_)
            | End::Words(_)
            | End::Phone(_)
            | End::Chosen(_) => match short.found(scene) {
                Found::Absent => return Some(()),
                Found::Text(text) => short.clean(text),
                Found::Other => None,
            },
        };
        let Some(text) = text else { return self.value(at, rule, scene, takes) };
        match &short.end {
            End::Codes(codes) => match codes.find(text) {
                Some(code) => {
                    self.lead(at);
                    code.write(self.out);
                    Some(())
                }
                None if codes.keeps() => self.text(at, text, short.is_cell),
                None => None,
            },
            End::Date(day) => self.date(at, day.read(text, scene)?, any_date),
            End::Phone(country) => {
                self.lead(at);
                self.phone(at.known(), text, country)
            }
            End::Text | End::Same { .. } | End::Words(_) | End::Chosen(_) | End::Rule => {
                self.text(at, text, short.is_cell)
            }
        }
    }

    /// Writes what the rule itself makes.
    #[inline(never)]
    fn value(
        &mut self,
        at: At<'_>,
        rule: &'w Rule,
        scene: &Scene<'w, 'w>,
        takes: Takes,
    ) -> Option<()> {
        match by_rule(rule, scene)? {
            Value::Absent => Some(()),
            Value::Text(text) if takes == Takes::Boolean => {
                let place = self.fused.zip(at.known());
                place
                    .is_none_or(|(fused, known)| fused.takes_boolean(known, text == "true"))
                    .then_some(())?;
                self.lead(at);
                self.out.extend_from_slice(text.as_bytes());
                Some(())
            }
            Value::Text(text) => self.text(at, &text, false),
            Value::Date(date) => self.date(at, date, false),
            Value::List(_) => None,
        }
    }

    /// Writes a phone number.
    pub(super) fn phone(&mut self, known: Option<Known>, text: &str, country: &str) -> Option<()> {
        let Some(code) = phone::as_dialled(text, country) else {
            let number = phone::read(text, country)?;
            self.taken(known, &number)?;
            write_inside(&number, self.out);
            return Some(());
        };
        let start = self.out.len();
        self.out.push(b'+');
        self.out.extend_from_slice(code.as_bytes());
        self.out.extend_from_slice(text.as_bytes());
        if known.is_none() {
            return Some(());
        }
        let number = std::str::from_utf8(self.out.get(start..)?).ok()?;
        let place = self.fused.zip(known);
        place.is_none_or(|(fused, known)| fused.takes_text(known, number)).then_some(())
    }

    /// Writes a field with a text, which may be one of the record's own.
    #[inline(always)]
    fn text(&mut self, at: At<'_>, text: &str, is_cell: bool) -> Option<()> {
        self.taken(at.known(), text)?;
        self.lead(at);
        self.inside(text, is_cell);
        Some(())
    }

    /// Writes a text without its quotes.
    #[inline]
    pub(super) fn inside(&mut self, text: &str, is_cell: bool) {
        match is_cell && self.plain {
            true => self.out.extend_from_slice(text.as_bytes()),
            false => write_inside(text, self.out),
        }
    }

    /// Writes a field with a date, which may have to be one that the target takes.
    #[inline]
    fn date(&mut self, at: At<'_>, date: PartialDate, any_date: bool) -> Option<()> {
        if !any_date || !(1..=9999).contains(&date.year()) {
            return self.text(at, &date.to_string(), false);
        }
        self.lead(at);
        date.write(self.out);
        Some(())
    }

    /// Whether the target takes a text.
    #[inline]
    pub(super) fn taken(&self, known: Option<Known>, text: &str) -> Option<()> {
        let place = self.fused.zip(known);
        place.is_none_or(|(fused, known)| fused.takes_text(known, text)).then_some(())
    }
}
