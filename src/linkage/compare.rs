//! Two records compared field by field: which level of agreement each field has.
//!
//! A pattern packs the levels of all fields into one number, four bits each, 0 where a value is
//! missing. Learning, weights and explanations need no more than patterns.

use super::date::{self, Date};
use super::hash::mix;
use super::kind::{Comparison, Kind};
use super::likeness::{Likeness, likeness};
use super::table::Table;
use super::text::{Manner, NONE, Symbol, Texts};

/// The levels of all fields, four bits each.
pub type Pattern = u64;

/// Fields that a pattern has room for.
pub const MOST_FIELDS: usize = 16;
/// Levels of a field, with 0 for "missing".
pub const LEVELS: usize = 9;

/// Levels of texts and parts of names.
pub mod level {
    /// Equal.
    pub const EQUAL: u8 = 1;
    /// A slip of the pen, or the same sound.
    pub const NEAR: u8 = 2;
    /// Similar.
    pub const SIMILAR: u8 = 3;
    /// Some words in common.
    pub const PARTIAL: u8 = 4;
    /// Given and family name exchanged.
    pub const SWAPPED: u8 = 5;
    /// The same initial.
    pub const INITIAL: u8 = 6;
    /// Different.
    pub const DIFFERENT: u8 = 7;
}

/// The level of a field in a pattern.
#[must_use]
pub const fn level_of(pattern: Pattern, field: usize) -> u8 {
    ((pattern >> (field * 4)) & 15) as u8
}

/// The worst level of a comparison that still counts as agreement.
#[must_use]
pub const fn last_agreeing(comparison: Comparison) -> u8 {
    match comparison {
        Comparison::PartOfName | Comparison::Text => level::INITIAL,
        Comparison::Date => 5,
        Comparison::Year => 3,
        Comparison::Code => level::EQUAL,
    }
}

/// The worst level of a comparison at which both values may well be the same, slips apart.
#[must_use]
pub const fn last_equal(comparison: Comparison) -> u8 {
    match comparison {
        Comparison::PartOfName | Comparison::Text => level::NEAR,
        Comparison::Date => 3,
        Comparison::Year | Comparison::Code => level::EQUAL,
    }
}

/// How many levels a comparison has.
#[must_use]
pub const fn levels(comparison: Comparison) -> u8 {
    match comparison {
        Comparison::PartOfName | Comparison::Text => level::DIFFERENT,
        Comparison::Date => 8,
        Comparison::Year => 4,
        Comparison::Code => 2,
    }
}

/// The name of a level, a key of the messages.
#[must_use]
pub fn level_name(comparison: Comparison, level: u8) -> &'static str {
    let names: &[&'static str] = match comparison {
        Comparison::PartOfName | Comparison::Text => {
            &["missing", "equal", "near", "similar", "partial", "swapped", "initial", "different"]
        }
        Comparison::Date => &[
            "missing",
            "equal",
            "equal-vague",
            "slip",
            "two-parts",
            "year-vague",
            "year",
            "near-vague",
            "different",
        ],
        Comparison::Year => &["missing", "equal", "one-apart", "few-apart", "different"],
        Comparison::Code => &["missing", "equal", "different"],
    };
    names.get(usize::from(level)).copied().unwrap_or("missing")
}

/// Entries of a memory of comparisons, as a power of two: 512 KiB, which the second cache of a core
/// holds.
const REMEMBERED: u32 = 16;

/// Texts that were compared lately: common names meet each other again and again.
///
/// The mixed key of a pair is its place in the low bits; what is left of it stands there with the
/// level. Mixing loses nothing, so an entry is right or not there.
pub struct Memory(Vec<u64>);

impl Default for Memory {
    fn default() -> Self {
        Self(vec![u64::MAX; 1 << REMEMBERED])
    }
}

impl Memory {
    #[allow(clippy::cast_possible_truncation, reason = "the low bits are what is wanted")]
    fn level(&mut self, texts: &Texts, field: usize, x: Symbol, y: Symbol) -> u8 {
        if x == y {
            return level::EQUAL;
        }
        let key = (u64::from(x.min(y)) << 32) | u64::from(x.max(y));
        let mixed = mix(0, key ^ ((field as u64) << 28));
        let rest = (mixed >> REMEMBERED) << 4;
        let slot = &mut self.0[mixed as usize & ((1 << REMEMBERED) - 1)];
        if *slot & !15 != rest || *slot == u64::MAX {
            *slot = rest | u64::from(text_level(likeness(texts, x, y)));
        }
        (*slot & 15) as u8
    }
}

/// What is known of a pair before its texts are compared: levels that are certain, and the fields that
/// are open, one bit each.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Outline {
    /// The levels, 0 where the field is open or a value is missing.
    pub pattern: Pattern,
    /// Fields whose texts are there and not equal.
    pub open: u16,
}

impl Outline {
    /// Whether a field is open.
    #[must_use]
    pub const fn is_open(self, field: usize) -> bool {
        self.open & (1 << field) != 0
    }
}

/// Compares records of a table.
#[derive(Clone, Copy)]
pub struct Comparer<'t> {
    table: &'t Table,
    given: Option<usize>,
    family: Option<usize>,
    /// The texts of each field that has some.
    texts: [Option<&'t Texts>; MOST_FIELDS],
}

impl<'t> Comparer<'t> {
    /// For the records of a table.
    #[must_use]
    pub fn new(table: &'t Table) -> Self {
        let first = |kind| table.fields.iter().position(|field| field.kind == kind);
        let mut texts = [None; MOST_FIELDS];
        for (place, field) in table.fields.iter().enumerate() {
            texts[place] = match field.kind.comparison() {
                Comparison::PartOfName | Comparison::Text => Some(table.texts(place)),
                Comparison::Date | Comparison::Year | Comparison::Code => None,
            };
        }
        Self { table, given: first(Kind::GivenName), family: first(Kind::FamilyName), texts }
    }

    /// Reads what a comparison of a record with others looks at, all at once: one after the other each
    /// would be waited for. The answer means nothing.
    #[must_use]
    pub fn ahead(&self, one: u32, others: &[u32]) -> u64 {
        let first = |record: &u32| self.table.line(*record).first().copied().unwrap_or(0);
        let lines = others.iter().map(first).fold(0, |all, cell| all ^ u64::from(cell));
        let own = self.table.line(one);
        let texts = others.iter().fold(0, |all, record| {
            let cells = own.iter().zip(self.table.line(*record)).zip(&self.texts);
            let unlike = cells.filter(|((x, y), _)| x != y && **x != NONE && **y != NONE);
            all ^ unlike.fold(0, |all, ((_, y), texts)| all ^ texts.map_or(0, |t| t.glance(*y)))
        });
        lines ^ texts
    }

    /// The pattern of two records.
    #[must_use]
    pub fn pattern(&self, one: u32, other: u32, memory: &mut Memory) -> Pattern {
        let mut outline = self.outline(one, other);
        for field in 0..self.table.fields.len() {
            self.fill_in(one, other, field, &mut outline, memory);
        }
        outline.pattern
    }

    /// What two records say without a look at their texts.
    #[must_use]
    pub fn outline(&self, one: u32, other: u32) -> Outline {
        let (a, b) = (self.table.line(one), self.table.line(other));
        let mut outline = Outline { pattern: 0, open: 0 };
        for (place, (x, y)) in a.iter().zip(b).enumerate() {
            if *x == NONE || *y == NONE {
                continue;
            }
            let level = match self.table.fields[place].kind.comparison() {
                Comparison::PartOfName | Comparison::Text if x != y => {
                    outline.open |= 1 << place;
                    continue;
                }
                Comparison::PartOfName | Comparison::Text => level::EQUAL,
                Comparison::Date => date::compare(Date(*x), Date(*y)) as u8,
                Comparison::Year => match x.abs_diff(*y) {
                    0 => 1,
                    1 => 2,
                    2..=3 => 3,
                    _ => 4,
                },
                Comparison::Code => u8::from(x != y) + 1,
            };
            outline.pattern |= Pattern::from(level) << (place * 4);
        }
        // Where neither name is equal they may be exchanged, also when one of them is missing.
        if let (Some(given), Some(family)) = (self.given, self.family)
            && level_of(outline.pattern, given) == 0
            && level_of(outline.pattern, family) == 0
        {
            outline.open |= 1 << given | 1 << family;
        }
        outline
    }

    /// Adds the level of a field that is open; of given and family name, which may be exchanged, both.
    pub fn fill_in(
        &self,
        one: u32,
        other: u32,
        field: usize,
        outline: &mut Outline,
        memory: &mut Memory,
    ) {
        if !outline.is_open(field) {
            return;
        }
        let (a, b) = (self.table.line(one), self.table.line(other));
        let names = [self.given, self.family].map(Option::unwrap_or_default);
        let both = names[0] != names[1] && names.iter().all(|name| outline.is_open(*name));
        let fields = if both && names.contains(&field) { &names[..] } else { &[field] };
        for field in fields {
            let (x, y) = (a[*field], b[*field]);
            if x != NONE && y != NONE {
                outline.pattern |= Pattern::from(self.level(*field, x, y, memory)) << (field * 4);
            }
            outline.open &= !(1 << field);
        }
        if fields.len() > 1 {
            outline.pattern = self.swapped(a, b, outline.pattern, memory);
        }
    }

    /// The level of two texts.
    fn level(&self, field: usize, x: Symbol, y: Symbol, memory: &mut Memory) -> u8 {
        let Some(texts) = self.texts[field] else { return 0 };
        match texts.manner() {
            Manner::Code => text_level(likeness(texts, x, y)),
            // All parts of names have one set of symbols, whatever their field.
            Manner::Name => memory.level(texts, self.given.unwrap_or(field), x, y),
            Manner::WholeName | Manner::Words => memory.level(texts, field, x, y),
        }
    }

    /// Given and family name exchanged, where they agree so and not otherwise.
    fn swapped(&self, a: &[u32], b: &[u32], pattern: Pattern, memory: &mut Memory) -> Pattern {
        let (Some(given), Some(family)) = (self.given, self.family) else { return pattern };
        let bad = |field| !(level::EQUAL..=level::SIMILAR).contains(&level_of(pattern, field));
        if !bad(given) || !bad(family) {
            return pattern;
        }
        let mut alike =
            |x, y| x != NONE && y != NONE && self.level(given, x, y, memory) <= level::NEAR;
        let crossed = [alike(a[given], b[family]), alike(a[family], b[given])];
        let missing = |cells: &[u32]| cells[given] == NONE || cells[family] == NONE;
        let enough = match crossed {
            [true, true] => true,
            // One of the names is missing: the other may stand in its place.
            [true, false] | [false, true] => missing(a) || missing(b),
            [false, false] => false,
        };
        if !enough {
            return pattern;
        }
        let cleared = pattern & !(15 << (given * 4)) & !(15 << (family * 4));
        // Said once, of the given name: two exchanged names are one slip.
        cleared | Pattern::from(level::SWAPPED) << (given * 4)
    }
}

const fn text_level(likeness: Likeness) -> u8 {
    match likeness {
        Likeness::Equal => level::EQUAL,
        Likeness::Near => level::NEAR,
        Likeness::Similar => level::SIMILAR,
        Likeness::Partial => level::PARTIAL,
        Likeness::Initial => level::INITIAL,
        Likeness::Different => level::DIFFERENT,
    }
}
