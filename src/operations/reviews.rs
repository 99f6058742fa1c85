//! Pairs of records that may be one person, as far as a caller may see them.

pub use crate::store::reviews::{Review, ReviewState};

use super::Hub;
use crate::model::{ReviewId, SchemeId};
use crate::store::StoreError;

/// A page of reviews in order of their ids, after one. With a scheme, only those in which it has a record.
///
/// # Errors
/// When the store fails.
pub async fn page(
    hub: &Hub,
    scheme: Option<&SchemeId>,
    state: Option<ReviewState>,
    after: Option<ReviewId>,
    limit: u32,
) -> Result<Vec<Review>, StoreError> {
    hub.store().read().await?.review_page(scheme, state, after, limit).await
}
