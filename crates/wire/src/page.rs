//! Lists in pages.

use serde::{Deserialize, Serialize};

/// Rows on a page where the request names no size (ours).
pub const DEFAULT_PAGE_SIZE: u32 = 50;
/// Rows on a page at the most (ours).
pub const MAX_PAGE_SIZE: u32 = 1_000;

/// One page of a list.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct Page<T> {
    /// The rows of this page.
    pub content: Vec<T>,
    /// How many rows there are in all; of a search 1,000 at the most.
    pub total_elements: u64,
    /// Whether a search finds more than that. Absent where it does not.
    #[serde(default, skip_serializing_if = "is_exact")]
    #[schema(required = false)]
    #[ts(as = "Option<bool>", optional)]
    pub total_is_lower_bound: bool,
    /// What to ask for the next page with, where this list can be gone through so and there is one: it takes as long
    /// however far one has come, and what comes or goes meanwhile moves no other row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    #[ts(optional)]
    pub next: Option<String>,
}

/// Whether a total is the very number.
fn is_exact(is_lower_bound: &bool) -> bool {
    !is_lower_bound
}

impl<T> Page<T> {
    /// A page of rows whose number is known.
    pub fn new(content: Vec<T>, total_elements: u64) -> Self {
        Self {
            content,
            total_elements,
            total_is_lower_bound: false,
            next: None,
        }
    }

    /// The same page of other rows.
    pub fn map<U>(self, other: impl FnMut(T) -> U) -> Page<U> {
        Page {
            content: self.content.into_iter().map(other).collect(),
            total_elements: self.total_elements,
            total_is_lower_bound: self.total_is_lower_bound,
            next: self.next,
        }
    }
}

/// Which page is asked for.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// The page, from 0 on.
    #[serde(default)]
    pub page: Option<u32>,
    /// Rows on a page: 50 unless told, 1,000 at the most.
    #[serde(default)]
    pub size: Option<u32>,
}

impl PageQuery {
    /// Rows to take, within the limits.
    pub fn limit(self) -> u32 {
        self.size
            .unwrap_or(DEFAULT_PAGE_SIZE)
            .clamp(1, MAX_PAGE_SIZE)
    }

    /// Rows to skip.
    pub fn offset(self) -> u64 {
        u64::from(self.page.unwrap_or(0)) * u64::from(self.limit())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn whatever_is_asked_for_stays_within_the_limits(
            page: Option<u32>,
            size: Option<u32>,
        ) {
            let query = PageQuery { page, size };
            prop_assert!((1..=MAX_PAGE_SIZE).contains(&query.limit()));
            let before = u64::from(page.unwrap_or(0));
            prop_assert_eq!(query.offset(), before * u64::from(query.limit()));
        }
    }
}
