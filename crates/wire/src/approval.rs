//! Claims by identifier that wait for the word of the maker's support (ours).

use serde::{Deserialize, Serialize};

use crate::{ApprovalId, OrgId, UserId};

/// Where such a claim is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS,
)]
#[serde(rename_all = "snake_case")]
pub enum ApprovalState {
    /// Nobody has decided.
    Pending,
    /// The device is the asker's.
    Approved,
    /// Somebody said no.
    Refused,
    /// Nobody decided in time.
    Expired,
}

/// A claim by identifier that waits for the word of the maker's support, or has had it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct Approval {
    /// Its number.
    pub id: ApprovalId,
    /// What identifies the device.
    pub identifier: String,
    /// What its label is called: the batch's name and the running number.
    pub label: String,
    /// Which kind of device.
    pub template_name: String,
    /// Who asks.
    pub user_id: UserId,
    /// What they are called.
    pub user_name: String,
    /// Where they are mailed to.
    pub user_email: String,
    /// Where the device would go.
    pub org_id: OrgId,
    /// What that is called.
    pub org_name: String,
    /// Whether somebody else has the device by now.
    pub taken: bool,
    /// Where it is.
    pub state: ApprovalState,
    /// When it was asked for, in milliseconds since the epoch.
    pub created_at: i64,
    /// Until when it can be decided.
    pub until: i64,
    /// Why they ask, in their own words.
    #[ts(optional)]
    pub ask_reason: Option<String>,
    /// When it was decided.
    #[ts(optional)]
    pub decided_at: Option<i64>,
    /// Who decided, where it is known and the caller sees them.
    #[ts(optional)]
    pub decided_by: Option<String>,
    /// Why, in their words: of what was refused, and of what somebody approved whom the caller sees.
    #[ts(optional)]
    pub reason: Option<String>,
}

/// `POST /static-tokens/approvals/approve`.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct ApproveClaim {
    /// Which.
    pub approval_id: ApprovalId,
    /// Why, for the record; up to 200 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub reason: Option<String>,
}

/// `POST /static-tokens/approvals/refuse`.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct RefuseClaim {
    /// Which.
    pub approval_id: ApprovalId,
    /// Why, for whoever asked; one line of 200 characters at the most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub reason: Option<String>,
}
