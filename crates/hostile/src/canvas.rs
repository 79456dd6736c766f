//! What is drawn on.

use crate::{Random, Symbol};

/// Grey pixels, row by row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Canvas {
    width: u32,
    height: u32,
    grey: Vec<u8>,
}

/// A rectangle of pixels: columns from `x`, rows from `y`.
#[derive(Debug, Clone, Copy)]
pub struct Rect {
    /// Its first column.
    pub x: u32,
    /// Its first row.
    pub y: u32,
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
}

/// How bright dark and light modules are.
#[derive(Debug, Clone, Copy)]
pub struct Inks {
    /// The dark ones.
    pub dark: u8,
    /// The light ones.
    pub light: u8,
}

impl Inks {
    /// Black on white.
    pub const BLACK: Self = Self {
        dark: 0,
        light: 255,
    };

    /// Dark and light exchanged.
    #[must_use]
    pub fn inverted(self) -> Self {
        Self {
            dark: self.light,
            light: self.dark,
        }
    }

    fn of(self, dark: bool) -> u8 {
        if dark { self.dark } else { self.light }
    }
}

/// Where a symbol lies, in pixels: its top left corner, and one module to the right and down.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// The corner.
    pub origin: [f32; 2],
    /// One module to the right.
    pub right: [f32; 2],
    /// One module down.
    pub down: [f32; 2],
}

impl Place {
    /// Upright, with modules of so many pixels.
    #[must_use]
    pub fn upright(x: f32, y: f32, module: f32) -> Self {
        Self {
            origin: [x, y],
            right: [module, 0.0],
            down: [0.0, module],
        }
    }

    fn map(&self, [u, v]: [f32; 2]) -> [f32; 2] {
        [0, 1].map(|i| self.origin[i] + u * self.right[i] + v * self.down[i])
    }

    /// The module at a pixel's middle.
    fn module_at(&self, x: u32, y: u32) -> [f32; 2] {
        let [[a, c], [b, d]] = [self.right, self.down];
        let determinant = a * d - b * c;
        let [x, y] = [
            x as f32 + 0.5 - self.origin[0],
            y as f32 + 0.5 - self.origin[1],
        ];
        [(x * d - y * b) / determinant, (y * a - x * c) / determinant]
    }
}

impl Canvas {
    /// A canvas of this brightness; both sides are one pixel at least.
    #[must_use]
    pub fn new(width: u32, height: u32, grey: u8) -> Self {
        let (width, height) = (width.max(1), height.max(1));
        let grey = vec![grey; width as usize * height as usize];
        Self {
            width,
            height,
            grey,
        }
    }

    /// Pixels in a row.
    #[must_use]
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Rows.
    #[must_use]
    pub fn height(&self) -> u32 {
        self.height
    }

    /// The pixels, row by row without padding.
    #[must_use]
    pub fn grey(&self) -> &[u8] {
        &self.grey
    }

    /// The pixels with so many bytes between rows that belong to none, and the bytes from one row to the next.
    #[must_use]
    pub fn padded(&self, padding: usize) -> (Vec<u8>, usize) {
        let stride = self.width as usize + padding;
        let mut pixels = Vec::with_capacity(stride * self.height as usize);
        for row in self.grey.chunks_exact(self.width as usize) {
            pixels.extend_from_slice(row);
            pixels.resize(pixels.len() + padding, 0x55);
        }
        (pixels, stride)
    }

    /// All of it.
    #[must_use]
    pub fn whole(&self) -> Rect {
        Rect {
            x: 0,
            y: 0,
            width: self.width,
            height: self.height,
        }
    }

    /// Changes the pixels of a rectangle, as far as it lies on the canvas, by their place and what they were.
    pub fn paint(&mut self, rect: Rect, mut paint: impl FnMut(u32, u32, u8) -> u8) {
        let end = |from: u32, length: u32, limit: u32| from.saturating_add(length).min(limit);
        let right = end(rect.x, rect.width, self.width);
        for y in rect.y..end(rect.y, rect.height, self.height) {
            for x in rect.x..right {
                let pixel = &mut self.grey[y as usize * self.width as usize + x as usize];
                *pixel = paint(x, y, *pixel);
            }
        }
    }

    /// Draws a symbol with a light rim of `rim` modules.
    pub fn symbol(&mut self, symbol: &Symbol, place: Place, rim: u32, inks: Inks) {
        let (rim, side) = (rim as f32, symbol.side() as f32);
        let ends = [-rim, side + rim];
        let corners = [[0, 0], [1, 0], [1, 1], [0, 1]].map(|[i, j]| place.map([ends[i], ends[j]]));
        let least = |axis: usize| corners.iter().map(|at| at[axis]).fold(f32::MAX, f32::min);
        let most = |axis: usize| corners.iter().map(|at| at[axis]).fold(f32::MIN, f32::max);
        let rect = Rect {
            x: least(0).floor().max(0.0) as u32,
            y: least(1).floor().max(0.0) as u32,
            width: (most(0) - least(0).max(0.0)).ceil().max(0.0) as u32 + 1,
            height: (most(1) - least(1).max(0.0)).ceil().max(0.0) as u32 + 1,
        };
        self.paint(rect, |x, y, before| {
            let [u, v] = place.module_at(x, y);
            if !(ends[0]..ends[1]).contains(&u) || !(ends[0]..ends[1]).contains(&v) {
                return before;
            }
            let dark = symbol.at(u.floor() as i64, v.floor() as i64);
            inks.of(dark.unwrap_or(false))
        });
    }

    /// Adds noise of up to `amplitude` either way.
    pub fn noise(&mut self, rect: Rect, amplitude: u8, random: &mut Random) {
        let range = 2 * u32::from(amplitude) + 1;
        self.paint(rect, |_, _, before| {
            let noise = random.next(range) as i32 - i32::from(amplitude);
            (i32::from(before) + noise).clamp(0, 255) as u8
        });
    }

    /// The mean of squares of `2 * radius + 1` pixels.
    pub fn blur(&mut self, radius: u32) {
        for axis in [0, 1] {
            let before = self.clone();
            let whole = self.whole();
            self.paint(whole, |x, y, _| {
                let (at, limit) = if axis == 0 {
                    (x, before.width)
                } else {
                    (y, before.height)
                };
                let line = at.saturating_sub(radius)..(at + radius + 1).min(limit);
                let count = line.len() as u32;
                let pixel = |at: u32| {
                    let [x, y] = if axis == 0 { [at, y] } else { [x, at] };
                    u32::from(before.grey[y as usize * before.width as usize + x as usize])
                };
                (line.map(pixel).sum::<u32>() / count) as u8
            });
        }
    }
}
