//! Bytes to a cloud and back, such that nothing is lost where nobody goes on waiting.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::{Instant, sleep_until, timeout};

/// Bytes that are read at once.
const AT_ONCE: usize = 2048;
/// After so many heartbeats without a word the cloud is gone.
const SILENT_BEATS: u32 = 3;

/// How long the other side may take to read what was said last.
const END: Duration = Duration::from_secs(10);

/// Why there is no more.
#[derive(Debug, thiserror::Error)]
pub enum Over {
    /// The cloud cannot be reached, or hung up.
    #[error("the connection broke: {0}")]
    Broken(#[from] io::Error),
    /// It said nothing for too long.
    #[error("the cloud says nothing any more")]
    Silent,
}

/// What is to be done next.
pub enum Turn {
    /// Something came.
    Heard,
    /// It is time for a sign of life.
    Beat,
}

/// A connection.
#[derive(Debug)]
pub struct Pipe {
    stream: TcpStream,
    heartbeat: Duration,
    /// What was read and is no whole message yet.
    pub heard: Vec<u8>,
    /// What is still to be written.
    pub out: Vec<u8>,
    heard_at: Instant,
    said_at: Instant,
}

impl Pipe {
    /// Connects.
    pub async fn connect(cloud: SocketAddr, heartbeat: Duration) -> io::Result<Self> {
        let stream = TcpStream::connect(cloud).await?;
        // Messages are small and whole: waiting to fill a packet only delays them.
        stream.set_nodelay(true)?;
        let now = Instant::now();
        Ok(Self {
            stream,
            heartbeat,
            heard: Vec::new(),
            out: Vec::new(),
            heard_at: now,
            said_at: now,
        })
    }

    /// Writes what is to be written. Where nobody goes on waiting the rest stays.
    pub async fn flush(&mut self) -> Result<(), Over> {
        while !self.out.is_empty() {
            let writable = timeout(self.heartbeat * SILENT_BEATS, self.stream.writable());
            writable.await.map_err(|_| Over::Silent)??;
            match self.stream.try_write(&self.out) {
                Ok(written) => {
                    self.out.drain(..written);
                    self.said_at = Instant::now();
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// Reads what has come.
    pub async fn read(&mut self) -> Result<(), Over> {
        loop {
            self.stream.readable().await?;
            let mut piece = [0; AT_ONCE];
            match self.stream.try_read(&mut piece) {
                Ok(0) => return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into()),
                Ok(length) => {
                    self.heard.extend_from_slice(&piece[..length]);
                    self.heard_at = Instant::now();
                    return Ok(());
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Hangs up once the other side has read all that was said, and has hung up, too; or after `END`.
    ///
    /// Whoever closes a connection with something unread in it resets it, and takes back what the other side has not read.
    pub async fn end(mut self) {
        let heard_out = async {
            self.flush().await?;
            let (unread, said) = self.stream.into_split();
            // Which says that nothing more is said.
            drop(said);
            let mut piece = [0; AT_ONCE];
            loop {
                unread.readable().await?;
                match unread.try_read(&mut piece) {
                    Ok(0) => return Ok::<(), Over>(()),
                    Ok(_) => {}
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                    Err(error) => return Err(error.into()),
                }
            }
        };
        // However it ended, nothing more can be done for what was said.
        let _ = timeout(END, heard_out).await;
    }

    /// Waits until something came, or it is time for a sign of life.
    pub async fn turn(&mut self) -> Result<Turn, Over> {
        self.flush().await?;
        let beat = self.said_at + self.heartbeat;
        let silent = self.heard_at + self.heartbeat * SILENT_BEATS;
        tokio::select! {
            read = self.read() => read.map(|()| Turn::Heard),
            () = sleep_until(silent) => Err(Over::Silent),
            () = sleep_until(beat) => Ok(Turn::Beat),
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::*;

    /// A cloud that answers, and reads what was said to it only once the device is about to hang up.
    #[tokio::test]
    async fn what_was_said_last_is_heard() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let connecting = Pipe::connect(address, Duration::from_secs(60));
        let (device, cloud) = tokio::join!(connecting, listener.accept());
        let (mut device, (mut cloud, _)) = (device.expect("a pipe"), cloud.expect("a device"));
        cloud.write_all(b"an answer").await.expect("written");
        device.out.extend_from_slice(b"what was said last");
        device.flush().await.expect("written");
        device.stream.readable().await.expect("the answer has come");
        let heard = async move {
            let mut heard = Vec::new();
            cloud.read_to_end(&mut heard).await.expect("no reset");
            heard
        };
        let ((), heard) = tokio::join!(device.end(), heard);
        assert_eq!(heard, b"what was said last");
    }
}
