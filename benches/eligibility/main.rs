//! How many questions a hub answers, each looked up, audited, signed and told over HTTP, beside the least that a server
//! could do for a signed answer in the same run: one indexed select and one signature ([`bare`]).
//!
//! `cargo bench --bench eligibility -- [PEOPLE]`, 20,000 people unless said otherwise. On SQLite, and on a throw-away
//! PostgreSQL that waits for its disk. The one who asks runs on the same cores as both servers.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::cast_precision_loss)]

mod bare;
#[allow(dead_code, reason = "what a whole hub is filled with besides")]
#[path = "../crowd/mod.rs"]
mod crowd;
mod load;
#[allow(dead_code, reason = "what the index is measured by besides")]
#[path = "../identity/people.rs"]
mod people;
mod world;

#[allow(unused_imports, unused_macros, reason = "what tests need besides")]
#[path = "../../tests/cluster/mod.rs"]
mod cluster;

use std::io::Write as _;
use std::net::SocketAddr;
use std::time::Instant;

use cluster::Place;
use load::{Load, Request};
use world::World;

/// Questions in one run, and runs of each kind: what the machine does beside them is spread over all.
const QUESTIONS: usize = 8_000;
const RUNS: usize = 5;

fn main() {
    // `cargo bench` and `cargo test` hand over flags of their own.
    let people = std::env::args().skip(1).find_map(|text| text.replace('_', "").parse().ok());
    let people: usize = people.unwrap_or(20_000);
    // What is logged is written as `serve` writes it, and thrown away.
    tracing_subscriber::fmt().with_writer(std::io::sink).with_ansi(false).init();
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime.worker_threads(2).enable_all().build().expect("a runtime");
    println!("{people} people; fdatasync of this disk: {:.0}/s", fdatasync());
    runtime.block_on(async {
        measure("SQLite", &Place::sqlite(), people).await;
        measure("PostgreSQL", &Place::postgres().await, people).await;
    });
}

async fn measure(store: &str, place: &Place, people: usize) {
    let filling = Instant::now();
    let world = World::fill(place, people).await;
    println!("{store}: filled in {:.0} s", filling.elapsed().as_secs_f64());
    let bare = bare::serve(place).await;
    let hub = world.serve().await;
    let least = world.bare_requests(QUESTIONS);
    for (kind, questions) in [
        ("by identifier", world.by_identifier(QUESTIONS)),
        ("by demographics", world.by_demographics(QUESTIONS)),
    ] {
        compare(&format!("{store}, {kind}"), (bare, &least), (hub, &questions)).await;
    }
}

/// Takes turns, so that both meet the same weather.
async fn compare(
    what: &str,
    (bare, least): (SocketAddr, &[Request]),
    (hub, questions): (SocketAddr, &[Request]),
) {
    let (mut theirs, mut ours) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        theirs.push(load::run(bare, least.to_vec()).await);
        ours.push(load::run(hub, questions.to_vec()).await);
    }
    let mut ratios: Vec<f64> =
        theirs.iter().zip(&ours).map(|(theirs, ours)| ours.rate / theirs.rate).collect();
    ratios.sort_by(f64::total_cmp);
    say(&format!("{what}, bare handler"), &middle(theirs), "");
    let ratio =
        format!("ratio {:.2} ({:.2} to {:.2})", ratios[RUNS / 2], ratios[0], ratios[RUNS - 1]);
    say(what, &middle(ours), &format!("{ratio}; floor 0.60, aim 1.00"));
}

/// The run with the middle rate.
fn middle(mut runs: Vec<Load>) -> Load {
    runs.sort_by(|one, other| one.rate.total_cmp(&other.rate));
    runs.swap_remove(runs.len() / 2)
}

fn say(what: &str, load: &Load, beside: &str) {
    let Load { rate, median, late } = load;
    println!("{what:<42} {rate:>6.0}/s  p50 {median:>5.2} ms  p99 {late:>6.2} ms  {beside}");
}

/// How often a second this disk makes a page durable: what a transaction of its own for each answer would be bound by.
fn fdatasync() -> f64 {
    const TIMES: u32 = 300;
    let mut file = tempfile::tempfile().expect("a temporary file");
    let started = Instant::now();
    for _ in 0..TIMES {
        file.write_all(&[7; 4096]).and_then(|()| file.sync_data()).expect("a disk");
    }
    f64::from(TIMES) / started.elapsed().as_secs_f64()
}
