//! In which order lists come.

use serde::{Deserialize, Serialize};

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

impl ListSort {
    /// All orders.
    pub const ALL: [Self; 4] = [Self::Newest, Self::Oldest, Self::Name, Self::NameReversed];

    /// As the network names it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Newest => "newest",
            Self::Oldest => "oldest",
            Self::Name => "name",
            Self::NameReversed => "name_reversed",
        }
    }

    /// The order of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sort| sort.as_str() == name)
    }
}

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

impl TimeSort {
    /// Both orders.
    pub const ALL: [Self; 2] = [Self::Newest, Self::Oldest];

    /// As the network names it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Newest => "newest",
            Self::Oldest => "oldest",
        }
    }

    /// The order of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sort| sort.as_str() == name)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn orders_are_named_as_the_network_has_them() {
        for sort in ListSort::ALL {
            assert_eq!(json!(sort), json!(sort.as_str()));
            assert_eq!(ListSort::named(sort.as_str()), Some(sort));
        }
        for sort in TimeSort::ALL {
            assert_eq!(json!(sort), json!(sort.as_str()));
            assert_eq!(TimeSort::named(sort.as_str()), Some(sort));
        }
        assert_eq!(ListSort::named("Name"), None);
        assert_eq!(TimeSort::named("name"), None);
    }
}
