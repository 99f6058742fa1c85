//! Some pairs in full: what each field says, and how the weight grows.

use std::collections::BTreeSet;

use super::{Page, charts, escape};
use crate::cli::failure::Failure;
use crate::cli::link::files::{self, Source};
use crate::cli::link::summary::Told;
use crate::linkage::cluster::Edge;
use crate::linkage::compare::{level_name, level_of};
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
        page.out.push_str(&format!(
            "<h3>{} · {} : {:+.1}</h3>\n",
            escape(told.ids.id(one)),
            escape(told.ids.id(other)),
            edge.weight
        ));
        let first = steps.first().copied().unwrap_or(0.0);
        let mut rows = vec![vec![
            page.text("prior", &[]),
            String::new(),
            String::new(),
            String::new(),
            format!("{first:+.1}"),
            charts::bar(f64::from(first)),
        ]];
        for (field, pair) in steps.windows(2).enumerate() {
            let level = level_of(pattern, field);
            let name = level_name(told.table.fields[field].kind.comparison(), level);
            let gained = pair[1] - pair[0];
            rows.push(vec![
                escape(&told.table.fields[field].name),
                of(one, field),
                of(other, field),
                page.text(&format!("level-{name}"), &[]),
                format!("{gained:+.1}"),
                charts::bar(f64::from(gained)),
            ]);
        }
        page.table(&["field", "first", "second", "level", "bits", ""], rows);
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
