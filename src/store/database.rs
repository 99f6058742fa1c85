//! The concrete drivers behind one face: pools, sessions that read, transactions that write.

use std::borrow::Cow;
use std::ops::{Deref, DerefMut};
use std::str::FromStr;
use std::time::Duration;

use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgArguments, PgConnectOptions, PgPool, PgPoolOptions, Postgres};
use sqlx::query::Query as Prepared;
use sqlx::sqlite::{
    Sqlite, SqliteArguments, SqliteConnectOptions, SqliteJournalMode, SqlitePool,
    SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{AssertSqlSafe, Transaction};

use super::sql::{Bulk, Kind, Param, Query, SQLITE_ROWS};
use super::{Row, StoreError};

/// Connections to one database.
#[derive(Clone)]
pub(super) enum Database {
    Sqlite {
        /// One connection: SQLite has one writer, and a queue in front of it beats `database is locked`.
        writer: SqlitePool,
        readers: SqlitePool,
    },
    Postgres(PgPool),
}

/// Readers beside SQLite's one writer; two cores gain nothing from more.
const SQLITE_READERS: u32 = 4;
/// Connections to PostgreSQL: measured on two cores, 4 answer more than 16.
const POSTGRES_CONNECTIONS: u32 = 4;
/// How long a caller queues for a connection. A large file's chunk takes well under a second.
const ACQUIRE: Duration = Duration::from_secs(60);

impl Database {
    pub(super) async fn connect(url: &str) -> Result<Self, StoreError> {
        let scheme = url.split(':').next().unwrap_or_default();
        match scheme {
            "sqlite" => Self::sqlite(url).await,
            "postgres" | "postgresql" => Self::postgres(url).await,
            _ => Err(StoreError::Address { scheme: scheme.to_owned() }),
        }
    }

    async fn sqlite(url: &str) -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::from_str(url)?
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // An acknowledged record survives a power cut.
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(Duration::from_secs(10))
            .foreign_keys(true);
        let pool = || SqlitePoolOptions::new().acquire_timeout(ACQUIRE).test_before_acquire(false);
        let writer = pool()
            .max_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_with(options.clone())
            .await?;
        let readers = pool()
            .max_connections(SQLITE_READERS)
            .connect_lazy_with(options.pragma("query_only", "on"));
        Ok(Self::Sqlite { writer, readers })
    }

    async fn postgres(url: &str) -> Result<Self, StoreError> {
        let pool = PgPoolOptions::new()
            .max_connections(POSTGRES_CONNECTIONS)
            .acquire_timeout(ACQUIRE)
            // A ping before each use doubles the round trips of a look-up.
            .test_before_acquire(false)
            // Everything that the hub asks is short. Before a table's first `analyze` PostgreSQL takes some of it for
            // long, and compiles for a fifth of a second what then runs for a tenth of a millisecond.
            .after_connect(|connection, _| {
                Box::pin(async move {
                    sqlx::raw_sql("set jit = off").execute(connection).await?;
                    Ok(())
                })
            })
            .connect_with(PgConnectOptions::from_str(url)?)
            .await?;
        Ok(Self::Postgres(pool))
    }

    pub(super) async fn read(&self) -> Result<Session, StoreError> {
        Ok(Session(match self {
            Self::Sqlite { readers, .. } => Inner::SqliteReader(readers.acquire().await?),
            Self::Postgres(pool) => Inner::PostgresReader(pool.acquire().await?),
        }))
    }

    pub(super) async fn begin(&self) -> Result<Tx, StoreError> {
        Ok(Tx(Session(match self {
            // Immediate: a transaction that reads first and writes later could not be upgraded when another wrote.
            Self::Sqlite { writer, .. } => {
                Inner::SqliteWriter(writer.begin_with("begin immediate").await?)
            }
            Self::Postgres(pool) => Inner::PostgresWriter(pool.begin().await?),
        })))
    }

    pub(super) async fn close(&self) {
        match self {
            Self::Sqlite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

enum Inner {
    SqliteReader(PoolConnection<Sqlite>),
    SqliteWriter(Transaction<'static, Sqlite>),
    PostgresReader(PoolConnection<Postgres>),
    PostgresWriter(Transaction<'static, Postgres>),
}

/// A connection that reads. Outside a transaction each statement sees what was committed when it began.
pub struct Session(Inner);

/// A transaction. It reads like a [`Session`] and writes; dropped without [`Tx::commit`] it leaves no trace.
pub struct Tx(Session);

impl Deref for Tx {
    type Target = Session;

    fn deref(&self) -> &Session {
        &self.0
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut Session {
        &mut self.0
    }
}

/// Runs one body on the concrete connection, with the statement's text and the binder of its driver.
macro_rules! on {
    ($session:expr, $query:expr, $params:expr, |$prepared:ident, $connection:ident| $sqlite:expr, $postgres:expr) => {
        match &mut $session.0 {
            Inner::SqliteReader(connection) => {
                let ($prepared, $connection) =
                    (bind_sqlite($query.sqlite, $params), &mut **connection);
                $sqlite
            }
            Inner::SqliteWriter(connection) => {
                let ($prepared, $connection) =
                    (bind_sqlite($query.sqlite, $params), &mut **connection);
                $sqlite
            }
            Inner::PostgresReader(connection) => {
                let ($prepared, $connection) =
                    (bind_postgres($query.postgres, $params), &mut **connection);
                $postgres
            }
            Inner::PostgresWriter(connection) => {
                let ($prepared, $connection) =
                    (bind_postgres($query.postgres, $params), &mut **connection);
                $postgres
            }
        }
    };
}

impl Session {
    /// Every row.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn fetch(
        &mut self,
        query: &Query,
        params: &[Param<'_>],
    ) -> Result<Vec<Row>, StoreError> {
        on!(
            self,
            query,
            params,
            |prepared, connection| {
                let rows = prepared.fetch_all(connection).await?;
                Ok(rows.into_iter().map(Row::sqlite).collect())
            },
            {
                let rows = prepared.fetch_all(connection).await?;
                Ok(rows.into_iter().map(Row::postgres).collect())
            }
        )
    }

    /// The first row, when there is one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn fetch_optional(
        &mut self,
        query: &Query,
        params: &[Param<'_>],
    ) -> Result<Option<Row>, StoreError> {
        on!(
            self,
            query,
            params,
            |prepared, connection| Ok(prepared.fetch_optional(connection).await?.map(Row::sqlite)),
            Ok(prepared.fetch_optional(connection).await?.map(Row::postgres))
        )
    }

    /// The row of a query that always has one, such as a count.
    ///
    /// # Errors
    /// When the database fails or there is no row.
    pub async fn fetch_one(
        &mut self,
        query: &Query,
        params: &[Param<'_>],
    ) -> Result<Row, StoreError> {
        self.fetch_optional(query, params)
            .await?
            .ok_or(StoreError::Database(sqlx::Error::RowNotFound))
    }
}

impl Tx {
    /// Makes everything written here durable and visible.
    ///
    /// # Errors
    /// When the database fails; then nothing was written.
    pub async fn commit(self) -> Result<(), StoreError> {
        match self.0.0 {
            Inner::SqliteWriter(transaction) => transaction.commit().await?,
            Inner::PostgresWriter(transaction) => transaction.commit().await?,
            // A `Tx` is only made from the writers.
            Inner::SqliteReader(_) | Inner::PostgresReader(_) => {}
        }
        Ok(())
    }

    /// Runs a statement that writes; answers the number of rows it touched.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn execute(
        &mut self,
        query: &Query,
        params: &[Param<'_>],
    ) -> Result<u64, StoreError> {
        on!(
            self.0,
            query,
            params,
            |prepared, connection| Ok(prepared.execute(connection).await?.rows_affected()),
            Ok(prepared.execute(connection).await?.rows_affected())
        )
    }

    /// Runs a text of many statements without parameters: migrations.
    pub(super) async fn execute_script(&mut self, text: &'static str) -> Result<(), StoreError> {
        match &mut self.0.0 {
            Inner::SqliteWriter(transaction) => {
                sqlx::raw_sql(text).execute(&mut **transaction).await?;
            }
            Inner::PostgresWriter(transaction) => {
                sqlx::raw_sql(text).execute(&mut **transaction).await?;
            }
            Inner::SqliteReader(_) | Inner::PostgresReader(_) => {}
        }
        Ok(())
    }

    /// Inserts many rows; each row has one parameter for each column of the statement.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_many<'p, R: AsRef<[Param<'p>]>>(
        &mut self,
        bulk: &Bulk,
        rows: &[R],
    ) -> Result<u64, StoreError> {
        let mut written = 0;
        match &mut self.0.0 {
            Inner::SqliteWriter(transaction) => {
                let mut rest = rows;
                while !rest.is_empty() {
                    let (chunk, others) = rest.split_at(in_one_statement(rest.len()));
                    rest = others;
                    let mut prepared = sqlx::query(AssertSqlSafe(bulk.sqlite(chunk.len())));
                    for row in chunk {
                        prepared = add_sqlite(prepared, row.as_ref());
                    }
                    written += prepared.execute(&mut **transaction).await?.rows_affected();
                }
            }
            Inner::PostgresWriter(transaction) if !rows.is_empty() => {
                let mut prepared = sqlx::query(AssertSqlSafe(bulk.postgres()));
                for (at, (_, kind)) in bulk.columns().iter().enumerate() {
                    let column = rows.iter().map(|row| row.as_ref().get(at));
                    prepared = bind_column(prepared, *kind, column);
                }
                written += prepared.execute(&mut **transaction).await?.rows_affected();
            }
            Inner::PostgresWriter(_) | Inner::SqliteReader(_) | Inner::PostgresReader(_) => {}
        }
        Ok(written)
    }
}

/// How many of so many rows go into one statement on SQLite: powers of two, so that a handful of texts is prepared once
/// and used for ever. A text for each number of rows is made anew each time, which takes longer than the rows.
fn in_one_statement(rows: usize) -> usize {
    let rows = rows.min(SQLITE_ROWS);
    1 << rows.ilog2()
}

fn bind_sqlite<'q>(
    text: &'static str,
    params: &[Param<'_>],
) -> Prepared<'q, Sqlite, SqliteArguments> {
    add_sqlite(sqlx::query(text), params)
}

fn add_sqlite<'q>(
    mut prepared: Prepared<'q, Sqlite, SqliteArguments>,
    params: &[Param<'_>],
) -> Prepared<'q, Sqlite, SqliteArguments> {
    for param in params {
        prepared = match param {
            Param::Integer(value) => prepared.bind(*value),
            Param::Real(value) => prepared.bind(*value),
            Param::Boolean(value) => prepared.bind(*value),
            Param::Text(value) => prepared.bind(value.as_deref()),
            Param::Bytes(value) => prepared.bind(value.as_deref()),
            // SQLite has no arrays: a JSON list of hexadecimal texts, unpacked by `json_each` and `unhex`.
            Param::Keys(keys) => {
                let quoted: Vec<String> =
                    keys.iter().map(|key| format!("\"{}\"", hex::encode(key))).collect();
                prepared.bind(format!("[{}]", quoted.join(",")))
            }
            Param::Numbers(numbers) => {
                let digits: Vec<String> = numbers.iter().map(i64::to_string).collect();
                prepared.bind(format!("[{}]", digits.join(",")))
            }
        };
    }
    prepared
}

fn bind_postgres<'q>(
    text: &'static str,
    params: &[Param<'_>],
) -> Prepared<'q, Postgres, PgArguments> {
    let mut prepared = sqlx::query(text);
    for param in params {
        prepared = match param {
            Param::Integer(value) => prepared.bind(*value),
            Param::Real(value) => prepared.bind(*value),
            Param::Boolean(value) => prepared.bind(*value),
            Param::Text(value) => prepared.bind(value.as_deref()),
            Param::Bytes(value) => prepared.bind(value.as_deref()),
            Param::Keys(keys) => prepared.bind(keys),
            Param::Numbers(numbers) => prepared.bind(numbers),
        };
    }
    prepared
}

/// Binds one column of many rows as an array; a value of another type than the column's is null.
fn bind_column<'q, 'a, 'p: 'a>(
    prepared: Prepared<'q, Postgres, PgArguments>,
    kind: Kind,
    column: impl Iterator<Item = Option<&'a Param<'p>>>,
) -> Prepared<'q, Postgres, PgArguments> {
    macro_rules! array {
        ($variant:ident, $type:ty, |$value:ident| $read:expr) => {{
            let values: Vec<Option<$type>> = column
                .map(|param| match param {
                    Some(Param::$variant($value)) => $read,
                    _ => None,
                })
                .collect();
            prepared.bind(values)
        }};
    }
    match kind {
        Kind::Integer => array!(Integer, i64, |value| *value),
        Kind::Real => array!(Real, f64, |value| *value),
        Kind::Boolean => array!(Boolean, bool, |value| *value),
        Kind::Text => array!(Text, &str, |value| value.as_ref().map(Cow::as_ref)),
        Kind::Bytes => array!(Bytes, &[u8], |value| value.as_ref().map(Cow::as_ref)),
    }
}
