//! The leaf functions behind the verbs: text in, typed value out, and back where there is a way back.
//!
//! They know nothing of mappings, places or issues; the verbs wrap them. All are pure, read by hand
//! without regular expressions and allocate only for what they return.

pub mod check_digit;
pub mod date;
pub mod name;
pub mod number;
pub mod phone;
