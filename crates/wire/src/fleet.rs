//! Fleets of devices that there are not (ours), in a cloud that was started for tests: what testers start, and how far it is.

use serde::{Deserialize, Serialize};

use crate::TemplateId;

/// How a fleet's devices reach the cloud.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS,
)]
#[serde(rename_all = "snake_case")]
pub enum FleetTopology {
    /// Each by itself, in the binary protocol.
    #[default]
    Direct,
    /// Gateways speak for them, in MQTT.
    Hub,
    /// They carry each other's messages to gateways.
    Mesh,
}

/// `POST /fleet/start`. With the same numbers all devices do the same.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct StartFleet {
    /// How they reach the cloud.
    #[serde(default)]
    pub topology: FleetTopology,
    /// How many devices, 1 to 10,000; gateways are counted by themselves.
    pub count: u32,
    /// How many gateways speak for them, 1,000 devices each at the most; one for each hundred where it is not said. Of a mesh: 100
    /// each at the most, and one for each 25.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub gateways: Option<u32>,
    /// Which kind they are of; the demo's where it is not said, and in a mesh one like it whose devices are reached by mesh.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub template_id: Option<TemplateId>,
    /// Where chance begins.
    #[serde(default)]
    pub seed: u32,
    /// For how many seconds, of the fleet's time.
    pub seconds: u32,
    /// How many seconds from one report of a device to its next.
    pub every: f64,
    /// How many times faster than that everything happens, 0.001 to 10,000.
    pub speed: f64,
    /// What each measures, and which datastream it writes, as in `V1=moisture`: temperature, moisture, battery, radio, counter
    /// or switch.
    pub signals: Vec<String>,
    /// What befalls each, as in `power-cut=2/h:30s`: power-cut, radio-loss, flood or clock-wrong, how often in an hour, and
    /// for how many seconds at most.
    #[serde(default)]
    pub failures: Vec<String>,
    /// How often in an hour each device that speaks for itself uploads its log, 0 to 3,600, and with each report at the most; never
    /// where it is not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub uploads: Option<f64>,
}

/// What a fleet does at present.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS,
)]
#[serde(rename_all = "snake_case")]
pub enum FleetPhase {
    /// There was none yet.
    #[default]
    Idle,
    /// Its devices are made.
    Making,
    /// They are paired with their gateways.
    Pairing,
    /// It plays.
    Running,
    /// It has come to its end.
    Ended,
    /// It was stopped.
    Stopped,
    /// It came to nothing.
    Failed,
    /// Its devices are deleted.
    Deleting,
}

/// Why a fleet came to nothing.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS,
)]
#[serde(rename_all = "snake_case")]
pub enum FleetFailure {
    /// The organization may not have so many devices.
    DeviceLimit,
    /// The devices could not be made.
    NotMade,
    /// The devices could not be paired with their gateways.
    NotPaired,
    /// What it does could not be written down.
    NotRecorded,
    /// Something broke; the cloud's log says what.
    Broken,
}

/// How far a fleet is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct FleetNow {
    /// What it does.
    pub phase: FleetPhase,
    /// Why it came to nothing, where it did.
    pub failure: Option<FleetFailure>,
    /// What was asked for last.
    pub wanted: Option<StartFleet>,
    /// Whether it plays a recording that does not say what kind of a fleet it was, as those of old: how its devices reach the cloud, how
    /// many gateways there are and where chance began is what was said beside it.
    pub is_assumed: bool,
    /// How many of `of` are done, of what `phase` says: made, paired, deleted; or seconds of the fleet's time while it plays.
    pub done: u32,
    /// How many there are to do.
    pub of: u32,
    /// Devices that were made for fleets and are still there, gateways too.
    pub devices: u32,
    /// Those of them that somebody else has by now, beside `devices`: they do not play, and are not deleted.
    pub left: u32,
    /// Devices that are connected.
    pub there: u32,
    /// Messages that were sent.
    pub sent: u32,
    /// Messages that had no connection to go out by; of a mesh, that its nodes had no room for, or still had at the end.
    pub unsent: u32,
    /// Messages of a mesh's nodes that a gateway has acknowledged.
    pub arrived: u32,
    /// Messages that the cloud did not take.
    pub refused: u32,
    /// What the cloud told devices.
    pub told: u32,
    /// Times that a connection broke, or was not made.
    pub broken: u32,
    /// Devices that the cloud does not let in.
    pub strangers: u32,
    /// Whether what it did was written down, so that it can be had and played again.
    pub is_recorded: bool,
}
