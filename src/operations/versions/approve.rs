//! A second person agrees to a version, or a version is given up.

use serde_json::json;

use crate::model::{Caller, Scope};
use crate::operations::Hub;
use crate::operations::library::FileId;
use crate::store::versions::{Stage, Version};

use super::steps::{note, reach};
use super::{LifeError, check, rights};

/// Agrees to one text of a file, named by its hash. It must pass its checks and its examples, and whoever wrote it
/// cannot be the one who agrees.
///
/// # Errors
/// When the caller may not or is the author, or the version is wrong or given up.
pub async fn approve(
    hub: &Hub,
    by: &Caller,
    file: &FileId,
    hash: &str,
) -> Result<Version, LifeError> {
    rights::granted(&hub.library(), by, Scope::MappingsPublish, file)?;
    let version = check::find(hub, file, hash).await?;
    if rights::is_author(by, &version) {
        return Err(LifeError::OwnText(file.clone()));
    }
    let checked = check::look_at(hub, &version).await?;
    if !checked.passed() {
        return Err(LifeError::Wrong(checked.problems));
    }
    let mut tx = hub.store().begin().await?;
    // Given up meanwhile: nobody agrees to that by accident.
    let found = tx.version(file.key(), hash).await?;
    let mut version = found.ok_or_else(|| LifeError::Unknown(file.clone()))?;
    if version.stage == Stage::Withdrawn {
        return Err(LifeError::Withdrawn(file.clone()));
    }
    for stage in [Stage::Checked, Stage::Tested, Stage::Approved] {
        reach(hub, &mut tx, by, file, &mut version, stage).await?;
    }
    tx.commit().await?;
    Ok(version)
}

/// Gives up a version that does not count yet: a draft, or one that is published for later.
///
/// # Errors
/// When the caller may not, there is no such version, or it has already counted.
pub async fn withdraw(
    hub: &Hub,
    by: &Caller,
    file: &FileId,
    hash: &str,
) -> Result<Version, LifeError> {
    rights::granted(&hub.library(), by, Scope::MappingsWrite, file)?;
    let mut tx = hub.store().begin().await?;
    let found = tx.version(file.key(), hash).await?;
    let mut version = found.ok_or_else(|| LifeError::Unknown(file.clone()))?;
    let clock = tx.library_head().await?.now;
    let publications = tx.publications_of(file.key(), hash).await?;
    let standing = || publications.iter().filter(|one| one.cancelled_at.is_none());
    let to_come = standing().any(|one| one.from > clock);
    let closed = tx.close_draft(file.key(), hash).await?;
    if to_come {
        rights::granted(&hub.library(), by, Scope::MappingsPublish, file)?;
        tx.advance_library(1).await?;
        tx.cancel_publications(file.key(), hash, clock, hub.now()).await?;
    } else if standing().next().is_some() && !closed {
        return Err(LifeError::Counted(file.clone()));
    }
    if standing().all(|one| one.from > clock) {
        tx.set_stage(file.key(), hash, Stage::Withdrawn).await?;
        version.stage = Stage::Withdrawn;
    }
    note(hub, &mut tx, by, (file, hash), Stage::Withdrawn.name(), json!({})).await?;
    tx.commit().await?;
    Ok(version)
}
