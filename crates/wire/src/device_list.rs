//! In which order devices are listed, and which of them.

use serde::{Deserialize, Serialize};

use crate::named::named;
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

named!(DeviceSort {
    Newest = "newest",
    Oldest = "oldest",
    Name = "name",
    NameReversed = "name_reversed",
    RecentlySeen = "recently_seen",
    LongUnseen = "long_unseen",
});

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
