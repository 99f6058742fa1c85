//! (to come)

pub mod library;
