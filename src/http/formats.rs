//! Formats by name: what a scheme sends, FHIR, the canonical record.

use std::sync::Arc;

use super::App;
use super::problem::Problem;
use crate::mapping::Mapping;

/// The mapping of a format that a parameter names.
///
/// # Errors
/// `invalid_parameter`, with the known formats.
pub fn named(app: &App, parameter: &str, name: &str) -> Result<Arc<Mapping>, Problem> {
    let library = app.hub.library();
    let folded = name.to_ascii_lowercase();
    library.mapping(&folded).cloned().ok_or_else(|| {
        let shown: String = name.chars().take(40).collect();
        Problem::parameter(parameter, shown).known(library.mappings().map(|known| known.id()))
    })
}
