//! Writing a document by its page, heard by the judge of the target's schema.

use crate::format::events::ScalarKind;
use crate::schema::{Judge, Known};

use super::super::group::Made;
use super::super::json::{write_plain, write_text};
use super::super::target::Takes;
use super::super::value::Value;
use super::{Content, Page, Step, Titles};

/// Who hears what is written.
pub(super) trait Hearing {
    fn field(&mut self, known: Option<Known>);
    fn open(&mut self, list: bool);
    fn close(&mut self, list: bool);
    fn scalar(&mut self, kind: ScalarKind, text: &str);
}

/// Nobody.
pub(super) struct Unjudged;

impl Hearing for Unjudged {
    #[inline]
    fn field(&mut self, _: Option<Known>) {}
    #[inline]
    fn open(&mut self, _: bool) {}
    #[inline]
    fn close(&mut self, _: bool) {}
    #[inline]
    fn scalar(&mut self, _: ScalarKind, _: &str) {}
}

/// The judge of the target's schema.
pub(super) struct Judged<'j, 's>(pub(super) &'j mut Judge<'s>);

impl Hearing for Judged<'_, '_> {
    #[inline]
    fn field(&mut self, known: Option<Known>) {
        if let Some(known) = known {
            self.0.known(known);
        }
    }

    #[inline]
    fn open(&mut self, list: bool) {
        if list { self.0.begin_array() } else { self.0.begin_object() }
    }

    #[inline]
    fn close(&mut self, list: bool) {
        if list { self.0.end_array() } else { self.0.end_object() }
    }

    #[inline]
    fn scalar(&mut self, kind: ScalarKind, text: &str) {
        self.0.scalar(kind, text, false);
    }
}

/// A page that is being written.
pub(super) struct Writing<'s, 'o, J> {
    pub(super) titles: Titles<'s>,
    pub(super) judge: J,
    pub(super) out: &'o mut Vec<u8>,
}

impl<J: Hearing> Writing<'_, '_, J> {
    /// Writes what the page says of these results.
    pub(super) fn page(&mut self, page: &Page, made: &Made<'_>) {
        let mut at = 0;
        while let Some(step) = page.steps.get(at) {
            at += 1;
            match &step.content {
                Content::Result(rule, takes) => match made.values.get(*rule) {
                    None | Some(Value::Absent) => {}
                    Some(value) => {
                        self.begin(step);
                        self.value(value, *takes);
                    }
                },
                Content::Results(rules) => self.results(step, rules, made),
                Content::Fixed(text) => {
                    self.begin(step);
                    self.text(text);
                }
                Content::Scheme => {
                    self.begin(step);
                    self.text(self.titles.scheme);
                }
                Content::RecordId => {
                    self.begin(step);
                    self.text(self.titles.record_id);
                }
                // The document itself is written whatever it holds.
                Content::Open { list, feeds, steps } => {
                    if at == 1 || feeds.hold(made) {
                        self.begin(step);
                        self.judge.open(*list);
                        self.out.push(if *list { b'[' } else { b'{' });
                    } else {
                        at += steps - 1;
                    }
                }
                Content::Close { list } => {
                    self.judge.close(*list);
                    self.out.push(if *list { b']' } else { b'}' });
                }
                Content::Each(group, feeds, item) => {
                    let (items, inner) = (made.groups.get(*group), self.titles.groups.get(*group));
                    let (Some(items), Some(inner)) = (items, inner) else { continue };
                    let outer = self.titles;
                    self.titles.groups = &inner.groups;
                    for made in items.iter().filter(|made| feeds.hold(made)) {
                        self.page(item, made);
                    }
                    self.titles = outer;
                }
            }
        }
    }

    /// Writes the key of a step; the comma before it only where something stands before.
    #[inline]
    fn begin(&mut self, step: &Step) {
        self.judge.field(step.known);
        match (self.out.last(), step.key.split_first()) {
            (None | Some(b'{' | b'['), Some((_, key))) => self.out.extend_from_slice(key),
            (_, Some(_)) => self.out.extend_from_slice(&step.key),
            (_, None) => {}
        }
    }

    fn results(&mut self, step: &Step, rules: &[usize], made: &Made<'_>) {
        let values = || rules.iter().filter_map(|rule| made.values.get(*rule));
        if !rules.iter().any(|rule| made.fed.has(*rule)) {
            return;
        }
        self.begin(step);
        self.judge.open(true);
        self.out.push(b'[');
        let mut first = true;
        for value in values() {
            match value {
                Value::Absent => {}
                Value::List(items) => items.iter().for_each(|item| self.item(item, &mut first)),
                Value::Text(text) => self.item(text, &mut first),
                Value::Date(date) => self.item(&date.to_string(), &mut first),
            }
        }
        self.judge.close(true);
        self.out.push(b']');
    }

    fn item(&mut self, text: &str, first: &mut bool) {
        if !std::mem::take(first) {
            self.out.push(b',');
        }
        self.text(text);
    }

    #[inline]
    fn text(&mut self, text: &str) {
        self.judge.scalar(ScalarKind::Text, text);
        write_text(text, self.out);
    }

    fn value(&mut self, value: &Value<'_>, takes: Takes) {
        let list = takes == Takes::Texts || matches!(value, Value::List(_));
        if list {
            self.judge.open(true);
            self.out.push(b'[');
        }
        match (value, takes) {
            (Value::Text(truth), Takes::Boolean) if matches!(&**truth, "true" | "false") => {
                self.judge.scalar(ScalarKind::Boolean, truth);
                self.out.extend_from_slice(truth.as_bytes());
            }
            (Value::Text(text), _) => self.text(text),
            (Value::Date(date), _) if (0..=9999).contains(&date.year()) => {
                let text = date.text();
                self.judge.scalar(ScalarKind::Text, text.as_str());
                write_plain(text.as_bytes(), self.out);
            }
            (Value::Date(date), _) => self.text(&date.to_string()),
            (Value::List(items), _) => {
                let mut first = true;
                items.iter().for_each(|item| self.item(item, &mut first));
            }
            (Value::Absent, _) => {}
        }
        if list {
            self.judge.close(true);
            self.out.push(b']');
        }
    }
}
