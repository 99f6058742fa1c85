//! Repeated groups: how they nest, and where the paths of their rules start.
//!
//! The record is level 0. Every repeated group that a mapping goes through (`each`) is a level of its
//! own: one set of cells for each of its items, and `^.` leads from an item to what stands around it.

use super::path::{SourcePath, Step};

/// How the items of a level are found in what stands around them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Each {
    /// The record: there is one.
    Record,
    /// The items of a repeated field.
    Items(Vec<Step>),
}

impl Each {
    /// The steps to one of the items.
    #[must_use]
    pub fn steps(&self, item: Step) -> Vec<Step> {
        match self {
            Self::Record => Vec::new(),
            Self::Items(each) => each.iter().cloned().chain([item]).collect(),
        }
    }
}

/// A repeated group.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Level {
    /// The level around it.
    pub parent: u16,
    /// Its items.
    pub each: Each,
}

/// The levels of a mapping, each after the one around it.
#[derive(Debug)]
pub struct Levels {
    levels: Vec<Level>,
}

/// More levels than this around an item are refused: no export nests so deep.
pub const DEEPEST: usize = 8;

/// More repeated groups than this in one mapping are refused.
pub const MOST: usize = 500;

impl Default for Levels {
    fn default() -> Self {
        Self { levels: vec![Level { parent: 0, each: Each::Record }] }
    }
}

impl Levels {
    /// All of them, the record first.
    #[must_use]
    pub fn all(&self) -> &[Level] {
        &self.levels
    }

    /// The level around a level; none around the record.
    #[must_use]
    pub fn parent(&self, level: u16) -> Option<u16> {
        (level > 0).then(|| self.levels[usize::from(level)].parent)
    }

    /// How many levels stand around a level.
    #[must_use]
    pub fn depth(&self, level: u16) -> usize {
        self.parent(level).map_or(0, |parent| 1 + self.depth(parent))
    }

    /// Adds a level; the same items are the same level.
    pub fn add(&mut self, parent: u16, each: Each) -> u16 {
        let level = Level { parent, each };
        let known = self.levels.iter().position(|known| *known == level);
        let index = known.unwrap_or_else(|| {
            self.levels.push(level);
            self.levels.len() - 1
        });
        u16::try_from(index).expect("at most MOST levels are added")
    }

    /// The levels from below `from` down to `to`: what lies between a group and a group in it.
    #[must_use]
    pub fn between(&self, from: u16, to: u16) -> Vec<u16> {
        let mut way: Vec<u16> =
            std::iter::successors(Some(to), |level| self.parent(*level).filter(|p| *p != from))
                .collect();
        way.reverse();
        way
    }

    /// The steps from the record to a path's end, items as `item` says.
    #[must_use]
    pub fn steps(&self, path: &SourcePath, item: &impl Fn(u16) -> Step) -> Vec<Step> {
        let mut steps = self.around(path.level, item);
        steps.extend(path.steps.iter().cloned());
        steps
    }

    fn around(&self, level: u16, item: &impl Fn(u16) -> Step) -> Vec<Step> {
        let Some(parent) = self.parent(level) else { return Vec::new() };
        let mut steps = self.around(parent, item);
        steps.extend(self.levels[usize::from(level)].each.steps(item(level)));
        steps
    }
}

/// A path to repeated items cut where another repeated group lies on the way (`familles[].membres`).
#[must_use]
pub fn links(steps: &[Step]) -> Vec<Vec<Step>> {
    let links = steps.split(|step| *step == Step::All).filter(|link| !link.is_empty());
    links.map(<[Step]>::to_vec).collect()
}
