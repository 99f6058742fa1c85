//! What is measured beside time, and how it is shown.

/// Resident memory of this process in bytes: now, and at its peak.
pub fn memory() -> (u64, u64) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let of = |key: &str| {
        let line = status.lines().find(|line| line.starts_with(key)).unwrap_or_default();
        line.split_whitespace().nth(1).and_then(|kb| kb.parse::<u64>().ok()).unwrap_or(0) * 1024
    };
    (of("VmRSS:"), of("VmHWM:"))
}

/// The median, the 99th in a hundred and the worst of some times, in milliseconds.
pub fn quantiles(mut seconds: Vec<f64>) -> [f64; 3] {
    seconds.sort_by(f64::total_cmp);
    let last = seconds.len() - 1;
    [last / 2, last * 99 / 100, last].map(|place| seconds[place] * 1e3)
}

/// One line: what, how much, and what the plan asks for.
pub fn say(what: &str, found: &str, asked: &str) {
    println!("{what:<34} {found:<44} {asked}");
}
