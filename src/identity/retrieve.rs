//! Candidates by evidence: whoever shares a number, a phone, a pair of names, a name and a day.
//!
//! There are no blocks outside of which nobody is looked for: each piece of evidence has its own
//! posting list and a candidate needs to share one. Names are filed under their loose key and asked
//! for under the keys of all their neighbours, in any order of family and given name, together with
//! the years that a slip could have made of the year of birth. When a list cannot be walked to its
//! end the answer says so ([`Candidates::truncated`]) and nothing is dropped in silence.

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use smallvec::SmallVec;

use crate::matching::line::{Line, NONE, Vocabulary};
use crate::matching::lists::{ListId, Lists};
use crate::matching::symbols::{Likeness, Symbol};

/// Place of a record in the index.
pub type Slot = u32;

/// A phone of more records than this is an agent's: whoever has it is looked at only with a name or a day of birth in
/// common. Among n records of one phone it brings 0.15 / n to the odds, here -11 bits, and nothing but these brings as
/// much back.
const LONG: usize = 400;
/// Records of one phone that are looked through for a name or a day in common; beyond it the answer is `truncated`. A
/// phone of so many costs each of them a quarter of a millisecond.
const LONGEST: usize = 50_000;
/// A pair of names that so few records bear is looked at in every year of birth: against strangers two names of n records
/// bring 0.2 / n to the odds whatever the size of the register, a contradicting birth date takes 7 bits, a place gives them
/// back. More common names need a year that a slip explains, or other evidence, which has its own lists.
const RARE: usize = 64;
/// Candidates that are looked at for one record, at most.
const BUDGET: usize = 20_000;

/// What a search found.
#[derive(Default)]
pub struct Candidates {
    /// Slots, ascending, each once.
    pub slots: Vec<Slot>,
    /// Whether a common value could not be looked through to its end.
    pub truncated: bool,
}

/// All posting lists, by a hash of the kind of evidence and its value.
///
/// Most lists are of one record, whose slot stands in the table itself.
#[derive(Default)]
pub struct Postings {
    table: HashTable<Posting>,
    lists: Lists<Slot>,
}

/// One list: of a single record, or of several.
#[derive(Clone, Copy)]
struct Posting {
    key: Key,
    /// The slot, or [`SEVERAL`] and the number of the list.
    at: u32,
}

/// The bit that says "a list": an index holds fewer than 2^31 records.
const SEVERAL: u32 = 1 << 31;

impl Posting {
    const fn list(self) -> Option<ListId> {
        if self.at & SEVERAL == 0 { None } else { Some(self.at & !SEVERAL) }
    }
}

/// A piece of evidence, hashed. Of ten million records one key in a hundred is another's too: that makes a list a little
/// longer, and whoever is on it is weighed by what they are.
type Key = u32;

/// Mixes a kind of evidence and its parts into a key.
#[allow(clippy::cast_possible_truncation, reason = "half of the bits of a hash are a hash")]
fn key(kind: u64, parts: &[u64]) -> Key {
    let start = kind.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mixed = parts.iter().fold(start, |sum, part| {
        let mixed = (sum ^ part).wrapping_mul(0xff51_afd7_ed55_8ccd);
        mixed ^ (mixed >> 32)
    });
    mixed as Key
}

/// A key spread over 64 bits, as the table wants it.
const fn spread_out(key: Key) -> u64 {
    (key as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

const NUMBER: u64 = 1;
const PHONE: u64 = 2;
const NAMES: u64 = 3;
const NAMES_AND_YEAR: u64 = 4;
const NAME_AND_DAY: u64 = 5;
const GIVEN_YEAR_PLACE: u64 = 6;
const GIVEN_AND_YEAR: u64 = 7;

fn names(one: u64, other: u64) -> Key {
    key(NAMES, &[one.min(other), one.max(other)])
}

fn names_and_year(one: u64, other: u64, year: u16) -> Key {
    key(NAMES_AND_YEAR, &[one.min(other), one.max(other), u64::from(year)])
}

fn name_and_day(name: u64, year: u16, month: u8, day: u8) -> Key {
    key(NAME_AND_DAY, &[name, u64::from(year), u64::from(month), u64::from(day)])
}

fn given_and_year(given: u64, year: u16) -> Key {
    key(GIVEN_AND_YEAR, &[given, u64::from(year)])
}

fn given_year_place(given: u64, year: u16, place: u32) -> Key {
    key(GIVEN_YEAR_PLACE, &[given, u64::from(year), u64::from(place)])
}

impl Postings {
    /// Files a record under everything by which it may be found.
    pub fn add(&mut self, slot: Slot, line: &Line, vocabulary: &Vocabulary) {
        for key in keys(line, vocabulary) {
            match self.table.entry(
                spread_out(key),
                |known| known.key == key,
                |known| spread_out(known.key),
            ) {
                Entry::Vacant(free) => {
                    free.insert(Posting { key, at: slot });
                }
                Entry::Occupied(mut known) => {
                    let known = known.get_mut();
                    let list = known.list().unwrap_or_else(|| {
                        let list = self.lists.unused();
                        self.lists.push(list, known.at);
                        known.at = SEVERAL | list;
                        list
                    });
                    self.lists.push(list, slot);
                }
            }
        }
    }

    /// Takes a record out again.
    pub fn remove(&mut self, slot: Slot, line: &Line, vocabulary: &Vocabulary) {
        for key in keys(line, vocabulary) {
            let Ok(mut known) = self.table.find_entry(spread_out(key), |known| known.key == key)
            else {
                continue;
            };
            let Some(list) = known.get().list() else {
                known.remove();
                continue;
            };
            self.lists.retain(list, |other| *other != slot);
            if let [last] = *self.lists.get(list) {
                known.get_mut().at = last;
                self.lists.give_up(list);
            }
        }
    }

    fn list(&self, key: Key) -> &[Slot] {
        let posting = self.table.find(spread_out(key), |known| known.key == key);
        posting.map_or(&[], |known| match known.list() {
            Some(list) => self.lists.get(list),
            None => std::slice::from_ref(&known.at),
        })
    }

    /// Everybody who shares evidence with `wanted`.
    #[must_use]
    pub fn candidates(&self, wanted: &Wanted, table: Filed<'_>) -> Candidates {
        let mut lists: Vec<&[Slot]> = wanted.numbers.iter().map(|key| self.list(*key)).collect();
        let (mut slots, mut truncated) = (Vec::new(), false);
        for phone in &wanted.phones {
            match self.list(*phone) {
                few if few.len() <= LONG => lists.push(few),
                many if many.len() <= LONGEST => {
                    slots.extend(many.iter().filter(|slot| wanted.is_like(**slot, table)));
                }
                _ => truncated = true,
            }
        }
        self.by_names(wanted, &mut lists);
        self.by_day_and_place(wanted, &mut lists);
        lists.sort_by_key(|list| list.len());
        for list in lists {
            if slots.len() + list.len() > BUDGET {
                slots.sort_unstable();
                slots.dedup();
            }
            if slots.len() + list.len() > BUDGET {
                truncated = true;
                break;
            }
            slots.extend_from_slice(list);
        }
        slots.sort_unstable();
        slots.dedup();
        Candidates { slots, truncated }
    }

    /// The lists of whoever bears two of the names: a given and a family name, in either order, or two given names.
    fn by_names<'p>(&'p self, wanted: &Wanted, lists: &mut Vec<&'p [Slot]>) {
        for (place, one) in wanted.given.iter().enumerate() {
            for other in &wanted.family {
                self.by_two(*one, *other, wanted.birth.year, lists);
            }
            let others = wanted.given.iter().zip(&wanted.tokens).skip(place + 1);
            // Neighbours of one name are no two names.
            for (other, _) in others.filter(|(_, token)| **token != wanted.tokens[place]) {
                self.by_two(*one, *other, wanted.birth.year, lists);
            }
        }
    }

    fn by_two<'p>(&'p self, one: u64, other: u64, year: u16, lists: &mut Vec<&'p [Slot]>) {
        let all = self.list(names(one, other));
        if year == 0 || all.len() <= RARE {
            lists.push(all);
            return;
        }
        lists.extend(years(year).map(|year| self.list(names_and_year(one, other, year))));
        // Those without a birth date.
        lists.push(self.list(names_and_year(one, other, 0)));
    }

    /// The lists of whoever bears one of the names and was born on the day, or in the year and lives in the place.
    fn by_day_and_place<'p>(&'p self, wanted: &Wanted, lists: &mut Vec<&'p [Slot]>) {
        let birth = wanted.birth;
        if birth.is_full() {
            for name in wanted.given.iter().chain(&wanted.family) {
                lists.push(self.list(name_and_day(*name, birth.year, birth.month, birth.day())));
                if birth.month != birth.day() {
                    let swapped = name_and_day(*name, birth.year, birth.day(), birth.month);
                    lists.push(self.list(swapped));
                }
            }
        }
        if birth.year > 0 {
            for given in &wanted.given {
                // As few bear a given name and were born in the year as bear a rare pair of names: as much is in it.
                let few = self.list(given_and_year(*given, birth.year));
                if few.len() <= RARE {
                    lists.push(few);
                    continue;
                }
                for place in &wanted.places {
                    lists.push(self.list(given_year_place(*given, birth.year, *place)));
                }
            }
        }
    }
}

/// The records that postings point to.
#[derive(Clone, Copy)]
pub struct Filed<'a> {
    /// Lines by slot.
    pub lines: &'a [Line],
    /// Their names.
    pub vocabulary: &'a Vocabulary,
}

/// The years under which a person of that year may have been written down.
fn years(year: u16) -> impl Iterator<Item = u16> {
    [-10_i16, -2, -1, 0, 1, 2, 10]
        .into_iter()
        .filter_map(move |shift| year.checked_add_signed(shift))
}

fn keys(line: &Line, vocabulary: &Vocabulary) -> SmallVec<[Key; 24]> {
    let mut found: SmallVec<[Key; 24]> = SmallVec::new();
    found.extend(vocabulary.numbers(line).iter().map(|number| key(NUMBER, &[number.value.into()])));
    found.extend(line.phones().map(|phone| key(PHONE, &[phone.into()])));
    let loose = |symbol: Symbol| vocabulary.symbols.loose(symbol);
    let given: SmallVec<[u64; 4]> = line.given().map(loose).collect();
    let family: SmallVec<[u64; 3]> = line.family().map(loose).collect();
    let birth = line.birth;
    for one in &given {
        for other in &family {
            found.push(names(*one, *other));
            found.push(names_and_year(*one, *other, birth.year));
        }
        if birth.year > 0 {
            found.push(given_and_year(*one, birth.year));
            found.extend(line.places().map(|place| given_year_place(*one, birth.year, place)));
        }
    }
    // Two given names are as rare as a given and a family name, and a family name may be another: a husband's, or
    // one that stands among the given ones where the order is unknown.
    for (place, one) in given.iter().enumerate() {
        for other in given.iter().skip(place + 1) {
            found.push(names(*one, *other));
            found.push(names_and_year(*one, *other, birth.year));
        }
    }
    if birth.is_full() {
        for name in given.iter().chain(&family) {
            found.push(name_and_day(*name, birth.year, birth.month, birth.day()));
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// What is looked for: a record's or a question's evidence with the keys of all neighbour names.
pub struct Wanted {
    numbers: SmallVec<[Key; 4]>,
    phones: SmallVec<[Key; 2]>,
    given: SmallVec<[u64; 8]>,
    /// To which of the given tokens each of `given` belongs.
    tokens: SmallVec<[u8; 8]>,
    family: SmallVec<[u64; 8]>,
    places: SmallVec<[u32; 2]>,
    birth: crate::matching::line::Birth,
}

impl Wanted {
    /// What finds the rivals of a record.
    #[must_use]
    pub fn of(line: &Line, vocabulary: &Vocabulary) -> Self {
        let mut wanted = Self::bare(line, vocabulary);
        let near = |symbol: Symbol| {
            let known = vocabulary.symbols.known(symbol);
            spread(known.loose, &known.neighbours, vocabulary)
        };
        wanted.take_given(line.given().map(near));
        wanted.family = line.family().flat_map(near).collect();
        if line.order_unknown {
            wanted.take_given(line.given().chain(line.family()).map(near));
            wanted.family.clone_from(&wanted.given);
        }
        wanted
    }

    /// Whether a record shares a name or the day of birth.
    fn is_like(&self, slot: Slot, table: Filed<'_>) -> bool {
        let line = &table.lines[slot as usize];
        let is_named =
            |name: Symbol, names: &[u64]| names.contains(&table.vocabulary.symbols.loose(name));
        line.birth.same_day(self.birth)
            || line.given().any(|name| is_named(name, &self.given) || is_named(name, &self.family))
            || line.family().any(|name| is_named(name, &self.family) || is_named(name, &self.given))
    }

    /// What finds the person a question means: names as tokens that no record may ever have had.
    #[must_use]
    pub fn asked(line: &Line, family: &[String], given: &[String], context: Asked<'_>) -> Self {
        let mut wanted = Self::bare(line, context.vocabulary);
        let near = |token: &String| {
            let probe = context.vocabulary.symbols.probe(token, context.equivalences);
            spread(probe.loose, &probe.neighbours, context.vocabulary)
        };
        wanted.take_given(given.iter().map(near));
        wanted.family = family.iter().flat_map(near).collect();
        wanted
    }

    fn take_given(&mut self, tokens: impl Iterator<Item = SmallVec<[u64; 8]>>) {
        self.given.clear();
        self.tokens.clear();
        for (token, names) in (0_u8..).zip(tokens) {
            self.tokens.extend(names.iter().map(|_| token));
            self.given.extend(names);
        }
    }

    fn bare(line: &Line, vocabulary: &Vocabulary) -> Self {
        let numbers = vocabulary.numbers(line);
        Self {
            numbers: numbers.iter().map(|number| key(NUMBER, &[number.value.into()])).collect(),
            phones: line.phones().map(|phone| key(PHONE, &[phone.into()])).collect(),
            given: SmallVec::new(),
            tokens: SmallVec::new(),
            family: SmallVec::new(),
            places: line.places().filter(|place| *place != NONE).collect(),
            birth: line.birth,
        }
    }
}

/// What a question's names are looked up in.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    /// The tables.
    pub vocabulary: &'a Vocabulary,
    /// The equivalences of the model.
    pub equivalences: &'a crate::matching::equivalence::Equivalences,
}

fn spread(
    loose: u64,
    neighbours: &[(Symbol, Likeness)],
    vocabulary: &Vocabulary,
) -> SmallVec<[u64; 8]> {
    let mut found: SmallVec<[u64; 8]> = SmallVec::from_slice(&[loose]);
    found.extend(neighbours.iter().map(|(symbol, _)| vocabulary.symbols.loose(*symbol)));
    found.sort_unstable();
    found.dedup();
    found
}
