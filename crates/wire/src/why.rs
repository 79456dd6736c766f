//! Why a label does not claim, for the support of whoever made it (ours).

use serde::{Deserialize, Serialize};

use crate::{
    Approval, BatchId, ClaimProof, DeviceId, DeviceMove, IdentifierKind, MoveKind, OrgId, Secret,
    TokenId, User,
};

/// `POST /static-tokens/why`: what is on the label, and for whom it does not work.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct AskWhy {
    /// What the label says, or a part of its name: a claim link, a QR token, an auth token, what identifies the device, the
    /// batch's name with the running number, or the name that the device gets.
    pub label: Secret,
    /// The claim code that was typed beside an identifier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub claim_code: Option<Secret>,
    /// Whose claim is refused; nobody's in particular where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub user_id: Option<crate::UserId>,
}

/// What a text was taken for.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS,
)]
#[serde(rename_all = "snake_case")]
pub enum ReadAs {
    /// A label's code.
    QrToken,
    /// A device's key.
    AuthToken,
    /// What identifies a device.
    Identifier,
    /// A part of a label's, an identifier's or a device's name.
    Text,
}

/// Whose a label's device is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS,
)]
#[serde(rename_all = "snake_case")]
pub enum HandsState {
    /// Nobody's, and nobody has had it.
    Minted,
    /// The same, and it has been online, with its maker.
    Seen,
    /// Somebody's.
    Claimed,
    /// It was moved to somebody a moment ago, which can be undone.
    InTransfer,
    /// Nobody's again.
    Released,
    /// Its label was taken out of use.
    Revoked,
}

/// What keeps a label from claiming. Closed: the UI has a sentence for each and one for what to do.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS,
)]
#[serde(rename_all = "snake_case")]
pub enum ClaimObstacle {
    /// It was taken out of use for good.
    Revoked,
    /// The device has another label by now.
    OldLabel,
    /// The organization of whoever claims has it already.
    AlreadyTheirs,
    /// Somebody else has it.
    Claimed,
    /// Somebody else has it since a moment ago, which can be undone.
    InTransfer,
    /// The device had an owner: its key, its claim code and its button claim no more, its label does.
    HadOwner,
    /// A claim code has to come with the identifier.
    NeedsCode,
    /// The claim code is another one.
    WrongCode,
    /// The batch has no claim codes: with one its identifiers claim nothing.
    NoCodes,
    /// The device's button has to be pressed, and was not in the last five minutes.
    NotPressed,
    /// Several machines say that they are the device, so that no button proves anything.
    SeveralMachines,
    /// Several people waited for the button when it was pressed, so that it claims for none of them.
    SeveralWaited,
    /// Somebody else waited for the button when it was pressed: it claims for them alone.
    PressedForAnother,
    /// Support has to approve.
    NeedsApproval,
    /// The link on the label names another organization than made it.
    NamesAnother,
    /// Whoever claims does not belong to the organization that made it, nor to one below.
    OtherBranch,
}

/// A device, as far as the caller sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct WhyDevice {
    /// Its number.
    pub id: DeviceId,
    /// Its name.
    pub name: String,
    /// Where it is.
    pub org_id: OrgId,
    /// What that is called.
    pub org_name: String,
    /// Whose it is; none where it is the organization's.
    #[ts(optional)]
    pub owner_name: Option<String>,
}

/// When a label got a successor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct ReplacedLabel {
    /// When that happened which it was replaced for, in milliseconds since the epoch. A transfer's own time: its label changes
    /// once it cannot be undone any more.
    pub at: i64,
    /// What for.
    pub kind: MoveKind,
    /// Who did that; none where the caller does not see them.
    #[ts(optional)]
    pub by: Option<String>,
}

/// Wrong claim codes for one identifier, of whomever.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS,
)]
#[serde(rename_all = "camelCase")]
pub struct WrongCodes {
    /// How many count at present.
    pub count: i64,
    /// Seconds until a wrong one is answered as such again; none where it is now. A right one always claims.
    #[ts(optional)]
    pub wait: Option<i64>,
}

/// A label that a text is of, and why it does not claim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct WhyLabel {
    /// Its number.
    pub token_id: TokenId,
    /// What it is called: the batch's name and the running number.
    pub label: String,
    /// Its batch.
    #[ts(optional)]
    pub batch_id: Option<BatchId>,
    /// Whether its batch shows secrets once, so that neither its code nor its claim code is shown again.
    pub once: bool,
    /// The organization that made it.
    pub org_id: OrgId,
    /// What that is called.
    pub org_name: String,
    /// Which kind of device.
    pub template_name: String,
    /// What identifies its device.
    #[ts(optional)]
    pub identifier: Option<String>,
    /// What that is.
    #[ts(optional)]
    pub identifier_kind: Option<IdentifierKind>,
    /// What has to come with that.
    #[ts(optional)]
    pub proof: Option<ClaimProof>,
    /// Whose it is.
    pub state: HandsState,
    /// What keeps it from claiming, the weightiest first; nothing where it would claim now.
    pub obstacles: Vec<ClaimObstacle>,
    /// The device that came of it, where the caller sees it.
    #[ts(optional)]
    pub device: Option<WhyDevice>,
    /// When it was claimed, in milliseconds since the epoch, where it is somebody's.
    #[ts(optional)]
    pub claimed_at: Option<i64>,
    /// Until when the last claim or transfer can be undone.
    #[ts(optional)]
    pub undo_until: Option<i64>,
    /// When it was taken out of use.
    #[ts(optional)]
    pub revoked_at: Option<i64>,
    /// Who did that, where it is known and the caller sees them.
    #[ts(optional)]
    pub revoked_by: Option<String>,
    /// Why, in their words, where they said it and the caller sees them.
    #[ts(optional)]
    pub revoke_reason: Option<String>,
    /// When the label that was asked about got a successor; or the last one of this device, where nobody has it.
    #[ts(optional)]
    pub replaced: Option<ReplacedLabel>,
    /// Machines that say that they are its device, but for those that its owner refused.
    pub machines: i64,
    /// When its button was pressed last.
    #[ts(optional)]
    pub pressed_at: Option<i64>,
    /// Wrong claim codes lately.
    #[ts(optional)]
    pub wrong_codes: Option<WrongCodes>,
    /// Claims that asked support for it, the newest first.
    pub approvals: Vec<Approval>,
    /// What became of the device lately, the newest first.
    pub moves: Vec<DeviceMove>,
}

/// What somebody may do so often only.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS,
)]
#[serde(rename_all = "snake_case")]
pub enum ClaimLimit {
    /// Labels that claim nothing.
    Labels,
    /// Identifiers without a proof.
    Identifiers,
    /// Wrong claim codes for this identifier.
    Codes,
    /// Claims that wait for a button.
    Buttons,
    /// Claims that ask support.
    Questions,
}

/// What somebody has done too often.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS,
)]
#[serde(rename_all = "camelCase")]
pub struct ClaimWait {
    /// What.
    pub limit: ClaimLimit,
    /// Seconds until they may again.
    pub seconds: i64,
}

/// Whoever's claim is refused, and what is in their way whatever the label.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct WhyClaimer {
    /// They.
    pub user: User,
    /// What their organization is called.
    pub org_name: String,
    /// Whether it may have one more device.
    pub has_room: bool,
    /// What they did too often.
    pub waits: Vec<ClaimWait>,
}

/// A claim that was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct RefusedClaim {
    /// When, in milliseconds since the epoch.
    pub at: i64,
    /// Who tried.
    pub by: String,
    /// Whether it came without any proof.
    pub without_proof: bool,
}

/// The true reason, as far as it is the caller's to know: what is of organizations out of reach is answered like what
/// nobody has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct WhyAnswer {
    /// What the text was taken for.
    pub read_as: ReadAs,
    /// The labels that it can be of, five at most; none: nothing here has it.
    pub labels: Vec<WhyLabel>,
    /// Whether there are more of them, so that more of the label is to be typed.
    pub more: bool,
    /// A device that was made by hand, so that it has no label, whose key this is.
    #[ts(optional)]
    pub by_hand: Option<WhyDevice>,
    /// Whoever's claim is refused, where they were named.
    #[ts(optional)]
    pub claimer: Option<WhyClaimer>,
    /// Refused claims of just this text by people within reach, the newest first, ten at most.
    pub refused: Vec<RefusedClaim>,
}
