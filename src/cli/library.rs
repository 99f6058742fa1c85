//! The compiled library for a command, or every problem of it, said once.

use crate::mapping::Mapping;
use crate::messages;
use crate::model::Language;
use crate::operations::library::{Library, Problem};
use crate::operations::translate::CANONICAL;

use super::arguments::Common;
use super::failure::Failure;

/// Mappings that belong to no scheme, by the names that people use for them.
const FORMATS: [(&str, &str); 1] = [(FHIR, "fhir-r4")];

/// The name by which people ask for FHIR.
pub const FHIR: &str = "fhir";

/// Loads the library that the arguments name.
///
/// # Errors
/// All the problems of all its files.
pub fn load(common: &Common) -> Result<Library, Failure> {
    Library::load(common.mappings.as_deref(), common.schemas.as_deref())
        .map_err(|problems| refuse(&problems, common.language()))
}

/// The failure that tells every problem of data files.
#[must_use]
pub fn refuse(problems: &[Problem], language: Language) -> Failure {
    let said: Vec<_> = problems.iter().map(|problem| problem.say(language)).collect();
    let opening = messages::text(language, "cli-library", &[("count", problems.len().into())]);
    Failure::Configuration(format!("{opening}\n{}", said.join("\n\n")))
}

/// The mapping of a scheme or of a format; `None` for `canonical`, which needs none.
///
/// # Errors
/// Wrong use, with the names that are known.
pub fn format<'l>(library: &'l Library, name: &str) -> Result<Option<&'l Mapping>, Failure> {
    if name.eq_ignore_ascii_case(CANONICAL) {
        return Ok(None);
    }
    mapping(library, name).map(Some)
}

/// The mapping of a scheme or of a format.
///
/// # Errors
/// Wrong use, with the names that are known.
pub fn mapping<'l>(library: &'l Library, name: &str) -> Result<&'l Mapping, Failure> {
    let name = name.to_ascii_lowercase();
    let id = FORMATS.iter().find(|(alias, _)| *alias == name).map_or(&*name, |(_, id)| id);
    library.mapping(id).map(AsRef::as_ref).ok_or_else(|| {
        let known: Vec<_> = library
            .mappings()
            .map(|mapping| {
                let alias = FORMATS.iter().find(|(_, id)| *id == mapping.id());
                alias.map_or(mapping.id(), |(alias, _)| *alias)
            })
            .collect();
        Failure::usage("cli-unknown-scheme", &[("scheme", &name), ("known", &known.join(", "))])
    })
}
