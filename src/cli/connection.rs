//! Which hub a command works on, when it works on the database itself.

use std::path::PathBuf;

use super::arguments::Common;
use super::failure::Failure;
use super::library;
use crate::operations::publish::PublishError;
use crate::operations::{Hub, HubConfig, HubError};

/// The database of a hub.
#[derive(Debug, clap::Args)]
pub struct Connection {
    /// sqlite:FILE or postgres://USER@HOST/DATABASE
    #[arg(
        long,
        global = true,
        env = "DANKUN_DATABASE",
        hide_env_values = true,
        value_name = "URL"
    )]
    pub database: Option<String>,
    /// The key file of the sealed data [default: beside the SQLite file, else in the user's data folder]
    #[arg(
        long,
        global = true,
        env = "DANKUN_KEY_FILE",
        hide_env_values = true,
        value_name = "FILE"
    )]
    pub key_file: Option<PathBuf>,
}

impl Connection {
    /// The address of the database.
    ///
    /// # Errors
    /// Wrong use, when none is named.
    pub fn address(&self) -> Result<&str, Failure> {
        self.database.as_deref().ok_or_else(|| Failure::usage("cli-no-database", &[]))
    }

    /// How the hub is opened.
    ///
    /// # Errors
    /// Wrong use, when no database is named.
    pub fn config(&self, common: &Common) -> Result<HubConfig, Failure> {
        let mut config = HubConfig::new(self.address()?);
        config.key_file.clone_from(&self.key_file);
        config.mappings.clone_from(&common.mappings);
        config.schemas.clone_from(&common.schemas);
        Ok(config)
    }

    /// Opens the hub.
    ///
    /// # Errors
    /// When no database is named, or it does not open.
    pub async fn open(&self, common: &Common) -> Result<Hub, Failure> {
        open(self.config(common)?, common).await
    }
}

/// Opens a hub; problems of its data files are told in full.
///
/// # Errors
/// When it does not open.
pub async fn open(config: HubConfig, common: &Common) -> Result<Hub, Failure> {
    Hub::open(config).await.map_err(|error| match error {
        HubError::Library(problems) | HubError::Publish(PublishError::Library(problems)) => {
            library::refuse(&problems, common.language())
        }
        HubError::Store(_) | HubError::Publish(_) => Failure::operation(error),
    })
}
