//! How alike two records are: normalised names, levels of agreement, weights, an explanation.
//!
//! Pure. [`Model`] is `mappings/identity.yaml`: every weight, threshold, title and name equivalence
//! stands there and none here. Who is a candidate for whom and what follows from a score is the
//! business of [`crate::identity`].

use std::fmt;

/// The match model: levels, weights, thresholds and name equivalences.
pub struct Model {
    version: String,
}

/// One thing that is wrong with a match model.
#[derive(Debug, thiserror::Error, PartialEq)]
#[error("{place}: {message}")]
pub struct ModelError {
    /// Where, as a path into the document.
    pub place: String,
    /// What, in English; the file is edited by administrators with the schema at hand.
    pub message: String,
}

impl Model {
    /// Reads `identity.yaml`.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn parse(yaml: &str) -> Result<Self, Vec<ModelError>> {
        let error = |message: String| vec![ModelError { place: "/".into(), message }];
        let value: serde_json::Value =
            serde_saphyr::from_str(yaml).map_err(|problem| error(problem.to_string()))?;
        let version = value.get("identity").and_then(|v| v.as_str());
        version.map_or_else(
            || Err(error("`identity` (the version) is missing".into())),
            |version| Ok(Self { version: version.to_owned() }),
        )
    }

    /// The version that decisions are recorded with.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }
}

impl fmt::Debug for Model {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Model({})", self.version)
    }
}
