//! Bytes to packets and back.

use bytes::BytesMut;
use rmqtt_codec::error::{DecodeError, EncodeError};
use rmqtt_codec::v5::{DisconnectReasonCode as Reason, ToReasonCode as _};
use rmqtt_codec::version::{ProtocolVersion, VersionCodec};
use rmqtt_codec::{v3, v5};
use tokio_util::codec::{Decoder as _, Encoder as _};

use super::packet::{Connect, Refusal, Reply, Request};
use super::{FIXED_HEADER, MOST_BYTES, five, three};

/// One connection's packets.
#[derive(Debug, Default)]
pub struct Codec(Speaks);

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
        if matches!(self.0, Speaks::Nothing) {
            match VersionCodec.decode(bytes) {
                Ok(None) => return Ok(None),
                Ok(Some(ProtocolVersion::MQTT3)) => {
                    self.0 = Speaks::Three(v3::Codec::new(MOST_BYTES));
                }
                Ok(Some(ProtocolVersion::MQTT5)) => {
                    self.0 = Speaks::Five(Box::new(v5::Codec::new(MOST_BYTES, 0)));
                }
                // Whoever speaks another version is told so in the words of the oldest.
                Err(DecodeError::InvalidProtocol) => {
                    self.0 = Speaks::Three(v3::Codec::new(MOST_BYTES));
                    return Ok(Some(Request::Connect(Connect::refused(Refusal::Version))));
                }
                Err(error) => return Err(error.to_reason_code()),
            }
        }
        let wrong = |error: DecodeError| error.to_reason_code();
        match &mut self.0 {
            Speaks::Nothing => Ok(None),
            Speaks::Three(codec) => match codec.decode(bytes).map_err(wrong)? {
                Some((packet, _)) => three::request(packet).map(Some),
                None => Ok(None),
            },
            Speaks::Five(codec) => match codec.decode(bytes).map_err(wrong)? {
                Some((packet, _)) => {
                    if let v5::Packet::Connect(connect) = &packet
                        && let Some(most) = connect.max_packet_size
                    {
                        codec.set_max_outbound_size(most.get());
                    }
                    five::request(packet).map(Some)
                }
                None => Ok(None),
            },
        }
    }

    /// Appends a packet to `bytes`. False where this device cannot be told that: its version has no word for it, or it
    /// takes no packets that are so long.
    pub fn write(&mut self, reply: Reply, bytes: &mut BytesMut) -> bool {
        let before = bytes.len();
        let written: Result<bool, EncodeError> = match &mut self.0 {
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

impl Connect {
    /// Of somebody who cannot be taken.
    pub(super) fn refused(refusal: Refusal) -> Self {
        Self {
            login: None,
            client_id: String::new(),
            keep_alive: 0,
            open: 1,
            refusal: Some(refusal),
        }
    }
}

#[cfg(test)]
mod tests;
