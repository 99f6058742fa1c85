//! Migrations: append-only texts, each applied once, remembered with its checksum.

use super::database::Tx;
use super::sql::{Query, params, sql};
use super::{Dialect, StoreError};

struct Migration {
    version: i64,
    name: &'static str,
    sqlite: &'static str,
    postgres: &'static str,
}

macro_rules! migrations {
    ($($version:literal $name:literal;)*) => {
        /// In order; never changed once released, only appended to.
        const MIGRATIONS: &[Migration] = &[$(Migration {
            version: $version,
            name: $name,
            sqlite: include_str!(concat!("../../migrations/sqlite/", $name, ".sql")),
            postgres: include_str!(concat!("../../migrations/postgres/", $name, ".sql")),
        },)*];
    };
}

migrations! {
    1 "0001_foundation";
    2 "0002_versions";
    3 "0003_replays";
    4 "0004_stewardship";
    5 "0005_measurements";
    6 "0006_models";
    7 "0007_answers";
    8 "0008_endings";
    9 "0009_exchanges";
    10 "0010_accounts";
    11 "0011_sign_in";
    12 "0012_records_by_key";
    13 "0013_lists";
}

/// Where the migrations themselves are remembered; the only table that no migration makes.
const REMEMBER: Query = Query::same(
    "create table if not exists migrations (
        version bigint primary key,
        name text not null,
        checksum text not null
    )",
);

/// One process migrates at a time; the others wait and then find nothing to do. SQLite's immediate transaction already
/// sees to it. The number is any constant that no other program on the server locks.
const LOCK: Query = Query::differing("select 1", "select pg_advisory_xact_lock(8241520221)");

sql! {
    APPLIED: Query = Query::same("select version, checksum from migrations order by version");
    REMEMBER_ONE: Query =
        Query::same("insert into migrations (version, name, checksum) values ($1, $2, $3)");
}

/// Brings the database to the newest migration, in one transaction.
pub(super) async fn run(tx: &mut Tx, dialect: Dialect) -> Result<(), StoreError> {
    tx.fetch(&LOCK, &[]).await?;
    tx.execute(&REMEMBER, &[]).await?;
    let mut applied = Vec::new();
    for mut row in tx.fetch(&APPLIED, &[]).await? {
        applied.push((row.take::<i64>()?, row.take::<String>()?));
    }
    let known = MIGRATIONS.last().map_or(0, |migration| migration.version);
    if let Some((found, _)) = applied.last().filter(|(version, _)| *version > known) {
        return Err(StoreError::NewerDatabase { found: *found, known });
    }
    for migration in MIGRATIONS {
        let text = match dialect {
            Dialect::Sqlite => migration.sqlite,
            Dialect::Postgres => migration.postgres,
        };
        let checksum = blake3::hash(text.as_bytes()).to_hex().to_string();
        match applied.iter().find(|(version, _)| *version == migration.version) {
            Some((_, before)) if *before == checksum => {}
            Some(_) => {
                return Err(StoreError::ChangedMigration { version: migration.version });
            }
            None => {
                tx.execute_script(text).await?;
                let row = params![migration.version, migration.name, &checksum];
                tx.execute(&REMEMBER_ONE, &row).await?;
            }
        }
    }
    Ok(())
}
