//! Name tokens as numbers: each distinct spelling once, with its keys and its neighbours.
//!
//! Ten million people have 10^4 to 10^5 distinct names, so everything costly about comparing names
//! happens here, when a spelling is first seen; comparing two records is then a look-up. Neighbours
//! are found by equivalence group, by key and by one deletion, never by trying every pair.

use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use super::equivalence::Equivalences;
use super::phonetic;

/// A spelling of a name token.
pub type Symbol = u32;

/// No spelling that is known.
pub const UNKNOWN: Symbol = u32::MAX;

/// How alike two name tokens are, the most alike first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Likeness {
    /// The same spelling.
    Equal,
    /// Known forms of one name: Fatou, Fatoumata.
    Equivalent,
    /// The same sounds in another spelling: Coulibaly, Koulibaly.
    Phonetic,
    /// Forms of one root that are often, not always, one name: Mamadou, Mohamed.
    Related,
    /// A slip of the pen, or the same consonants.
    Similar,
    /// Nothing in common.
    Different,
}

/// The neighbours of a spelling, without itself, in order.
pub type Neighbours = SmallVec<[(Symbol, Likeness); 6]>;

struct Entry {
    text: Box<str>,
    loose: u64,
    neighbours: Neighbours,
}

/// All spellings seen.
#[derive(Default)]
pub struct Symbols {
    by_text: FxHashMap<Box<str>, Symbol>,
    entries: Vec<Entry>,
    /// Equivalence groups, keys and deletions, each hashed with its kind.
    buckets: FxHashMap<u64, SmallVec<[Symbol; 4]>>,
    /// Neighbours that the records have taught, each pair once.
    learnt: Vec<(Symbol, Symbol)>,
}

/// A token that is looked up without being added.
pub struct Probe {
    /// Its number, [`UNKNOWN`] when it was never seen.
    pub symbol: Symbol,
    /// Hash of its loose key.
    pub loose: u64,
    /// Spellings near it.
    pub neighbours: Neighbours,
}

impl Symbols {
    /// How many spellings there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The number of a token, which is added when it is new.
    pub fn intern(&mut self, token: &str, equivalences: &Equivalences) -> Symbol {
        if let Some(symbol) = self.by_text.get(token) {
            return *symbol;
        }
        let symbol = Symbol::try_from(self.entries.len()).expect("fewer than 2^32 distinct names");
        let (loose, buckets) = buckets(token, equivalences);
        let neighbours = self.neighbours(token, &buckets, equivalences);
        for (other, likeness) in &neighbours {
            // The newest spelling is the last.
            self.entries[*other as usize].neighbours.push((symbol, *likeness));
        }
        for bucket in buckets {
            self.buckets.entry(bucket).or_default().push(symbol);
        }
        self.by_text.insert(token.into(), symbol);
        self.entries.push(Entry { text: token.into(), loose, neighbours });
        symbol
    }

    /// Looks a token up; one that was never seen still has neighbours.
    #[must_use]
    pub fn probe(&self, token: &str, equivalences: &Equivalences) -> Probe {
        if let Some(symbol) = self.by_text.get(token) {
            return self.known(*symbol);
        }
        let (loose, buckets) = buckets(token, equivalences);
        let neighbours = self.neighbours(token, &buckets, equivalences);
        Probe { symbol: UNKNOWN, loose, neighbours }
    }

    /// What is known of a spelling.
    #[must_use]
    pub fn known(&self, symbol: Symbol) -> Probe {
        let entry = &self.entries[symbol as usize];
        Probe { symbol, loose: entry.loose, neighbours: entry.neighbours.clone() }
    }

    /// Hash of the loose key of a spelling.
    #[must_use]
    pub fn loose(&self, symbol: Symbol) -> u64 {
        self.entries[symbol as usize].loose
    }

    /// The spellings near a spelling, without itself.
    #[must_use]
    pub fn near(&self, symbol: Symbol) -> &[(Symbol, Likeness)] {
        &self.entries[symbol as usize].neighbours
    }

    /// Whether two spellings are one or near each other.
    #[must_use]
    pub fn is_like(&self, one: Symbol, other: Symbol) -> bool {
        one == other || likeness_among(self.near(one), other).is_some()
    }

    /// The pairs of spellings that were learnt.
    #[must_use]
    pub fn learnt(&self) -> &[(Symbol, Symbol)] {
        &self.learnt
    }

    /// Takes pairs of spellings for known forms of one name, instead of those that were learnt before. What the model
    /// says are two names stays so.
    pub fn learn(&mut self, pairs: Vec<(Symbol, Symbol)>, equivalences: &Equivalences) {
        for (one, other) in std::mem::take(&mut self.learnt) {
            self.entries[one as usize].neighbours.retain(|(near, _)| *near != other);
            self.entries[other as usize].neighbours.retain(|(near, _)| *near != one);
        }
        let key = |symbol: Symbol| phonetic::keys(&self.entries[symbol as usize].text).tight;
        self.learnt = pairs
            .into_iter()
            .filter(|(one, other)| !self.is_like(*one, *other))
            .filter(|(one, other)| !equivalences.apart(&key(*one), &key(*other)))
            .collect();
        for (one, other) in &self.learnt {
            for (from, to) in [(*one, *other), (*other, *one)] {
                let neighbours = &mut self.entries[from as usize].neighbours;
                let place = neighbours.partition_point(|(near, _)| *near < to);
                neighbours.insert(place, (to, Likeness::Equivalent));
            }
        }
    }

    fn neighbours(&self, token: &str, buckets: &[u64], equivalences: &Equivalences) -> Neighbours {
        let mut found = Neighbours::new();
        for bucket in buckets {
            for other in self.buckets.get(bucket).into_iter().flatten() {
                let Err(place) = found.binary_search_by_key(other, |(known, _)| *known) else {
                    continue;
                };
                let likeness = likeness(token, &self.entries[*other as usize].text, equivalences);
                if likeness != Likeness::Different {
                    found.insert(place, (*other, likeness));
                }
            }
        }
        found
    }
}

/// How alike a spelling is to the one whose neighbours these are; none when it is no neighbour.
#[must_use]
pub fn likeness_among(neighbours: &[(Symbol, Likeness)], other: Symbol) -> Option<Likeness> {
    let place = neighbours.binary_search_by_key(&other, |(symbol, _)| *symbol).ok()?;
    neighbours.get(place).map(|(_, likeness)| *likeness)
}

/// A spelling shorter than this is not near another by one letter: Awa and Ama are two names.
const SHORTEST_FOR_A_SLIP: usize = 4;
/// Jaro-Winkler similarity from which two spellings with the same consonants are alike.
const SAME_CONSONANTS: f64 = 0.84;
/// Jaro-Winkler similarity from which two spellings one letter apart are alike.
const ONE_LETTER: f64 = 0.86;

/// How alike two folded tokens are.
#[must_use]
pub fn likeness(one: &str, other: &str, equivalences: &Equivalences) -> Likeness {
    if one == other {
        return Likeness::Equal;
    }
    let (a, b) = (phonetic::keys(one), phonetic::keys(other));
    if equivalences.apart(&a.tight, &b.tight) {
        return Likeness::Different;
    }
    if equivalences.equivalent(&a.tight, &b.tight) {
        return Likeness::Equivalent;
    }
    if a.tight == b.tight && a.tight.len() > 1 {
        return Likeness::Phonetic;
    }
    if equivalences.related(&a.tight, &b.tight) {
        return Likeness::Related;
    }
    // Similar first names of twins begin differently: Assanatou, Ousseynatou.
    let same_head = a.tight.chars().next() == b.tight.chars().next();
    let similarity = strsim::jaro_winkler(one, other);
    if a.loose == b.loose && similarity >= SAME_CONSONANTS && a.loose.len() > 1 {
        return Likeness::Similar;
    }
    let shortest = one.chars().count().min(other.chars().count());
    let a_slip = shortest >= SHORTEST_FOR_A_SLIP && strsim::osa_distance(one, other) <= 1;
    if a_slip && same_head && similarity >= ONE_LETTER {
        return Likeness::Similar;
    }
    Likeness::Different
}

/// The hash of a token's loose key, and of everything by which neighbours may find it.
fn buckets(token: &str, equivalences: &Equivalences) -> (u64, SmallVec<[u64; 24]>) {
    let keys = phonetic::keys(token);
    let loose = hash(1, &keys.loose);
    let mut found: SmallVec<[u64; 24]> = SmallVec::new();
    found.push(loose);
    for group in equivalences.groups(&keys.tight) {
        found.push(hash(2, &group.to_string()));
    }
    // One deletion on both sides finds every insertion, deletion, substitution and transposition.
    found.push(hash(3, token));
    let letters: Vec<char> = token.chars().collect();
    if letters.len() >= SHORTEST_FOR_A_SLIP {
        for gone in 0..letters.len() {
            let rest: String = letters
                .iter()
                .enumerate()
                .filter(|(place, _)| *place != gone)
                .map(|(_, letter)| letter)
                .collect();
            found.push(hash(3, &rest));
        }
    }
    found.sort_unstable();
    found.dedup();
    (loose, found)
}

/// A stable 64-bit hash of a text within a kind.
#[must_use]
pub fn hash(kind: u64, text: &str) -> u64 {
    // FNV-1a with a final mix: stable over builds, and good enough for buckets that are verified.
    let start = 0xcbf2_9ce4_8422_2325 ^ kind.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let sum = text
        .bytes()
        .fold(start, |sum, byte| (sum ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    (sum ^ (sum >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9)
}
