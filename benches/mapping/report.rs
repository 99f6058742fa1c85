//! Rounds in turn, and the table.

use std::hint::black_box;
use std::time::{Duration, Instant};

use super::ours;

/// Rounds of each job.
const ROUNDS: usize = 25;

/// What the house plan asks for, as a ratio to the hand-written program.
#[derive(Clone, Copy)]
pub struct Target {
    pub floor: Option<f64>,
    pub aim: Option<f64>,
}

/// One line of the table.
pub struct Job {
    pub name: String,
    pub input: &'static [u8],
    pub records: usize,
    pub target: Target,
}

pub fn head() {
    println!(
        "{:<30} {:>21} {:>21} {:>6} {:>13} {:>6} {:>5}",
        "job", "by hand", "dankun", "ratio", "middle half", "floor", "aim"
    );
}

impl Job {
    /// Holds both against each other and prints what came of it.
    pub fn run(
        &self,
        wanted: &[String],
        by_hand: impl Fn(&[u8], &mut Vec<u8>) -> usize,
        ours: impl Fn(&'static [u8], &mut Vec<u8>) -> usize,
    ) {
        if !wanted.is_empty() && !wanted.iter().any(|word| self.name.contains(word.as_str())) {
            return;
        }
        let (mut theirs, mut made) = (Vec::new(), Vec::new());
        let refused = (by_hand(self.input, &mut theirs), ours(self.input, &mut made));
        self.same(&theirs, &made, refused);
        let mut pairs = Vec::with_capacity(ROUNDS);
        for round in 0..ROUNDS {
            // Who goes first changes, so that neither always finds the caches warm.
            let pair = if round % 2 == 0 {
                let first = self.time(&by_hand, &mut theirs);
                (first, self.time(&ours, &mut made))
            } else {
                let second = self.time(&ours, &mut made);
                (self.time(&by_hand, &mut theirs), second)
            };
            pairs.push(pair);
        }
        self.print(&pairs);
    }

    fn time(
        &self,
        job: &impl Fn(&'static [u8], &mut Vec<u8>) -> usize,
        out: &mut Vec<u8>,
    ) -> Duration {
        out.clear();
        let start = Instant::now();
        black_box(job(black_box(self.input), out));
        start.elapsed()
    }

    fn same(&self, theirs: &[u8], made: &[u8], refused: (usize, usize)) {
        assert_eq!(refused, (0, 0), "{}: refused records", self.name);
        let lines = |bytes: &[u8]| -> Vec<String> {
            String::from_utf8_lossy(bytes).lines().map(str::to_owned).collect()
        };
        if theirs != made {
            let (theirs, made) = (lines(theirs), lines(made));
            let differing = theirs.iter().zip(&made).find(|(a, b)| a != b);
            panic!(
                "{}: by hand {} lines, dankun {}; {differing:#?}",
                self.name,
                theirs.len(),
                made.len()
            );
        }
    }

    fn print(&self, pairs: &[(Duration, Duration)]) {
        let best = |side: fn(&(Duration, Duration)) -> Duration| {
            pairs.iter().map(side).min().unwrap_or_default().as_secs_f64()
        };
        let (theirs, made) = (best(|pair| pair.0), best(|pair| pair.1));
        let mut ratios: Vec<f64> =
            pairs.iter().map(|(theirs, made)| theirs.as_secs_f64() / made.as_secs_f64()).collect();
        ratios.sort_by(f64::total_cmp);
        let quarter = |n: usize| ratios.get(ratios.len() * n / 4).copied().unwrap_or_default();
        let rate = |seconds: f64| {
            let thousands = self.records as f64 / seconds / 1e3;
            format!("{thousands:>7.0} k/s {:>5.0} MB/s", self.input.len() as f64 / seconds / 1e6)
        };
        let asked =
            |goal: Option<f64>| goal.map_or_else(|| "-".to_owned(), |goal| format!("{goal:.2}"));
        println!(
            "{:<30} {:>21} {:>21} {:>6.2} {:>6.2}..{:<5.2} {:>6} {:>5}",
            self.name,
            rate(theirs),
            rate(made),
            quarter(2),
            quarter(1),
            quarter(3),
            asked(self.target.floor),
            asked(self.target.aim),
        );
    }
}

/// How long it takes to compile a mapping with all its checks, its own examples run as well.
pub fn compile(wanted: &[String], shelf: &ours::Schemas) {
    if !wanted.is_empty() && !wanted.iter().any(|word| "compile".contains(word.as_str())) {
        return;
    }
    for id in ["ml-utm", "fhir-r4"] {
        let lines = ours::text(id).lines().count();
        let best = |job: &dyn Fn()| {
            let times = (0..ROUNDS).map(|_| {
                let start = Instant::now();
                job();
                start.elapsed()
            });
            times.min().unwrap_or_default().as_secs_f64() * 1e3
        };
        let checks = best(&|| drop(black_box(shelf.mapping(id, samples_shape()))));
        let mapping = shelf.mapping(id, samples_shape());
        let tests = best(&|| drop(black_box(mapping.run_tests())));
        println!(
            "compile {id}, {lines} lines: {checks:.1} ms with all checks, its examples {tests:.1} ms more (floor 50, aim 20)"
        );
    }
}

fn samples_shape() -> super::samples::Shape {
    super::samples::Shape::Lines
}
