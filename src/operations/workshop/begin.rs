//! A new scheme out of a sample of its file: a schema, a mapping and an entry of the registry, saved as drafts for a person
//! to correct.

use std::io::Cursor;

use crate::mapping::infer::{Ask, Draft, InferError, infer};
use crate::mapping::yaml::scalar_of;
use crate::model::{Caller, Language};
use crate::operations::Hub;
use crate::operations::library::{FileId, Kind, Workbench};
use crate::operations::versions::{self, LifeError, Seen};

/// What is known of a new scheme.
pub struct Beginning {
    /// Its id, such as `ml-new`.
    pub scheme: String,
    /// What people call it.
    pub title: String,
    /// ISO 3166-1 alpha-2, in capitals.
    pub country: String,
    /// The language of the reasons that stand in the draft.
    pub language: Language,
    /// Its file.
    pub sample: Vec<u8>,
}

/// Why nothing was begun.
#[derive(Debug, thiserror::Error)]
pub enum BeginError {
    /// No draft can be made of the file.
    #[error(transparent)]
    Infer(#[from] InferError),
    /// The drafts were not saved.
    #[error(transparent)]
    Life(#[from] LifeError),
}

/// Drafts the files of a new scheme and saves them; answers the mapping's.
///
/// # Errors
/// When the file cannot be understood, the caller may not write such files, or one of them is there already.
pub async fn begin(hub: &Hub, by: &Caller, new: Beginning) -> Result<FileId, BeginError> {
    let library = hub.library();
    let entry = entry(&new);
    let (scheme, country, language) = (new.scheme, new.country, new.language);
    let name = scheme.clone();
    let drafted = tokio::task::spawn_blocking(move || {
        let bench = Workbench::on(&library, library.files().to_vec());
        let ask =
            Ask { scheme: &name, country: Some(&country), language, library: bench.library() };
        infer(Box::new(Cursor::new(new.sample)), &ask)
    });
    let Draft { schema, mapping, .. } = drafted.await.map_err(LifeError::Stopped)??;
    let id = |kind, name: String| FileId { kind, name };
    let own = id(Kind::Mapping, scheme.clone());
    for (file, text) in [
        (id(Kind::Schema, format!("{scheme}/1")), schema),
        (id(Kind::Scheme, scheme), entry),
        (own.clone(), mapping),
    ] {
        let data = versions::file(&file, text)?;
        versions::draft(hub, by, &data, Seen::Nothing).await?;
    }
    Ok(own)
}

/// The entry of the registry: what has to be there, and a line on what somebody has to look at. A scheme that nobody has
/// described yet grants nothing.
pub(super) fn entry(new: &Beginning) -> String {
    let Beginning { scheme, country, .. } = new;
    let (title, code) = (scalar_of(&new.title), scheme.to_uppercase());
    let currency = if country == "NG" { "NGN" } else { "XOF" };
    let note = match new.language {
        Language::French => {
            "À compléter : genre du régime, numéros, délais d'attente, garanties et taux."
        }
        Language::English => {
            "To be completed: kind of scheme, numbers, waiting times, packages and rates."
        }
    };
    format!(
        "# {note}
scheme: {scheme}
version: 1.0.0
title: {{ fr: {title}, en: {title} }}
description: {{ fr: {title}, en: {title} }}
country: {country}
kind: membership
institution:
  code: {code}
  name: {{ fr: {title}, en: {title} }}
  contact: \"\"
currency: {currency}
priority: 90
record_number:
  system: {scheme}-number
  code: {code}
terms:
  - waiting_months: 0
    packages: {{}}
"
    )
}
