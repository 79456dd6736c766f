//! What carries frames to whoever is near.

pub mod memory;
pub mod udp;

use std::future::Future;
use std::io;
use std::sync::Arc;

use crate::frame::Signal;

/// A datagram that was heard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// How loud it was.
    pub signal: Signal,
}

/// Sends datagrams to whoever is near, and hears theirs. It may lose, delay, repeat, reorder and alter them.
pub trait Link: Send + Sync {
    /// Sends to whoever hears it. Nobody learns whether somebody does.
    ///
    /// # Errors
    /// Where it could not be sent, which is as if nobody had heard it.
    fn send(&self, bytes: &[u8]) -> impl Future<Output = io::Result<()>> + Send;

    /// The next datagram. Dropping the future loses none.
    ///
    /// # Errors
    /// Where nothing will be heard any more.
    fn receive(&self) -> impl Future<Output = io::Result<Heard>> + Send;
}

/// A link that outlives whoever runs over it: a simulated station's radio stays where it is while its power is cut.
impl<L: Link> Link for Arc<L> {
    fn send(&self, bytes: &[u8]) -> impl Future<Output = io::Result<()>> + Send {
        L::send(self, bytes)
    }

    fn receive(&self) -> impl Future<Output = io::Result<Heard>> + Send {
        L::receive(self)
    }
}
