//! A file of a hub, as it is named on the command line.

use crate::cli::failure::Failure;
use crate::operations::library::{FileId, Kind};

/// Which file.
#[derive(Debug, clap::Args)]
pub struct Named {
    /// Name of the file, such as ml-utm; of a schema with its version, such as ml-utm/1
    #[arg(value_name = "NAME")]
    name: String,
    /// What sort of file: mapping, codes, scheme, agreement, identity or schema
    #[arg(long, default_value = "mapping", value_name = "KIND", value_parser = kind)]
    kind: Kind,
}

/// The kind of a name, or the names that there are.
///
/// # Errors
/// When there is no such kind.
pub fn kind(name: &str) -> Result<Kind, String> {
    Kind::parse(name).ok_or_else(|| {
        let known: Vec<_> = Kind::ALL.iter().map(|kind| kind.name()).collect();
        known.join(", ")
    })
}

impl Named {
    /// The file.
    ///
    /// # Errors
    /// Wrong use, when nothing can have this name.
    pub fn file(&self) -> Result<FileId, Failure> {
        file(self.kind, &self.name)
    }
}

/// The file of a kind and name.
///
/// # Errors
/// Wrong use, when nothing can have this name.
pub fn file(kind: Kind, name: &str) -> Result<FileId, Failure> {
    FileId::new(kind, name).ok_or_else(|| {
        let file = format!("{} {name}", kind.name());
        Failure::usage("life-unknown", &[("file", &file)])
    })
}
