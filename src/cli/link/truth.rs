//! The truth, where somebody knows it: which entity each record belongs to.

use std::path::Path;

use rustc_hash::FxHashMap;

use super::files::Ids;
use crate::cli::failure::Failure;
use crate::linkage::Table;
use crate::linkage::interner::Interner;

/// Reads `record_id,entity_id` (and `source`, where ids repeat between sources), for each record of
/// the table in its order.
pub fn read(path: &Path, ids: &Ids, table: &Table) -> Result<Vec<Option<u32>>, Failure> {
    let named = || [("path", path.display().to_string())];
    let failed = |error: csv::Error| match error.into_kind() {
        csv::ErrorKind::Io(error) => Failure::file(path, error),
        _ => Failure::Usage { key: "link-bad-truth", args: named().to_vec() },
    };
    let mut rows = csv::Reader::from_path(path).map_err(failed)?;
    let header = rows.headers().map_err(failed)?.clone();
    let place = |name: &str| header.iter().position(|column| column.trim() == name);
    let (Some(id), Some(entity)) = (place("record_id"), place("entity_id")) else {
        return Err(Failure::Usage { key: "link-bad-truth", args: named().to_vec() });
    };
    let source = place("source").filter(|_| ids.several);
    let mut entities = Interner::default();
    let mut known: FxHashMap<(String, String), u32> = FxHashMap::default();
    for row in rows.records() {
        let row = row.map_err(failed)?;
        let cell = |place: usize| row.get(place).unwrap_or_default().trim().to_owned();
        let from = source.map(cell).unwrap_or_default();
        known.insert((from, cell(id)), entities.intern(cell(entity).as_bytes()));
    }
    let of = |place: &u32| {
        let place = *place as usize;
        let from = if source.is_some() { ids.source(place) } else { "" };
        known.get(&(from.to_owned(), ids.id(place).to_owned())).copied()
    };
    Ok(table.places.iter().map(of).collect())
}
