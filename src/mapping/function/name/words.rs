//! The words that tell what the others are: titles, particles, marks of marriage, clan names.
//!
//! From general knowledge of the region, folded to lower case without accents.

use super::Words;

/// Forms of address and religious titles of one word.
const TITLES: &[&str] = &[
    "m",
    "mr",
    "mrs",
    "ms",
    "miss",
    "mme",
    "mlle",
    "monsieur",
    "madame",
    "mademoiselle",
    "dr",
    "docteur",
    "pr",
    "prof",
    "professeur",
    "me",
    "maitre",
    "ing",
    "chief",
    "engr",
    "barr",
    "pst",
    "pasteur",
    "pastor",
    "abbe",
    "imam",
    "cheick",
    "hadja",
    "hadjia",
    "hajia",
    "hajiya",
    "adja",
    "alhaji",
    "alhaja",
    "elhadj",
    "elhadji",
    "el-hadj",
    "el-hadji",
    "alhadji",
    "alh",
    "hadj",
    "hadji",
    "veuve",
    "feu",
    "feue",
];

/// Titles of one letter that are an initial of a given name unless a dot follows them.
const DOTTED: &[&str] = &["m", "me"];

/// Titles of two words.
const DOUBLE_TITLES: &[(&str, &str)] = &[
    ("el", "hadj"),
    ("el", "hadji"),
    ("el", "haj"),
    ("al", "hadj"),
    ("al", "hajj"),
    ("al", "haji"),
];

/// Son or daughter of, in Tamasheq, Hassaniya and Arabic.
const PARTICLES: &[&str] =
    &["ag", "walet", "oualet", "wallet", "ould", "mint", "ben", "bin", "ibn", "bint"];

/// Clan names (jamu) known all over the region; they say "family name" wherever they stand.
const CLANS: &[&str] = &[
    "bagayoko",
    "bah",
    "ballo",
    "bamba",
    "barry",
    "berthe",
    "bocoum",
    "camara",
    "cisse",
    "coulibaly",
    "dabo",
    "dao",
    "daou",
    "dembele",
    "diabate",
    "diakite",
    "diallo",
    "diarra",
    "diarrassouba",
    "diawara",
    "dicko",
    "djire",
    "dolo",
    "doumbia",
    "doumbouya",
    "drame",
    "fane",
    "fofana",
    "goita",
    "guindo",
    "haidara",
    "kamagate",
    "kamissoko",
    "kante",
    "karambe",
    "kassogue",
    "keita",
    "kone",
    "konate",
    "kouyate",
    "macalou",
    "magassa",
    "maiga",
    "niare",
    "ongoiba",
    "ouattara",
    "ouedraogo",
    "samake",
    "sangare",
    "sanogo",
    "savadogo",
    "sawadogo",
    "sidibe",
    "sinayoko",
    "simpara",
    "sissoko",
    "sogoba",
    "soro",
    "soumare",
    "sow",
    "sylla",
    "tangara",
    "togo",
    "togola",
    "tounkara",
    "toure",
    "traore",
    "yattara",
    "zongo",
    "compaore",
    "kabore",
    "zoungrana",
    "tiendrebeogo",
    "sorgho",
];

/// For each first letter the lengths of the words of some lists, as bits: most words of a file are
/// none of them, which this tells without a comparison.
struct Lengths([u32; 26]);

impl Lengths {
    const fn of<const N: usize>(lists: [&[&str]; N]) -> Self {
        let mut lengths = [0; 26];
        let mut list = 0;
        while list < lists.len() {
            let mut word = 0;
            while word < lists[list].len() {
                let bytes = lists[list][word].as_bytes();
                lengths[(bytes[0] - b'a') as usize] |= 1 << bytes.len();
                word += 1;
            }
            list += 1;
        }
        Self(lengths)
    }

    /// Whether a word of letters alone may be one of them; other words always may.
    fn may_have(&self, word: &str) -> bool {
        !word.bytes().all(|byte| byte.is_ascii_alphabetic()) || self.have(word)
    }

    /// Whether one of them has the first letter of a word without accents, and its length.
    fn have(&self, word: &str) -> bool {
        let first = word.bytes().next().map_or(0, |byte| byte.to_ascii_lowercase());
        let lengths =
            self.0.get(usize::from(first.wrapping_sub(b'a'))).copied().unwrap_or_default();
        lengths.checked_shr(u32::try_from(word.len()).unwrap_or(u32::MAX)).unwrap_or_default() & 1
            == 1
    }
}

/// The words with which a title begins.
const TITLE_LENGTHS: Lengths = Lengths::of([TITLES, &["el", "al"]]);
const PARTICLE_LENGTHS: Lengths = Lengths::of([PARTICLES]);
const ALL_LENGTHS: Lengths = Lengths::of([TITLES, &["el", "al"], PARTICLES]);

/// A folded word, on the stack: every name of a file comes through here.
struct Folded {
    bytes: [u8; LONGEST],
    length: usize,
}

/// More bytes than any of the words above has; what is longer is none of them.
const LONGEST: usize = 16;

impl Folded {
    fn as_str(&self) -> &str {
        self.bytes.get(..self.length).and_then(|word| std::str::from_utf8(word).ok()).unwrap_or("")
    }

    fn push(&mut self, letter: char) -> Option<()> {
        let room = self.bytes.get_mut(self.length..self.length + letter.len_utf8())?;
        self.length += letter.encode_utf8(room).len();
        Some(())
    }
}

/// Lower case, without the accents of French and without brackets, dots and commas around; empty when
/// it is longer than any word that is known here.
fn folded(word: &str) -> Folded {
    let mut folded = Folded { bytes: [0; LONGEST], length: 0 };
    let around = |c: char| matches!(c, '.' | ',' | '(' | ')' | ';');
    if fold(word.trim_matches(around), &mut folded).is_none() {
        folded.length = 0;
    }
    folded
}

fn fold(word: &str, into: &mut Folded) -> Option<()> {
    use unicode_normalization::char::{decompose_canonical, is_combining_mark};

    for letter in word.chars() {
        if letter.is_ascii() {
            into.push(letter.to_ascii_lowercase())?;
            continue;
        }
        let mut fits = Some(());
        decompose_canonical(letter, |part| {
            if is_combining_mark(part) {
                return;
            }
            for lower in part.to_lowercase() {
                let lower = if lower == '\u{2019}' { '\'' } else { lower };
                fits = fits.and_then(|()| into.push(lower));
            }
        });
        fits?;
    }
    Some(())
}

/// The words of a text, when they are of letters without accents, stand one blank apart, and none of them may be a
/// title or a particle: most given names.
pub(super) fn given_alone(text: &str) -> Option<Words<'_>> {
    let mut words = Words::new();
    let mut start = 0;
    for (at, byte) in text.bytes().chain([b' ']).enumerate() {
        if byte.is_ascii_alphabetic() || matches!(byte, b'-' | b'\'') {
            continue;
        }
        let word = text.get(start..at).filter(|word| byte == b' ' && !word.is_empty())?;
        if ALL_LENGTHS.have(word) {
            return None;
        }
        words.push(word);
        start = at + 1;
    }
    Some(words)
}

/// How many words at the beginning are a title.
pub(super) fn title_at(words: &[&str]) -> Option<usize> {
    let first = words.first()?;
    if !TITLE_LENGTHS.may_have(first) {
        return None;
    }
    let folded_first = folded(first);
    let name = folded_first.as_str();
    let mut doubles = DOUBLE_TITLES.iter().filter(|(a, _)| *a == name).peekable();
    if let (Some(second), true) = (words.get(1), doubles.peek().is_some()) {
        let second = folded(second);
        if doubles.any(|(_, b)| *b == second.as_str()) {
            return Some(2);
        }
    }
    let initial = DOTTED.contains(&name) && !first.ends_with('.');
    (TITLES.contains(&name) && !initial).then_some(1)
}

/// Whether a word binds to the one after it.
pub(super) fn is_particle(word: &str) -> bool {
    PARTICLE_LENGTHS.may_have(word) && PARTICLES.contains(&folded(word).as_str())
}

/// `épouse` and its short forms.
pub(super) fn is_married(word: &str) -> bool {
    matches!(folded(word).as_str(), "epouse" | "epse" | "ep" | "eps" | "epz")
}

/// `née`, before the name at birth.
pub(super) fn is_born(word: &str) -> bool {
    word.ends_with(['e', 'E']) && folded(word).as_str() == "nee"
}

/// Whether a word is a clan name.
pub(super) fn is_clan(word: &str) -> bool {
    CLANS.contains(&folded(word).as_str())
}
