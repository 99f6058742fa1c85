//! Keys that are known before they come.

use std::hash::Hasher;

use rustc_hash::FxHasher;

use crate::format::sink::write_string;

/// A key as JSON writes it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Key {
    quoted: Box<[u8]>,
    hash: u64,
}

impl Key {
    /// Of a name.
    #[must_use]
    pub fn new(name: &str) -> Self {
        let mut quoted = Vec::with_capacity(name.len() + 2);
        write_string(&mut quoted, name);
        Self { quoted: quoted.into(), hash: hash(name.as_bytes()) }
    }

    /// With its quotes.
    #[inline]
    pub(super) const fn quoted(&self) -> &[u8] {
        &self.quoted
    }

    /// By which it is told from others.
    #[inline]
    pub(super) const fn hash(&self) -> u64 {
        self.hash
    }
}

/// Two keys with one hash are taken for equal: by chance once in 10^12 records of 10,000 fields, and
/// who makes it happen on purpose only gets their own record refused.
pub(super) fn hash(name: &[u8]) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(name);
    hasher.write_u8(name.len() as u8);
    hasher.finish()
}
