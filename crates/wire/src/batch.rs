//! Static tokens in batches (ours): what one production run of labels has in common.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{BatchId, DeviceId, OrgId, TemplateId, TokenId};

/// How far a batch is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS,
)]
#[serde(rename_all = "snake_case")]
pub enum BatchState {
    /// Its tokens are being made; none of them claims anything yet.
    Making,
    /// All of its tokens are there.
    Ready,
    /// Somebody stopped it; it has no tokens.
    Cancelled,
    /// It broke off, with the cloud that made it for one; it has no tokens.
    Failed,
}

/// Why what was to be made came to nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum BatchFailure {
    /// Another batch was given the same identifiers meanwhile.
    IdentifiersTaken {
        /// The first few of them.
        first: Vec<String>,
        /// How many there are.
        count: i64,
    },
    /// The organization has as many devices as it may have.
    DeviceLimit,
    /// The organization or the owner is not there any more.
    Gone,
    /// Whoever asked for it was suspended meanwhile, or may not do this any more.
    NotAllowed,
    /// It broke off; the cloud's log says why.
    Broke,
}

/// What a batch's tokens came from.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS,
)]
#[serde(rename_all = "snake_case")]
pub enum BatchSource {
    /// A number was asked for.
    Generated,
    /// Each row of a table became one.
    Imported,
}

/// The kinds of names that a maker gives devices.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
    ts_rs::TS,
)]
#[serde(rename_all = "snake_case")]
pub enum IdentifierKind {
    /// A serial number.
    Serial,
    /// EUI-48, also known as MAC address.
    Eui48,
    /// EUI-64, also as DevEUI.
    Eui64,
    /// IMEI.
    Imei,
    /// What fits a pattern of the maker's own.
    Pattern,
}

/// What has to come with an identifier before it claims, as a batch says it.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS,
)]
#[serde(rename_all = "snake_case")]
pub enum ClaimProof {
    /// The claim code that was drawn for the device and stands beside its identifier.
    #[default]
    ClaimCode,
    /// The device's button, pressed within five minutes of the claim.
    Presence,
    /// The word of the maker's support, who are asked.
    StaffApproval,
    /// Nothing: whoever knows the identifier claims the device.
    None,
}

/// How long the secrets of a batch's tokens can be read.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS,
)]
#[serde(rename_all = "snake_case")]
pub enum SecretsShown {
    /// Whenever somebody who may asks for them.
    #[default]
    Kept,
    /// Once: by the batch's one export. After it they are known by their digests alone.
    Once,
}

/// A batch, with its tokens counted by state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct Batch {
    /// Its number.
    pub id: BatchId,
    /// The organization it was made in.
    pub org_id: OrgId,
    /// What that is called.
    pub org_name: String,
    /// Which kind of device.
    pub template_id: TemplateId,
    /// What that is called.
    pub template_name: String,
    /// Its name, 1 to 50 characters; labels are named by it.
    pub name: String,
    /// What there is to know about it.
    #[ts(optional)]
    pub note: Option<String>,
    /// What its tokens came from.
    pub source: BatchSource,
    /// What its devices are identified by, where it says so.
    #[ts(optional)]
    pub identifier_kind: Option<IdentifierKind>,
    /// The maker's own pattern for them, where that is what identifies them.
    #[ts(optional)]
    pub identifier_pattern: Option<String>,
    /// What has to come with an identifier before it claims; there where identifiers are.
    #[ts(optional)]
    pub proof: Option<ClaimProof>,
    /// How long its secrets can be read.
    pub secrets: SecretsShown,
    /// When the one export of secrets that are shown once was, in milliseconds since the epoch.
    #[ts(optional)]
    pub exported_at: Option<i64>,
    /// How far it is.
    pub state: BatchState,
    /// Tokens that it is to have.
    pub count: i64,
    /// Tokens that were made so far.
    pub made: i64,
    /// Tokens that nobody has claimed.
    pub unclaimed: i64,
    /// Tokens that somebody has claimed.
    pub claimed: i64,
    /// Tokens that were taken out of use.
    pub revoked: i64,
    /// When it was asked for, in milliseconds since the epoch.
    pub created_at: i64,
    /// Why it came to nothing, where it did and that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub failure: Option<BatchFailure>,
}

/// `POST /static-tokens/batches`: a batch to generate.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct CreateBatch {
    /// Which kind of device.
    pub template_id: TemplateId,
    /// In which organization; the caller's where absent.
    #[serde(default)]
    #[ts(optional)]
    pub org_id: Option<OrgId>,
    /// 1 to 50 letters, digits, spaces or '_-.
    pub name: String,
    /// Free text, 1,000 characters at most.
    #[serde(default)]
    #[ts(optional)]
    pub note: Option<String>,
    /// How many, 1 to 100,000.
    pub count: u32,
    /// What identifies the devices, beside their labels' codes; nothing where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub identifiers: Option<NewIdentifiers>,
    /// How long the secrets can be read.
    #[serde(default)]
    #[ts(as = "Option<SecretsShown>", optional)]
    pub secrets: SecretsShown,
}

/// The identifiers of a batch that is generated: the first, and as many after it as there are tokens.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct NewIdentifiers {
    /// What they are.
    pub kind: IdentifierKind,
    /// The maker's own pattern, a regular expression for the whole identifier; 200 characters at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub pattern: Option<String>,
    /// The first. Addresses count up; an IMEI gets its check digit; the others end with digits, which count up.
    pub first: String,
    /// What has to come with one before it claims.
    #[serde(default)]
    #[ts(as = "Option<ClaimProof>", optional)]
    pub proof: ClaimProof,
}

/// Where a static token is in its life.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS,
)]
#[serde(rename_all = "UPPERCASE")]
pub enum TokenState {
    /// Nobody has claimed it.
    Unclaimed,
    /// Somebody has.
    Claimed,
    /// It was taken out of use for good.
    Revoked,
}

/// A static token as its maker looks for it: without its secrets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct BatchToken {
    /// Its number.
    pub id: TokenId,
    /// The batch that it is of; none where it was made without one.
    #[ts(optional)]
    pub batch_id: Option<BatchId>,
    /// What its label is called: the batch's name and the running number.
    pub label: String,
    /// The name that its device gets.
    #[ts(optional)]
    pub name: Option<String>,
    /// What its device is identified by.
    #[ts(optional)]
    pub identifier: Option<String>,
    /// What that is.
    #[ts(optional)]
    pub identifier_kind: Option<IdentifierKind>,
    /// Metadata that its device gets, by field.
    pub metadata: BTreeMap<String, String>,
    /// Where it is in its life.
    pub state: TokenState,
    /// When it was made, in milliseconds since the epoch.
    pub created_at: i64,
    /// The device that came of it.
    #[ts(optional)]
    pub device_id: Option<DeviceId>,
    /// What that is called now, where it is within reach.
    #[ts(optional)]
    pub device_name: Option<String>,
    /// Into which organization it was claimed.
    #[ts(optional)]
    pub claimed_org_id: Option<OrgId>,
}

/// `POST /static-tokens/revoke`: which tokens, either by their numbers or all of a batch that nobody has claimed.
#[derive(Clone, Debug, Default, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct RevokeTokens {
    /// All unclaimed ones of this batch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub batch_id: Option<BatchId>,
    /// These, 1,000 at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub token_ids: Option<Vec<TokenId>>,
    /// Why, for the record; up to 200 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub reason: Option<String>,
}

/// What revoking came to.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS,
)]
#[serde(rename_all = "camelCase")]
pub struct RevokeAnswer {
    /// Tokens that claim nothing from now on.
    pub revoked: i64,
    /// Tokens that somebody has claimed already; they stay as they are.
    pub claimed: i64,
}
