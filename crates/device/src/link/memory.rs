//! Air that exists in memory alone: loses, delays, repeats and reorders from a seed, and can be cut in two.
//!
//! What it lacks: two who speak at once do not disturb each other.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

use super::{Heard, Link};
use crate::Moment;
use crate::dice::Dice;
use crate::frame::Signal;

/// What happens to a frame on its way to one of those who hear it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Weather {
    /// How probably it is lost, from 0 to 1.
    pub loss: f64,
    /// How probably it comes twice.
    pub duplicates: f64,
    /// It takes at least so long.
    pub shortest: Duration,
    /// And at most so long. Frames overtake each other within that.
    pub longest: Duration,
}

impl Default for Weather {
    fn default() -> Self {
        Self {
            loss: 0.0,
            duplicates: 0.0,
            shortest: Duration::from_millis(1),
            longest: Duration::from_millis(5),
        }
    }
}

/// A frame that reaches a station.
#[derive(Clone, Debug)]
pub struct Arrival {
    /// Which station.
    pub to: usize,
    /// When.
    pub at: Moment,
    /// What it hears.
    pub heard: Heard,
}

/// Who hears whom, and what gets lost between them.
pub struct Air {
    /// May be changed at any time.
    pub weather: Weather,
    near: Vec<Vec<(usize, Signal)>>,
    sides: Option<Vec<u8>>,
    dice: Dice,
}

impl Air {
    /// So many stations, none of which hears another.
    pub fn new(stations: usize, weather: Weather, seed: u64) -> Self {
        Self {
            weather,
            near: vec![Vec::new(); stations],
            sides: None,
            dice: Dice::new(seed),
        }
    }

    /// These two hear each other, about as loud as this.
    pub fn connect(&mut self, one: usize, other: usize, signal: Signal) {
        self.near[one].push((other, signal));
        self.near[other].push((one, signal));
    }

    /// Whoever is on different sides does not hear each other; a side for each station.
    pub fn cut(&mut self, sides: Vec<u8>) {
        self.sides = Some(sides);
    }

    /// There are no sides any more.
    pub fn heal(&mut self) {
        self.sides = None;
    }

    /// Sends from a station: where and when it will be heard.
    pub fn send(&mut self, from: usize, bytes: &[u8], now: Moment) -> Vec<Arrival> {
        let mut arrivals = Vec::new();
        for at in 0..self.near[from].len() {
            let (to, signal) = self.near[from][at];
            let apart = |sides: &Vec<u8>| sides[from] != sides[to];
            if self.sides.as_ref().is_some_and(apart) || self.dice.happens(self.weather.loss) {
                continue;
            }
            let copies = 1 + usize::from(self.dice.happens(self.weather.duplicates));
            for _ in 0..copies {
                arrivals.push(self.arrival(to, signal, bytes, now));
            }
        }
        arrivals
    }

    fn arrival(&mut self, to: usize, signal: Signal, bytes: &[u8], now: Moment) -> Arrival {
        let Weather {
            shortest, longest, ..
        } = self.weather;
        // Three decibels up and down.
        let jitter = i8::try_from(self.dice.below(7)).unwrap_or(0) - 3;
        Arrival {
            to,
            at: now + self.dice.between(shortest, longest),
            heard: Heard {
                bytes: bytes.to_vec(),
                signal: Signal(signal.0.saturating_add(jitter)),
            },
        }
    }
}

/// A station reads at most so much later than it arrives; what comes beyond that is lost, as with any receiver.
const INBOX: usize = 256;

/// A station's end of the air, with tokio's time: a test's paused clock makes it quick and certain.
pub struct MemoryLink {
    station: usize,
    start: Instant,
    air: Arc<Mutex<Air>>,
    stations: Arc<Vec<mpsc::Sender<Arrival>>>,
    inbox: tokio::sync::Mutex<Inbox>,
}

struct Inbox {
    arriving: mpsc::Receiver<Arrival>,
    // By the time of arrival; the count keeps those apart that come at once.
    flying: BTreeMap<(Moment, u64), Heard>,
    count: u64,
}

/// A link for each of the air's stations. The air can be changed meanwhile.
pub fn links(air: Air) -> (Arc<Mutex<Air>>, Vec<MemoryLink>) {
    let count = air.near.len();
    let air = Arc::new(Mutex::new(air));
    let (senders, receivers): (Vec<_>, Vec<_>) = (0..count).map(|_| mpsc::channel(INBOX)).unzip();
    let stations = Arc::new(senders);
    let start = Instant::now();
    let links = receivers.into_iter().enumerate();
    let links = links.map(|(station, arriving)| MemoryLink {
        station,
        start,
        air: Arc::clone(&air),
        stations: Arc::clone(&stations),
        inbox: tokio::sync::Mutex::new(Inbox {
            arriving,
            flying: BTreeMap::new(),
            count: 0,
        }),
    });
    let links = links.collect();
    (air, links)
}

impl Link for MemoryLink {
    async fn send(&self, bytes: &[u8]) -> io::Result<()> {
        let now = self.start.elapsed();
        let mut air = self.air.lock().unwrap_or_else(PoisonError::into_inner);
        for arrival in air.send(self.station, bytes, now) {
            // Full, or nobody there any more: lost.
            let _ = self.stations[arrival.to].try_send(arrival);
        }
        Ok(())
    }

    async fn receive(&self) -> io::Result<Heard> {
        let mut inbox = self.inbox.lock().await;
        loop {
            let next = inbox.flying.first_key_value().map(|(key, _)| *key);
            let due = next.map(|(at, _)| self.start + at);
            let arrival = tokio::select! {
                biased;
                Some(arrival) = inbox.arriving.recv() => arrival,
                () = sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() => {
                    let (_, heard) = inbox.flying.pop_first().expect("it was just looked at");
                    return Ok(heard);
                }
            };
            let count = inbox.count;
            inbox.count += 1;
            inbox.flying.insert((arrival.at, count), arrival.heard);
        }
    }
}
