//! MQTT's packets, as a server that devices connect to has them, whichever version they speak: 3.1.1 and 5.
//!
//! [`Codec`] finds out from the first packet which it is. What a stranger sends is bounded before it is read
//! ([`MOST_CONNECT`], then [`MOST_BYTES`]), and what is wrong with it is a [`Reason`], which version 5 tells the device and 3.1.1 does not.

mod codec;
mod five;
mod packet;
mod three;

pub use codec::Codec;
pub use packet::{Connect, Login, PacketId, Publish, Refusal, Reply, Request, Takes, Wrong};
pub use rmqtt_codec::types::QoS;
pub use rmqtt_codec::v5::DisconnectReasonCode as Reason;

/// Bytes of a packet behind its fixed header, as published: a message is at most this long with its variable header.
pub const MOST_BYTES: u32 = 1_024;
/// The same of the first one, in which a device signs in, perhaps with a will that nobody hears (ours).
pub const MOST_CONNECT: u32 = 4_096;
/// Bytes of a fixed header before so many.
const FIXED_HEADER: u32 = 3;
/// Messages of one device that are not acknowledged yet.
pub const MOST_OPEN: u16 = 32;
