//! Is a hub well? What `dankun doctor` asks the store.

use super::Hub;
use super::library::{DataFile, Library};
use crate::store::StoreError;
use crate::store::exports::Totals;
use crate::store::published::Published;

/// The state of a hub.
#[derive(Clone, Copy, Debug)]
pub struct Checkup {
    /// How much it holds.
    pub totals: Totals,
    /// Files of this program that differ from what is published in the store.
    pub differing: u64,
}

/// Looks at a hub. `shipped` is the library that this program brings.
///
/// # Errors
/// When the store fails.
pub async fn checkup(hub: &Hub, shipped: &Library) -> Result<Checkup, StoreError> {
    let mut session = hub.store().read().await?;
    let totals = session.totals().await?;
    let published = session.published().await?;
    let differs = |file: &&DataFile| {
        let hash = file.hash().to_hex();
        let same = |kept: &&Published| kept.kind == file.kind.name() && kept.name == file.name;
        published.iter().find(same).is_none_or(|kept| kept.hash != hash.as_str())
    };
    let differing = shipped.files().iter().filter(differs).count() as u64;
    Ok(Checkup { totals, differing })
}
