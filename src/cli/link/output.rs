//! What linkage writes: clusters, scored pairs, the trained model.

use std::io::Write;
use std::path::Path;

use super::summary::Told;
use crate::cli::failure::Failure;
use crate::cli::input;
use crate::linkage::quality::probability;
use crate::linkage::trained;
use crate::mapping::yaml::scalar_of;

/// `record_id,cluster_id`, with the source when there are several, in the order of the files.
pub fn clusters(path: &Path, told: &Told<'_>) -> Result<(), Failure> {
    let mut rows = csv::Writer::from_writer(input::create(path)?);
    let header: &[&str] = if told.ids.several {
        &["record_id", "cluster_id", "source"]
    } else {
        &["record_id", "cluster_id"]
    };
    rows.write_record(header).map_err(failed)?;
    // Clusters are numbered as they first occur.
    let mut numbers = vec![0_u64; told.ids.len()];
    let mut last = 0;
    for (place, cluster) in told.in_order().into_iter().enumerate() {
        let number = &mut numbers[cluster as usize];
        if *number == 0 {
            last += 1;
            *number = last;
        }
        let cluster = format!("c{number}");
        let cells = [told.ids.id(place), &cluster, told.ids.source(place)];
        rows.write_record(&cells[..header.len()]).map_err(failed)?;
    }
    rows.flush().map_err(Failure::output)
}

/// Pairs that were worth keeping, with their weight in bits and their probability.
pub fn pairs(path: &Path, told: &Told<'_>) -> Result<(), Failure> {
    let mut rows = csv::Writer::from_writer(input::create(path)?);
    let header: &[&str] = if told.ids.several {
        &["record_id_l", "record_id_r", "weight", "probability", "source_l", "source_r"]
    } else {
        &["record_id_l", "record_id_r", "weight", "probability"]
    };
    rows.write_record(header).map_err(failed)?;
    for edge in &told.linked.edges {
        let [one, other] = [edge.one, edge.other].map(|record| told.place(record));
        let (weight, probability) =
            (format!("{:.3}", edge.weight), format!("{:.6}", probability(edge.weight)));
        let cells = [
            told.ids.id(one),
            told.ids.id(other),
            &weight,
            &probability,
            told.ids.source(one),
            told.ids.source(other),
        ];
        rows.write_record(&cells[..header.len()]).map_err(failed)?;
    }
    rows.flush().map_err(Failure::output)
}

/// The model with what was learnt.
pub fn model(path: &Path, told: &Told<'_>) -> Result<(), Failure> {
    let model = told.model;
    let mut text = format!("link: {}\n", scalar_of(&model.name));
    for (key, column) in [("record_id", &model.record_id), ("source", &model.source)] {
        if let Some(column) = column {
            text.push_str(&format!("{key}: {}\n", scalar_of(&column.name)));
        }
    }
    text.push_str("fields:\n");
    for (field, columns) in &model.fields {
        let columns: Vec<String> = columns.iter().map(|column| scalar_of(&column.name)).collect();
        text.push_str(&format!(
            "  {}: {{ kind: {}, columns: [{}], shared: {} }}\n",
            scalar_of(&field.name),
            field.kind.name(),
            columns.join(", "),
            field.shared
        ));
    }
    text.push_str(&format!("threshold: {}\n", told.settings.threshold));
    text.push_str(&trained::write(&told.linked.mixture, &told.table.fields));
    let mut out = input::create(path)?;
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(Failure::output)
}

fn failed(error: csv::Error) -> Failure {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => Failure::output(error),
        kind => Failure::operation(std::io::Error::other(format!("{kind:?}"))),
    }
}
