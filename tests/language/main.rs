//! The mapping language in small mappings of its own: each test writes a mapping, sends a file
//! through it and looks at the records.

mod cel;
mod choices;
mod codes;
mod groups;
mod hostile;
mod lists;
mod rows;
#[path = "../shipped/mod.rs"]
mod shipped;
mod strange;
mod whole;
mod wide;
mod world;
