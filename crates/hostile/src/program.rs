//! Bytes as a program that draws, so that a small change of bytes is a small change of the picture.

use crate::{Canvas, Inks, Level, Place, Random, Rect, Symbol};

/// Bytes of one step.
const STEP: usize = 8;

/// More steps are not taken: what one of them costs is bounded by the canvas.
const MOST_STEPS: usize = 24;

/// Draws what the bytes say, on a canvas of at most `most` by `most` pixels. Any bytes say something.
///
/// The first three are the width, the height and the background, each eight that follow a step: what to do, where (in
/// 256ths of the canvas), and how.
#[must_use]
pub fn draw(bytes: &[u8], most: u32) -> Canvas {
    let (header, steps) = bytes.split_at(bytes.len().min(3));
    let at = |index: usize| header.get(index).copied().unwrap_or(0);
    let side = |byte: u8| 1 + u32::from(byte) * (most - 1) / 255;
    let mut canvas = Canvas::new(side(at(0)), side(at(1)), at(2));
    for step in steps.chunks(STEP).take(MOST_STEPS) {
        let mut whole = [0; STEP];
        whole[..step.len()].copy_from_slice(step);
        Step(whole).draw(&mut canvas);
    }
    canvas
}

/// `[what, x, y, size, a, b, c, d]`.
struct Step([u8; STEP]);

impl Step {
    fn draw(&self, canvas: &mut Canvas) {
        let [what, .., a, b, c, d] = self.0;
        match what % 12 {
            0 | 1 => self.symbol(canvas, &Symbol::finder()),
            2 => self.symbol(canvas, &Symbol::alignment()),
            3 => self.symbol(canvas, &Symbol::target(5 + usize::from(a) % 60)),
            4 => self.symbol(canvas, &self.code(1 + a % 6)),
            5 => self.symbol(canvas, &self.code(1 + a % 40)),
            6 => self.tiles(canvas, &Symbol::finder()),
            7 => self.tiles(canvas, &self.code(1 + a % 6)),
            8 => {
                let (rect, mut random) = (self.rect(canvas), self.random());
                canvas.noise(rect, a / 2, &mut random);
            }
            9 => canvas.blur(1 + u32::from(a) % 4),
            10 => {
                // Stripes and checkers.
                let [across, down] = [a, b].map(|period| 1 + u32::from(period) % 32);
                let rect = self.rect(canvas);
                canvas.paint(rect, |x, y, _| {
                    let dark = (x / across + y / down).is_multiple_of(2);
                    if dark { c } else { d }
                });
            }
            _ => {
                // Another contrast, light and dark exchanged, or one grey.
                let rect = self.rect(canvas);
                let gain = i32::from(a) - 128;
                canvas.paint(rect, |_, _, before| {
                    let changed = i32::from(b) + (i32::from(before) - 128) * gain / 32;
                    changed.clamp(0, 255) as u8
                });
            }
        }
    }

    fn random(&self) -> Random {
        Random::new(u64::from_le_bytes(self.0))
    }

    /// A code with damage.
    fn code(&self, version: u8) -> Symbol {
        let [.., b, _, d] = self.0;
        let level = if b % 2 == 0 { Level::L } else { Level::H };
        Symbol::code(version, level).damaged(d / 2, &mut self.random())
    }

    fn origin(&self, canvas: &Canvas) -> [u32; 2] {
        let along = |byte: u8, side: u32| u32::from(byte) * side / 256;
        [
            along(self.0[1], canvas.width()),
            along(self.0[2], canvas.height()),
        ]
    }

    fn rect(&self, canvas: &Canvas) -> Rect {
        let [x, y] = self.origin(canvas);
        let side = 1 + u32::from(self.0[3]) * canvas.width().max(canvas.height()) / 255;
        Rect {
            x,
            y,
            width: side,
            height: side,
        }
    }

    /// Between a half and sixteen pixels.
    fn module(&self) -> f32 {
        0.5 * 32.0_f32.powf(f32::from(self.0[3]) / 255.0)
    }

    fn inks(&self) -> Inks {
        let [.., b, _, _] = self.0;
        let inks = Inks {
            dark: b / 8 * 2,
            light: 255 - b / 16,
        };
        if b % 4 > 1 { inks.inverted() } else { inks }
    }

    /// Turned by `c`; the last of its bits shear.
    fn place(&self, [x, y]: [f32; 2]) -> Place {
        let [.., c, _] = self.0;
        let module = self.module();
        let (sin, cos) = (f32::from(c / 4) / 64.0 * std::f32::consts::TAU).sin_cos();
        let shear = f32::from(c % 4) * 0.15;
        let right = [cos * module, sin * module];
        let down = [-sin * module, cos * module];
        Place {
            origin: [x, y],
            right,
            down: [0, 1].map(|i| down[i] + shear * right[i]),
        }
    }

    fn symbol(&self, canvas: &mut Canvas, symbol: &Symbol) {
        let place = self.place(self.origin(canvas).map(|at| at as f32));
        canvas.symbol(symbol, place, u32::from(self.0[6] % 5), self.inks());
    }

    /// The same symbol again and again, from its place to the canvas's end.
    fn tiles(&self, canvas: &mut Canvas, symbol: &Symbol) {
        let rim = u32::from(self.0[6] % 5);
        let pitch = ((symbol.side() + rim as usize) as f32 * self.module()).max(4.0) as usize;
        let [left, top] = self.origin(canvas);
        for y in (top..canvas.height()).step_by(pitch) {
            for x in (left..canvas.width()).step_by(pitch) {
                let place = Place::upright(x as f32, y as f32, self.module());
                canvas.symbol(symbol, place, rim, self.inks());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_bytes_are_a_picture_of_no_more_than_the_given_size() {
        let mut random = Random::new(7);
        for length in 0..200 {
            let bytes: Vec<u8> = (0..length).map(|_| random.next(256) as u8).collect();
            let canvas = draw(&bytes, 300);
            assert!(canvas.width().max(canvas.height()) <= 300);
            let pixels = canvas.width() as usize * canvas.height() as usize;
            assert_eq!(canvas.grey().len(), pixels);
        }
    }

    #[test]
    fn equal_bytes_draw_equal_pictures() {
        let bytes: Vec<u8> = (0..100).collect();
        assert_eq!(draw(&bytes, 200), draw(&bytes, 200));
    }
}
