//! Datagrams: the source, a space, and the payload.

use std::io;
use std::sync::Arc;

use tokio::net::UdpSocket;
use tokio::sync::Semaphore;

use super::UNDER_WAY;
use crate::desk::{Desk, Heard};
use crate::route::Route;

/// Bytes of a source's name.
const MOST_NAME: usize = 128;
/// Bytes of a datagram.
const MOST: usize = 65_536;

/// Listens until the socket fails.
pub async fn run(socket: Arc<UdpSocket>, desk: Desk) -> io::Result<()> {
    let room = Arc::new(Semaphore::new(UNDER_WAY));
    let mut bytes = vec![0; MOST];
    loop {
        let (length, from) = match socket.recv_from(&mut bytes).await {
            Ok(received) => received,
            // Whoever was sent something has closed its port: that is nobody else's matter.
            Err(error) if error.kind() == io::ErrorKind::ConnectionReset => continue,
            Err(error) => return Err(error),
        };
        let Some((source, payload)) = read(&bytes[..length]) else {
            tracing::debug!(%from, "a datagram without a source is passed over");
            continue;
        };
        let heard = Heard {
            source: source.to_owned(),
            payload: payload.to_vec(),
            at: None,
            route: Route::Udp(socket.clone(), from),
        };
        // Where the disk is behind, datagrams wait in the system, and are lost there.
        let room = room.clone().acquire_owned().await;
        let desk = desk.clone();
        tokio::spawn(async move {
            // Nobody is told; the log was.
            let _ = desk.heard(heard).await;
            drop(room);
        });
    }
}

/// The source and the payload of a datagram.
fn read(bytes: &[u8]) -> Option<(&str, &[u8])> {
    let end = bytes
        .iter()
        .take(MOST_NAME + 1)
        .position(|byte| *byte == b' ')?;
    let source = std::str::from_utf8(&bytes[..end]).ok()?;
    (!source.is_empty()).then_some((source, &bytes[end + 1..]))
}
