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
    near: Vec<Vec<Ear>>,
    sides: Option<Vec<u8>>,
    /// Who is neither heard nor hears.
    silent: Vec<bool>,
    dice: Dice,
}

/// Who hears a station.
#[derive(Clone, Copy, Debug)]
struct Ear {
    who: usize,
    signal: Signal,
    /// How probably a frame is lost between these two, whatever the weather.
    loss: f64,
}

impl Air {
    /// So many stations, none of which hears another.
    pub fn new(stations: usize, weather: Weather, seed: u64) -> Self {
        Self {
            weather,
            near: vec![Vec::new(); stations],
            sides: None,
            silent: vec![false; stations],
            dice: Dice::new(seed),
        }
    }

    /// These two hear each other, about as loud as this.
    pub fn connect(&mut self, one: usize, other: usize, signal: Signal) {
        self.connect_losing(one, other, signal, 0.0);
    }

    /// The same, where a part (0 to 1) of what one sends never reaches the other, whatever the weather.
    pub fn connect_losing(&mut self, one: usize, other: usize, signal: Signal, loss: f64) {
        for (from, who) in [(one, other), (other, one)] {
            self.near[from].push(Ear { who, signal, loss });
        }
    }

    /// Takes a station's radio, or gives it back: without it, it is neither heard nor hears.
    pub fn silence(&mut self, station: usize, is_silent: bool) {
        self.silent[station] = is_silent;
    }

    /// Puts one station on a side, as [`cut`](Self::cut) puts all of them. Whoever was put on none is on 0.
    pub fn put(&mut self, station: usize, side: u8) {
        let stations = self.near.len();
        self.sides.get_or_insert_with(|| vec![0; stations])[station] = side;
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
        if self.silent[from] {
            return arrivals;
        }
        for at in 0..self.near[from].len() {
            let Ear { who, signal, loss } = self.near[from][at];
            let apart = |sides: &Vec<u8>| sides[from] != sides[who];
            let is_cut = self.silent[who] || self.sides.as_ref().is_some_and(apart);
            let loss = 1.0 - (1.0 - self.weather.loss) * (1.0 - loss);
            if is_cut || self.dice.happens(loss) {
                continue;
            }
            let copies = 1 + usize::from(self.dice.happens(self.weather.duplicates));
            for _ in 0..copies {
                arrivals.push(self.arrival(who, signal, bytes, now));
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
            let has_room = inbox.flying.len() < INBOX;
            let next = inbox.flying.first_key_value().map(|(key, _)| *key);
            let due = next.map(|(at, _)| self.start + at);
            let arrival = tokio::select! {
                biased;
                // In the order of their times, as long as there is room: else it would take in more and more, and read nothing.
                Some(arrival) = inbox.arriving.recv(), if has_room => arrival,
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

#[cfg(test)]
mod tests {
    use super::*;

    fn heard_by(air: &mut Air, from: usize) -> Vec<usize> {
        let arrivals = air.send(from, b"hello", Moment::ZERO).into_iter();
        arrivals.map(|arrival| arrival.to).collect()
    }

    #[test]
    fn who_hears_whom() {
        let mut air = Air::new(4, Weather::default(), 1);
        for other in [1, 2] {
            air.connect(0, other, Signal(-60));
        }
        air.connect_losing(0, 3, Signal(-100), 1.0);
        assert_eq!(heard_by(&mut air, 0), [1, 2], "all is lost on the way to 3");
        air.silence(1, true);
        assert_eq!(heard_by(&mut air, 0), [2]);
        assert_eq!(heard_by(&mut air, 1), [0; 0], "nor is it heard");
        air.silence(1, false);
        air.put(2, 1);
        assert_eq!(heard_by(&mut air, 0), [1]);
        air.put(0, 1);
        assert_eq!(heard_by(&mut air, 0), [2]);
        air.heal();
        assert_eq!(heard_by(&mut air, 0), [1, 2]);
    }

    #[tokio::test(start_paused = true)]
    async fn who_hears_more_than_it_reads_forgets_the_rest_and_reads_on() {
        let mut air = Air::new(2, Weather::default(), 1);
        air.connect(0, 1, Signal(-60));
        let (_air, links) = links(air);
        let mut heard = 0;
        for _ in 0..4 {
            for _ in 0..4 * INBOX {
                links[0].send(b"hello").await.expect("sent");
            }
            links[1].receive().await.expect("heard");
            heard += 1;
        }
        let rest = async {
            while links[1].receive().await.is_ok() {
                heard += 1;
            }
        };
        // Its clock goes on once nothing flies any more.
        let over = tokio::time::timeout(Duration::from_secs(60), rest).await;
        assert!(over.is_err());
        assert!((INBOX..=3 * INBOX).contains(&heard), "{heard}");
    }

    #[test]
    fn a_weak_link_loses_its_share_beside_the_weathers() {
        let weather = Weather {
            loss: 0.2,
            ..Weather::default()
        };
        let mut air = Air::new(2, weather, 7);
        air.connect_losing(0, 1, Signal(-90), 0.5);
        let heard: usize = (0..10_000).map(|_| heard_by(&mut air, 0).len()).sum();
        assert!((3_800..4_200).contains(&heard), "{heard}");
    }
}
