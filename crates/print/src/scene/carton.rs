//! Many labels in one picture.

use super::camera::Pose;
use super::difficulty::{Conditions, Difficulty};
use super::motion::Motion;
use super::paper::{Label, Stuck};
use super::random::Random;
use super::stage::{Setting, Stage};
use super::surface::{Material, Surface};
use super::truth::Shot;
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
}

impl Layout {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Sheet, Self::Carton, Self::Pallet];

    /// The largest angle of a label to its neighbours, in radians.
    fn askew(self) -> f64 {
        match self {
            Self::Sheet => 0.02,
            Self::Carton => 0.14,
            Self::Pallet => 0.26,
        }
    }

    /// How much room a label has, in its own longer sides.
    fn room(self) -> f64 {
        match self {
            Self::Sheet => 1.12,
            Self::Carton => 1.3,
            Self::Pallet => 1.5,
        }
    }

    fn material(self) -> Material {
        match self {
            Self::Sheet => Material::Liner,
            Self::Carton => Material::Cardboard,
            Self::Pallet => Material::Shelf,
        }
    }
}

/// A picture with many labels, not taken yet. The same one always gives the same picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Carton {
    /// How many labels, 1 to [`Carton::MOST_LABELS`].
    pub labels: usize,
    /// What they are on.
    pub layout: Layout,
    /// Pixels of a module in the picture's middle; where it slants away, modules are up to a tenth shorter. Smaller where
    /// the picture would be larger than [`Carton::MOST_PIXELS`].
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
        let grid = Grid::of(&labels, self.layout);
        let (module, size) = self.module_and_size(&grid);
        let rest = rest(self.layout, &mut random);
        let conditions = conditions(&mut random);
        let surface = Surface::random(self.layout.material(), 0.5 * module, &mut random);
        let setting = Setting {
            conditions: &conditions,
            surface,
            labels: grid.stick(labels, module, self.layout.askew(), &mut random),
            rest,
            size,
            density: 1.4,
            margin: 0.04,
        };
        Ok(Stage::set(setting, self.seed).shoot(SETTLED_FRAME))
    }

    /// Most labels of a carton are alike; some say something else.
    fn label(&self, number: usize) -> Result<Label, PrintError> {
        let seed = Random::part(self.seed, number as u64).next();
        let wording = match seed % 8 {
            0 => Wording::Serial,
            1 => Wording::AppLink,
            2 => Wording::ClaimLink,
            _ => Wording::Token,
        };
        Label::new(wording.text(seed))
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

fn conditions(random: &mut Random) -> Conditions {
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
    conditions
}

/// Rows and columns of cells, each large enough for a label that is askew. Lengths are in modules.
struct Grid {
    columns: usize,
    rows: usize,
    cell: [f64; 2],
}

impl Grid {
    fn of(labels: &[Label], layout: Layout) -> Self {
        let longest = |axis: usize| {
            labels
                .iter()
                .map(|label| label.paper()[axis])
                .fold(0.0, f64::max)
        };
        let paper = [longest(0), longest(1)];
        let cell = paper.map(|side| side * layout.room() + paper[1] * layout.askew());
        // As near to 4:3 as whole columns allow.
        let ideal = (labels.len() as f64 * 4.0 / 3.0 * cell[1] / cell[0]).sqrt();
        let columns = (ideal.round() as usize).clamp(1, labels.len());
        Self {
            columns,
            rows: labels.len().div_ceil(columns),
            cell,
        }
    }

    fn width(&self) -> f64 {
        self.cell[0] * self.columns as f64
    }

    fn height(&self) -> f64 {
        self.cell[1] * self.rows as f64
    }

    fn stick(
        &self,
        labels: Vec<Label>,
        module: f64,
        askew: f64,
        random: &mut Random,
    ) -> Vec<Stuck> {
        let one = |(number, label): (usize, Label)| {
            let (column, row) = (number % self.columns, number / self.columns);
            let paper = label.paper();
            let turn = random.between(-askew, askew);
            let mut place = |index: usize, axis: usize, whole: f64| {
                let free = self.cell[axis] - paper[axis] - paper[1] * askew;
                let jitter = random.between(-0.4, 0.4) * free.max(0.0);
                ((index as f64 + 0.5) * self.cell[axis] - whole / 2.0 + jitter) * module
            };
            let middle = [place(column, 0, self.width()), place(row, 1, self.height())];
            Stuck {
                label,
                middle,
                turn,
                module,
            }
        };
        labels.into_iter().enumerate().map(one).collect()
    }
}
