//! Connections: how many there may be, how long a peer may take to say what it wants, and how they end.
//!
//! The first byte tells what is spoken: HTTP begins with a letter, the binary protocol with a command that no letter has, and
//! TLS with 22, within which the first byte tells again. MQTT has a port of its own, and WebSockets.

use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use axum::serve::Listener;
use handover_wire::Fault;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use socket2::{SockRef, TcpKeepalive};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

use crate::domain::Moment;
use crate::http::OverTls;
use crate::seats::{Seat, Seats};
use crate::service::Core;
use crate::service::faults;
use crate::service::limits::Origin;
use crate::streams::{Peeked, Stream};
use crate::tls::Identity;
use crate::{binary, http, mqtt};

/// What no peer may exceed.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Connections at one time. As many others wait until one ends, or take the place of one that says nothing (`seats`).
    pub at_once: usize,
    /// From the accept, or from the last answer, to the end of the next request's header. A device has as long to sign in.
    pub header: Duration,
    /// Devices that are signed in at one time, beside those connections.
    pub devices: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            // Half of the files that most systems let a program open: the database needs some too.
            at_once: 512,
            header: Duration::from_secs(10),
            devices: 10_000,
        }
    }
}

/// How connections are told to end.
#[derive(Clone, Debug, Default)]
pub struct Stop {
    /// No new requests; answers under way go out.
    pub gracefully: CancellationToken,
    /// At once.
    pub at_once: CancellationToken,
}

/// A peer from which nothing came for so long is asked by TCP itself whether it is there,
const ASKED_AFTER: Duration = Duration::from_secs(60);
/// again after so long,
const ASKED_AGAIN: Duration = Duration::from_secs(15);
/// and so often; then it is not.
#[cfg(unix)]
const ASKED: u32 = 3;

/// Has the system find out that a peer has vanished that need not say anything, as a device that gives no signs of life.
fn watch_over(stream: &TcpStream) -> io::Result<()> {
    let asks = TcpKeepalive::new()
        .with_time(ASKED_AFTER)
        .with_interval(ASKED_AGAIN);
    #[cfg(unix)]
    let asks = asks.with_retries(ASKED);
    SockRef::from(stream).set_tcp_keepalive(&asks)
}

/// The first byte of TLS: a handshake.
const TLS: u8 = 22;

/// What is spoken behind a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// HTTP and the binary protocol.
    Web,
    /// MQTT.
    Mqtt,
}

/// All that it takes to answer a connection, whichever port it comes to.
#[derive(Clone)]
pub struct Lobby {
    router: Router,
    core: Option<Arc<Core>>,
    limits: Limits,
    stop: Stop,
    tasks: TaskTracker,
    tls: Option<Arc<Identity>>,
    /// Whether MQTT is spoken in WebSockets, too.
    sockets: bool,
    seats: Seats,
    devices: Arc<Semaphore>,
}

impl Lobby {
    /// Answers HTTP; devices, too, where there is a core.
    pub fn new(
        router: Router,
        core: Option<Arc<Core>>,
        limits: Limits,
        (stop, tasks): (Stop, TaskTracker),
    ) -> Self {
        Self {
            router,
            core,
            limits,
            stop,
            tasks,
            tls: None,
            sockets: false,
            seats: Seats::new(limits.at_once),
            devices: Arc::new(Semaphore::new(limits.devices)),
        }
    }

    /// The same with TLS for whoever speaks it, and with MQTT in WebSockets.
    pub fn with(self, identity: Option<Identity>, sockets: bool) -> Self {
        Self {
            tls: identity.map(Arc::new),
            sockets,
            ..self
        }
    }

    /// Accepts and answers until it is told to stop. Each connection is a task.
    ///
    /// HTTP/1.1 alone is spoken, which every proxy speaks to what stands behind it: telling HTTP/2 apart takes reading
    /// bytes that no timeout is on.
    pub async fn answer(self, mut listener: TcpListener, door: Door, only_tls: bool) {
        loop {
            // The trait's accept outlives a lack of file descriptors.
            let (stream, peer) = tokio::select! {
                () = self.stop.gracefully.cancelled() => return,
                next = Listener::accept(&mut listener) => next,
            };
            self.tasks
                .spawn(self.clone().welcome(stream, peer, door, only_tls));
        }
    }

    /// One connection, from the place that it takes until it ends or another takes the place.
    async fn welcome(self, stream: TcpStream, peer: SocketAddr, door: Door, only_tls: bool) {
        let seat = tokio::select! {
            () = self.stop.gracefully.cancelled() => return,
            seat = tokio::time::timeout(self.limits.header, self.seats.take(Origin::of(peer.ip()))) => seat,
        };
        let Ok(Some(seat)) = seat else {
            return;
        };
        let ousted = seat.ousted();
        let room = Room {
            seat: Arc::new(seat),
            devices: self.devices.clone(),
        };
        let guest = Guest {
            lobby: self,
            peer,
            room,
        };
        tokio::select! {
            () = guest.tell(stream, door, only_tls) => {}
            () = ousted.cancelled() => {}
        }
    }
}

/// The seat of a connection. A device that has signed in takes one of another row.
#[derive(Clone)]
pub struct Room {
    seat: Arc<Seat>,
    devices: Arc<Semaphore>,
}

impl Room {
    /// The device's seat. None where all are taken.
    pub fn for_device(self) -> Option<OwnedSemaphorePermit> {
        let seat = self.devices.try_acquire_owned().ok();
        drop(self.seat);
        seat
    }

    /// Whoever has the seat has said something whole, and keeps it.
    fn is_heard(&self) {
        self.seat.heard();
    }
}

/// What a request needs that becomes another protocol's connection.
#[derive(Clone)]
pub struct Doorway {
    /// Its seat.
    pub room: Room,
    /// How long whoever comes may take to say who that is.
    pub patience: Duration,
    /// How it is told to end.
    pub stop: Stop,
    /// Who waits for it at the end.
    pub tasks: TaskTracker,
}

/// One connection.
struct Guest {
    lobby: Lobby,
    peer: SocketAddr,
    room: Room,
}

impl Guest {
    /// Finds out what a peer speaks, and answers in it. Whoever says nothing in time is cut off.
    async fn tell(self, stream: TcpStream, door: Door, only_tls: bool) {
        // Answers are small and complete: waiting to fill a packet only delays them.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "no TCP_NODELAY");
        }
        if let Err(error) = watch_over(&stream) {
            tracing::debug!(%error, "no SO_KEEPALIVE");
        }
        let stop = self.lobby.stop.gracefully.clone();
        let opened = tokio::select! {
            opened = tokio::time::timeout(self.lobby.limits.header, Box::pin(self.open(stream, only_tls))) => opened,
            () = stop.cancelled() => return,
        };
        let Ok(Some((first, stream, over_tls))) = opened else {
            return;
        };
        let (patience, stop) = (self.lobby.limits.header, self.lobby.stop.clone());
        match (door, self.lobby.core.clone()) {
            (Door::Mqtt, Some(core)) => {
                let from = (stream, Origin::of(self.peer.ip()));
                mqtt::serve(core, from, patience, stop, self.room).await;
            }
            (Door::Web, Some(core)) if binary::is_spoken(first) => {
                binary::serve(core, (stream, self.peer), patience, stop, self.room).await;
            }
            _ => Box::pin(self.speak_http(stream, over_tls)).await,
        }
    }

    /// The first byte of what is spoken, within TLS where that is; the connection, with that byte; and whether it is within
    /// TLS.
    async fn open(&self, stream: TcpStream, only_tls: bool) -> Option<(u8, Stream, bool)> {
        let mut first = [0];
        if stream.peek(&mut first).await.ok()? == 0 {
            return None;
        }
        match &self.lobby.tls {
            Some(identity) if first[0] == TLS => {
                let tls = Box::pin(self.shown(identity)).await?;
                let stream = tls.accept(stream).await;
                let stream = stream
                    .inspect_err(|error| tracing::debug!(%error, "no TLS with this peer"))
                    .ok()?;
                let (first, stream) = Peeked::look(stream).await?;
                Some((first, Box::new(stream), true))
            }
            _ if only_tls => None,
            _ => Some((first[0], Box::new(stream), false)),
        }
    }

    /// What is shown to whoever wants to speak TLS. None where the connection is to break.
    async fn shown<'a>(&self, identity: &'a Identity) -> Option<&'a TlsAcceptor> {
        let met = match &self.lobby.core {
            Some(core) => faults::meet(core, Moment::Handshake, None).await,
            None => None,
        };
        match (met, &identity.wrong) {
            (None, _) => Some(&identity.acceptor),
            (Some(Fault::Certificate { wrong }), Some(all)) => Some(all.acceptor(wrong)),
            _ => None,
        }
    }

    /// Answers in HTTP.
    async fn speak_http(self, stream: Stream, over_tls: bool) {
        let Self { lobby, peer, room } = self;
        let mut builder = http1::Builder::new();
        builder
            .timer(TokioTimer::new())
            .header_read_timeout(lobby.limits.header);
        let stop = lobby.stop.clone();
        let doorway = lobby.sockets.then(|| Doorway {
            room: room.clone(),
            patience: lobby.limits.header,
            stop: lobby.stop.clone(),
            tasks: lobby.tasks.clone(),
        });
        let service = lobby
            .router
            .map_request(move |mut request: hyper::Request<Incoming>| {
                room.is_heard();
                request.extensions_mut().insert(ConnectInfo(peer));
                if over_tls {
                    request.extensions_mut().insert(OverTls);
                }
                if let Some(doorway) = &doorway {
                    request.extensions_mut().insert(doorway.clone());
                }
                request
            });
        let service = ServiceExt::<hyper::Request<Incoming>>::map_result(service, http::cut);
        let service = TowerToHyperService::new(service);
        let connection = builder.serve_connection(TokioIo::new(stream), service);
        let mut connection = pin!(connection.with_upgrades());
        let mut stopping = pin!(stop.gracefully.cancelled());
        let mut told = false;
        loop {
            tokio::select! {
                ended = connection.as_mut() => {
                    if let Err(error) = ended {
                        tracing::debug!(%error, "a connection broke");
                    }
                    return;
                }
                () = stopping.as_mut(), if !told => {
                    told = true;
                    connection.as_mut().graceful_shutdown();
                }
                () = stop.at_once.cancelled() => return,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    /// Bytes of what a function gives that is called with so many things.
    fn size<A, B, C, D, R>(_: impl Fn(A, B, C, D) -> R) -> usize {
        size_of::<R>()
    }

    #[test]
    fn a_connection_that_says_nothing_takes_little_memory() {
        let bytes = size(Guest::tell);
        assert!(bytes <= 2_400, "{bytes}");
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn the_system_asks_whether_a_peer_that_says_nothing_is_there() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let stream = TcpStream::connect(address).await.expect("connected");
        watch_over(&stream).expect("it can be asked");
        let socket = SockRef::from(&stream);
        assert!(socket.keepalive().expect("it is known"));
        let after = socket.tcp_keepalive_time().expect("it is known");
        assert_eq!(after, ASKED_AFTER);
    }

    const HELLO: &[u8] = b"GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";

    async fn exchange(mut stream: TcpStream, sent: &[u8]) -> String {
        stream.write_all(sent).await.expect("sent");
        let mut answer = Vec::new();
        // A peer that is cut off may see that as an error rather than as an end.
        let _ = stream.read_to_end(&mut answer).await;
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// Begins a listener of web pages that says hello. Gives its address, and what ends it.
    async fn listener(limits: Limits) -> (SocketAddr, Stop, TaskTracker) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let router = Router::new().route("/", get(|| async { "hello" }));
        let (stop, tasks) = (Stop::default(), TaskTracker::new());
        let lobby = Lobby::new(router, None, limits, (stop.clone(), tasks.clone()));
        tasks.spawn(lobby.answer(listener, Door::Web, false));
        tasks.close();
        (address, stop, tasks)
    }

    #[tokio::test]
    async fn a_slow_peer_is_cut_off_and_its_seat_is_another_s() {
        let limits = Limits {
            at_once: 1,
            header: Duration::from_millis(50),
            ..Limits::default()
        };
        let (address, stop, tasks) = listener(limits).await;
        for sent in [&b""[..], b"G", b"PRI * HTTP/2.0", &HELLO[..HELLO.len() - 2]] {
            let slow = TcpStream::connect(address).await.expect("connected");
            let heard = exchange(slow, sent).await;
            assert!(!heard.contains("hello"), "{heard}");
        }
        let good = TcpStream::connect(address).await.expect("connected");
        assert!(exchange(good, HELLO).await.ends_with("hello"));
        stop.gracefully.cancel();
        tasks.wait().await;
    }

    // Elsewhere a machine has one address of its own, until it is given more.
    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn who_says_nothing_makes_room_for_whoever_comes_from_elsewhere() {
        let limits = Limits {
            at_once: 2,
            header: Duration::from_secs(3_600),
            ..Limits::default()
        };
        let (address, stop, tasks) = listener(limits).await;
        let mut silent = Vec::new();
        for _ in 0..4 {
            silent.push(TcpStream::connect(address).await.expect("connected"));
        }
        let elsewhere = tokio::net::TcpSocket::new_v4().expect("a socket");
        elsewhere
            .bind(([127, 0, 0, 2], 0).into())
            .expect("an address");
        let good = elsewhere.connect(address).await.expect("connected");
        assert!(exchange(good, HELLO).await.ends_with("hello"));
        stop.gracefully.cancel();
        tasks.wait().await;
    }

    #[tokio::test]
    async fn a_stop_at_once_waits_for_nobody() {
        let limits = Limits {
            header: Duration::from_secs(3_600),
            ..Limits::default()
        };
        let (address, stop, tasks) = listener(limits).await;
        // Two peers: once the later one is answered, the earlier one was accepted.
        let mut slow = TcpStream::connect(address).await.expect("connected");
        slow.write_all(b"GET / HT").await.expect("sent");
        let good = TcpStream::connect(address).await.expect("connected");
        assert!(exchange(good, HELLO).await.ends_with("hello"));
        stop.gracefully.cancel();
        stop.at_once.cancel();
        tasks.wait().await;
    }
}
