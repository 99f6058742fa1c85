//! The distinct texts of a column, each once, ready for comparison.
//!
//! Everything costly about a text happens when it is first seen: folding, cutting into words,
//! phonetic keys. Two records are then compared by numbers, and only texts that are different
//! symbols and share letters are looked at letter by letter.

use super::alphabet::{BLANK, LONGEST, code};
use super::hash;
use super::interner::Interner;
use crate::matching::{normalize, phonetic};

/// A distinct text. [`NONE`] where there is none.
pub type Symbol = u32;

/// No text.
pub const NONE: Symbol = u32::MAX;

/// What texts are, which decides how freely they are compared.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Manner {
    /// Parts of names of persons: sounds count, words in any order, initials.
    Name,
    /// Whole names, of which nobody knows which word comes first.
    WholeName,
    /// Places, addresses, occupations: words in any order.
    Words,
    /// Numbers and codes: only slips of the pen, no words.
    Code,
}

impl Manner {
    /// Whether its texts are names of persons.
    #[must_use]
    pub const fn is_name(self) -> bool {
        matches!(self, Self::Name | Self::WholeName)
    }
}

/// A text: where its letters and words stand, and what can be told without reading them.
#[derive(Clone, Copy)]
pub(super) struct Entry {
    start: usize,
    first_word: usize,
    /// The set of its letters.
    pub(super) letters: u64,
    /// A hash of its sound, 0 where there is none.
    pub(super) sound: u64,
    /// How many letters there are.
    pub(super) length: u8,
    /// The first of them.
    pub(super) first: u8,
    words: u8,
}

/// A word of texts.
#[derive(Clone, Copy)]
pub(super) struct Word {
    start: usize,
    length: u8,
    /// The set of its letters.
    pub(super) letters: u64,
    /// The first of them.
    pub(super) first: u8,
    /// Bits that sharing it is worth: rare words say more.
    pub(super) weight: f32,
}

/// All texts of one manner.
pub struct Texts {
    manner: Manner,
    known: Interner,
    /// Letters without blanks, one text after the other.
    letters: Vec<u8>,
    entries: Vec<Entry>,
    known_words: Interner,
    word_letters: Vec<u8>,
    words: Vec<Word>,
    /// The words of each text.
    words_of: Vec<u32>,
    /// Both ends of each text: for codes, all that is compared.
    ends: Vec<Ends>,
}

/// The first and the last letters of a text, and how many there are.
#[derive(Clone, Copy)]
pub(super) struct Ends {
    /// The first eight letters, the first of them lowest.
    pub(super) head: u64,
    /// The last eight letters, the last of them lowest.
    pub(super) tail: u64,
    /// The number of letters.
    pub(super) length: u8,
}

impl Ends {
    fn of(letters: &[u8]) -> Self {
        let pack = |letters: &mut dyn Iterator<Item = &u8>| {
            letters
                .take(8)
                .zip(0..)
                .fold(0_u64, |all, (letter, at)| all | u64::from(*letter) << (8 * at))
        };
        Self {
            head: pack(&mut letters.iter()),
            tail: pack(&mut letters.iter().rev()),
            length: short(letters.len()),
        }
    }
}

impl Texts {
    /// No texts yet.
    #[must_use]
    pub fn new(manner: Manner) -> Self {
        Self {
            manner,
            known: Interner::default(),
            letters: Vec::new(),
            entries: Vec::new(),
            known_words: Interner::default(),
            word_letters: Vec::new(),
            words: Vec::new(),
            words_of: Vec::new(),
            ends: Vec::new(),
        }
    }

    /// How freely they are compared.
    #[must_use]
    pub const fn manner(&self) -> Manner {
        self.manner
    }

    /// How many distinct texts there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The number of a text, which is added when it is new; [`NONE`] for one without a letter.
    pub fn intern(&mut self, text: &str) -> Symbol {
        let mut spaced = Vec::with_capacity(text.len().min(LONGEST + 1));
        encode(text, &mut spaced);
        match self.manner {
            Manner::WholeName => in_order(&mut spaced),
            // How somebody groups the signs of a number says nothing of it.
            Manner::Code => spaced.retain(|letter| *letter != BLANK),
            Manner::Name | Manner::Words => {}
        }
        if spaced.is_empty() {
            return NONE;
        }
        let symbol = self.known.intern(&spaced);
        if symbol as usize == self.entries.len() {
            let sound = if self.manner.is_name() { sound(text) } else { 0 };
            self.add(&spaced, sound);
        }
        symbol
    }

    fn add(&mut self, spaced: &[u8], sound: u64) {
        let (start, first_word) = (self.letters.len(), self.words_of.len());
        self.letters.extend(spaced.iter().filter(|letter| **letter != BLANK));
        for word in spaced.split(|letter| *letter == BLANK).filter(|word| !word.is_empty()) {
            let number = self.known_words.intern(word);
            if number as usize == self.words.len() {
                let start = self.word_letters.len();
                self.word_letters.extend_from_slice(word);
                self.words.push(Word {
                    start,
                    length: short(word.len()),
                    letters: set(word),
                    first: word.first().copied().unwrap_or(BLANK),
                    weight: 1.0,
                });
            }
            self.words_of.push(number);
        }
        if self.manner == Manner::Code {
            self.ends.push(Ends::of(&self.letters[start..]));
        }
        self.entries.push(Entry {
            start,
            first_word,
            letters: set(&self.letters[start..]),
            sound,
            first: self.letters.get(start).copied().unwrap_or(BLANK),
            length: short(self.letters.len() - start),
            words: short(self.words_of.len() - first_word),
        });
    }

    pub(super) fn ends(&self, symbol: Symbol) -> Ends {
        self.ends[symbol as usize]
    }

    /// What a comparison looks at first.
    pub(super) fn glance(&self, symbol: Symbol) -> u64 {
        match self.manner {
            Manner::Code => self.ends[symbol as usize].head,
            Manner::Name | Manner::WholeName | Manner::Words => self.entry(symbol).letters,
        }
    }

    pub(super) fn entry(&self, symbol: Symbol) -> &Entry {
        &self.entries[symbol as usize]
    }

    /// The letters of a text, without blanks.
    #[must_use]
    pub fn letters(&self, symbol: Symbol) -> &[u8] {
        let entry = self.entry(symbol);
        &self.letters[entry.start..][..usize::from(entry.length)]
    }

    /// The words of a text, as numbers.
    pub(super) fn words(&self, symbol: Symbol) -> &[u32] {
        let entry = self.entry(symbol);
        &self.words_of[entry.first_word..][..usize::from(entry.words)]
    }

    pub(super) fn word(&self, number: u32) -> &Word {
        &self.words[number as usize]
    }

    /// The letters of a word.
    pub(super) fn spelling(&self, word: &Word) -> &[u8] {
        &self.word_letters[word.start..][..usize::from(word.length)]
    }

    /// Weighs words by how few records have them; `counts` says how many have each text.
    pub(super) fn weigh_words(&mut self, counts: &[u32]) {
        let mut having = vec![0_u32; self.words.len()];
        let mut all = 0_u64;
        for (symbol, count) in (0..).zip(counts) {
            all += u64::from(*count);
            for word in self.words(symbol) {
                having[*word as usize] += count;
            }
        }
        for (word, count) in self.words.iter_mut().zip(having) {
            word.weight = bits(all, count);
        }
    }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "a weight")]
fn bits(all: u64, count: u32) -> f32 {
    ((all as f64 + 1.0) / f64::from(count.max(1))).log2().max(0.1) as f32
}

fn short(length: usize) -> u8 {
    u8::try_from(length).expect("a text has at most 64 letters")
}

fn set(letters: &[u8]) -> u64 {
    letters.iter().fold(0, |set, letter| set | 1 << (*letter & 63))
}

/// The letters of a text with one blank between words, as [`normalize::fold`] makes them.
fn encode(text: &str, out: &mut Vec<u8>) {
    let mut add = |letter: char| {
        if letter == ' ' {
            if out.last().is_some_and(|last| *last != BLANK) {
                out.push(BLANK);
            }
        } else {
            out.push(code(letter));
        }
        out.len() < LONGEST
    };
    if text.is_ascii() {
        // What folding does to ASCII, without its tables.
        let letters = text.bytes().filter(|byte| !matches!(byte, b'\'' | b'`'));
        let _ = letters
            .map(|byte| if byte.is_ascii_alphanumeric() { byte.to_ascii_lowercase() } else { b' ' })
            .all(|byte| add(char::from(byte)));
    } else {
        let cut: String = text.chars().take(4 * LONGEST).collect();
        let _ = normalize::fold(&cut).chars().all(&mut add);
    }
    while out.last() == Some(&BLANK) {
        out.pop();
    }
}

/// The words of a text in alphabetical order.
fn in_order(spaced: &mut Vec<u8>) {
    let mut words: Vec<&[u8]> = spaced.split(|letter| *letter == BLANK).collect();
    words.sort_unstable();
    *spaced = words.join(&BLANK);
}

/// A hash of how a name sounds: its words' keys, in alphabetical order.
fn sound(text: &str) -> u64 {
    let words = normalize::tokens(text);
    let mut keys: Vec<String> = words.iter().map(|word| phonetic::keys(word).tight).collect();
    keys.sort_unstable();
    let joined = keys.join(" ");
    if joined.len() < 3 { 0 } else { hash::text(joined.as_bytes()) | 1 }
}
