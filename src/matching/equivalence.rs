//! Which names are forms of one name, and which look alike but are not: data of the match model.

use rustc_hash::{FxHashMap, FxHashSet};
use serde::Deserialize;
use smallvec::SmallVec;

use super::{normalize, phonetic};

/// Forms of one name, with the source that says so.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// The forms.
    pub names: Vec<String>,
    /// Where this is known from.
    pub source: String,
}

/// Equivalences in the form in which they are asked: by phonetic key, so that other spellings of a
/// listed form are covered.
#[derive(Default)]
pub struct Equivalences {
    groups: FxHashMap<String, SmallVec<[u32; 2]>>,
    /// Groups from this number on hold names that are only related.
    first_related: u32,
    apart: FxHashSet<(String, String)>,
}

impl Equivalences {
    /// From groups of equivalent names, of related names, and of names that must never be near.
    #[must_use]
    pub fn new(equivalent: &[Group], related: &[Group], apart: &[Group]) -> Self {
        let mut result = Self {
            first_related: u32::try_from(equivalent.len()).unwrap_or(u32::MAX),
            ..Self::default()
        };
        for (number, group) in (0..).zip(equivalent.iter().chain(related)) {
            for name in &group.names {
                let groups = result.groups.entry(key(name)).or_default();
                if !groups.contains(&number) {
                    groups.push(number);
                }
            }
        }
        for group in apart {
            let keys: Vec<String> = group.names.iter().map(|name| key(name)).collect();
            for (place, one) in keys.iter().enumerate() {
                for other in keys.iter().skip(place + 1) {
                    result.apart.insert(ordered(one, other));
                }
            }
        }
        result
    }

    /// The groups of a phonetic key.
    #[must_use]
    pub fn groups(&self, tight: &str) -> &[u32] {
        self.groups.get(tight).map_or(&[], |groups| groups.as_slice())
    }

    /// Whether two keys are forms of one name.
    #[must_use]
    pub fn equivalent(&self, one: &str, other: &str) -> bool {
        self.share(one, other, |group| group < self.first_related)
    }

    /// Whether two keys are forms of one root.
    #[must_use]
    pub fn related(&self, one: &str, other: &str) -> bool {
        self.share(one, other, |group| group >= self.first_related)
    }

    /// Whether two keys look alike but are known to be different names.
    #[must_use]
    pub fn apart(&self, one: &str, other: &str) -> bool {
        !self.apart.is_empty() && self.apart.contains(&ordered(one, other))
    }

    fn share(&self, one: &str, other: &str, counts: impl Fn(u32) -> bool) -> bool {
        one != other
            && self
                .groups(one)
                .iter()
                .any(|group| counts(*group) && self.groups(other).contains(group))
    }
}

fn key(name: &str) -> String {
    phonetic::keys(&normalize::tokens(name).concat()).tight
}

fn ordered(one: &str, other: &str) -> (String, String) {
    if one < other {
        (one.to_owned(), other.to_owned())
    } else {
        (other.to_owned(), one.to_owned())
    }
}
