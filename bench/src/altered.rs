//! Photographs as if they had been taken another way: turned, nearer or farther, lighter or darker. Nothing was tuned on them.

use handover_scan::Picture;

use crate::half::hash;
use crate::truth::{Corners, Row};

/// How a photograph is altered.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Change {
    /// Clockwise, in radians.
    angle: f64,
    /// How much longer everything gets.
    scale: f64,
    /// The power of each pixel's brightness.
    gamma: f64,
}

/// Degrees to either side.
const TURN: [f64; 2] = [5.0, 40.0];
const SCALE: [f64; 2] = [0.7, 1.2];
const GAMMA: [f64; 2] = [0.7, 1.4];

/// The photograph altered as its name says, for ever the same way, and what is known about it then.
pub fn altered(picture: &Picture, row: Row) -> (Picture, Row) {
    let change = Change::of(&row.file);
    let map = Map::new(&change, picture);
    let corners = row.corners.iter().map(|corners| map.corners(*corners));
    let row = Row {
        corners: corners.collect(),
        ..row
    };
    (map.draw(picture, change.gamma), row)
}

impl Change {
    fn of(file: &str) -> Self {
        let part =
            |what: &str| (hash(&format!("{what} of {file}")) >> 11) as f64 / (1_u64 << 53) as f64;
        let between = |what, [from, to]: [f64; 2]| from + (to - from) * part(what);
        let sign = if part("side") < 0.5 { -1.0 } else { 1.0 };
        Self {
            angle: sign * between("turn", TURN).to_radians(),
            scale: between("scale", SCALE),
            gamma: between("gamma", GAMMA),
        }
    }
}

/// Leads from places of a photograph to those of the altered one, whose canvas holds all of it.
struct Map {
    /// The turn's cosine and sine, times the scale.
    cos: f64,
    sin: f64,
    from_middle: [f64; 2],
    to_middle: [f64; 2],
    size: [u32; 2],
}

impl Map {
    fn new(change: &Change, picture: &Picture) -> Self {
        let (sin, cos) = change.angle.sin_cos();
        let (sin, cos) = (sin * change.scale, cos * change.scale);
        let [width, height] = [picture.width, picture.height].map(f64::from);
        let size = [
            width * cos.abs() + height * sin.abs(),
            width * sin.abs() + height * cos.abs(),
        ];
        let size = size.map(|side| side.ceil().max(1.0));
        Self {
            cos,
            sin,
            from_middle: [width / 2.0, height / 2.0],
            to_middle: size.map(|side| side / 2.0),
            size: size.map(|side| side as u32),
        }
    }

    fn forth(&self, [x, y]: [f64; 2]) -> [f64; 2] {
        let (x, y) = (x - self.from_middle[0], y - self.from_middle[1]);
        [
            self.cos * x - self.sin * y + self.to_middle[0],
            self.sin * x + self.cos * y + self.to_middle[1],
        ]
    }

    fn back(&self, [x, y]: [f64; 2]) -> [f64; 2] {
        let (x, y) = (x - self.to_middle[0], y - self.to_middle[1]);
        let square = self.cos * self.cos + self.sin * self.sin;
        [
            (self.cos * x + self.sin * y) / square + self.from_middle[0],
            (self.cos * y - self.sin * x) / square + self.from_middle[1],
        ]
    }

    fn corners(&self, Corners(corners): Corners) -> Corners {
        let mut moved = corners;
        let (points, _) = moved.as_chunks_mut::<2>();
        for point in points {
            *point = self.forth(point.map(f64::from)).map(|at| at as f32);
        }
        Corners(moved)
    }

    /// Each pixel is the mean of four places in it, so that nothing is lost where the picture gets smaller.
    fn draw(&self, picture: &Picture, gamma: f64) -> Picture {
        const PLACES: [[f64; 2]; 4] = [[0.25, 0.25], [0.75, 0.25], [0.25, 0.75], [0.75, 0.75]];
        let rim = rim(picture);
        let [width, height] = self.size;
        let pixel = |x: u32, y: u32| {
            let at = |[dx, dy]: [f64; 2]| self.back([f64::from(x) + dx, f64::from(y) + dy]);
            let sum: f64 = PLACES
                .iter()
                .map(|&place| bright(picture, at(place), rim))
                .sum();
            ((sum / 4.0 / 255.0).powf(gamma) * 255.0).round() as u8
        };
        Picture {
            width,
            height,
            grey: (0..height)
                .flat_map(|y| (0..width).map(move |x| (x, y)))
                .map(|(x, y)| pixel(x, y))
                .collect(),
        }
    }
}

/// The mean of the outermost pixels, which the canvas is filled with.
fn rim(picture: &Picture) -> f64 {
    let (width, height) = (picture.width as usize, picture.height as usize);
    let is_rim = |index: usize| {
        let (x, y) = (index % width, index / width);
        x == 0 || y == 0 || x + 1 == width || y + 1 == height
    };
    let rim = picture
        .grey
        .iter()
        .enumerate()
        .filter(|(index, _)| is_rim(*index));
    let (count, sum) = rim.fold((0.0_f64, 0.0), |(count, sum), (_, &grey)| {
        (count + 1.0, sum + f64::from(grey))
    });
    sum / count.max(1.0)
}

/// The brightness at a place, between the middles of four pixels.
fn bright(picture: &Picture, [x, y]: [f64; 2], rim: f64) -> f64 {
    let (x, y) = (x - 0.5, y - 0.5);
    let (left, top) = (x.floor(), y.floor());
    let at = |dx: f64, dy: f64| {
        let (x, y) = (left + dx, top + dy);
        let is_inside =
            x >= 0.0 && y >= 0.0 && x < f64::from(picture.width) && y < f64::from(picture.height);
        let index = || y as usize * picture.width as usize + x as usize;
        if is_inside {
            f64::from(picture.grey[index()])
        } else {
            rim
        }
    };
    let mix = |a: f64, b: f64, part: f64| a + (b - a) * part;
    let row = |dy| mix(at(0.0, dy), at(1.0, dy), x - left);
    mix(row(0.0), row(1.0), y - top)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn picture(width: u32, height: u32) -> Picture {
        let grey = (0..width * height)
            .map(|index| (index * 7 % 251) as u8)
            .collect();
        Picture {
            width,
            height,
            grey,
        }
    }

    proptest! {
        #[test]
        fn every_change_is_within_its_bounds_and_leads_back(file in "[a-z]{1,9}/[0-9]{1,4}.png", x in 0.0..40.0, y in 0.0..30.0) {
            let change = Change::of(&file);
            prop_assert_eq!(change, Change::of(&file));
            prop_assert!((5.0..=40.0).contains(&change.angle.to_degrees().abs()));
            prop_assert!((0.7..=1.2).contains(&change.scale) && (0.7..=1.4).contains(&change.gamma));
            let map = Map::new(&change, &picture(40, 30));
            let there = map.forth([x, y]);
            prop_assert!((0..2).all(|axis| there[axis] >= -1e-9 && there[axis] <= f64::from(map.size[axis]) + 1e-9));
            let back = map.back(there);
            prop_assert!((back[0] - x).abs() < 1e-9 && (back[1] - y).abs() < 1e-9);
        }
    }

    #[test]
    fn the_canvas_is_filled_with_the_rim_and_corners_move_along() {
        let grey = Picture {
            width: 40,
            height: 30,
            grey: vec![100; 1200],
        };
        let row = Row {
            file: "a/1.png".into(),
            corners: vec![Corners([0.0, 0.0, 40.0, 0.0, 40.0, 30.0, 0.0, 30.0])],
            ..Row::default()
        };
        let gamma = Change::of(&row.file).gamma;
        let (picture, row) = altered(&grey, row);
        let expected = ((100.0_f64 / 255.0).powf(gamma) * 255.0).round() as u8;
        assert!(picture.grey.iter().all(|&grey| grey == expected));
        assert_eq!(
            picture.grey.len(),
            (picture.width * picture.height) as usize
        );
        let middle = [picture.width, picture.height].map(|side| side as f32 / 2.0);
        assert!(row.corners[0].hold(middle));
        assert!(!row.corners[0].hold([0.5, 0.5]));
    }

    #[test]
    fn a_label_is_read_after_it() {
        let label = handover_print::qr_luma("SN001", 6).expect("a label");
        let (width, height) = label.dimensions();
        let label = Picture {
            width,
            height,
            grey: label.into_raw(),
        };
        let row = Row {
            file: "a/2.png".into(),
            ..Row::default()
        };
        let (picture, _) = altered(&label, row);
        let codes = handover_scan::Scanner::default()
            .report(picture.frame())
            .codes;
        assert_eq!(codes[0].text, "SN001");
    }
}
