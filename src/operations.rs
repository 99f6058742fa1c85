//! (to come)

pub mod library;
pub mod publish;
