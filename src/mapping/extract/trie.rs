//! All wanted paths as one tree, with a slot for each.

use super::super::path::{SourcePath, Step};

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
    /// The first item that fits.
    Where(Choice),
    /// Each item is a record of this kind.
    Each(u16),
}

/// How an item is chosen.
#[derive(Debug)]
pub struct Choice {
    /// The selection as written, to share it among paths.
    source: Vec<(Vec<Step>, String)>,
    test_nodes: Vec<u32>,
    /// Slots and the texts that they must have.
    pub tests: Vec<(u16, Box<str>)>,
    /// First of the slots to which the cells of the chosen item move.
    pub finals: u16,
    /// Slot that is filled once an item has been chosen.
    pub done: u16,
}

/// A node of the trie.
#[derive(Debug)]
pub struct Node {
    /// What it stands for.
    pub role: Role,
    /// Fields of the group.
    pub fields: Vec<(Box<str>, u32)>,
    /// Items of the repeated field.
    pub items: Vec<u32>,
    /// Where the cell goes.
    pub slot: Option<u16>,
    /// Whether cells are collected to a list.
    pub list: bool,
    /// Slots of the node and all below it: from.
    pub from: u16,
    /// To, not included.
    pub to: u16,
    wanted: Vec<(usize, usize)>,
}

/// All wanted paths.
#[derive(Debug)]
pub struct Trie {
    nodes: Vec<Node>,
    slots: u16,
}

/// Where the cell of a wanted path is found.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wanted {
    /// In the record's own slots.
    Own(u16),
    /// In the slots of the element around it.
    Around(u16),
    /// Nowhere: the record has nothing around it.
    Never,
}

impl Trie {
    /// For these paths; `each` are the paths of nested records.
    ///
    /// Gives, beside the trie, where each path is found: first for the element itself, then for
    /// each kind of nested record.
    #[must_use]
    pub fn new(paths: &[SourcePath], each: &[SourcePath]) -> (Self, Vec<Vec<Wanted>>) {
        let mut trie = Self { nodes: vec![Node::new(Role::Field)], slots: 0 };
        for (index, path) in paths.iter().enumerate() {
            let node = trie.insert(0, &path.steps, false);
            trie.nodes[node as usize].wanted.push((0, index));
        }
        for (kind, each) in each.iter().enumerate() {
            let field = each.steps.iter().fold(0, |at, step| match step {
                Step::Key(key) => trie.child(at, key),
                other => trie.item(at, other),
            });
            let record = trie.push(Role::Each(u16::try_from(kind).unwrap_or(u16::MAX)));
            trie.nodes[field as usize].items.push(record);
            for (index, path) in paths.iter().enumerate().filter(|(_, path)| !path.up) {
                let node = trie.insert(record, &path.steps, false);
                trie.nodes[node as usize].wanted.push((kind + 1, index));
            }
        }
        let mut placed = Vec::new();
        trie.number(0, &mut placed);
        let mut found = vec![vec![Wanted::Never; paths.len()]; each.len() + 1];
        for (kind, index, slot) in placed {
            if paths[index].up {
                for nested in found.iter_mut().skip(1) {
                    nested[index] = Wanted::Around(slot);
                }
            } else {
                found[kind][index] = Wanted::Own(slot);
            }
        }
        (trie, found)
    }

    /// Number of slots.
    #[must_use]
    pub fn slots(&self) -> usize {
        usize::from(self.slots)
    }

    /// Number of nodes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// A node.
    #[must_use]
    pub fn node(&self, index: u32) -> &Node {
        &self.nodes[index as usize]
    }

    /// The node of a field of a group.
    #[must_use]
    pub fn field(&self, node: u32, name: &str) -> Option<u32> {
        self.node(node).fields.iter().find(|(key, _)| **key == *name).map(|(_, node)| *node)
    }

    fn push(&mut self, role: Role) -> u32 {
        self.nodes.push(Node::new(role));
        u32::try_from(self.nodes.len() - 1).unwrap_or(u32::MAX)
    }

    fn insert(&mut self, from: u32, steps: &[Step], list: bool) -> u32 {
        let Some((step, rest)) = steps.split_first() else {
            self.nodes[from as usize].list |= list;
            self.nodes[from as usize].slot = Some(0);
            return from;
        };
        let next = match step {
            Step::Key(key) => self.child(from, key),
            other => self.item(from, other),
        };
        self.insert(next, rest, list || *step == Step::All)
    }

    fn child(&mut self, from: u32, key: &str) -> u32 {
        self.field(from, key).unwrap_or_else(|| {
            let node = self.push(Role::Field);
            self.nodes[from as usize].fields.push((key.into(), node));
            node
        })
    }

    fn item(&mut self, from: u32, step: &Step) -> u32 {
        let same = |node: &Node| match (&node.role, step) {
            (Role::Nth(a), Step::Nth(b)) => a == b,
            (Role::Last, Step::Last) | (Role::All, Step::All) => true,
            (Role::Where(choice), Step::Where(tests)) => &choice.source == tests,
            _ => false,
        };
        let known = self.node(from).items.iter().copied().find(|i| same(self.node(*i)));
        known.unwrap_or_else(|| {
            let node = self.push(match step {
                Step::Nth(n) => Role::Nth(*n),
                Step::Last => Role::Last,
                Step::All | Step::Key(_) | Step::Where(_) => Role::All,
            });
            self.nodes[from as usize].items.push(node);
            if let Step::Where(tests) = step {
                let test_nodes =
                    tests.iter().map(|(path, _)| self.insert(node, path, false)).collect();
                let source = tests.clone();
                let choice = Choice { source, test_nodes, tests: Vec::new(), finals: 0, done: 0 };
                self.nodes[node as usize].role = Role::Where(choice);
            }
            node
        })
    }

    /// Gives every node with a cell its slot, depth first, so that a subtree's slots are a range.
    fn number(&mut self, node: u32, placed: &mut Vec<(usize, usize, u16)>) {
        let (from, before) = (self.slots, placed.len());
        if self.node(node).slot.is_some() {
            let slot = self.slots;
            let this = &mut self.nodes[node as usize];
            this.slot = Some(slot);
            placed.extend(this.wanted.iter().map(|(kind, index)| (*kind, *index, slot)));
            self.slots = slot.saturating_add(1);
        }
        let fields: Vec<u32> = self.node(node).fields.iter().map(|(_, node)| *node).collect();
        let items = self.node(node).items.clone();
        for below in fields.into_iter().chain(items) {
            self.number(below, placed);
        }
        let to = self.slots;
        (self.nodes[node as usize].from, self.nodes[node as usize].to) = (from, to);
        if let Role::Where(choice) = &self.node(node).role {
            let slot = |node: &u32| self.node(*node).slot.unwrap_or_default();
            let texts = choice.source.iter().map(|(_, text)| text.as_str().into());
            let tests = choice.test_nodes.iter().map(slot).zip(texts).collect();
            let finals = to.saturating_add(1);
            if let Role::Where(choice) = &mut self.nodes[node as usize].role {
                (choice.tests, choice.done, choice.finals) = (tests, to, finals);
            }
            self.slots = finals.saturating_add(to - from);
            for (_, _, slot) in placed.iter_mut().skip(before) {
                *slot += finals - from;
            }
        }
    }
}

impl Node {
    const fn new(role: Role) -> Self {
        Self {
            role,
            fields: Vec::new(),
            items: Vec::new(),
            slot: None,
            list: false,
            from: 0,
            to: 0,
            wanted: Vec::new(),
        }
    }
}
