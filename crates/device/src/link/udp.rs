//! A link over UDP, for nodes on one network and for simulators: every neighbour is an address.

use std::io;
use std::net::SocketAddr;

use tokio::net::UdpSocket;

use super::{Heard, Link};
use crate::frame::{MAX_FRAME, Signal};

/// A socket, and who is near.
pub struct UdpLink {
    socket: UdpSocket,
    neighbours: Vec<SocketAddr>,
}

impl UdpLink {
    /// Listens here and sends to these; a network's broadcast address reaches all on it. Whoever sends here is heard.
    ///
    /// # Errors
    /// Where nothing can listen there.
    pub async fn bind(here: SocketAddr, neighbours: Vec<SocketAddr>) -> io::Result<Self> {
        let socket = UdpSocket::bind(here).await?;
        socket.set_broadcast(true)?;
        Ok(Self { socket, neighbours })
    }

    /// Where it listens.
    ///
    /// # Errors
    /// Where the system does not say.
    pub fn here(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }
}

impl Link for UdpLink {
    async fn send(&self, bytes: &[u8]) -> io::Result<()> {
        let mut outcome = Ok(());
        for neighbour in &self.neighbours {
            // One that is not there does not keep the frame from the others.
            if let Err(error) = self.socket.send_to(bytes, neighbour).await {
                outcome = Err(error);
            }
        }
        outcome
    }

    async fn receive(&self) -> io::Result<Heard> {
        // One byte more than a frame has: what is longer shows as longer.
        let mut bytes = [0; MAX_FRAME + 1];
        let (length, _) = self.socket.recv_from(&mut bytes).await?;
        Ok(Heard {
            bytes: bytes[..length].to_vec(),
            signal: Signal::UNKNOWN,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    #[tokio::test]
    async fn what_is_sent_is_heard_by_every_neighbour() {
        let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let near = UdpLink::bind(any, Vec::new()).await.expect("a socket");
        let far = UdpLink::bind(any, Vec::new()).await.expect("a socket");
        let neighbours = vec![near.here().expect("bound"), far.here().expect("bound")];
        let link = UdpLink::bind(any, neighbours).await.expect("a socket");
        link.send(b"hello").await.expect("sent");
        for other in [&near, &far] {
            let heard = other.receive().await.expect("heard");
            assert_eq!(
                (&heard.bytes[..], heard.signal),
                (&b"hello"[..], Signal::UNKNOWN)
            );
        }
        link.send(&[1; 1000]).await.expect("sent");
        let heard = near.receive().await.expect("heard");
        assert_eq!(
            heard.bytes.len(),
            MAX_FRAME + 1,
            "too long, and known to be"
        );
    }
}
