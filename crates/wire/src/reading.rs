//! What devices said, and what people have them do (ours, but for the device API's errors).

use serde::{Deserialize, Serialize};

use crate::{DeviceId, FileId, RawValue, Severity};

/// How the device API says no: as published, without a code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DeviceApiError {
    /// What is wrong.
    pub error: DeviceApiMessage,
}

/// What is wrong, in the published words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DeviceApiMessage {
    /// The sentence.
    pub message: String,
}

/// `PUT /device/value`: a person has a device's datastream hold something.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct SetValue {
    /// Which device.
    pub device_id: DeviceId,
    /// Which datastream, by its pin's number.
    pub pin: u8,
    /// What it is to hold. Numbers out of its range are brought to its end.
    pub value: RawValue,
}

/// What has become of a value that somebody set, for the device that is to have it.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS,
)]
#[serde(rename_all = "snake_case")]
pub enum Delivery {
    /// The device's connection is there, or that of its gateway, which is told now.
    OnItsWay,
    /// The device is there over HTTPS, or its gateway is: nothing can be sent to it, and it has this once it asks.
    WaitsUntilAsked,
    /// The device is away, and is told once it is back.
    Waits,
    /// The device is away, and the datastream lets nothing wait: it is told only where it asks by itself.
    NotSent,
}

/// The answer to `PUT /device/value`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
pub struct ValueSet {
    /// What it holds instead of what was asked for: the end of its range that is nearest. Absent where it holds that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub value: Option<RawValue>,
    /// What has become of it.
    pub delivery: Delivery,
}

/// `GET /device/history`: what a number was, over a time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
pub struct DeviceHistory {
    /// Milliseconds that each point stands for.
    pub step: i64,
    /// The points, the oldest first, 1,500 at most. There is none where nothing came.
    pub points: Vec<DevicePoint>,
    /// When the device was away.
    pub absences: Vec<DeviceAbsence>,
}

/// What a number was within one step.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
pub struct DevicePoint {
    /// When the step began.
    pub at: i64,
    /// On the average.
    pub mean: f64,
    /// The least.
    pub min: f64,
    /// The greatest.
    pub max: f64,
}

/// A time that a device was away.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS,
)]
pub struct DeviceAbsence {
    /// Since when.
    pub since: i64,
    /// Until when; none while it still is.
    pub until: Option<i64>,
}

/// Something that a device told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
pub struct DeviceEvent {
    /// Its number.
    pub id: i64,
    /// What the template calls it.
    pub code: String,
    /// What people call it.
    pub name: String,
    /// How much it matters.
    pub severity: Severity,
    /// What the device had to say about it.
    pub description: Option<String>,
    /// When, in milliseconds since the epoch.
    pub at: i64,
}

/// A file that a device uploaded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
pub struct DeviceFile {
    /// Its number.
    pub id: FileId,
    /// What the device calls it, without folders and without characters that nobody sees; 100 characters at most.
    pub name: String,
    /// Its bytes; 5 MiB at most.
    pub size: i64,
    /// When all of it had come, in milliseconds since the epoch.
    pub at: i64,
}

/// How a datastream is shown, where the device has said so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
pub struct DeviceProperty {
    /// The datastream.
    pub pin: u8,
    /// What of it, as published: `label`, `color`, `min`.
    pub name: String,
    /// To what.
    pub value: String,
}
