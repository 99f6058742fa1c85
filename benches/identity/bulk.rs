//! Bulk linkage of invented persons with eight fields: pairs scored a second, and whole runs.

use std::hint::black_box;
use std::time::Instant;

use dankun::linkage::compare::{Comparer, Memory};
use dankun::linkage::kind::Kind;
use dankun::linkage::{Draft, Field, Settings, Stage, Table, link};

/// Pairs that are scored in one round, and rounds of which the best counts.
const PAIRS: u32 = 4_000_000;
const ROUNDS: usize = 5;

pub fn run(wanted: &[String]) {
    let asked =
        |name: &str| wanted.is_empty() || wanted.iter().any(|word| name.contains(word.as_str()));
    if asked("scoring") {
        scoring();
    }
    if asked("bulk-1000000") {
        bulk(1_000_000);
    }
    if wanted.iter().any(|word| word == "ten-million") {
        bulk(10_000_000);
    }
}

/// Pairs of neighbours in the table, alike as candidates are, on one core.
fn scoring() {
    let table = table(200_000);
    let comparer = Comparer::new(&table);
    let mut memory = Memory::default();
    let records = u32::try_from(table.len()).expect("a table of this size");
    let mut best = f64::INFINITY;
    for _ in 0..ROUNDS {
        let start = Instant::now();
        for pair in 0..PAIRS {
            let one = pair % (records - 64);
            black_box(comparer.pattern(one, one + 1 + pair % 61, &mut memory));
        }
        best = best.min(start.elapsed().as_secs_f64());
    }
    let rate = f64::from(PAIRS) / best / 1e6;
    println!("scoring: {rate:.1} million pairs/s on one core (floor 4, aim 8)");
}

fn bulk(records: usize) {
    let start = Instant::now();
    let table = table(records);
    let read = start.elapsed().as_secs_f64();
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let settings = Settings { threshold: 0.0, threads, trained: None };
    let stages = std::sync::Mutex::new(Vec::<(Stage, f64)>::new());
    let linked = link(&table, &settings, &|stage, _, _| {
        let mut stages = stages.lock().expect("nobody panics with the lock");
        if stages.last().is_none_or(|(last, _)| *last != stage) {
            stages.push((stage, start.elapsed().as_secs_f64()));
        }
    });
    let whole = start.elapsed().as_secs_f64();
    println!(
        "bulk-{records}: {whole:.1} s, made and read {read:.1} s, {} pairs compared",
        linked.pairs
    );
    for (stage, at) in stages.into_inner().expect("nobody panics with the lock") {
        println!("  {at:>7.1} s {}", stage.name());
    }
    println!("  peak memory {} MB", peak() / 1024);
}

/// The peak of resident memory of this process, in kB.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kb| kb.parse().ok()).unwrap_or(0)
}

const FIELDS: [(&str, Kind); 8] = [
    ("given", Kind::GivenName),
    ("family", Kind::FamilyName),
    ("sex", Kind::Category),
    ("born", Kind::Date),
    ("phone", Kind::Phone),
    ("town", Kind::Place),
    ("postcode", Kind::Postcode),
    ("number", Kind::Number),
];

/// Numbers that look random and are the same every time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let mixed = (self.0 >> 33) ^ (self.0 >> 12);
        mixed % below.max(1)
    }

    /// Small numbers are commoner, as names are.
    fn common(&mut self, below: u64) -> u64 {
        let reach = 1 + self.roll(below);
        self.roll(reach)
    }
}

const SYLLABLES: [&str; 24] = [
    "ba", "di", "fa", "ka", "la", "ma", "na", "ou", "ra", "sa", "ta", "wa", "be", "do", "fo", "ki",
    "lo", "mi", "no", "ri", "se", "to", "yu", "zé",
];

fn name(mut number: u64) -> String {
    let mut name = String::new();
    loop {
        let place = usize::try_from(number % 24).unwrap_or(0);
        name.push_str(SYLLABLES[place]);
        number /= 24;
        if number == 0 {
            return name;
        }
    }
}

/// Three persons in ten have a second record, in which one value in ten is missing or has a slip.
fn table(records: usize) -> Table {
    let field = |(name, kind): (&str, Kind)| Field {
        name: name.to_owned(),
        kind,
        shared: kind.is_shared(),
    };
    let mut draft = Draft::new(FIELDS.map(field).to_vec());
    let mut dice = Dice(42);
    let scale = 2_000 + records as u64 / 100;
    while draft.len() < records {
        let town = dice.common(scale);
        let person = [
            name(600 + dice.common(3_000)),
            name(14_000 + dice.common(scale)),
            ["F", "M"][usize::try_from(dice.roll(2)).unwrap_or(0)].to_owned(),
            format!("{}-{:02}-{:02}", 1930 + dice.roll(90), 1 + dice.roll(12), 1 + dice.roll(28)),
            format!("07{:08}", dice.roll(100_000_000)),
            name(14_000 + town),
            format!("{:05}", 10_000 + town * 7 % 80_000),
            format!("{:010}", dice.roll(10_000_000_000)),
        ];
        let copies = if dice.roll(10) < 3 { 2 } else { 1 };
        for copy in 0..copies {
            let values: Vec<String> =
                person.iter().map(|value| slip(value, copy, &mut dice)).collect();
            let id = draft.len().to_string();
            draft.push(&[&id], values.iter().map(String::as_str));
        }
    }
    draft.finish(std::thread::available_parallelism().map_or(1, usize::from))
}

fn slip(value: &str, copy: u32, dice: &mut Dice) -> String {
    match dice.roll(20) {
        0 => String::new(),
        1 if copy > 0 => {
            let letters: Vec<char> = value.chars().collect();
            let gone = usize::try_from(dice.roll(letters.len() as u64)).unwrap_or(0);
            letters
                .iter()
                .enumerate()
                .filter(|(at, _)| *at != gone)
                .map(|(_, letter)| letter)
                .collect()
        }
        _ => value.to_owned(),
    }
}
