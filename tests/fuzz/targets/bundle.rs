//! A FHIR Bundle.

#![no_main]

use dankun_fuzz::format::Container;
use dankun_fuzz::reading::read;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| read(Container::FhirBundle {
    anchor: "Patient".to_owned(),
    attach: vec![("Coverage".to_owned(), "beneficiary".to_owned())],
}, data));
