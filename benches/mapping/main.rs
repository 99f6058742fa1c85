//! Mappings against what one would write by hand for the same file, in the same run, on one core.
//!
//! `cargo bench --bench mapping`, or `make bench`; a word after `--` runs only the jobs whose names
//! have it. Hand-written program and mapping take turns, so that whatever else the machine does weighs
//! on both: the ratio is the median of the paired rounds, with their middle half beside it, and the rates
//! are the best of each. That is why this is no criterion benchmark: criterion measures one after the other.
//!
//! Before anything is measured both have to write the same bytes. "Alone" is the mapping with schemas
//! that ask for nothing, "checked" with the shipped schemas of the sender and of `beneficiary/1`, every
//! problem collected; both are compared to the same hand-written program, which has no schema checks.

#![allow(
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "the texts are made here, in ASCII, and a program for one file may trust it"
)]

mod by_hand;
mod ours;
mod report;
mod samples;

use std::process::ExitCode;

use report::{Job, Target};
use samples::Shape;

/// Records of each file: some megabytes, more than the caches hold.
const RECORDS: usize = 20_000;

fn main() -> ExitCode {
    let wanted: Vec<String> =
        std::env::args().skip(1).filter(|arg| !arg.starts_with("--")).collect();
    let library = ours::Shelf::new();
    report::head();
    let files: [(&str, Vec<u8>, ByHand, Target, Target); 6] = [
        ("ci-cnam: JSON lines", samples::ci_cnam(RECORDS), by_hand::ci_cnam, JSON, CHECKED),
        ("simple: JSON lines", simple(Shape::Lines), by_hand::simple_lines, JSON, CHECKED),
        ("ml-utm: CSV", samples::ml_utm(RECORDS), by_hand::ml_utm, CSV, CHECKED),
        ("simple: CSV", simple(Shape::Rows), by_hand::simple_rows, CSV, CHECKED),
        ("ml-canam: XML", samples::ml_canam(RECORDS), by_hand::ml_canam, XML, CHECKED),
        ("simple: XML", simple(Shape::Elements), by_hand::simple_elements, XML, CHECKED),
    ];
    for (name, input, hand, alone, checked) in files {
        let input: &'static [u8] = input.leak();
        let id = name.split(':').next().unwrap_or(name);
        let shape = ours::shape(name);
        for (how, target, shelf) in
            [("alone", alone, &library.bare), ("checked", checked, &library.full)]
        {
            let mapping = shelf.mapping(id, shape);
            let job = Job { name: format!("{name}, {how}"), input, records: RECORDS, target };
            job.run(&wanted, hand, |input, out| ours::translate(&mapping, input, out));
        }
    }
    for (name, shape) in
        [("JSON lines", Shape::Lines), ("CSV", Shape::Rows), ("XML", Shape::Elements)]
    {
        let mapping = library.full.mapping("simple", shape);
        let mut canonical = Vec::new();
        by_hand::simple_lines(&simple(Shape::Lines), &mut canonical);
        let job = Job {
            name: format!("simple: back to {name}"),
            input: canonical.leak(),
            records: RECORDS,
            target: BACK,
        };
        job.run(
            &wanted,
            |input, out| by_hand::back(input, shape, out),
            |input, out| ours::back(&mapping, input, out),
        );
    }
    report::compile(&wanted, &library.full);
    ExitCode::SUCCESS
}

type ByHand = fn(&[u8], &mut Vec<u8>) -> usize;

fn simple(shape: Shape) -> Vec<u8> {
    samples::simple(RECORDS, shape)
}

/// The floors and aims of the house plan; it names none for XML and for the way back, where they are
/// ours: XML as a checked JSON file, and the way back no more than a step slower than the way there.
const JSON: Target = Target { floor: Some(0.75), aim: Some(0.90) };
const CHECKED: Target = Target { floor: Some(0.45), aim: Some(0.60) };
const CSV: Target = Target { floor: Some(0.60), aim: Some(0.80) };
const XML: Target = Target { floor: None, aim: Some(0.60) };
const BACK: Target = Target { floor: Some(0.40), aim: None };
