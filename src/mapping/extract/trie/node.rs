//! One node of the tree of wanted paths.

use crate::format::events::Key;

use super::super::super::path::{Order, Step, Which};

/// What a node stands for.
#[derive(Debug)]
pub enum Role {
    /// A field by its key.
    Field,
    /// One item of a repeated field.
    Nth(u32),
    /// Its last item.
    Last,
    /// Each of its items, as a list.
    All,
    /// The item that is chosen.
    Where(Choice),
    /// Each item has a frame of its own, in this scope.
    Each(u16),
    /// A column of an item of a wide row: its scope, the number of the item, the node of the field.
    Column(u16, u32, u32),
}

/// How an item is chosen.
#[derive(Debug)]
pub struct Choice {
    /// The selection as written, to share it among paths.
    pub(super) source: Vec<(Vec<Step>, String)>,
    pub(super) which: Option<Which>,
    pub(super) test_nodes: Vec<u32>,
    pub(super) key_node: Option<u32>,
    /// Which of the items that fit.
    pub pick: Pick,
    /// Slots and the texts that they must have.
    pub tests: Vec<(u16, Box<str>)>,
    /// First of the slots to which the cells of the chosen item move.
    pub finals: u16,
    /// Slot that is filled once an item has been chosen.
    pub done: u16,
}

/// Which of the items that fit is chosen.
#[derive(Debug)]
pub enum Pick {
    /// The first.
    First,
    /// The last.
    Last,
    /// All of them.
    All,
    /// The one that this order puts first, by the slot of the field.
    By(u16, Order),
}

/// A node of the trie.
#[derive(Debug)]
pub struct Node {
    /// What it stands for.
    pub role: Role,
    /// The name of a field; empty for what has none.
    pub name: Box<str>,
    /// The same as JSON writes it.
    pub key: Key,
    /// Fields of the group.
    pub fields: Vec<(Box<str>, u32)>,
    /// Items of the repeated field.
    pub items: Vec<u32>,
    /// The scope of its frames.
    pub scope: u16,
    /// Where the cell goes.
    pub slot: Option<u16>,
    /// Whether cells are collected to a list.
    pub list: bool,
    /// Slots of the node and all below it in its scope: from.
    pub from: u16,
    /// To, not included.
    pub to: u16,
    pub(super) wanted: Vec<(usize, usize)>,
}

impl Node {
    /// Whether its cell is all that is wanted of it: one text of a field that stands once.
    #[inline]
    #[must_use]
    pub const fn is_plain(&self) -> bool {
        matches!(self.role, Role::Field) && self.items.is_empty() && !self.list && self.scope == 0
    }

    pub(super) fn new(role: Role) -> Self {
        Self {
            role,
            name: Box::default(),
            key: Key::new(""),
            fields: Vec::new(),
            items: Vec::new(),
            scope: 0,
            slot: None,
            list: false,
            from: 0,
            to: 0,
            wanted: Vec::new(),
        }
    }
}
