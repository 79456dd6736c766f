//! In which order devices are listed, and which of them.

use serde::{Deserialize, Serialize};

use crate::{DeviceState, TemplateId};

/// The order of a list of devices (ours). Devices that are alike in it follow one another by their numbers.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
    ts_rs::TS,
)]
#[serde(rename_all = "snake_case")]
pub enum DeviceSort {
    /// Those that came last first, by their numbers.
    #[default]
    Newest,
    /// Those that came first first.
    Oldest,
    /// By name as people expect it: numbers by their value, whatever the case.
    Name,
    /// The same from its end.
    NameReversed,
    /// Those that are there first, the last to come before the others; then those that went away last; then those that
    /// never were there.
    RecentlySeen,
    /// The same from its end.
    LongUnseen,
}

impl DeviceSort {
    /// All orders.
    pub const ALL: [Self; 6] = [
        Self::Newest,
        Self::Oldest,
        Self::Name,
        Self::NameReversed,
        Self::RecentlySeen,
        Self::LongUnseen,
    ];

    /// As the network names it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Newest => "newest",
            Self::Oldest => "oldest",
            Self::Name => "name",
            Self::NameReversed => "name_reversed",
            Self::RecentlySeen => "recently_seen",
            Self::LongUnseen => "long_unseen",
        }
    }

    /// The order of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sort| sort.as_str() == name)
    }
}

/// Which devices a list is of, and in which order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase", default)]
pub struct DeviceView {
    /// The order; the newest first where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub sort: Option<DeviceSort>,
    /// Those in this state alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub state: Option<DeviceState>,
    /// Those of this template alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub template_id: Option<TemplateId>,
    /// The `next` of the page before, in the same order.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub after: Option<String>,
}

impl DeviceView {
    /// As the parameters of a request.
    pub fn parameters(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let parameters = [
            ("sort", self.sort.map(DeviceSort::as_str)),
            ("state", self.state.map(DeviceState::as_str)),
            (
                "templateId",
                self.template_id.as_ref().map(|id| id.0.as_str()),
            ),
            ("after", self.after.as_deref()),
        ];
        parameters
            .into_iter()
            .filter_map(|(name, value)| value.map(|value| (name, value)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_order_and_state_has_one_name() {
        for sort in DeviceSort::ALL {
            let json = serde_json::to_value(sort).expect("serializes");
            assert_eq!(json, sort.as_str());
            assert_eq!(DeviceSort::named(sort.as_str()), Some(sort));
        }
        assert_eq!(DeviceSort::named("Name"), None);
        for state in DeviceState::ALL {
            let json = serde_json::to_value(state).expect("serializes");
            assert_eq!(json, state.as_str());
            assert_eq!(DeviceState::named(state.as_str()), Some(state));
        }
    }
}
