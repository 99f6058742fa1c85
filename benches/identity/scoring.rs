//! Pairs scored a second on one core: of bulk linkage, with eight fields, and of the hub's index.

use std::hint::black_box;
use std::time::Instant;

use dankun::linkage::weigh::{Commonness, Weigher};
use dankun::linkage::{Settings, link};
use dankun::matching::{Context, Frequencies, Line, Seen, Vocabulary, weigh};

use super::figures::say;
use super::people::Dice;
use super::{bulk, index};

/// Pairs of a record that are scored in one round, and rounds of which the best counts.
const PAIRS: u32 = 20;
const ROUNDS: usize = 5;
/// Records that pairs are made of, at most.
const MOST: usize = 100_000;

const ASKED: &str = "floor 4, aim 8";

/// From two records to a weight in bits, beside the same eight values compared as texts by Jaro and
/// Winkler, which is what a program without symbols does. Pairs are neighbours in the table, which
/// is in the order of sounds, so they are about as alike as candidates are.
pub fn bulk(records: usize) {
    let records = records.min(MOST);
    let table = bulk::table(records);
    let settings = Settings { threshold: 0.0, threads: 1, trained: None };
    let linked = link(&table, &settings, &|_, _, _| {});
    let commonness = Commonness::of(&table);
    let mut weigher = Weigher::new(&table, &linked.mixture, &commonness);
    let rate = rate(records, |one, other| {
        black_box(weigher.weight(one, other, f32::MIN));
    });
    let mut dice = Dice::new(42);
    let texts: Vec<[String; 8]> = (0..records).map(|_| bulk::values(records, &mut dice)).collect();
    let by_texts = self::rate(records, |one, other| {
        let (one, other) = (&texts[one as usize], &texts[other as usize]);
        let alike = one.iter().zip(other).map(|(x, y)| strsim::jaro_winkler(x, y));
        black_box(alike.sum::<f64>());
    });
    let found = format!("{rate:.1} million pairs/s, {:.0} times texts'", rate / by_texts);
    say("scoring, bulk, 8 fields", &found, ASKED);
}

/// The hub's weights, as candidates get them.
pub fn hub(records: usize) {
    let records = records.min(MOST);
    let (model, mut vocabulary) = (index::model(), Vocabulary::default());
    let mut dice = Dice::new(42);
    let lines: Vec<Line> = (0..records)
        .map(|number| vocabulary.line(&index::record(number, records, &mut dice), &model))
        .collect();
    let frequencies = Frequencies::count(lines.iter(), &vocabulary);
    let context = Context { model: &model, vocabulary: &vocabulary, frequencies: &frequencies };
    // A record is made ready once and compared with many, as in the index.
    let mut ready = (0, context.prepare(lines[0]));
    let rate = rate(records, |one, other| {
        let one = one / 64 * 64;
        if one != ready.0 {
            ready = (one, context.prepare(lines[one as usize]));
        }
        black_box(weigh(&ready.1, &lines[other as usize], Seen::NOTHING, context));
    });
    say("scoring, hub", &format!("{rate:.1} million pairs/s"), ASKED);
}

/// Millions of pairs a second.
fn rate(records: usize, mut pair: impl FnMut(u32, u32)) -> f64 {
    let records = u32::try_from(records).expect("fewer than 2^32 records");
    let pairs = PAIRS * records;
    let round = |pair: &mut dyn FnMut(u32, u32)| {
        let start = Instant::now();
        for number in 0..pairs {
            let one = number % (records - 64);
            pair(one, one + 1 + number % 61);
        }
        start.elapsed().as_secs_f64()
    };
    let best = (0..ROUNDS).map(|_| round(&mut pair)).fold(f64::INFINITY, f64::min);
    f64::from(pairs) / best / 1e6
}
