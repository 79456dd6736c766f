//! Frames of a camera: a quick look at each, other looks in turns, and what several frames show together.
//!
//! A label stays in view for many frames. So no frame takes longer than its budget, a scene that shows nothing like a
//! code costs little more than the quick look (`allowance`) at every second or third frame (`pace`), finder patterns are
//! looked for again where they were (`memory`), and a code that no frame shows well enough is read from several (`fusion`).

mod allowance;
mod candidate;
mod fusion;
mod hint;
mod looks;
mod memory;
mod pace;
mod soft;
mod suspect;

pub use candidate::{Candidate, Hint};

use crate::deadline::{Clock, Deadline};
use crate::decoder::wholes;
use crate::effort::Effort;
use crate::others::{OtherTurns, Times};
use crate::qr::{Pyramid, Search};
use crate::scanner::first_level;
use crate::stage::{Stage, Stages};
use crate::text::Parts;
use crate::{Code, Decoder, Frame};
use allowance::Allowance;
use candidate::Candidates;
use fusion::Fusion;
use looks::Turns;
use memory::Memory;
use pace::Pace;
use soft::Softness;

/// The ways of reading that fit into a frame's time.
const WAYS: Stages = Stages::NONE
    .with(Stage::Plain)
    .with(Stage::Sharpened)
    .with(Stage::Equalized)
    .with(Stage::Net);

/// So many quick looks must fit into the budget, or the machine is a slow one.
const SLOW: f64 = 3.0;

/// Reads codes in the frames of a camera, which it must be given in their order.
#[derive(Debug)]
pub struct LiveScanner {
    clock: Clock,
    allowance: Allowance,
    pace: Pace,
    turns: Turns,
    others: OtherTurns,
    memory: Memory,
    fusion: Fusion,
    candidates: Candidates,
    softness: Softness,
    parts: Parts,
    /// The last frame, for its memory.
    picture: Pyramid,
    /// What would help as to the picture as a whole.
    hint: Option<Hint>,
}

impl Default for LiveScanner {
    fn default() -> Self {
        Self::with_budget(Self::BUDGET_MS)
    }
}

impl LiveScanner {
    /// The budget for a frame where nothing else is said, in milliseconds: a quarter of the time from one frame to the
    /// next, so that a phone stays cool.
    pub const BUDGET_MS: f64 = 8.0;

    /// A scanner that spends at most so many milliseconds of this thread's processor time on a frame. What takes longer
    /// than that by itself, on a slow machine or a very large frame, is done all the same: the quick look, reading, and
    /// one of the other looks.
    #[must_use]
    pub fn with_budget(ms: f64) -> Self {
        Self::with_clock(ms, Clock::of_thread())
    }

    fn with_clock(ms: f64, clock: Clock) -> Self {
        Self {
            clock,
            allowance: Allowance::new(ms),
            pace: Pace::default(),
            turns: Turns::default(),
            others: OtherTurns::default(),
            memory: Memory::default(),
            fusion: Fusion::default(),
            candidates: Candidates::default(),
            softness: Softness::default(),
            parts: Parts::default(),
            picture: Pyramid::default(),
            hint: None,
        }
    }
}

impl Decoder for LiveScanner {
    fn decode(&mut self, frame: Frame<'_>) -> Vec<Code> {
        let is_as_before = self.picture.is_as_large_as(frame);
        if is_as_before && self.pace.leaves_out() {
            return Vec::new();
        }
        let start = self.clock.now();
        let pixels = u64::from(frame.width()) * u64::from(frame.height());
        if !is_as_before {
            self.allowance.forget_looks(pixels);
        }
        let allowed = self.allowance.of_frame(!self.candidates.told().is_empty());
        let picture = std::mem::take(&mut self.picture).next(frame);
        let copied = self.clock.now() - start;
        let mut search = Search::new(picture, WAYS);
        let first = first_level(search.pyramid());

        self.turns.quick_look(&mut search, first);
        let looked = self.clock.now() - start;
        self.allowance.quick_look_took(looked);
        self.pace.quick_look_took(looked, copied);
        // On a slow machine the look alone takes much of the budget. Reading gets its time all the same, or nothing would
        // ever be read there; the camera's next frame waits.
        let is_slow = self.allowance.is_less_than_looks(SLOW);
        let end = if is_slow {
            f64::INFINITY
        } else {
            start + allowed
        };
        // Whatever the time, a frame is worth no more work than a still picture of its size.
        let effort = Effort::of_pixels(pixels);
        effort.allow_others(pixels);
        let deadline = Deadline::at(&self.clock, end, effort);
        let shift = self.memory.follow(&mut search);
        search.read(Stage::Size640, &deadline);
        let mut codes = Vec::new();
        take_codes(&mut search, &mut codes);

        if codes.is_empty() {
            let pyramid = search.pyramid();
            let effort = deadline.effort();
            let times = Times {
                clock: &self.clock,
                end,
                idle: self.allowance.idle(),
            };
            self.others.take(pyramid, first, &times, effort, &mut codes);
        }
        let mut turns_left = if is_slow { 1 } else { Turns::COUNT };
        while codes.is_empty() && turns_left > 0 {
            let begun = self.clock.now();
            let cost = self.turns.cost(search.pyramid(), first);
            if begun + cost > end && !self.turns.is_overdue(cost / self.allowance.idle()) {
                break;
            }
            turns_left -= 1;
            self.turns
                .take(&mut search, first, &deadline, &self.clock, &mut codes);
        }
        let is_promising = !self.candidates.told().is_empty();
        if codes.is_empty() && is_promising && self.clock.now() < end {
            search.read_hidden(Stage::Hidden, &deadline);
            take_codes(&mut search, &mut codes);
        }
        // Where one code is there may be many.
        while !codes.is_empty()
            && self.clock.now() < start + allowed
            && self.turns.more(&mut search, &codes)
        {
            search.read(Stage::Size640, &deadline);
            take_codes(&mut search, &mut codes);
        }
        for code in self.fusion.read(search.sights(), shift, WAYS) {
            code.add_to(&mut codes);
        }
        let wholes = wholes(&codes, &mut self.parts);
        codes.extend(wholes);
        self.candidates.look(&search, &codes, shift);
        let is_blank = codes.is_empty() && self.candidates.told().is_empty();
        self.hint = is_blank
            .then(|| self.softness.hint(search.pyramid()))
            .flatten();
        let is_blank = is_blank && self.hint.is_none();
        self.pace.looked(!is_blank);
        self.memory.remember(search.finders());
        self.picture = search.into_pyramid();
        self.allowance.frame_took(self.clock.now() - start);
        codes
    }

    fn candidates(&self) -> &[Candidate] {
        self.candidates.told()
    }

    fn hint(&self) -> Option<Hint> {
        self.hint
    }
}

/// Adds what a search has read to the codes.
fn take_codes(search: &mut Search, codes: &mut Vec<Code>) {
    for (_, read) in search.take_reads() {
        Code::of_payload(read.payload, read.corners).add_to(codes);
    }
}

#[cfg(test)]
mod tests;
