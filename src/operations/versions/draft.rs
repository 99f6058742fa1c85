//! A text is saved as the open draft of its file. Who saves names what they saw, so that nobody writes over the work of
//! somebody else without knowing it.

use serde_json::json;

use crate::model::{Caller, Scope};
use crate::operations::Hub;
use crate::operations::library::{DataFile, FileId, Kind};
use crate::operations::publish;
use crate::store::Tx;
use crate::store::versions::{FileKey, Stage, Version};

use super::steps::note;
use super::{LifeError, rights};

/// What the author saw when the work began.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Seen<'s> {
    /// No such file.
    Nothing,
    /// The version of this hash: the open draft, or without one what is in force.
    Version(&'s str),
}

/// Takes a text as the file that it was sent as.
///
/// # Errors
/// When the text is no file of the library, or says that it is another one.
pub fn file(id: &FileId, text: String) -> Result<DataFile, LifeError> {
    let path = format!("{}/{}", id.kind.name(), id.name);
    if id.kind == Kind::Schema {
        return Ok(DataFile { kind: id.kind, name: id.name.clone(), path, text });
    }
    let file = DataFile::yaml(&path, text)?;
    let found = file.id();
    if found == *id { Ok(file) } else { Err(LifeError::OtherFile { expected: id.clone(), found }) }
}

/// Saves a draft. The draft that it takes the place of is given up, but stays readable.
///
/// # Errors
/// When the caller may not, or somebody else saved or published meanwhile.
pub async fn draft(
    hub: &Hub,
    by: &Caller,
    file: &DataFile,
    seen: Seen<'_>,
) -> Result<Version, LifeError> {
    let id = file.id();
    rights::granted(&hub.library(), by, Scope::MappingsWrite, &id)?;
    let now = hub.now();
    let version = Version {
        written_key: by.key,
        ..publish::version(file, Stage::Draft, &by.holder.to_string(), now)
    };
    let mut tx = hub.store().begin().await?;
    let before = tx.draft(id.key()).await?;
    let current = match &before {
        Some(draft) => Some(draft.hash.clone()),
        None => in_force(&mut tx, id.key()).await?,
    };
    let as_seen = match seen {
        Seen::Nothing => current.is_none(),
        Seen::Version(hash) => current.as_deref() == Some(hash),
    };
    let stale = |current| LifeError::Stale { file: id.clone(), current };
    if !as_seen {
        return Err(stale(current));
    }
    // A draft that is saved again as it is stays what it is.
    let is_new = before.as_ref().is_none_or(|before| before.hash != version.hash);
    let replaced = before.filter(|_| is_new);
    tx.save_version(&version).await?;
    if is_new {
        let open = replaced.as_ref().map(|before| before.hash.as_str());
        // Whoever saved since this transaction looked was faster.
        if !tx.set_draft(id.key(), open, &version.hash).await? {
            return Err(stale(tx.draft(id.key()).await?.map(|draft| draft.hash)));
        }
        note(hub, &mut tx, by, (&id, &version.hash), "drafted", json!({ "label": version.label }))
            .await?;
    }
    if let Some(replaced) = &replaced
        && tx.publications_of(id.key(), &replaced.hash).await?.is_empty()
    {
        tx.set_stage(id.key(), &replaced.hash, Stage::Withdrawn).await?;
    }
    let saved = tx.version(id.key(), &version.hash).await?;
    tx.commit().await?;
    saved.ok_or(LifeError::Unknown(id))
}

/// The hash that counts of a file.
pub(super) async fn in_force(
    tx: &mut Tx,
    file: FileKey<'_>,
) -> Result<Option<String>, crate::store::StoreError> {
    let now = tx.library_head().await?.now;
    tx.in_force_hash(file, now).await
}
