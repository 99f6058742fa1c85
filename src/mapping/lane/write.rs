//! Writing a document on the short way.

use smallvec::SmallVec;

use crate::model::PartialDate;
use crate::schema::{Fused, Known};

use super::super::function::phone;
use super::super::json::write_text;
use super::super::page::Titles;
use super::super::program::{Program, Rule};
use super::super::scene::{Named, Scene};
use super::super::target::Takes;
use super::super::value::Value;
use super::short::{End, Found, Short, by_rule, is_whole};
use super::{Content, Lane, Step};

impl Lane {
    /// Writes the document of a record into `out`, which is empty, and leaves the named values in `named`;
    /// false when something may be wrong, and then both hold anything.
    pub fn write<'r>(
        &'r self,
        program: &'r Program,
        scene: &Scene<'_, 'r>,
        titles: Titles<'_>,
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
        let mut writing = Writing { titles, fused, open: SmallVec::new(), out };
        writing.document(self, program, &scene).is_some()
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
    titles: Titles<'w>,
    pub(super) fused: Option<&'w Fused>,
    open: SmallVec<[Open; 8]>,
    pub(super) out: &'w mut Vec<u8>,
}

/// A group or list that is open.
pub(super) struct Open {
    /// Where it begins, its key included.
    start: usize,
    known: Option<Known>,
    /// Bits of the fields that are there.
    fields: u64,
    items: usize,
    /// Whether something of the record is in it: constants alone make no group.
    fed: bool,
}

impl Writing<'_> {
    fn document<'x>(
        &mut self,
        lane: &'x Lane,
        program: &'x Program,
        scene: &Scene<'x, 'x>,
    ) -> Option<()> {
        for step in &lane.steps {
            match &step.content {
                Content::Field { short, takes, any_date } => {
                    let rule = program.fields.get(short.rule)?;
                    if *takes == Takes::Texts {
                        self.texts(step, std::slice::from_ref(&**short), program, scene)?;
                    } else {
                        self.field(step, short, rule, scene, (*takes, *any_date))?;
                    }
                }
                Content::Fixed => {
                    self.begin(&step.key);
                    self.put(step.known, false);
                }
                Content::Open => {
                    let start = self.out.len();
                    self.begin(&step.key);
                    let open = Open { start, known: step.known, fields: 0, items: 0, fed: false };
                    self.open.push(open);
                }
                Content::Close { list } => self.close(*list)?,
                Content::Scheme => self.text(step, self.titles.scheme, false)?,
                Content::RecordId => self.text(step, self.titles.record_id, true)?,
                Content::List(shorts) => self.texts(step, shorts, program, scene)?,
            }
        }
        Some(())
    }

    /// Writes a key; the comma before it only where something stands before.
    #[inline]
    pub(super) fn begin(&mut self, key: &[u8]) {
        match (self.out.last(), key.split_first()) {
            (Some(b'{' | b'['), Some((b',', rest))) => self.out.extend_from_slice(rest),
            _ => self.out.extend_from_slice(key),
        }
    }

    /// Takes note that a value stands in the innermost group.
    #[inline]
    pub(super) fn put(&mut self, known: Option<Known>, fed: bool) {
        if let Some(open) = self.open.last_mut() {
            open.fields |= known.map_or(0, Known::bit);
            open.items += 1;
            open.fed |= fed;
        }
    }

    /// Ends the innermost group, or takes it back.
    fn close(&mut self, list: bool) -> Option<()> {
        let open = self.open.pop()?;
        // The document itself is written whatever it holds.
        if !open.fed && !self.open.is_empty() {
            self.out.truncate(open.start);
            return Some(());
        }
        if let Some((fused, known)) = self.fused.zip(open.known) {
            let fine = match list {
                true => fused.is_filled(known, open.items),
                false => fused.is_whole(known, open.fields),
            };
            fine.then_some(())?;
        }
        self.out.push(if list { b']' } else { b'}' });
        self.put(open.known, true);
        Some(())
    }

    /// Writes the result of a rule that is no list.
    #[inline]
    fn field<'x>(
        &mut self,
        step: &Step,
        short: &'x Short,
        rule: &'x Rule,
        scene: &Scene<'x, 'x>,
        (takes, any_date): (Takes, bool),
    ) -> Option<()> {
        if !short.applies(scene) {
            return Some(());
        }
        let text = match &short.end {
            End::Rule => return self.value(step, short, rule, scene, takes),
            End::Same { whole_day } => {
                return match short.same(scene) {
                    Value::Absent => Some(()),
                    Value::Date(date) if !whole_day || is_whole(*date) => {
                        self.date(step, *date, any_date, short.reads)
                    }
                    Value::Date(_) => None,
                    Value::Text(_) | Value::List(_) => self.value(step, short, rule, scene, takes),
                };
            }
            End::Chosen(branches) => {
                let holds = |when: &Option<_>| when.as_ref().is_none_or(|when| scene.holds(when));
                if let Some((_, code)) = branches.iter().find(|(when, _)| holds(when)) {
                    self.quoted(step, code, short.reads);
                }
                return Some(());
            }
            End::Text | End::Codes(_) | End::Date(_) | End::Words(_) | End::Phone(_) => {
                match short.found(scene) {
                    Found::Absent => return Some(()),
                    Found::Text(text) => short.clean(text),
                    Found::Other => None,
                }
            }
        };
        let Some(text) = text else { return self.value(step, short, rule, scene, takes) };
        match &short.end {
            End::Codes(codes) => match codes.find(text) {
                Some(code) => self.quoted(step, code, short.reads),
                None if codes.keeps() => self.text(step, text, short.reads)?,
                None => return None,
            },
            End::Date(day) => {
                self.date(step, day.read(text, scene)?, any_date, short.reads)?;
            }
            End::Phone(country) => {
                self.begin(&step.key);
                self.phone(step.known, text, country)?;
                self.put(step.known, short.reads);
            }
            End::Text | End::Same { .. } | End::Words(_) | End::Chosen(_) | End::Rule => {
                self.text(step, text, short.reads)?;
            }
        }
        Some(())
    }

    /// Writes what the rule itself makes.
    #[inline(never)]
    fn value<'x>(
        &mut self,
        step: &Step,
        short: &Short,
        rule: &'x Rule,
        scene: &Scene<'x, 'x>,
        takes: Takes,
    ) -> Option<()> {
        match by_rule(rule, scene)? {
            Value::Absent => Some(()),
            Value::Text(text) if takes == Takes::Boolean => {
                let place = self.fused.zip(step.known);
                place
                    .is_none_or(|(fused, known)| fused.takes_boolean(known, text == "true"))
                    .then_some(())?;
                self.quoted(step, text.as_bytes(), short.reads);
                Some(())
            }
            Value::Text(text) => self.text(step, &text, short.reads),
            Value::Date(date) => self.date(step, date, false, short.reads),
            Value::List(_) => None,
        }
    }

    /// Writes a phone number.
    pub(super) fn phone(&mut self, known: Option<Known>, text: &str, country: &str) -> Option<()> {
        let Some(code) = phone::as_dialled(text, country) else {
            let number = phone::read(text, country)?;
            self.taken(known, &number)?;
            write_text(&number, self.out);
            return Some(());
        };
        self.out.extend_from_slice(b"\"+");
        let start = self.out.len() - 1;
        self.out.extend_from_slice(code.as_bytes());
        self.out.extend_from_slice(text.as_bytes());
        if known.is_some() {
            let number = std::str::from_utf8(self.out.get(start..)?).ok()?;
            let place = self.fused.zip(known);
            place.is_none_or(|(fused, known)| fused.takes_text(known, number)).then_some(())?;
        }
        self.out.push(b'"');
        Some(())
    }

    /// Writes a field with a text.
    #[inline]
    fn text(&mut self, step: &Step, text: &str, fed: bool) -> Option<()> {
        self.taken(step.known, text)?;
        self.begin(&step.key);
        write_text(text, self.out);
        self.put(step.known, fed);
        Some(())
    }

    /// Writes a field with a value that the target takes, as JSON writes it.
    #[inline]
    fn quoted(&mut self, step: &Step, value: &[u8], fed: bool) {
        self.begin(&step.key);
        self.out.extend_from_slice(value);
        self.put(step.known, fed);
    }

    /// Writes a field with a date, which may have to be one that the target takes.
    #[inline]
    fn date(&mut self, step: &Step, date: PartialDate, any_date: bool, fed: bool) -> Option<()> {
        if !any_date || !(1..=9999).contains(&date.year()) {
            return self.text(step, &date.to_string(), fed);
        }
        self.begin(&step.key);
        self.out.push(b'"');
        date.write(self.out);
        self.out.push(b'"');
        self.put(step.known, fed);
        Some(())
    }

    /// Whether the target takes a text.
    #[inline]
    pub(super) fn taken(&self, known: Option<Known>, text: &str) -> Option<()> {
        let place = self.fused.zip(known);
        place.is_none_or(|(fused, known)| fused.takes_text(known, text)).then_some(())
    }
}
