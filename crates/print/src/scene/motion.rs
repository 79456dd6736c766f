//! The hand that holds the camera: it comes to the label, sways and trembles.

use std::f64::consts::TAU;

use super::camera::Pose;
use super::maths::sin_cos;
use super::random::Random;

/// How a hand moves. Lengths are in pixels at a picture height of 720, angles in radians.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Motion {
    /// How far the label is from its place when the film starts.
    pub approach: f64,
    /// How far the hand sways to either side, below 2 Hz.
    pub sway: f64,
    /// How far it trembles to either side, at 8 to 12 Hz: a healthy hand's physiological tremor.
    pub tremor: f64,
    /// How far the camera turns about each axis while it sways; it trembles by a twentieth of this.
    pub turning: f64,
}

/// The time in which the approach covers three quarters of its way, in seconds.
const APPROACH_SECONDS: f64 = 0.35;
/// What a hand does slowly, in Hertz. The slower, the farther: amplitudes fall with the frequency, as in a random walk.
const SWAY_HERTZ: [f64; 4] = [0.35, 0.7, 1.2, 1.9];
const TREMOR_HERTZ: [f64; 3] = [8.3, 9.7, 11.6];

/// A hand with its own phases: where the camera is at any time.
pub(super) struct Hand {
    rest: Pose,
    approach: [f64; 2],
    axes: [Wander; 6],
}

impl Hand {
    /// A hand around a pose, with lengths scaled from 720 rows to the picture's.
    pub(super) fn new(rest: Pose, motion: &Motion, scale: f64, random: &mut Random) -> Self {
        let (sin, cos) = sin_cos(random.between(0.0, TAU));
        let approach = motion.approach * scale;
        let mut length = || Wander::new(motion.sway * scale, motion.tremor * scale, random);
        let shifts = [length(), length()];
        let mut angle = |part: f64| {
            let turning = motion.turning * part;
            Wander::new(turning, turning / 20.0, random)
        };
        let angles = [angle(0.5), angle(1.0), angle(1.0), angle(0.6)];
        let [distance, tilt, swing, turn] = angles;
        let [x, y] = shifts;
        Self {
            rest,
            approach: [approach * cos, approach * sin],
            axes: [x, y, distance, tilt, swing, turn],
        }
    }

    /// The pose at a time in seconds.
    pub(super) fn at(&self, seconds: f64) -> Pose {
        let left = 1.0 + seconds / APPROACH_SECONDS;
        let left = 1.0 / (left * left);
        let [x, y, distance, tilt, swing, turn] =
            std::array::from_fn(|axis| self.axes[axis].at(seconds));
        Pose {
            shift: [
                self.rest.shift[0] + self.approach[0] * left + x,
                self.rest.shift[1] + self.approach[1] * left + y,
            ],
            distance: self.rest.distance + distance,
            turn: self.rest.turn + turn,
            tilt: self.rest.tilt + tilt,
            swing: self.rest.swing + swing,
        }
    }
}

/// A band-limited way along one axis.
struct Wander(Vec<Wave>);

struct Wave {
    amplitude: f64,
    turns_per_second: f64,
    phase: f64,
}

impl Wander {
    fn new(sway: f64, tremor: f64, random: &mut Random) -> Self {
        let mut wave = |amplitude: f64, hertz: f64| Wave {
            amplitude: amplitude * random.between(0.6, 1.0),
            turns_per_second: hertz * random.between(0.9, 1.1),
            phase: random.between(0.0, TAU),
        };
        let slow = SWAY_HERTZ.map(|hertz| wave(0.5 * sway * SWAY_HERTZ[0] / hertz, hertz));
        let quick = TREMOR_HERTZ.map(|hertz| wave(tremor / TREMOR_HERTZ.len() as f64, hertz));
        Self(slow.into_iter().chain(quick).collect())
    }

    fn at(&self, seconds: f64) -> f64 {
        let one = |wave: &Wave| {
            wave.amplitude * sin_cos(TAU * wave.turns_per_second * seconds + wave.phase).0
        };
        self.0.iter().map(one).sum()
    }
}
