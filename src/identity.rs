//! Who is the same person: an in-memory index over the records, a cache of rows.
//!
//! Pure: no clock, no store. `operations::link` feeds it and writes down what it finds. Start
//! reading at [`index`]: retrieval by evidence ([`retrieve`]), scores from [`crate::matching`] with
//! what the households say ([`household`]), grouping with restraint ([`cluster`]), then stable
//! public ids ([`assign`](mod@assign)) and the search for eligibility questions ([`search`]).

pub mod assign;
pub mod cluster;
pub mod facts;
pub mod household;
pub mod index;
pub mod probe;
pub mod retrieve;
pub mod search;

pub use assign::{Assignment, Change, assign};
pub use index::{Cluster, EdgeWeight, Index, Settled};
pub use search::{Demographics, Found};
