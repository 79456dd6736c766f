//! A pinhole camera over a plane: where a point of the plane is seen, and what a pixel sees.

use super::geometry::{FOCAL_LENGTH, Matrix, adjugate, product, swung, tilted, turned};

/// How the plane stands before the camera. Angles are in radians.
///
/// A unit of the plane is a pixel at the distance 1; the plane's origin is the picture's middle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Pose {
    /// Where the plane's origin is seen, in pixels from the picture's middle.
    pub(super) shift: [f64; 2],
    /// 1 is where the plane is seen in its own size.
    pub(super) distance: f64,
    /// In the picture's plane, clockwise.
    pub(super) turn: f64,
    /// The upper edge away from the camera.
    pub(super) tilt: f64,
    /// The right edge away from the camera.
    pub(super) swing: f64,
}

impl Pose {
    /// The projection in a picture of this size.
    pub(super) fn projection(&self, size: (u32, u32)) -> Projection {
        let (width, height) = (f64::from(size.0), f64::from(size.1));
        let focal = FOCAL_LENGTH * width.max(height);
        let rotation = product(
            &turned(self.turn),
            &product(&tilted(self.tilt), &swung(self.swing)),
        );
        let depth = focal * self.distance;
        let origin = [
            self.shift[0] * self.distance,
            self.shift[1] * self.distance,
            depth,
        ];
        let placed: Matrix =
            std::array::from_fn(|row| [rotation[row][0], rotation[row][1], origin[row]]);
        let camera = [
            [focal, 0.0, width / 2.0],
            [0.0, focal, height / 2.0],
            [0.0, 0.0, 1.0],
        ];
        Projection {
            to_picture: product(&camera, &placed),
        }
    }
}

/// Leads from the plane to the picture.
pub(super) struct Projection {
    to_picture: Matrix,
}

impl Projection {
    /// Where a point of the plane is seen, in pixels; whole numbers are the pixels' corners.
    pub(super) fn picture(&self, place: [f64; 2]) -> [f64; 2] {
        apply(&self.to_picture, place)
    }

    /// Leads back from the picture to the plane.
    pub(super) fn inverse(&self) -> Sight {
        Sight {
            to_plane: adjugate(&self.to_picture),
        }
    }
}

/// Leads from the picture to the plane.
pub(super) struct Sight {
    to_plane: Matrix,
}

impl Sight {
    /// The plane's places that the middles of a row's pixels see.
    pub(super) fn along_row(&self, row: u32) -> impl Fn(u32) -> [f64; 2] + use<> {
        let y = f64::from(row) + 0.5;
        let start = self.to_plane.map(|line| line[1] * y + line[2]);
        let step = self.to_plane.map(|line| line[0]);
        move |column| {
            let x = f64::from(column) + 0.5;
            let depth = 1.0 / (start[2] + step[2] * x);
            [
                (start[0] + step[0] * x) * depth,
                (start[1] + step[1] * x) * depth,
            ]
        }
    }
}

fn apply(matrix: &Matrix, place: [f64; 2]) -> [f64; 2] {
    let [x, y, z] = matrix.map(|row| row[0] * place[0] + row[1] * place[1] + row[2]);
    [x / z, y / z]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_pixel_sees_is_seen_there() {
        let pose = Pose {
            shift: [30.0, -20.0],
            distance: 1.2,
            turn: 0.3,
            tilt: -0.4,
            swing: 0.5,
        };
        let projection = pose.projection((640, 480));
        for (column, row) in [(0, 0), (320, 240), (639, 10), (77, 479)] {
            let place = projection.inverse().along_row(row)(column);
            let seen = projection.picture(place);
            let expected = [f64::from(column) + 0.5, f64::from(row) + 0.5];
            let near = |axis: usize| (seen[axis] - expected[axis]).abs() < 1e-6;
            assert!(near(0) && near(1), "{seen:?} instead of {expected:?}");
        }
        let middle = projection.picture([0.0, 0.0]);
        assert!((middle[0] - 350.0).abs() < 1e-9 && (middle[1] - 220.0).abs() < 1e-9);
    }
}
