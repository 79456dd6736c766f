//! Devices without a flashed token, which get theirs by what identifies them (ours).

use serde::{Deserialize, Serialize};

use crate::{DeviceId, Secret, TemplateId, TokenId};

/// `POST /external/api/bootstrap` and `/external/api/bootstrap/presence`: what a device says of itself.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Bootstrap {
    /// What identifies it, in whatever form its label has it.
    pub identifier: String,
    /// A secret that it made by itself and keeps: 16 to 128 letters, digits or `-_`, as random as it can.
    pub secret: Secret,
    /// Its template. A device of the topmost organization's may leave it out; those of other makers on the same cloud name it,
    /// since the same identifier may be another maker's, too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template_id: Option<TemplateId>,
}

/// Where a device that asks for its token is. It learns no more, so that a stranger learns nothing.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS,
)]
#[serde(rename_all = "snake_case")]
pub enum BootstrapState {
    /// Ask again in a while: unknown, unclaimed, or not confirmed.
    Waiting,
    /// The token is there.
    Ready,
}

/// The answer to a device.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BootstrapAnswer {
    /// Where it is.
    pub state: BootstrapState,
    /// Four digits to show: the owner compares them with those that their page of the device shows.
    pub check: String,
    /// Seconds after which to ask again, while it waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<i64>,
    /// The auth token, once it is ready.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<Secret>,
}

/// What is known of a machine that says that it is the device.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS,
)]
#[serde(rename_all = "snake_case")]
pub enum PinState {
    /// Nobody has said whether it is the device.
    Waiting,
    /// Its owner has said that it is.
    Confirmed,
    /// Its owner has said that it is not.
    Refused,
}

/// A machine that says that it is the device, as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct DevicePin {
    /// What it is told from others by.
    pub fingerprint: String,
    /// The four digits that it shows.
    pub check: String,
    /// What is known of it.
    pub state: PinState,
    /// When it asked first, in milliseconds since the epoch.
    pub first_seen: i64,
    /// When it asked last.
    pub last_seen: i64,
    /// When its button was pressed last.
    #[ts(optional)]
    pub pressed_at: Option<i64>,
}

/// `GET /device/bootstrap`: who asks for a device's token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct DeviceBootstrap {
    /// Whether the device has an identifier that it can ask with.
    pub identified: bool,
    /// Whether the caller may say which machine it is.
    pub may_decide: bool,
    /// Whether several machines say that they are it, so that a button decides nothing.
    pub conflict: bool,
    /// Until when the press of the button confirms the machine that asks; none where nobody waits for it.
    #[ts(optional)]
    pub press_until: Option<i64>,
    /// The machines that ask, the first first.
    pub pins: Vec<DevicePin>,
}

/// `POST /device/bootstrap/confirm`.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct ConfirmPin {
    /// Which device.
    pub device_id: DeviceId,
    /// The four digits that it shows.
    pub check: String,
}

/// `POST /device/bootstrap/refuse`.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct DecidePin {
    /// Which device.
    pub device_id: DeviceId,
    /// Which machine: its fingerprint.
    pub fingerprint: String,
}

/// `POST /device/bootstrap/press` and `/device/bootstrap/reset`.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct OfDevice {
    /// Which device.
    pub device_id: DeviceId,
}

/// `POST /static-tokens/reset-machines`.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct OfLabel {
    /// Which label.
    pub token_id: TokenId,
}
