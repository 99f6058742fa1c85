//! A file through a whole mapping and back; the first byte says through which.

#![no_main]

use std::sync::LazyLock;

use dankun_fuzz::shipped::Shipped;
use libfuzzer_sys::fuzz_target;

static SHIPPED: LazyLock<Shipped> = LazyLock::new(Shipped::load);

fuzz_target!(|data: &[u8]| SHIPPED.whole(data));
