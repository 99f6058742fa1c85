//! A JSON array of records, at the root or below a key.

#![no_main]

use dankun_fuzz::format::Container;
use dankun_fuzz::reading::read;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((&depth, file)) = data.split_first() else { return };
    let records_at = ["export", "beneficiaires"].map(str::to_owned);
    let records_at = records_at.into_iter().take(usize::from(depth % 3)).collect();
    read(Container::Json { records_at }, file);
});
