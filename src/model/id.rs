//! Ids: time-ordered, 16 bytes in the store, shown with a prefix that says what they name.

use std::fmt;
use std::str::FromStr;

use uuid::{Timestamp, Uuid};

use super::Instant;

/// Why a text is not an id of the wanted kind.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("not an id that starts with `{prefix}_`")]
pub struct IdError {
    /// The prefix that was expected, without its underscore.
    pub prefix: &'static str,
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; 16]);

        impl $name {
            /// The visible prefix, without its underscore.
            pub const PREFIX: &'static str = $prefix;

            /// A new id, ordered by `now`; `random` fills the bits that are not time.
            #[must_use]
            pub fn new(now: Instant, random: [u8; 10]) -> Self {
                Self(time_ordered(now, random))
            }

            /// The 16 bytes as stored.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; 16] {
                &self.0
            }

            /// From the 16 bytes as stored.
            #[must_use]
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(bytes)
            }

            /// From a stored slice, when it has the right length.
            #[must_use]
            pub fn from_slice(bytes: &[u8]) -> Option<Self> {
                bytes.try_into().ok().map(Self)
            }
        }

        impl AsRef<[u8]> for $name {
            fn as_ref(&self) -> &[u8] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(out, "{}_{}", $prefix, Uuid::from_bytes(self.0).simple())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, out)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                text.strip_prefix(concat!($prefix, "_"))
                    .and_then(|hex| Uuid::try_parse(hex).ok())
                    .map(|uuid| Self(*uuid.as_bytes()))
                    .ok_or(IdError { prefix: $prefix })
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    )*};
}

ids! {
    /// One file or message that a scheme sent.
    BatchId = "bat";
    /// One record of one scheme, through all its revisions.
    RecordId = "rec";
    /// One revision of a record: what its scheme sent once.
    RevisionId = "rvn";
    /// One event about a record.
    EventId = "evt";
    /// One correction of a value that a scheme sent.
    CorrectionId = "cor";
    /// One person behind records; stable, old ids redirect.
    PersonId = "per";
    /// One refused record that waits for a correction.
    QuarantineId = "qua";
    /// One possible duplicate that waits for a steward.
    ReviewId = "rev";
    /// One decision of a person about records.
    DecisionId = "dec";
    /// One merge or split in the history of people.
    PersonEventId = "hst";
    /// One trial of a match model.
    WhatIfId = "wif";
    /// One message to one subscriber.
    DeliveryId = "del";
    /// One subscription of a scheme to the changes of its people.
    SubscriptionId = "sub";
    /// One access key.
    KeyId = "key";
    /// One run of a mapping over what is stored.
    ReplayId = "rpl";
    /// One entry of the audit log.
    AuditId = "aud";
    /// One signed answer.
    AnswerId = "ans";
    /// One message of another registry that is answered later.
    ExchangeId = "xch";
    /// One account of somebody who works at the page.
    AccountId = "acc";
    /// One sitting of somebody who signed in.
    SessionId = "ses";
}

fn time_ordered(now: Instant, random: [u8; 10]) -> [u8; 16] {
    let millis = u64::try_from(now.as_millis()).unwrap_or(0);
    let seconds = millis / 1000;
    let nanos = u32::try_from(millis % 1000).unwrap_or(0) * 1_000_000;
    let mut bytes = *Uuid::new_v7(Timestamp::from_unix_time(seconds, nanos, 0, 0)).as_bytes();
    // RFC 9562 section 5.7: everything after the 48 bits of time is random but version and variant.
    bytes[6..16].copy_from_slice(&random);
    bytes[6] = 0x70 | (bytes[6] & 0x0f);
    bytes[8] = 0x80 | (bytes[8] & 0x3f);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_survives_its_text() {
        let id = PersonId::new(Instant::from_millis(1_700_000_000_000), [7; 10]);
        assert_eq!(id.to_string().parse::<PersonId>(), Ok(id));
        assert!(id.to_string().starts_with("per_"));
    }

    #[test]
    fn an_id_of_another_kind_is_refused() {
        let id = RecordId::new(Instant::from_millis(1), [0; 10]);
        assert_eq!(id.to_string().parse::<PersonId>(), Err(IdError { prefix: "per" }));
    }

    #[test]
    fn ids_sort_by_time() {
        let early = BatchId::new(Instant::from_millis(1_000), [255; 10]);
        let late = BatchId::new(Instant::from_millis(2_000), [0; 10]);
        assert!(early < late);
    }
}
