//! A row of either database, read column by column in the order of the `select`.

use jiff::civil::Date;
use sqlx::postgres::{PgRow, Postgres};
use sqlx::sqlite::{Sqlite, SqliteRow};
use sqlx::{Decode, Row as _, Type};

use super::StoreError;
use super::seal::KeyedHash;
use crate::model::{
    AccountId, AnswerId, AuditId, BatchId, CorrectionId, DecisionId, DeliveryId, EventId,
    ExchangeId, Instant, KeyId, PersonEventId, PersonId, QuarantineId, RecordId, ReplayId,
    ReviewId, RevisionId, SchemeId, SessionId, SubscriptionId, WhatIfId,
};

/// A row. Columns are taken in order, so a query's column list and its reader are compared at a glance.
pub struct Row {
    inner: Inner,
    next: usize,
}

enum Inner {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

/// What both drivers can decode.
pub trait Primitive:
    for<'r> Decode<'r, Sqlite> + Type<Sqlite> + for<'r> Decode<'r, Postgres> + Type<Postgres>
{
}

impl<T> Primitive for T where
    T: for<'r> Decode<'r, Sqlite> + Type<Sqlite> + for<'r> Decode<'r, Postgres> + Type<Postgres>
{
}

/// A value that a column can hold.
pub trait Cell: Sized {
    /// What the drivers decode.
    type Raw: Primitive;

    /// The value, when the stored one is sound.
    fn from_raw(raw: Self::Raw) -> Option<Self>;
}

impl Row {
    pub(super) fn sqlite(row: SqliteRow) -> Self {
        Self { inner: Inner::Sqlite(row), next: 0 }
    }

    pub(super) fn postgres(row: PgRow) -> Self {
        Self { inner: Inner::Postgres(row), next: 0 }
    }

    /// The next column, which is never null.
    ///
    /// # Errors
    /// When it is null or not such a value.
    pub fn take<T: Cell>(&mut self) -> Result<T, StoreError> {
        let column = self.next;
        self.take_optional()?.ok_or(StoreError::Unexpected { column })
    }

    /// The next column, which may be null.
    ///
    /// # Errors
    /// When it is no such value.
    pub fn take_optional<T: Cell>(&mut self) -> Result<Option<T>, StoreError> {
        let column = self.next;
        self.next += 1;
        let raw: Option<T::Raw> = match &self.inner {
            Inner::Sqlite(row) => row.try_get(column)?,
            Inner::Postgres(row) => row.try_get(column)?,
        };
        raw.map(|raw| T::from_raw(raw).ok_or(StoreError::Unexpected { column })).transpose()
    }
}

macro_rules! cells {
    ($($cell:ty: $raw:ty => |$value:ident| $from:expr;)*) => {$(
        impl Cell for $cell {
            type Raw = $raw;

            fn from_raw($value: $raw) -> Option<Self> {
                $from
            }
        }
    )*};
}

cells! {
    i64: i64 => |value| Some(value);
    u64: i64 => |value| u64::try_from(value).ok();
    u32: i64 => |value| u32::try_from(value).ok();
    f64: f64 => |value| Some(value);
    bool: bool => |value| Some(value);
    String: String => |value| Some(value);
    Vec<u8>: Vec<u8> => |value| Some(value);
    Instant: i64 => |value| Some(Instant::from_millis(value));
    Date: String => |value| value.parse().ok();
    SchemeId: String => |value| value.parse().ok();
    KeyedHash: Vec<u8> => |value| KeyedHash::from_slice(&value);
    AccountId: Vec<u8> => |value| Self::from_slice(&value);
    AnswerId: Vec<u8> => |value| Self::from_slice(&value);
    AuditId: Vec<u8> => |value| Self::from_slice(&value);
    BatchId: Vec<u8> => |value| Self::from_slice(&value);
    CorrectionId: Vec<u8> => |value| Self::from_slice(&value);
    EventId: Vec<u8> => |value| Self::from_slice(&value);
    ExchangeId: Vec<u8> => |value| Self::from_slice(&value);
    RevisionId: Vec<u8> => |value| Self::from_slice(&value);
    DecisionId: Vec<u8> => |value| Self::from_slice(&value);
    DeliveryId: Vec<u8> => |value| Self::from_slice(&value);
    KeyId: Vec<u8> => |value| Self::from_slice(&value);
    PersonEventId: Vec<u8> => |value| Self::from_slice(&value);
    PersonId: Vec<u8> => |value| Self::from_slice(&value);
    QuarantineId: Vec<u8> => |value| Self::from_slice(&value);
    RecordId: Vec<u8> => |value| Self::from_slice(&value);
    ReplayId: Vec<u8> => |value| Self::from_slice(&value);
    ReviewId: Vec<u8> => |value| Self::from_slice(&value);
    SessionId: Vec<u8> => |value| Self::from_slice(&value);
    SubscriptionId: Vec<u8> => |value| Self::from_slice(&value);
    WhatIfId: Vec<u8> => |value| Self::from_slice(&value);
}
