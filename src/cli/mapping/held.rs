//! The files of a hub: what it holds of each, and the steps of their life, asked through the one [`Door`].

use reqwest::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::cli::arguments::Common;
use crate::cli::door::{Ask, Body, Door, Seen, Which, named};
use crate::cli::failure::Failure;
use crate::cli::screen::Screen;
use crate::model::Instant;
use crate::operations::library::{DataFile, FileId, Kind};

/// Items of a page: as many as a hub gives.
const PAGE: &str = "500";

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

/// A page of a list.
#[derive(Deserialize)]
struct Page<T> {
    items: Vec<T>,
    #[serde(default)]
    next: Option<String>,
}

#[derive(Deserialize)]
struct Plan {
    changes: Vec<Changed>,
}

/// The files of a hub.
pub struct Files(Door);

impl Files {
    /// Opens the hub that is named. The directories of the command line are what it is compared with: they do not count.
    ///
    /// # Errors
    /// Wrong use when none is named or its key is missing; else when it does not open.
    pub async fn open(which: &Which, common: &Common, screen: &Screen) -> Result<Self, Failure> {
        which.open_as_it_is(common, screen).await.map(Self)
    }

    /// Every file.
    ///
    /// # Errors
    /// When the hub refuses or does not answer; so for all that follow.
    pub async fn all(&self) -> Result<Vec<Held>, Failure> {
        let mut files = Vec::new();
        let mut after: Option<String> = None;
        loop {
            let query = vec![("limit", Some(PAGE.to_owned())), ("after", after)];
            let page: Page<Held> = self.0.ask_for(Ask::get("mappings").query(query)).await?;
            files.extend(page.items);
            after = page.next;
            if after.is_none() {
                return Ok(files);
            }
        }
    }

    /// A version with its text: by its hash, `in_force` or `draft`.
    pub async fn version(&self, file: &FileId, name: &str) -> Result<Option<Told>, Failure> {
        let path = path(file, &["versions", name]);
        self.0.look_for(Ask::get(&path).query(kind(file))).await
    }

    /// The versions of a file, the newest first, at most 500.
    pub async fn versions(&self, file: &FileId) -> Result<Vec<Told>, Failure> {
        let path = path(file, &["versions"]);
        let query = kind(file).into_iter().chain([("limit", Some(PAGE.to_owned()))]).collect();
        let page: Page<Told> = self.0.ask_for(Ask::get(&path).query(query)).await?;
        Ok(page.items)
    }

    /// Saves a draft over what was seen; answers its hash.
    pub async fn draft(&self, file: &DataFile, seen: Option<&str>) -> Result<String, Failure> {
        let id = file.id();
        let path = path(&id, &["draft"]);
        let saved: Told = self
            .0
            .ask_for(Ask {
                method: Method::PUT,
                body: Body::Yaml(file.text.clone()),
                seen: seen.map_or(Seen::Nothing, Seen::Version),
                ..Ask::get(&path).query(kind(&id))
            })
            .await?;
        Ok(saved.hash)
    }

    /// Publishes versions together, at once or for later.
    pub async fn publish(
        &self,
        chosen: &[(FileId, String)],
        at: Option<Instant>,
    ) -> Result<Vec<Changed>, Failure> {
        let version = |(file, hash): &(FileId, String)| json!({ "kind": file.kind.name(), "name": file.name, "hash": hash });
        let versions: Vec<Value> = chosen.iter().map(version).collect();
        let body = json!({ "versions": versions, "at": at });
        let plan: Plan = self.0.ask_for(Ask::post("mappings/publications", body)).await?;
        Ok(plan.changes)
    }

    /// Agrees to a version.
    pub async fn approve(&self, file: &FileId, hash: &str) -> Result<(), Failure> {
        self.step(file, hash, "approve").await
    }

    /// Gives up a version.
    pub async fn withdraw(&self, file: &FileId, hash: &str) -> Result<(), Failure> {
        self.step(file, hash, "withdraw").await
    }

    async fn step(&self, file: &FileId, hash: &str, step: &str) -> Result<(), Failure> {
        let path = path(file, &["versions", hash, step]);
        let ask = Ask { method: Method::POST, ..Ask::get(&path).query(kind(file)) };
        self.0.ask(ask).await.map(drop)
    }

    /// Goes back to a version.
    pub async fn rollback(&self, file: &FileId, to: Option<&str>) -> Result<Vec<Changed>, Failure> {
        let path = path(file, &["rollback"]);
        let ask = Ask::post(&path, json!({ "to": to })).query(kind(file));
        let plan: Plan = self.0.ask_for(ask).await?;
        Ok(plan.changes)
    }
}

fn path(file: &FileId, rest: &[&str]) -> String {
    named(&[&["mappings", file.name.as_str()], rest].concat())
}

fn kind(file: &FileId) -> Vec<(&'static str, Option<String>)> {
    vec![("kind", Some(file.kind.name().to_owned()))]
}
