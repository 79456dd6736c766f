//! Static tokens, and claiming with them.

use serde::{Deserialize, Serialize};

use crate::{Device, DeviceId, OrgId, Secret, TemplateId, UserId};

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
    /// What the label says: a QR token in either form, a claim link, or an auth token.
    pub token: Secret,
    /// For whom; the caller where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub user_id: Option<UserId>,
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
