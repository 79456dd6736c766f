//! What a cloud says to a device.
//!
//! Little, on purpose: some libraries drop the connection at any message that they do not know, and the smallest hold 256
//! bytes.

use crate::{Command, Frame, FrameError, MessageId, NulInside, Payload, Pin, join};

/// A message to a device. Answers are [`Frame::response`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Downlink<'a> {
    /// Whether it is there.
    Ping,
    /// A datastream has another value.
    Write {
        /// Which.
        pin: Pin,
        /// What.
        values: &'a [&'a str],
    },
}

/// Why a message cannot be said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DownlinkError {
    /// A value has a NUL in it.
    #[error(transparent)]
    Nul(#[from] NulInside),
    /// It is too long.
    #[error(transparent)]
    Frame(#[from] FrameError),
}

impl Downlink<'_> {
    /// Appends the message to `out`.
    ///
    /// # Errors
    /// Where the protocol has no way to say it.
    pub fn write(&self, id: MessageId, out: &mut Vec<u8>) -> Result<(), DownlinkError> {
        let (command, body) = match self {
            Self::Ping => (Command::Ping, Vec::new()),
            Self::Write { pin, values } => {
                let number = pin.0.to_string();
                let all = [&["vw", &*number], *values].concat();
                (Command::Hardware, join(&all)?)
            }
        };
        let payload = Payload::Request(command, &body);
        Ok(Frame { id, payload }.write(out)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(message: Downlink<'_>, want: &[u8]) {
        let mut out = Vec::new();
        message
            .write(MessageId::MIN, &mut out)
            .expect("it can be said");
        assert_eq!(out, want);
    }

    #[test]
    fn devices_hear_what_is_published() {
        check(Downlink::Ping, &[6, 0, 1, 0, 0]);
        let values = ["1"];
        let write = Downlink::Write {
            pin: Pin(12),
            values: &values,
        };
        check(write, b"\x14\x00\x01\x00\x07vw\x0012\x001");
    }

    #[test]
    fn what_cannot_be_said_is_not_begun() {
        let mut out = Vec::new();
        let long = "x".repeat(70_000);
        for value in ["a\0b", &long] {
            let values = [value];
            let pin = Pin(1);
            let write = Downlink::Write {
                pin,
                values: &values,
            };
            assert!(write.write(MessageId::MIN, &mut out).is_err());
        }
        assert!(out.is_empty());
    }
}
