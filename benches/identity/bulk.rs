//! Bulk linkage from records to clusters, with what each stage takes.

use std::sync::Mutex;
use std::time::Instant;

use dankun::linkage::kind::Kind;
use dankun::linkage::{Draft, Field, Settings, Stage, Table, link};

use super::figures::{memory, say};
use super::people::{Dice, slip, somebody, word};

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

/// Links so many records, from values to clusters.
pub fn run(records: usize) {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let draft = draft(records);
    let start = Instant::now();
    let table = draft.finish(threads);
    let stages = Mutex::new(Vec::<(Stage, f64)>::new());
    let settings = Settings { threshold: 0.0, threads, trained: None };
    let linked = link(&table, &settings, &|stage, _, _| {
        let mut stages = stages.lock().expect("nobody panics with the lock");
        if stages.last().is_none_or(|(last, _)| *last != stage) {
            stages.push((stage, start.elapsed().as_secs_f64()));
        }
    });
    let whole = start.elapsed().as_secs_f64();
    let asked = "a million: floor 25 s and 2 GB, aim 12 s";
    let found = format!("{whole:.1} s, {:.2} GB at most", memory().1 as f64 / 1e9);
    say(&format!("bulk, {records} records"), &found, asked);
    println!("  on {threads} threads, {} pairs compared", linked.pairs);
    let stages = stages.into_inner().expect("nobody panics with the lock").into_iter();
    let mut moments = vec![("reading of values", 0.0)];
    moments.extend(stages.map(|(stage, at)| (stage.name(), at)));
    moments.push(("end", whole));
    for pair in moments.windows(2) {
        println!("  {:>6.2} s {}", pair[1].1 - pair[0].1, pair[0].0);
    }
}

/// A table of so many records.
pub fn table(records: usize) -> Table {
    draft(records).finish(std::thread::available_parallelism().map_or(1, usize::from))
}

/// Three persons in ten have a second record, in which one value in ten is missing or has a slip.
fn draft(records: usize) -> Draft {
    let field = |(name, kind): (&str, Kind)| Field {
        name: name.to_owned(),
        kind,
        shared: kind.is_shared(),
    };
    let mut draft = Draft::new(FIELDS.map(field).to_vec());
    let mut dice = Dice::new(42);
    while draft.len() < records {
        let values = values(records, &mut dice);
        let copies = if dice.roll(10) < 3 { 2 } else { 1 };
        for copy in 0..copies {
            let written: Vec<String> = values
                .iter()
                .map(|value| match dice.roll(20) {
                    0 => String::new(),
                    1 if copy > 0 => slip(value, &mut dice),
                    _ => value.clone(),
                })
                .collect();
            let id = draft.len().to_string();
            draft.push(&[&id], written.iter().map(String::as_str));
        }
    }
    draft
}

/// The values of the next person.
pub fn values(people: usize, dice: &mut Dice) -> [String; 8] {
    let person = somebody(people, dice);
    let (year, month, day) = person.born;
    [
        person.given,
        person.family,
        if person.is_female { "F" } else { "M" }.to_owned(),
        format!("{year}-{month:02}-{day:02}"),
        person.phone,
        word(14_000 + person.town),
        format!("{:05}", 10_000 + person.town * 7 % 80_000),
        format!("{:010}", person.number),
    ]
}
