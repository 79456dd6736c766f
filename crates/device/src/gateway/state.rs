//! What a gateway keeps.

use std::collections::{BTreeMap, VecDeque};

use super::item::{Item, NodeId};
use crate::bytes::Reader;
use crate::frame::Id;
use crate::store::{Record, State};
use handover_air::{Address, Derivation, Key, NodeKeys};

/// What happened to a gateway and must outlive a crash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum GatewayRecord {
    Life(u32),
    Reserved(u64),
    Paired(NodeId, NodeKeys),
    Unpaired(NodeId),
    /// The newest of a node's messages, and under which keys. Number 0: it was met, and nothing of its was kept yet.
    Heard(NodeId, Heard),
    /// Something for a node, with the number that it is sealed with. Command 0 is a greeting.
    Queued {
        node: NodeId,
        number: u64,
        command: u64,
        payload: Vec<u8>,
    },
    /// The newest command that was taken from the cloud.
    Newest(NodeId, u64),
    Settled(NodeId, u64),
    /// Something for the cloud.
    Told(u64, Item),
    /// The cloud has all up to this one.
    Delivered(u64),
    Reinstalled(NodeId, u32),
}

/// Who a node says to be, as long as its keys hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Heard {
    pub newest: Id,
    pub derivation: Derivation,
}

impl Heard {
    /// The same life counts on, whatever the keys; another one starts anew.
    pub fn after(self, before: Option<Self>) -> Self {
        match before {
            Some(before) if before.newest.life == self.newest.life => Self {
                newest: before.newest.max(self.newest),
                ..self
            },
            _ => self,
        }
    }
}

/// Something that waits for a node.
#[derive(Clone, Debug)]
pub(crate) struct Queued {
    pub number: u64,
    pub command: u64,
    pub payload: Vec<u8>,
}

pub(crate) struct Paired {
    pub keys: NodeKeys,
    pub heard: Option<Heard>,
    /// The newest command that was taken from the cloud, so that one that is given again is taken once.
    pub newest: u64,
    /// What waits for the node, the oldest first.
    pub queue: VecDeque<Queued>,
    /// The life that was told to the cloud as a new one.
    pub reinstalled: Option<u32>,
}

impl Paired {
    /// Whether the node was heard under its present keys, and so has a life to write to.
    pub fn life(&self) -> Option<u32> {
        let heard = self.heard?;
        (heard.derivation == self.keys.derivation).then_some(heard.newest.life)
    }
}

#[derive(Default)]
pub(crate) struct GatewayState {
    pub life: Option<u32>,
    pub reserved: u64,
    pub nodes: BTreeMap<NodeId, Paired>,
    pub addresses: BTreeMap<Address, NodeId>,
    /// What the cloud has not got yet, the oldest first, with rising numbers.
    pub forward: VecDeque<(u64, Item)>,
    pub told: u64,
}

impl State for GatewayState {
    type Record = GatewayRecord;

    fn apply(&mut self, record: GatewayRecord) {
        match record {
            GatewayRecord::Life(life) => self.life = Some(life),
            GatewayRecord::Reserved(end) => self.reserved = end,
            GatewayRecord::Paired(node, keys) => self.pair(node, keys),
            GatewayRecord::Unpaired(node) => {
                if let Some(paired) = self.nodes.remove(&node) {
                    self.addresses.remove(&paired.keys.address);
                }
            }
            GatewayRecord::Told(number, item) => {
                self.told = self.told.max(number);
                self.forward.push_back((number, item));
            }
            GatewayRecord::Delivered(number) => {
                self.told = self.told.max(number);
                self.forward.retain(|(waiting, _)| *waiting > number);
            }
            GatewayRecord::Heard(node, _)
            | GatewayRecord::Queued { node, .. }
            | GatewayRecord::Newest(node, _)
            | GatewayRecord::Settled(node, _)
            | GatewayRecord::Reinstalled(node, _) => {
                if let Some(paired) = self.nodes.get_mut(&node) {
                    paired.apply(record);
                }
            }
        }
    }

    fn snapshot(&self) -> Vec<GatewayRecord> {
        let mut records: Vec<_> = self.life.map(GatewayRecord::Life).into_iter().collect();
        records.push(GatewayRecord::Reserved(self.reserved));
        for (node, paired) in &self.nodes {
            paired.snapshot(*node, &mut records);
        }
        // Keeps the numbers rising where nothing waits.
        let before = self
            .forward
            .front()
            .map_or(self.told, |(first, _)| first - 1);
        records.push(GatewayRecord::Delivered(before));
        let waiting = self.forward.iter().cloned();
        records.extend(waiting.map(|(number, item)| GatewayRecord::Told(number, item)));
        records
    }
}

impl GatewayState {
    fn pair(&mut self, node: NodeId, keys: NodeKeys) {
        self.addresses.insert(keys.address, node);
        match self.nodes.get_mut(&node) {
            Some(paired) => {
                if paired.keys.address != keys.address {
                    self.addresses.remove(&paired.keys.address);
                }
                paired.keys = keys;
                paired.reinstalled = None;
            }
            None => {
                self.nodes.insert(
                    node,
                    Paired {
                        keys,
                        heard: None,
                        newest: 0,
                        queue: VecDeque::new(),
                        reinstalled: None,
                    },
                );
            }
        }
    }
}

impl Paired {
    fn apply(&mut self, record: GatewayRecord) {
        match record {
            GatewayRecord::Heard(_, heard) => self.heard = Some(heard.after(self.heard)),
            GatewayRecord::Queued {
                number,
                command,
                payload,
                ..
            } => {
                let queued = Queued {
                    number,
                    command,
                    payload,
                };
                // A greeting comes before all else: nothing else is understood before it.
                if command == 0 {
                    self.queue.push_front(queued);
                } else {
                    self.queue.push_back(queued);
                }
                self.newest = self.newest.max(command);
            }
            GatewayRecord::Newest(_, command) => self.newest = self.newest.max(command),
            GatewayRecord::Settled(_, number) => self.queue.retain(|one| one.number != number),
            GatewayRecord::Reinstalled(_, life) => self.reinstalled = Some(life),
            _ => {}
        }
    }

    fn snapshot(&self, node: NodeId, records: &mut Vec<GatewayRecord>) {
        records.push(GatewayRecord::Paired(node, self.keys.clone()));
        let heard = self.heard;
        records.extend(heard.map(|heard| GatewayRecord::Heard(node, heard)));
        records.push(GatewayRecord::Newest(node, self.newest));
        // Greetings are put in front, so of several the last one is written first.
        let (greetings, rest): (Vec<_>, Vec<_>) =
            self.queue.iter().partition(|queued| queued.command == 0);
        for queued in greetings.into_iter().rev().chain(rest) {
            records.push(GatewayRecord::Queued {
                node,
                number: queued.number,
                command: queued.command,
                payload: queued.payload.clone(),
            });
        }
        let life = self.reinstalled;
        records.extend(life.map(|life| GatewayRecord::Reinstalled(node, life)));
    }
}

impl Record for GatewayRecord {
    fn write(&self) -> Vec<u8> {
        let about = |tag: u8, number: u64| [&[tag], &number.to_be_bytes()[..]].concat();
        let more = |tag: u8, node: &NodeId, number: u64| {
            [about(tag, node.0), number.to_be_bytes().to_vec()].concat()
        };
        match self {
            Self::Life(life) => about(1, u64::from(*life)),
            Self::Reserved(end) => about(2, *end),
            Self::Paired(node, keys) => {
                let mut out = about(3, node.0);
                out.extend(keys.derivation.0.to_be_bytes());
                out.extend(keys.address.0);
                out.extend(keys.up.expose());
                out.extend(keys.down.expose());
                out
            }
            Self::Unpaired(node) => about(4, node.0),
            Self::Heard(node, heard) => {
                let mut out = more(5, node, heard.newest.sequence);
                out.extend(heard.newest.life.to_be_bytes());
                out.extend(heard.derivation.0.to_be_bytes());
                out
            }
            Self::Queued {
                node,
                number,
                command,
                payload,
            } => {
                let mut out = more(6, node, *number);
                out.extend(command.to_be_bytes());
                out.extend(payload);
                out
            }
            Self::Newest(node, command) => more(7, node, *command),
            Self::Settled(node, number) => more(8, node, *number),
            Self::Told(number, item) => {
                let mut out = about(9, *number);
                item.write(&mut out);
                out
            }
            Self::Delivered(number) => about(10, *number),
            Self::Reinstalled(node, life) => more(11, node, u64::from(*life)),
        }
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader(bytes);
        let (tag, number) = (reader.u8()?, reader.u64()?);
        let node = NodeId(number);
        let record = match tag {
            1 => Self::Life(u32::try_from(number).ok()?),
            2 => Self::Reserved(number),
            3 => Self::Paired(node, read_keys(&mut reader)?),
            4 => Self::Unpaired(node),
            5 => {
                let sequence = reader.u64()?;
                let life = reader.u32()?;
                let newest = Id { life, sequence };
                let derivation = Derivation(reader.u32()?);
                Self::Heard(node, Heard { newest, derivation })
            }
            6 => Self::Queued {
                node,
                number: reader.u64()?,
                command: reader.u64()?,
                payload: reader.rest().to_vec(),
            },
            7 => Self::Newest(node, reader.u64()?),
            8 => Self::Settled(node, reader.u64()?),
            9 => Self::Told(number, Item::read(&mut reader)?),
            10 => Self::Delivered(number),
            11 => Self::Reinstalled(node, u32::try_from(reader.u64()?).ok()?),
            _ => return None,
        };
        reader.end(record)
    }
}

fn read_keys(reader: &mut Reader<'_>) -> Option<NodeKeys> {
    Some(NodeKeys {
        derivation: Derivation(reader.u32()?),
        address: Address(reader.array()?),
        up: Key::new(reader.array()?),
        down: Key::new(reader.array()?),
    })
}

#[cfg(test)]
mod tests;
