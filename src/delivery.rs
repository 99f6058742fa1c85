//! Telling the schemes what changed about their people.
//!
//! [`plan`] decides who hears of a change, [`schedule`] what follows from a failed attempt, and
//! [`signature`] how a message proves where it comes from, [`envelope`] what it is wrapped in: plain functions
//! over plain data.
//! [`client`] speaks to subscribers, and [`address`] decides to whom it may; [`fetch`] reads documents of those whom the
//! settings name. Nothing else speaks to the network. Leasing rows, rendering messages and recording outcomes is `operations::deliver`.

pub mod address;
pub mod client;
pub mod envelope;
pub mod fetch;
pub mod plan;
pub mod schedule;
pub mod signature;

use crate::model::Instant;

/// Where one message to one subscriber stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum State {
    /// To be sent at `due`, or soon after.
    Waiting { due: Instant },
    /// A worker has it. When `until` passes without an outcome, any worker may take it again.
    Leased { until: Instant, by: String },
    /// The subscriber answered with success.
    Done { at: Instant },
    /// Nothing more is tried, until a person asks for it.
    Abandoned { at: Instant, reason: Reason },
}

impl State {
    /// `waiting`, `leased`, `done` or `abandoned`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Waiting { .. } => "waiting",
            Self::Leased { .. } => "leased",
            Self::Done { .. } => "done",
            Self::Abandoned { .. } => "abandoned",
        }
    }
}

/// Why a message was given up.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reason {
    /// Every attempt of the schedule failed.
    Exhausted,
    /// The subscriber answered `410 Gone`: it does not want any more.
    Gone,
    /// The address may not be called, or is none.
    ForbiddenAddress,
    /// The subscription was withdrawn while the message waited.
    Unsubscribed,
}

impl Reason {
    /// Every reason.
    pub const ALL: [Self; 4] =
        [Self::Exhausted, Self::Gone, Self::ForbiddenAddress, Self::Unsubscribed];

    /// The stable name, such as `exhausted`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Exhausted => "exhausted",
            Self::Gone => "gone",
            Self::ForbiddenAddress => "forbidden_address",
            Self::Unsubscribed => "unsubscribed",
        }
    }

    /// The reason of a stable name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.name() == name)
    }
}
