//! What speaks for and against two records being one person: their rows side by side, and the evidence in bits.

use serde_json::Value;

use super::face;
use super::words::Words;
use crate::model::BeneficiaryRecord;

/// A row of the two records side by side.
pub struct Compared {
    pub title: String,
    pub cells: Vec<Vec<String>>,
    pub differs: bool,
}

/// One bar of the waterfall, in tenths of a bit from the middle of a drawing of 400.
pub struct Bar {
    pub field: String,
    pub level: String,
    pub x: i64,
    pub width: i64,
    pub speaks_for: bool,
    pub bits: String,
    pub household: String,
    pub twin: String,
}

/// The rows in which any of the records says something.
pub fn compared(words: Words, records: &[BeneficiaryRecord]) -> Vec<Compared> {
    let row = |name: &&str| {
        let cells: Vec<Vec<String>> =
            records.iter().map(|record| face::row(words, record, name)).collect();
        let folded = |cell: &Vec<String>| cell.join(" ").to_lowercase();
        let differs = cells.windows(2).any(|pair| match pair {
            [one, other] => folded(one) != folded(other),
            _ => false,
        });
        let said = cells.iter().any(|cell| !cell.is_empty());
        said.then(|| Compared { title: words.named("page-row", name), cells, differs })
    };
    face::ROWS.iter().filter_map(row).collect()
}

/// The bars of the evidence against strangers, each beginning where the one before ended, and their sum.
#[expect(clippy::cast_possible_truncation, reason = "bits are small numbers")]
pub fn waterfall(words: Words, evidence: &Value) -> (Vec<Bar>, String) {
    let bars = evidence["bars"].as_array().map(Vec::as_slice).unwrap_or_default();
    let bits = |bar: &Value, rival: &str| bar["bits"][rival].as_f64().unwrap_or(0.0);
    let mut ends = vec![0.0_f64];
    for bar in bars {
        ends.push(ends.last().copied().unwrap_or(0.0) + bits(bar, "unrelated"));
    }
    let low = ends.iter().copied().fold(0.0, f64::min);
    let high = ends.iter().copied().fold(1.0, f64::max);
    let place = |at: f64| ((at - low) / (high - low) * 400.0).round() as i64;
    let shown = |bits: f64| if bits == 0.0 { "0".to_owned() } else { format!("{bits:+.1}") };
    let drawn = bars.iter().zip(ends.windows(2)).map(|(bar, span)| {
        let (from, to) =
            (span.first().copied().unwrap_or(0.0), span.last().copied().unwrap_or(0.0));
        let text = |name: &str| bar[name].as_str().unwrap_or("-").to_owned();
        Bar {
            field: words.named("page-evidence", text("field")),
            level: words.named("page-level", text("level")),
            x: place(from.min(to)),
            width: (place(from.max(to)) - place(from.min(to))).max(1),
            speaks_for: to >= from,
            bits: shown(to - from),
            household: shown(bits(bar, "household")),
            twin: shown(bits(bar, "twin")),
        }
    });
    (drawn.collect(), shown(ends.last().copied().unwrap_or(0.0)))
}
