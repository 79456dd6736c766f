//! What is said inside a frame, once it is opened.

use super::{Id, MAX_BODY};
use crate::bytes::Reader;

/// The longest message from a node, in bytes.
pub const MAX_UP: usize = MAX_BODY - 1;
/// The longest message to a node, in bytes.
pub const MAX_DOWN: usize = MAX_BODY - 13;

const MESSAGE: u8 = 1;
const ACK: u8 = 2;
const HELLO: u8 = 3;

/// What a node says to its gateway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Up<'a> {
    /// What the application sends.
    Message(&'a [u8]),
    /// It has this command, or was told so by a later one.
    Ack {
        /// The cloud's number; 0 is a greeting.
        command: u64,
        /// False where a later one came before it: nobody knows whether it had arrived.
        newest: bool,
    },
}

/// What a gateway says to a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Down<'a> {
    /// The node's message is in the gateway's store.
    Ack(Id),
    /// Uses these keys from now on. That it can be opened is the proof.
    Hello,
    /// What the cloud sends.
    Message {
        /// The node's life: what was sent before the node lost its store is not for it.
        life: u32,
        /// Rises with every message to this node, whichever gateway carries it.
        command: u64,
        payload: &'a [u8],
    },
}

impl<'a> Up<'a> {
    pub fn write(&self) -> Vec<u8> {
        match self {
            Self::Message(payload) => [&[MESSAGE], *payload].concat(),
            Self::Ack { command, newest } => {
                let mut out = vec![ACK];
                out.extend(command.to_be_bytes());
                out.push(u8::from(*newest));
                out
            }
        }
    }

    pub fn read(text: &'a [u8]) -> Option<Self> {
        let mut reader = Reader(text);
        match reader.u8()? {
            MESSAGE => Some(Self::Message(reader.rest())),
            ACK => {
                let command = reader.u64()?;
                let newest = match reader.u8()? {
                    0 => false,
                    1 => true,
                    _ => return None,
                };
                reader.end(Self::Ack { command, newest })
            }
            _ => None,
        }
    }
}

impl<'a> Down<'a> {
    pub fn write(&self) -> Vec<u8> {
        match self {
            Self::Ack(id) => {
                let mut out = vec![ACK];
                out.extend(id.life.to_be_bytes());
                out.extend(id.sequence.to_be_bytes());
                out
            }
            Self::Hello => vec![HELLO],
            Self::Message {
                life,
                command,
                payload,
            } => {
                let mut out = vec![MESSAGE];
                out.extend(life.to_be_bytes());
                out.extend(command.to_be_bytes());
                out.extend(*payload);
                out
            }
        }
    }

    pub fn read(text: &'a [u8]) -> Option<Self> {
        let mut reader = Reader(text);
        match reader.u8()? {
            ACK => {
                let (life, sequence) = (reader.u32()?, reader.u64()?);
                reader.end(Self::Ack(Id { life, sequence }))
            }
            HELLO => reader.end(Self::Hello),
            MESSAGE => Some(Self::Message {
                life: reader.u32()?,
                command: reader.u64()?,
                payload: reader.rest(),
            }),
            _ => None,
        }
    }
}
