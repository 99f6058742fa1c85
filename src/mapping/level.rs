//! Repeated groups: how they nest, and where the paths of their rules start.
//!
//! The record is level 0. Every repeated group that a mapping goes through (`each`) is a level of its
//! own: one set of cells for each of its items, and `^.` leads from an item to what stands around it.

use std::ops::RangeInclusive;

use super::path::{SourcePath, Step};

/// How the items of a level are found in what stands around them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Each {
    /// The record: there is one.
    Record,
    /// The items of a repeated field.
    Items(Vec<Step>),
    /// Numbered columns of a wide row.
    Columns(Columns),
}

/// Columns such as `M3_NOM`, of which the third item has the field `NOM`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Columns {
    pattern: String,
    numbers: RangeInclusive<u32>,
}

/// Items of one wide row: more columns than this are no row any more.
const MOST_NUMBERS: u32 = 200;

impl Columns {
    /// Of a pattern such as `M{n}_*` and its numbers, such as `1..12`; `{nn}` is a number with two
    /// digits or more.
    #[must_use]
    pub fn parse(pattern: &str, numbers: &str) -> Option<Self> {
        let (from, to) = numbers.split_once("..")?;
        let (from, to): (u32, u32) = (from.trim().parse().ok()?, to.trim().parse().ok()?);
        let fits = from <= to && to - from < MOST_NUMBERS && pattern.matches('*').count() == 1;
        let columns = Self { pattern: pattern.to_owned(), numbers: from..=to };
        // Every number must have columns of its own.
        (fits && columns.name("1", "x") != columns.name("2", "x")).then_some(columns)
    }

    /// The numbers.
    #[must_use]
    pub fn numbers(&self) -> RangeInclusive<u32> {
        self.numbers.clone()
    }

    /// The column of a field of an item.
    #[must_use]
    pub fn column(&self, number: u32, field: &str) -> String {
        self.name(&number.to_string(), field)
    }

    /// The field and the number of the item to which a column belongs.
    #[must_use]
    pub fn item_of(&self, column: &str) -> Option<u32> {
        self.numbers().find(|number| {
            let whole = self.column(*number, "*");
            let around = whole.split_once('*');
            around.is_some_and(|(before, after)| {
                let rest = column.strip_prefix(before).and_then(|rest| rest.strip_suffix(after));
                rest.is_some_and(|field| !field.is_empty())
            })
        })
    }

    fn name(&self, number: &str, field: &str) -> String {
        let mut name = String::new();
        let mut rest = self.pattern.as_str();
        while let Some((before, after)) = rest.split_once('{') {
            name.push_str(before);
            let Some((letters, after)) = after.split_once('}') else { break };
            if !letters.is_empty() && letters.chars().all(|c| c == 'n') {
                name.push_str(&"0".repeat(letters.len().saturating_sub(number.len())));
                name.push_str(number);
            } else {
                name.push_str(&format!("{{{letters}}}"));
            }
            rest = after;
        }
        name.push_str(rest);
        name.replacen('*', field, 1)
    }

    fn shown(&self, field: &str) -> String {
        self.pattern.replacen('*', field, 1)
    }
}

impl Each {
    /// Steps within one of the items as steps from what stands around it.
    #[must_use]
    pub fn outward(&self, item: Step, mut inner: Vec<Step>) -> Vec<Step> {
        match self {
            Self::Record => inner,
            Self::Items(each) => each.iter().cloned().chain([item]).chain(inner).collect(),
            Self::Columns(columns) => {
                if let Some(Step::Key(field)) = inner.first_mut() {
                    *field = match item {
                        Step::Nth(number) => columns.column(number, field),
                        _ => columns.shown(field),
                    };
                }
                inner
            }
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
        let mut steps = path.steps.clone();
        let way = std::iter::successors(Some(path.level), |level| self.parent(*level));
        for level in way {
            steps = self.levels[usize::from(level)].each.outward(item(level), steps);
        }
        steps
    }

    /// The columns in whose items a level stands, when it does.
    #[must_use]
    pub fn columns(&self, level: u16) -> Option<&Columns> {
        let mut way = std::iter::successors(Some(level), |level| self.parent(*level));
        way.find_map(|level| match &self.levels[usize::from(level)].each {
            Each::Columns(columns) => Some(columns),
            Each::Record | Each::Items(_) => None,
        })
    }
}

/// A path from a nested record as steps from the element: `way` and `items` lead to the record.
#[must_use]
pub fn from_element(way: &[Each], items: &[u32], path: &SourcePath) -> Vec<Step> {
    let around = way.len().saturating_sub(usize::from(path.up));
    let mut steps = path.steps.clone();
    for (each, item) in way.iter().zip(items).take(around).rev() {
        steps = each.outward(Step::Nth(*item), steps);
    }
    steps
}

/// A path to repeated items cut where another repeated group lies on the way (`familles[].membres`).
#[must_use]
pub fn links(steps: &[Step]) -> Vec<Vec<Step>> {
    let links = steps.split(|step| *step == Step::All).filter(|link| !link.is_empty());
    links.map(<[Step]>::to_vec).collect()
}
