//! Who is the same person, at sizes that count: one file of jobs a part of the program.
//!
//! `cargo bench --bench identity`, or with words after `--` only the jobs whose names have one of
//! them. Jobs of ten million records run only when they are named (`-- ten-million`): they take
//! minutes and several gigabytes. Rates are of this machine at this moment; what they are compared
//! with is in the house plan.

#![allow(clippy::cast_precision_loss, reason = "rates need no more than some digits")]

mod bulk;

fn main() {
    let wanted: Vec<String> =
        std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    bulk::run(&wanted);
}
