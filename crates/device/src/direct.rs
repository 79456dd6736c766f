//! A device that speaks with the cloud by itself: the binary protocol, over TCP.

use std::net::SocketAddr;
use std::time::Duration;

use handover_blynk::{
    Command, Frame, FrameError, MessageId, NulInside, Payload, Status, Uplink, UplinkError, join,
};
use tokio::time::timeout;

use crate::AuthToken;
use crate::pipe::{Over, Pipe, Turn};

/// How long the cloud may take to let a device in.
const LOGIN: Duration = Duration::from_secs(10);
/// The longest body that a device takes; the cloud's are shorter.
const MOST: usize = 2048;

/// What a device says of itself.
#[derive(Clone, Debug)]
pub struct About {
    /// How long it is silent at most. The cloud takes it for gone after one and a half times that.
    pub heartbeat: Duration,
    /// The version of its firmware.
    pub firmware: String,
    /// What it is built on.
    pub board: String,
}

impl Default for About {
    fn default() -> Self {
        Self {
            heartbeat: Duration::from_secs(50),
            firmware: env!("CARGO_PKG_VERSION").to_owned(),
            board: "handover-device".to_owned(),
        }
    }
}

/// Why the connection is over, or was none.
#[derive(Debug, thiserror::Error)]
pub enum DirectError {
    /// The cloud cannot be reached, or hung up.
    #[error("the connection broke: {0}")]
    Broken(#[from] std::io::Error),
    /// It said nothing for too long.
    #[error("the cloud says nothing any more")]
    Silent,
    /// It does not let the device in.
    #[error("the cloud does not let this device in: {0:?}")]
    NotLetIn(Status),
    /// It says what no cloud says.
    #[error("what came is no message: {0}")]
    Frame(#[from] FrameError),
    /// A text with a NUL in it cannot be said.
    #[error(transparent)]
    Nul(#[from] NulInside),
}

impl From<Over> for DirectError {
    fn from(over: Over) -> Self {
        match over {
            Over::Broken(error) => Self::Broken(error),
            Over::Silent => Self::Silent,
        }
    }
}

/// What the cloud told a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// A datastream has another value.
    Write {
        /// Its pin.
        pin: u8,
        /// Its values; most have one.
        values: Vec<String>,
    },
    /// It does not take a message of the device's.
    Refused(Status),
}

/// A device that is signed in. Dropping it hangs up at once, and what the cloud has not read yet may be lost.
#[derive(Debug)]
pub struct Direct {
    pipe: Pipe,
    next: MessageId,
}

impl Direct {
    /// Connects, signs in, and says what the device is.
    ///
    /// # Errors
    /// Where the cloud is not there, or does not let it in.
    pub async fn connect(
        cloud: SocketAddr,
        token: &AuthToken,
        about: &About,
    ) -> Result<Self, DirectError> {
        let connecting = Self::sign_in(cloud, token, about);
        timeout(LOGIN, connecting)
            .await
            .map_err(|_| DirectError::Silent)?
    }

    async fn sign_in(
        cloud: SocketAddr,
        token: &AuthToken,
        about: &About,
    ) -> Result<Self, DirectError> {
        let mut device = Self {
            pipe: Pipe::connect(cloud, about.heartbeat).await?,
            next: MessageId::MIN,
        };
        device.say(Command::Login, token.text())?;
        device.pipe.flush().await?;
        let status = loop {
            if let Some(answer) = device.take()? {
                match answer {
                    Heard::Answer(status) => break status,
                    Heard::Told(_) => continue,
                }
            }
            device.pipe.read().await?;
        };
        if status != Status::Ok {
            return Err(DirectError::NotLetIn(status));
        }
        let beat = about.heartbeat.as_secs().to_string();
        let pairs = [
            "ver",
            &about.firmware,
            "h-beat",
            &beat,
            "buff-in",
            "2048",
            "dev",
            &about.board,
        ];
        device.say(Command::Internal, &joined(&pairs)?)?;
        device.pipe.flush().await?;
        Ok(device)
    }

    /// Writes a datastream. What the cloud thinks of it comes by [`Direct::told`].
    ///
    /// # Errors
    /// Where the connection is over.
    pub async fn write(&mut self, pin: u8, value: &str) -> Result<(), DirectError> {
        self.say(Command::Hardware, &write(pin, value)?)?;
        Ok(self.pipe.flush().await?)
    }

    /// Writes what a datastream held at a time, in milliseconds since 1970, by the device's own clock.
    ///
    /// # Errors
    /// Where the connection is over.
    pub async fn write_at(&mut self, pin: u8, value: &str, at: i64) -> Result<(), DirectError> {
        self.say(Command::Group, &joined(&["b", &at.to_string()])?)?;
        self.say(Command::Hardware, &write(pin, value)?)?;
        self.say(Command::Group, "e")?;
        Ok(self.pipe.flush().await?)
    }

    /// Says that something happened.
    ///
    /// # Errors
    /// Where the connection is over.
    pub async fn event(&mut self, code: &str, description: &str) -> Result<(), DirectError> {
        let body = joined(&[code, description])?;
        self.say(Command::Event, &body)?;
        Ok(self.pipe.flush().await?)
    }

    /// Waits for what the cloud says, and lets it know meanwhile that the device is there. Nothing is lost where nobody goes
    /// on waiting.
    ///
    /// # Errors
    /// Where the connection is over.
    pub async fn told(&mut self) -> Result<Told, DirectError> {
        loop {
            while let Some(heard) = self.take()? {
                match heard {
                    Heard::Told(told) => return Ok(told),
                    Heard::Answer(Status::Ok) => {}
                    Heard::Answer(status) => return Ok(Told::Refused(status)),
                }
            }
            match self.pipe.turn().await? {
                Turn::Heard => {}
                Turn::Beat => self.say(Command::Ping, "")?,
            }
        }
    }

    /// Hangs up once the cloud has read all that was said; after ten seconds in any case.
    pub async fn leave(self) {
        self.pipe.end().await;
    }

    /// Puts a message where it is written from.
    fn say(&mut self, command: Command, body: &str) -> Result<(), DirectError> {
        let id = self.next;
        self.next = id.checked_add(1).unwrap_or(MessageId::MIN);
        let payload = Payload::Request(command, body.as_bytes());
        Frame { id, payload }.write(&mut self.pipe.out)?;
        Ok(())
    }

    /// The next message of those that have come, with what it asks for answered.
    fn take(&mut self) -> Result<Option<Heard>, DirectError> {
        loop {
            let Some((frame, length)) = Frame::read(&self.pipe.heard, MOST)? else {
                return Ok(None);
            };
            // What is said to a device has the form of what a device says.
            let (id, meant) = (frame.id, Uplink::read(&frame));
            let heard = match meant {
                Ok(Uplink::Answer(status)) => Some(Heard::Answer(status)),
                Ok(Uplink::Write { pin, values }) => Some(Heard::Told(Told::Write {
                    pin: pin.0,
                    values: values.into_iter().map(str::to_owned).collect(),
                })),
                Ok(Uplink::Ping) => {
                    Frame::response(id, Status::Ok).write(&mut self.pipe.out)?;
                    None
                }
                // What a later cloud may say.
                Ok(_) | Err(UplinkError::Command | UplinkError::Body(_)) => None,
            };
            self.pipe.heard.drain(..length);
            if heard.is_some() {
                return Ok(heard);
            }
        }
    }
}

enum Heard {
    Answer(Status),
    Told(Told),
}

fn write(pin: u8, value: &str) -> Result<String, NulInside> {
    joined(&["vw", &pin.to_string(), value])
}

fn joined(fields: &[&str]) -> Result<String, NulInside> {
    // What was text before it was joined is text after it.
    Ok(String::from_utf8_lossy(&join(fields)?).into_owned())
}
