//! Devices that change hands: given up, moved, taken back.

use serde::{Deserialize, Serialize};

use crate::{DeviceId, ErrorBody, LabelImage, OrgId, UserId};

/// What happened to a device.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS,
)]
#[serde(rename_all = "snake_case")]
pub enum MoveKind {
    /// It was made by hand.
    Create,
    /// It was claimed with its label.
    Claim,
    /// It was moved to another organization or owner.
    Transfer,
    /// It was given up.
    Release,
    /// The maker took it back.
    Disclaim,
    /// A claim or a transfer was undone.
    Undo,
    /// Its label was replaced, and it is whose it was.
    Renew,
}

/// A claim or transfer that can still be undone (ours).
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS,
)]
#[serde(rename_all = "camelCase")]
pub struct UndoWindow {
    /// Which of the two.
    pub kind: MoveKind,
    /// Until when, in milliseconds since the epoch.
    pub until: i64,
    /// Who did it; none where it was a machine.
    pub by_user_id: Option<UserId>,
}

/// What happens to what a device said and to what is written down about it when it changes hands: values, events, charts,
/// and who had it.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS,
)]
#[serde(rename_all = "snake_case")]
pub enum History {
    /// Whoever has the device next sees what was seen before, with what comes after: its name, its metadata, values, charts,
    /// events, and when it changed hands. Of who had it they see the names of those that they see anyway.
    Keep,
    /// Nobody sees it any more, and it is deleted as soon as that cannot be undone. A device that is given up goes with it,
    /// name and number: whoever claims it next begins anew. One that goes on, or back to its maker, has the name and the
    /// metadata of its label again; without a label, a name with a number, and none. What its maker's own staff wrote before
    /// anybody else had it stays.
    #[default]
    Erase,
}

/// `POST /device/release` (ours).
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct ReleaseDevice {
    /// Which.
    pub device_id: DeviceId,
    /// What becomes of what it said; erased where absent.
    #[serde(default)]
    pub history: History,
    /// Why, for the record; up to 200 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub reason: Option<String>,
    /// 1 to 200 printable characters: the same key gets the same answer again, so that a lost answer loses no label. In
    /// the body, since what passes the app's bridge has no headers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub key: Option<String>,
}

/// The answer: the code for the next owner, which claims.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct ReleasedDevice {
    /// Which.
    pub device_id: DeviceId,
    /// What it was called.
    pub name: String,
    /// Its new code.
    pub label: LabelImage,
}

/// The answer to `DELETE /device` (ours).
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct DeletedDevice {
    /// Which.
    pub device_id: DeviceId,
    /// What it was called.
    pub name: String,
    /// The new code of its label, which claims it anew. None where it was made by hand, and where nobody had had it, so that
    /// the printed label stays good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub label: Option<LabelImage>,
}

/// Who owns devices in person after a move that names no new owner (ours).
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS,
)]
#[serde(rename_all = "snake_case")]
pub enum OwnerAfter {
    /// Nobody: they are the organization's.
    Nobody,
    /// Whoever owns those that the organization has already, so that they stay as they are; nobody, of those that come to it.
    AsItIs,
}

/// `POST /device/transfer` and its newer names: to whom or where; one of the two at least.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct TransferDevice {
    /// Which.
    pub device_id: DeviceId,
    /// The organization; the new owner's where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub new_org_id: Option<OrgId>,
    /// The owner; as `ownerAfter` says where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub new_user_id: Option<UserId>,
    /// Who owns it in person where no `newUserId` is named; nobody where both are absent (ours).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub owner_after: Option<OwnerAfter>,
    /// What becomes of what it said, and of its name and metadata (ours). Where absent, what was kept for the next owner is
    /// theirs, a move within an organization keeps it, and any other erases it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub history: Option<History>,
    /// Why, for the record; up to 200 characters (ours).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub reason: Option<String>,
}

/// `POST /devices/transfer` (ours): many at once.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct TransferDevices {
    /// Which; up to 500.
    pub device_ids: Vec<DeviceId>,
    /// The organization; the new owner's where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub new_org_id: Option<OrgId>,
    /// The owner; as `ownerAfter` says where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub new_user_id: Option<UserId>,
    /// Who owns them in person where no `newUserId` is named; nobody where both are absent (ours).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub owner_after: Option<OwnerAfter>,
    /// What becomes of what they said, as for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub history: Option<History>,
    /// Why, for the record; up to 200 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub reason: Option<String>,
    /// Nothing is moved: the answer is what would happen.
    #[serde(default)]
    pub dry_run: bool,
    /// With `dryRun`, the `roomTaken` of the answer before, where a preview takes several calls: those devices are not
    /// moved, either, and count against the device limit all the same. Means nothing without `dryRun`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub room_taken: Option<u32>,
    /// 1 to 200 printable characters: the same key gets the same answer again, and nothing is moved twice. In the body,
    /// since what passes the app's bridge has no headers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub key: Option<String>,
}

/// What became of one of many devices.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct DeviceOutcome {
    /// Which.
    pub device_id: DeviceId,
    /// Why nothing happened to it; absent where it is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub error: Option<ErrorBody>,
    /// Whether it went back to its organization without its owner, who has left since.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[ts(as = "Option<bool>", optional)]
    pub owner_left: bool,
}

/// What became of each of many devices, in the order in which they were named.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct DeviceOutcomes {
    /// Each.
    pub outcomes: Vec<DeviceOutcome>,
    /// With `dryRun`, the places that these would take in their new organization, with the `roomTaken` that was asked with.
    /// Absent without `dryRun`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub room_taken: Option<u32>,
}

/// `POST /device/undo` (ours).
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct UndoMove {
    /// Which device's.
    pub device_id: DeviceId,
    /// Why, for the record; up to 200 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub reason: Option<String>,
}

/// The answer: what was undone.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct Undone {
    /// Which device's. It is gone where the claim had made it.
    pub device_id: DeviceId,
    /// `claim` or `transfer`.
    pub undone: MoveKind,
    /// Whether it went back to its organization without its owner, who has left since.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[ts(as = "Option<bool>", optional)]
    pub owner_left: bool,
    /// The other devices that it came together with, of which the same was undone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(as = "Option<Vec<DeviceId>>", optional)]
    pub together: Vec<DeviceId>,
}

/// `POST /devices/undo` (ours): many at once.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct UndoMoves {
    /// Which devices'; up to 500.
    pub device_ids: Vec<DeviceId>,
    /// Why, for the record; up to 200 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub reason: Option<String>,
}

/// What becomes of a label.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS,
)]
#[serde(rename_all = "snake_case")]
pub enum LabelChoice {
    /// The one that it has claims again: that which is printed on it, or the one that replaced it when it changed hands or was
    /// renewed.
    Keep,
    /// The printed one claims nothing any more.
    Renew,
}

/// `POST /static-tokens/unclaim`. The path is published, the body is ours.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct Unclaim {
    /// Which device's.
    pub device_id: DeviceId,
    /// What becomes of its label: kept while no customer has had it, renewed after that, where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub label: Option<LabelChoice>,
    /// What becomes of what it said, and of its name and metadata: erased where absent, else the maker sees it.
    #[serde(default)]
    pub history: History,
    /// Why, for the record, and for whoever had it, in the mail that tells them; up to 200 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub reason: Option<String>,
}

/// The answer: what became of the label.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct Unclaimed {
    /// Which device's.
    pub device_id: DeviceId,
    /// Whether it was kept.
    pub label: LabelChoice,
}

/// A row of `GET /device/moves` (ours): who gave a device to whom. Of organizations and people out of the caller's reach
/// there are no names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct DeviceMove {
    /// Its number.
    pub id: i64,
    /// What happened.
    pub kind: MoveKind,
    /// When, in milliseconds since the epoch.
    pub at: i64,
    /// Who did it: a person or a machine.
    pub by: Option<String>,
    /// Which organization had it, by its number: several may have one name.
    pub from_org_id: Option<OrgId>,
    /// What that is called.
    pub from_org: Option<String>,
    /// Who owned it.
    pub from_owner: Option<String>,
    /// Which organization has it after that, by its number.
    pub to_org_id: Option<OrgId>,
    /// What that is called.
    pub to_org: Option<String>,
    /// Who owns it after that.
    pub to_owner: Option<String>,
    /// Why, in the words of who did it.
    pub reason: Option<String>,
}
