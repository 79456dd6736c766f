//! What the page is told while it is open.

use handover_client::Result;
use handover_wire::Changes;
use tokio::sync::watch;

use crate::App;

/// Ends whoever listened before: one window listens once, and nobody after signing out.
pub(crate) struct Listening(watch::Sender<u64>);

impl Default for Listening {
    fn default() -> Self {
        Self(watch::Sender::new(0))
    }
}

impl Listening {
    /// Ends whoever listens, and gives what tells when somebody else does.
    pub(crate) fn begin(&self) -> watch::Receiver<u64> {
        self.0.send_modify(|turn| *turn += 1);
        self.0.subscribe()
    }
}

impl App {
    /// Tells what changes within the session's reach, until the cloud ends that, as it does after a while, somebody
    /// listens anew, or signs out.
    ///
    /// # Errors
    /// `signed_out`, or what keeps the server from being reached.
    pub async fn listen(&self, mut told: impl FnMut(Changes) + Send) -> Result<()> {
        let mut replaced = self.listening.begin();
        let (client, _) = self.signed_in().await?;
        let mut events = client.events().await?;
        loop {
            let changes = tokio::select! {
                // The sender lives as long as the app.
                _ = replaced.changed() => return Ok(()),
                changes = events.next() => changes?,
            };
            match changes {
                Some(changes) => told(changes),
                None => return Ok(()),
            }
        }
    }
}
