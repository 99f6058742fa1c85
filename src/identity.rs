//! Who is the same person: an in-memory index over the records, a cache of rows.
//!
//! Pure: no clock, no store. `operations::link` feeds it and writes down what it finds. Start
//! reading at [`index`]: retrieval by evidence ([`retrieve`]), scores from [`crate::matching`] with
//! what the households say ([`household`]) and what the rivals say ([`edge`]), grouping with
//! restraint ([`cluster`]), then stable public ids ([`assign`](mod@assign)), the search for
//! eligibility questions ([`search`]) and what cannot be right in all of it ([`alarm`]).

pub mod alarm;
pub mod assign;
pub mod cluster;
mod contested;
pub mod edge;
pub mod facts;
pub mod household;
mod ids;
pub mod index;
pub mod probe;
mod regroup;
pub mod retrieve;
pub mod search;
mod settle;

pub use alarm::{Alarm, AlarmKind};
pub use assign::{Assignment, Change, assign};
pub use index::{Cluster, EdgeWeight, Index, Settled};
pub use search::{Candidates, Demographics, Found};
