//! The id of a scheme.

use std::borrow::Borrow;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// A scheme's id: lower case letters, digits and hyphens, such as `ml-utm`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SchemeId(Arc<str>);

/// Why a text is no scheme id.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("a scheme id has 2 to 40 letters, digits and hyphens")]
pub struct SchemeIdError;

impl SchemeId {
    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for SchemeId {
    type Err = SchemeIdError;

    /// Upper case is folded: the generator's `ML-UTM` is our `ml-utm`.
    fn from_str(text: &str) -> Result<Self, SchemeIdError> {
        let known = |c: char| c.is_ascii_alphanumeric() || c == '-';
        if (2..=40).contains(&text.len()) && text.chars().all(known) {
            Ok(Self(text.to_ascii_lowercase().into()))
        } else {
            Err(SchemeIdError)
        }
    }
}

impl Borrow<str> for SchemeId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SchemeId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl fmt::Debug for SchemeId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl serde::Serialize for SchemeId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> serde::Deserialize<'de> for SchemeId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
