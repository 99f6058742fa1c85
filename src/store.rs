//! Where the hub keeps things: SQLite by default, PostgreSQL in production, behind one face.
//!
//! [`Store::open`] migrates. [`Store::read`] gives a [`Session`] whose functions read; [`Store::begin`] gives a
//! [`Tx`] whose functions also write, all or nothing. Each topic is a file with its SQL and its functions;
//! [`sql`] says how to add a query. Personal data is sealed by [`seal`] before it comes here.
//!
//! No decision is taken here and no clock is read: callers bring `now`.

mod database;
mod error;
mod migrate;
mod row;
pub mod seal;
pub mod sql;

use std::sync::Arc;

pub use database::{Session, Tx};
pub use error::StoreError;
pub use row::{Cell, Row};
pub use seal::{KeyedHash, Keys};
pub use sql::Param;

use database::Database;
use sql::Statement;

macro_rules! topics {
    ($($(#[$meta:meta])* $name:ident;)*) => {
        $($(#[$meta])* pub mod $name;)*

        /// Every statement that the hub sends, for the test that prepares them all.
        #[must_use]
        pub fn statements() -> Vec<Statement> {
            [migrate::QUERIES, $($name::QUERIES),*].concat()
        }
    };
}

topics! {
    accounts;
    answers;
    audit;
    batches;
    corrections;
    coverages;
    decisions;
    events;
    exchanges;
    exports;
    facts;
    families;
    identifiers;
    inbox;
    feed;
    followers;
    edges;
    endings;
    reviews;
    keys;
    leases;
    measurements;
    outbox;
    overview;
    people;
    person_events;
    publications;
    queue;
    quarantine;
    records;
    register;
    replays;
    revisions;
    sessions;
    signing_keys;
    subscriptions;
    tallies;
    versions;
}

/// Which database is behind a store.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Dialect {
    /// Embedded.
    Sqlite,
    /// PostgreSQL 14 or later.
    Postgres,
}

/// The store of one hub; cheap to clone.
#[derive(Clone)]
pub struct Store {
    database: Database,
    keys: Arc<Keys>,
}

impl Store {
    /// Connects and migrates. `url` is `sqlite:path/to/hub.db` or `postgres://user@host/database`.
    ///
    /// # Errors
    /// When the database cannot be reached, or was made by a newer program.
    pub async fn open(url: &str, keys: Keys) -> Result<Self, StoreError> {
        let database = Database::connect(url).await?;
        let store = Self { database, keys: Arc::new(keys) };
        let mut tx = store.begin().await?;
        migrate::run(&mut tx, store.dialect()).await?;
        tx.commit().await?;
        Ok(store)
    }

    /// Which database it is.
    #[must_use]
    pub const fn dialect(&self) -> Dialect {
        match self.database {
            Database::Sqlite { .. } => Dialect::Sqlite,
            Database::Postgres(_) => Dialect::Postgres,
        }
    }

    /// The keys that seal and hash.
    #[must_use]
    pub fn keys(&self) -> &Keys {
        &self.keys
    }

    /// A connection that reads.
    ///
    /// # Errors
    /// When none can be had.
    pub async fn read(&self) -> Result<Session, StoreError> {
        self.database.read().await
    }

    /// A transaction that writes.
    ///
    /// # Errors
    /// When none can be had.
    pub async fn begin(&self) -> Result<Tx, StoreError> {
        self.database.begin().await
    }

    /// Lets go of every connection, once the ones in use are back.
    pub async fn close(&self) {
        self.database.close().await;
    }
}
