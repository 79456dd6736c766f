//! Meshes: what a gateway and its cloud tell each other of the nodes behind it, and how people see them (all of it ours).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{DeviceId, DeviceState, Secret};

/// What a gateway is given of a node that is reached by mesh: enough for one derivation, and nothing beyond that.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct MeshKeys {
    /// The node's address under this derivation: 16 hex digits.
    pub address: String,
    /// Opens what the node sends: 64 hex digits.
    pub up: Secret,
    /// Seals what the node is sent: 64 hex digits.
    pub down: Secret,
}

/// `POST /external/api/gateway/mesh`: what a gateway heard and did, 64 things at the most, in their order.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct MeshReport {
    /// All of it.
    pub items: Vec<MeshItem>,
}

/// Something that a gateway tells its cloud, at least once.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum MeshItem {
    /// A node said something.
    Message(MeshMessage),
    /// What became of a message to a node.
    Outcome(MeshTold),
    /// A node's store was made anew: nothing is taken from it until its derivation has risen.
    Reinstalled(MeshLife),
}

/// What became of a message to a node.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MeshTold {
    /// To whom it was.
    pub device_id: DeviceId,
    /// The number that the cloud gave it.
    pub command: String,
    /// What became of it.
    pub outcome: MeshOutcome,
}

/// A node's store was made anew.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MeshLife {
    /// Which one's.
    pub device_id: DeviceId,
    /// Its new life.
    pub life: u32,
}

/// A node's message, decoded by its gateway. Of all with the same device, life and sequence one is kept.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MeshMessage {
    /// Whose.
    pub device_id: DeviceId,
    /// Under which derivation it was heard.
    pub derivation: i64,
    /// The life of the node that sent it.
    pub life: u32,
    /// Its number within that life: a whole number below 2^63, in decimal digits.
    pub sequence: String,
    /// The relays that say to have carried it, the first one first; 15 at the most.
    #[serde(default)]
    pub path: Vec<MeshHop>,
    /// How loud the gateway heard the last of them, or the node, in dBm.
    pub signal: i8,
    /// When the gateway heard it, in milliseconds since the epoch; 0 where it did not know.
    #[serde(default)]
    pub heard_at: i64,
    /// What datastreams hold, by name or pin. One that the template does not take is left out alone.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub values: BTreeMap<String, serde_json::Value>,
    /// What happened.
    #[serde(default)]
    pub events: Vec<MeshEvent>,
}

/// A relay that says to have carried a message. Nobody proves it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct MeshHop {
    /// Its short address: 4 hex digits.
    pub relay: String,
    /// How loud it heard whoever sent it there, in dBm.
    pub signal: i8,
}

/// Something that happened at a node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct MeshEvent {
    /// What the template calls it.
    pub code: String,
    /// What there is to say about it.
    #[serde(default)]
    pub description: Option<String>,
}

/// What became of a message to a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MeshOutcome {
    /// The node has it in its store.
    Acknowledged,
    /// The node has had a later one; this one may have come before it.
    Overtaken,
    /// The node did not answer for as long as the gateway waits.
    GivenUp,
    /// The gateway cannot say it in a frame of the mesh.
    Refused,
}

/// What became of all things of a report, in their order. All that is kept is durable.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct MeshResults {
    /// One for each.
    pub results: Vec<MeshResult>,
}

/// What became of one thing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct MeshResult {
    /// In a word. None of them has to be told again.
    pub state: MeshState,
    /// Why it is refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<MeshRefusal>,
    /// What of a message that is kept was left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unsaid: Vec<MeshUnsaid>,
}

/// What became of one thing, in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MeshState {
    /// The cloud has it.
    Kept,
    /// The cloud had it.
    Known,
    /// The cloud does not take it, now or later.
    Refused,
}

/// Why something that a gateway told is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MeshRefusal {
    /// No node of this gateway that is reached by mesh: unknown, another one's, and no longer its own are told alike.
    NotItsNode,
    /// A derivation that was before the gateway had the node, or that there is not yet.
    WrongDerivation,
    /// So long ago that nobody knows any more whether it was there.
    TooOld,
    /// A number, a signal, a path or an amount of values is not as it must be.
    Malformed,
}

/// Something of a message that was left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct MeshUnsaid {
    /// The name or pin of the datastream, or the event's code.
    pub what: String,
    /// Why, in the published words of the device API.
    pub reason: String,
}

/// `GET /external/api/gateway/orders`: what a gateway is to do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct MeshOrders {
    /// Stands for the list of nodes: where it is another one, the gateway fetches that again.
    pub nodes: String,
    /// Stands for the messages: the next request says it as `after`, and is answered once it is another one.
    pub after: String,
    /// Messages to nodes that have no outcome yet: of each node in the order of their numbers.
    pub sends: Vec<MeshSend>,
    /// Whether the join window is open: the cloud wants to know whom the gateway hears that is no node of it. `nodes` is another one
    /// once this changes.
    #[serde(default)]
    pub joining: bool,
}

/// `POST /external/api/gateway/strangers`: whom a gateway of a mesh heard that is no node of it, 16 at the most.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct MeshStrangers {
    /// All of them.
    pub heard: Vec<MeshStranger>,
}

/// Somebody whose frame a gateway heard, and could not open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct MeshStranger {
    /// The frame's address: 16 hex digits.
    pub address: String,
    /// The frame's derivation.
    pub derivation: u32,
}

/// A message to a node.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MeshSend {
    /// To whom.
    pub device_id: DeviceId,
    /// Rises with each message to the node, whichever gateway carries it.
    pub command: String,
    /// What datastreams are to hold, by pin.
    #[schema(value_type = Object)]
    pub values: BTreeMap<String, serde_json::Value>,
}

/// `GET /mesh`: a gateway's mesh, or a node's way to its gateway, as the last message of each node drew it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
pub struct Mesh {
    /// The gateway, its nodes, and relays that are none of them.
    pub nodes: Vec<MeshNode>,
    /// Who heard whom.
    pub links: Vec<MeshLink>,
    /// The way of each node's last message.
    pub routes: Vec<MeshRoute>,
}

/// Somebody in a mesh.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct MeshNode {
    /// What links and routes name it by.
    pub id: String,
    /// What it is.
    pub kind: MeshNodeKind,
    /// Its number, where it is a device within reach.
    pub device_id: Option<DeviceId>,
    /// Its name, where it is one.
    pub name: Option<String>,
    /// Whether it is there, where it is one.
    pub state: Option<DeviceState>,
    /// The short address that it goes by: 4 hex digits.
    pub relay: Option<String>,
}

/// What somebody in a mesh is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS,
)]
#[serde(rename_all = "snake_case")]
pub enum MeshNodeKind {
    /// The gateway.
    Gateway,
    /// A node of it.
    Node,
    /// Somebody who said to have carried a message, and is none of the gateway's nodes that the caller sees.
    Relay,
}

/// Somebody heard somebody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct MeshLink {
    /// Who was heard.
    pub from: String,
    /// Who heard them.
    pub to: String,
    /// How loud, in dBm, the last time.
    pub signal: i8,
    /// When, in milliseconds since the epoch.
    pub heard_at: i64,
    /// Whether the gateway itself heard it. Everything else is what relays say, and nobody proves it.
    pub is_heard_by_gateway: bool,
}

/// The way of a node's last message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct MeshRoute {
    /// Whose.
    pub device_id: DeviceId,
    /// When its gateway heard it, in milliseconds since the epoch.
    pub heard_at: i64,
    /// Who heard it, one after the other; the last of them is the gateway.
    pub hops: Vec<RouteHop>,
}

/// Who heard a message on its way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
pub struct RouteHop {
    /// Who, by the id of `nodes`.
    pub id: String,
    /// How loud, in dBm.
    pub signal: i8,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn items_are_written_as_they_are_read() {
        for item in [
            json!({"kind": "message", "deviceId": 7, "derivation": 2, "life": 123, "sequence": "45",
                "path": [{"relay": "ab12", "signal": -71}], "signal": -80, "heardAt": 1_730_000_000_000_i64,
                "values": {"V1": 23.5, "V2": "on"}, "events": [{"code": "hot", "description": "..."}]}),
            json!({"kind": "outcome", "deviceId": 7, "command": "12", "outcome": "given_up"}),
            json!({"kind": "reinstalled", "deviceId": 7, "life": 5}),
        ] {
            let read: MeshItem = serde_json::from_value(item.clone()).expect("an item");
            assert_eq!(serde_json::to_value(read).expect("serializes"), item);
        }
    }

    #[test]
    fn what_is_kept_says_no_more() {
        let kept = MeshResult {
            state: MeshState::Kept,
            reason: None,
            unsaid: Vec::new(),
        };
        let json = serde_json::to_value(kept).expect("serializes");
        assert_eq!(json, json!({"state": "kept"}));
    }
}
