//! Bulk linkage of any records: who among a million lines is the same person, without labels.
//!
//! Pure: no files, no clock. Start reading at [`link`](fn@link): a [`Table`] of records as numbers
//! ([`table`]), candidates by evidence ([`retrieve`], [`walk`]), levels of agreement ([`compare`]),
//! classes of pairs learnt from the patterns ([`mixture`]), weights ([`weigh`], as far as [`bounds`]
//! ask for it), clusters
//! ([`mod@cluster`]). It knows nothing of schemes or beneficiaries: what a field holds is said by a
//! [`Kind`]. Unlike [`crate::identity`] it sees all records at once and keeps nothing.

pub mod alphabet;
pub mod bounds;
pub mod cluster;
pub mod compare;
pub mod date;
pub mod evidence;
pub mod hash;
pub mod infer;
pub mod interner;
pub mod kind;
pub mod likeness;
pub mod link;
pub mod mixture;
pub mod model;
pub mod quality;
pub mod ranges;
pub mod retrieve;
pub mod table;
pub mod text;
pub mod trained;
pub mod walk;
pub mod weigh;

pub use kind::Kind;
pub use link::{Linked, Progress, Settings, Stage, link};
pub use mixture::Mixture;
pub use model::Model;
pub use table::{Draft, Field, Table};
