//! Where a version stands, publications counted in.

use crate::model::Instant;
use crate::store::publications::Publication;
use crate::store::versions::{Stage, Version};

/// Where a version stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    /// Not published; how far it came.
    Before(Stage),
    /// Published for a moment that is still to come.
    Published,
    /// It counts.
    InForce,
    /// It counted, and another one does now.
    Superseded,
}

impl State {
    /// The state of a version at `now`, by the database's clock. `in_force` is the hash that counts.
    #[must_use]
    pub fn of(
        version: &Version,
        publications: &[Publication],
        in_force: Option<&str>,
        now: Instant,
    ) -> Self {
        let mut standing = publications
            .iter()
            .filter(|one| one.hash == version.hash && one.cancelled_at.is_none())
            .peekable();
        if in_force == Some(version.hash.as_str()) {
            Self::InForce
        } else if standing.peek().is_none() {
            Self::Before(version.stage)
        } else if standing.any(|one| one.from > now) {
            Self::Published
        } else {
            Self::Superseded
        }
    }

    /// As shown: `draft`, `approved`, `in_force` …
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Before(stage) => stage.name(),
            Self::Published => "published",
            Self::InForce => "in_force",
            Self::Superseded => "superseded",
        }
    }
}
