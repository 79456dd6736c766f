//! What pages are told while they are open (ours).

use serde::{Deserialize, Serialize};

/// What something that changed can be seen in.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
    ts_rs::TS,
)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// Devices: lists of them, and each by itself.
    Devices,
    /// What devices measure, keep and tell.
    Values,
    /// Batches of static tokens, and the tokens.
    Tokens,
    /// Templates.
    Templates,
    /// Claims that wait for support's word.
    Approvals,
    /// People.
    People,
    /// Organizations.
    Organizations,
    /// What holds for the whole cloud.
    Settings,
    /// The audit.
    Audit,
    /// The fleet of devices that there are not, in a cloud for tests.
    Fleet,
}

impl Topic {
    /// Every topic there is.
    pub const ALL: [Self; 10] = [
        Self::Devices,
        Self::Values,
        Self::Tokens,
        Self::Templates,
        Self::Approvals,
        Self::People,
        Self::Organizations,
        Self::Settings,
        Self::Audit,
        Self::Fleet,
    ];
}

/// One event of `GET /events`: something changed within the listener's reach. It says what to ask for anew, and nothing
/// else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct Changes {
    /// Where it can be seen. All of them in the first event: what changed before it is not told.
    pub topics: Vec<Topic>,
}
