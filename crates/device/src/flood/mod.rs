//! Carries frames of others: managed flooding.
//!
//! What is heard for the first time is sent on after a random delay, by whoever heard it weakest first, since that one is
//! probably the farthest. Whoever hears enough others send it meanwhile keeps quiet. Each later attempt takes more of them to
//! silence a relay, and the fifth is sent on by all: so what reaches its goal only through one relay gets there in the end.

mod budget;
mod seen;

use std::time::Duration;

pub use budget::Rate;
pub(crate) use budget::Budget;
pub(crate) use seen::Sight;
use seen::{Name, Seen};

use crate::Moment;
use crate::dice::Dice;
use crate::frame::{Frame, Hop, Kind, Signal};
use crate::keys::Address;

/// From this attempt on every relay sends it on.
const SENT_BY_ALL: u8 = 4;

/// How a relay carries what others send. The same for a node and a gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RelayConfig {
    /// What is sent on waits at least so long.
    pub shortest_delay: Duration,
    /// And at most so long.
    pub longest_delay: Duration,
    /// So many others who sent it on silence this one, at the first attempt.
    pub enough: u8,
    /// How much one node, and what goes to it, may have carried.
    pub rate: Rate,
    /// So many frames are remembered.
    pub seen: usize,
    /// For so long.
    pub seen_for: Duration,
    /// So many frames wait at most.
    pub waiting: usize,
    /// And so many of one node.
    pub waiting_each: usize,
    /// For so many nodes it is counted how much was carried.
    pub origins: usize,
}

impl Default for RelayConfig {
    fn default() -> Self {
        Self {
            shortest_delay: Duration::from_millis(5),
            longest_delay: Duration::from_millis(60),
            enough: 2,
            rate: Rate {
                burst: 8,
                each: Duration::from_secs(1),
            },
            seen: 512,
            seen_for: Duration::from_secs(60),
            waiting: 64,
            waiting_each: 4,
            origins: 256,
        }
    }
}

/// Whom a frame is counted for.
type Origin = (Kind, Address);

struct Waiting {
    due: Moment,
    name: Name,
    origin: Origin,
    bytes: Vec<u8>,
    echoes: u8,
    enough: u8,
}

pub(crate) struct Relay {
    config: RelayConfig,
    seen: Seen,
    budget: Budget<Origin>,
    waiting: Vec<Waiting>,
    dice: Dice,
}

impl Relay {
    pub fn new(config: RelayConfig, dice: Dice) -> Self {
        Self {
            seen: Seen::new(config.seen, config.seen_for),
            budget: Budget::new(config.rate, config.origins),
            waiting: Vec::new(),
            config,
            dice,
        }
    }

    /// Remembers a frame that was heard, or that is sent here and will be heard from others.
    pub fn note(&mut self, frame: &Frame<'_>, now: Moment) -> Sight {
        self.seen.note(self.seen.name(frame), frame.left, now)
    }

    /// Takes part in carrying a frame that is somebody else's and was noted.
    pub fn carry(&mut self, frame: &Frame<'_>, sight: Sight, me: u16, signal: Signal, now: Moment) {
        let name = self.seen.name(frame);
        if sight == Sight::Echo {
            return self.echo(name);
        }
        let hop = Hop { short: me, signal };
        let Some(bytes) = frame.relayed(hop) else {
            return;
        };
        if let Some(waiting) = self.waiting.iter_mut().find(|one| one.name == name) {
            waiting.bytes = bytes;
            return;
        }
        let origin = (frame.head.kind, frame.head.address);
        if !self.has_room(origin) || !self.budget.take(origin, now) {
            return;
        }
        let enough = if frame.attempt >= SENT_BY_ALL {
            u8::MAX
        } else {
            self.config.enough.saturating_add(frame.attempt)
        };
        let due = now + self.delay(signal);
        self.waiting.push(Waiting {
            due,
            name,
            origin,
            bytes,
            echoes: 0,
            enough,
        });
    }

    /// The next frame to send on.
    pub fn poll(&mut self, now: Moment) -> Option<Vec<u8>> {
        let (at, next) = self
            .waiting
            .iter()
            .enumerate()
            .min_by_key(|(_, one)| one.due)?;
        (next.due <= now).then(|| self.waiting.swap_remove(at).bytes)
    }

    /// When there is one.
    pub fn wake(&self) -> Option<Moment> {
        self.waiting.iter().map(|one| one.due).min()
    }

    /// How much is remembered: frames seen, frames waiting, nodes counted.
    pub fn size(&self) -> [usize; 3] {
        [self.seen.len(), self.waiting.len(), self.budget.len()]
    }

    fn echo(&mut self, name: Name) {
        if let Some(at) = self.waiting.iter().position(|one| one.name == name) {
            let one = &mut self.waiting[at];
            one.echoes = one.echoes.saturating_add(1);
            if one.echoes >= one.enough {
                self.waiting.swap_remove(at);
            }
        }
    }

    /// Whether one more of these may wait. Where all is full, whoever has most waiting gives way.
    fn has_room(&mut self, origin: Origin) -> bool {
        let own = self.count(origin);
        if own >= self.config.waiting_each {
            return false;
        }
        if self.waiting.len() < self.config.waiting {
            return true;
        }
        let counts = self.waiting.iter().map(|one| self.count(one.origin));
        let Some((at, most)) = counts.enumerate().max_by_key(|(_, count)| *count) else {
            return false;
        };
        if most <= own + 1 {
            return false;
        }
        self.waiting.swap_remove(at);
        true
    }

    fn count(&self, origin: Origin) -> usize {
        self.waiting
            .iter()
            .filter(|one| one.origin == origin)
            .count()
    }

    /// The weaker it was heard, the sooner it is sent on.
    fn delay(&mut self, signal: Signal) -> Duration {
        const FAINT: f64 = -120.0;
        const LOUD: f64 = -30.0;
        let near = ((f64::from(signal.0) - FAINT) / (LOUD - FAINT)).clamp(0.0, 1.0);
        let (least, most) = (self.config.shortest_delay, self.config.longest_delay);
        let window = most.saturating_sub(least).mul_f64(0.25 + 0.75 * near);
        self.dice.between(least, least + window)
    }
}

#[cfg(test)]
mod tests;
