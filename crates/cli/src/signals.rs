//! What tells a program to end.

use std::io;

/// Ctrl-C and SIGTERM, caught from before the start on.
pub struct Signals {
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
}

impl Signals {
    /// Catches them from now on.
    pub fn listen() -> io::Result<Self> {
        Ok(Self {
            #[cfg(unix)]
            terminate: tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?,
        })
    }

    /// Waits for the first.
    #[cfg(unix)]
    pub async fn first(mut self) {
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = self.terminate.recv() => {}
        }
    }

    /// Waits for the first.
    #[cfg(not(unix))]
    pub async fn first(self) {
        // Without a handler the process ends by itself on Ctrl-C, which loses nothing that was answered.
        let _ = tokio::signal::ctrl_c().await;
    }
}
