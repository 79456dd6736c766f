//! Connections: how many there may be, how long a peer may take to say what it wants, and how they end.
//!
//! The first byte tells what is spoken: HTTP begins with a letter, the binary protocol with a command that no letter has.

use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use axum::serve::Listener;
use futures_util::future::BoxFuture;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

use crate::binary;
use crate::http;
use crate::service::Core;

/// What no peer may exceed.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Connections at one time. Others wait, unaccepted, until one ends.
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

/// Accepts and answers until it is told to stop. Each connection is a task of `tasks`.
///
/// HTTP/1.1 alone is spoken, which every proxy speaks to what stands behind it: telling HTTP/2 apart takes reading
/// bytes that no timeout is on.
pub async fn answer(
    mut listener: TcpListener,
    router: Router,
    core: Option<Arc<Core>>,
    limits: Limits,
    stop: Stop,
    tasks: TaskTracker,
) {
    let seats = Arc::new(Semaphore::new(limits.at_once));
    let devices = Arc::new(Semaphore::new(limits.devices));
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(limits.header);
    loop {
        let next = async {
            let seat = seats.clone().acquire_owned().await;
            // The trait's accept outlives a lack of file descriptors.
            let (stream, peer) = Listener::accept(&mut listener).await;
            (seat.expect("the semaphore is never closed"), stream, peer)
        };
        let (seat, stream, peer) = tokio::select! {
            () = stop.gracefully.cancelled() => return,
            next = next => next,
        };
        let room = Room {
            seat,
            devices: devices.clone(),
        };
        let http = speak_http(builder.clone(), router.clone(), stop.clone());
        let told = tell(
            (stream, peer),
            limits,
            core.clone(),
            stop.clone(),
            room,
            http,
        );
        tasks.spawn(told);
    }
}

/// The seat of a connection. A device that has signed in takes one of another row.
pub struct Room {
    seat: OwnedSemaphorePermit,
    devices: Arc<Semaphore>,
}

impl Room {
    /// The device's seat. None where all are taken.
    pub fn for_device(self) -> Option<OwnedSemaphorePermit> {
        let seat = self.devices.try_acquire_owned().ok();
        drop(self.seat);
        seat
    }
}

/// Finds out what a peer speaks, and answers in it. Whoever says nothing in time is cut off.
async fn tell<F: Future<Output = ()>>(
    (stream, peer): (TcpStream, SocketAddr),
    limits: Limits,
    core: Option<Arc<Core>>,
    stop: Stop,
    room: Room,
    http: impl FnOnce(TcpStream, SocketAddr) -> F,
) {
    // Answers are small and complete: waiting to fill a packet only delays them.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "no TCP_NODELAY");
    }
    let mut first = [0];
    let peeked = tokio::select! {
        peeked = tokio::time::timeout(limits.header, stream.peek(&mut first)) => peeked,
        () = stop.gracefully.cancelled() => return,
    };
    match (peeked, core) {
        (Ok(Ok(1..)), Some(core)) if binary::is_spoken(first[0]) => {
            binary::serve(core, (stream, peer), limits.header, stop, room).await;
        }
        (Ok(Ok(1..)), _) => {
            http(stream, peer).await;
            drop(room);
        }
        _ => {}
    }
}

/// Answers in HTTP.
fn speak_http(
    http: http1::Builder,
    router: Router,
    stop: Stop,
) -> impl FnOnce(TcpStream, SocketAddr) -> BoxFuture<'static, ()> {
    |stream, peer| Box::pin(serve(http, (stream, peer), router, stop))
}

async fn serve(
    builder: http1::Builder,
    (stream, peer): (TcpStream, SocketAddr),
    router: Router,
    stop: Stop,
) {
    let told = move |mut request: hyper::Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        request
    };
    let service = router.map_request(told);
    let service = ServiceExt::<hyper::Request<Incoming>>::map_result(service, http::cut);
    let service = TowerToHyperService::new(service);
    let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), service));
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

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    const HELLO: &[u8] = b"GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";

    async fn exchange(mut stream: TcpStream, sent: &[u8]) -> String {
        stream.write_all(sent).await.expect("sent");
        let mut answer = Vec::new();
        // A peer that is cut off may see that as an error rather than as an end.
        let _ = stream.read_to_end(&mut answer).await;
        String::from_utf8_lossy(&answer).into_owned()
    }

    #[tokio::test]
    async fn a_slow_peer_is_cut_off_and_its_seat_is_another_s() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let limits = Limits {
            at_once: 1,
            header: Duration::from_millis(50),
            ..Limits::default()
        };
        let router = Router::new().route("/", get(|| async { "hello" }));
        let (stop, tasks) = (Stop::default(), TaskTracker::new());
        let answering = answer(listener, router, None, limits, stop.clone(), tasks.clone());
        tasks.spawn(answering);
        tasks.close();
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

    #[tokio::test]
    async fn a_stop_at_once_waits_for_nobody() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let (stop, tasks) = (Stop::default(), TaskTracker::new());
        let router = Router::new();
        let limits = Limits {
            header: Duration::from_secs(3_600),
            ..Limits::default()
        };
        tasks.spawn(answer(
            listener,
            router,
            None,
            limits,
            stop.clone(),
            tasks.clone(),
        ));
        tasks.close();
        // Two peers: once the later one is answered, the earlier one was accepted.
        let mut slow = TcpStream::connect(address).await.expect("connected");
        slow.write_all(b"GET / HT").await.expect("sent");
        let good = TcpStream::connect(address).await.expect("connected");
        assert!(exchange(good, HELLO).await.contains("404"));
        stop.gracefully.cancel();
        stop.at_once.cancel();
        tasks.wait().await;
    }
}
