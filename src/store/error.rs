//! What can go wrong between the hub and its database.

/// Why the store could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database refused or could not be reached.
    #[error("the database failed")]
    Database(#[from] sqlx::Error),
    /// The address names no database that the hub speaks to.
    #[error("no database at `{scheme}:`: expected `sqlite:` or `postgres:`")]
    Address {
        /// What stands before the colon; the rest may hold a password and is never shown.
        scheme: String,
    },
    /// A migration that was applied is no longer the one that this program carries.
    #[error(
        "migration {version} of the database differs from this program's: the database was made by another version"
    )]
    ChangedMigration {
        /// Number of the migration.
        version: i64,
    },
    /// The database was migrated by a newer program.
    #[error(
        "the database is at migration {found}, this program knows {known}: use a newer program"
    )]
    NewerDatabase {
        /// The highest migration found.
        found: i64,
        /// The highest that this program carries.
        known: i64,
    },
    /// A sealed blob does not open: wrong key file, or the row was altered.
    #[error(
        "a sealed value does not open: the key file is not the one of this database, or the row was altered"
    )]
    Sealed,
    /// A sealed value was sealed with a key that the key file does not hold.
    #[error("the key file lacks key {key_id}")]
    MissingKey {
        /// Id of the key, as stored beside the sealed value.
        key_id: String,
    },
    /// The key file cannot be read or made.
    #[error("cannot use the key file `{path}`")]
    KeyFile {
        /// Where it should be.
        path: String,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// The key file holds something else.
    #[error("the key file holds no valid key on line {line}")]
    BadKeyFile {
        /// Line from 1.
        line: usize,
    },
    /// A row holds what this program never writes.
    #[error("unexpected value in column {column} of a stored row")]
    Unexpected {
        /// Position of the column, from 0.
        column: usize,
    },
    /// A row that must be there is not.
    #[error("no such {what}")]
    Missing {
        /// What was looked for.
        what: &'static str,
    },
}
