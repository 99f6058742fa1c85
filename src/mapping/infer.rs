//! A first draft out of a sample file: the sender's schema and a mapping with reasons, for a person to
//! correct.
//!
//! [`infer`] reads a file once ([`survey`]), in memory that does not grow with it; judges each field
//! by its name ([`headers`], words in `headers.txt`) and its values ([`evidence`]); gives every
//! concept to one field ([`choose`]); plans rules ([`plan`]); and writes a schema and a mapping that
//! pass their checks; a draft that does not is written all the same, and says so. What is not sure stands under `ignore` with what it might be. The draft holds
//! no value of a person: its sample is invented ([`invent`]).

mod assign;
mod choose;
mod codes;
mod container;
mod dates;
mod document;
mod evidence;
mod headers;
mod invent;
mod people;
mod plan;
mod profile;
mod proposal;
mod reasons;
mod rows;
mod schema_draft;
mod settle;
mod survey;
mod write;
pub(super) mod yaml_text;

use std::io::Read;

use serde_json::Value;

use super::compile::Library;
use crate::model::Language;

pub use proposal::{Proposal, ProposedRule, UndecidedField};
pub use survey::SurveyError;

/// What is asked.
#[derive(Clone, Copy)]
pub struct Ask<'a> {
    /// Id of the scheme that the draft is for, such as `ml-utm`.
    pub scheme: &'a str,
    /// Country of the sender (ISO 3166-1 alpha-2), else told from the scheme's id and the phones.
    pub country: Option<&'a str>,
    /// Language of the reasons.
    pub language: Language,
    /// Schemas (`beneficiary/1` among them) and shared tables.
    pub library: Library<'a>,
}

/// A draft.
#[derive(Clone, Debug)]
pub struct Draft {
    /// Text of `schemas/<scheme>/1.json`.
    pub schema: String,
    /// Text of `mappings/<scheme>.yaml`.
    pub mapping: String,
    /// The same as data, with scores.
    pub proposal: Proposal,
}

/// Why there is no draft.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum InferError {
    /// The file cannot be looked at.
    #[error(transparent)]
    Survey(#[from] SurveyError),
    /// The schema that was written is none.
    #[error("the drafted schema does not compile: {0}")]
    Uncompilable(String),
}

/// Makes a draft out of a file.
///
/// # Errors
/// When the file has no records that can be read, or no rule can be made for them.
pub fn infer(file: Box<dyn Read + Send>, ask: &Ask<'_>) -> Result<Draft, InferError> {
    let survey = survey::survey(file)?;
    let country = country(ask, &survey);
    let country = country.as_deref();
    let contents: Vec<_> = survey
        .fields
        .iter()
        .map(|field| evidence::Content::of(field, country, ask.library.codes))
        .collect();
    let chosen = choose::choose(&survey, &contents);
    let plan = plan::plan(ask, &survey, &contents, &chosen, country);
    let schema = schema_draft::schema(ask, &survey, &chosen);
    let sample = invent::record(&survey, &contents, &chosen, country);
    let schema = serde_json::to_string_pretty(&schema).unwrap_or_default() + "\n";
    let settled = settle::settle(ask, &survey, plan, &schema, sample)?;
    let proposal = Proposal::new(ask, &survey, &settled.plan, country);
    Ok(Draft { schema, mapping: settled.mapping, proposal })
}

/// The sender's country: as asked, as the scheme's id begins, as most phones say.
fn country(ask: &Ask<'_>, survey: &survey::Survey) -> Option<String> {
    let known = |code: &str| code.parse::<phonenumber::country::Id>().is_ok();
    let asked = ask.country.map(str::to_uppercase);
    let named = || {
        let (first, _) = ask.scheme.split_once('-')?;
        Some(first.to_uppercase()).filter(|code| code.len() == 2 && known(code))
    };
    asked.or_else(named).or_else(|| called(survey))
}

/// The country whose calling code most international numbers of the file have.
fn called(survey: &survey::Survey) -> Option<String> {
    let mut counts = std::collections::BTreeMap::<String, u64>::new();
    for (text, count) in survey.fields.iter().flat_map(|field| &field.profile.values) {
        let text = text.trim();
        let number = match text.strip_prefix("00") {
            Some(rest) => format!("+{rest}"),
            None => text.to_owned(),
        };
        if !number.starts_with('+') || number.len() > 25 {
            continue;
        }
        if let Ok(number) = phonenumber::parse(None, &number)
            && let Some(country) = number.country().id()
        {
            *counts.entry(country.as_ref().to_owned()).or_default() += count;
        }
    }
    counts.into_iter().max_by_key(|(_, count)| *count).map(|(country, _)| country)
}

/// A canonical record without what the hub fills: an example need not repeat it.
fn without_hub(mut canonical: Value) -> Value {
    if let Some(map) = canonical.as_object_mut() {
        map.remove("source");
    }
    canonical
}
