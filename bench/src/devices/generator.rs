//! The load: devices that publish over MQTT 3.1.1, each as soon as enough of what it published is acknowledged.
//!
//! It writes and reads bytes by itself rather than through a library, so that it takes as little as possible of the
//! processors that it shares with what it measures.

use std::fmt;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use serde::Serialize;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use super::process::Watched;
use crate::cloud::Trouble;
use crate::stats::Times;

/// Connections that are opened at one time.
const AT_ONCE: usize = 64;
/// What each message is about, by a name that each datastream of the cloud has, and what it says.
const TOPIC: &str = "ds/V1";
const VALUE: &[u8] = b"23.5";
/// Bytes of an acknowledgement, and of the answer to a login.
const ACKNOWLEDGEMENT: usize = 4;

/// How much is said.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Load {
    /// By so many devices.
    pub clients: usize,
    /// So many messages of each that are not acknowledged yet.
    pub open: u16,
    /// So many before each of these that are not to be acknowledged (QoS 0).
    pub unsure: usize,
    /// By each device in a second; else as soon as one is acknowledged.
    pub each_second: Option<u32>,
}

impl Load {
    /// So many devices, with so many messages that are not acknowledged yet, and so many before each that need not be.
    pub const fn new(clients: usize, open: u16, unsure: usize) -> Self {
        Self {
            clients,
            open,
            unsure,
            each_second: None,
        }
    }

    /// So many devices that say something so often, whatever was acknowledged.
    pub const fn steady(clients: usize, each_second: u32) -> Self {
        Self {
            each_second: Some(each_second),
            ..Self::new(clients, 1, 0)
        }
    }

    /// What is written for a message to be acknowledged, and those before it.
    fn bytes(self, id: u16, topic: &str) -> Vec<u8> {
        let mut bytes = Vec::new();
        for _ in 0..self.unsure {
            publish(&mut bytes, 0x30, topic, None);
        }
        publish(&mut bytes, 0x32, topic, Some(id));
        bytes
    }
}

impl fmt::Display for Load {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} devices, ", self.clients)?;
        match self.each_second {
            Some(each) => write!(f, "{each} a second each"),
            None => write!(f, "{} open each", self.open),
        }?;
        match self.unsure {
            0 => Ok(()),
            unsure => write!(f, " after {unsure} of QoS 0"),
        }
    }
}

/// What came of it.
#[derive(Clone, Copy, Serialize)]
pub struct Rate {
    /// Messages in a second.
    pub per_second: f64,
    /// Processor time of the other process for each, in microseconds.
    pub cpu_us: f64,
    /// Milliseconds until a message was acknowledged.
    pub ms: Times,
}

/// Devices that are signed in.
pub struct Crowd(Vec<Speaker>);

/// One of them, and where it publishes: a gateway speaks for each of its nodes in turn.
struct Speaker {
    stream: TcpStream,
    topics: Vec<String>,
}

/// A gateway's token, and those of its nodes.
pub struct Hub {
    /// Its own.
    pub token: String,
    /// Those that it speaks with.
    pub nodes: Vec<String>,
}

impl Crowd {
    /// Signs all of them in.
    pub async fn connect(address: SocketAddr, tokens: &[String]) -> Result<Self, Trouble> {
        let mut streams = Vec::with_capacity(tokens.len());
        for some in tokens.chunks(AT_ONCE) {
            let mut tasks = JoinSet::new();
            for token in some {
                let topics = vec![TOPIC.to_owned()];
                tasks.spawn(sign_in(address, "device", token.clone(), topics));
            }
            while let Some(stream) = tasks.join_next().await {
                streams.push(stream.map_err(std::io::Error::other)??);
            }
        }
        Ok(Self(streams))
    }

    /// Signs gateways in, each of which speaks for its nodes.
    pub async fn hubs(address: SocketAddr, hubs: &[Hub]) -> Result<Self, Trouble> {
        let mut streams = Vec::with_capacity(hubs.len());
        for hub in hubs {
            let nodes = hub.nodes.iter();
            let topics = nodes.map(|node| format!("dev/{node}/{TOPIC}")).collect();
            streams.push(sign_in(address, "mgmt_device", hub.token.clone(), topics).await?);
        }
        Ok(Self(streams))
    }

    /// All of them speak for so long.
    pub async fn speak(
        &mut self,
        load: Load,
        seconds: u32,
        watched: Option<&Watched>,
    ) -> Result<Rate, Trouble> {
        let before = watched.map(|watched| watched.cpu()).transpose()?;
        let began = Instant::now();
        let end = began + Duration::from_secs(seconds.into());
        let mut tasks = JoinSet::new();
        let all = self.0.len().max(1);
        for (number, stream) in self.0.drain(..).enumerate() {
            match load.each_second {
                None => tasks.spawn(speak(stream, load, end)),
                Some(each) => {
                    let every = Duration::from_secs(1) / each;
                    // They do not all speak at the same moment.
                    let first = began + every.mul_f64(number as f64 / all as f64);
                    tasks.spawn(speak_steadily(stream, load, (first, every, end)))
                }
            };
        }
        let mut times = Vec::new();
        while let Some(done) = tasks.join_next().await {
            let (stream, some) = done.map_err(std::io::Error::other)??;
            self.0.push(stream);
            times.extend(some);
        }
        let elapsed = began.elapsed();
        let after = watched.map(|watched| watched.cpu()).transpose()?;
        let messages = (times.len() * (load.unsure + 1)) as f64;
        let cpu = after.zip(before).map(|(after, before)| after - before);
        let ms = times.iter().map(|micros| f64::from(*micros) / 1_000.0);
        Ok(Rate {
            per_second: messages / elapsed.as_secs_f64(),
            cpu_us: cpu.unwrap_or_default().as_secs_f64() * 1e6 / messages,
            ms: Times::of(ms).ok_or(Trouble::Odd("nobody said anything"))?,
        })
    }

    /// All of them go.
    pub async fn leave(self) -> Result<(), Trouble> {
        for Speaker { mut stream, .. } in self.0 {
            stream.write_all(&[0xe0, 0]).await?;
            // The other end closes it, and then counts it no more.
            while stream.read(&mut [0; 64]).await? > 0 {}
        }
        Ok(())
    }
}

async fn sign_in(
    address: SocketAddr,
    user: &'static str,
    token: String,
    topics: Vec<String>,
) -> Result<Speaker, Trouble> {
    let mut stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let mut rest = Vec::new();
    field(&mut rest, b"MQTT");
    // Version 4, with a name and a password, a clean session and the longest time between two signs of life.
    rest.extend([4, 0xc2, 0xff, 0xff]);
    field(&mut rest, &token.as_bytes()[..23.min(token.len())]);
    field(&mut rest, user.as_bytes());
    field(&mut rest, token.as_bytes());
    let mut bytes = vec![0x10];
    bytes.push(u8::try_from(rest.len()).map_err(|_| Trouble::Odd("a long token"))?);
    bytes.extend(rest);
    stream.write_all(&bytes).await?;
    let mut answer = [0; ACKNOWLEDGEMENT];
    stream.read_exact(&mut answer).await?;
    match answer {
        [0x20, 2, _, 0] => Ok(Speaker { stream, topics }),
        _ => Err(Trouble::Odd("a device is refused")),
    }
}

fn field(bytes: &mut Vec<u8>, text: &[u8]) {
    let length = u16::try_from(text.len()).unwrap_or_default();
    bytes.extend(length.to_be_bytes());
    bytes.extend(text);
}

fn publish(bytes: &mut Vec<u8>, kind: u8, topic: &str, id: Option<u16>) {
    let length = 2 + topic.len() + VALUE.len() + if id.is_some() { 2 } else { 0 };
    bytes.extend([kind, u8::try_from(length).unwrap_or_default()]);
    field(bytes, topic.as_bytes());
    bytes.extend(id.iter().flat_map(|id| id.to_be_bytes()));
    bytes.extend(VALUE);
}

/// Speaks until then, and gives how many microseconds each acknowledgement took.
async fn speak(
    Speaker { mut stream, topics }: Speaker,
    load: Load,
    end: Instant,
) -> Result<(Speaker, Vec<u32>), Trouble> {
    let whose = topics.iter().cycle();
    let all = (1..=load.open).zip(whose);
    let all: Vec<Vec<u8>> = all.map(|(id, topic)| load.bytes(id, topic)).collect();
    stream.write_all(&all.concat()).await?;
    let mut sent = vec![Instant::now(); all.len()];
    let mut open = all.len();
    let mut times = Vec::new();
    let (mut read, mut held) = ([0; 1_024], 0);
    let mut next = Vec::new();
    while open > 0 {
        let got = stream.read(&mut read[held..]).await?;
        if got == 0 {
            return Err(Trouble::Odd("a device is cut off"));
        }
        let now = Instant::now();
        held += got;
        next.clear();
        let whole = held - held % ACKNOWLEDGEMENT;
        for answer in read[..whole].chunks_exact(ACKNOWLEDGEMENT) {
            let &[0x40, 2, high, low] = answer else {
                return Err(Trouble::Odd("an answer that is no acknowledgement"));
            };
            let place = usize::from(u16::from_be_bytes([high, low])) - 1;
            let took = now - sent[place];
            times.push(u32::try_from(took.as_micros()).unwrap_or(u32::MAX));
            if now < end {
                next.extend(&all[place]);
                sent[place] = now;
            } else {
                open -= 1;
            }
        }
        read.copy_within(whole..held, 0);
        held -= whole;
        stream.write_all(&next).await?;
    }
    Ok((Speaker { stream, topics }, times))
}

/// Speaks at its own times, and gives how many microseconds each acknowledgement took from then on.
async fn speak_steadily(
    Speaker { mut stream, topics }: Speaker,
    load: Load,
    (mut next, every, end): (Instant, Duration, Instant),
) -> Result<(Speaker, Vec<u32>), Trouble> {
    let mut times = Vec::new();
    let topic = topics.first().map_or(TOPIC, String::as_str);
    let bytes = load.bytes(1, topic);
    while next < end {
        tokio::time::sleep_until(next.into()).await;
        stream.write_all(&bytes).await?;
        let mut answer = [0; ACKNOWLEDGEMENT];
        stream.read_exact(&mut answer).await?;
        // Whoever was late with the one before is late with this one.
        times.push(u32::try_from(next.elapsed().as_micros()).unwrap_or(u32::MAX));
        next += every;
    }
    Ok((Speaker { stream, topics }, times))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_as_published() {
        let sure = Load::new(1, 1, 0).bytes(0x0102, TOPIC);
        assert_eq!(sure, b"\x32\x0d\x00\x05ds/V1\x01\x0223.5");
        let both = Load::new(1, 1, 1).bytes(3, TOPIC);
        assert_eq!(
            both,
            b"\x30\x0b\x00\x05ds/V123.5\x32\x0d\x00\x05ds/V1\x00\x0323.5"
        );
    }
}
