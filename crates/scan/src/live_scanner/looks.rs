//! Ways of looking at a frame, and whose turn it is.

use super::take_codes;
use crate::Code;
use crate::bits::Bits;
use crate::deadline::{Clock, Deadline, patience};
use crate::places::{distance, is_inside};
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

/// So many spots are measured in each look at least and at most: those that both diagonals cross as rows and columns
/// do. Finder patterns are crossed so nearly always, however they are turned; of the spots in textures one in twenty is.
const SPOTS: (usize, usize) = (4, 8);

/// So many of the others are.
const MORE_SPOTS: usize = 2;

/// So many of the others are where a code was read: the rest of a carton's may be among them.
const MANY_SPOTS: usize = 6;

/// More spots that are left over than these are noise.
const NOISE: usize = 30;

impl Look {
    const QUICK: Self = Self::at(Stage::Size640, 0, Threshold::Local, 2);

    /// The quick look where the other one sees noise alone: half as large.
    const QUICK_IN_NOISE: Self = Self::at(Stage::Size320, 1, Threshold::Local, 1);

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

    /// Adds the finder patterns that are seen this way, where there are many spots the best of them. Gives the others.
    fn take(&self, search: &mut Search, first: usize) -> Rest {
        let Some(level) = self.level(search.pyramid(), first) else {
            return Rest::default();
        };
        let mut spots = self.spots(&search.pyramid().levels()[level]);
        let mut rest = Vec::new();
        if spots.len() > SPOTS.0 {
            // Rows that cross it, for the height that it has.
            let strength = |spot: &Spot| (spot.rows * self.step as u32) as f32 / spot.module[1];
            spots.sort_by(|a, b| {
                let by_strength = strength(b).total_cmp(&strength(a));
                b.diagonals.cmp(&a.diagonals).then(by_strength)
            });
            let whole = spots.iter().filter(|spot| spot.diagonals == 2).count();
            rest = spots.split_off(whole.clamp(SPOTS.0, SPOTS.1).min(spots.len()));
        }
        search.add_at(level, spots);
        Rest { level, spots: rest }
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

/// The spots of a look that were too many to be measured with the others.
#[derive(Debug, Default)]
struct Rest {
    /// The level of the picture that shows them.
    level: usize,
    spots: Vec<Spot>,
}

impl Rest {
    fn is_noise(&self) -> bool {
        self.spots.len() > NOISE
    }

    /// Measures some that lie together, as the three of a code do: each frame begins with another one. So a code among
    /// what a texture makes is found over the frames, and of a carton of labels one after the other. Tells whether there
    /// were any.
    fn take(&mut self, search: &mut Search, frame: usize, count: usize) -> bool {
        if self.spots.is_empty() {
            return false;
        }
        let middle = self.spots[frame * count % self.spots.len()].centre;
        let away = |spot: &Spot| distance(spot.centre, middle);
        self.spots.sort_by(|a, b| away(a).total_cmp(&away(b)));
        let count = self.spots.len().min(count);
        search.add_at(self.level, self.spots.drain(..count).collect());
        true
    }

    /// Leaves out what lies in codes that were read.
    fn without(&mut self, codes: &[Code]) {
        let factor = (1 << self.level) as f32;
        self.spots.retain(|spot| {
            let place = spot.centre.map(|part| part * factor);
            !codes.iter().any(|code| is_inside(place, &code.corners))
        });
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
    /// The frame of the last turn.
    last: usize,
    /// Whether the last quick look saw more spots than can be.
    is_noisy: bool,
    /// Milliseconds for a megapixel: running means. A first guess is rather high than low, or such looks would take what a
    /// label's first frames need; but it fits into the credit of frames of 640x480.
    costs: [f64; Self::COUNT],
    /// What the last look has left.
    rest: Rest,
}

impl Default for Turns {
    fn default() -> Self {
        let guess = |look: Look| match look.threshold {
            Threshold::Local => 3.0,
            Threshold::Mean(_) => 7.5,
        };
        Self {
            frame: 0,
            next: 0,
            last: 0,
            is_noisy: false,
            costs: TURNS.map(guess),
            rest: Rest::default(),
        }
    }
}

impl Turns {
    /// How many there are.
    pub(super) const COUNT: usize = 9;

    /// Whether so many frames have gone by without a turn that one is due, which takes so many quick looks at a scene that
    /// holds nothing up.
    pub(super) fn is_overdue(&self, looks: f64) -> bool {
        self.frame.wrapping_sub(self.last) >= patience(looks)
    }

    /// The look that every frame gets.
    pub(super) fn quick_look(&mut self, search: &mut Search, first: usize) {
        /// So often noise is looked at once more.
        const AGAIN: usize = 4;
        self.frame = self.frame.wrapping_add(1);
        if self.is_noisy && !self.frame.is_multiple_of(AGAIN) {
            self.rest = Look::QUICK_IN_NOISE.take(search, first);
        } else {
            self.rest = Look::QUICK.take(search, first);
            self.is_noisy = self.rest.is_noise();
        }
        self.rest.take(search, self.frame, MORE_SPOTS);
    }

    /// Measures more of what the last look has seen beside the codes that were read. Tells whether there was anything.
    pub(super) fn more(&mut self, search: &mut Search, codes: &[Code]) -> bool {
        self.rest.without(codes);
        self.rest.take(search, self.frame, MANY_SPOTS)
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
        codes: &mut Vec<Code>,
    ) {
        let (turn, begun) = (self.next, clock.now());
        let look = TURNS[turn];
        self.next = (turn + 1) % Self::COUNT;
        self.last = self.frame;
        let megapixels = Self::megapixels(search.pyramid(), first, look);
        let mut light = None;
        let search = if look.light {
            light.insert(Search::new(search.pyramid().inverted(), WAYS))
        } else {
            search
        };
        self.rest = look.take(search, first);
        self.rest.take(search, self.frame, MORE_SPOTS);
        if look.light {
            // The search that knows them ends here.
            self.rest = Rest::default();
        }
        self.learn(turn, megapixels, clock.now() - begun);
        search.read(look.stage, deadline);
        take_codes(search, codes);
    }

    fn learn(&mut self, turn: usize, megapixels: f64, ms: f64) {
        if megapixels > 0.0 {
            let cost = &mut self.costs[turn];
            *cost += (ms / megapixels - *cost) / 4.0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spot(x: f32, y: f32) -> Spot {
        Spot {
            centre: [x, y],
            module: [2.0, 2.0],
            rows: 3,
            diagonals: 2,
        }
    }

    #[test]
    fn what_is_left_over_is_taken_by_neighbourhoods() {
        let spots =
            (0..40).map(|index| spot(5.0 * (index % 20) as f32, 100.0 * (index / 20) as f32));
        let grey = vec![128; 200 * 200];
        let frame = crate::Frame::new(&grey, 200, 200, 200).expect("it is whole");
        let mut search = Search::new(Pyramid::new(Plane::copy(frame)), WAYS);
        let mut rest = Rest {
            level: 0,
            spots: spots.collect(),
        };
        assert!(rest.take(&mut search, 0, MANY_SPOTS));
        let nearest = rest
            .spots
            .iter()
            .map(|spot| spot.centre[0] + spot.centre[1]);
        assert_eq!(nearest.fold(f32::MAX, f32::min), 5.0 * MANY_SPOTS as f32);
        let mut rounds = 1;
        while rest.take(&mut search, rounds, MANY_SPOTS) {
            rounds += 1;
        }
        assert_eq!(rounds, 40_usize.div_ceil(MANY_SPOTS));
    }
}
