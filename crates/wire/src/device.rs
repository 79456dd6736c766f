//! Devices.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::named::named;
use crate::{
    BatchFailure, BatchState, DeviceId, IdentifierKind, OrgId, Secret, TemplateId, UndoWindow,
    UserId, WorkId,
};

/// A device. Field names are the published ones unless marked ours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct Device {
    /// Its number.
    pub id: DeviceId,
    /// The template's public id.
    pub template_id: TemplateId,
    /// What kind of device it is, in the template's words (ours).
    pub template_name: String,
    /// The organization it is in.
    pub org_id: OrgId,
    /// That organization's name (ours), so that staff see for whom they act.
    pub org_name: String,
    /// At most 50 characters: letters, digits, space, `'`, `_`, `-`.
    pub name: String,
    /// The auth token; absent for people, who ask for it by itself (`GET /device/token`), and wherever it is not needed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub token: Option<Secret>,
    /// The published status, for display.
    pub lifecycle_status: LifecycleStatus,
    /// Whether it is connected (ours): one closed value instead of four times to compare.
    pub state: DeviceState,
    /// When it was claimed or created, in milliseconds since the epoch.
    pub activated_at: Option<i64>,
    /// When it first connected.
    pub first_connect_time: Option<i64>,
    /// When it last connected.
    pub connect_time: Option<i64>,
    /// When it last went away.
    pub disconnect_time: Option<i64>,
    /// Who claimed it.
    pub owner_user_id: Option<UserId>,
    /// What it said about itself at its last connect.
    pub hardware_info: Option<HardwareInfo>,
    /// The address it last connected from; none before.
    #[serde(default)]
    pub ip: Option<String>,
    /// Whether it is locked against changes.
    #[serde(default)]
    pub is_locked: bool,
    /// When it last sent an event, in milliseconds since the epoch.
    #[serde(default)]
    pub last_received_event_at: Option<i64>,
    /// The claim or transfer that brought it here, while it can still be undone (ours).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub undo: Option<UndoWindow>,
}

/// `GET /device`: a device with its values.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct DeviceDetails {
    /// The device.
    #[serde(flatten)]
    pub device: Device,
    /// What its datastreams hold now.
    pub data_stream_values: Vec<DataStreamValue>,
    /// What its metadata fields hold now.
    pub meta_field_values: Vec<MetaFieldValue>,
    /// Whether it has a static token, and with that a label; one that was made by hand has none (ours).
    #[serde(default)]
    pub has_label: bool,
    /// Whether the caller can take it back: somebody has it, and its label was made by an organization within their reach (ours).
    #[serde(default)]
    pub may_take_back: bool,
    /// When it was heard last, where it is there without a connection of its own: it speaks over HTTPS, or a gateway speaks for
    /// it (ours).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub last_heard_at: Option<i64>,
    /// What it is identified by beside its label's code, where it has that (ours).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub identifier: Option<DeviceIdentifier>,
}

/// What a device is identified by: a serial number, a MAC address or the like.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
pub struct DeviceIdentifier {
    /// What it is.
    pub kind: IdentifierKind,
    /// As the maker has it.
    pub value: String,
}

/// What one datastream of a device holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct DataStreamValue {
    /// The datastream's number in its template.
    pub data_stream_id: i64,
    /// Its pin, as in `v1`.
    pub pin: String,
    /// What people call it.
    pub data_stream_label: String,
    /// What programs call it.
    pub data_stream_alias: String,
    /// The value; absent before the first one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub value: Option<RawValue>,
    /// When it came, in milliseconds since the epoch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub updated_at: Option<i64>,
    /// Whether somebody set it and the device has yet to be told; absent where not (ours).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[ts(as = "Option<bool>", optional)]
    pub is_waiting: bool,
}

/// A datastream's value in JSON, as published.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(untagged)]
pub enum RawValue {
    /// Text.
    Text(String),
    /// A number, whole or not, or an enumeration's.
    Number(f64),
    /// A place: degrees of longitude, then of latitude.
    Location([f64; 2]),
}

/// What one metadata field of a device holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
pub struct MetaFieldValue {
    /// The field's number in its template, from 1; fields that the template does not have follow.
    pub id: i64,
    /// What it is called.
    pub name: String,
    /// What it holds.
    pub value: MetaFieldContent,
}

/// A metadata field's content with its published type.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
pub struct MetaFieldContent {
    /// The type's published name: `Text` or `Number`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The content; its shape is the type's.
    #[ts(type = "string | number")]
    pub value: serde_json::Value,
}

/// `GET /device/online`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DeviceOnline {
    /// Whether the device is connected now.
    pub connected: bool,
}

/// The published display status.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
pub struct LifecycleStatus {
    /// `Never connected`, `Online` or `Offline`.
    pub name: String,
    /// A name of an icon.
    pub icon: String,
    /// `#rrggbb`.
    pub color: String,
}

/// Whether a device is connected.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS,
)]
#[serde(rename_all = "snake_case")]
pub enum DeviceState {
    /// Claimed, and not heard of yet.
    NeverConnected,
    /// Connected now.
    Online,
    /// Was connected, and is not now.
    Offline,
}

named!(DeviceState {
    NeverConnected = "never_connected",
    Online = "online",
    Offline = "offline",
});

impl DeviceState {
    /// The published display status for this state.
    pub fn lifecycle(self) -> LifecycleStatus {
        let (name, icon, color) = match self {
            DeviceState::NeverConnected => ("Never connected", "circle-dashed", "#7a8590"),
            DeviceState::Online => ("Online", "circle-check", "#1f9d55"),
            DeviceState::Offline => ("Offline", "circle-off", "#b7791f"),
        };
        LifecycleStatus {
            name: name.to_owned(),
            icon: icon.to_owned(),
            color: color.to_owned(),
        }
    }
}

/// What a device says about itself.
#[derive(
    Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS,
)]
#[serde(rename_all = "camelCase", default)]
pub struct HardwareInfo {
    /// Firmware version.
    pub version: Option<String>,
    /// Kind of firmware.
    pub fw_type: Option<String>,
    /// Version of the device library.
    pub blynk_version: Option<String>,
    /// The board.
    pub board_type: Option<String>,
    /// Build date.
    pub build: Option<String>,
    /// The template that the firmware was built for.
    pub template_id: Option<String>,
}

/// `POST /device/create`.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct CreateDevice {
    /// Which kind.
    pub template_id: TemplateId,
    /// Where.
    pub org_id: OrgId,
    /// Its name; the template's name and a number where absent.
    #[serde(default)]
    pub name: Option<String>,
    /// Whose; the caller's where absent.
    #[serde(default)]
    pub owner_id: Option<UserId>,
}

/// `PUT /device`: what a person may change. What is absent stays.
#[derive(Clone, Debug, Default, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EditDevice {
    /// The new name, 1 to 50 characters: letters, digits, space, `'`, `_`, `-`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub name: Option<String>,
    /// What metadata fields are to hold, by their names (ours): those of the template, and others that the device has. An
    /// empty text gives a field back to its template's default.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[ts(as = "Option<BTreeMap<String, String>>", optional)]
    pub meta_fields: BTreeMap<String, String>,
}

/// `GET /device/token` (ours): what the device signs in with. That it was shown is written down.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
pub struct DeviceToken {
    /// The auth token.
    pub token: Secret,
}

/// `POST /devices/create` (ours): many devices at once, all or none.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct CreateDevices {
    /// Which kind.
    pub template_id: TemplateId,
    /// In which organization; the caller's own where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub org_id: Option<OrgId>,
    /// Whose; the caller's where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub owner_id: Option<UserId>,
    /// What they are called, with `{n}` in the place of their number: `Pump {n}`.
    pub name: String,
    /// How many, 1 to 10,000.
    pub count: u32,
    /// The number of the first; 1 where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub first: Option<u32>,
    /// 1 to 200 printable characters: the same key gets the same answer again, so that a lost answer makes nothing twice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub key: Option<String>,
}

/// Devices that are being made (ours): none is there before all are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct DeviceWork {
    /// Its number.
    pub id: WorkId,
    /// The organization that they are made in.
    pub org_id: OrgId,
    /// What that is called.
    pub org_name: String,
    /// Which kind of device, in its template's words.
    pub template_name: String,
    /// How far it is.
    pub state: BatchState,
    /// Devices that there are to be.
    pub count: i64,
    /// Devices that are prepared so far.
    pub made: i64,
    /// Their numbers, in the order in which they were asked for, once they are made: those that are still there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub device_ids: Vec<DeviceId>,
    /// Why there are none, where it came to nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub failure: Option<BatchFailure>,
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn check<T: Serialize + serde::de::DeserializeOwned>(published: Value) {
        let read: T = serde_json::from_value(published.clone()).expect("it is read");
        let written = serde_json::to_value(read).expect("it serializes");
        assert_eq!(written, published);
    }

    #[test]
    fn values_have_the_published_shapes() {
        for value in [json!(24.3), json!("open"), json!([13.38886, 52.517037])] {
            check::<DataStreamValue>(json!({
                "dataStreamId": 1,
                "pin": "v1",
                "dataStreamLabel": "Temperature",
                "dataStreamAlias": "Temperature",
                "value": value,
                "updatedAt": 1_753_778_251_000_i64
            }));
        }
        check::<DataStreamValue>(json!({
            "dataStreamId": 2, "pin": "v2", "dataStreamLabel": "Door", "dataStreamAlias": "door"
        }));
        check::<MetaFieldValue>(json!({
            "id": 1, "name": "Serial Number", "value": {"type": "Text", "value": "SN:123"}
        }));
    }
}
