//! How somebody exchanges messages (SPDCI): where answers go, what a message must prove, how strictly it is read.
//!
//! It stands in the agreement, because it is agreed: addresses and keys come with the signed text, and change the way it
//! does. Deliberately no part of an access key: a key opens the door, and whoever holds it must not choose to where the
//! hub sends what it knows.

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::model::SchemeId;

/// How somebody exchanges messages; by default it is answered only where it asks, unsigned, and read to the letter.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Partner {
    /// What it may call itself; anything when empty, since who it is, its key says.
    pub sender_ids: BTreeSet<String>,
    /// Addresses below which it may be answered.
    pub callbacks: Vec<String>,
    /// Whether its messages must be signed.
    pub signature: Signature,
    /// With what they are.
    pub keys: Vec<PublicKey>,
    /// How strictly they are read.
    pub reading: Reading,
    /// Whose insured it may follow without naming each.
    pub follows: BTreeSet<SchemeId>,
    /// Of a civil registry: of whose insured it announces deaths.
    pub deaths_of: BTreeSet<SchemeId>,
}

/// Whether messages must be signed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Signature {
    /// Whatever stands there is passed over.
    #[default]
    None,
    /// What is signed must be signed rightly.
    IfPresent,
    /// What is not signed is refused.
    Required,
}

/// A public key of Ed25519.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublicKey {
    /// As messages name it.
    pub id: String,
    /// Its 32 bytes in base64url, as in a JWK.
    pub x: String,
}

/// How strictly a message is read.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reading {
    /// What is not as the specification has it is refused.
    #[default]
    Strict,
    /// Faults whose mending is certain are mended, and named in the answer.
    Lenient,
}

impl Partner {
    /// Where an answer goes: to the address that a message names, when one of those agreed leads to it; else, by this path,
    /// below the first one. None when nothing was agreed and nothing is named.
    ///
    /// # Errors
    /// When the named address was not agreed.
    pub fn callback(&self, named: Option<&str>, path: &str) -> Result<Option<String>, NotAgreed> {
        match named {
            Some(named) if self.callbacks.iter().any(|base| leads_to(base, named)) => {
                Ok(Some(named.to_owned()))
            }
            Some(_) => Err(NotAgreed),
            None => {
                let below = |base: &String| format!("{}/{path}", base.trim_end_matches('/'));
                Ok(self.callbacks.first().map(below))
            }
        }
    }
}

/// An address that nobody agreed to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NotAgreed;

/// Whether an address is another or lies below it. Compared as text: what is written otherwise is another address, and
/// what follows begins with a slash, so that no other host can hide behind the agreed one.
fn leads_to(base: &str, address: &str) -> bool {
    let below = address.strip_prefix(base.trim_end_matches('/'));
    below.is_some_and(|rest| {
        (rest.is_empty() || rest.starts_with('/'))
            && !rest.contains("..")
            // Two dots, written so that a reader of addresses takes them for such.
            && !rest.to_ascii_lowercase().contains("%2e")
            && !rest.contains(['\\', '#'])
            && !rest.contains(|letter: char| letter.is_ascii_control())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_agreed_is_answered() {
        let partner = Partner {
            callbacks: vec!["https://a.example/spdci/".to_owned(), "https://b.example".to_owned()],
            ..Partner::default()
        };
        let callback = |named| partner.callback(named, "registry/on-search");
        let first = "https://a.example/spdci/registry/on-search".to_owned();
        assert_eq!(callback(None), Ok(Some(first)));
        for good in [
            "https://a.example/spdci",
            "https://a.example/spdci/x/on-search",
            "https://b.example/y?z=1",
        ] {
            assert_eq!(callback(Some(good)), Ok(Some(good.to_owned())), "{good}");
        }
        for bad in [
            "https://a.example/",
            "https://a.example/spdcix",
            "https://a.example/spdci/../admin",
            "https://a.example/spdci/%2e%2E/admin",
            "https://a.example/spdci/.\t./admin",
            "https://b.example@evil.example/",
            "https://b.example.evil.example/",
            "https://b.example:8443/",
            "https://b.example\\@evil.example",
            "http://b.example/",
            "",
        ] {
            assert_eq!(callback(Some(bad)), Err(NotAgreed), "{bad}");
        }
        assert_eq!(Partner::default().callback(None, "x"), Ok(None));
    }
}
