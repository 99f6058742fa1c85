//! What one field of a file holds: counted while the file streams past, judged at its end.

use std::collections::{BTreeMap, HashSet};
use std::hash::BuildHasher as _;

use rustc_hash::FxBuildHasher;
use serde_json::Value;

use super::super::table::folded;

/// Cells that mean that nothing is known, without case.
const NOTHING: [&str; 10] = ["null", "n/a", "na", "-", "--", "nan", "none", "néant", "neant", "?"];

/// Words for "as above", without case.
const AS_ABOVE: [&str; 6] = ["idem", "id.", "ditto", "\"", "〃", "same"];

/// Different values kept of a field: enough to judge forms; a file may have millions.
const KEPT: usize = 1_000;

/// Characters kept of a value; longer ones are remarks.
const LONGEST: usize = 200;

/// One field's counts.
#[derive(Clone, Debug, Default)]
pub struct Profile {
    /// Records in which it has a value.
    pub present: u64,
    /// Records in which it could stand.
    pub records: u64,
    /// Cells that mean "nothing", as the sender writes them.
    pub nothing: BTreeMap<String, u64>,
    /// Cells that mean "as above".
    pub as_above: BTreeMap<String, u64>,
    /// Values and how often they stand, the first different ones.
    pub values: BTreeMap<String, u64>,
    /// Values beyond the kept ones.
    pub others: u64,
    numbers: u64,
    booleans: u64,
    /// Times that a value stood right after the same value.
    pub repeated: u64,
    /// Longest value in characters.
    pub longest: usize,
    hashes: HashSet<u64, FxBuildHasher>,
    last: Option<u64>,
}

impl Profile {
    /// Counts the value of one record.
    pub fn add(&mut self, value: &Value) {
        let text = match value {
            Value::String(text) => text.trim().to_owned(),
            Value::Bool(_) => {
                self.booleans += 1;
                value.to_string()
            }
            Value::Number(_) => {
                self.numbers += 1;
                value.to_string()
            }
            Value::Null | Value::Array(_) | Value::Object(_) => return,
        };
        if text.is_empty() {
            return;
        }
        let lower = text.to_lowercase();
        if value.is_string() && NOTHING.contains(&lower.as_str()) {
            *self.nothing.entry(text).or_default() += 1;
            return;
        }
        if AS_ABOVE.contains(&lower.as_str()) {
            *self.as_above.entry(text).or_default() += 1;
            return;
        }
        self.count(&text);
    }

    fn count(&mut self, text: &str) {
        self.present += 1;
        self.longest = self.longest.max(text.chars().count());
        let hash = fingerprint(text);
        self.repeated += u64::from(self.last == Some(hash));
        self.last = Some(hash);
        self.hashes.insert(hash);
        let text: String = text.chars().take(LONGEST).collect();
        if self.values.len() < KEPT || self.values.contains_key(&text) {
            *self.values.entry(text).or_default() += 1;
        } else {
            self.others += 1;
        }
    }

    /// Adds what another field has shown that turns out to be the same.
    pub fn absorb(&mut self, other: Self) {
        self.present += other.present;
        self.others += other.others;
        self.numbers += other.numbers;
        self.booleans += other.booleans;
        self.repeated += other.repeated;
        self.longest = self.longest.max(other.longest);
        self.hashes.extend(other.hashes);
        for (counts, more) in [
            (&mut self.nothing, other.nothing),
            (&mut self.as_above, other.as_above),
            (&mut self.values, other.values),
        ] {
            for (text, count) in more {
                *counts.entry(text).or_default() += count;
            }
        }
    }

    /// JSON: whether it is a number; a slip in one record of fifty does not make it one.
    #[must_use]
    pub fn is_number(&self) -> bool {
        ratio(self.numbers, self.present) > 0.02
    }

    /// JSON: whether it is true or false, as [`Self::is_number`].
    #[must_use]
    pub fn is_boolean(&self) -> bool {
        ratio(self.booleans, self.present) > 0.02
    }

    /// JSON: whether it is a text, as [`Self::is_number`].
    #[must_use]
    pub fn is_text(&self) -> bool {
        let others = self.numbers + self.booleans;
        self.present == 0 || ratio(self.present.saturating_sub(others), self.present) > 0.02
    }

    /// A code that stands often enough to be nobody's own.
    #[must_use]
    pub fn common_code(&self) -> Option<&str> {
        let (text, count) = self.values.iter().max_by_key(|(_, count)| **count)?;
        let constant = self.distinct() == 1;
        ((constant || self.is_code_list()) && *count >= 5).then_some(text.as_str())
    }

    /// How many different values.
    #[must_use]
    pub fn distinct(&self) -> usize {
        self.hashes.len()
    }

    /// Share of records that have a value.
    #[must_use]
    pub fn presence(&self) -> f64 {
        ratio(self.present, self.records)
    }

    /// Share of different values among all: 1 for an id.
    #[must_use]
    pub fn uniqueness(&self) -> f64 {
        ratio(self.distinct() as u64, self.present)
    }

    /// Share of kept values, each weighted by how often it stands, for which something holds.
    pub fn share(&self, holds: impl Fn(&str) -> bool) -> f64 {
        let all: u64 = self.values.values().sum();
        let good: u64 = self.values.iter().filter(|(text, _)| holds(text)).map(|(_, n)| n).sum();
        ratio(good, all)
    }

    /// Whether the values are a short list of words that come again.
    #[must_use]
    pub fn is_code_list(&self) -> bool {
        let few = self.distinct() <= 40 && self.longest <= 40;
        few && (self.distinct() <= 3 || self.uniqueness() < 0.5)
    }

    /// Whether it says yes or no: such words are no names of anything.
    #[must_use]
    pub fn is_flag(&self) -> bool {
        self.is_boolean()
            || (self.distinct() <= 3 && super::codes::share("flag", &self.frequent()) > 0.9)
    }

    /// Whether the values look like codes of a closed list, whatever they mean: short, without blanks, and
    /// each of them often.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        let code = |text: &str| {
            let short = text.chars().count() <= 10 && !text.contains(char::is_whitespace);
            short && text.bytes().filter(u8::is_ascii_digit).count() <= 2
        };
        let often = self.values.values().all(|count| *count >= 3);
        let several = (2..=12).contains(&self.distinct());
        often && several && self.others == 0 && self.share(code) >= 1.0
    }

    /// Whether equal values always stand in one run of rows.
    #[must_use]
    pub fn comes_in_runs(&self) -> bool {
        self.repeated > 0 && self.present == self.repeated + self.distinct() as u64
    }

    /// Share of its values that stand in another field.
    #[must_use]
    pub fn within(&self, other: &Self) -> f64 {
        let found = self.hashes.iter().filter(|hash| other.hashes.contains(hash)).count();
        ratio(found as u64, self.hashes.len() as u64)
    }

    /// The values, the most frequent first.
    #[must_use]
    pub fn frequent(&self) -> Vec<&str> {
        let mut values: Vec<_> = self.values.iter().collect();
        values.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
        values.into_iter().map(|(text, _)| text.as_str()).collect()
    }

    /// Mostly letters, as names and places are.
    #[must_use]
    pub fn wordy(&self) -> f64 {
        self.share(|text| {
            let letters = text.chars().filter(|c| c.is_alphabetic()).count();
            letters >= 2 && letters * 10 >= text.chars().filter(|c| !c.is_whitespace()).count() * 7
        })
    }

    /// Words in a value, on average.
    #[must_use]
    pub fn words(&self) -> f64 {
        let all: u64 = self.values.values().sum();
        let words: u64 =
            self.values.iter().map(|(text, n)| text.split_whitespace().count() as u64 * n).sum();
        ratio(words, all)
    }
}

/// A value without case and accents as one number: equality is all that is asked of it.
fn fingerprint(text: &str) -> u64 {
    FxBuildHasher.hash_one(folded(text))
}

/// 0 when there is nothing.
#[must_use]
pub fn ratio(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}
