//! The mapping language in small mappings of its own: each test writes a mapping, sends a file
//! through it and looks at the records.

mod choices;
mod groups;
mod wide;
mod world;
