//! Paths into the sender's record and into the target.

#![no_main]

use dankun_fuzz::mapping::path::{SourcePath, parse_target, schema_path};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    match SourcePath::parse(text) {
        Ok(path) => {
            assert!(path.keys().iter().all(|key| text.contains(key)));
            drop((path.shown('/'), path.shown('.')));
        }
        Err(error) => assert!(error.at <= text.chars().count()),
    }
    match parse_target(text) {
        Ok(steps) => drop(schema_path(&steps)),
        Err(error) => assert!(error.at <= text.chars().count()),
    }
});
