//! What a node keeps.

use std::collections::VecDeque;

use crate::bytes::Reader;
use crate::store::{Record, State};

/// What happened to a node and must outlive a crash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NodeRecord {
    Life(u32),
    Derivation(u32),
    Reserved(u64),
    Queued {
        sequence: u64,
        payload: Vec<u8>,
    },
    Settled(u64),
    /// A message to the node, which its application has not taken yet.
    Got {
        command: u64,
        payload: Vec<u8>,
    },
    Taken(u64),
    /// The newest message to the node, taken or not.
    Newest(u64),
}

#[derive(Default)]
pub(crate) struct NodeState {
    pub life: Option<u32>,
    pub derivation: u32,
    pub reserved: u64,
    /// What was sent and is neither acknowledged nor given up, the oldest first.
    pub outbox: VecDeque<(u64, Vec<u8>)>,
    /// What came and was not taken, the oldest first.
    pub inbox: VecDeque<(u64, Vec<u8>)>,
    pub newest: u64,
}

impl State for NodeState {
    type Record = NodeRecord;

    fn apply(&mut self, record: NodeRecord) {
        match record {
            NodeRecord::Life(life) => self.life = Some(life),
            NodeRecord::Derivation(number) => self.derivation = number,
            NodeRecord::Reserved(end) => self.reserved = end,
            NodeRecord::Queued { sequence, payload } => {
                self.outbox.push_back((sequence, payload));
            }
            NodeRecord::Settled(sequence) => self.outbox.retain(|one| one.0 != sequence),
            NodeRecord::Got { command, payload } => {
                self.newest = self.newest.max(command);
                self.inbox.push_back((command, payload));
            }
            NodeRecord::Taken(command) => self.inbox.retain(|one| one.0 != command),
            NodeRecord::Newest(command) => self.newest = self.newest.max(command),
        }
    }

    fn snapshot(&self) -> Vec<NodeRecord> {
        let mut records: Vec<_> = self.life.map(NodeRecord::Life).into_iter().collect();
        records.push(NodeRecord::Derivation(self.derivation));
        records.push(NodeRecord::Reserved(self.reserved));
        records.push(NodeRecord::Newest(self.newest));
        let queued = self.outbox.iter().cloned();
        records.extend(queued.map(|(sequence, payload)| NodeRecord::Queued { sequence, payload }));
        let got = self.inbox.iter().cloned();
        records.extend(got.map(|(command, payload)| NodeRecord::Got { command, payload }));
        records
    }
}

impl Record for NodeRecord {
    fn write(&self) -> Vec<u8> {
        let number =
            |tag: u8, number: &u64, rest: &[u8]| [&[tag], &number.to_be_bytes()[..], rest].concat();
        match self {
            Self::Life(life) => number(1, &u64::from(*life), &[]),
            Self::Derivation(derivation) => number(2, &u64::from(*derivation), &[]),
            Self::Reserved(end) => number(3, end, &[]),
            Self::Queued { sequence, payload } => number(4, sequence, payload),
            Self::Settled(sequence) => number(5, sequence, &[]),
            Self::Got { command, payload } => number(6, command, payload),
            Self::Taken(command) => number(7, command, &[]),
            Self::Newest(command) => number(8, command, &[]),
        }
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader(bytes);
        let (tag, number) = (reader.u8()?, reader.u64()?);
        let payload = reader.rest().to_vec();
        match tag {
            4 => {
                return Some(Self::Queued {
                    sequence: number,
                    payload,
                });
            }
            6 => {
                return Some(Self::Got {
                    command: number,
                    payload,
                });
            }
            _ if !payload.is_empty() => return None,
            _ => {}
        }
        match tag {
            1 => u32::try_from(number).ok().map(Self::Life),
            2 => u32::try_from(number).ok().map(Self::Derivation),
            3 => Some(Self::Reserved(number)),
            5 => Some(Self::Settled(number)),
            7 => Some(Self::Taken(number)),
            8 => Some(Self::Newest(number)),
            _ => None,
        }
    }
}
