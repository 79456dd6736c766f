//! Where the label is, and how a pinhole camera sees it.

use std::f64::consts::PI;

use super::maths::sin_cos;
use super::random::Random;

pub(super) type Matrix = [[f64; 3]; 3];

/// The focal length in units of the picture's longer side: that of a phone's main camera.
pub(super) const FOCAL_LENGTH: f64 = 0.8;

/// How the label is held. Angles are in radians.
#[derive(Clone, Debug)]
pub(super) struct Pose {
    /// The label's middle, from the picture's middle, in units of the picture's sides.
    middle: [f64; 2],
    /// The label's longer side, in units of the picture's shorter one.
    side: f64,
    /// In the picture's plane, clockwise.
    turn: f64,
    /// The upper edge away from the camera.
    tilt: f64,
    /// The right edge away from the camera.
    swing: f64,
}

impl Pose {
    /// A label held as people do: wholly in the picture, not straight.
    pub(super) fn random(random: &mut Random) -> Self {
        Self {
            middle: [random.between(-0.08, 0.08), random.between(-0.05, 0.05)],
            side: random.between(0.54, 0.64),
            turn: random.between(-0.4, 0.4),
            tilt: random.between(-0.4, 0.4),
            swing: random.between(-0.4, 0.4),
        }
    }

    /// The same a little later, in a hand that is never still. The phase goes from 0 to 2π and around.
    pub(super) fn moved(&self, phase: f64) -> Self {
        let sway = |rounds: f64, offset: f64| sin_cos(rounds * phase + offset).0;
        Self {
            middle: [
                self.middle[0] + 0.03 * sway(1.0, 0.0),
                self.middle[1] + 0.02 * sway(2.0, PI / 3.0),
            ],
            side: self.side + 0.02 * sway(1.0, PI / 2.0),
            turn: self.turn + 0.06 * sway(1.0, PI / 5.0),
            tilt: self.tilt + 0.05 * sway(2.0, 0.0),
            swing: self.swing + 0.05 * sway(1.0, PI),
        }
    }

    /// The view of a label of these proportions (width and height, the longer one 1) in a picture of this size.
    pub(super) fn view(&self, proportions: [f64; 2], size: (u32, u32)) -> View {
        let (width, height) = (f64::from(size.0), f64::from(size.1));
        let focal = FOCAL_LENGTH * width.max(height);
        let side = self.side * width.min(height);
        let rotation = product(
            &turned(self.turn),
            &product(&tilted(self.tilt), &swung(self.swing)),
        );
        // The columns are the label's right, its down and its middle in the camera's space. At the distance of
        // the focal length, a length there is as long in the picture.
        let placed: Matrix = std::array::from_fn(|row| {
            let middle = [width * self.middle[0], height * self.middle[1], focal];
            [
                rotation[row][0] * side * proportions[0],
                rotation[row][1] * side * proportions[1],
                middle[row],
            ]
        });
        let camera = [
            [focal, 0.0, width / 2.0],
            [0.0, focal, height / 2.0],
            [0.0, 0.0, 1.0],
        ];
        View {
            to_label: adjugate(&product(&camera, &placed)),
        }
    }
}

/// Leads from a pixel to the place on the label that is seen there.
pub(super) struct View {
    /// A homography; its scale does not matter.
    to_label: Matrix,
}

impl View {
    /// The place on the label: 0 to 1 in both directions is on it.
    pub(super) fn on_label(&self, pixel: [f64; 2]) -> [f64; 2] {
        let [x, y, z] = self
            .to_label
            .map(|row| row[0] * pixel[0] + row[1] * pixel[1] + row[2]);
        [x / z + 0.5, y / z + 0.5]
    }
}

pub(super) fn turned(angle: f64) -> Matrix {
    let (sin, cos) = sin_cos(angle);
    [[cos, -sin, 0.0], [sin, cos, 0.0], [0.0, 0.0, 1.0]]
}

pub(super) fn tilted(angle: f64) -> Matrix {
    let (sin, cos) = sin_cos(angle);
    [[1.0, 0.0, 0.0], [0.0, cos, sin], [0.0, -sin, cos]]
}

pub(super) fn swung(angle: f64) -> Matrix {
    let (sin, cos) = sin_cos(angle);
    [[cos, 0.0, -sin], [0.0, 1.0, 0.0], [sin, 0.0, cos]]
}

pub(super) fn product(a: &Matrix, b: &Matrix) -> Matrix {
    std::array::from_fn(|row| {
        std::array::from_fn(|column| (0..3).map(|i| a[row][i] * b[i][column]).sum())
    })
}

/// The inverse, but for its scale.
pub(super) fn adjugate(m: &Matrix) -> Matrix {
    std::array::from_fn(|row| {
        std::array::from_fn(|column| {
            // The cofactor of the transposed place; going around the indices gives its sign.
            let (r1, r2) = ((column + 1) % 3, (column + 2) % 3);
            let (c1, c2) = ((row + 1) % 3, (row + 2) % 3);
            m[r1][c1] * m[r2][c2] - m[r1][c2] * m[r2][c1]
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const STRAIGHT: Pose = Pose {
        middle: [0.0, 0.0],
        side: 0.5,
        turn: 0.0,
        tilt: 0.0,
        swing: 0.0,
    };

    #[track_caller]
    fn check(pose: &Pose, pixel: [f64; 2], expected: [f64; 2]) {
        let place = pose.view([1.0, 1.0], (400, 200)).on_label(pixel);
        let near = |axis: usize| (place[axis] - expected[axis]).abs() < 1e-9;
        assert!(near(0) && near(1), "{place:?} instead of {expected:?}");
    }

    #[test]
    fn a_straight_label_is_seen_straight() {
        check(&STRAIGHT, [200.0, 100.0], [0.5, 0.5]);
        check(&STRAIGHT, [150.0, 50.0], [0.0, 0.0]);
        check(&STRAIGHT, [250.0, 150.0], [1.0, 1.0]);
        let turned = Pose {
            turn: PI / 2.0,
            ..STRAIGHT
        };
        check(&turned, [250.0, 50.0], [0.0, 0.0]);
    }

    #[test]
    fn what_is_farther_away_is_smaller() {
        let tilted = Pose {
            tilt: 0.4,
            ..STRAIGHT
        };
        let view = tilted.view([1.0, 1.0], (400, 200));
        let width_at = |y: f64| view.on_label([201.0, y])[0] - view.on_label([200.0, y])[0];
        assert!(width_at(60.0) > width_at(100.0) && width_at(100.0) > width_at(140.0));
    }
}
