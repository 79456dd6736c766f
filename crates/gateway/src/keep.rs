//! What outlives a crash: what waits for the cloud and for nodes, and what rules remember.

use std::collections::{BTreeMap, VecDeque};

use handover_blynk::Pin;
use handover_device::{Record, State};
use handover_wire::DeviceId;
use serde::{Deserialize, Serialize};

use crate::rules::Memory;

/// A node as it was last told of, so that messages are taken while the cloud is away. Its token is on no disk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    /// Its number.
    pub device: DeviceId,
    /// Its name.
    pub name: String,
    /// Its template.
    pub template: String,
    /// Whether it is reached by mesh, and by nothing else.
    pub is_of_mesh: bool,
}

/// A value that waits for the cloud.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Queued {
    /// Rises with each.
    pub number: u64,
    /// Whose.
    pub device: DeviceId,
    /// Of which datastream.
    pub pin: u8,
    /// When it was measured, in milliseconds since 1970.
    pub at: i64,
    /// As the cloud takes it.
    pub text: String,
}

impl Queued {
    /// Its pin.
    pub fn pin(&self) -> Pin {
        Pin(self.pin)
    }
}

/// A node's message of a mesh, by its life and sequence number.
pub type MeshId = (DeviceId, u32, u64);

/// What is written down.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Written {
    /// The nodes are these.
    Nodes(Vec<Known>),
    /// A value waits.
    Value(Queued),
    /// These values wait no more.
    Gone(Vec<u64>),
    /// Rules remember something of a datastream.
    Memory(DeviceId, u8, Memory),
    /// A node is to be told something, by the datastream's name.
    Order(DeviceId, String, String),
    /// It was told that.
    Told(DeviceId, String),
    /// What a message of a mesh says, which is made of it once.
    Mesh(MeshId, Vec<(u8, String)>),
    /// The cloud has these messages.
    MeshGone(Vec<MeshId>),
}

impl Record for Written {
    fn write(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("texts and finite numbers are JSON")
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }
}

/// All of it.
#[derive(Debug, Default)]
pub struct Kept {
    /// The nodes; none where the cloud has never told them.
    pub nodes: Option<Vec<Known>>,
    /// Values that wait, the oldest first.
    pub values: VecDeque<Queued>,
    /// The number of the last value that there ever was.
    pub last: u64,
    /// What rules remember.
    pub memories: BTreeMap<(DeviceId, u8), Memory>,
    /// What nodes are to be told.
    pub orders: BTreeMap<(DeviceId, String), String>,
    /// What messages of a mesh say that the cloud does not have.
    pub mesh: BTreeMap<MeshId, Vec<(u8, String)>>,
}

impl State for Kept {
    type Record = Written;

    fn apply(&mut self, record: Written) {
        match record {
            Written::Nodes(nodes) => {
                let there = |device: &DeviceId| nodes.iter().any(|known| known.device == *device);
                self.memories.retain(|(device, _), _| there(device));
                self.orders.retain(|(device, _), _| there(device));
                self.nodes = Some(nodes);
            }
            Written::Value(queued) => {
                self.last = queued.number;
                self.values.push_back(queued);
            }
            Written::Gone(numbers) => {
                // They are sorted, and mostly the first ones.
                let gone = |queued: &Queued| numbers.binary_search(&queued.number).is_ok();
                while self.values.front().is_some_and(gone) {
                    self.values.pop_front();
                }
                if let Some(last) = numbers.last() {
                    let more = self
                        .values
                        .front()
                        .is_some_and(|front| front.number < *last);
                    if more {
                        self.values.retain(|queued| !gone(queued));
                    }
                }
            }
            Written::Memory(device, pin, memory) => {
                self.memories.insert((device, pin), memory);
            }
            Written::Order(device, name, value) => {
                self.orders.insert((device, name), value);
            }
            Written::Told(device, name) => {
                self.orders.remove(&(device, name));
            }
            Written::Mesh(id, values) => {
                self.mesh.insert(id, values);
            }
            Written::MeshGone(ids) => self.mesh.retain(|id, _| !ids.contains(id)),
        }
    }

    fn snapshot(&self) -> Vec<Written> {
        let nodes = self.nodes.iter().cloned().map(Written::Nodes);
        let values = self.values.iter().cloned().map(Written::Value);
        let memories = self.memories.iter();
        let memories =
            memories.map(|((device, pin), memory)| Written::Memory(*device, *pin, memory.clone()));
        let orders = self.orders.iter();
        let orders = orders
            .map(|((device, name), value)| Written::Order(*device, name.clone(), value.clone()));
        let mesh = self
            .mesh
            .iter()
            .map(|(id, values)| Written::Mesh(*id, values.clone()));
        nodes
            .chain(values)
            .chain(memories)
            .chain(orders)
            .chain(mesh)
            .collect()
    }
}
