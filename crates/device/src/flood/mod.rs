//! Carries frames of others: managed flooding.
//!
//! What is heard for the first time is sent on after a random delay, by whoever heard it weakest first, since that one is
//! probably the farthest. Whoever hears enough others send it meanwhile keeps quiet. Each later attempt takes more of them to
//! silence a relay, and the fifth is sent on by all: so what reaches its goal only through one relay gets there in the end.
//! Whoever hears nobody carry farther what it sent sends it once more: over ten hops of which each loses a fifth, one message in
//! ten would arrive, and one answer in ten.

mod budget;
mod seen;

use std::time::Duration;

pub(crate) use budget::Budget;
pub use budget::Rate;
pub(crate) use seen::Sight;
use seen::{Name, Seen};

use crate::Moment;
use crate::dice::Dice;
use crate::frame::{Frame, Hop, Kind, Signal};
use handover_air::Address;

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
    /// So often it sends once more what it hears nobody carry farther. What has reached its goal nobody does.
    pub again: u8,
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
            again: 1,
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

/// A frame that is to be sent on, or was and may be once more.
struct Waiting {
    due: Moment,
    name: Name,
    origin: Origin,
    bytes: Vec<u8>,
    /// How far others may carry what is sent here.
    left: u8,
    /// How many others were heard to send it on, and the last of them: a link may repeat what it carries.
    echoes: u8,
    last: Option<u16>,
    enough: u8,
    /// How often it is sent again where nobody carries it farther.
    again: u8,
}

pub(crate) struct Relay {
    config: RelayConfig,
    seen: Seen,
    budget: Budget<Origin>,
    waiting: Vec<Waiting>,
    sent: Vec<Waiting>,
    dice: Dice,
}

impl Relay {
    pub fn new(config: RelayConfig, dice: Dice) -> Self {
        Self {
            seen: Seen::new(config.seen, config.seen_for),
            budget: Budget::new(config.rate, config.origins),
            waiting: Vec::new(),
            sent: Vec::new(),
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
            return self.echo(name, frame);
        }
        let hop = Hop { short: me, signal };
        let Some(bytes) = frame.relayed(hop) else {
            return;
        };
        let left = frame.left - 1;
        if let Some(waiting) = self.waiting.iter_mut().find(|one| one.name == name) {
            (waiting.bytes, waiting.left) = (bytes, left);
            return;
        }
        self.sent.retain(|one| one.name != name);
        let origin = (frame.head.kind, frame.head.address);
        if !self.has_room(origin) || !self.budget.take(origin, now) {
            return;
        }
        let due = now + self.delay(signal);
        self.waiting.push(Waiting {
            due,
            name,
            origin,
            bytes,
            left,
            echoes: 0,
            last: None,
            enough: self.enough(frame.attempt),
            again: self.config.again,
        });
    }

    /// The next frame to send on.
    pub fn poll(&mut self, now: Moment) -> Option<Vec<u8>> {
        if let Some(at) = first(&self.waiting, now) {
            let waiting = self.waiting.swap_remove(at);
            return Some(self.send(waiting, now));
        }
        let at = first(&self.sent, now)?;
        let sent = self.sent.swap_remove(at);
        Some(self.send(sent, now))
    }

    /// When there is one.
    pub fn wake(&self) -> Option<Moment> {
        let all = self.waiting.iter().chain(&self.sent);
        all.map(|one| one.due).min()
    }

    /// How much is remembered: frames seen, frames waiting and sent, nodes counted.
    pub fn size(&self) -> [usize; 3] {
        let frames = self.waiting.len().max(self.sent.len());
        [self.seen.len(), frames, self.budget.len()]
    }

    /// Somebody else was heard to send it. That counts where it has come at least as far as here.
    fn echo(&mut self, name: Name, frame: &Frame<'_>) {
        let carrier = frame.path().last().map(|hop| hop.short);
        if let Some(at) = self.waiting.iter().position(|one| one.name == name) {
            let one = &mut self.waiting[at];
            if frame.left <= one.left && carrier != one.last {
                one.echoes = one.echoes.saturating_add(1);
                one.last = carrier;
            }
            if one.echoes >= one.enough {
                self.waiting.swap_remove(at);
            }
        }
        // Whoever carries what was sent here has heard it.
        self.sent
            .retain(|one| one.name != name || frame.left >= one.left);
    }

    /// How many others silence this one.
    fn enough(&self, attempt: u8) -> u8 {
        if attempt >= SENT_BY_ALL {
            return u8::MAX;
        }
        self.config.enough.saturating_add(attempt)
    }

    /// Sends it, and remembers to do so again unless somebody is heard to carry it farther.
    fn send(&mut self, mut one: Waiting, now: Moment) -> Vec<u8> {
        let bytes = one.bytes.clone();
        if one.again > 0 {
            one.again -= 1;
            let most = self.config.longest_delay;
            one.due = now + self.dice.between(2 * most, 3 * most);
            if self.sent.len() >= self.config.waiting {
                self.sent.swap_remove(0);
            }
            self.sent.push(one);
        }
        bytes
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

/// The one that is due first, if it is.
fn first(all: &[Waiting], now: Moment) -> Option<usize> {
    let all = all.iter().enumerate();
    let (at, one) = all.min_by_key(|(_, one)| one.due)?;
    (one.due <= now).then_some(at)
}

#[cfg(test)]
mod tests;
