//! SQL as data: every text that the hub sends stands in a `sql!` block and is known to the tests.
//!
//! # How to add a query
//! 1. Write it in the `sql!` block of its topic file, in lower case, with `$1` placeholders and explicit columns.
//!    One text serves SQLite and PostgreSQL. Where they truly differ use [`Query::differing`] with a line on why.
//! 2. Call it from an `impl Session` (reads) or `impl Tx` (writes) function of the same file with
//!    [`params!`](crate::store::params), and take the columns of a [`Row`](super::Row) in their order.
//! 3. A new topic file is named once in the `topics!` list of `store.rs`; `tests/store.rs` then prepares its queries
//!    on both migrated databases.
//!
//! What to know about the two:
//! - an optional filter is written `(scheme = $1 or $1 is null)`, in this order: PostgreSQL infers the type of a
//!   placeholder where it first stands. SQLite chooses its index before it knows the value, so a list that may be long has
//!   a text for each way of narrowing instead (`scheme = $1`, and `cast($1 as text) is null` for all);
//! - a page goes on after [`beyond`] or before [`below`] an id, which are bounds also when there was no page before it;
//! - `sum` of a bigint is numeric on PostgreSQL: write `cast(sum(x) as bigint)`;
//! - a list of ids or hashes is one parameter, [`Param::Keys`]: `id = any($1)` on PostgreSQL,
//!   `id in (select unhex(value) from json_each($1))` on SQLite;
//! - many rows at once go through [`Bulk`]: unnest on PostgreSQL, statements of many rows on SQLite, because one
//!   round trip a row costs more than the row.

use std::borrow::Cow;
use std::fmt::Write as _;

use jiff::civil::Date;

use crate::model::{
    AccountId, AnswerId, AuditId, BatchId, CorrectionId, DecisionId, DeliveryId, EventId,
    ExchangeId, Instant, KeyId, PersonEventId, PersonId, QuarantineId, RecordId, ReplayId,
    ReviewId, RevisionId, SchemeId, SessionId, SubscriptionId, WhatIfId,
};

/// One statement with its text for each database.
#[derive(Clone, Copy, Debug)]
pub struct Query {
    /// For SQLite.
    pub sqlite: &'static str,
    /// For PostgreSQL.
    pub postgres: &'static str,
}

impl Query {
    /// One text for both databases.
    #[must_use]
    pub const fn same(text: &'static str) -> Self {
        Self { sqlite: text, postgres: text }
    }

    /// Two texts; the reason stands beside the call.
    #[must_use]
    pub const fn differing(sqlite: &'static str, postgres: &'static str) -> Self {
        Self { sqlite, postgres }
    }
}

/// The type of a column of a [`Bulk`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `bigint`.
    Integer,
    /// `double precision`.
    Real,
    /// `boolean`; 0 or 1 on SQLite.
    Boolean,
    /// `text`.
    Text,
    /// `bytea`, `blob`.
    Bytes,
}

impl Kind {
    const fn postgres_array(self) -> &'static str {
        match self {
            Self::Integer => "bigint[]",
            Self::Real => "double precision[]",
            Self::Boolean => "boolean[]",
            Self::Text => "text[]",
            Self::Bytes => "bytea[]",
        }
    }
}

/// An insert of many rows.
#[derive(Clone, Copy, Debug)]
pub struct Bulk {
    table: &'static str,
    columns: &'static [(&'static str, Kind)],
    /// What follows the rows: empty, or an `on conflict` clause.
    conflict: &'static str,
}

/// Rows in one SQLite statement: enough to make the hop between threads cheap (a statement of 100 rows is three times
/// as fast as 100 statements), few enough to stay far below the limit of 32,766 parameters.
pub(super) const SQLITE_ROWS: usize = 64;

impl Bulk {
    /// Inserts into these columns; `conflict` is empty or an `on conflict …` clause.
    #[must_use]
    pub const fn insert(
        table: &'static str,
        columns: &'static [(&'static str, Kind)],
        conflict: &'static str,
    ) -> Self {
        Self { table, columns, conflict }
    }

    pub(super) const fn columns(&self) -> &'static [(&'static str, Kind)] {
        self.columns
    }

    /// The statement for `rows` rows on SQLite.
    #[must_use]
    pub fn sqlite(&self, rows: usize) -> String {
        let mut text = self.head();
        text.push_str(" values ");
        let width = self.columns.len();
        for row in 0..rows {
            text.push_str(if row == 0 { "(" } else { ", (" });
            for column in 0..width {
                let comma = if column == 0 { "" } else { ", " };
                let _ = write!(text, "{comma}${}", row * width + column + 1);
            }
            text.push(')');
        }
        self.tail(text)
    }

    /// The statement for any number of rows on PostgreSQL.
    #[must_use]
    pub fn postgres(&self) -> String {
        let mut text = self.head();
        text.push_str(" select * from unnest(");
        for (at, (_, kind)) in self.columns.iter().enumerate() {
            let comma = if at == 0 { "" } else { ", " };
            let _ = write!(text, "{comma}${}::{}", at + 1, kind.postgres_array());
        }
        text.push(')');
        self.tail(text)
    }

    fn head(&self) -> String {
        let names: Vec<&str> = self.columns.iter().map(|(name, _)| *name).collect();
        format!("insert into {} ({})", self.table, names.join(", "))
    }

    fn tail(&self, mut text: String) -> String {
        if !self.conflict.is_empty() {
            text.push(' ');
            text.push_str(self.conflict);
        }
        text
    }
}

/// What the registry holds.
#[derive(Clone, Copy, Debug)]
pub enum Statement {
    /// One query.
    Query(&'static str, Query),
    /// One bulk insert.
    Bulk(&'static str, Bulk),
}

impl Statement {
    /// The name of its constant.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Query(name, _) | Self::Bulk(name, _) => name,
        }
    }

    /// Its text on SQLite.
    #[must_use]
    pub fn sqlite(&self) -> String {
        match self {
            Self::Query(_, query) => query.sqlite.to_owned(),
            Self::Bulk(_, bulk) => bulk.sqlite(2),
        }
    }

    /// Its text on PostgreSQL.
    #[must_use]
    pub fn postgres(&self) -> String {
        match self {
            Self::Query(_, query) => query.postgres.to_owned(),
            Self::Bulk(_, bulk) => bulk.postgres(),
        }
    }
}

/// Declares the statements of a topic: private constants, and `QUERIES` for the registry.
macro_rules! sql {
    ($($(#[$meta:meta])* $name:ident: $kind:ident = $value:expr;)*) => {
        $($(#[$meta])* const $name: $crate::store::sql::$kind = $value;)*

        /// Every statement of this topic.
        pub(super) const QUERIES: &[$crate::store::sql::Statement] =
            &[$($crate::store::sql::Statement::$kind(stringify!($name), $name),)*];
    };
}
pub(crate) use sql;

/// The parameters of a statement, in order: `params![&id, scheme, now]`.
macro_rules! params {
    ($($value:expr),* $(,)?) => {
        [$($crate::store::sql::Param::from($value)),*]
    };
}
pub(crate) use params;

/// A bound value. The type of a null is known too: PostgreSQL wants it.
#[derive(Clone)]
pub enum Param<'p> {
    /// A number, an instant, a count.
    Integer(Option<i64>),
    /// A floating number.
    Real(Option<f64>),
    /// A truth value.
    Boolean(Option<bool>),
    /// A text.
    Text(Option<Cow<'p, str>>),
    /// An id, a hash, a sealed value.
    Bytes(Option<Cow<'p, [u8]>>),
    /// A list of ids or hashes; see the module's notes.
    Keys(Vec<&'p [u8]>),
    /// A list of numbers, in the same way.
    Numbers(Vec<i64>),
}

macro_rules! param {
    ($($from:ty => |$value:ident| $variant:ident($into:expr);)*) => {$(
        impl<'p> From<$from> for Param<'p> {
            fn from($value: $from) -> Self {
                Self::$variant(Some($into))
            }
        }
        impl<'p> From<Option<$from>> for Param<'p> {
            fn from(value: Option<$from>) -> Self {
                match value {
                    Some($value) => Self::$variant(Some($into)),
                    None => Self::$variant(None),
                }
            }
        }
    )*};
}

param! {
    i64 => |value| Integer(value);
    u32 => |value| Integer(i64::from(value));
    // Counts and lines stay far below 2^63.
    u64 => |value| Integer(i64::try_from(value).unwrap_or(i64::MAX));
    Instant => |value| Integer(value.as_millis());
    f64 => |value| Real(value);
    bool => |value| Boolean(value);
    &'p str => |value| Text(Cow::Borrowed(value));
    &'p String => |value| Text(Cow::Borrowed(value));
    String => |value| Text(Cow::Owned(value));
    &'p SchemeId => |value| Text(Cow::Borrowed(value.as_str()));
    Date => |value| Text(Cow::Owned(value.to_string()));
    &'p [u8] => |value| Bytes(Cow::Borrowed(value));
    &'p Vec<u8> => |value| Bytes(Cow::Borrowed(value));
    Vec<u8> => |value| Bytes(Cow::Owned(value));
    &'p crate::store::seal::KeyedHash => |value| Bytes(Cow::Borrowed(value.as_bytes()));
}

macro_rules! ids {
    ($($id:ident)*) => { param! { $(&'p $id => |value| Bytes(Cow::Borrowed(value.as_bytes()));)* } };
}
ids!(AccountId AnswerId AuditId BatchId CorrectionId DecisionId DeliveryId EventId ExchangeId KeyId PersonEventId PersonId QuarantineId RecordId ReplayId ReviewId RevisionId SessionId SubscriptionId WhatIfId);

impl<'p, const N: usize> From<&'p [u8; N]> for Param<'p> {
    fn from(value: &'p [u8; N]) -> Self {
        Self::Bytes(Some(Cow::Borrowed(value)))
    }
}

impl<'p> Param<'p> {
    /// A list of ids or hashes as one parameter.
    pub fn keys<'k: 'p, T: AsRef<[u8]> + ?Sized + 'k>(
        keys: impl IntoIterator<Item = &'k T>,
    ) -> Self {
        Self::Keys(keys.into_iter().map(AsRef::as_ref).collect())
    }
}

/// The id after which a page goes on: a bound below every id when it is the first.
pub fn beyond<T: AsRef<[u8]>>(id: Option<&T>) -> Param<'_> {
    Param::Bytes(Some(Cow::Borrowed(id.map_or(&[], AsRef::as_ref))))
}

/// The id before which a page goes on, the newest first: a bound above every id when it is the first.
pub fn below<T: AsRef<[u8]>>(id: Option<&T>) -> Param<'_> {
    Param::Bytes(Some(Cow::Borrowed(id.map_or(&[u8::MAX; 17], AsRef::as_ref))))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLE: Bulk = Bulk::insert(
        "edges",
        &[("a", Kind::Bytes), ("weight", Kind::Real)],
        "on conflict do nothing",
    );

    #[test]
    fn a_bulk_insert_has_one_placeholder_a_value_on_sqlite() {
        assert_eq!(
            SAMPLE.sqlite(2),
            "insert into edges (a, weight) values ($1, $2), ($3, $4) on conflict do nothing"
        );
    }

    #[test]
    fn a_bulk_insert_has_one_array_a_column_on_postgresql() {
        assert_eq!(
            SAMPLE.postgres(),
            "insert into edges (a, weight) select * from unnest($1::bytea[], $2::double precision[]) on conflict do nothing"
        );
    }
}
