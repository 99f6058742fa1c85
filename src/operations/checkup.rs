//! Is a hub well? What `dankun doctor` asks the store.

use super::Hub;
use super::library::{DataFile, Library};
use crate::store::StoreError;
use crate::store::exports::Totals;
use crate::store::publications::InForce;

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
    let now = session.library_head().await?.now;
    let published = session.in_force_at(now).await?;
    let differs = |file: &&DataFile| {
        let hash = file.hash().to_hex();
        let same = |kept: &&InForce| kept.version.file() == file.id().key();
        published.iter().find(same).is_none_or(|kept| kept.version.hash != hash.as_str())
    };
    let differing = shipped.files().iter().filter(differs).count() as u64;
    Ok(Checkup { totals, differing })
}
