//! The life of a data file: drafted, checked, tested, previewed, approved, published, in force, superseded.
//!
//! A version is a text that never changes, named by its hash. Each step is a function that takes the hash, so that
//! nobody agrees to one text and publishes another, and leaves an entry in the audit log. [`draft()`] begins,
//! [`publish()`] ends; which version counts at a moment is for [`publish`](super::publish) to say.

mod approve;
mod check;
mod difference;
mod draft;
mod error;
mod listing;
mod put_in_force;
mod rights;
mod state;
mod steps;

pub use crate::store::publications::{Manner, Publication};
pub use crate::store::versions::{Stage, StepRow, Version};

pub use approve::{approve, withdraw};
pub(super) use check::with_drafts;
pub use check::{Checked, belong_together, candidate, check, check_text, previewed, test};
pub use difference::{Change, ChangeKind, Difference, difference};
pub use draft::{Seen, draft, file};
pub use error::LifeError;
pub use listing::{
    Filter, Listed, Named, Shown, drafts, history, list, shown, to_approve, version, versions,
};
pub use put_in_force::{Chosen, Plan, Planned, plan, publish, rollback};
pub use rights::{is_author, may, needs_two, sees_drafts};
pub use state::State;
