//! How heavy each view of the page is and how long the hub takes for it where there are many people.
//!
//! `cargo bench --bench page -- [PEOPLE] [DATABASE]`: 1,000,000 people unless said otherwise, on a throw-away SQLite and
//! a throw-away PostgreSQL, or on an empty database that is named and stays. It is filled as intake, linker and stewards
//! leave it over a year ([`crowd`], [`work`]); then the program is started on it and `tests/browser/weight.mjs` asks for
//! every view. Over 150 kB or 100 ms the command fails.

#![allow(clippy::unwrap_used, clippy::expect_used)]

#[allow(dead_code, reason = "what the questions are measured with besides")]
#[path = "../crowd/mod.rs"]
mod crowd;
#[allow(dead_code, reason = "what the index is measured by besides")]
#[path = "../identity/people.rs"]
mod people;
mod work;

#[allow(unused_imports, unused_macros, reason = "what tests need besides")]
#[path = "../../tests/cluster/mod.rs"]
mod cluster;

use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::Instant;

use cluster::Place;
use dankun::operations::{Hub, HubConfig};

fn main() -> ExitCode {
    // `cargo bench` and `cargo test` hand over flags of their own.
    let words: Vec<String> =
        std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let people = words.iter().find_map(|word| word.replace('_', "").parse().ok());
    let people: usize = people.unwrap_or(1_000_000);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    if let Some(url) = words.iter().find(|word| word.contains(':')) {
        let key_file = HubConfig::new(url).key_path();
        runtime.block_on(fill(url, &key_file, people));
        return ended(weigh(url, &key_file));
    }
    let places = [Place::sqlite(), runtime.block_on(Place::postgres())];
    let well: Vec<bool> = places
        .iter()
        .map(|place| {
            runtime.block_on(fill(&place.url, &place.key_file(), people));
            weigh(&place.url, &place.key_file())
        })
        .collect();
    ended(!well.contains(&false))
}

const fn ended(well: bool) -> ExitCode {
    if well { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

async fn fill(url: &str, key_file: &Path, people: usize) {
    let filling = Instant::now();
    let mut config = HubConfig::new(url);
    config.key_file = Some(key_file.to_owned());
    let hub = Hub::open(config).await.expect("a hub");
    work::fill(&hub, people).await;
    let store = url.split(':').next().unwrap_or_default();
    println!("{store}: {people} people filled in {:.0} s", filling.elapsed().as_secs_f64());
}

/// Whether every view was light and quick enough.
fn weigh(url: &str, key_file: &Path) -> bool {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/browser/weight.mjs");
    let asked = Command::new("node")
        .args([script, env!("CARGO_BIN_EXE_dankun"), url])
        .env("DANKUN_KEY_FILE", key_file)
        .status();
    asked.expect("node").success()
}
