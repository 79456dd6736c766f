//! A gateway that speaks with the cloud for its nodes: MQTT 5, over TCP, as docs/GATEWAYS.md says.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::time::timeout;

use crate::AuthToken;
use crate::pipe::{Over, Pipe, Turn};

/// How long the cloud may take to let a gateway in.
const LOGIN: Duration = Duration::from_secs(10);
/// The longest packet that is taken; the cloud's are shorter.
const MOST: usize = 4096;
/// Whom gateways sign in as.
const USER: &str = "mgmt_device";
/// From this number on a reason is a no.
const NO: u8 = 0x80;

const CONNECT: u8 = 0x10;
const CONNECTED: u8 = 0x20;
const PUBLISH: u8 = 0x30;
const SURELY: u8 = 0x02;
const ACKNOWLEDGE: u8 = 0x40;
const SUBSCRIBE: u8 = 0x82;
const SUBSCRIBED: u8 = 0x90;
const PING: u8 = 0xc0;
const DISCONNECT: u8 = 0xe0;

/// Why the connection is over, or was none.
#[derive(Debug, thiserror::Error)]
pub enum TunnelError {
    /// The cloud cannot be reached, or hung up.
    #[error("the connection broke: {0}")]
    Broken(#[from] io::Error),
    /// It said nothing for too long.
    #[error("the cloud says nothing any more")]
    Silent,
    /// It does not let the gateway in.
    #[error("the cloud does not let this gateway in: 0x{0:02x}")]
    NotLetIn(u8),
    /// It says what no cloud says.
    #[error("what came is no packet")]
    NoPacket,
}

impl TunnelError {
    /// Whether it is the token that is wrong, so that it is of no use to try again.
    pub fn is_stranger(&self) -> bool {
        matches!(self, Self::NotLetIn(0x84..=0x87))
    }
}

impl From<Over> for TunnelError {
    fn from(over: Over) -> Self {
        match over {
            Over::Broken(error) => Self::Broken(error),
            Over::Silent => Self::Silent,
        }
    }
}

/// What the cloud told a gateway, for itself or for a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tunnelled {
    /// Something for a device; the topic says whose.
    Told {
        /// Where.
        topic: String,
        /// What.
        payload: Vec<u8>,
    },
    /// It does not take something that was said, by the number of its reason.
    Refused(u8),
}

/// A gateway that is signed in. Dropping it hangs up at once, and what the cloud has not read yet may be lost.
#[derive(Debug)]
pub struct Tunnel {
    pipe: Pipe,
    next: u16,
}

impl Tunnel {
    /// Connects and signs in.
    ///
    /// # Errors
    /// Where the cloud is not there, or does not let it in.
    pub async fn connect(
        cloud: SocketAddr,
        token: &AuthToken,
        heartbeat: Duration,
    ) -> Result<Self, TunnelError> {
        let connecting = Self::sign_in(cloud, token, heartbeat);
        timeout(LOGIN, connecting)
            .await
            .map_err(|_| TunnelError::Silent)?
    }

    async fn sign_in(
        cloud: SocketAddr,
        token: &AuthToken,
        heartbeat: Duration,
    ) -> Result<Self, TunnelError> {
        let mut gateway = Self {
            pipe: Pipe::connect(cloud, heartbeat).await?,
            next: 1,
        };
        let keep_alive = u16::try_from(heartbeat.as_secs()).unwrap_or(u16::MAX);
        let body = [
            &text("MQTT")[..],
            // Version 5; a new session, with a name and a password.
            &[5, 0xc2],
            &keep_alive.to_be_bytes(),
            &[0],
            &text(""),
            &text(USER),
            &text(token.text()),
        ];
        gateway.put(CONNECT, &body.concat());
        gateway.pipe.flush().await?;
        let (first, body) = loop {
            if let Some(packet) = gateway.take()? {
                break packet;
            }
            gateway.pipe.read().await?;
        };
        match (first, body.get(1)) {
            (CONNECTED, Some(0)) => Ok(gateway),
            (CONNECTED, Some(&reason)) => Err(TunnelError::NotLetIn(reason)),
            _ => Err(TunnelError::NoPacket),
        }
    }

    /// A node is heard: what it is told from now on comes by this gateway.
    ///
    /// # Errors
    /// Where the connection is over.
    pub async fn hear_for(&mut self, node: &AuthToken) -> Result<(), TunnelError> {
        let filter = text(&format!("dev/{}/downlink/#", node.text()));
        let id = self.next_id();
        self.put(SUBSCRIBE, &[&id[..], &[0], &filter, &[1]].concat());
        Ok(self.pipe.flush().await?)
    }

    /// Says what a node's datastream holds; of a time, in milliseconds since 1970, where the node says one. What the cloud
    /// thinks of it comes by [`Tunnel::told`].
    ///
    /// # Errors
    /// Where the connection is over.
    pub async fn write(
        &mut self,
        node: &AuthToken,
        (pin, value): (u8, &str),
        at: Option<i64>,
    ) -> Result<(), TunnelError> {
        let token = node.text();
        let (topic, payload) = match at {
            None => (format!("dev/{token}/ds/V{pin}"), value.to_owned()),
            Some(at) => (
                format!("dev/{token}/ds/V{pin}/timestamped_batch"),
                format!("[[{at},{value}]]"),
            ),
        };
        let id = self.next_id();
        let body = [&text(&topic)[..], &id, &[0], payload.as_bytes()];
        self.put(PUBLISH | SURELY, &body.concat());
        Ok(self.pipe.flush().await?)
    }

    /// Waits for what the cloud says, and lets it know meanwhile that the gateway is there. Nothing is lost where nobody goes
    /// on waiting.
    ///
    /// # Errors
    /// Where the connection is over.
    pub async fn told(&mut self) -> Result<Tunnelled, TunnelError> {
        loop {
            while let Some((first, body)) = self.take()? {
                if let Some(told) = self.heard(first, &body)? {
                    return Ok(told);
                }
            }
            match self.pipe.turn().await? {
                Turn::Heard => {}
                Turn::Beat => self.put(PING, &[]),
            }
        }
    }

    /// Hangs up once the cloud has read all that was said; after ten seconds in any case.
    pub async fn leave(self) {
        self.pipe.end().await;
    }

    fn heard(&mut self, first: u8, body: &[u8]) -> Result<Option<Tunnelled>, TunnelError> {
        let reason = match first & 0xf0 {
            PUBLISH => return self.message(first, body).map(Some),
            ACKNOWLEDGE => body.get(2).copied().unwrap_or(0),
            SUBSCRIBED => body.last().copied().unwrap_or(0),
            DISCONNECT => return Err(io::Error::from(io::ErrorKind::ConnectionAborted).into()),
            _ => 0,
        };
        Ok((reason >= NO).then_some(Tunnelled::Refused(reason)))
    }

    fn message(&mut self, first: u8, body: &[u8]) -> Result<Tunnelled, TunnelError> {
        let cut = |at: usize| body.get(..at).zip(body.get(at..));
        let length = body.first_chunk().map(|two| u16::from_be_bytes(*two));
        let end = 2 + usize::from(length.ok_or(TunnelError::NoPacket)?);
        let (topic, mut rest) = cut(end).ok_or(TunnelError::NoPacket)?;
        if first & 0b110 != 0 {
            let (id, after) = rest.split_first_chunk::<2>().ok_or(TunnelError::NoPacket)?;
            self.put(ACKNOWLEDGE, id);
            rest = after;
        }
        // Of its properties there is nothing to know; a length of one byte is all that the cloud's take.
        let (&properties, rest) = rest.split_first().ok_or(TunnelError::NoPacket)?;
        let payload = rest.get(usize::from(properties)..);
        Ok(Tunnelled::Told {
            topic: String::from_utf8_lossy(&topic[2..]).into_owned(),
            payload: payload.ok_or(TunnelError::NoPacket)?.to_vec(),
        })
    }

    fn next_id(&mut self) -> [u8; 2] {
        let id = self.next;
        self.next = id.checked_add(1).unwrap_or(1);
        id.to_be_bytes()
    }

    /// Puts a packet where it is written from.
    fn put(&mut self, first: u8, body: &[u8]) {
        self.pipe.out.push(first);
        let mut length = body.len();
        loop {
            let low = u8::try_from(length % 128).unwrap_or_default();
            length /= 128;
            self.pipe.out.push(if length > 0 { low | 128 } else { low });
            if length == 0 {
                break;
            }
        }
        self.pipe.out.extend_from_slice(body);
    }

    /// The next packet of those that have come: its first byte, and what comes after its length.
    fn take(&mut self) -> Result<Option<(u8, Vec<u8>)>, TunnelError> {
        let heard = &mut self.pipe.heard;
        let Some((&first, rest)) = heard.split_first() else {
            return Ok(None);
        };
        let (mut length, mut bytes) = (0_usize, 0);
        loop {
            let Some(&byte) = rest.get(bytes) else {
                return Ok(None);
            };
            length |= usize::from(byte & 127) << (7 * bytes);
            bytes += 1;
            if byte & 128 == 0 {
                break;
            }
            if bytes == 4 {
                return Err(TunnelError::NoPacket);
            }
        }
        if length > MOST {
            return Err(TunnelError::NoPacket);
        }
        let end = 1 + bytes + length;
        if heard.len() < end {
            return Ok(None);
        }
        let body = heard[1 + bytes..end].to_vec();
        heard.drain(..end);
        Ok(Some((first, body)))
    }
}

/// A text as packets have it: its length before it.
fn text(text: &str) -> Vec<u8> {
    let length = u16::try_from(text.len()).unwrap_or(u16::MAX);
    [&length.to_be_bytes()[..], text.as_bytes()].concat()
}
