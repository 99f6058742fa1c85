//! Judging a document as it passes by.

use std::sync::Arc;

use super::super::Repeats;
use super::{Fused, ROOT, Rules, RulesId, UNKNOWN, kind};
use crate::format::events::ScalarKind;

/// Of a field that a closed object does not know: an absent cell may stand there, a value may not.
pub(super) const FORBIDDEN: RulesId = RulesId::MAX;

/// A place of documents that has been looked up: its rules, and its bit among the fields of its object.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Known(pub(super) RulesId, pub(super) u64);

impl Fused {
    /// The document itself.
    #[must_use]
    pub const fn document(&self) -> Known {
        Known(ROOT, 0)
    }

    /// A field of an object.
    #[must_use]
    pub fn field(&self, object: Known, name: &str) -> Known {
        let rules = self.rules(object.0);
        match rules.field(name).and_then(|index| Some((index, rules.fields.get(index)?))) {
            Some((index, (_, below))) => Known(*below, 1 << index),
            None => Known(if rules.closed { FORBIDDEN } else { UNKNOWN }, 0),
        }
    }

    /// The items of a list.
    #[must_use]
    pub fn items(&self, list: Known) -> Known {
        Known(self.rules(list.0).items, 0)
    }
}

/// Follows the events of one document after the other. It sees them as
/// [`ValueSink`](super::super::ValueSink) would build them: cells that count as absent are not there,
/// and in XML the schema says what is a list and what is a group.
pub struct Judge<'s> {
    fused: &'s Fused,
    repeats: Repeats,
    keeps_nulls: bool,
    open: Vec<Open>,
    /// The rules of the value that comes next, and its bit among the fields of its object.
    next: (RulesId, u64),
    certain: bool,
    whole: bool,
    /// For each place and each of its fields the one that came next when it was seen last: documents
    /// of one sender have their fields in one order.
    follows: Vec<Box<[u32]>>,
    /// The header of the rows that come, and for each of its columns the rules and the bit.
    columns: (Option<Arc<[String]>>, Vec<Known>),
}

/// An object or array that is open.
struct Open {
    rules: RulesId,
    array: bool,
    seen: u64,
    /// Items of an array; of an object the field that came last, counted from 1.
    count: usize,
}

impl<'s> Judge<'s> {
    /// For documents of a schema.
    #[must_use]
    pub fn new(fused: &'s Fused, repeats: Repeats) -> Self {
        Self {
            fused,
            repeats,
            keeps_nulls: false,
            open: Vec::new(),
            next: (ROOT, 0),
            certain: true,
            whole: false,
            follows: fused
                .rules
                .iter()
                .map(|rules| vec![0; rules.fields.len() + 1].into())
                .collect(),
            columns: (None, Vec::new()),
        }
    }

    /// Every null is a value: for documents that are passed on as they are.
    #[must_use]
    pub fn keeping_nulls(self, keeps_nulls: bool) -> Self {
        Self { keeps_nulls, ..self }
    }

    /// Forgets the document, to judge another.
    pub fn clear(&mut self) {
        self.open.clear();
        self.next = (ROOT, 0);
        self.certain = true;
        self.whole = false;
    }

    /// Whether the document was whole and certainly follows the schema.
    #[must_use]
    pub const fn accepts(&self) -> bool {
        self.certain && self.whole
    }

    /// An object begins.
    #[inline]
    pub fn begin_object(&mut self) {
        if !self.certain {
            return;
        }
        let rules = self.put();
        self.certain &= self.fused.rules(rules).group(kind::OBJECT);
        self.open.push(Open { rules, array: false, seen: 0, count: 0 });
    }

    /// The key of the next value.
    #[inline]
    pub fn key(&mut self, name: &str) {
        if !self.certain {
            return;
        }
        let Some(open) = self.open.last_mut() else { return };
        let rules = self.fused.rules(open.rules);
        let follows =
            self.follows.get_mut(open.rules as usize).and_then(|after| after.get_mut(open.count));
        let Some(follows) = follows else { return };
        let field = match rules.fields.get(*follows as usize) {
            Some((known, _)) if **known == *name => Some(*follows as usize),
            _ => rules.field(name),
        };
        self.next = match field.and_then(|index| Some((index, rules.fields.get(index)?))) {
            Some((index, (_, below))) => {
                *follows = u32::try_from(index).unwrap_or_default();
                open.count = index + 1;
                (*below, 1 << index)
            }
            None => (if rules.closed { FORBIDDEN } else { UNKNOWN }, 0),
        };
    }

    /// The next value is that of a field that has been looked up.
    #[inline]
    pub const fn known(&mut self, Known(rules, bit): Known) {
        self.next = (rules, bit);
    }

    /// A row begins, which is one object with a field for each column; its cells come by
    /// [`Judge::cell`].
    pub fn begin_row(&mut self, header: &Arc<[String]>) {
        self.begin_object();
        let known = self.columns.0.as_ref().is_some_and(|known| Arc::ptr_eq(known, header));
        if known {
            return;
        }
        let row = Known(self.open.last().map_or(UNKNOWN, |open| open.rules), 0);
        let column = |name: &String| self.fused.field(row, name);
        self.columns = (Some(Arc::clone(header)), header.iter().map(column).collect());
    }

    /// The cell of a column; `absent` says that its text counts as no text.
    #[inline]
    pub fn cell(&mut self, column: usize, text: &str, absent: bool) {
        if !self.certain || absent {
            return;
        }
        let Some(Known(rules, bit)) = self.columns.1.get(column) else { return };
        if let Some(open) = self.open.last_mut() {
            open.seen |= bit;
        }
        self.certain &= *rules != FORBIDDEN && self.fused.rules(*rules).text(text);
    }

    /// The current object ends.
    #[inline]
    pub fn end_object(&mut self) {
        if !self.certain {
            return;
        }
        let Some(open) = self.open.pop() else { return };
        self.certain &= self.fused.rules(open.rules).whole(open.seen);
        self.whole = self.open.is_empty();
    }

    /// An array begins.
    #[inline]
    pub fn begin_array(&mut self) {
        // In XML nothing comes with brackets but examples written by people.
        if !self.certain || self.repeats == Repeats::BySchema {
            self.certain = false;
            return;
        }
        let rules = self.put();
        self.certain &= self.fused.rules(rules).group(kind::ARRAY);
        self.open.push(Open { rules, array: true, seen: 0, count: 0 });
    }

    /// The current array ends.
    #[inline]
    pub fn end_array(&mut self) {
        if !self.certain {
            return;
        }
        let Some(open) = self.open.pop() else { return };
        let rules = self.fused.rules(open.rules);
        self.certain &= (rules.min_items..=rules.max_items).contains(&open.count);
        self.whole = self.open.is_empty();
    }

    /// A scalar; `absent` says that its text counts as no text.
    #[inline]
    pub fn scalar(&mut self, kind: ScalarKind, text: &str, absent: bool) {
        if !self.certain {
            return;
        }
        if self.open.is_empty() {
            self.certain = false;
            return;
        }
        let absent = match kind {
            ScalarKind::Text => absent,
            ScalarKind::Null => !self.keeps_nulls && !self.takes_null(),
            ScalarKind::Number | ScalarKind::Boolean => false,
        };
        if self.repeats == Repeats::BySchema && kind == ScalarKind::Text && self.takes_group() {
            let rules = self.put();
            self.certain &= self.element(rules, (!absent).then_some(text));
            return;
        }
        if absent {
            return;
        }
        let rules = self.put();
        let rules = self.fused.rules(rules);
        self.certain &= match kind {
            ScalarKind::Text => rules.text(text),
            ScalarKind::Number => rules.number(text),
            ScalarKind::Boolean => rules.boolean(text == "true"),
            ScalarKind::Null => rules.null(),
        };
    }

    /// Whether the schema names null among the next values; else it is none.
    fn takes_null(&self) -> bool {
        let rules = match self.open.last() {
            Some(open) if open.array => self.fused.rules(self.fused.rules(open.rules).items),
            _ => self.fused.rules(self.next.0),
        };
        let in_object = self.open.last().is_some_and(|open| !open.array);
        if in_object && self.repeats == Repeats::BySchema && rules.only(kind::ARRAY) {
            return self.fused.rules(rules.items).takes_null;
        }
        rules.takes_null
    }

    /// Whether the schema knows the next value, or the items of the list that it is one of, as a group.
    fn takes_group(&self) -> bool {
        let rules = self.fused.rules(self.next.0);
        let rules = if rules.only(kind::ARRAY) { self.fused.rules(rules.items) } else { rules };
        rules.only(kind::OBJECT)
    }

    /// An element with nothing but text, where the schema knows a group.
    fn element(&self, rules: RulesId, text: Option<&str>) -> bool {
        let rules = self.fused.rules(rules);
        let Some(text) = text else { return rules.whole(0) };
        match rules.field("#text").and_then(|index| Some((index, rules.fields.get(index)?))) {
            Some((index, (_, below))) => {
                self.fused.rules(*below).text(text) && rules.whole(1 << index)
            }
            None => !rules.closed && rules.whole(0),
        }
    }

    /// Takes note that a value is there, and gives the rules that it is judged by.
    fn put(&mut self) -> RulesId {
        let (rules, bit) = std::mem::replace(&mut self.next, (UNKNOWN, 0));
        self.certain &= rules != FORBIDDEN;
        let Some(open) = self.open.last_mut() else { return rules };
        if open.array {
            open.count += 1;
            return self.fused.rules(open.rules).items;
        }
        let again = open.seen & bit != 0;
        open.seen |= bit;
        if self.repeats == Repeats::AsWritten {
            return rules;
        }
        let list: &Rules = self.fused.rules(rules);
        if list.only(kind::ARRAY) {
            // How many items a repeated element has is known too late.
            self.certain &=
                (list.min_items, list.max_items) == (0, usize::MAX) && list.codes.is_none();
            return list.items;
        }
        self.certain &= !again;
        rules
    }
}
