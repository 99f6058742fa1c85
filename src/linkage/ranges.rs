//! Work on many records by several threads, with results that do not depend on how many.

use std::ops::Range;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Pieces into which records are cut: a constant, so that sums are made in the same order whatever
/// the number of threads.
const PIECES: usize = 256;

/// Does `work` for every piece of `0..records` and returns the results in order. Every thread has
/// a workbench of its own, made by `bench`.
pub fn over<B, T: Send>(
    threads: usize,
    records: usize,
    bench: impl Fn() -> B + Sync,
    work: impl Fn(&mut B, Range<u32>) -> T + Sync,
) -> Vec<T> {
    let size = records.div_ceil(PIECES).max(1);
    let bound = |place: usize| u32::try_from(place.min(records)).expect("fewer than 2^32 records");
    each(threads, records.div_ceil(size), bench, |bench, piece| {
        work(bench, bound(piece * size)..bound((piece + 1) * size))
    })
}

/// Does `work` for every number below `count` and returns the results in order.
pub fn each<B, T: Send>(
    threads: usize,
    count: usize,
    bench: impl Fn() -> B + Sync,
    work: impl Fn(&mut B, usize) -> T + Sync,
) -> Vec<T> {
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<(usize, T)>> = Mutex::new(Vec::with_capacity(count));
    std::thread::scope(|scope| {
        for _ in 0..threads.clamp(1, count.max(1)) {
            scope.spawn(|| {
                let mut bench = bench();
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= count {
                        break;
                    }
                    let result = work(&mut bench, number);
                    done.lock().expect("no worker panics with the lock").push((number, result));
                }
            });
        }
    });
    let mut done = done.into_inner().expect("every worker is gone");
    done.sort_unstable_by_key(|(number, _)| *number);
    done.into_iter().map(|(_, result)| result).collect()
}
