//! What came of a linkage, for the terminal and for machines.

use serde_json::{Value, json};

use super::files::{Ids, Oddities};
use crate::cli::failure::Failure;
use crate::cli::screen::Screen;
use crate::linkage::quality::{self, Measure, Scores};
use crate::linkage::{Linked, Model, Settings, Table};

/// Everything that is told of a linkage.
#[derive(Clone, Copy)]
pub struct Told<'t> {
    /// The model.
    pub model: &'t Model,
    /// The ids of the records, as they were read.
    pub ids: &'t Ids,
    /// The records.
    pub table: &'t Table,
    /// How it was done.
    pub settings: &'t Settings,
    /// What came of it.
    pub linked: &'t Linked,
    /// The truth of each record of the table, where it is known.
    pub truth: Option<&'t [Option<u32>]>,
}

impl Told<'_> {
    /// Where a record of the table was read.
    pub fn place(&self, record: u32) -> usize {
        self.table.places[record as usize] as usize
    }

    /// The cluster of each record in the order in which they were read.
    pub fn in_order(&self) -> Vec<u32> {
        let mut clusters = vec![0; self.table.len()];
        for (place, cluster) in self.table.places.iter().zip(&self.linked.clusters) {
            clusters[*place as usize] = *cluster;
        }
        clusters
    }

    /// How many clusters there are, and the records of the largest.
    pub fn sizes(&self) -> (usize, usize) {
        let mut sizes = vec![0; self.table.len()];
        self.linked.clusters.iter().for_each(|cluster| sizes[*cluster as usize] += 1);
        let clusters = sizes.iter().filter(|size| **size > 0).count();
        (clusters, sizes.into_iter().max().unwrap_or(0))
    }

    /// What the weights say of themselves.
    pub fn estimate(&self) -> Measure {
        quality::estimate(&self.linked.edges, self.settings.threshold)
    }

    /// What the truth says, where it is known.
    pub fn scores(&self) -> Option<Scores> {
        self.truth.map(|truth| quality::measure(&self.linked.clusters, truth))
    }

    /// Says it.
    pub fn say(&self, oddities: &Oddities, screen: &Screen) -> Result<(), Failure> {
        if screen.json() {
            return screen.value(&self.json(oddities));
        }
        let (clusters, largest) = self.sizes();
        screen.say(
            "link-done",
            &[
                ("records", self.table.len().into()),
                ("clusters", clusters.into()),
                ("largest", largest.into()),
                ("pairs", self.linked.pairs.into()),
            ],
        )?;
        let estimate = self.estimate();
        screen.say(
            "link-estimate",
            &[
                ("precision", percent(estimate.precision).into()),
                ("recall", percent(estimate.recall).into()),
            ],
        )?;
        if let Some(scores) = self.scores() {
            screen.say(
                "link-measured",
                &[
                    ("records", scores.records.into()),
                    ("precision", percent(scores.pairs.precision).into()),
                    ("recall", percent(scores.pairs.recall).into()),
                    ("f", percent(scores.pairs.f1()).into()),
                    ("b", percent(scores.b_cubed.f1()).into()),
                ],
            )?;
        }
        self.warn(oddities, screen);
        Ok(())
    }

    fn warn(&self, oddities: &Oddities, screen: &Screen) {
        let warn = |key: &str, args: &[(&str, crate::messages::Value<'_>)]| {
            eprintln!("{}", screen.text(key, args));
        };
        if let (count, Some((file, line))) = &oddities.ragged {
            let line = line.to_string();
            let args =
                [("count", (*count).into()), ("file", file.as_str().into()), ("line", line.into())];
            warn("link-ragged", &args);
        }
        if let (count, Some((file, line))) = &oddities.repeated {
            let line = line.to_string();
            let args =
                [("count", (*count).into()), ("file", file.as_str().into()), ("line", line.into())];
            warn("link-repeated", &args);
        }
        if oddities.foreign > 0 {
            warn("link-foreign", &[("count", oddities.foreign.into())]);
        }
        for (field, count) in self.table.fields.iter().zip(&self.table.unreadable) {
            if *count > 0 {
                let args = [("field", field.name.as_str().into()), ("count", (*count).into())];
                warn("link-unreadable", &args);
            }
        }
        if self.linked.overfull > 0 {
            warn("link-overfull", &[("count", self.linked.overfull.into())]);
        }
    }

    fn json(&self, oddities: &Oddities) -> Value {
        let (clusters, largest) = self.sizes();
        let estimate = self.estimate();
        let unreadable: serde_json::Map<String, Value> = self
            .table
            .fields
            .iter()
            .zip(&self.table.unreadable)
            .map(|(field, count)| (field.name.clone(), json!(count)))
            .collect();
        json!({
            "records": self.table.len(),
            "clusters": clusters,
            "largest_cluster": largest,
            "pairs_compared": self.linked.pairs,
            "rounds": self.linked.mixture.rounds,
            "threshold": self.settings.threshold,
            "estimated": { "precision": estimate.precision, "recall": estimate.recall },
            "measured": self.scores().map(|scores| json!({
                "records": scores.records,
                "pairwise": shown(scores.pairs),
                "b_cubed": shown(scores.b_cubed),
            })),
            "ragged_rows": oddities.ragged.0,
            "repeated_ids": oddities.repeated.0,
            "not_utf8": oddities.foreign,
            "unreadable": unreadable,
            "overfull": self.linked.overfull,
        })
    }
}

fn shown(measure: Measure) -> Value {
    json!({ "precision": measure.precision, "recall": measure.recall, "f1": measure.f1() })
}

/// Per cent with two places, without the sign.
pub fn percent(share: f64) -> String {
    format!("{:.2}", share * 100.0)
}
