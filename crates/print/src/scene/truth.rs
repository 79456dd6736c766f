//! A picture, and what is in it.

use std::fmt;

use image::GrayImage;

/// A picture and the symbols that can be seen in it.
#[derive(Clone, Debug)]
pub struct Shot {
    /// The picture, grey.
    pub picture: GrayImage,
    /// Every symbol of the scene. A film's label may be partly outside of the picture; see [`Symbol::is_inside`].
    pub symbols: Vec<Symbol>,
}

/// A symbol in a picture. `Debug` hides what it says: labels carry secrets.
#[derive(Clone, PartialEq)]
pub struct Symbol {
    /// What it says.
    pub text: String,
    /// The corners of its modules, without the quiet zone, as `[x, y]` in pixels: the symbol's own top left first, then
    /// clockwise. Those of a moving symbol are where it is in the middle of each row's exposure.
    pub corners: [[f32; 2]; 4],
    /// How many modules it has along a side.
    pub modules: usize,
}

impl Symbol {
    /// Whether all of it is in a picture of this size.
    #[must_use]
    pub fn is_inside(&self, size: (u32, u32)) -> bool {
        let sides = [size.0 as f32, size.1 as f32];
        let inside =
            |corner: &[f32; 2]| (0..2).all(|axis| (0.0..sides[axis]).contains(&corner[axis]));
        self.corners.iter().all(inside)
    }

    /// The length of a module along the symbol's shortest side, in pixels.
    #[must_use]
    pub fn module_px(&self) -> f32 {
        let sides = (0..4).map(|index| {
            let [from, to] = [self.corners[index], self.corners[(index + 1) % 4]];
            ((to[0] - from[0]).powi(2) + (to[1] - from[1]).powi(2)).sqrt()
        });
        sides.fold(f32::INFINITY, f32::min) / self.modules as f32
    }
}

impl fmt::Debug for Symbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Symbol")
            .field("bytes", &self.text.len())
            .field("corners", &self.corners)
            .field("modules", &self.modules)
            .finish()
    }
}
