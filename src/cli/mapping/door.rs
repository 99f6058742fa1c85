//! The hub whose files a command reads and changes: its database on this machine, or the hub itself over HTTP. Both
//! answer alike.

mod local;
mod remote;

use reqwest::Url;
use serde::{Deserialize, Serialize};

use crate::cli::arguments::Common;
use crate::cli::connection::{self, Connection};
use crate::cli::failure::Failure;
use crate::cli::screen::Screen;
use crate::model::Instant;
use crate::operations::library::{DataFile, FileId, Kind};

use local::Local;
use remote::Remote;

/// Which hub.
#[derive(Debug, clap::Args)]
pub struct Which {
    #[command(flatten)]
    connection: Connection,
    /// Address of the hub, in place of its database, such as https://hub.example.org
    #[arg(long, env = "DANKUN_HUB", value_name = "URL", conflicts_with = "database")]
    hub: Option<Url>,
    /// The key with which to ask the hub
    #[arg(long, env = "DANKUN_KEY", hide_env_values = true, value_name = "KEY")]
    key: Option<String>,
}

/// A file of the hub.
#[derive(Clone, Debug, Deserialize)]
pub struct Held {
    /// Its kind.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// The version that counts.
    #[serde(default)]
    pub in_force: Option<HeldVersion>,
    /// The open draft.
    #[serde(default)]
    pub draft: Option<HeldVersion>,
}

/// A version by its hash.
#[derive(Clone, Debug, Deserialize)]
pub struct HeldVersion {
    /// Its hash.
    pub hash: String,
}

impl Held {
    /// Which file; none when only a newer program knows its kind.
    pub fn id(&self) -> Option<FileId> {
        FileId::new(Kind::parse(&self.kind)?, &self.name)
    }

    /// What somebody who edits it now sees: the draft, or without one what counts.
    pub fn current(&self) -> Option<&str> {
        let version = self.draft.as_ref().or(self.in_force.as_ref());
        version.map(|version| version.hash.as_str())
    }
}

/// A version with or without its text.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Told {
    /// Its hash.
    pub hash: String,
    /// The `version:` that stands in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Where it stands.
    pub state: String,
    /// Who wrote it.
    pub written_by: String,
    /// When.
    pub written_at: String,
    /// Its text, when that was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// One change that a publication makes.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Changed {
    /// Kind of the file.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// The version that counts from then on.
    pub hash: String,
    /// The `version:` that stands in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The hash of the one before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
}

/// A hub, one way or the other.
pub enum Door {
    /// Through its database.
    Local(Box<Local>),
    /// Over HTTP.
    Remote(Remote),
}

macro_rules! either {
    ($door:expr, $hub:ident => $call:expr) => {
        match $door {
            Door::Local($hub) => $call.await,
            Door::Remote($hub) => $call.await,
        }
    };
}

impl Which {
    /// Opens the hub.
    ///
    /// # Errors
    /// Wrong use when none is named or its key is missing; else when it does not open.
    pub async fn open(&self, common: &Common, screen: &Screen) -> Result<Door, Failure> {
        match (&self.hub, &self.key) {
            (Some(hub), Some(key)) => Ok(Door::Remote(Remote::new(hub, key.clone(), screen)?)),
            (Some(_), None) => Err(Failure::usage("life-no-key", &[])),
            (None, _) => {
                // The directories are what the hub is compared with; opening it must not bring them in.
                let mut config = self.connection.config(common)?;
                (config.mappings, config.schemas) = (None, None);
                let hub = connection::open(config, common).await?;
                Ok(Door::Local(Box::new(Local::new(hub, screen))))
            }
        }
    }
}

impl Door {
    /// Every file.
    ///
    /// # Errors
    /// When the hub refuses or does not answer; so for all that follow.
    pub async fn files(&self) -> Result<Vec<Held>, Failure> {
        either!(self, hub => hub.files())
    }

    /// A version with its text: by its hash, `in_force` or `draft`.
    pub async fn version(&self, file: &FileId, named: &str) -> Result<Option<Told>, Failure> {
        either!(self, hub => hub.version(file, named))
    }

    /// The versions of a file, the newest first, at most 500.
    pub async fn versions(&self, file: &FileId) -> Result<Vec<Told>, Failure> {
        either!(self, hub => hub.versions(file))
    }

    /// Saves a draft over what was seen; answers its hash.
    pub async fn draft(&self, file: &DataFile, seen: Option<&str>) -> Result<String, Failure> {
        either!(self, hub => hub.draft(file, seen))
    }

    /// Publishes versions together, at once or for later.
    pub async fn publish(
        &self,
        chosen: &[(FileId, String)],
        at: Option<Instant>,
    ) -> Result<Vec<Changed>, Failure> {
        either!(self, hub => hub.publish(chosen, at))
    }

    /// Agrees to a version.
    pub async fn approve(&self, file: &FileId, hash: &str) -> Result<(), Failure> {
        either!(self, hub => hub.approve(file, hash))
    }

    /// Gives up a version.
    pub async fn withdraw(&self, file: &FileId, hash: &str) -> Result<(), Failure> {
        either!(self, hub => hub.withdraw(file, hash))
    }

    /// Goes back to a version.
    pub async fn rollback(&self, file: &FileId, to: Option<&str>) -> Result<Vec<Changed>, Failure> {
        either!(self, hub => hub.rollback(file, to))
    }
}
