//! Bytes to packets and back.

use bytes::BytesMut;
use rmqtt_codec::error::{DecodeError, EncodeError};
use rmqtt_codec::v5::{DisconnectReasonCode as Reason, ToReasonCode as _};
use rmqtt_codec::version::{ProtocolVersion, VersionCodec};
use rmqtt_codec::{v3, v5};
use tokio_util::codec::{Decoder as _, Encoder as _};

use super::packet::{Connect, Refusal, Reply, Request};
use super::{FIXED_HEADER, MOST_BYTES, MOST_CONNECT, five, three};

/// One connection's packets.
#[derive(Debug, Default)]
pub struct Codec {
    speaks: Speaks,
    /// Whether the first packet was read.
    has_begun: bool,
}

#[derive(Debug, Default)]
enum Speaks {
    /// Nothing yet.
    #[default]
    Nothing,
    Three(v3::Codec),
    Five(Box<v5::Codec>),
}

impl Codec {
    /// Takes the next packet out of `bytes`. None while some of it is missing.
    ///
    /// # Errors
    /// Where the bytes are no packet and never will be, or none that a device sends.
    pub fn read(&mut self, bytes: &mut BytesMut) -> Result<Option<Request>, Reason> {
        if matches!(self.speaks, Speaks::Nothing) {
            match VersionCodec.decode(bytes) {
                Ok(None) => return Ok(None),
                Ok(Some(ProtocolVersion::MQTT3)) => {
                    self.speaks = Speaks::Three(v3::Codec::new(MOST_CONNECT));
                }
                Ok(Some(ProtocolVersion::MQTT5)) => {
                    self.speaks = Speaks::Five(Box::new(v5::Codec::new(MOST_CONNECT, 0)));
                }
                // Whoever speaks another version is told so in the words of the oldest.
                Err(DecodeError::InvalidProtocol) => {
                    self.speaks = Speaks::Three(v3::Codec::new(MOST_CONNECT));
                    return Ok(Some(Request::Connect(Connect::refused(Refusal::Version))));
                }
                Err(error) => return Err(error.to_reason_code()),
            }
        }
        let has_begun = self.has_begun;
        let read = match &mut self.speaks {
            Speaks::Nothing => return Ok(None),
            Speaks::Three(codec) => match codec.decode(bytes) {
                Ok(None) => return Ok(None),
                Err(error) => return wrong(&error, has_begun),
                Ok(Some((packet, _))) => {
                    codec.set_max_size(MOST_BYTES);
                    three::request(packet)
                }
            },
            Speaks::Five(codec) => match codec.decode(bytes) {
                Ok(None) => return Ok(None),
                Err(error) => return wrong(&error, has_begun),
                Ok(Some((packet, _))) => {
                    codec.set_max_inbound_size(MOST_BYTES);
                    if let v5::Packet::Connect(connect) = &packet
                        && let Some(most) = connect.max_packet_size
                    {
                        codec.set_max_outbound_size(most.get());
                    }
                    five::request(packet)
                }
            },
        };
        self.has_begun = true;
        read.map(Some)
    }

    /// Appends a packet to `bytes`. False where this device cannot be told that: its version has no word for it, or it
    /// takes no packets that are so long.
    pub fn write(&mut self, reply: Reply, bytes: &mut BytesMut) -> bool {
        let before = bytes.len();
        let written: Result<bool, EncodeError> = match &mut self.speaks {
            Speaks::Nothing => Ok(false),
            Speaks::Three(codec) => match three::packet(reply) {
                Some(packet) => codec.encode(packet, bytes).map(|()| true),
                None => Ok(false),
            },
            Speaks::Five(codec) => codec.encode(five::packet(reply), bytes).map(|()| true),
        };
        match written {
            Ok(written) => written,
            Err(_) => {
                bytes.truncate(before);
                false
            }
        }
    }

    /// Bytes of the longest packet that is taken, with all that belongs to it.
    pub(super) const fn most() -> u32 {
        MOST_BYTES + FIXED_HEADER
    }
}

/// What is no packet. Who says so in place of signing in is told, where there is a word for it.
fn wrong(error: &DecodeError, has_begun: bool) -> Result<Option<Request>, Reason> {
    let refusal = match error {
        DecodeError::MaxSizeExceeded { .. } => Some(Refusal::TooLong),
        DecodeError::InvalidClientId => Some(Refusal::ClientId),
        _ => None,
    };
    match refusal {
        Some(refusal) if !has_begun => Ok(Some(Request::Connect(Connect::refused(refusal)))),
        _ => Err(error.to_reason_code()),
    }
}

impl Connect {
    /// Of somebody who cannot be taken.
    pub(super) fn refused(refusal: Refusal) -> Self {
        Self {
            login: None,
            client_id: String::new(),
            keep_alive: 0,
            can_be_told: false,
            open: 1,
            refusal: Some(refusal),
        }
    }
}

#[cfg(test)]
mod tests;
