//! How a node is reached.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::UdpSocket;
use tokio::sync::mpsc;

use crate::rules::hex;

/// How a node is reached.
#[derive(Clone)]
pub enum Route {
    /// By a datagram: the source, a space, and the payload.
    Udp(Arc<UdpSocket>, SocketAddr),
    /// By a line to a program that is connected.
    Line(mpsc::Sender<String>),
}

impl fmt::Debug for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Udp(_, to) => f.debug_tuple("Udp").field(to).finish(),
            Self::Line(_) => f.write_str("Line"),
        }
    }
}

impl Route {
    /// Sends a payload there. False where nobody took it.
    pub fn send(&self, source: &str, payload: &[u8]) -> bool {
        match self {
            Self::Udp(socket, to) => {
                let datagram = [source.as_bytes(), b" ", payload].concat();
                socket.try_send_to(&datagram, *to).is_ok()
            }
            Self::Line(lines) => lines.try_send(line(source, payload)).is_ok(),
        }
    }
}

/// An order as a line of JSON.
fn line(source: &str, payload: &[u8]) -> String {
    match serde_json::from_slice::<serde_json::Value>(payload) {
        Ok(json) => serde_json::json!({ "to": source, "payload": json }),
        Err(_) => serde_json::json!({ "to": source, "hex": hex(payload) }),
    }
    .to_string()
}
