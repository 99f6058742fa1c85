//! Formats by name: what a scheme sends, FHIR, the canonical record.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::problem::Problem;
use super::{App, media};
use crate::mapping::Mapping;
use crate::operations::translate::CANONICAL;

/// Names that people use for mappings that belong to no scheme.
const ALIASES: [(&str, &str); 1] = [("fhir", "fhir-r4")];

/// The mapping of a format that a parameter names.
///
/// # Errors
/// `invalid_parameter`, with the known formats.
pub fn named(app: &App, parameter: &str, name: &str) -> Result<Arc<Mapping>, Problem> {
    let library = app.hub.library();
    let folded = name.to_ascii_lowercase();
    let alias = ALIASES.iter().find(|(alias, _)| *alias == folded).map(|(_, id)| *id);
    library.mapping(alias.unwrap_or(&folded)).cloned().ok_or_else(|| {
        let shown: String = name.chars().take(40).collect();
        let ids = library.mappings().map(|known| known.id().to_owned());
        let known: BTreeSet<String> = ids.chain([CANONICAL.to_owned()]).collect();
        Problem::parameter(parameter, shown).known(known)
    })
}

/// The mapping of a format to be written; `None` is `beneficiary/1` itself, one document a line.
///
/// # Errors
/// `invalid_parameter`, with the known formats.
pub fn target(app: &App, parameter: &str, name: &str) -> Result<Option<Arc<Mapping>>, Problem> {
    if name.eq_ignore_ascii_case(CANONICAL) {
        return Ok(None);
    }
    named(app, parameter, name).map(Some)
}

/// The media type of what is written in a format.
pub fn media_type(target: Option<&Mapping>) -> String {
    target.map_or_else(
        || "application/x-ndjson".to_owned(),
        |mapping| media::written(&mapping.write_options()),
    )
}
