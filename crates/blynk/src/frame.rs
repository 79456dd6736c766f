//! What stands on the wire: five bytes, and a body.

use std::num::NonZeroU16;

use crate::{Command, Status};

/// Bytes before a body: the command, the message's id and the body's length, both big-endian.
pub const HEADER: usize = 5;

/// The command that an answer has in its place.
const RESPONSE: u8 = 0;

/// Which message of a connection it is, so that an answer can name it. 0 is none.
pub type MessageId = NonZeroU16;

/// A message, borrowed from the bytes that it was read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame<'a> {
    /// Its id; an answer has the id of what it answers.
    pub id: MessageId,
    /// What it carries.
    pub payload: Payload<'a>,
}

/// What a message carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Payload<'a> {
    /// An answer, which has no body: its status stands where the length would.
    Response(Status),
    /// A command and its body.
    Request(Command, &'a [u8]),
    /// A command that nobody knows, by its number; its body is passed over.
    Unknown(u8),
}

/// Why no message can be read, now or ever, on this connection: what comes after it cannot be told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// Message 0.
    #[error("a message has the id 0")]
    NoId,
    /// The body is longer than whoever reads will hold.
    #[error("a message of {length} bytes is longer than {most}")]
    TooLong {
        /// Its length in bytes, without the header.
        length: usize,
        /// The longest body in bytes.
        most: usize,
    },
}

impl<'a> Frame<'a> {
    /// Reads the first message of these bytes, and how many bytes it has. None while some of it is missing: then the same
    /// bytes are given again, with more behind them.
    ///
    /// `most` is the longest body in bytes. What is wrong is told as soon as the header is there: nobody has to hold a body that
    /// is too long.
    ///
    /// # Errors
    /// Where the bytes are no message and never will be.
    pub fn read(bytes: &'a [u8], most: usize) -> Result<Option<(Self, usize)>, FrameError> {
        let Some((&[command, id_high, id_low, high, low], rest)) =
            bytes.split_first_chunk::<HEADER>()
        else {
            return Ok(None);
        };
        let id = MessageId::new(u16::from_be_bytes([id_high, id_low])).ok_or(FrameError::NoId)?;
        let number = u16::from_be_bytes([high, low]);
        if command == RESPONSE {
            let payload = Payload::Response(Status::of(number));
            return Ok(Some((Self { id, payload }, HEADER)));
        }
        let length = usize::from(number);
        if length > most {
            return Err(FrameError::TooLong { length, most });
        }
        let Some(body) = rest.get(..length) else {
            return Ok(None);
        };
        let payload = match Command::of(command) {
            Some(command) => Payload::Request(command, body),
            None => Payload::Unknown(command),
        };
        Ok(Some((Self { id, payload }, HEADER + length)))
    }

    /// An answer.
    pub fn response(id: MessageId, status: Status) -> Self {
        let payload = Payload::Response(status);
        Self { id, payload }
    }

    /// Appends the message to `out`.
    ///
    /// # Errors
    /// Where the body is longer than a header can say.
    pub fn write(&self, out: &mut Vec<u8>) -> Result<(), FrameError> {
        let (command, number, body): (u8, u16, &[u8]) = match self.payload {
            Payload::Response(status) => (RESPONSE, status.number(), &[]),
            Payload::Request(command, body) => (command.number(), length_of(body)?, body),
            Payload::Unknown(command) => (command, 0, &[]),
        };
        out.push(command);
        out.extend(self.id.get().to_be_bytes());
        out.extend(number.to_be_bytes());
        out.extend(body);
        Ok(())
    }
}

fn length_of(body: &[u8]) -> Result<u16, FrameError> {
    u16::try_from(body.len()).map_err(|_| FrameError::TooLong {
        length: body.len(),
        most: usize::from(u16::MAX),
    })
}

#[cfg(test)]
mod tests;
