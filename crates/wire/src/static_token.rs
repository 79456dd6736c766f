//! Static tokens, and claiming with them.

use serde::{Deserialize, Serialize};

use crate::{Device, DeviceId, OrgId, Secret, TemplateId, TokenId, UserId};

/// Whether a static token was claimed.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS,
)]
#[serde(rename_all = "UPPERCASE")]
pub enum TokenStatus {
    /// Nobody has claimed it.
    Unclaimed,
    /// Somebody has.
    Claimed,
}

/// A static token: the pair of auth token and QR token, of one template and one organization.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct StaticToken {
    /// The QR token: claims, nothing else.
    #[ts(optional)]
    pub token: Option<Secret>,
    /// The organization it was made in.
    pub org_id: OrgId,
    /// The template's numeric id.
    pub product_id: i64,
    /// The auth token: the device's credential.
    #[ts(optional)]
    pub device_token: Option<Secret>,
    /// When it was made, in milliseconds since the epoch.
    pub created_at: i64,
    /// Whether it was claimed.
    pub status: TokenStatus,
    /// By whom.
    pub owner_id: Option<UserId>,
    /// The device that came of it.
    pub device_id: Option<DeviceId>,
    /// Into which organization.
    pub claimed_org_id: Option<OrgId>,
}

/// `POST /static-tokens/generate` (ours).
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct GenerateTokens {
    /// Which kind of device.
    pub template_id: TemplateId,
    /// In which organization; the caller's where absent.
    #[serde(default)]
    pub org_id: Option<OrgId>,
    /// How many, 1 to 10,000.
    pub count: u32,
}

/// `POST /static-tokens/claim`. The path is published, the body is ours.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct ClaimRequest {
    /// What the label says: a QR token in either form, a claim link, an auth token, or what identifies the device.
    pub token: Secret,
    /// For whom; the caller where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub user_id: Option<UserId>,
    /// The claim code that stands beside an identifier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub claim_code: Option<Secret>,
    /// Asks the maker's support to approve a claim by identifier.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[ts(as = "Option<bool>", optional)]
    pub ask_approval: bool,
    /// Waits for the button of the device that an identifier names: sent again with the same key until it was pressed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[ts(as = "Option<bool>", optional)]
    pub presence: bool,
    /// Why, for the record, and for support where that is asked; up to 200 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub reason: Option<String>,
}

impl ClaimRequest {
    /// A label's secret, for whoever asks.
    pub fn of_label(token: Secret) -> Self {
        Self {
            token,
            user_id: None,
            claim_code: None,
            ask_approval: false,
            presence: false,
            reason: None,
        }
    }
}

/// `POST /static-tokens/label` (ours): which label gets another code.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct RenewLabel {
    /// Which.
    pub token_id: TokenId,
}

/// What a claim came to.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS,
)]
#[serde(rename_all = "snake_case")]
pub enum ClaimOutcome {
    /// It is the claimer's now (201).
    Claimed,
    /// It was in the claimer's organization before (200).
    AlreadyYours,
}

/// The answer to a claim: the device, and what happened (`outcome` is ours).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
pub struct ClaimAnswer {
    /// The device.
    #[serde(flatten)]
    pub device: Device,
    /// What happened.
    pub outcome: ClaimOutcome,
    /// The nodes that waited with the gateway and came with it; all of them, or the gateway did not come either (ours).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(as = "Option<Vec<ClaimedNode>>", optional)]
    pub nodes: Vec<ClaimedNode>,
}

/// A node that came with its gateway.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct ClaimedNode {
    /// Its number.
    pub device_id: DeviceId,
    /// Its name.
    pub name: String,
    /// What happened.
    pub outcome: ClaimOutcome,
}

/// What a claim by identifier waits for.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS,
)]
#[serde(rename_all = "snake_case")]
pub enum PendingOutcome {
    /// Support decides (202).
    PendingApproval,
    /// The device's button is to be pressed (202): the same claim, sent again, completes after that.
    PendingPresence,
}

/// The answer to a claim by identifier that waits (ours): the same for identifiers that are known and that are not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
pub struct PendingAnswer {
    /// What happened.
    pub outcome: PendingOutcome,
    /// Until when support can decide, or the button can be pressed, in milliseconds since the epoch.
    pub until: i64,
}

/// Either answer to a claim that was not refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(untagged)]
pub enum ClaimReply {
    /// The device is the claimer's.
    Device(Box<ClaimAnswer>),
    /// Support is asked, or the device's button is waited for.
    Pending(PendingAnswer),
}

impl ClaimReply {
    /// The device, where there is one already.
    pub fn device(self) -> Option<ClaimAnswer> {
        match self {
            Self::Device(answer) => Some(*answer),
            Self::Pending(_) => None,
        }
    }
}

/// A label that claims (ours): what its code says, and how that looks.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct LabelImage {
    /// What the label's code says.
    pub text: Secret,
    /// The label as an SVG image.
    pub svg: String,
}
