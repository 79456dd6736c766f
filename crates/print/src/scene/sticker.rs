//! The label, printed on white paper.

use image::GrayImage;

/// Paper around the printed picture, in units of the label's side.
const MARGIN: f64 = 0.03;
/// How far the shadow reaches beside the paper, in the same units.
const SHADOW: f64 = 0.06;
/// Ink is not quite black, and paper not quite white.
const INK: f64 = 0.06;
const PAPER: f64 = 0.97;

pub(super) struct Sticker<'a> {
    label: &'a GrayImage,
}

impl<'a> Sticker<'a> {
    pub(super) fn new(label: &'a GrayImage) -> Self {
        Self { label }
    }

    /// Width and height, the longer one 1.
    pub(super) fn proportions(&self) -> [f64; 2] {
        let (width, height) = self.label.dimensions();
        let longer = f64::from(width.max(height).max(1));
        [width, height].map(|side| f64::from(side.max(1)) / longer)
    }

    /// The brightness at a place of the label. None beside the paper.
    pub(super) fn brightness(&self, place: [f64; 2]) -> Option<f64> {
        let paper = -MARGIN..1.0 + MARGIN;
        let on_paper = place.iter().all(|axis| paper.contains(axis));
        on_paper.then(|| INK + (PAPER - INK) * self.sample(place))
    }

    /// How much light the sticker, which does not lie quite flat, leaves to the table beside it.
    pub(super) fn shadow(&self, place: [f64; 2]) -> f64 {
        let beside = |axis: f64| (-MARGIN - axis).max(axis - 1.0 - MARGIN).max(0.0);
        let distance = beside(place[0]).hypot(beside(place[1]));
        0.55 + 0.45 * (distance / SHADOW).min(1.0)
    }

    /// The picture between its pixels. Beside the picture there is blank paper.
    fn sample(&self, place: [f64; 2]) -> f64 {
        let (width, height) = self.label.dimensions();
        let x = place[0] * f64::from(width) - 0.5;
        let y = place[1] * f64::from(height) - 0.5;
        let (left, top) = (x.floor(), y.floor());
        let row = |y: f64| mix(self.pixel(left, y), self.pixel(left + 1.0, y), x - left);
        mix(row(top), row(top + 1.0), y - top)
    }

    fn pixel(&self, x: f64, y: f64) -> f64 {
        if x < 0.0 || y < 0.0 {
            return 1.0;
        }
        let pixel = self.label.get_pixel_checked(x as u32, y as u32);
        pixel.map_or(1.0, |pixel| f64::from(pixel.0[0]) / 255.0)
    }
}

/// A mixture of two values, with so much of the second one.
pub(super) fn mix(first: f64, second: f64, part: f64) -> f64 {
    first + (second - first) * part
}
