//! What an organization looks like from far away (ours).

use serde::{Deserialize, Serialize};

/// Devices of an organization and all below it, in numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct Overview {
    /// How many there are.
    pub devices: u64,
    /// How many of them are connected now.
    pub online: u64,
    /// How many were claimed in each stretch of time that was asked for, in their order. A claim that was undone is none.
    pub claims: Vec<u64>,
}
