//! The target document of a mapping as a flat program that writes it: keys are quoted beforehand,
//! what a group needs to be there is one comparison of bits, and the rules of the target's schema for
//! each field are looked up once, when the mapping is compiled.

mod write;

use smallvec::SmallVec;

use crate::schema::{Fused, Judge, Known};

use super::group::{Group, Made};
use super::json::write_text;
use super::target::{Branch, Takes};

use write::{Judged, Unjudged, Writing};

/// A set of rules, by their numbers.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Bits(SmallVec<[u64; 2]>);

impl Bits {
    /// Adds a rule.
    #[inline]
    pub fn add(&mut self, rule: usize) {
        if self.0.len() <= rule / 64 {
            self.0.resize(rule / 64 + 1, 0);
        }
        self.0[rule / 64] |= 1 << (rule % 64);
    }

    /// Whether a rule is in it.
    fn has(&self, rule: usize) -> bool {
        self.0.get(rule / 64).is_some_and(|word| word >> (rule % 64) & 1 == 1)
    }

    #[inline]
    fn meets(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).any(|(a, b)| a & b != 0)
    }

    fn unite(&mut self, other: &Self) {
        self.0.resize(self.0.len().max(other.0.len()), 0);
        self.0.iter_mut().zip(&other.0).for_each(|(a, b)| *a |= b);
    }
}

/// What it takes for a group to be written: constants and labels alone do not make one.
#[derive(Clone, Default, Debug)]
struct Feeds {
    /// One of these rules has read something.
    rules: Bits,
    /// It is always there.
    always: bool,
    /// Or a repeated group has an item that is there.
    groups: Vec<(usize, Feeds)>,
}

impl Feeds {
    fn of(branch: &Branch) -> Self {
        let mut feeds = Self::default();
        match branch {
            Branch::Result { rule, .. } => feeds.rules.add(*rule),
            Branch::Results(rules) => rules.iter().for_each(|rule| feeds.rules.add(*rule)),
            Branch::Fixed(_) | Branch::Scheme => {}
            Branch::RecordId => feeds.always = true,
            Branch::Object(fields) => fields.iter().for_each(|(_, below)| feeds.unite(below)),
            Branch::List(items) => items.iter().for_each(|below| feeds.unite(below)),
            Branch::Each { group, item } => feeds.groups.push((*group, Self::of(item))),
        }
        feeds
    }

    fn unite(&mut self, below: &Branch) {
        let below = Self::of(below);
        self.rules.unite(&below.rules);
        self.always |= below.always;
        self.groups.extend(below.groups);
    }

    #[inline]
    fn hold(&self, made: &Made<'_>) -> bool {
        self.always
            || self.rules.meets(&made.fed)
            || self.groups.iter().any(|(group, feeds)| {
                made.groups.get(*group).is_some_and(|items| items.iter().any(|i| feeds.hold(i)))
            })
    }
}

/// What is written at one place.
#[derive(Debug)]
enum Content {
    /// The result of a rule.
    Result(usize, Takes),
    /// The results of several rules as one list.
    Results(Vec<usize>),
    /// A text that names an element.
    Fixed(Box<str>),
    Scheme,
    RecordId,
    /// A group or list begins; so many steps on it has ended.
    Open {
        list: bool,
        feeds: Feeds,
        steps: usize,
    },
    Close {
        list: bool,
    },
    /// The items of a repeated group.
    Each(usize, Feeds, Page),
}

/// One step of the program.
#[derive(Debug)]
struct Step {
    /// The key with its quotes and colon, and the comma before it; of an item of a list the comma alone.
    key: Box<[u8]>,
    /// What the target's schema asks of a field.
    known: Option<Known>,
    content: Content,
}

/// The program that writes a document, or an item of a repeated group.
#[derive(Default, Debug)]
pub struct Page {
    steps: Vec<Step>,
}

/// What a document says of its record, beside what the rules have made.
#[derive(Clone, Copy)]
pub struct Titles<'s> {
    /// The scheme.
    pub scheme: &'s str,
    /// The record id.
    pub record_id: &'s str,
    /// The repeated groups of the mapping.
    pub groups: &'s [Group],
}

impl Page {
    /// Of the target's tree, judged by its schema in the compiled form.
    #[must_use]
    pub fn new(tree: &Branch, fused: Option<&Fused>) -> Self {
        let mut page = Self::default();
        page.add(Box::default(), None, tree, fused.map(|fused| (fused, fused.document())));
        page
    }

    fn add(
        &mut self,
        key: Box<[u8]>,
        known: Option<Known>,
        branch: &Branch,
        within: Option<(&Fused, Known)>,
    ) {
        let open = |list| Content::Open { list, feeds: Feeds::of(branch), steps: 0 };
        let content = match branch {
            Branch::Result { rule, takes } => Content::Result(*rule, *takes),
            Branch::Results(rules) => Content::Results(rules.clone()),
            Branch::Fixed(text) => Content::Fixed(text.clone()),
            Branch::Scheme => Content::Scheme,
            Branch::RecordId => Content::RecordId,
            Branch::Object(_) => open(false),
            Branch::List(_) => open(true),
            Branch::Each { group, item } => {
                let mut page = Self::default();
                page.add(b",".to_vec().into(), None, item, within);
                Content::Each(*group, Feeds::of(item), page)
            }
        };
        let at = self.steps.len();
        self.steps.push(Step { key, known, content });
        match branch {
            Branch::Object(fields) => {
                for (name, below) in fields {
                    let mut key = vec![b','];
                    write_text(name, &mut key);
                    key.push(b':');
                    let known = within.map(|(fused, here)| (fused, fused.field(here, name)));
                    self.add(key.into(), known.map(|(_, known)| known), below, known);
                }
                self.close(at, false);
            }
            Branch::List(items) => {
                let within = within.map(|(fused, here)| (fused, fused.items(here)));
                for below in items {
                    self.add(b",".to_vec().into(), None, below, within);
                }
                self.close(at, true);
            }
            Branch::Result { .. }
            | Branch::Results(_)
            | Branch::Fixed(_)
            | Branch::Scheme
            | Branch::RecordId
            | Branch::Each { .. } => {}
        }
    }

    fn close(&mut self, opened: usize, list: bool) {
        let content = Content::Close { list };
        self.steps.push(Step { key: Box::default(), known: None, content });
        let length = self.steps.len() - opened;
        if let Content::Open { steps, .. } = &mut self.steps[opened].content {
            *steps = length;
        }
    }

    /// Writes the document of a record, heard by the judge of the target's schema.
    pub fn write(
        &self,
        made: &Made<'_>,
        titles: Titles<'_>,
        judge: Option<&mut Judge<'_>>,
        out: &mut Vec<u8>,
    ) {
        match judge {
            Some(judge) => Writing { titles, judge: Judged(judge), out }.page(self, made),
            None => Writing { titles, judge: Unjudged, out }.page(self, made),
        }
    }
}
