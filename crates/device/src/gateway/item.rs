//! What a gateway tells its cloud.

use crate::bytes::Reader;
use crate::frame::{Hop, Id, Signal};
use handover_air::Derivation;

/// The cloud's number of a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub u64);

/// Something the cloud is told, at least once: what it says has been told is told again after a crash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// A node's message.
    Message(Message),
    /// What became of a message to a node.
    Outcome {
        /// To whom it was.
        node: NodeId,
        /// The cloud's number of it.
        command: u64,
        /// What became of it.
        outcome: Outcome,
    },
    /// The node's store was made anew: nothing more is taken from it until the cloud has raised its derivation. Told once for
    /// each new store.
    Reinstalled {
        /// Which one.
        node: NodeId,
        /// The new life.
        life: u32,
    },
}

/// A node's message, as a gateway gives it to the cloud.
///
/// Of all that have the same node and `id` the cloud keeps one: two gateways may have heard it, under two derivations, or one
/// may have crashed before it knew that the cloud has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Whose.
    pub node: NodeId,
    /// Which of the node's messages it is. Rises within a life.
    pub id: Id,
    /// Under which derivation it was heard.
    pub derivation: Derivation,
    /// What the node sent.
    pub payload: Vec<u8>,
    /// The relays that say to have carried it, the first one first, with the signal that each heard. Nobody proves them: good
    /// for a drawing, and for nothing else.
    pub path: Vec<Hop>,
    /// How loud the gateway heard the last of them, or the node.
    pub signal: Signal,
    /// When it was heard, in milliseconds since 1970; 0 where the gateway did not know.
    pub heard_at: u64,
}

/// What became of a message to a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The node has it in its store.
    Acknowledged,
    /// The node has had a later one. This one may have come before it, through another gateway; it does not come after it.
    Overtaken,
    /// The node did not answer for as long as the gateway waits. It may have arrived.
    GivenUp,
}

const MESSAGE: u8 = 1;
const OUTCOME: u8 = 2;
const REINSTALLED: u8 = 3;

impl Outcome {
    fn number(self) -> u8 {
        match self {
            Self::Acknowledged => 1,
            Self::Overtaken => 2,
            Self::GivenUp => 3,
        }
    }

    fn of(number: u8) -> Option<Self> {
        match number {
            1 => Some(Self::Acknowledged),
            2 => Some(Self::Overtaken),
            3 => Some(Self::GivenUp),
            _ => None,
        }
    }
}

impl Item {
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Message(message) => {
                out.push(MESSAGE);
                message.write(out);
            }
            Self::Outcome {
                node,
                command,
                outcome,
            } => {
                out.push(OUTCOME);
                out.extend(node.0.to_be_bytes());
                out.extend(command.to_be_bytes());
                out.push(outcome.number());
            }
            Self::Reinstalled { node, life } => {
                out.push(REINSTALLED);
                out.extend(node.0.to_be_bytes());
                out.extend(life.to_be_bytes());
            }
        }
    }

    pub(super) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        match reader.u8()? {
            MESSAGE => Message::read(reader).map(Self::Message),
            OUTCOME => Some(Self::Outcome {
                node: NodeId(reader.u64()?),
                command: reader.u64()?,
                outcome: Outcome::of(reader.u8()?)?,
            }),
            REINSTALLED => Some(Self::Reinstalled {
                node: NodeId(reader.u64()?),
                life: reader.u32()?,
            }),
            _ => None,
        }
    }
}

impl Message {
    fn write(&self, out: &mut Vec<u8>) {
        out.extend(self.node.0.to_be_bytes());
        out.extend(self.id.life.to_be_bytes());
        out.extend(self.id.sequence.to_be_bytes());
        out.extend(self.derivation.0.to_be_bytes());
        out.extend(self.heard_at.to_be_bytes());
        out.extend(self.signal.0.to_be_bytes());
        out.push(u8::try_from(self.path.len()).expect("a path has 15 hops at most"));
        for hop in &self.path {
            out.extend(hop.short.to_be_bytes());
            out.extend(hop.signal.0.to_be_bytes());
        }
        out.extend(&self.payload);
    }

    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let signal = |reader: &mut Reader<'_>| reader.array().map(i8::from_be_bytes).map(Signal);
        let node = NodeId(reader.u64()?);
        let (life, sequence) = (reader.u32()?, reader.u64()?);
        let derivation = Derivation(reader.u32()?);
        let heard_at = reader.u64()?;
        let last = signal(reader)?;
        let mut path = Vec::new();
        for _ in 0..reader.u8()? {
            path.push(Hop {
                short: reader.array().map(u16::from_be_bytes)?,
                signal: signal(reader)?,
            });
        }
        Some(Self {
            node,
            id: Id { life, sequence },
            derivation,
            payload: reader.rest().to_vec(),
            path,
            signal: last,
            heard_at,
        })
    }
}
