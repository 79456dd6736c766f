//! Runs nodes and gateways: over a link, with tokio's time.

mod gateway;
mod node;

use std::future::Future;
use std::io;

pub use gateway::{Away, MeshGateway, Order, Uplink};
pub use node::{MeshNode, Received, Sent, Stopped};
use tokio::time::{Instant, sleep_until};

use crate::Moment;
use crate::store::StoreError;

/// Why a node or a gateway no longer runs. It goes on where it was once it is opened anew.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// Its store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Its link failed.
    #[error("the link failed: {0}")]
    Link(#[from] io::Error),
}

/// A seed from the operating system.
///
/// # Errors
/// Where that has no randomness yet.
pub fn seed() -> io::Result<u64> {
    getrandom::u64().map_err(io::Error::other)
}

/// Moments since it was made.
#[derive(Clone, Copy)]
struct Watch(Instant);

impl Watch {
    fn start() -> Self {
        Self(Instant::now())
    }

    fn now(self) -> Moment {
        self.0.elapsed()
    }

    /// At that moment; never, where there is none.
    fn until(self, moment: Option<Moment>) -> impl Future<Output = ()> {
        let at = moment.map(|moment| self.0 + moment);
        async move {
            match at {
                Some(at) => sleep_until(at).await,
                None => std::future::pending().await,
            }
        }
    }
}
