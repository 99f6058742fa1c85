//! Weights as pictures, and the figures of every threshold.

use super::Page;
use crate::cli::link::summary::{Told, percent};
use crate::linkage::quality;

/// Bits that are drawn: beyond, a bar only says "more".
const LOWEST: i32 = -6;
const HIGHEST: i32 = 40;
/// Pixels of the picture.
const WIDTH: f64 = 760.0;
const HEIGHT: f64 = 180.0;

/// Bits and pixels of a bar that weighs one level.
const BAR_BITS: f64 = 20.0;
const BAR: f64 = 200.0;

/// A bar to the right for weight in favour, to the left against, from an axis in the middle.
pub fn bar(bits: f64) -> String {
    step((0.0, bits), (-BAR_BITS, BAR_BITS))
}

/// A step of a waterfall: a bar from one weight to another, on a scale that goes as far as both given.
pub fn step((before, after): (f64, f64), (lowest, highest): (f64, f64)) -> String {
    let place = |bits: f64| {
        (bits.clamp(lowest, highest) - lowest) / (highest - lowest).max(f64::MIN_POSITIVE) * BAR
    };
    let (from, to) = (place(before.min(after)), place(before.max(after)));
    let class = if after >= before { "for" } else { "against" };
    let (axis, length) = (place(0.0), (to - from).max(1.0));
    format!(
        "<svg class=\"bar\" width=\"{BAR}\" height=\"14\" role=\"img\" aria-label=\"{:+.1}\">\
         <line class=\"axis\" x1=\"{axis:.1}\" y1=\"0\" x2=\"{axis:.1}\" y2=\"14\"/>\
         <rect class=\"{class}\" x=\"{from:.1}\" y=\"2\" width=\"{length:.1}\" height=\"10\"/></svg>",
        after - before
    )
}

/// How many pairs weigh how much.
pub fn distribution(page: &mut Page<'_>, told: &Told<'_>) {
    page.heading("distribution");
    page.paragraph("distribution-about", &[]);
    let bins = usize::try_from(HIGHEST - LOWEST).unwrap_or(1);
    let mut counts = vec![0_u32; bins];
    for edge in &told.linked.edges {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped")]
        let bin =
            (f64::from(edge.weight) - f64::from(LOWEST)).clamp(0.0, bins as f64 - 1.0) as usize;
        counts[bin] += 1;
    }
    // Heights as logarithms: most pairs are clear, the doubtful few are what one looks for.
    let height = |count: u32| f64::from(count + 1).ln();
    let highest = counts.iter().map(|count| height(*count)).fold(1.0, f64::max);
    let step = WIDTH / bins as f64;
    let mut bars = String::new();
    for (bin, count) in counts.iter().enumerate() {
        let (x, h) = (bin as f64 * step, height(*count) / highest * (HEIGHT - 20.0));
        let bits = LOWEST + i32::try_from(bin).unwrap_or(0);
        let class =
            if f64::from(bits) >= f64::from(told.settings.threshold) { "for" } else { "all" };
        bars.push_str(&format!(
            "<rect class=\"{class}\" x=\"{x:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{h:.1}\"><title>{}</title></rect>",
            HEIGHT - 20.0 - h,
            step - 1.0,
            page.text("bin", &[("bits", bits.into()), ("count", u64::from(*count).into())])
        ));
        if bits % 5 == 0 {
            bars.push_str(&format!("<text x=\"{x:.1}\" y=\"{:.1}\">{bits}</text>", HEIGHT - 5.0));
        }
    }
    page.out
        .push_str(&format!("<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\">{bars}</svg>\n"));
}

/// A slider over thresholds with what each comes to.
pub fn threshold(page: &mut Page<'_>, told: &Told<'_>) {
    page.heading("threshold");
    page.paragraph("threshold-about", &[]);
    let mut rows = Vec::new();
    let mut chosen = 0;
    for bits in LOWEST..=HIGHEST {
        #[allow(clippy::cast_precision_loss, reason = "at most 40")]
        let threshold = bits as f32;
        if threshold <= told.settings.threshold {
            chosen = rows.len();
        }
        let estimate = quality::estimate(&told.linked.edges, threshold);
        let pairs = told.linked.edges.iter().filter(|edge| edge.weight > threshold).count();
        rows.push([
            bits.to_string(),
            page.number(pairs as u64),
            format!("{} %", percent(estimate.precision)),
            format!("{} %", percent(estimate.recall)),
        ]);
    }
    let data = serde_json::to_string(&rows).unwrap_or_default();
    page.out.push_str(&format!(
        "<input type=\"range\" id=\"threshold\" min=\"0\" max=\"{}\" value=\"{chosen}\">\n\
         <script type=\"application/json\" id=\"thresholds\">{data}</script>\n",
        rows.len() - 1
    ));
    let cell = |name: &str, place: usize| {
        format!("<span id=\"threshold-{name}\">{}</span>", rows[chosen][place])
    };
    let row = vec![cell("bits", 0), cell("pairs", 1), cell("precision", 2), cell("recall", 3)];
    page.table("numbers", &["bits", "joined", "precision", "recall"], [row]);
}
