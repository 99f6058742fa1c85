//! One JSON object a line.

#![no_main]

use dankun_fuzz::format::Container;
use dankun_fuzz::reading::read;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| read(Container::Ndjson, data));
