//! (to come)

pub mod condition;
pub mod function;
