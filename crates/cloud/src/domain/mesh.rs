//! Meshes: which messages of a node count, when its keys change since its store was lost, and what goes into one message
//! to it.

mod drawing;

use std::collections::BTreeMap;

use handover_wire::{MeshHop, MeshRefusal};

use super::Value;
use crate::clock::Time;

pub use drawing::{Seen, Way, draw, way_of};

/// Relays that a message passes at the most.
const MOST_HOPS: usize = 15;
/// Messages below the newest one of a life that are told apart: as many as wait in a gateway at the most.
const WINDOW: usize = 4_096;
const WORDS: usize = WINDOW / 64;
/// Lives of a node that are remembered.
const MOST_LIVES: usize = 8;
/// New lives of a node that are remembered, so that each raises its derivation once.
const MOST_RAISED: usize = 16;
/// Seconds between two rises of a derivation because a node's store was lost.
const RAISES_SECONDS: i64 = 300;
/// Bytes of a message to a node.
const MOST_SEND: usize = 139;
/// Messages to one node that are on their way at the same time.
pub const MOST_OPEN: usize = 4;

/// What became of a message among those that are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It was not there before, and is from now on.
    New,
    /// It was there.
    Known,
    /// Nobody knows any more whether it was.
    TooOld,
}

/// Which messages of one life of a node there were: the newest, and each of the 4,096 up to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    newest: i64,
    /// The bit of a number is the one of its remainder by the window's length.
    seen: [u64; WORDS],
}

impl Default for Window {
    fn default() -> Self {
        Self {
            newest: -1,
            seen: [0; WORDS],
        }
    }
}

/// Where a number has its bit.
fn bit(number: i64) -> (usize, u64) {
    let place = usize::try_from(number).unwrap_or_default() % WINDOW;
    (place / 64, 1 << (place % 64))
}

impl Window {
    /// From the newest number and the bits, as the database has them. None where there are not as many as there have to be.
    pub fn read(newest: i64, bytes: &[u8]) -> Option<Self> {
        let words = bytes.chunks_exact(8);
        let words = words.map(|word| u64::from_be_bytes(word.try_into().unwrap_or_default()));
        let seen: Vec<u64> = words.collect();
        Some(Self {
            newest,
            seen: seen.try_into().ok()?,
        })
    }

    /// The newest number.
    pub fn newest(&self) -> i64 {
        self.newest
    }

    /// The bits.
    pub fn bytes(&self) -> Vec<u8> {
        self.seen
            .iter()
            .flat_map(|word| word.to_be_bytes())
            .collect()
    }

    /// A message of this number.
    fn take(&mut self, number: i64) -> Taken {
        let length = i64::try_from(WINDOW).expect("a small number");
        if number > self.newest {
            // What comes between was not there, and takes the places of what is too old by now.
            let first = (self.newest + 1).max(number.saturating_sub(length - 1));
            for between in first..=number {
                let (word, bit) = bit(between);
                self.seen[word] &= !bit;
            }
            self.newest = number;
        } else if number <= self.newest - length {
            return Taken::TooOld;
        }
        let (word, bit) = bit(number);
        let before = self.seen[word];
        self.seen[word] |= bit;
        match before & bit {
            0 => Taken::New,
            _ => Taken::Known,
        }
    }
}

/// One life of a node: its numbers begin anew with each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Life {
    /// Which.
    pub life: u32,
    /// The newest derivation that it was heard under.
    pub derivation: i64,
    /// What there was of it.
    pub window: Window,
}

/// What is known of a node's messages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lives {
    /// The lives that are remembered, in no order.
    pub all: Vec<Life>,
    /// The newest derivation of those that are not: an unknown life under it, or an earlier one, may be one of them.
    pub forgotten: i64,
}

impl Lives {
    /// A message of this life and number. Gives a life that is forgotten for it.
    pub fn take(&mut self, life: u32, derivation: i64, number: i64) -> (Taken, Option<u32>) {
        if let Some(known) = self.all.iter_mut().find(|one| one.life == life) {
            let taken = known.window.take(number);
            if taken == Taken::New {
                known.derivation = known.derivation.max(derivation);
            }
            return (taken, None);
        }
        if derivation <= self.forgotten {
            return (Taken::TooOld, None);
        }
        let mut dropped = None;
        if self.all.len() >= MOST_LIVES {
            let oldest = (0..).zip(&self.all).min_by_key(|(_, one)| one.derivation);
            if let Some((place, _)) = oldest {
                let oldest = self.all.swap_remove(place);
                self.forgotten = self.forgotten.max(oldest.derivation);
                dropped = Some(oldest.life);
            }
        }
        // It may have forgotten a life of this very derivation.
        if derivation <= self.forgotten {
            return (Taken::TooOld, dropped);
        }
        let mut window = Window::default();
        let taken = window.take(number);
        self.all.push(Life {
            life,
            derivation,
            window,
        });
        (taken, dropped)
    }
}

/// Whether a message counts that was heard under this derivation. `first` is the one that the node's present pairing began
/// with: what was heard before it belongs to nobody who has it now.
pub fn counts_under(derivation: i64, first: i64, present: i64) -> Result<(), MeshRefusal> {
    match (first..=present).contains(&derivation) {
        true => Ok(()),
        false => Err(MeshRefusal::WrongDerivation),
    }
}

/// A decimal number of the wire, below 2^63 and not negative.
pub fn numbered(text: &str) -> Result<i64, MeshRefusal> {
    let is_plain = text.bytes().all(|sign| sign.is_ascii_digit());
    let number = text.parse().ok().filter(|_| is_plain);
    number.ok_or(MeshRefusal::Malformed)
}

/// A way through the mesh as it was told: short addresses of 4 hex digits, in lower case, 15 at the most.
pub fn checked_path(path: Vec<MeshHop>) -> Result<Vec<MeshHop>, MeshRefusal> {
    let good = |hop: &MeshHop| {
        let mut signs = hop.relay.bytes();
        hop.relay.len() == 4 && signs.all(|sign| matches!(sign, b'0'..=b'9' | b'a'..=b'f'))
    };
    match path.len() <= MOST_HOPS && path.iter().all(good) {
        true => Ok(path),
        false => Err(MeshRefusal::Malformed),
    }
}

/// What is known of how often a node's store was lost.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reinstalls {
    /// The newest lives that were told, the newest last.
    pub lives: Vec<u32>,
    /// When its derivation last rose for one of them.
    pub raised_at: Option<Time>,
    /// Whether it is to rise once it may.
    pub is_wanted: bool,
}

/// What comes of a new life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reinstalled {
    /// The derivation rises now.
    Now,
    /// It rises later.
    Later,
    /// It has risen for this life.
    Known,
}

impl Reinstalls {
    /// A gateway says that a node has a new life. Its derivation rises once for each, and not more often than every few
    /// minutes, whatever a gateway says.
    pub fn told(&mut self, life: u32, now: Time) -> Reinstalled {
        if self.lives.contains(&life) {
            return Reinstalled::Known;
        }
        if self.lives.len() >= MOST_RAISED {
            self.lives.remove(0);
        }
        self.lives.push(life);
        self.is_wanted = true;
        match self.is_due(now) {
            true => Reinstalled::Now,
            false => Reinstalled::Later,
        }
    }

    /// Whether the derivation is to rise now; it counts as risen then.
    pub fn is_due(&mut self, now: Time) -> bool {
        let rests = |at: &Time| now < at.plus_seconds(RAISES_SECONDS);
        let is_due = self.is_wanted && !self.raised_at.as_ref().is_some_and(rests);
        if is_due {
            self.is_wanted = false;
            self.raised_at = Some(now);
        }
        is_due
    }
}

/// The text that a gateway without rules of its own sends for these values.
fn text_of(values: &BTreeMap<u8, &Value>) -> String {
    let values = values.iter();
    let values = values.map(|(pin, value)| (format!("V{pin}"), value.json()));
    serde_json::Value::Object(values.collect()).to_string()
}

/// Puts values together that fit into one message to a node; one that fits into none goes alone, since its gateway may have
/// shorter words for it.
pub fn packed(values: &[(u8, Value)]) -> Vec<Vec<u8>> {
    let mut packs = Vec::new();
    let mut pack: BTreeMap<u8, &Value> = BTreeMap::new();
    for (pin, value) in values {
        pack.insert(*pin, value);
        if pack.len() > 1 && text_of(&pack).len() > MOST_SEND {
            pack.remove(pin);
            packs.push(pack.into_keys().collect());
            pack = BTreeMap::from([(*pin, value)]);
        }
    }
    if !pack.is_empty() {
        packs.push(pack.into_keys().collect());
    }
    packs
}

#[cfg(test)]
mod tests;
