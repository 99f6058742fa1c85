//! The short way of a record through a mapping: from its cells to the bytes of the target, without a
//! value, a problem or a tree in between.
//!
//! A lane only ever says "this is the document, and nothing is wrong with the record", or nothing at
//! all. What it is in doubt about goes through the rules ([`super::program`]), which tell every problem:
//! as with the judge of a schema, a record has one voice, and a property test holds the two together.
//! Most records of most files are sound, so that most take the short way.
//!
//! Rules of the usual forms (a text, a code, a date, the words of a name) become a [`Short`]; of any
//! other the lane has the result from the rule itself. A mapping with repeated groups has no lane.
//! [`Lane::new`] makes one, [`Lane::write`] runs it.

mod codes;
mod short;
mod texts;
mod write;

#[cfg(test)]
mod tests;

use crate::schema::{Fused, Known, Schema};

use super::json::write_text;
use super::program::{Origin, Program, Rule};
use super::target::{Branch, Takes};

use short::Short;

/// See the module.
#[derive(Debug)]
pub struct Lane {
    /// The named values.
    values: Box<[Short]>,
    steps: Box<[Step]>,
}

/// One step of writing the document.
#[derive(Debug)]
struct Step {
    /// The key with its quotes and colon, and the comma before it; of what is always the same its value
    /// too.
    key: Box<[u8]>,
    /// What the target's schema asks here; nothing where it asks for nothing.
    known: Option<Known>,
    content: Content,
}

/// What a step writes.
#[derive(Debug)]
enum Content {
    /// A group or list begins, whose end takes it back when nothing of the record is in it.
    Open,
    Close {
        list: bool,
    },
    /// What stands in the key already.
    Fixed,
    Scheme,
    RecordId,
    /// The result of a rule, and whether the schema takes every date here.
    Field {
        short: Box<Short>,
        takes: Takes,
        any_date: bool,
    },
    /// The results of several rules as one list.
    List(Box<[Short]>),
}

impl Lane {
    /// For the rules of a program and the tree of its target; none where the short way would never be
    /// certain.
    #[must_use]
    pub fn new(program: &Program, tree: &Branch, target: Option<&Schema>) -> Option<Self> {
        if !program.groups.is_empty() {
            return None;
        }
        let fused = match target {
            None => None,
            Some(schema) => Some(schema.fused()?).filter(|fused| !fused.asks_nothing()),
        };
        let mut laying = Laying { fields: &program.fields, fused, steps: Vec::new() };
        laying.branch(Box::default(), fused.map(Fused::document), tree)?;
        let values = program.values.iter().enumerate();
        let values = values.map(|(index, rule)| Short::of_value(index, rule)).collect();
        Some(Self { values, steps: laying.steps.into() })
    }
}

/// A lane that is being laid.
struct Laying<'p> {
    fields: &'p [Rule],
    fused: Option<&'p Fused>,
    steps: Vec<Step>,
}

impl Laying<'_> {
    /// Adds a part of the target; `None` when no document with it would follow the target's schema.
    fn branch(&mut self, key: Box<[u8]>, known: Option<Known>, branch: &Branch) -> Option<()> {
        if known.is_some_and(|known| self.fused.is_some_and(|fused| fused.forbids(known))) {
            return None;
        }
        match branch {
            Branch::Result { rule, takes } => self.field(key, known, *rule, *takes)?,
            Branch::Results(rules) => {
                self.takes_group(known, true)?;
                let shorts = rules.iter().map(|rule| {
                    Some(Short::of_field(
                        *rule,
                        self.fields.get(*rule)?,
                        Takes::Texts,
                        &|_: &str| true,
                    ))
                });
                let content = Content::List(shorts.collect::<Option<_>>()?);
                self.steps.push(Step { key, known, content });
            }
            Branch::Fixed(text) => self.fixed(key, known, text, false)?,
            Branch::Scheme => self.steps.push(Step { key, known, content: Content::Scheme }),
            Branch::RecordId => self.steps.push(Step { key, known, content: Content::RecordId }),
            Branch::Object(fields) => {
                self.open(key, known, false)?;
                for (name, below) in fields {
                    let mut key = vec![b','];
                    write_text(name, &mut key);
                    key.push(b':');
                    let known = self.fused.zip(known).map(|(fused, here)| fused.field(here, name));
                    self.branch(key.into(), known, below)?;
                }
                self.close(false);
            }
            Branch::List(items) => {
                self.open(key, known, true)?;
                let known = self.fused.zip(known).map(|(fused, here)| fused.items(here));
                for below in items {
                    self.branch(b",".to_vec().into(), known, below)?;
                }
                self.close(true);
            }
            Branch::Each { .. } => return None,
        }
        Some(())
    }

    fn field(
        &mut self,
        key: Box<[u8]>,
        known: Option<Known>,
        index: usize,
        takes: Takes,
    ) -> Option<()> {
        let rule = self.fields.get(index)?;
        if let (Origin::Constant(text), None, [], []) =
            (&rule.origin, &rule.when, rule.steps.as_slice(), rule.checks.as_slice())
            && takes != Takes::Texts
            && takes.fits(text)
        {
            return self.fixed(key, known, text, takes == Takes::Boolean);
        }
        if takes == Takes::Texts {
            self.takes_group(known, true)?;
        }
        let place = self.fused.zip(known);
        let taken = |text: &str| place.is_none_or(|(fused, known)| fused.takes_text(known, text));
        let short = Box::new(Short::of_field(index, rule, takes, &taken));
        let partly = takes != Takes::Day;
        let any_date = place.is_none_or(|(fused, known)| fused.takes_dates(known, partly));
        let content = Content::Field { short, takes, any_date };
        self.steps.push(Step { key, known, content });
        Some(())
    }

    /// Adds a value that is always the same.
    fn fixed(
        &mut self,
        key: Box<[u8]>,
        known: Option<Known>,
        text: &str,
        boolean: bool,
    ) -> Option<()> {
        let mut key = key.into_vec();
        if boolean {
            key.extend_from_slice(text.as_bytes());
        } else {
            write_text(text, &mut key);
        }
        let taken = self.fused.zip(known).is_none_or(|(fused, known)| match boolean {
            true => fused.takes_boolean(known, text == "true"),
            false => fused.takes_text(known, text),
        });
        self.steps.push(Step { key: key.into(), known, content: Content::Fixed });
        taken.then_some(())
    }

    fn open(&mut self, key: Box<[u8]>, known: Option<Known>, list: bool) -> Option<()> {
        self.takes_group(known, list)?;
        let mut key = key.into_vec();
        key.push(if list { b'[' } else { b'{' });
        self.steps.push(Step { key: key.into(), known, content: Content::Open });
        Some(())
    }

    fn close(&mut self, list: bool) {
        let content = Content::Close { list };
        self.steps.push(Step { key: Box::default(), known: None, content });
    }

    fn takes_group(&self, known: Option<Known>, list: bool) -> Option<()> {
        let place = self.fused.zip(known);
        place.is_none_or(|(fused, known)| fused.takes_group(known, list)).then_some(())
    }
}
