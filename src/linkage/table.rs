//! The records of all files as numbers: one line a record, one cell a field.
//!
//! Cells are first the numbers of raw texts, column by column; [`Draft::finish`] reads each distinct
//! text once (dates in the layout of their column, names folded and keyed), puts what it means in
//! its place, and brings the records into an order that depends on what they say and not on where
//! they stood: everything after that is the same whatever the order of the rows.

use rustc_hash::FxHashMap;

use super::date::{Date, Layout};
use super::hash::{self, mix};
use super::interner::Interner;
use super::kind::{Comparison, Kind};
use super::ranges;
use super::text::{Manner, NONE, Texts};

/// A field of the records.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Field {
    /// Its name in the model.
    pub name: String,
    /// What it holds.
    pub kind: Kind,
    /// Whether people of one household share it.
    pub shared: bool,
}

/// Records that are being read.
pub struct Draft {
    fields: Vec<Field>,
    raw: Vec<Interner>,
    cells: Vec<u32>,
    keys: Vec<u64>,
}

/// How many records have each value of a field.
enum Counts {
    /// Of texts, by symbol.
    Symbols(Vec<u32>),
    /// Of dates and years.
    Values(FxHashMap<u32, u32>),
}

/// The records, ready for comparison.
pub struct Table {
    /// The fields.
    pub fields: Vec<Field>,
    /// For each record of the table, its place among those that were read.
    pub places: Vec<u32>,
    /// Values that were there and could not be read, by field.
    pub unreadable: Vec<u64>,
    names: Texts,
    texts: Vec<Texts>,
    cells: Vec<u32>,
    counts: Vec<Counts>,
    known: Vec<u32>,
}

/// Share of the days of a column from which a day of the year stands for "unknown": five times its
/// share of a calendar.
const HEAP: f64 = 5.0 / 365.0;
/// Dates below which a column is too short to tell.
const FEW: u32 = 200;

impl Draft {
    /// No records yet.
    #[must_use]
    pub fn new(fields: Vec<Field>) -> Self {
        let raw = fields.iter().map(|_| Interner::default()).collect();
        Self { fields, raw, cells: Vec::new(), keys: Vec::new() }
    }

    /// How many records there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Adds a record: what identifies it in its file, and its values in the order of the fields,
    /// empty where there is none.
    ///
    /// # Panics
    /// When there are not as many values as fields.
    pub fn push<'v>(&mut self, id: &[&str], values: impl Iterator<Item = &'v str>) {
        let before = self.cells.len();
        let mut key = id.iter().fold(0, |key, part| mix(key, hash::text(part.as_bytes())));
        for (raw, value) in self.raw.iter_mut().zip(values) {
            let value = value.trim();
            let (bytes, hash) = (value.as_bytes(), hash::text(value.as_bytes()));
            key = mix(key, hash);
            self.cells.push(if bytes.is_empty() { NONE } else { raw.intern_hashed(bytes, hash) });
        }
        assert_eq!(self.cells.len() - before, self.fields.len(), "one value a field");
        self.keys.push(key);
    }

    /// Reads every distinct value.
    #[must_use]
    pub fn finish(self, threads: usize) -> Table {
        let Self { fields, raw, cells, keys } = self;
        let width = fields.len();
        let mut names = Texts::new(Manner::Name);
        let mut parts_of_names: Vec<Option<Vec<u32>>> = vec![None; width];
        for (place, field) in fields.iter().enumerate() {
            if field.kind.comparison() == Comparison::PartOfName {
                parts_of_names[place] =
                    Some(values(&raw[place]).map(|value| names.intern(value)).collect());
            }
        }
        let read = ranges::each(
            threads,
            width,
            || (),
            |(), place| {
                let kind = fields[place].kind;
                match &parts_of_names[place] {
                    Some(meant) => (meant.clone(), Texts::new(Manner::Name)),
                    None => meanings(kind, &raw[place]),
                }
            },
        );
        drop(raw);
        let (meanings, texts): (Vec<Vec<u32>>, Vec<Texts>) = read.into_iter().unzip();
        let places = in_order(&keys, &first_sounds(&fields, &cells, &meanings, &names, &texts));
        let mut unreadable = vec![0; width];
        let mut ordered = Vec::with_capacity(cells.len());
        for place in &places {
            for (field, raw) in cells[*place as usize * width..][..width].iter().enumerate() {
                let meant = meanings[field].get(*raw as usize).copied().unwrap_or(NONE);
                unreadable[field] += u64::from(*raw != NONE && meant == NONE);
                ordered.push(meant);
            }
        }
        let mut table = Table {
            fields,
            places,
            unreadable,
            names,
            texts,
            cells: ordered,
            counts: Vec::new(),
            known: Vec::new(),
        };
        table.mark_heaps();
        table.count();
        table
    }
}

fn values(raw: &Interner) -> impl Iterator<Item = &str> + Clone {
    (0..).take(raw.len()).map(|number| std::str::from_utf8(raw.get(number)).unwrap_or_default())
}

/// What the distinct values of a column mean.
fn meanings(kind: Kind, raw: &Interner) -> (Vec<u32>, Texts) {
    let mut texts = Texts::new(kind.manner());
    let meant = match kind.comparison() {
        Comparison::Text if kind == Kind::Phone => {
            values(raw).map(|value| texts.intern(subscriber(value))).collect()
        }
        Comparison::PartOfName | Comparison::Text | Comparison::Code => {
            values(raw).map(|value| texts.intern(value)).collect()
        }
        Comparison::Date => {
            let layout = Layout::learn(values(raw));
            values(raw).map(|value| layout.read(value).map_or(NONE, |date| date.0)).collect()
        }
        Comparison::Year => values(raw).map(year).collect(),
    };
    (meant, texts)
}

/// Digits of a phone number that every country has: before them stand a country's code or a nought,
/// or nothing, as the clerk pleases.
const SUBSCRIBER: usize = 8;

/// The end of a phone number that is the same however it is written.
fn subscriber(value: &str) -> &str {
    let digits = value.char_indices().rev().filter(|(_, letter)| letter.is_ascii_digit());
    let start = digits.map(|(place, _)| place).nth(SUBSCRIBER - 1);
    start.and_then(|start| value.get(start..)).unwrap_or(value)
}

fn year(value: &str) -> u32 {
    let digits: String = value.chars().filter(char::is_ascii_digit).take(4).collect();
    digits.parse().unwrap_or(NONE)
}

/// Of each record, a hash of how its family name sounds, or of the first text that it has.
///
/// Records that sound alike are compared with each other: side by side they are in the cache.
fn first_sounds(
    fields: &[Field],
    cells: &[u32],
    meanings: &[Vec<u32>],
    names: &Texts,
    texts: &[Texts],
) -> Vec<u64> {
    let place = |kind: Kind| fields.iter().position(|field| field.kind == kind);
    let first = place(Kind::FamilyName).or_else(|| place(Kind::Name));
    let Some(field) = first else { return vec![0; cells.len() / fields.len().max(1)] };
    let part = fields[field].kind.comparison() == Comparison::PartOfName;
    let texts = if part { names } else { &texts[field] };
    let column = cells.iter().skip(field).step_by(fields.len());
    column
        .map(|raw| match meanings[field].get(*raw as usize) {
            Some(symbol) if *symbol != NONE => texts.entry(*symbol).sound,
            _ => 0,
        })
        .collect()
}

/// The places of records in the order of their sounds and keys.
fn in_order(keys: &[u64], sounds: &[u64]) -> Vec<u32> {
    let mut order: Vec<(u64, u64, u32)> = sounds
        .iter()
        .zip(keys)
        .zip(0..)
        .map(|((sound, key), place)| (*sound, *key, place))
        .collect();
    order.sort_unstable();
    order.into_iter().map(|(_, _, place)| place).collect()
}

impl Table {
    /// How many records there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// The cells of a record.
    #[must_use]
    pub fn line(&self, record: u32) -> &[u32] {
        let width = self.fields.len();
        &self.cells[record as usize * width..][..width]
    }

    /// The texts of a field.
    #[must_use]
    pub fn texts(&self, field: usize) -> &Texts {
        match self.fields[field].kind.comparison() {
            Comparison::PartOfName => &self.names,
            Comparison::Text | Comparison::Code | Comparison::Date | Comparison::Year => {
                &self.texts[field]
            }
        }
    }

    /// The share of records with a value, among those that have one in the field.
    #[must_use]
    pub fn share(&self, field: usize, cell: u32) -> f64 {
        let count = match &self.counts[field] {
            Counts::Symbols(counts) => counts.get(cell as usize).copied(),
            Counts::Values(counts) => counts.get(&cell).copied(),
        };
        f64::from(count.unwrap_or(1)) / f64::from(self.known[field].max(1))
    }

    /// The distinct values of a field of dates or years.
    #[must_use]
    pub fn distinct(&self, field: usize) -> Vec<u32> {
        match &self.counts[field] {
            Counts::Symbols(_) => Vec::new(),
            Counts::Values(counts) => counts.keys().copied().collect(),
        }
    }

    /// How many records have a value in a field.
    #[must_use]
    pub fn known(&self, field: usize) -> u32 {
        self.known[field]
    }

    /// The chance that two records that have a value in a field have the same.
    #[must_use]
    pub fn coincidence(&self, field: usize) -> f64 {
        let known = f64::from(self.known[field].max(1));
        let square = |count: u32| (f64::from(count) / known).powi(2);
        match &self.counts[field] {
            Counts::Symbols(counts) => counts.iter().map(|count| square(*count)).sum(),
            Counts::Values(counts) => {
                // Floating sums depend on their order, hash maps have none.
                let mut counts: Vec<u32> = counts.values().copied().collect();
                counts.sort_unstable();
                counts.into_iter().map(square).sum()
            }
        }
    }

    fn column(&self, field: usize) -> impl Iterator<Item = u32> + '_ {
        let cells = self.cells.iter().skip(field).step_by(self.fields.len());
        cells.copied().filter(|cell| *cell != NONE)
    }

    fn mark_heaps(&mut self) {
        let width = self.fields.len();
        for field in 0..width {
            if self.fields[field].kind.comparison() != Comparison::Date {
                continue;
            }
            let mut days: FxHashMap<u32, u32> = FxHashMap::default();
            for cell in self.column(field) {
                *days.entry(Date(cell).day_of_year()).or_insert(0) += 1;
            }
            let all: u32 = days.values().sum();
            let heap = |count: u32| all >= FEW && f64::from(count) >= HEAP * f64::from(all);
            for cell in self.cells.iter_mut().skip(field).step_by(width) {
                let date = Date(*cell);
                if *cell != NONE && days.get(&date.day_of_year()).is_some_and(|count| heap(*count))
                {
                    *cell = date.heaped().0;
                }
            }
        }
    }

    fn count(&mut self) {
        let mut counted = Vec::with_capacity(self.fields.len());
        for field in 0..self.fields.len() {
            counted.push(match self.fields[field].kind.comparison() {
                Comparison::PartOfName | Comparison::Text | Comparison::Code => {
                    let mut counts = vec![0_u32; self.texts(field).len()];
                    self.column(field).for_each(|symbol| counts[symbol as usize] += 1);
                    Counts::Symbols(counts)
                }
                Comparison::Date | Comparison::Year => {
                    let mut counts = FxHashMap::default();
                    self.column(field).for_each(|cell| *counts.entry(cell).or_insert(0) += 1);
                    Counts::Values(counts)
                }
            });
        }
        let mut of_names = vec![0_u32; self.names.len()];
        for (field, counts) in counted.iter().enumerate() {
            let known = match counts {
                Counts::Symbols(counts) => counts.iter().sum(),
                Counts::Values(counts) => counts.values().sum(),
            };
            self.known.push(known);
            match (self.fields[field].kind.comparison(), counts) {
                (Comparison::PartOfName, Counts::Symbols(counts)) => {
                    of_names.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
                }
                (_, Counts::Symbols(counts)) => self.texts[field].weigh_words(counts),
                (_, Counts::Values(_)) => {}
            }
        }
        self.names.weigh_words(&of_names);
        self.counts = counted;
    }
}
