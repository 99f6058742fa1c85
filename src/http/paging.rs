//! Pages of long lists: by the id of the last item seen, so that new items shift nothing.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::problem::Problem;

/// How many items a page holds when nobody says.
const USUAL: u32 = 50;
/// How many items a page holds at most: some hundred kilobytes.
const MOST: u32 = 500;

/// Which page.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Page {
    /// Items on the page: 1 to 500, usually 50.
    #[param(minimum = 1, maximum = 500)]
    pub limit: Option<u32>,
    /// `next` of the page before; without it, or empty, the first page.
    pub after: Option<String>,
}

impl Page {
    /// Items on the page.
    ///
    /// # Errors
    /// `invalid_parameter`.
    pub fn limit(&self) -> Result<u32, Problem> {
        match self.limit.unwrap_or(USUAL) {
            limit @ 1..=MOST => Ok(limit),
            _ => Err(Problem::parameter("limit", format!("1..{MOST}"))),
        }
    }

    /// The last item of the page before.
    ///
    /// # Errors
    /// `invalid_parameter` for a text that no page ever gave.
    pub fn after<T: std::str::FromStr>(&self) -> Result<Option<T>, Problem> {
        self.after
            .as_deref()
            .filter(|text| !text.is_empty())
            .map(|text| text.parse().map_err(|_| Problem::parameter("after", "?")))
            .transpose()
    }
}

/// One page of a list.
#[derive(Serialize, ToSchema)]
pub struct Listed<T> {
    /// The items.
    pub items: Vec<T>,
    /// To be given as `after` for the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

impl<T> Listed<T> {
    /// A page of at most `limit` items, from up to one more: that there is one more is how we know
    /// of a next page. `key` tells where an item stands in the list.
    pub fn cut<I>(
        mut found: Vec<I>,
        limit: u32,
        key: impl Fn(&I) -> String,
        show: impl Fn(I) -> T,
    ) -> Self {
        let limit = limit as usize;
        let more = found.len() > limit;
        found.truncate(limit);
        let next = found.last().filter(|_| more).map(key);
        Self { items: found.into_iter().map(show).collect(), next }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_next_page_is_named_only_when_there_is_one() {
        let cut = |count: u32| Listed::cut((0..count).collect(), 3, u32::to_string, |n| n);
        assert_eq!((cut(4).items, cut(4).next), (vec![0, 1, 2], Some("2".to_owned())));
        assert_eq!((cut(3).items, cut(3).next), (vec![0, 1, 2], None));
        assert_eq!(cut(0).next, None);
    }
}
