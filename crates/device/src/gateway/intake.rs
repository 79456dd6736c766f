//! What a gateway heard from its nodes since it last wrote, and what follows from it.

use std::collections::BTreeMap;

use super::item::{Item, Message, NodeId, Outcome};
use super::state::{GatewayRecord, GatewayState, Heard, Paired};
use crate::frame::Id;

/// Something a node said, opened and not yet kept.
pub(super) enum Said {
    Message(Message),
    Ack {
        node: NodeId,
        id: Id,
        command: u64,
        newest: bool,
    },
}

impl Said {
    fn of(&self) -> (NodeId, Id) {
        match self {
            Self::Message(message) => (message.node, message.id),
            Self::Ack { node, id, .. } => (*node, *id),
        }
    }
}

/// What is kept at once, and what is answered once it is.
pub(super) struct Intake<'a> {
    state: &'a GatewayState,
    room: usize,
    told: u64,
    heard: BTreeMap<NodeId, Heard>,
    settled: Vec<(NodeId, u64)>,
    pub records: Vec<GatewayRecord>,
    pub acks: Vec<(NodeId, Id)>,
}

impl<'a> Intake<'a> {
    /// `forward`: how much may wait for the cloud.
    pub fn new(state: &'a GatewayState, forward: usize) -> Self {
        Self {
            state,
            room: forward.saturating_sub(state.forward.len()),
            told: state.told,
            heard: BTreeMap::new(),
            settled: Vec::new(),
            records: Vec::new(),
            acks: Vec::new(),
        }
    }

    pub fn take(&mut self, said: Said) {
        let (node, id) = said.of();
        let Some(paired) = self.state.nodes.get(&node) else {
            return;
        };
        let before = self.heard.get(&node).copied().or(paired.heard);
        if let Some(before) = before
            && before.newest.life != id.life
            && before.derivation == paired.keys.derivation
        {
            return self.reinstalled(node, paired, id.life);
        }
        // The same life counts on under new keys; another one starts anew with them.
        let newest = before.map(|before| before.newest);
        let newest = newest.filter(|newest| newest.life == id.life);
        match said {
            Said::Message(message) => self.message(paired, message, newest),
            Said::Ack {
                command, newest, ..
            } => self.ack(node, paired, id.life, command, newest),
        }
    }

    fn message(&mut self, paired: &Paired, message: Message, newest: Option<Id>) {
        let (node, id) = (message.node, message.id);
        let newest = newest.map_or(0, |newest| newest.sequence);
        if id.sequence < newest {
            // The node has long been told: this is a replay, or was very late.
            return;
        }
        if id.sequence > newest {
            if self.room == 0 {
                // Not acknowledged, so the node keeps it and sends it again.
                return;
            }
            self.meet(node, paired, id);
            self.tell(Item::Message(message));
        }
        self.acks.push((node, id));
    }

    fn ack(&mut self, node: NodeId, paired: &Paired, life: u32, command: u64, newest: bool) {
        let is_met = self.heard.contains_key(&node) || paired.life() == Some(life);
        if !is_met {
            self.meet(node, paired, Id { life, sequence: 0 });
        }
        let Some(front) = paired.queue.front() else {
            return;
        };
        let key = (node, front.number);
        if front.command != command || self.settled.contains(&key) {
            return;
        }
        if command != 0 {
            if self.room == 0 {
                return;
            }
            let outcome = if newest {
                Outcome::Acknowledged
            } else {
                Outcome::Overtaken
            };
            self.tell(Item::Outcome {
                node,
                command,
                outcome,
            });
        }
        self.settled.push(key);
        self.records
            .push(GatewayRecord::Settled(node, front.number));
    }

    /// A command to which nobody answers is given up, once there is room to tell the cloud.
    pub fn give_up(&mut self, node: NodeId, number: u64, command: u64) {
        if self.room > 0 {
            self.tell(Item::Outcome {
                node,
                command,
                outcome: Outcome::GivenUp,
            });
            self.records.push(GatewayRecord::Settled(node, number));
        }
    }

    fn reinstalled(&mut self, node: NodeId, paired: &Paired, life: u32) {
        let record = GatewayRecord::Reinstalled(node, life);
        if paired.reinstalled != Some(life) && !self.records.contains(&record) && self.room > 0 {
            self.tell(Item::Reinstalled { node, life });
            self.records.push(record);
        }
    }

    fn meet(&mut self, node: NodeId, paired: &Paired, id: Id) {
        let heard = Heard {
            newest: id,
            derivation: paired.keys.derivation,
        };
        let before = self.heard.get(&node).copied().or(paired.heard);
        self.heard.insert(node, heard.after(before));
        self.records.push(GatewayRecord::Heard(node, heard));
    }

    fn tell(&mut self, item: Item) {
        self.room -= 1;
        self.told += 1;
        self.records.push(GatewayRecord::Told(self.told, item));
    }
}
