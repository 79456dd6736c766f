//! Bytes in and out.

use std::time::Duration;

use bytes::BytesMut;
use handover_blynk::mqtt::{Codec, MOST_BYTES, Reason, Reply, Request};
use tokio::io::AsyncWriteExt as _;

use crate::streams::{self, Stream};

/// How long a device may take to take what it is sent.
const PATIENCE: Duration = Duration::from_secs(10);
/// Bytes that are read at once; a packet may come in more pieces.
const AT_ONCE: usize = MOST_BYTES as usize + 16;

/// A connection, cut into packets.
pub struct Wire {
    stream: Stream,
    codec: Codec,
    read: BytesMut,
}

impl Wire {
    /// Of this connection.
    pub fn new(stream: Stream) -> Self {
        Self {
            stream,
            codec: Codec::default(),
            read: BytesMut::new(),
        }
    }

    /// The next packet. None where there is no more; an error where what comes is no packet and never will be. It may be
    /// dropped while it waits: nothing is lost.
    pub async fn next(&mut self) -> Result<Option<Request>, Reason> {
        loop {
            if let Some(request) = self.codec.read(&mut self.read)? {
                return Ok(Some(request));
            }
            if self.read.is_empty() {
                // Its memory, too, is needed only while a packet is in pieces.
                self.read = BytesMut::new();
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

    /// Whether a packet can be sent to this device: it may take no packets that are so long.
    pub fn fits(&mut self, reply: Reply) -> bool {
        self.codec.write(reply, &mut BytesMut::new())
    }

    /// Sends a packet; nothing where the device's version has no word for it. False where that is in vain.
    pub async fn send(&mut self, reply: Reply) -> bool {
        let mut bytes = BytesMut::new();
        if !self.codec.write(reply, &mut bytes) {
            return true;
        }
        let sent = async {
            self.stream.write_all(&bytes).await?;
            // What is below may gather bytes, as TLS and WebSockets do.
            self.stream.flush().await
        };
        matches!(tokio::time::timeout(PATIENCE, sent).await, Ok(Ok(())))
    }

    /// Ends the connection so that what was said last is heard.
    pub async fn part(&mut self) {
        streams::part(&mut self.stream).await;
    }

    /// Ends the connection in the words of what is below.
    pub async fn close(&mut self) {
        // Where the device is gone there is nobody to say goodbye to.
        let _ = tokio::time::timeout(PATIENCE, self.stream.shutdown()).await;
    }
}
