//! The comparison line: what of a record takes part in matching, in 64 bytes.
//!
//! Texts are interned: names as [`Symbol`]s, places, phones, identifiers, schemes and contracts as
//! numbers of their own tables. A line is made once, when a record arrives.

use hashbrown::HashTable;
use rustc_hash::FxHashMap;

use super::lists::Lists;
use super::model::Model;
use super::normalize;
use super::symbols::{Symbol, Symbols, UNKNOWN, hash};
use crate::model::record::{HumanName, NameUse, Sex};
use crate::model::{BeneficiaryRecord, PartialDate};

/// No value.
pub const NONE: u32 = u32::MAX;

/// A birth date in four bytes; year 0 when there is none.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct Birth {
    /// Year, 0 when unknown.
    pub year: u16,
    /// Month, 0 when unknown.
    pub month: u8,
    /// Day in the low five bits, 0 when unknown; the high bit says "approximately".
    day_and_doubt: u8,
}

impl Birth {
    const DOUBT: u8 = 0x80;

    /// Day of the month, 0 when unknown.
    #[must_use]
    pub const fn day(self) -> u8 {
        self.day_and_doubt & 0x1f
    }

    /// Whether the date is only approximate.
    #[must_use]
    pub const fn is_doubtful(self) -> bool {
        self.day_and_doubt & Self::DOUBT != 0
    }

    /// Whether both are the same full date.
    #[must_use]
    pub fn same_day(self, other: Self) -> bool {
        self.is_full()
            && (self.year, self.month, self.day()) == (other.year, other.month, other.day())
    }

    /// Whether day and month are known.
    #[must_use]
    pub const fn is_full(self) -> bool {
        self.month != 0 && self.day() != 0
    }

    /// 1 January is how a bare year is written where a form demands a day.
    #[must_use]
    pub const fn is_new_year(self) -> bool {
        matches!((self.month, self.day()), (1, 1))
    }

    /// 1 January and 31 December stand where a clerk knew only the year.
    #[must_use]
    pub const fn is_default(self) -> bool {
        matches!((self.month, self.day()), (1, 1) | (12, 31))
    }
}

impl From<PartialDate> for Birth {
    fn from(date: PartialDate) -> Self {
        let part = |part: Option<i8>| part.and_then(|part| u8::try_from(part).ok()).unwrap_or(0);
        let doubt = if date.is_approximate() { Self::DOUBT } else { 0 };
        Self {
            year: u16::try_from(date.year()).unwrap_or(0),
            month: part(date.month()),
            day_and_doubt: part(date.day()) | doubt,
        }
    }
}

/// What a record says, ready for comparison.
#[derive(Clone, Copy)]
pub struct Line {
    /// Tokens of the family names (own, husband's), [`UNKNOWN`] where there are fewer.
    pub family: [Symbol; 3],
    /// Tokens of the given names.
    pub given: [Symbol; 4],
    /// Birth date.
    pub birth: Birth,
    /// Phone numbers.
    pub phones: [u32; 2],
    /// Locality and commune (or district).
    pub places: [u32; 2],
    /// Set of identifiers.
    pub identifiers: u32,
    /// Contract within the scheme.
    pub household: u32,
    /// Region.
    pub region: u16,
    /// Scheme.
    pub scheme: u16,
    /// Country of the region.
    pub country: u8,
    /// Place in the household.
    pub role: u8,
    /// Sex.
    pub sex: Sex,
    /// Whether it is not known which of the names is the family name.
    pub order_unknown: bool,
}

impl Line {
    /// The family tokens.
    pub fn family(&self) -> impl Iterator<Item = Symbol> + '_ {
        self.family.iter().copied().filter(|symbol| *symbol != UNKNOWN)
    }

    /// The given tokens.
    pub fn given(&self) -> impl Iterator<Item = Symbol> + '_ {
        self.given.iter().copied().filter(|symbol| *symbol != UNKNOWN)
    }

    /// The family tokens as they stand.
    #[must_use]
    pub fn family_tokens(&self) -> &[Symbol] {
        known(&self.family)
    }

    /// The given tokens as they stand.
    #[must_use]
    pub fn given_tokens(&self) -> &[Symbol] {
        known(&self.given)
    }

    /// The phones.
    pub fn phones(&self) -> impl Iterator<Item = u32> + '_ {
        self.phones.iter().copied().filter(|phone| *phone != NONE)
    }

    /// The places.
    pub fn places(&self) -> impl Iterator<Item = u32> + '_ {
        self.places.iter().copied().filter(|place| *place != NONE)
    }
}

/// The tokens before the first place that is empty.
fn known(tokens: &[Symbol]) -> &[Symbol] {
    let known = tokens.iter().take_while(|symbol| **symbol != UNKNOWN).count();
    tokens.get(..known).unwrap_or_default()
}

/// An identifier: its system (place in the model's list, or beyond it) and a hash of its value.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Number {
    /// Place of the system in the model's list; `u16::MAX` for a system that it does not name.
    pub system: u16,
    /// The value.
    pub value: u32,
}

/// Texts of one kind as numbers. Only hashes are kept, each once: nothing personal can be read back.
#[derive(Default)]
struct Interner {
    hashes: Vec<u64>,
    numbers: HashTable<u32>,
}

impl Interner {
    fn intern(&mut self, kind: u64, text: &str) -> u32 {
        let (wanted, hashes) = (hash(kind, text), &mut self.hashes);
        let is_it = |number: &u32| hashes[*number as usize] == wanted;
        if let Some(number) = self.numbers.find(wanted, is_it) {
            return *number;
        }
        let next = u32::try_from(hashes.len()).expect("fewer than 2^32 distinct values");
        hashes.push(wanted);
        self.numbers.insert_unique(wanted, next, |number| hashes[*number as usize]);
        next
    }

    fn find(&self, kind: u64, text: &str) -> u32 {
        let wanted = hash(kind, text);
        let found = self.numbers.find(wanted, |number| self.hashes[*number as usize] == wanted);
        found.copied().unwrap_or(NONE)
    }
}

/// All tables behind the lines.
#[derive(Default)]
pub struct Vocabulary {
    /// Name tokens.
    pub symbols: Symbols,
    places: Interner,
    phones: Interner,
    values: Interner,
    households: Interner,
    schemes: Interner,
    regions: Interner,
    countries: Interner,
    sets: Lists<Number>,
    texts: FxHashMap<u32, Box<str>>,
}

/// The tokens of a name, by role.
#[derive(Default, Clone)]
pub struct NameTokens {
    /// Family names.
    pub family: Vec<String>,
    /// Given names.
    pub given: Vec<String>,
    /// Whether it is not known which is which.
    pub order_unknown: bool,
}

/// Reads the official name of a record: titles, particles and "épouse" are set aside.
#[must_use]
pub fn name_tokens(names: &[HumanName], model: &Model) -> NameTokens {
    let official = names.iter().find(|name| name.usage == NameUse::Official).or(names.first());
    let Some(name) = official else { return NameTokens::default() };
    let mut family = read(name.family.as_deref().unwrap_or_default(), model, true);
    let mut given = read(&name.given.join(" "), model, false);
    let mut order_unknown = false;
    if family.is_empty() || given.is_empty() {
        let whole = name.text.as_deref().map(|text| read(text, model, false)).unwrap_or_default();
        let whole = if whole.is_empty() { [family, given].concat() } else { whole };
        let mut whole = whole.into_iter();
        family = whole.next().into_iter().collect();
        given = whole.collect();
        order_unknown = true;
    }
    // A name before marriage or an alias is one more family name, never a given one.
    for other in names.iter().filter(|other| !std::ptr::eq(*other, name)) {
        for token in read(other.family.as_deref().unwrap_or_default(), model, true) {
            if !family.contains(&token) {
                family.push(token);
            }
        }
    }
    NameTokens { family, given, order_unknown }
}

/// The tokens of one name without titles and, for family names, particles. What is left when
/// everything would be set aside is the name itself: some people are called Hadja or Cheick.
fn read(text: &str, model: &Model, family: bool) -> Vec<String> {
    let names = &model.names;
    let tokens = normalize::tokens(text);
    let aside = |list: &[String], token: &String| list.contains(token);
    let mut kept: Vec<String> = Vec::with_capacity(tokens.len());
    let mut rest = tokens.as_slice();
    while let [token, after @ ..] = rest {
        let pair = after.first().map(|next| format!("{token} {next}"));
        if pair.is_some_and(|pair| names.titles.contains(&pair)) {
            rest = after.get(1..).unwrap_or_default();
            continue;
        }
        rest = after;
        let particle = family && aside(&names.particles, token);
        let skipped = aside(&names.titles, token) || aside(&names.married, token) || particle;
        if !skipped && !aside(&names.unknown, token) && !kept.contains(token) {
            kept.push(token.clone());
        }
    }
    if kept.is_empty() {
        kept = tokens.into_iter().filter(|token| !aside(&names.unknown, token)).collect();
        kept.dedup();
    }
    kept
}

const PLACE: u64 = 11;
const PHONE: u64 = 12;
const VALUE: u64 = 13;
const HOUSEHOLD: u64 = 14;

impl Vocabulary {
    /// The line of a record.
    pub fn line(&mut self, record: &BeneficiaryRecord, model: &Model) -> Line {
        let person = &record.person;
        let names = name_tokens(&person.names, model);
        let scheme = record.source.scheme.as_str();
        let address = person.addresses.first();
        let mut places = [NONE; 2];
        let texts = address
            .into_iter()
            .flat_map(|address| [&address.locality, &address.commune, &address.district])
            .flatten()
            .filter_map(|text| normalize::place(text, &model.names.place_suffixes));
        for (slot, text) in places.iter_mut().zip(texts) {
            *slot = self.places.intern(PLACE, &text);
        }
        let mut phones = [NONE; 2];
        for (slot, phone) in phones.iter_mut().zip(&person.phones) {
            *slot = self.phones.intern(PHONE, phone);
        }
        let household = record.household.as_ref().map_or(NONE, |household| {
            self.households.intern(HOUSEHOLD, &format!("{scheme}\u{1f}{}", household.id))
        });
        let region = address.and_then(|address| address.region.as_deref());
        let country = address.and_then(|address| address.country.as_deref());
        Line {
            family: symbols(&mut self.symbols, &names.family, model),
            given: symbols(&mut self.symbols, &names.given, model),
            birth: person.birth_date.map(Birth::from).unwrap_or_default(),
            phones,
            places,
            identifiers: self.identifiers(record, model),
            household,
            region: small(&mut self.regions, region),
            scheme: small(&mut self.schemes, Some(scheme)),
            country: u8::try_from(small(&mut self.countries, country)).unwrap_or(u8::MAX),
            role: role(record),
            sex: person.sex,
            order_unknown: names.order_unknown,
        }
    }

    /// The line of a record that nobody sent: values that no record has are [`NONE`], and nothing is added to the tables.
    /// Its names are compared by their tokens, not by symbols.
    #[must_use]
    pub fn line_of_stranger(
        &self,
        record: &BeneficiaryRecord,
        names: &NameTokens,
        model: &Model,
    ) -> Line {
        let person = &record.person;
        let scheme = record.source.scheme.as_str();
        let address = person.addresses.first();
        let texts = address
            .into_iter()
            .flat_map(|address| [&address.locality, &address.commune, &address.district])
            .flatten()
            .filter_map(|text| normalize::place(text, &model.names.place_suffixes));
        let mut places = [NONE; 2];
        for (slot, text) in places.iter_mut().zip(texts) {
            *slot = self.places.find(PLACE, &text);
        }
        let mut phones = [NONE; 2];
        for (slot, phone) in phones.iter_mut().zip(&person.phones) {
            *slot = self.phone(phone);
        }
        let household = record.household.as_ref().map_or(NONE, |household| {
            self.households.find(HOUSEHOLD, &format!("{scheme}\u{1f}{}", household.id))
        });
        let known = |table: &Interner, text: Option<&str>| {
            let number = text.map(|text| table.find(0, &text.to_ascii_lowercase()));
            number.and_then(|number| u16::try_from(number).ok()).unwrap_or(u16::MAX)
        };
        Line {
            family: [UNKNOWN; 3],
            given: [UNKNOWN; 4],
            birth: person.birth_date.map(Birth::from).unwrap_or_default(),
            phones,
            places,
            identifiers: NONE,
            household,
            region: known(&self.regions, address.and_then(|address| address.region.as_deref())),
            scheme: known(&self.schemes, Some(scheme)),
            country: u8::try_from(known(
                &self.countries,
                address.and_then(|address| address.country.as_deref()),
            ))
            .unwrap_or(u8::MAX),
            role: role(record),
            sex: person.sex,
            order_unknown: names.order_unknown,
        }
    }

    fn identifiers(&mut self, record: &BeneficiaryRecord, model: &Model) -> u32 {
        if record.person.identifiers.is_empty() {
            return NONE;
        }
        let set = self.sets.unused();
        for identifier in &record.person.identifiers {
            let place = model.systems.iter().position(|known| known.system == identifier.system);
            let system = place.and_then(|place| u16::try_from(place).ok()).unwrap_or(u16::MAX);
            let text = format!("{}\u{1f}{}", identifier.system, identifier.value);
            let value = self.values.intern(VALUE, &text);
            let checked = model.systems.get(usize::from(system)).is_some_and(|known| known.checked);
            if !checked {
                // Only unchecked numbers are ever compared digit by digit.
                self.texts.entry(value).or_insert_with(|| identifier.value.as_str().into());
            }
            self.sets.push(set, Number { system, value });
        }
        set
    }

    /// Forgets the identifiers of a line that is no longer looked at, so that the next one may have their place.
    pub fn forget(&mut self, line: &mut Line) {
        if line.identifiers != NONE {
            self.sets.give_up(std::mem::replace(&mut line.identifiers, NONE));
        }
    }

    /// The identifiers of a line.
    #[must_use]
    pub fn numbers(&self, line: &Line) -> &[Number] {
        self.sets.get(line.identifiers)
    }

    /// The digits of an unchecked number.
    #[must_use]
    pub fn digits(&self, number: Number) -> Option<&str> {
        self.texts.get(&number.value).map(AsRef::as_ref)
    }

    /// The number of a phone, [`NONE`] when nobody has it.
    #[must_use]
    pub fn phone(&self, phone: &str) -> u32 {
        self.phones.find(PHONE, phone)
    }
}

fn symbols<const N: usize>(table: &mut Symbols, tokens: &[String], model: &Model) -> [Symbol; N] {
    let mut found = [UNKNOWN; N];
    for (slot, token) in found.iter_mut().zip(tokens) {
        *slot = table.intern(token, &model.equivalences);
    }
    found
}

/// The place in the household as a number, 0 when there is none.
fn role(record: &BeneficiaryRecord) -> u8 {
    record.household.as_ref().map_or(0, |household| household.relationship as u8 + 1)
}

fn small(table: &mut Interner, text: Option<&str>) -> u16 {
    let number = text.map(|text| table.intern(0, &text.to_ascii_lowercase()));
    number.and_then(|number| u16::try_from(number).ok()).unwrap_or(u16::MAX)
}
