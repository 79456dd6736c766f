//! What lies under a label, or where no label is: tables, pages, fabrics, patterns.

use super::maths::{length, sine_of_turns};
use super::random::{Random, at_place};
use super::sticker::mix;
use super::table::smooth_noise;

/// What a surface is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Material {
    /// A wooden table.
    Wood,
    /// A carton's side.
    Cardboard,
    /// Rough, with spots of every size.
    Concrete,
    /// Every grain has its own grey.
    Grains,
    /// Light and dark squares in turn.
    Checkerboard,
    /// Dots in a grid, larger where the picture is darker.
    Halftone,
    /// A wall of bricks.
    Bricks,
    /// Lines of letters that nobody can read.
    Page,
    /// Upright bars of several widths, as in a bar code.
    Bars,
    /// Threads, woven.
    Fabric,
    /// Circles around each other: in a cross section as a finder pattern.
    Rings,
    /// Squares around each other, as finder patterns are, at random places.
    Finders,
    /// Light and dark modules without any finder pattern.
    Modules,
    /// Boxes beside and above each other, some of them with lines of text.
    Shelf,
    /// Walls of a labyrinth.
    Maze,
    /// Slanting stripes.
    Stripes,
    /// Smooth paper, such as labels are peeled from.
    Liner,
}

impl Material {
    /// All of them.
    pub const ALL: [Self; 17] = [
        Self::Wood,
        Self::Cardboard,
        Self::Concrete,
        Self::Grains,
        Self::Checkerboard,
        Self::Halftone,
        Self::Bricks,
        Self::Page,
        Self::Bars,
        Self::Fabric,
        Self::Rings,
        Self::Finders,
        Self::Modules,
        Self::Shelf,
        Self::Maze,
        Self::Stripes,
        Self::Liner,
    ];
}

/// A surface of a material.
#[derive(Clone, Copy, Debug)]
pub(super) struct Surface {
    material: Material,
    seed: u64,
    /// The length of the pattern's smallest part, in units of the plane.
    grain: f64,
    dark: f64,
    light: f64,
}

impl Surface {
    /// A surface whose parts are some pixels large; `scale` is 1 for pictures of 720 rows.
    pub(super) fn random(material: Material, scale: f64, random: &mut Random) -> Self {
        let (dark, light) = match material {
            Material::Wood => (0.12, 0.4),
            Material::Cardboard => (0.3, 0.45),
            Material::Concrete => (0.15, 0.6),
            Material::Page => (0.05, 0.8),
            Material::Liner => (0.5, 0.62),
            _ => (random.between(0.03, 0.2), random.between(0.5, 0.85)),
        };
        Self {
            material,
            seed: random.next(),
            grain: random.between(3.0, 11.0) * scale,
            dark,
            light,
        }
    }

    /// Whether it has no edges that must be drawn finely.
    pub(super) fn is_soft(&self) -> bool {
        use Material::{Cardboard, Concrete, Liner, Wood};
        matches!(self.material, Wood | Cardboard | Concrete | Liner)
    }

    /// The light that is reflected at a place, 0 to 1.
    pub(super) fn reflectance(&self, place: [f64; 2]) -> f64 {
        let [x, y] = place.map(|axis| axis / self.grain);
        let bright = match self.material {
            Material::Wood => self.wood(x, y),
            Material::Cardboard => self.cardboard(x, y),
            Material::Concrete => self.concrete(x, y),
            Material::Grains => self.cell(x.floor(), y.floor()),
            Material::Checkerboard => whether(odd(x / 3.0) == odd(y / 3.0)),
            Material::Halftone => self.halftone(x / 2.0, y / 2.0),
            Material::Bricks => self.bricks(x / 12.0, y / 5.0),
            Material::Page => self.page(x, y),
            Material::Bars => whether(self.cell(x.floor(), (y / 60.0).floor()) < 0.5),
            Material::Fabric => fabric(x / 2.0, y / 2.0),
            Material::Rings => self.rings(x, y),
            Material::Finders => self.finders(x, y),
            Material::Modules => whether(self.cell(x.floor(), y.floor()) < 0.5),
            Material::Shelf => self.shelf(x, y),
            Material::Maze => self.maze(x / 4.0, y / 4.0),
            Material::Stripes => whether(odd((x + 0.6 * y) / 2.0)),
            Material::Liner => self.noise(x / 50.0, y / 50.0),
        };
        mix(self.dark, self.light, bright)
    }

    /// A number of 0 to 1 for a cell of the pattern.
    fn cell(&self, x: f64, y: f64) -> f64 {
        at_place(self.seed, x as i64, y as i64)
    }

    fn noise(&self, x: f64, y: f64) -> f64 {
        smooth_noise(self.seed, x, y)
    }

    fn wood(&self, x: f64, y: f64) -> f64 {
        0.7 * self.noise(x / 40.0, y / 3.5) + 0.3 * self.noise(x / 10.0, y / 0.6)
    }

    fn cardboard(&self, x: f64, y: f64) -> f64 {
        let flutes = 0.08 * sine_of_turns(y / 3.0);
        0.5 + flutes
            + 0.5 * (self.noise(x / 2.0, y / 1.5) - 0.5)
            + 0.6 * (self.noise(x / 60.0, y / 60.0) - 0.5)
    }

    fn concrete(&self, x: f64, y: f64) -> f64 {
        let octaves = [(32.0, 0.4), (8.0, 0.3), (2.0, 0.2), (0.5, 0.1)];
        let octave = |(size, part): (f64, f64)| part * self.noise(x / size, y / size);
        octaves.into_iter().map(octave).sum()
    }

    fn halftone(&self, x: f64, y: f64) -> f64 {
        let radius = 0.15 + 0.5 * self.noise(x / 12.0, y / 12.0);
        whether(length(x - x.floor() - 0.5, y - y.floor() - 0.5) > radius)
    }

    fn bricks(&self, x: f64, y: f64) -> f64 {
        let shifted = x + if odd(y) { 0.5 } else { 0.0 };
        let mortar = shifted - shifted.floor() < 0.05 || y - y.floor() < 0.1;
        match mortar {
            true => 1.0,
            false => {
                0.6 * self.cell(shifted.floor(), y.floor()) + 0.1 * self.noise(x * 30.0, y * 12.0)
            }
        }
    }

    /// Letters of seven strokes each, 4 by 7 grains large, in words and paragraphs.
    fn page(&self, x: f64, y: f64) -> f64 {
        let (column, line) = ((x / 5.0).floor(), (y / 12.0).floor());
        let paragraph_end = self.cell(7.0, line) < 0.12 && (column as i64).rem_euclid(24) > 9;
        let letter = self.cell(column, line);
        if letter < 0.18 || paragraph_end || self.cell(11.0, line) < 0.08 {
            return 1.0;
        }
        let strokes = (letter * 12_700.0) as u32 % 127 + 1;
        whether(!stroke(strokes, x - 5.0 * column, y - 12.0 * line))
    }

    fn rings(&self, x: f64, y: f64) -> f64 {
        let side = 18.0;
        let (column, row) = ((x / side).floor(), (y / side).floor());
        let distance = length(x - side * (column + 0.5), y - side * (row + 0.5));
        let width = 0.8 + 1.2 * self.cell(column, row);
        whether(distance > 7.0 * width / 1.2 || odd(distance / width + 0.5))
    }

    /// Every other cell has a finder pattern of seven modules, which are one grain large.
    fn finders(&self, x: f64, y: f64) -> f64 {
        let side = 16.0;
        let (column, row) = ((x / side).floor(), (y / side).floor());
        let free = self.cell(column, row);
        let offset = 4.0 + 8.0 * free;
        let reach = (x - side * column - offset.min(12.0))
            .abs()
            .max((y - side * row - 8.0).abs());
        whether(free < 0.4 || !(reach < 1.5 || (2.5..3.5).contains(&reach)))
    }

    fn shelf(&self, x: f64, y: f64) -> f64 {
        let row = (y / 45.0).floor();
        let width = 30.0 + 25.0 * self.cell(3.0, row);
        let column = (x / width).floor();
        let (right, down) = (x - width * column, y - 45.0 * row);
        let color = self.cell(column, row);
        let gap = 10.0 * self.cell(column + 50.0, row);
        if down < gap || right < 0.8 || down > 43.0 {
            return 0.02;
        }
        let printed = color > 0.45
            && (5.0..width - 5.0).contains(&right)
            && (gap + 6.0..gap + 26.0).contains(&down);
        let text = printed && self.page(1.6 * x, 1.6 * y) < 0.5;
        0.2 + 0.7 * color - if text { 0.2 + 0.5 * color } else { 0.0 }
    }

    /// In each cell one diagonal.
    fn maze(&self, x: f64, y: f64) -> f64 {
        let (right, down) = (x - x.floor(), y - y.floor());
        let across = if self.cell(x.floor(), y.floor()) < 0.5 {
            right - down
        } else {
            right + down - 1.0
        };
        whether(across.abs() > 0.25)
    }
}

/// Whether one of a letter's seven strokes covers a place of its box of 4 by 7.
fn stroke(strokes: u32, x: f64, y: f64) -> bool {
    let (left, right) = (x < 0.9, (3.1..4.0).contains(&x));
    let level = |from: f64| (from..from + 0.9).contains(&y);
    let (upper, lower, wide) = (y < 3.5, (3.5..7.0).contains(&y), x < 4.0);
    let places = [
        left && upper,
        left && lower,
        right && upper,
        right && lower,
        wide && level(0.0),
        wide && level(3.05),
        wide && level(6.1),
    ];
    (0..)
        .zip(places)
        .any(|(bit, here)| here && strokes >> bit & 1 == 1)
}

fn fabric(x: f64, y: f64) -> f64 {
    let over = odd(x) == odd(y);
    let across = if over { x - x.floor() } else { y - y.floor() };
    let round = 1.0 - (2.0 * across - 1.0).abs();
    if over { 0.3 + 0.7 * round } else { 0.6 * round }
}

fn odd(x: f64) -> bool {
    (x.floor() as i64).rem_euclid(2) == 1
}

fn whether(bright: bool) -> f64 {
    if bright { 1.0 } else { 0.0 }
}
