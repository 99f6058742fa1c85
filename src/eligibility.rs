//! "Is this person covered?": what schemes grant, what happened to it, who may ask, and the answer.
//!
//! Pure: data files arrive as text, records and events as values, the day of today as an argument.
//! A question passes three doors: [`agreement`] (may this partner ask this at all), the identity
//! of the subject (found by the caller, see `operations::ask`), and [`rules`] over the [`facts`] of
//! all records of that person, with the parameters of the [`registry`]. What happens after an
//! export was written arrives as an [`event`]. Start reading at [`rules::decide`].

pub mod agreement;
pub mod answer;
pub mod document;
pub mod event;
pub mod facts;
pub mod query;
pub mod question;
pub mod registry;
pub mod rules;

pub use agreement::{Agreements, Permission, Refusal};
pub use answer::{Answer, Reason, Right, Verdict};
pub use event::Event;
pub use facts::RecordFacts;
pub use question::{Question, Subject};
pub use registry::{Registry, Scheme};
pub use rules::decide;
