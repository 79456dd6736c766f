//! Where payloads come in.

mod line;
mod lines;
mod udp;

use std::io;
use std::sync::Arc;

use tokio::net::UdpSocket;
#[cfg(unix)]
use tokio::net::UnixListener;

use crate::config::InputConfig;
use crate::desk::Desk;
use crate::route::Route;

/// Payloads of one input that are on their way to the disk.
const UNDER_WAY: usize = 256;

/// An input that listens already, and takes nothing yet.
pub enum Input {
    /// Datagrams, and where all orders go, where there is such a place.
    Udp(Arc<UdpSocket>, Option<Route>),
    /// Programs.
    #[cfg(unix)]
    Socket(UnixListener),
    /// The standard input.
    Stdin,
}

impl Input {
    /// Listens.
    ///
    /// # Errors
    /// Where that does not work, with the place.
    pub async fn open(input: &InputConfig) -> Result<Self, (String, io::Error)> {
        match input {
            InputConfig::Udp { listen, orders } => {
                let socket = UdpSocket::bind(listen).await;
                let socket = socket.map_err(|error| (listen.to_string(), error))?;
                let socket = Arc::new(socket);
                if let Ok(at) = socket.local_addr() {
                    tracing::info!(%at, "datagrams are heard");
                }
                let route = orders.map(|to| Route::Udp(socket.clone(), to));
                Ok(Self::Udp(socket, route))
            }
            #[cfg(unix)]
            InputConfig::Socket { path, mode } => {
                let listener = lines::listen(path, *mode).await;
                let listener = listener.map_err(|error| (path.display().to_string(), error))?;
                Ok(Self::Socket(listener))
            }
            #[cfg(not(unix))]
            InputConfig::Socket { path, .. } => {
                let error = io::Error::from(io::ErrorKind::Unsupported);
                Err((path.display().to_string(), error))
            }
            InputConfig::Stdin => Ok(Self::Stdin),
        }
    }

    /// Where all orders go, where there is such a place.
    pub fn orders(&self) -> Option<Route> {
        match self {
            Self::Udp(_, route) => route.clone(),
            #[cfg(unix)]
            Self::Socket(_) => None,
            Self::Stdin => None,
        }
    }

    /// Takes what comes until nothing will come any more.
    ///
    /// # Errors
    /// Where it broke.
    pub async fn run(self, desk: Desk) -> io::Result<()> {
        match self {
            Self::Udp(socket, _) => udp::run(socket, desk).await,
            #[cfg(unix)]
            Self::Socket(listener) => lines::accept(listener, desk).await,
            Self::Stdin => lines::speak(lines::stdin(), tokio::io::stdout(), desk).await,
        }
    }
}
