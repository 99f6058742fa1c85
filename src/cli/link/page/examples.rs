//! Some pairs in full: what each field says, and how the weight grows.

use std::collections::BTreeSet;

use super::{Page, charts, escape};
use crate::cli::failure::Failure;
use crate::cli::link::files;
use crate::cli::link::source::Source;
use crate::cli::link::summary::{Told, percent};
use crate::linkage::cluster::Edge;
use crate::linkage::compare::{level_name, level_of};
use crate::linkage::quality::probability;
use crate::linkage::weigh::Weigher;

/// Bits around which examples are shown: clear pairs, and the doubtful ones on either side.
const AROUND: [f32; 7] = [30.0, 15.0, 6.0, 2.0, 0.5, -1.0, -4.0];

/// Writes the examples.
pub fn write(page: &mut Page<'_>, told: &Told<'_>, sources: &[Source]) -> Result<(), Failure> {
    page.heading("examples");
    page.paragraph("examples-about", &[]);
    let edges = chosen(&told.linked.edges);
    let wanted: BTreeSet<usize> =
        edges.iter().flat_map(|edge| [edge.one, edge.other]).map(|r| told.place(r)).collect();
    let values = files::values_of(sources, told.model, &wanted)?;
    let mut weigher = Weigher::new(told.table, &told.linked.mixture, &told.linked.commonness);
    for edge in edges {
        let [one, other] = [edge.one, edge.other].map(|record| told.place(record));
        let (pattern, steps) = weigher.steps(edge.one, edge.other);
        let of = |place: usize, field: usize| {
            values
                .get(&place)
                .and_then(|values| values.get(field))
                .map(|v| escape(v))
                .unwrap_or_default()
        };
        let weight = format!("{:+.1}", edge.weight);
        let title = page.text(
            "pair",
            &[
                ("first", told.ids.id(one).into()),
                ("second", told.ids.id(other).into()),
                ("bits", weight.into()),
                ("probability", percent(probability(edge.weight)).into()),
            ],
        );
        page.out.push_str(&format!("<h3>{title}</h3>\n"));
        let first = steps.first().copied().unwrap_or(0.0);
        let scale = |step: &f32| f64::from(*step);
        let lowest = steps.iter().map(scale).fold(0.0, f64::min);
        let highest = steps.iter().map(scale).fold(0.0, f64::max);
        let row = |name: String, values: [String; 3], [before, after]: [f32; 2]| {
            let [one, other, level] = values;
            let (from, to) = (f64::from(before), f64::from(after));
            let gained = format!("{:+.1}", after - before);
            let picture = charts::step((from, to), (lowest, highest));
            vec![name, one, other, level, gained, picture, format!("{after:+.1}")]
        };
        let mut rows = vec![row(page.text("prior", &[]), Default::default(), [0.0, first])];
        for (field, pair) in steps.windows(2).enumerate() {
            let level = level_of(pattern, field);
            let name = level_name(told.table.fields[field].kind.comparison(), level);
            let level = page.text(&format!("level-{name}"), &[]);
            let values = [of(one, field), of(other, field), level];
            rows.push(row(escape(&told.table.fields[field].name), values, [pair[0], pair[1]]));
        }
        page.table("example", &["field", "first", "second", "level", "bits", "", "sum"], rows);
    }
    Ok(())
}

/// For each weight that is wanted, the pair that is nearest to it.
fn chosen(edges: &[Edge]) -> Vec<Edge> {
    let mut chosen: Vec<Edge> = Vec::new();
    for bits in AROUND {
        let distance = |edge: &&Edge| (edge.weight - bits).abs();
        let nearest = edges.iter().min_by(|a, b| distance(a).total_cmp(&distance(b)));
        if let Some(edge) = nearest.filter(|edge| !chosen.contains(edge)) {
            chosen.push(*edge);
        }
    }
    chosen
}
