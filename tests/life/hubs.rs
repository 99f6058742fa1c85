//! Hubs with the club's way of writing, and people who change it.

use std::fs;
use std::io::Cursor;

use dankun::model::{Caller, Holder, KeyId, Scope};
use dankun::operations::body::Body;
use dankun::operations::intake::{Receipt, Submission, submit};
use dankun::operations::library::{DataFile, FileId, Kind};
use dankun::operations::versions::{self, Chosen, LifeError, Named, Plan, Seen, Version};
use dankun::operations::{Hub, HubConfig};
use serde_json::json;

use crate::cluster::Place;

const CLUB: &str = include_str!("../intake/club.yaml");
const SCHEMA: &str = include_str!("../intake/club.json");

/// Opens a hub of a place; a second one on the same place is another process of the same hub.
pub async fn open(place: &Place) -> Hub {
    let (mappings, schemas) = (place.folder().join("m"), place.folder().join("s"));
    fs::create_dir_all(&mappings).unwrap();
    fs::create_dir_all(schemas.join("tt-club")).unwrap();
    fs::write(mappings.join("club.yaml"), CLUB).unwrap();
    fs::write(schemas.join("tt-club/1.json"), SCHEMA).unwrap();
    let mut config = HubConfig::new(&place.url);
    config.key_file = Some(place.key_file());
    config.mappings = Some(mappings);
    config.schemas = Some(schemas);
    Hub::open(config).await.unwrap()
}

pub fn club() -> FileId {
    FileId { kind: Kind::Mapping, name: "tt-club".to_owned() }
}

/// The club's mapping under another `version:`, with a given name put before every family name.
pub fn club_with(version: &str, prefix: &str) -> DataFile {
    let text = CLUB.replace("version: 1.0.0", &format!("version: {version}"));
    let text = text.replace("from: name", &format!("from: name, do: [{{ prefix: \"{prefix}\" }}]"));
    assert!(text.contains(prefix) && text.contains(version), "{text}");
    DataFile::yaml("club.yaml", text).unwrap()
}

pub fn operator(name: &str) -> Caller {
    Caller {
        key: Some(KeyId::from_bytes([name.len() as u8; 16])),
        holder: Holder::Operator(name.to_owned()),
        scopes: vec![Scope::Admin],
        purposes: Vec::new(),
        account: None,
    }
}

/// Saves a draft over whatever stands there; answers the version.
pub async fn draft(hub: &Hub, by: &Caller, file: &DataFile) -> Version {
    let id = file.id();
    let draft = versions::version(hub, by, &id, Named::Draft).await.unwrap();
    let seen = match draft {
        Some(draft) => Some(draft),
        None => versions::version(hub, by, &id, Named::InForce).await.unwrap(),
    };
    let seen = seen.map(|version| version.hash);
    let seen = seen.as_deref().map_or(Seen::Nothing, Seen::Version);
    versions::draft(hub, by, file, seen).await.unwrap()
}

pub fn chosen(version: &Version) -> Chosen {
    let kind = Kind::parse(&version.kind).unwrap();
    Chosen { file: FileId { kind, name: version.name.clone() }, hash: version.hash.clone() }
}

/// Saves and publishes at once.
pub async fn publish(hub: &Hub, by: &Caller, file: &DataFile) -> Result<Plan, LifeError> {
    let version = draft(hub, by, file).await;
    versions::publish(hub, by, &[chosen(&version)], None).await
}

/// Sends members to the club; each is its own head.
pub async fn send(hub: &Hub, ids: impl IntoIterator<Item = String>) -> Receipt {
    let lines: String = ids
        .into_iter()
        .map(|id| {
            let member = json!({ "id": id, "name": "TRAORÉ", "sex": "F", "born": "1985-06-14",
                "family": id, "kin": "H", "start": "2024-01-01" });
            format!("{member}\n")
        })
        .collect();
    let body = Body::from_reader(Cursor::new(lines.into_bytes()));
    submit(hub, Submission::new("tt-club".parse().unwrap(), body)).await.unwrap()
}

/// The hash of the club's mapping that this process uses.
pub fn used(hub: &Hub) -> String {
    hex::encode(hub.library().mapping("tt-club").unwrap().hash())
}
