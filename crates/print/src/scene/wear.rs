//! What a label has been through: it stands off the carton, has less light than its neighbours, and something covers it.

use std::f64::consts::TAU;

use super::maths::{length, sin_cos};
use super::random::{Random, at_place};
use super::sticker::mix;

/// How one label stands and what is on it. Lengths are in modules, places are from the symbol's middle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Wear {
    /// Which part of the plane's light the label has: paper that is tilted away from the lamp has less.
    pub(super) light: f64,
    /// How it is tilted out of the plane.
    pub(super) tilt: Tilt,
    /// What lies over it.
    pub(super) cover: Option<Cover>,
}

impl Wear {
    /// A label that was just stuck on.
    pub(super) const NONE: Self = Self {
        light: 1.0,
        tilt: Tilt::NONE,
        cover: None,
    };

    /// A label that is tilted by up to an angle in radians. Of a hundred so many are covered by something.
    pub(super) fn random(most_tilt: f64, covered: usize, random: &mut Random) -> Self {
        let tilt = Tilt::random(most_tilt, random);
        let light = random.between(0.65, 1.0);
        let is_covered = random.below(100) < covered;
        Self {
            light,
            tilt,
            cover: is_covered.then(|| Cover::random(random)),
        }
    }
}

/// A tilt around an axis through the symbol's middle, seen from a camera straight above it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Tilt {
    /// The axis' direction.
    axis: [f64; 2],
    sin: f64,
    cos: f64,
}

/// How far away the camera is, in modules: some four times as far as a hundred labels are wide together.
const DISTANCE: f64 = 600.0;

impl Tilt {
    const NONE: Self = Self {
        axis: [1.0, 0.0],
        sin: 0.0,
        cos: 1.0,
    };

    fn random(most: f64, random: &mut Random) -> Self {
        let (y, x) = sin_cos(random.between(0.0, TAU));
        let (sin, cos) = sin_cos(random.between(0.0, most));
        Self {
            axis: [x, y],
            sin,
            cos,
        }
    }

    /// The place on the label that is seen at a place of the plane.
    pub(super) fn on_label(&self, seen: [f64; 2]) -> [f64; 2] {
        let [along, across] = self.turned(seen);
        let across = across * DISTANCE / (DISTANCE * self.cos - across * self.sin);
        let along = along * (DISTANCE + across * self.sin) / DISTANCE;
        self.back([along, across])
    }

    /// Where a place on the label is seen in the plane.
    pub(super) fn seen(&self, place: [f64; 2]) -> [f64; 2] {
        let [along, across] = self.turned(place);
        let nearer = DISTANCE / (DISTANCE + across * self.sin);
        self.back([along * nearer, across * self.cos * nearer])
    }

    fn turned(&self, [x, y]: [f64; 2]) -> [f64; 2] {
        let [cos, sin] = self.axis;
        [cos * x + sin * y, cos * y - sin * x]
    }

    fn back(&self, [along, across]: [f64; 2]) -> [f64; 2] {
        let [cos, sin] = self.axis;
        [cos * along - sin * across, sin * along + cos * across]
    }
}

/// What lies over a part of a label.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Cover {
    /// Packing tape, through which the print is seen with half of its contrast.
    Tape(Strip),
    /// A strap or a stroke of a marker: nothing is seen through it.
    Strap(Strip, f64),
    /// The paper is gone beyond a line: a corner was torn off. The edge is ragged.
    Torn {
        /// The direction of the corner that is gone.
        towards: [f64; 2],
        /// How far the tear is from the middle.
        away: f64,
        seed: u64,
    },
}

/// A straight strip.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Strip {
    /// Across the strip.
    normal: [f64; 2],
    /// How far its middle is from the symbol's, and half of its width.
    away: f64,
    half: f64,
}

/// What packing tape reflects.
const TAPE: f64 = 0.5;

impl Cover {
    fn random(random: &mut Random) -> Self {
        match random.below(3) {
            0 => Self::Tape(Strip::random([4.0, 12.0], random)),
            1 => {
                let strip = Strip::random([0.8, 2.4], random);
                let is_dark = random.below(2) == 0;
                Self::Strap(strip, if is_dark { 0.06 } else { 0.8 })
            }
            _ => {
                let corner = TAU / 8.0 + TAU / 4.0 * random.below(4) as f64;
                let (y, x) = sin_cos(corner + random.between(-0.3, 0.3));
                Self::Torn {
                    towards: [x, y],
                    // A symbol of version 3 has its corners 20 modules from its middle, version 1 has them at 15.
                    away: random.between(14.0, 22.0),
                    seed: random.next(),
                }
            }
        }
    }

    /// What is seen at a place where the label alone shows `printed`, and where without the label `below` is seen.
    pub(super) fn over(&self, place: [f64; 2], printed: f64, below: f64) -> f64 {
        match self {
            Self::Tape(strip) if strip.holds(place) => mix(printed, TAPE, 0.5),
            Self::Strap(strip, color) if strip.holds(place) => *color,
            Self::Torn {
                towards,
                away,
                seed,
            } => {
                let along = place[0] * towards[1] - place[1] * towards[0];
                let ragged = at_place(*seed, along.floor() as i64, 0) - 0.5;
                let beyond = place[0] * towards[0] + place[1] * towards[1] - away - ragged;
                if beyond > 0.0 { below } else { printed }
            }
            _ => printed,
        }
    }
}

impl Strip {
    /// A strip somewhere over the label, whose width is between these.
    fn random([least, most]: [f64; 2], random: &mut Random) -> Self {
        let (y, x) = sin_cos(random.between(0.0, TAU));
        debug_assert!(
            (length(x, y) - 1.0).abs() < 1e-6,
            "a direction has length 1"
        );
        Self {
            normal: [x, y],
            away: random.between(0.0, 16.0),
            half: random.between(least, most) / 2.0,
        }
    }

    fn holds(&self, [x, y]: [f64; 2]) -> bool {
        (x * self.normal[0] + y * self.normal[1] - self.away).abs() < self.half
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_of_a_tilted_label_is_found_where_it_is_seen() {
        let mut random = Random::new(1);
        for _ in 0..100 {
            let tilt = Tilt::random(0.7, &mut random);
            let place = [random.between(-30.0, 30.0), random.between(-30.0, 30.0)];
            let found = tilt.on_label(tilt.seen(place));
            let near = |axis: usize| (found[axis] - place[axis]).abs() < 1e-9;
            assert!(
                near(0) && near(1),
                "{found:?} instead of {place:?}, {tilt:?}"
            );
        }
        assert_eq!(Tilt::NONE.seen([3.0, -4.0]), [3.0, -4.0]);
        assert_eq!(Tilt::NONE.on_label([3.0, -4.0]), [3.0, -4.0]);
    }

    #[test]
    fn covers_change_what_they_lie_over_and_nothing_else() {
        let strip = Strip {
            normal: [1.0, 0.0],
            away: 5.0,
            half: 1.0,
        };
        let torn = Cover::Torn {
            towards: [1.0, 0.0],
            away: 10.0,
            seed: 1,
        };
        let check = |cover: Cover, x: f64, expected: f64| {
            assert_eq!(cover.over([x, 2.0], 0.9, 0.3), expected, "{cover:?} at {x}");
        };
        check(Cover::Tape(strip), 5.5, 0.7);
        check(Cover::Tape(strip), 6.5, 0.9);
        check(Cover::Strap(strip, 0.1), 4.5, 0.1);
        check(Cover::Strap(strip, 0.1), 3.5, 0.9);
        check(torn, 9.0, 0.9);
        check(torn, 11.0, 0.3);
    }
}
