//! Rows under a header, with every delimiter and with titles above it.

#![no_main]

use dankun_fuzz::format::Container;
use dankun_fuzz::reading::read;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((&choice, file)) = data.split_first() else { return };
    let columns = vec!["A".to_owned(), "B".to_owned()];
    let container = Container::Csv {
        delimiter: [b';', b',', b'|', b'\t'][usize::from(choice & 3)],
        quote: b'"',
        header_row: 1 + u64::from((choice >> 2) & 3),
        columns: (choice & 16 != 0).then_some(columns),
    };
    read(container, file);
});
