//! All wanted paths as one tree, with a slot for each.
//!
//! Every repeated group that is gone through is a *scope*: the slots of one item are a frame of their
//! own, however many items there are.

mod node;

use rustc_hash::FxHashMap;

use crate::format::events::Key;

use super::super::level::{Columns, Each, Levels};
use super::super::path::{SourcePath, Step, Which};

pub use node::{Choice, Node, Pick, Role};

/// Up to so many fields are found faster one by one than by their hash.
const FEW: usize = 24;

/// A repeated group whose items have frames.
#[derive(Debug)]
pub struct Scope {
    root: u32,
    /// Slots of a frame.
    pub slots: u16,
    /// The scope around it; itself for the element.
    pub parent: u16,
    /// How many scopes stand around it.
    pub depth: u8,
    /// The columns of its items, when they are of a wide row.
    pub columns: Option<Columns>,
}

/// All wanted paths.
#[derive(Debug)]
pub struct Trie {
    nodes: Vec<Node>,
    /// The fields of groups with more than a few, by name.
    many: FxHashMap<u32, FxHashMap<Box<str>, u32>>,
    scopes: Vec<Scope>,
}

/// Where the cell of a wanted path is found.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wanted {
    /// In a slot of the frame that stands so many frames below the element.
    At(u8, u16),
    /// Nowhere: the record has nothing around it.
    Never,
}

/// Where records, their groups and their cells are found, for one kind of record.
#[derive(Debug)]
pub struct Places {
    /// For each level its scope; the first is the record's.
    pub scopes: Vec<u16>,
    /// For each wanted path its cell.
    pub wanted: Vec<Wanted>,
}

impl Trie {
    /// For these paths; `kinds` are the ways to nested records, from the element down.
    ///
    /// Gives, beside the trie, the places: first for the element itself, then for each kind of nested
    /// record.
    #[must_use]
    pub fn new(paths: &[SourcePath], levels: &Levels, kinds: &[Vec<Each>]) -> (Self, Vec<Places>) {
        let element = Scope { root: 0, slots: 0, parent: 0, depth: 0, columns: None };
        let nodes = vec![Node::new(Role::Field)];
        let mut trie = Self { nodes, many: FxHashMap::default(), scopes: vec![element] };
        let mut places = vec![trie.places(0, 0, paths, levels)];
        for (kind, way) in kinds.iter().enumerate() {
            let record = way.iter().fold(0, |scope, each| trie.open(scope, each));
            places.push(trie.places(kind + 1, record, paths, levels));
        }
        let mut placed = Vec::new();
        for scope in 0..trie.scopes.len() {
            trie.number(scope, trie.scopes[scope].root, &mut placed);
        }
        for (kind, index, scope, slot) in placed {
            places[kind].wanted[index] = Wanted::At(trie.scopes[scope].depth, slot);
        }
        (trie, places)
    }

    /// Inserts all paths as they stand to the records of one kind.
    fn places(
        &mut self,
        kind: usize,
        record: u16,
        paths: &[SourcePath],
        levels: &Levels,
    ) -> Places {
        let mut scopes = vec![record];
        for level in levels.all().iter().skip(1) {
            let around = scopes[usize::from(level.parent)];
            scopes.push(self.open(around, &level.each));
        }
        for (index, path) in paths.iter().enumerate() {
            let own = scopes[usize::from(path.level)];
            let Some(scope) = self.above(own, path.up) else { continue };
            let (from, rest) = self.start(scope, &path.steps);
            let node = self.insert(from, rest, false);
            self.nodes[node as usize].wanted.push((kind, index));
        }
        Places { scopes, wanted: vec![Wanted::Never; paths.len()] }
    }

    /// The scope so many levels above another.
    fn above(&self, scope: u16, up: u8) -> Option<u16> {
        (0..up).try_fold(scope, |scope, _| {
            let scope = &self.scopes[usize::from(scope)];
            (scope.depth > 0).then_some(scope.parent)
        })
    }

    /// Adds the scope of the items of a repeated group.
    fn open(&mut self, around: u16, each: &Each) -> u16 {
        let scope = u16::try_from(self.scopes.len()).unwrap_or(u16::MAX);
        let depth = self.scopes[usize::from(around)].depth.saturating_add(1);
        let root = self.push(Role::Each(scope));
        let columns = match each {
            Each::Columns(columns) => Some(columns.clone()),
            Each::Record | Each::Items(_) => None,
        };
        self.scopes.push(Scope { root, slots: 0, parent: around, depth, columns });
        if let Each::Items(steps) = each {
            let (start, rest) = self.start(around, steps);
            let field = rest.iter().fold(start, |at, step| match step {
                Step::Key(key) => self.child(at, key),
                other => self.item(at, other),
            });
            self.nodes[field as usize].items.push(root);
        }
        scope
    }

    /// Where steps from an item of a scope begin in the trie, and what is left of them.
    fn start<'p>(&mut self, scope: u16, steps: &'p [Step]) -> (u32, &'p [Step]) {
        match steps.split_first() {
            Some((Step::Key(key), rest)) => (self.entry(scope, key), rest),
            Some(_) | None => (self.scopes[usize::from(scope)].root, steps),
        }
    }

    /// The node of a field of an item; in a wide row it is linked to its columns.
    fn entry(&mut self, scope: u16, key: &str) -> u32 {
        let Scope { root, parent, columns, .. } = &self.scopes[usize::from(scope)];
        let (root, parent, columns) = (*root, *parent, columns.clone());
        let known = self.field(root, key);
        let node = self.child(root, key);
        let (Some(columns), None) = (columns, known) else { return node };
        for number in columns.numbers() {
            let column = self.entry(parent, &columns.column(number, key));
            let link = self.push(Role::Column(scope, number, node));
            self.nodes[column as usize].items.push(link);
        }
        node
    }

    /// A scope.
    #[must_use]
    pub fn scope(&self, index: u16) -> &Scope {
        &self.scopes[usize::from(index)]
    }

    /// The number of scopes.
    #[must_use]
    pub fn scopes(&self) -> usize {
        self.scopes.len()
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
        let fields = &self.node(node).fields;
        if fields.len() > FEW {
            return self.many.get(&node)?.get(name).copied();
        }
        fields.iter().find(|(key, _)| **key == *name).map(|(_, node)| *node)
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
        let all = matches!(step, Step::All | Step::Pick(_, Which::All));
        self.insert(next, rest, list || all)
    }

    fn child(&mut self, from: u32, key: &str) -> u32 {
        self.field(from, key).unwrap_or_else(|| {
            let node = self.push(Role::Field);
            self.nodes[node as usize].name = key.into();
            self.nodes[node as usize].key = Key::new(key);
            let fields = &mut self.nodes[from as usize].fields;
            fields.push((key.into(), node));
            if fields.len() > FEW {
                let many = self.many.entry(from).or_default();
                many.extend(fields.iter().skip(many.len()).cloned());
            }
            node
        })
    }

    fn item(&mut self, from: u32, step: &Step) -> u32 {
        let same = |node: &Node| match (&node.role, step) {
            (Role::Nth(a), Step::Nth(b)) => a == b,
            (Role::Last, Step::Last) | (Role::All, Step::All) => true,
            (Role::Where(choice), Step::Where(tests)) => {
                &choice.source == tests && choice.which.is_none()
            }
            (Role::Where(choice), Step::Pick(tests, which)) => {
                &choice.source == tests && choice.which.as_ref() == Some(which)
            }
            _ => false,
        };
        let known = self.node(from).items.iter().copied().find(|i| same(self.node(*i)));
        known.unwrap_or_else(|| {
            let node = self.push(match step {
                Step::Nth(n) => Role::Nth(*n),
                Step::Last => Role::Last,
                Step::All | Step::Key(_) | Step::Where(_) | Step::Pick(..) => Role::All,
            });
            self.nodes[from as usize].items.push(node);
            match step {
                Step::Where(tests) => self.choose(node, tests, None),
                Step::Pick(tests, which) => self.choose(node, tests, Some(which)),
                Step::Key(_) | Step::Nth(_) | Step::Last | Step::All => {}
            }
            node
        })
    }

    fn choose(&mut self, node: u32, tests: &[(Vec<Step>, String)], which: Option<&Which>) {
        let key_node = match which {
            Some(Which::By(order)) => Some(self.insert(node, &order.field, false)),
            Some(Which::All | Which::Last) | None => None,
        };
        let test_nodes = tests.iter().map(|(path, _)| self.insert(node, path, false)).collect();
        self.nodes[node as usize].role = Role::Where(Choice {
            source: tests.to_vec(),
            which: which.cloned(),
            test_nodes,
            key_node,
            pick: Pick::First,
            tests: Vec::new(),
            finals: 0,
            done: 0,
        });
    }

    /// Gives every node of a scope with a cell its slot, depth first, so that a subtree's slots are a
    /// range.
    fn number(&mut self, scope: usize, node: u32, placed: &mut Vec<(usize, usize, usize, u16)>) {
        let (from, before) = (self.scopes[scope].slots, placed.len());
        if self.node(node).slot.is_some() {
            let this = &mut self.nodes[node as usize];
            this.slot = Some(from);
            placed.extend(this.wanted.iter().map(|(kind, index)| (*kind, *index, scope, from)));
            self.scopes[scope].slots = from.saturating_add(1);
        }
        let fields: Vec<u32> = self.node(node).fields.iter().map(|(_, node)| *node).collect();
        let items = self.node(node).items.clone();
        for below in fields.into_iter().chain(items) {
            if !matches!(self.node(below).role, Role::Each(_) | Role::Column(..)) {
                self.number(scope, below, placed);
            }
        }
        let to = self.scopes[scope].slots;
        let this = &mut self.nodes[node as usize];
        (this.from, this.to) = (from, to);
        this.scope = u16::try_from(scope).unwrap_or(u16::MAX);
        if let Role::Where(choice) = &self.node(node).role {
            let slot = |node: &u32| self.node(*node).slot.unwrap_or_default();
            let texts = choice.source.iter().map(|(_, text)| text.as_str().into());
            let tests = choice.test_nodes.iter().map(slot).zip(texts).collect();
            let finals = to.saturating_add(1);
            let pick = match (&choice.which, &choice.key_node) {
                (Some(Which::By(order)), Some(node)) => Pick::By(slot(node), order.clone()),
                (Some(Which::Last), _) => Pick::Last,
                (Some(Which::All), _) => Pick::All,
                (Some(Which::By(_)) | None, _) => Pick::First,
            };
            if let Role::Where(choice) = &mut self.nodes[node as usize].role {
                (choice.tests, choice.done, choice.finals) = (tests, to, finals);
                choice.pick = pick;
            }
            self.scopes[scope].slots = finals.saturating_add(to - from);
            for (_, _, _, slot) in placed.iter_mut().skip(before) {
                *slot += finals - from;
            }
        }
    }
}
