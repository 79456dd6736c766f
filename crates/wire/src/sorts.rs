//! In which order lists come.

use serde::{Deserialize, Serialize};

use crate::named::named;

/// The order of a list of things that have names (ours). What is alike in it follows by number.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS,
)]
#[serde(rename_all = "snake_case")]
pub enum ListSort {
    /// What came last first.
    Newest,
    /// What came first first.
    Oldest,
    /// By name, whatever the case.
    Name,
    /// The same from its end.
    NameReversed,
}

named!(ListSort {
    Newest = "newest",
    Oldest = "oldest",
    Name = "name",
    NameReversed = "name_reversed",
});

/// The order of a list of what happened (ours).
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS,
)]
#[serde(rename_all = "snake_case")]
pub enum TimeSort {
    /// What happened last first.
    Newest,
    /// What happened first first.
    Oldest,
}

named!(TimeSort {
    Newest = "newest",
    Oldest = "oldest",
});
