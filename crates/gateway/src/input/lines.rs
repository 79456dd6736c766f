//! Programs that say in lines of JSON what nodes say, and are told in lines what nodes are to be told.

use std::io::{self, Read as _};
#[cfg(unix)]
use std::path::Path;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _, DuplexStream};
#[cfg(unix)]
use tokio::net::{UnixListener, UnixSocket, UnixStream};
use tokio::runtime::Handle;
use tokio::sync::mpsc;
#[cfg(unix)]
use tokio::task::JoinSet;
use tokio_util::codec::{FramedRead, FramedWrite, LinesCodec, LinesCodecError};

use super::UNDER_WAY;
use super::line::{Line, read};
use crate::desk::{Desk, Heard};
use crate::route::Route;

/// Bytes of a line.
const MOST: usize = 65_536;
/// Lines that a program has not read yet. Answers wait for it, orders are kept until it comes back.
const UNREAD: usize = 256;
/// After a program could not be connected.
#[cfg(unix)]
const PAUSE: std::time::Duration = std::time::Duration::from_millis(100);
/// Programs that wait to be connected.
#[cfg(unix)]
const UNHEARD: u32 = 128;
/// Programs that are connected.
#[cfg(unix)]
const MOST_PROGRAMS: usize = 64;

/// Listens on a path. A socket that a gateway left there, and that nobody answers on, makes room.
#[cfg(unix)]
pub async fn listen(path: &Path, mode: u32) -> io::Result<UnixListener> {
    use std::os::unix::fs::FileTypeExt as _;
    let left = std::fs::symlink_metadata(path);
    let is_socket = left.is_ok_and(|left| left.file_type().is_socket());
    if is_socket
        && let Err(error) = UnixStream::connect(path).await
        && error.kind() == io::ErrorKind::ConnectionRefused
    {
        std::fs::remove_file(path)?;
    }
    bound(path, mode)?.listen(UNHEARD)
}

/// A socket at a path, with its mode, which nobody can connect to yet: until it has that, it has whatever the umask leaves, which
/// may be everybody's.
#[cfg(unix)]
fn bound(path: &Path, mode: u32) -> io::Result<UnixSocket> {
    use std::os::unix::fs::PermissionsExt as _;
    let socket = UnixSocket::new_stream()?;
    socket.bind(path)?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode))?;
    Ok(socket)
}

/// Speaks with whoever connects.
#[cfg(unix)]
pub async fn accept(listener: UnixListener, desk: Desk) -> io::Result<()> {
    let mut programs = JoinSet::new();
    loop {
        tokio::select! {
            connected = listener.accept() => {
                let stream = match connected {
                    Ok((stream, _)) => stream,
                    // It went away, or too much is open just now: the next one may come through.
                    Err(error) => {
                        tracing::warn!(%error, "a program cannot be connected");
                        tokio::time::sleep(PAUSE).await;
                        continue;
                    }
                };
                if programs.len() >= MOST_PROGRAMS {
                    tracing::warn!("too many programs are connected: one more is turned away");
                    continue;
                }
                let (from, to) = stream.into_split();
                programs.spawn(speak(from, to, desk.clone()));
            }
            Some(ended) = programs.join_next() => {
                if let Ok(Err(error)) = ended {
                    tracing::info!(%error, "a program's connection broke");
                }
            }
        }
    }
}

/// The standard input, read by a thread that nobody waits for at the end: it may wait for a line for ever.
pub fn stdin() -> DuplexStream {
    let (mut to, from) = tokio::io::duplex(MOST);
    let runtime = Handle::current();
    std::thread::spawn(move || {
        let mut bytes = [0; 8_192];
        let mut stdin = io::stdin().lock();
        while let Ok(length @ 1..) = stdin.read(&mut bytes) {
            if runtime.block_on(to.write_all(&bytes[..length])).is_err() {
                return;
            }
        }
    });
    from
}

/// Speaks with one program until it says no more.
pub async fn speak<R, W>(from: R, to: W, desk: Desk) -> io::Result<()>
where
    R: AsyncRead + Unpin,
    W: AsyncWrite + Unpin,
{
    let (orders, mut told) = mpsc::channel(UNREAD);
    let mut lines = FramedRead::new(from, LinesCodec::new_with_max_length(MOST));
    let mut out = FramedWrite::new(to, LinesCodec::new());
    let mut answers = futures_util::stream::FuturesOrdered::new();
    let mut is_open = true;
    loop {
        tokio::select! {
            line = lines.next(), if is_open && answers.len() < UNDER_WAY => match line {
                None => is_open = false,
                Some(Ok(text)) if text.trim().is_empty() => {}
                Some(Ok(text)) => answers.push_back(take(text, desk.clone(), orders.clone())),
                Some(Err(LinesCodecError::MaxLineLengthExceeded)) => {
                    out.send(refusal(None, "the line is too long").to_string()).await.map_err(broken)?;
                }
                Some(Err(error)) => return Err(broken(error)),
            },
            Some(answer) = answers.next(), if !answers.is_empty() => {
                if let Some(answer) = answer {
                    out.send(Value::to_string(&answer)).await.map_err(broken)?;
                }
            }
            Some(order) = told.recv() => out.send(order).await.map_err(broken)?,
            else => return Ok(()),
        }
        if !is_open && answers.is_empty() {
            return Ok(());
        }
    }
}

fn broken(error: LinesCodecError) -> io::Error {
    match error {
        LinesCodecError::Io(error) => error,
        LinesCodecError::MaxLineLengthExceeded => io::Error::other("the line is too long"),
    }
}

fn refusal(number: Option<u64>, reason: &str) -> Value {
    json!({ "refused": number, "reason": reason })
}

/// Takes a line, and gives what is answered.
async fn take(text: String, desk: Desk, orders: mpsc::Sender<String>) -> Option<Value> {
    let Line {
        from,
        payload,
        at,
        number,
    } = match read(&text) {
        Ok(line) => line,
        Err((number, reason)) => return Some(refusal(number, &reason)),
    };
    let heard = Heard {
        source: from,
        payload,
        at,
        route: Route::Line(orders),
    };
    match desk.heard(heard).await {
        Ok(()) => number.map(|number| json!({ "kept": number })),
        Err(why) => Some(refusal(number, &why.to_string())),
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[tokio::test]
    async fn nobody_connects_before_the_socket_has_its_mode() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("bridge.sock");
        let socket = bound(&path, 0o600).expect("bound");
        let mode = std::fs::metadata(&path).expect("there").permissions();
        assert_eq!(mode.mode() & 0o777, 0o600);
        let early = UnixStream::connect(&path).await.expect_err("too early");
        assert_eq!(early.kind(), io::ErrorKind::ConnectionRefused);
        let listener = socket.listen(UNHEARD).expect("it listens");
        UnixStream::connect(&path).await.expect("in time");
        drop(listener);
        // What was left there makes room, with another mode.
        listen(&path, 0o660).await.expect("it listens again");
        let mode = std::fs::metadata(&path).expect("there").permissions();
        assert_eq!(mode.mode() & 0o777, 0o660);
    }
}
