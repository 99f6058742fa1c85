//! Elements of one name.

#![no_main]

use dankun_fuzz::format::Container;
use dankun_fuzz::reading::read;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| read(Container::Xml { record: "assure".to_owned() }, data));
