//! References between resources, and what makes two of them the same.

use std::borrow::Cow;

use crate::format::json::{as_string, members};
use crate::format::options::Limits;

/// Half a blake3 hash of an id: two that share it would mix two people, so nobody may make them.
pub(super) type Key = [u8; 16];

/// What `Patient/<id>`, `<id>`, `urn:uuid:<id>` and `https://…/Patient/<id>` have in common. A
/// reference to another type has none.
pub(super) fn key_of(reference: &str, anchor: &str) -> Option<Key> {
    let reference = reference.split("/_history/").next().unwrap_or(reference);
    let id = match reference.rsplit_once('/') {
        Some((path, id)) => {
            let kind = path.rsplit_once('/').map_or(path, |(_, kind)| kind);
            if kind != anchor {
                return None;
            }
            id
        }
        None => reference
            .strip_prefix("urn:uuid:")
            .or_else(|| reference.strip_prefix("urn:oid:"))
            .unwrap_or(reference),
    };
    let uuid = uuid::Uuid::try_parse(id).map(|uuid| uuid.hyphenated().to_string());
    let hash = blake3::hash(uuid.as_deref().unwrap_or(id).as_bytes());
    hash.as_bytes().first_chunk().copied()
}

/// What an attached resource refers to, as written.
pub(super) fn reference(resource: &str, element: &str, limits: &Limits) -> Option<String> {
    let mut found = None;
    members(resource, limits, |key, value, _| {
        if key == element {
            found = Some(value);
        }
    })
    .ok()?;
    let mut reference = None;
    members(found?, limits, |key, value, _| {
        if key == "reference" {
            reference = as_string(value);
        }
    })
    .ok()?;
    reference.map(Cow::into_owned)
}
