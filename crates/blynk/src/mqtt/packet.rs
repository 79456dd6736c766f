//! What either version says.

use std::fmt;
use std::num::NonZeroU16;

use bytes::Bytes;
use rmqtt_codec::types::QoS;
use rmqtt_codec::v5::DisconnectReasonCode as Reason;

/// Which message it is, so that it can be acknowledged.
pub type PacketId = NonZeroU16;

/// What a device sends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// It signs in.
    Connect(Connect),
    /// It says something.
    Publish(Publish),
    /// It has what it was told (at least once).
    Acknowledged(PacketId),
    /// It knows that what it said, exactly once, was heard.
    Released(PacketId),
    /// It wants to be told.
    Subscribe {
        /// To be acknowledged.
        id: PacketId,
        /// What, and how surely.
        filters: Vec<(String, QoS)>,
    },
    /// It no longer wants to be told.
    Unsubscribe {
        /// To be acknowledged.
        id: PacketId,
        /// What.
        filters: Vec<String>,
    },
    /// It asks whether the other end is there.
    Ping,
    /// It goes.
    Disconnect,
}

/// How a device signs in.
#[derive(Clone, PartialEq, Eq)]
pub struct Login {
    /// Its user's name.
    pub user: String,
    /// Its password: the auth token.
    pub password: String,
}

/// Its password is nobody's to read.
impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Login").finish_non_exhaustive()
    }
}

/// What a device says first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connect {
    /// Who it is. None where it does not say, or not in a way that is taken here.
    pub login: Option<Login>,
    /// What it calls itself.
    pub client_id: String,
    /// Seconds between two signs of life; 0 where it gives none.
    pub keep_alive: u16,
    /// Whether it gives them as often as it is told, where it is told.
    pub can_be_told: bool,
    /// Messages to it that it leaves unacknowledged at most.
    pub open: u16,
    /// Why it cannot be taken whoever it is.
    pub refusal: Option<Refusal>,
}

/// What a device says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publish {
    /// Where.
    pub topic: String,
    /// What.
    pub payload: Bytes,
    /// How surely it wants to be heard, and which message it is where that matters.
    pub sure: Option<(QoS, PacketId)>,
}

/// Why nobody is signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// User or password are not those of a device: 4, in version 5 0x86, as published.
    #[error("its user or password are not those of a device")]
    Credentials,
    /// The same, and too often from there: 3, in version 5 0x9f.
    #[error("too many wrong logins from there")]
    TooOften,
    /// Another version than 3.1.1 and 5.
    #[error("it speaks another version than 3.1.1 and 5")]
    Version,
    /// Its name is too long; or it has none, and wants its session kept, which needs one (3.1.1).
    #[error("its client id is longer than 64 characters, or empty without a clean session")]
    ClientId,
    /// The packet is too long: 5, since 3.1.1 has no other word, in version 5 0x95.
    #[error("its login is longer than 4096 bytes")]
    TooLong,
    /// It wants to prove who it is in another way.
    #[error("it wants to prove who it is in another way than by its token")]
    Method,
    /// Too many are there.
    #[error("as many are signed in as this process takes")]
    Busy,
    /// Something broke.
    #[error("it cannot be told now who it is")]
    Unavailable,
}

/// How surely something that was subscribed to is told; none where it is not.
pub type Takes = Option<QoS>;

/// Why something that was said is as if it had not been said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// The topic names what there is not.
    Topic(String),
    /// The message is not what the topic takes.
    Payload(String),
    /// Something broke.
    Broken,
}

/// What a server sends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// It is signed in.
    Connected {
        /// What it is called, where it left that to the server.
        client_id: Option<String>,
        /// Seconds between its signs of life, where they are others than it said.
        keep_alive: Option<u16>,
    },
    /// It is not.
    Refused(Refusal),
    /// It is told something.
    Publish {
        /// Where.
        topic: String,
        /// What.
        payload: Bytes,
        /// Which message it is, where it has to be acknowledged.
        id: Option<PacketId>,
    },
    /// What it said, at least once, is heard, or is as if it had not been said.
    Acknowledge(PacketId, Result<(), Wrong>),
    /// What it said, exactly once, is heard, or is as if it had not been said.
    Receive(PacketId, Result<(), Wrong>),
    /// What it said, exactly once, is forgotten; whether it was known.
    Complete(PacketId, bool),
    /// What it will be told.
    Subscribed(PacketId, Vec<Takes>),
    /// What it will not be told any more, and whether it would have been.
    Unsubscribed(PacketId, Vec<bool>),
    /// The other end is there.
    Pong,
    /// Why the connection ends; nothing in version 3.1.1.
    Disconnect(Reason),
}
