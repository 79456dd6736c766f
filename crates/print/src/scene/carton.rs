//! Many labels in one picture.

use std::f64::consts::FRAC_PI_2;

use super::camera::Pose;
use super::difficulty::{Conditions, Difficulty};
use super::grid::{Grid, Piece};
use super::motion::Motion;
use super::paper::Label;
use super::random::Random;
use super::stage::{Setting, Stage, scale_of};
use super::surface::{Material, Surface};
use super::truth::Shot;
use super::wear::Wear;
use super::wording::Wording;
use crate::PrintError;

/// What the labels are on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// A sheet from the printer: in rows and columns, nearly straight.
    Sheet,
    /// A carton's side: each label stuck on by hand, up to 8 degrees askew.
    Carton,
    /// Boxes on a pallet: up to 15 degrees askew and farther apart.
    Pallet,
    /// Boxes in a heap: each label turned and tilted its own way, of its own size, some in the shade. The camera is a
    /// little out of focus, and there is little light.
    Heap,
    /// The same after a journey: half of the labels are partly covered by tape, by a strap, or torn.
    Worn,
}

impl Layout {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Sheet,
        Self::Carton,
        Self::Pallet,
        Self::Heap,
        Self::Worn,
    ];

    /// Whether each label lies in its own way.
    fn is_heaped(self) -> bool {
        matches!(self, Self::Heap | Self::Worn)
    }

    /// Of a hundred labels so many are partly covered.
    fn covered(self) -> usize {
        if self == Self::Worn { 50 } else { 0 }
    }

    /// The largest angle of a label to its neighbours, in radians.
    fn askew(self) -> f64 {
        match self {
            Self::Sheet => 0.02,
            Self::Carton => 0.14,
            Self::Pallet => 0.26,
            Self::Heap | Self::Worn => 0.3,
        }
    }

    /// How much room a label has, in its own longer sides.
    fn room(self) -> f64 {
        match self {
            Self::Sheet => 1.12,
            Self::Carton => 1.3,
            Self::Pallet => 1.5,
            Self::Heap | Self::Worn => 1.0,
        }
    }

    fn material(self) -> Material {
        match self {
            Self::Sheet => Material::Liner,
            Self::Carton => Material::Cardboard,
            Self::Pallet | Self::Heap | Self::Worn => Material::Shelf,
        }
    }
}

/// The largest angle between a heap's label and the plane, in radians: boxes that lie on one another.
const MOST_TILT: f64 = 0.6;
/// Papers of a heap's labels are so much smaller and larger than that of a symbol of version 3. A longer text has smaller
/// modules on the same paper.
const SIZES: [f64; 2] = [0.8, 1.15];
/// The width of the paper of a symbol of version 3, in modules.
const USUAL_WIDTH: f64 = 39.0;

/// A picture with many labels, not taken yet. The same one always gives the same picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Carton {
    /// How many labels, 1 to [`Carton::MOST_LABELS`].
    pub labels: usize,
    /// What they are on.
    pub layout: Layout,
    /// Pixels of a module in the picture's middle; where it slants away, modules are up to a tenth shorter. Smaller where
    /// the picture would be larger than [`Carton::MOST_PIXELS`]. In a heap, where no two labels are alike, the middling
    /// length of a module of a symbol of version 3: some are half as long, others longer by a half.
    pub module_px: f64,
    /// Everything else follows from this.
    pub seed: u64,
}

impl Carton {
    /// More labels do not fit with modules of three pixels.
    pub const MOST_LABELS: usize = 100;
    /// Width and height that no picture exceeds: 12 megapixels.
    pub const MOST_PIXELS: (u32, u32) = (4000, 3000);

    /// Takes the picture. It is as large as the labels need, 4:3.
    ///
    /// # Panics
    /// Where there are no labels, or more than [`Carton::MOST_LABELS`].
    ///
    /// # Errors
    /// None with the texts that are built in.
    pub fn shoot(&self) -> Result<Shot, PrintError> {
        assert!(
            (1..=Self::MOST_LABELS).contains(&self.labels),
            "{} labels",
            self.labels
        );
        let mut random = Random::new(self.seed);
        let labels = (0..self.labels).map(|number| self.label(number));
        let labels = labels.collect::<Result<Vec<_>, _>>()?;
        let grid = Grid::of(&labels, self.layout.room(), self.layout.askew());
        let (module, size) = self.module_and_size(&grid);
        let rest = rest(self.layout, &mut random);
        let conditions = conditions(self.layout, size, &mut random);
        let surface = Surface::random(self.layout.material(), 0.5 * module, &mut random);
        let setting = Setting {
            conditions: &conditions,
            surface,
            labels: grid.stick(labels, module, &mut random),
            rest,
            size,
            density: 1.4,
            margin: 0.04,
        };
        Ok(Stage::set(setting, self.seed).shoot(SETTLED_FRAME))
    }

    /// Most labels of a carton are alike; some say something else.
    fn label(&self, number: usize) -> Result<Piece, PrintError> {
        let seed = Random::part(self.seed, number as u64).next();
        let wording = match seed % 8 {
            0 => Wording::Serial,
            1 => Wording::AppLink,
            2 => Wording::ClaimLink,
            _ => Wording::Token,
        };
        let label = Label::new(wording.text(seed))?;
        Ok(if self.layout.is_heaped() {
            heaped(label, self.layout.covered(), &mut Random::new(seed))
        } else {
            Piece::straight(label)
        })
    }

    fn module_and_size(&self, grid: &Grid) -> (f64, (u32, u32)) {
        // The slant brings the outermost labels nearer to the edges; the rest is what a hand leaves around a carton.
        let [width, height] = [1.22 * grid.width(), 1.22 * grid.height()];
        let (width, height) = (width.max(height * 4.0 / 3.0), height.max(width * 3.0 / 4.0));
        let most = f64::from(Self::MOST_PIXELS.0) / width;
        let module = self.module_px.min(most);
        let side = |modules: f64| (modules * module).floor() as u32;
        (module, (side(width), side(height)))
    }
}

/// All comes to rest before a picture is taken.
const SETTLED_FRAME: u32 = 60;

fn rest(layout: Layout, random: &mut Random) -> Pose {
    let mut either = |most: f64| random.between(-most, most);
    Pose {
        shift: [0.0, 0.0],
        distance: 1.0,
        turn: either(0.04),
        tilt: either(0.12),
        swing: either(if layout == Layout::Sheet { 0.08 } else { 0.12 }),
    }
}

/// A label of a heap: in a turn, of a size, with a tilt of its own.
fn heaped(label: Label, covered: usize, random: &mut Random) -> Piece {
    let quarter = FRAC_PI_2 * random.below(4) as f64;
    let size = random.between(SIZES[0], SIZES[1]);
    Piece {
        scale: size * USUAL_WIDTH / label.paper()[0],
        quarter,
        wear: Wear::random(MOST_TILT, covered, random),
        label,
    }
}

fn conditions(layout: Layout, size: (u32, u32), random: &mut Random) -> Conditions {
    let mut conditions = Difficulty::Easy.conditions();
    conditions.motion = Motion {
        approach: 0.0,
        sway: 0.0,
        tremor: 0.3,
        turning: 0.0,
    };
    conditions.lighting.fall_off = random.between(0.3, 0.6);
    conditions.lighting.shadow = random.between(0.0, 0.5);
    conditions.exposure.electrons = 3_000.0;
    // Scaled with the picture's height, which would make large pictures soft.
    conditions.focus.start = 0.25;
    conditions.focus.settled = 0.25;
    if layout.is_heaped() {
        let blur = random.between(0.5, 1.0) / scale_of(size).max(0.5);
        conditions.focus.start = blur;
        conditions.focus.settled = blur;
        conditions.lighting.fall_off = random.between(0.4, 0.7);
        conditions.lighting.shadow = random.between(0.4, 0.75);
        conditions.exposure.electrons = random.between(400.0, 1_200.0);
    }
    conditions
}
