//! How common each value is in the population: agreement on a rare name says more than on Traoré.
//!
//! Counted once over all records and then frozen until the next count, so that a decision can be
//! repeated and does not depend on the order of arrival.

use rustc_hash::FxHashMap;

use super::line::{Birth, Line, Vocabulary};
use super::symbols::{Likeness, Neighbours, Symbol, UNKNOWN};

/// Shares of a name and its neighbours in the population, cumulated over [`Likeness`].
pub type NameShares = [f32; 5];

/// First and last year of the table of birth years; others share its ends.
const YEARS: (u16, u16) = (1900, 2049);
/// What is assumed of people whom the hub does not know yet, as if this many of them had been counted: in a hub with
/// three records no name is common because one of the three bears it. Beyond some ten thousand records it fades.
const BACKGROUND: u32 = 1_000;
/// Of those, how many bear a given name, live in a given place or region, were born in a given year or on a given
/// day: general knowledge of civil registers, 1 January for one in eight, 31 December for one in twenty-five.
const BACKGROUND_NAME: u32 = 1;
const BACKGROUND_PLACE: u32 = 5;
const BACKGROUND_REGION: u32 = 50;
const BACKGROUND_YEAR: u32 = 10;
const BACKGROUND_DAY: u32 = 2;
const BACKGROUND_NEW_YEAR: u32 = 120;
const BACKGROUND_LAST_DAY: u32 = 40;
/// Cells of the table of days: 13 months of 32 days.
const DAYS: usize = 13 * 32;
/// Cells of 1 January and 31 December.
const NEW_YEAR: usize = 32 + 1;
const LAST_DAY: usize = 12 * 32 + 31;

/// Shares of values in the population.
pub struct Frequencies {
    records: f32,
    names: Vec<NameShares>,
    years: Vec<f32>,
    days: Vec<f32>,
    /// Records of each phone and of each place, by its number.
    phones: Vec<u32>,
    places: Vec<u32>,
    regions: FxHashMap<u16, u32>,
    /// Records of each name, and of each family name with a given name and in a place.
    counts: Vec<u32>,
    /// Whether a name is more often a family name than a given one.
    familial: Vec<bool>,
    with_given: FxHashMap<(Symbol, Symbol), u32>,
    in_place: FxHashMap<(Symbol, u32), u32>,
}

/// Records that a share within a group must outweigh before it is believed over the share in all.
const PRUDENCE: f32 = 30.0;
/// The pair that is compared is itself among the counted.
const THEMSELVES: f32 = 2.0;

impl Default for Frequencies {
    fn default() -> Self {
        Self::count(std::iter::empty::<&Line>(), &Vocabulary::default())
    }
}

impl Frequencies {
    /// Counts a population.
    #[must_use]
    pub fn count<'l>(lines: impl Iterator<Item = &'l Line>, vocabulary: &Vocabulary) -> Self {
        let mut records = BACKGROUND;
        let mut names = vec![[0_u32; 2]; vocabulary.symbols.len()];
        let mut years = vec![BACKGROUND_YEAR; usize::from(YEARS.1 - YEARS.0) + 1];
        let mut days = vec![BACKGROUND_DAY; DAYS];
        days[NEW_YEAR] = BACKGROUND_NEW_YEAR;
        days[LAST_DAY] = BACKGROUND_LAST_DAY;
        let (mut phones, mut places) = (Vec::new(), Vec::new());
        let mut regions = FxHashMap::default();
        let (mut with_given, mut in_place) = (FxHashMap::default(), FxHashMap::default());
        for line in lines {
            records += 1;
            line.family().for_each(|symbol| names[symbol as usize][0] += 1);
            line.given().for_each(|symbol| names[symbol as usize][1] += 1);
            if line.birth.year > 0 {
                years[year(line.birth)] += 1;
            }
            if line.birth.is_full() {
                days[day(line.birth)] += 1;
            }
            line.phones().for_each(|phone| add_one(&mut phones, phone));
            line.places().for_each(|place| add_one(&mut places, place));
            *regions.entry(line.region).or_insert(0) += 1;
            for family in line.family() {
                line.given().for_each(|given| *with_given.entry((family, given)).or_insert(0) += 1);
                line.places().for_each(|place| *in_place.entry((family, place)).or_insert(0) += 1);
            }
        }
        // Fewer say nothing, see `lift`, and they are most.
        for counts in [&mut with_given, &mut in_place] {
            counts.retain(|_, count: &mut u32| f64::from(*count) > f64::from(THEMSELVES));
            counts.shrink_to_fit();
        }
        let whole = f64::from(records.max(1));
        let all_years: u32 = years.iter().sum();
        let all_days: u32 = days.iter().sum();
        let counts: Vec<u32> = names.iter().map(|[family, given]| *family.max(given)).collect();
        let familial: Vec<bool> = names.iter().map(|[family, given]| family > given).collect();
        let count = |symbol: Symbol| counts.get(symbol as usize).copied().unwrap_or(0);
        let names = (0..u32::try_from(counts.len()).unwrap_or(UNKNOWN))
            .map(|symbol| cumulate(count(symbol), vocabulary.symbols.near(symbol), &count, whole))
            .collect();
        Self {
            records: share(records, 1.0),
            names,
            years: years.iter().map(|count| share(*count, f64::from(all_years))).collect(),
            days: days.iter().map(|count| share(*count, f64::from(all_days))).collect(),
            phones,
            places,
            regions,
            counts,
            familial,
            with_given,
            in_place,
        }
    }

    /// Whether a name is more often a family name than a given one.
    #[must_use]
    pub fn is_familial(&self, name: Symbol) -> bool {
        self.familial.get(name as usize).copied().unwrap_or(false)
    }

    /// How many times more common a family name is among those of a given name than in all (at least
    /// 1): names go with peoples, and two strangers who share one of them often share the other.
    #[must_use]
    pub fn lift_by_given(&self, family: Symbol, given: Symbol) -> f32 {
        let both = self.with_given.get(&(family, given)).copied().unwrap_or(0);
        self.lift(family, both, self.counts.get(given as usize).copied().unwrap_or(0))
    }

    /// How many times more common a family name is in a place than in all, at least 1.
    #[must_use]
    pub fn lift_by_place(&self, family: Symbol, place: u32) -> f32 {
        let both = self.in_place.get(&(family, place)).copied().unwrap_or(0);
        self.lift(family, both, self.places.get(place as usize).copied().unwrap_or(0))
    }

    #[allow(clippy::cast_precision_loss, reason = "a ratio of counts")]
    fn lift(&self, family: Symbol, both: u32, group: u32) -> f32 {
        let all =
            self.counts.get(family as usize).copied().unwrap_or(0) as f32 / self.records.max(1.0);
        if all <= 0.0 {
            return 1.0;
        }
        let without = |count: u32| (count as f32 - THEMSELVES).max(0.0);
        let within = (without(both) + PRUDENCE * all) / (without(group) + PRUDENCE);
        (within / all).max(1.0)
    }

    /// How many records were counted, with those that stand for people who are not known.
    #[must_use]
    pub const fn records(&self) -> f32 {
        self.records
    }

    /// By which factor a population of so many records differs from the one that was counted.
    #[must_use]
    #[allow(clippy::cast_precision_loss, reason = "a ratio of populations")]
    pub fn growth(&self, records: usize) -> f32 {
        (records as f32 + BACKGROUND as f32) / self.records.max(1.0)
    }

    /// Shares of a spelling; a spelling that came after the count is rare.
    #[must_use]
    pub fn name(&self, symbol: Symbol) -> NameShares {
        self.names.get(symbol as usize).copied().unwrap_or([self.once(); 5])
    }

    /// Shares of a spelling that is not in the table, from its neighbours.
    #[must_use]
    pub fn stranger(&self, neighbours: &Neighbours) -> NameShares {
        let mut shares = [self.once(); 5];
        for (other, likeness) in neighbours {
            let theirs = self.name(*other)[0];
            for place in shares.iter_mut().skip(*likeness as usize) {
                *place += theirs;
            }
        }
        shares
    }

    /// Share of people born in the year.
    #[must_use]
    pub fn year(&self, birth: Birth) -> f32 {
        self.years[year(birth)]
    }

    /// Share of people born on the day of the year, among those whose day is stated.
    #[must_use]
    pub fn day(&self, birth: Birth) -> f32 {
        self.days[day(birth)]
    }

    /// Share of records with the phone.
    #[must_use]
    pub fn phone(&self, phone: u32) -> f32 {
        self.of(self.phones.get(phone as usize), 0)
    }

    /// Share of records in the place.
    #[must_use]
    pub fn place(&self, place: u32) -> f32 {
        self.of(self.places.get(place as usize), BACKGROUND_PLACE)
    }

    /// Share of records in the region.
    #[must_use]
    pub fn region(&self, region: u16) -> f32 {
        self.of(self.regions.get(&region), BACKGROUND_REGION)
    }

    fn of(&self, count: Option<&u32>, background: u32) -> f32 {
        // Whoever is compared bears the value, also when the count is older.
        let count = count.copied().unwrap_or(0).max(1) + background;
        share(count, f64::from(self.records.max(1.0)))
    }

    fn once(&self) -> f32 {
        1.0 / self.records.max(1.0)
    }
}

fn add_one(counts: &mut Vec<u32>, number: u32) {
    let place = number as usize;
    if place >= counts.len() {
        counts.resize(place + 1, 0);
    }
    counts[place] += 1;
}

fn cumulate(
    own: u32,
    neighbours: &[(Symbol, Likeness)],
    count: &impl Fn(Symbol) -> u32,
    whole: f64,
) -> NameShares {
    let mut counts = [own; 5];
    for (other, likeness) in neighbours {
        for place in counts.iter_mut().skip(*likeness as usize) {
            *place += count(*other);
        }
    }
    counts.map(|count| share(count + BACKGROUND_NAME, whole))
}

#[allow(clippy::cast_possible_truncation, reason = "a share needs no more than single precision")]
fn share(count: u32, whole: f64) -> f32 {
    (f64::from(count) / whole) as f32
}

fn year(birth: Birth) -> usize {
    usize::from(birth.year.clamp(YEARS.0, YEARS.1) - YEARS.0)
}

fn day(birth: Birth) -> usize {
    (usize::from(birth.month) * 32 + usize::from(birth.day())).min(DAYS - 1)
}
