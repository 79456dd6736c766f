//! What stands on the air.
//!
//! ```text
//! bytes   what                                            a relay
//! 0       version (high half: 1) and kind (1 up, 2 down)  keeps it
//! 1-8     the node's address                              keeps it
//! 9-12    the derivation                                  keeps it
//! 13-16   the sender's life                               keeps it
//! 17-24   the sender's number                             keeps it
//! 25      the attempt                                     keeps it, unproven
//! 26      hops left (high half), hops of the path (low)   counts
//! 27-     three bytes for each hop of the path            appends
//! ...     ciphertext and its proof of 16 bytes            keeps it
//! ```
//!
//! The first 25 bytes are authenticated with the ciphertext. There is no reassembly: a message fits into one frame.

mod body;
mod seal;

pub(crate) use body::{Down, Up};
pub use body::{MAX_DOWN, MAX_UP};
pub(crate) use seal::{open, seal};

use crate::bytes::Reader;
use handover_air::{Address, Derivation};

/// The longest frame in bytes: less than links of LoRa and its like carry.
pub const MAX_FRAME: usize = 240;
/// The longest way that a frame can be given.
pub const MAX_HOPS: u8 = 15;

/// What is authenticated: all before the attempt.
pub(crate) const AUTHENTIC: usize = 25;
/// What stands before the path.
const FIXED: usize = AUTHENTIC + 2;
/// A hop: short address and signal.
const HOP: usize = 3;
/// The proof of ChaCha20-Poly1305.
const TAG: usize = 16;
/// The longest text in the clear, so that the longest path has room beside it.
pub(crate) const MAX_BODY: usize = MAX_FRAME - FIXED - HOP * MAX_HOPS as usize - TAG;

const VERSION: u8 = 1;

/// Which way a frame goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// From a node to whichever gateway has its keys.
    Up,
    /// From a gateway to a node.
    Down,
}

/// Which frame of a sender it is, and the nonce that it is sealed with.
///
/// The life is drawn when the sender's store is made, the sequence counts within it and is reserved in the store before it is
/// used. So the pair names one text for good, also after a crash, and even where the store was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id {
    /// Drawn at random when the sender's store was made.
    pub life: u32,
    /// Counts from 1.
    pub sequence: u64,
}

/// What nobody on the way may change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// Which way it goes.
    pub kind: Kind,
    /// The node that it comes from or goes to.
    pub address: Address,
    /// Which of the node's keys it is sealed with.
    pub derivation: Derivation,
    /// Which frame of its sender it is.
    pub id: Id,
}

/// How loud something was, in dBm; [`Signal::UNKNOWN`] where the link cannot tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signal(pub i8);

impl Signal {
    /// The link does not tell.
    pub const UNKNOWN: Self = Self(i8::MAX);
}

/// A relay of a path, as it says itself: nobody proves it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hop {
    /// The relay's short address.
    pub short: u16,
    /// How loud it heard the frame.
    pub signal: Signal,
}

/// A frame, borrowed from the bytes that it was read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame<'a> {
    /// What nobody may change.
    pub head: Head,
    /// Tells a retry from an echo. Not proven.
    pub attempt: u8,
    /// How many relays may still carry it. Not proven.
    pub left: u8,
    path: &'a [u8],
    sealed: &'a [u8],
    authentic: &'a [u8],
}

/// The bytes are no frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// Shorter than the shortest frame.
    #[error("a frame ends early")]
    Short,
    /// Longer than a link carries.
    #[error("a frame has more than {MAX_FRAME} bytes")]
    Long,
    /// Another version or kind.
    #[error("the first byte names no frame that is known here")]
    Unknown,
    /// Made and still allowed hops are more than there can be.
    #[error("a frame has a longer way than {MAX_HOPS} hops")]
    Far,
}

impl<'a> Frame<'a> {
    /// Reads a datagram. What it says is not proven before it was opened.
    ///
    /// # Errors
    /// Where the bytes are no frame.
    pub fn read(bytes: &'a [u8]) -> Result<Self, FrameError> {
        if bytes.len() > MAX_FRAME {
            return Err(FrameError::Long);
        }
        let (authentic, rest) = bytes.split_at_checked(AUTHENTIC).ok_or(FrameError::Short)?;
        let mut reader = Reader(rest);
        let attempt = reader.u8().ok_or(FrameError::Short)?;
        let ways = reader.u8().ok_or(FrameError::Short)?;
        let (left, made) = (ways >> 4, ways & 15);
        let head = Head::read(authentic)?;
        if left + made > MAX_HOPS {
            return Err(FrameError::Far);
        }
        let path = reader.slice(HOP * usize::from(made));
        let path = path.ok_or(FrameError::Short)?;
        let sealed = reader.rest();
        // The shortest text has one byte, which says what it is.
        if sealed.len() <= TAG {
            return Err(FrameError::Short);
        }
        Ok(Self {
            head,
            attempt,
            left,
            path,
            sealed,
            authentic,
        })
    }

    /// The relays that say to have carried it, the first one first.
    pub fn path(&self) -> impl Iterator<Item = Hop> + 'a {
        self.path.chunks_exact(HOP).map(|hop| Hop {
            short: u16::from_be_bytes([hop[0], hop[1]]),
            signal: Signal(i8::from_be_bytes([hop[2]])),
        })
    }

    /// What nobody may change: the authenticated head, and the ciphertext.
    pub fn authentic(&self) -> (&'a [u8], &'a [u8]) {
        (self.authentic, self.sealed)
    }

    /// The same frame as the next relay sends it. None where its way ends here.
    pub fn relayed(&self, hop: Hop) -> Option<Vec<u8>> {
        let left = self.left.checked_sub(1)?;
        let made = self.path.len() / HOP + 1;
        let mut out = Vec::with_capacity(MAX_FRAME);
        out.extend(self.authentic);
        out.push(self.attempt);
        out.push(left << 4 | u8::try_from(made).ok()?);
        out.extend(self.path);
        out.extend(hop.short.to_be_bytes());
        out.extend(hop.signal.0.to_be_bytes());
        out.extend(self.sealed);
        (out.len() <= MAX_FRAME).then_some(out)
    }
}

/// A frame as its sender sends it, without a path.
pub(crate) fn write(head: &Head, attempt: u8, left: u8, sealed: &[u8]) -> Vec<u8> {
    let mut out = head.bytes().to_vec();
    out.push(attempt);
    out.push(left.min(MAX_HOPS) << 4);
    out.extend(sealed);
    out
}

impl Head {
    fn read(bytes: &[u8]) -> Result<Self, FrameError> {
        let mut reader = Reader(bytes);
        let first = reader.u8().ok_or(FrameError::Short)?;
        let kind = match (first >> 4, first & 15) {
            (VERSION, 1) => Kind::Up,
            (VERSION, 2) => Kind::Down,
            _ => return Err(FrameError::Unknown),
        };
        let mut rest = || {
            Some(Self {
                kind,
                address: Address(reader.array()?),
                derivation: Derivation(reader.u32()?),
                id: Id {
                    life: reader.u32()?,
                    sequence: reader.u64()?,
                },
            })
        };
        rest().ok_or(FrameError::Short)
    }

    /// As they stand on the air, and are authenticated.
    pub(crate) fn bytes(&self) -> [u8; AUTHENTIC] {
        let kind = match self.kind {
            Kind::Up => 1,
            Kind::Down => 2,
        };
        let mut out = [0; AUTHENTIC];
        out[0] = VERSION << 4 | kind;
        out[1..9].copy_from_slice(&self.address.0);
        out[9..13].copy_from_slice(&self.derivation.0.to_be_bytes());
        out[13..17].copy_from_slice(&self.id.life.to_be_bytes());
        out[17..].copy_from_slice(&self.id.sequence.to_be_bytes());
        out
    }

    /// What it is sealed with: life and sequence are all of it.
    pub(crate) fn nonce(&self) -> [u8; 12] {
        let mut nonce = [0; 12];
        nonce[..4].copy_from_slice(&self.id.life.to_be_bytes());
        nonce[4..].copy_from_slice(&self.id.sequence.to_be_bytes());
        nonce
    }
}

#[cfg(test)]
mod tests;
