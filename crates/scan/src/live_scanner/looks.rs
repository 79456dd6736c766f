//! Ways of looking at a frame, and whose turn it is.

use super::codes_of;
use crate::Code;
use crate::bits::Bits;
use crate::deadline::{Clock, Deadline};
use crate::plane::Plane;
use crate::qr::{Pyramid, Search, Spot, spots};
use crate::stage::Stage;

use super::WAYS;

/// What is dark.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Threshold {
    /// By blocks, see [`Bits::local`].
    Local,
    /// By the mean of a square whose side is this part of the picture's width.
    Mean(f32),
}

/// One way of looking at a frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Look {
    stage: Stage,
    /// How many times the picture is halved more often than for 640 pixels.
    smaller: isize,
    threshold: Threshold,
    /// Every so many rows.
    step: usize,
    /// For light codes on dark.
    light: bool,
}

/// More spots than that are not measured on one frame.
const MOST_SPOTS: usize = 40;

impl Look {
    /// What every frame gets.
    pub(super) const QUICK: Self = Self {
        stage: Stage::Size640,
        smaller: 0,
        threshold: Threshold::Local,
        step: 2,
        light: false,
    };

    const fn at(stage: Stage, smaller: isize, threshold: Threshold, step: usize) -> Self {
        Self {
            stage,
            smaller,
            threshold,
            step,
            light: false,
        }
    }

    fn level(&self, pyramid: &Pyramid, first: usize) -> Option<usize> {
        let level = first.checked_add_signed(self.smaller)?;
        (level < pyramid.levels().len()).then_some(level)
    }

    /// Adds the finder patterns that are seen this way.
    pub(super) fn take(&self, search: &mut Search, first: usize, turns: &Turns) {
        let Some(level) = self.level(search.pyramid(), first) else {
            return;
        };
        let spots = self.spots(&search.pyramid().levels()[level]);
        search.add_at(level, turns.some(spots));
    }

    fn spots(&self, plane: &Plane) -> Vec<Spot> {
        let bits = match self.threshold {
            Threshold::Local => Bits::local(plane),
            Threshold::Mean(part) => Bits::mean(plane, part),
        };
        if self.light {
            spots(&bits.inverted(), self.step)
        } else {
            spots(&bits, self.step)
        }
    }
}

const WIDE: Threshold = Threshold::Mean(1.0 / 20.0);
const WIDER: Threshold = Threshold::Mean(1.0 / 6.0);
const NARROW: Threshold = Threshold::Mean(1.0 / 40.0);

/// What takes turns where the quick look has read nothing.
const TURNS: [Look; Turns::COUNT] = [
    Look::at(Stage::Size1280, -1, Threshold::Local, 2),
    Look::at(Stage::Mean640, 0, WIDE, 1),
    Look::at(Stage::Size320, 1, Threshold::Local, 1),
    Look::at(Stage::Mean320, 1, WIDE, 1),
    Look {
        light: true,
        ..Look::QUICK
    },
    Look::at(Stage::Size1280, -1, Threshold::Local, 2),
    Look::at(Stage::Mean1280, -1, WIDE, 2),
    Look::at(Stage::Mean640, 0, NARROW, 1),
    Look::at(Stage::Mean640, 0, WIDER, 1),
];

/// Whose turn it is, and what each look costs.
#[derive(Debug)]
pub(super) struct Turns {
    frame: usize,
    next: usize,
    /// Milliseconds for a megapixel: running means. A first guess is rather high than low.
    costs: [f64; Self::COUNT],
}

impl Default for Turns {
    fn default() -> Self {
        let guess = |look: Look| match look.threshold {
            Threshold::Local => 3.0,
            Threshold::Mean(_) => 8.0,
        };
        Self {
            frame: 0,
            next: 0,
            costs: TURNS.map(guess),
        }
    }
}

impl Turns {
    /// How many there are.
    pub(super) const COUNT: usize = 9;

    pub(super) fn begin_frame(&mut self) {
        self.frame = self.frame.wrapping_add(1);
    }

    /// Of more spots than can be measured another part on each frame: textures make many, and a code among them is found
    /// over the frames.
    fn some(&self, spots: Vec<Spot>) -> Vec<Spot> {
        let parts = spots.len().div_ceil(MOST_SPOTS).max(1);
        spots
            .into_iter()
            .skip(self.frame % parts)
            .step_by(parts)
            .collect()
    }

    fn megapixels(pyramid: &Pyramid, first: usize, look: Look) -> f64 {
        let level = look.level(pyramid, first);
        level.map_or(0.0, |level| {
            let plane = &pyramid.levels()[level];
            (plane.width() * plane.height()) as f64 / 1e6
        })
    }

    /// The milliseconds that the next look will take.
    pub(super) fn cost(&self, pyramid: &Pyramid, first: usize) -> f64 {
        self.costs[self.next] * Self::megapixels(pyramid, first, TURNS[self.next])
    }

    /// Looks and reads in the way whose turn it is.
    pub(super) fn take(
        &mut self,
        search: &mut Search,
        first: usize,
        deadline: &Deadline,
        clock: &Clock,
    ) -> Vec<Code> {
        let (turn, begun) = (self.next, clock.now());
        let look = TURNS[turn];
        self.next = (turn + 1) % Self::COUNT;
        if look.light {
            let mut light = Search::new(search.pyramid().inverted(), WAYS);
            look.take(&mut light, first, self);
            self.learn(
                turn,
                Self::megapixels(search.pyramid(), first, look),
                clock.now() - begun,
            );
            light.read(look.stage, deadline);
            codes_of(&light)
        } else {
            look.take(search, first, self);
            self.learn(
                turn,
                Self::megapixels(search.pyramid(), first, look),
                clock.now() - begun,
            );
            search.read(look.stage, deadline);
            codes_of(search)
        }
    }

    fn learn(&mut self, turn: usize, megapixels: f64, ms: f64) {
        if megapixels > 0.0 {
            let cost = &mut self.costs[turn];
            *cost += (ms / megapixels - *cost) / 4.0;
        }
    }
}
