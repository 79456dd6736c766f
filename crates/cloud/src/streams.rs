//! Connections as those see them who speak over them, whatever is below: TCP, TLS or a WebSocket.

use std::future::poll_fn;
use std::io;
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::ws::{Message, WebSocket};
use bytes::BufMut;
use futures_util::{Sink as _, Stream as _};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadBuf};

/// Bytes in and out.
pub trait Bytewise: AsyncRead + AsyncWrite + Unpin + Send {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send> Bytewise for T {}

/// A connection.
pub type Stream = Box<dyn Bytewise>;

/// Takes what comes next, up to `MOST` bytes, and gives how many these were. It may be dropped while it waits: nothing is lost.
/// No memory is held for it meanwhile: most devices say nothing most of the time.
pub async fn take<const MOST: usize>(
    stream: &mut Stream,
    taken: &mut impl BufMut,
) -> io::Result<usize> {
    poll_fn(|context| {
        let mut bytes = [MaybeUninit::uninit(); MOST];
        let mut buffer = ReadBuf::uninit(&mut bytes);
        ready!(Pin::new(&mut *stream).poll_read(context, &mut buffer))?;
        taken.put_slice(buffer.filled());
        Poll::Ready(Ok(buffer.filled().len()))
    })
    .await
}

/// How long somebody may take to hang up who was told that it is over,
const FAREWELL: Duration = Duration::from_secs(2);
/// and how many bytes more it may send meanwhile.
const MOST_UNHEARD: usize = 256 * 1_024;

/// Ends a connection whose other end was told something that it is to hear. What that still sends is passed over until it hangs
/// up: a connection that is closed while something is unread is broken off, and what was on the way to the other end is lost.
pub async fn part(stream: &mut Stream) {
    let parting = async {
        // Where the other end is gone there is nobody to wait for.
        if stream.shutdown().await.is_err() {
            return;
        }
        let (mut unheard, mut all) = (Vec::new(), 0);
        while let Ok(more @ 1..) = take::<1_024>(stream, &mut unheard).await {
            unheard.clear();
            all += more;
            if all > MOST_UNHEARD {
                return;
            }
        }
    };
    // Whoever does not hang up is hung up on.
    let _ = tokio::time::timeout(FAREWELL, parting).await;
}

/// A connection whose first byte was looked at.
pub struct Peeked<S> {
    first: Option<u8>,
    stream: S,
}

impl<S: AsyncRead + Unpin> Peeked<S> {
    /// Waits for the first byte. None where there is none.
    pub async fn look(mut stream: S) -> Option<(u8, Self)> {
        let first = stream.read_u8().await.ok()?;
        let peeked = Self {
            first: Some(first),
            stream,
        };
        Some((first, peeked))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Peeked<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if buffer.remaining() > 0
            && let Some(first) = self.first.take()
        {
            buffer.put_slice(&[first]);
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Peeked<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

/// The bytes of a WebSocket's binary messages, wherever those begin and end.
pub struct Messages {
    socket: WebSocket,
    rest: Bytes,
}

impl Messages {
    /// Of this socket.
    pub fn of(socket: WebSocket) -> Self {
        Self {
            socket,
            rest: Bytes::new(),
        }
    }
}

impl AsyncRead for Messages {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        while self.rest.is_empty() {
            match ready!(Pin::new(&mut self.socket).poll_next(context)) {
                Some(Ok(Message::Binary(bytes))) => self.rest = bytes,
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                Some(Ok(Message::Text(_))) => {
                    return Poll::Ready(Err(io::Error::other("a text, where bytes are spoken")));
                }
                Some(Ok(Message::Close(_))) | None => return Poll::Ready(Ok(())),
                Some(Err(error)) => return Poll::Ready(Err(io::Error::other(error))),
            }
        }
        let length = self.rest.len().min(buffer.remaining());
        buffer.put_slice(&self.rest.split_to(length));
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Messages {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        ready!(Pin::new(&mut self.socket).poll_ready(context)).map_err(io::Error::other)?;
        let message = Message::Binary(Bytes::copy_from_slice(bytes));
        let sent = Pin::new(&mut self.socket).start_send(message);
        Poll::Ready(sent.map(|()| bytes.len()).map_err(io::Error::other))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.socket).poll_flush(context);
        flushed.map_err(io::Error::other)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let closed = Pin::new(&mut self.socket).poll_close(context);
        closed.map_err(io::Error::other)
    }
}
