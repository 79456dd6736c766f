//! Bytes in and out.

use std::time::Duration;

use handover_blynk::{Frame, FrameError, HEADER, MessageId, Status};
use tokio::io::AsyncWriteExt as _;

use crate::streams::{self, Stream};

/// Bytes of a message, with its header (ours): room for a text of 1,024 bytes, as published, and what stands before it.
pub const MOST: usize = 1_536;
/// Bytes of its body.
pub const MOST_BODY: usize = MOST - HEADER;
/// Bytes that are read at once; a message may come in more pieces.
const AT_ONCE: usize = MOST;
/// How long a device may take to take what it is sent.
const PATIENCE: Duration = Duration::from_secs(10);

/// What comes is no message and never will be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoFrame {
    /// Which message it would be, where it can be answered.
    pub id: Option<MessageId>,
    /// Why it is none.
    pub why: FrameError,
}

/// A connection, cut into messages.
pub struct Wire {
    stream: Stream,
    /// What was read and is no whole message yet; no more than one message.
    read: Vec<u8>,
}

impl Wire {
    /// Of this connection.
    pub fn new(stream: Stream) -> Self {
        Self {
            stream,
            read: Vec::new(),
        }
    }

    /// The next message's bytes. None where there is no more; an error where what comes is no message and never will be. It may
    /// be dropped while it waits: nothing is lost.
    pub async fn next(&mut self) -> Result<Option<Vec<u8>>, NoFrame> {
        loop {
            match Frame::read(&self.read, MOST_BODY) {
                Ok(Some((_, length))) => {
                    let rest = self.read.split_off(length);
                    return Ok(Some(std::mem::replace(&mut self.read, rest)));
                }
                Ok(None) => {}
                Err(why) => {
                    let id = match self.read[..] {
                        [_, high, low, ..] => MessageId::new(u16::from_be_bytes([high, low])),
                        _ => None,
                    };
                    return Err(NoFrame { id, why });
                }
            }
            match streams::take::<AT_ONCE>(&mut self.stream, &mut self.read).await {
                Ok(0) => return Ok(None),
                Ok(_) => {}
                Err(error) => {
                    tracing::debug!(%error, "a device's connection broke");
                    return Ok(None);
                }
            }
        }
    }

    /// Answers what is no message, where that can be answered: as published, its body is not as it must be.
    pub async fn refuse(&mut self, no: NoFrame) {
        if let Some(id) = no.id {
            self.send(&Frame::response(id, Status::IllegalBody)).await;
        }
    }

    /// Ends the connection so that what was said last is heard.
    pub async fn part(&mut self) {
        streams::part(&mut self.stream).await;
    }

    /// Sends a message. False where that is in vain.
    pub async fn send(&mut self, frame: &Frame<'_>) -> bool {
        let mut bytes = Vec::with_capacity(HEADER);
        frame.write(&mut bytes).is_ok() && self.send_bytes(&bytes).await
    }

    /// The same with the message's bytes.
    pub async fn send_bytes(&mut self, bytes: &[u8]) -> bool {
        let sent = async {
            self.stream.write_all(bytes).await?;
            // What is below may gather bytes, as TLS does.
            self.stream.flush().await
        };
        matches!(tokio::time::timeout(PATIENCE, sent).await, Ok(Ok(())))
    }
}
