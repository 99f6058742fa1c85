//! Reading a record whose wanted cells are all plain fields: one text each, in groups that stand once.
//! Most senders write no other, and such a record needs no frames, no lists and no selections.
//!
//! What the sender's schema asks of each field is looked up beforehand and judged in the same go. As with
//! the judge of a schema, the answer is "these are the cells, and the record follows its schema" or
//! nothing at all: then [`super::Extractor`] and the judge read it again, and tell what there is to tell.

mod columns;

use std::borrow::Cow;

use smallvec::SmallVec;

use crate::format::events::{Events, Key, Row, Scalar, ScalarKind};
use crate::schema::{Absent, Fused, Known, Repeats, Schema};

use super::cells::{Cells, Slot};
use super::memory::{Memory, after, first};
use super::trie::{Node, Role, Trie};

use columns::Columns;

/// Fields of a group are told apart by the bits of one word.
const MOST_FIELDS: usize = 64;
/// Deeper groups than this are left to the extractor.
const DEEPEST: usize = 16;
/// The element itself.
const ROOT: u32 = 0;

/// See the module.
#[derive(Debug)]
pub struct Straight {
    fields: Vec<Field>,
    repeats: Repeats,
}

/// A field that is wanted, or of which the schema asks something.
#[derive(Debug)]
struct Field {
    name: Box<str>,
    /// The name as JSON writes it.
    key: Key,
    /// Where its text goes, when it is wanted.
    slot: Option<u16>,
    /// What the sender's schema asks of it.
    known: Option<Known>,
    shape: Shape,
    /// Its place among the fields of its group, as a bit.
    bit: u64,
    /// The fields of the group.
    fields: Vec<u32>,
}

/// What the sender's schema takes for a field.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Shape {
    /// It may be a group.
    group: bool,
    /// As a group it may have fields that are not known.
    open: bool,
    /// It may be no group: in XML, which does not tell, a text is read as a group where only one may
    /// stand.
    scalar: bool,
}

impl Straight {
    /// For the wanted paths of a mapping; none when one of them is more than a plain field, or when the
    /// sender's schema cannot be judged in passing.
    #[must_use]
    pub fn new(trie: &Trie, schema: Option<&Schema>, repeats: Repeats) -> Option<Self> {
        let fused = match schema {
            None => None,
            Some(schema) => Some(schema.fused()?).filter(|fused| !fused.asks_nothing()),
        };
        let mut straight = Self { fields: Vec::new(), repeats };
        let known = fused.map(Fused::document);
        (trie.scopes() == 1).then_some(())?;
        straight.add("", Some(trie.node(ROOT)), trie, fused.zip(known), 0)?;
        Some(straight)
    }

    fn add(
        &mut self,
        name: &str,
        wanted: Option<&Node>,
        trie: &Trie,
        place: Option<(&Fused, Known)>,
        depth: usize,
    ) -> Option<u32> {
        let plain = wanted.is_none_or(|node| {
            matches!(node.role, Role::Field) && node.items.is_empty() && !node.list
        });
        let list = place.is_some_and(|(fused, known)| fused.is_only_list(known));
        (plain && !list && depth < DEEPEST && name != "#text").then_some(())?;
        let index = u32::try_from(self.fields.len()).ok()?;
        self.fields.push(Field {
            name: name.into(),
            key: Key::new(name),
            slot: wanted.and_then(|node| node.slot),
            known: place.map(|(_, known)| known),
            shape: place.map_or(
                Shape { group: true, open: true, scalar: true },
                |(fused, known)| Shape {
                    group: fused.takes_group(known, false) && !fused.forbids(known),
                    open: !fused.is_closed(known),
                    scalar: !fused.is_only_group(known) && !fused.forbids(known),
                },
            ),
            bit: 0,
            fields: Vec::new(),
        });
        let mut names: Vec<&str> = Vec::new();
        let own: &[(Box<str>, u32)] = wanted.map_or(&[], |node| &node.fields);
        names.extend(own.iter().map(|(name, _)| &**name));
        for name in place.into_iter().flat_map(|(fused, known)| fused.names(known)) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        (names.len() <= MOST_FIELDS).then_some(())?;
        for (place_in_group, name) in names.into_iter().enumerate() {
            let wanted = own.iter().find(|(own, _)| **own == *name);
            let wanted = wanted.map(|(_, node)| trie.node(*node));
            let place = place.map(|(fused, known)| (fused, fused.field(known, name)));
            let field = self.add(name, wanted, trie, place, depth + 1)?;
            self.fields.get_mut(field as usize)?.bit = 1 << place_in_group;
            self.fields.get_mut(index as usize)?.fields.push(field);
        }
        Some(index)
    }

    fn field(&self, index: u32) -> &Field {
        &self.fields[index as usize]
    }

    /// The field of a group.
    fn named(&self, group: u32, name: &str) -> Option<u32> {
        let fields = &self.field(group).fields;
        fields.iter().copied().find(|field| *self.field(*field).name == *name)
    }

    /// Reads a record with `walk`, which replays it and tells whether it is sound; nothing in doubt.
    pub fn read<'t, 'r>(
        &'t self,
        trie: &Trie,
        fused: Option<&'t Fused>,
        empty: &'t [String],
        memory: &mut Memory,
        walk: impl FnOnce(&mut Reading<'t, 'r, '_>) -> bool,
    ) -> Option<Cells<'r>> {
        let slots = memory.begin(trie);
        memory.straight.follows.resize(2 * self.fields.len(), 0);
        let mut reading = Reading {
            straight: self,
            fused,
            empty: Absent::new(empty),
            order: &mut memory.straight,
            levels: SmallVec::new(),
            next: Some(ROOT),
            skipping: 0,
            at: 0,
            certain: true,
            plain: self.repeats == Repeats::AsWritten,
            cells: Cells::new(trie, slots),
        };
        let sound = walk(&mut reading) && reading.certain && reading.next.is_none();
        let mut cells = reading.cells;
        cells.set_plain(reading.plain);
        if sound {
            return Some(cells);
        }
        memory.end(cells);
        None
    }
}

/// What is kept from one record to the next: the order in which fields come.
#[derive(Default)]
pub struct Order {
    /// For each field the one that came first in it ([`first`]) and the one that came after it
    /// ([`after`]); 0 when nothing is known.
    follows: Vec<u32>,
    columns: Columns,
}

/// A record that is being read.
pub struct Reading<'t, 'r, 'm> {
    straight: &'t Straight,
    fused: Option<&'t Fused>,
    empty: Absent<'t>,
    order: &'m mut Order,
    levels: SmallVec<[Level; 8]>,
    /// The field whose value comes next; none of a key that nobody asks for.
    next: Option<u32>,
    /// How many groups and lists are open within a value that nobody asks for.
    skipping: u32,
    /// Where the last text stood.
    at: u32,
    certain: bool,
    /// Whether JSON takes all texts as they are: those that it has written without an escape, which XML
    /// does not tell.
    plain: bool,
    cells: Cells<'r>,
}

/// A group that is open.
struct Level {
    group: u32,
    /// Bits of the fields that have come.
    came: u64,
    /// Bits of the fields that the schema sees.
    seen: u64,
    /// Where [`Order::follows`] says which field comes next.
    after: usize,
}

impl<'t, 'r> Reading<'t, 'r, '_> {
    /// Takes note that a field of the innermost group has come, and whether the schema sees it.
    #[inline]
    fn put(&mut self, field: &Field, seen: bool) {
        if let Some(level) = self.levels.last_mut() {
            // A list that is written by repeating its name, as in XML, is no plain field.
            self.certain &=
                self.straight.repeats == Repeats::AsWritten || level.came & field.bit == 0;
            level.came |= field.bit;
            level.seen |= if seen { field.known.map_or(0, Known::bit) } else { 0 };
        }
    }

    /// Judges and keeps the value of a field.
    #[inline]
    fn take(&mut self, field: &'t Field, scalar: Scalar<'r>) {
        let absent = self.empty.holds(&scalar.text);
        let asked = self.fused.zip(field.known);
        let seen = match scalar.kind {
            ScalarKind::Text => !absent,
            ScalarKind::Null => asked.is_some_and(|(fused, known)| fused.names_null(known)),
            ScalarKind::Number | ScalarKind::Boolean => true,
        };
        self.put(field, seen);
        if let Some((fused, known)) = asked
            && seen
        {
            self.certain &= field.shape.scalar
                && match scalar.kind {
                    ScalarKind::Text => fused.takes_text(known, &scalar.text),
                    ScalarKind::Number => fused.takes_number(known, &scalar.text),
                    ScalarKind::Boolean => fused.takes_boolean(known, scalar.text == "true"),
                    // One that the schema names may stand there.
                    ScalarKind::Null => true,
                };
        }
        let Some(slot) = field.slot else { return };
        self.plain &= matches!(scalar.text, Cow::Borrowed(_));
        let slot = self.cells.slot(0, 0, slot);
        self.certain &= matches!(slot, Slot::Absent);
        *slot = match absent || scalar.kind == ScalarKind::Null {
            true => Slot::Empty(scalar.at),
            false => Slot::Text(scalar.text, scalar.at),
        };
    }

    /// The field that is likely to come next.
    #[inline]
    fn expected(&self) -> Option<&'t Field> {
        let level = self.levels.last().filter(|_| self.skipping == 0)?;
        let follows = *self.order.follows.get(level.after)?;
        (follows > 0).then(|| self.straight.field(follows))
    }

    /// Ends the innermost group.
    fn end(&mut self, level: &Level) {
        if let Some((fused, known)) = self.fused.zip(self.straight.field(level.group).known) {
            self.certain &= fused.is_whole(known, level.seen);
        }
    }
}

impl<'r> Events<'r> for Reading<'_, 'r, '_> {
    fn begin_object(&mut self) {
        let Some(group) = self.next.take().filter(|_| self.skipping == 0) else {
            self.skipping += 1;
            return;
        };
        let field = self.straight.field(group);
        self.certain &= field.shape.group;
        self.put(field, true);
        if let Some(slot) = field.slot {
            let slot = self.cells.slot(0, 0, slot);
            self.certain &= matches!(slot, Slot::Absent);
            *slot = Slot::Group(1, self.at);
        }
        self.levels.push(Level { group, came: 0, seen: 0, after: first(group) });
    }

    #[inline]
    fn key(&mut self, name: Cow<'r, str>) {
        let Some(level) = self.levels.last_mut().filter(|_| self.skipping == 0) else { return };
        let Some(follows) = self.order.follows.get_mut(level.after) else { return };
        let predicted = *follows > 0 && *self.straight.field(*follows).name == *name;
        let found =
            if predicted { Some(*follows) } else { self.straight.named(level.group, &name) };
        match found {
            Some(field) => {
                *follows = field;
                level.after = after(field);
            }
            // The text of an element with attributes is the element itself, not a field of it.
            None => {
                self.certain &= self.straight.field(level.group).shape.open && name != "#text";
            }
        }
        self.next = found;
    }

    #[inline]
    fn expects(&self) -> Option<&Key> {
        self.expected().map(|field| &field.key)
    }

    #[inline]
    fn as_expected(&mut self) {
        let Some(level) = self.levels.last_mut() else { return };
        let follows = self.order.follows.get(level.after).copied().unwrap_or(ROOT);
        level.after = after(follows);
        self.next = Some(follows);
    }

    fn attribute(&mut self, name: &'r str) {
        let expected = self.expected();
        match expected.filter(|field| field.name.strip_prefix('@') == Some(name)) {
            Some(_) => self.as_expected(),
            None => self.key(Cow::Owned(format!("@{name}"))),
        }
    }

    #[inline]
    fn end_object(&mut self) {
        if self.skipping > 0 {
            self.skipping -= 1;
        } else if let Some(level) = self.levels.pop() {
            self.end(&level);
        }
    }

    fn begin_array(&mut self) {
        // The list of a field that somebody asks for is more than a plain field.
        self.certain &= self.skipping > 0 || self.next.is_none();
        self.next = None;
        self.skipping += 1;
    }

    fn end_array(&mut self) {
        self.skipping = self.skipping.saturating_sub(1);
    }

    #[inline]
    fn scalar(&mut self, scalar: Scalar<'r>) {
        self.at = scalar.at;
        match self.next.take() {
            // The element itself is a group.
            Some(ROOT) => self.certain = false,
            Some(field) if self.skipping == 0 => self.take(self.straight.field(field), scalar),
            Some(_) | None => {}
        }
    }

    fn row(&mut self, row: &Row<'r>) {
        self.take_row(row);
    }
}
