//! The report of a linkage: one file that needs nothing from outside.
//!
//! It shows values of a few examples, which are personal data, and says so at its head.

mod charts;
mod examples;

use std::io::Write;
use std::path::Path;

use super::source::Source;
use super::summary::{Told, percent};
use crate::cli::failure::Failure;
use crate::cli::input;
use crate::cli::screen::Screen;
use crate::linkage::compare::{level_name, levels};
use crate::linkage::quality;
use crate::messages::Value;

/// The look of the page.
const STYLE: &str = include_str!("page/style.css");
/// Moves the figures of the threshold chooser.
const SCRIPT: &str = include_str!("page/threshold.js");

/// A page being written, in one language.
struct Page<'s> {
    out: String,
    screen: &'s Screen,
}

impl Page<'_> {
    fn text(&self, key: &str, args: &[(&str, Value<'_>)]) -> String {
        escape(&self.screen.text(&format!("link-page-{key}"), args))
    }

    fn heading(&mut self, key: &str) {
        let title = self.text(key, &[]);
        self.out.push_str(&format!("<h2>{title}</h2>\n"));
    }

    fn paragraph(&mut self, key: &str, args: &[(&str, Value<'_>)]) {
        let text = self.text(key, args);
        self.out.push_str(&format!("<p>{text}</p>\n"));
    }

    /// A number as the language writes it.
    fn number(&self, number: u64) -> String {
        self.text("number", &[("number", number.into())])
    }

    /// A table of a class of the style: its head as keys, its rows as they are.
    fn table(&mut self, class: &str, head: &[&str], rows: impl IntoIterator<Item = Vec<String>>) {
        self.out.push_str(&format!("<table class=\"{class}\"><tr>"));
        for key in head {
            let title = if key.is_empty() { String::new() } else { self.text(key, &[]) };
            self.out.push_str(&format!("<th>{title}</th>"));
        }
        self.out.push_str("</tr>\n");
        for row in rows {
            let cells: Vec<String> = row.iter().map(|cell| format!("<td>{cell}</td>")).collect();
            self.out.push_str(&format!("<tr>{}</tr>\n", cells.concat()));
        }
        self.out.push_str("</table>\n");
    }
}

/// Text that means itself in HTML.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            letter => out.push(letter),
        }
    }
    out
}

/// Writes the report.
pub fn write(
    path: &Path,
    told: &Told<'_>,
    sources: &[Source],
    screen: &Screen,
) -> Result<(), Failure> {
    let mut page = Page { out: String::new(), screen };
    summary(&mut page, told);
    sizes(&mut page, told);
    weights(&mut page, told);
    charts::distribution(&mut page, told);
    charts::threshold(&mut page, told);
    calibration(&mut page, told);
    examples::write(&mut page, told, sources)?;
    let title = page.text("title", &[("name", told.model.name.as_str().into())]);
    let language = screen.language().tag();
    let html = format!(
        "<!doctype html>\n<html lang=\"{language}\"><head><meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title>\n\
         <style>{STYLE}</style></head><body>\n<h1>{title}</h1>\n{}<script>{SCRIPT}</script></body></html>\n",
        page.out
    );
    let mut out = input::create(path)?;
    out.write_all(html.as_bytes()).and_then(|()| out.flush()).map_err(Failure::output)
}

fn summary(page: &mut Page<'_>, told: &Told<'_>) {
    let note = page.text("personal", &[]);
    page.out.push_str(&format!("<p class=\"note\">{note}</p>\n"));
    let (clusters, largest) = told.sizes();
    page.paragraph(
        "summary",
        &[
            ("records", told.table.len().into()),
            ("clusters", clusters.into()),
            ("largest", largest.into()),
            ("pairs", told.linked.pairs.into()),
        ],
    );
    let estimate = told.estimate();
    page.paragraph(
        "estimate",
        &[
            ("precision", percent(estimate.precision).into()),
            ("recall", percent(estimate.recall).into()),
        ],
    );
    if let Some(scores) = told.scores() {
        page.paragraph(
            "measured",
            &[
                ("precision", percent(scores.pairs.precision).into()),
                ("recall", percent(scores.pairs.recall).into()),
                ("f", percent(scores.pairs.f1()).into()),
                ("b", percent(scores.b_cubed.f1()).into()),
            ],
        );
    }
}

/// The weight of each level of each field: how much commoner it is among pairs of one person.
fn weights(page: &mut Page<'_>, told: &Told<'_>) {
    page.heading("weights");
    page.paragraph("weights-about", &[]);
    let mut rows = Vec::new();
    for (place, field) in told.table.fields.iter().enumerate() {
        let comparison = field.kind.comparison();
        for level in 1..=levels(comparison) {
            let [same, other] = told.linked.mixture.chances(place, usize::from(level));
            let bits = (same / other).log2();
            let name = level_name(comparison, level);
            rows.push(vec![
                if level == 1 { format!("<b>{}</b>", escape(&field.name)) } else { String::new() },
                page.text(&format!("level-{name}"), &[]),
                percent(same),
                percent(other),
                format!("{bits:+.1}"),
                charts::bar(bits),
            ]);
        }
    }
    page.table("weights", &["field", "level", "same", "other", "bits", ""], rows);
}

/// Sizes of which each has its own line; larger ones share the last.
const SIZES: usize = 8;

/// How many people have how many records.
fn sizes(page: &mut Page<'_>, told: &Told<'_>) {
    let mut records = vec![0_usize; told.table.len()];
    told.linked.clusters.iter().for_each(|cluster| records[*cluster as usize] += 1);
    let mut people = [0_u64; SIZES + 1];
    records.iter().filter(|size| **size > 0).for_each(|size| people[*size.min(&SIZES)] += 1);
    page.heading("sizes");
    let rows: Vec<Vec<String>> = (1_u64..)
        .zip(&people[1..])
        .filter(|(_, people)| **people > 0)
        .map(|(size, people)| {
            let last = size == SIZES as u64;
            let size = page.number(size);
            vec![if last { format!("{size}+") } else { size }, page.number(*people)]
        })
        .collect();
    page.table("numbers", &["records", "people"], rows);
}

fn calibration(page: &mut Page<'_>, told: &Told<'_>) {
    let Some(truth) = told.truth else { return };
    page.heading("calibration");
    page.paragraph("calibration-about", &[]);
    let bands = quality::calibration(&told.linked.edges, truth);
    let rows: Vec<Vec<String>> = (0_u32..)
        .zip(bands)
        .map(|(band, (pairs, expected, right))| {
            let share = |part: f64| {
                #[allow(clippy::cast_precision_loss, reason = "counts of pairs are far below 2^52")]
                let whole = pairs as f64;
                if pairs == 0 { "–".to_owned() } else { percent(part / whole) }
            };
            #[allow(clippy::cast_precision_loss, reason = "counts of pairs are far below 2^52")]
            let right = right as f64;
            let name = format!("{}–{} %", band * 10, band * 10 + 10);
            vec![name, page.number(pairs), share(expected), share(right)]
        })
        .collect();
    page.table("numbers", &["band", "pairs", "expected", "found"], rows);
}
