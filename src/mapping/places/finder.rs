//! From offsets to the ways that lead there: which item of which list a text of the sender's is.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use crate::format::events::{Events, Scalar};

use super::super::path::{Step, Which};

/// Finds the ways down to the texts at some offsets.
#[derive(Default)]
pub struct Finder {
    wanted: BTreeSet<u32>,
    open: Vec<Open>,
    found: BTreeMap<u32, Vec<Numbered>>,
}

/// A key with its number: of the item, where it holds an array, else of the element among those of its
/// name.
type Numbered = (String, u32);

#[derive(Default)]
struct Open {
    /// Nothing for an item of an array.
    key: Option<String>,
    number: u32,
    array: bool,
    items: u32,
    /// The key that comes next, and how often each has come.
    next: Option<String>,
    seen: BTreeMap<String, u32>,
}

impl Finder {
    /// For the texts at these offsets.
    #[must_use]
    pub fn new(wanted: impl IntoIterator<Item = u32>) -> Self {
        Self { wanted: wanted.into_iter().collect(), ..Self::default() }
    }

    /// Whether nothing is to be found.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.wanted.is_empty()
    }

    /// The steps of a path to the text at an offset, with the number of its item wherever the path says
    /// all of them.
    #[must_use]
    pub fn number(&self, steps: Vec<Step>, at: u32) -> Vec<Step> {
        self.renumber(steps, at, |step| matches!(step, Step::All | Step::Pick(_, Which::All)))
    }

    /// The steps of a path to the text at an offset, with the number of the item that was taken wherever
    /// the path chooses one.
    #[must_use]
    pub fn settle(&self, steps: Vec<Step>, at: u32) -> Vec<Step> {
        let list = |step: &Step| matches!(step, Step::All | Step::Pick(_, Which::All));
        self.renumber(steps, at, |step| {
            matches!(step, Step::Last | Step::Where(_) | Step::Pick(..)) && !list(step)
        })
    }

    fn renumber(&self, mut steps: Vec<Step>, at: u32, wanted: impl Fn(&Step) -> bool) -> Vec<Step> {
        let mut found = self.found.get(&at).into_iter().flatten().rev().peekable();
        if let (Some((key, _)), false) = (found.peek(), ends_in(&steps, "#text"))
            && key == "#text"
        {
            found.next();
        }
        for step in steps.iter_mut().rev() {
            if matches!(step, Step::Key(_)) {
                found.next();
            } else if let (true, Some((_, number))) = (wanted(step), found.peek()) {
                *step = Step::Nth(*number);
            }
        }
        steps
    }

    /// The key and number of the value that comes now; no key for an item of an array.
    fn arrive(&mut self) -> (Option<String>, u32) {
        let Some(open) = self.open.last_mut() else { return (None, 0) };
        if open.array {
            open.number = open.items;
            open.items += 1;
            return (None, 0);
        }
        let key = open.next.take().unwrap_or_default();
        let times = open.seen.entry(key.clone()).or_default();
        *times += 1;
        (Some(key), *times - 1)
    }

    fn open(&mut self, array: bool) {
        let (key, number) = self.arrive();
        self.open.push(Open { key, number, array, ..Open::default() });
    }
}

fn ends_in(steps: &[Step], key: &str) -> bool {
    matches!(steps.last(), Some(Step::Key(last)) if last == key)
}

impl<'r> Events<'r> for Finder {
    fn begin_object(&mut self) {
        self.open(false);
    }

    fn key(&mut self, name: Cow<'r, str>) {
        if let Some(open) = self.open.last_mut() {
            open.next = Some(name.into_owned());
        }
    }

    fn end_object(&mut self) {
        self.open.pop();
    }

    fn begin_array(&mut self) {
        self.open(true);
    }

    fn end_array(&mut self) {
        self.open.pop();
    }

    fn scalar(&mut self, scalar: Scalar<'r>) {
        let (key, number) = self.arrive();
        if self.wanted.contains(&scalar.at) {
            let around = self.open.iter().filter_map(|open| Some((open.key.clone()?, open.number)));
            let way = around.chain(key.map(|key| (key, number))).collect();
            self.found.entry(scalar.at).or_insert(way);
        }
    }
}
