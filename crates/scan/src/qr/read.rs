//! From a guess where a code lies to its content.

use super::equalizer::equalized;
use super::grid::{Grid, sharpened, soft};
use super::group::Triple;
use super::locate::{Guess, guesses, parallelogram};
use super::pyramid::Pyramid;
use super::refine::refined;
use super::warp::Warp;
use crate::deadline::Deadline;
use crate::effort::Work;
use crate::plane::Plane;
use crate::stage::{Stage, Stages};
use crate::symbol::{self, Modules, Payload, fixed, remake};

/// A code that was read.
pub(crate) struct Read {
    pub(crate) payload: Payload,
    /// In the code's own order, in pixels of the full picture.
    pub(crate) corners: [[f32; 2]; 4],
    /// The way that read it.
    pub(crate) way: Stage,
}

/// A code that was sampled, but could not be read.
pub(crate) struct Sight {
    /// The brightness of its modules.
    pub(crate) grid: Grid,
    /// Their contrast, row by row.
    pub(crate) contrast: Vec<f32>,
    /// The corners clockwise from the one between the two neighbouring finder patterns, in pixels of the full picture.
    pub(crate) corners: [[f32; 2]; 4],
    /// The part of the fixed modules that are as they should be.
    pub(crate) agreement: f32,
}

/// What came of a triple of finder patterns.
pub(crate) enum Outcome {
    Read(Box<Read>),
    /// It looks like a code, but could not be read.
    Unread(Box<Sight>),
    /// It is none.
    Nothing,
}

/// A guess whose timing patterns alternate less is wrong.
const TIMING: f32 = 0.35;

/// The part of the fixed modules that must be as they should. Whatever was read had 0.87 and more on the photographs,
/// other triples hardly ever more than 0.7.
const AGREEMENT: f32 = 0.75;

/// How much less than [`AGREEMENT`] is enough to follow the paper with a net, after which it must be reached.
const AGREEMENT_BENT: f32 = 0.66;

/// The part of all modules that must be as in the symbol that was read. Level H corrects three codewords of ten.
const RESEMBLANCE: f32 = 0.7;

/// The radius of the surroundings that a module is compared with, in modules.
const SURROUNDINGS: usize = 4;

/// How much is done for a code.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Care {
    /// It is read if it can be as it lies there.
    Quick,
    /// Paper is followed where it bends, and whatever may matter is varied.
    Full,
}

/// Reads the code that has these three finder patterns, in every way that is allowed, until the deadline.
pub(crate) fn read_triple(
    pyramid: &Pyramid,
    triple: &Triple,
    ways: Stages,
    care: Care,
    deadline: &Deadline,
) -> Outcome {
    let mut outcome = Outcome::Nothing;
    deadline.effort().spend(Work::Guess);
    for guess in guesses(pyramid, triple, deadline.effort()) {
        if guess.timing < TIMING {
            break;
        }
        match Reader::new(pyramid, triple, &guess, ways, deadline).read(care) {
            Outcome::Nothing => {}
            Outcome::Unread(sight) => outcome = Outcome::Unread(sight),
            Outcome::Read(read) => return Outcome::Read(read),
        }
        if deadline.is_over() {
            break;
        }
    }
    outcome
}

struct Reader<'a> {
    pyramid: &'a Pyramid,
    triple: &'a Triple,
    guess: &'a Guess,
    ways: Stages,
    deadline: &'a Deadline,
    plane: &'a Plane,
    factor: f32,
}

impl<'a> Reader<'a> {
    fn new(
        pyramid: &'a Pyramid,
        triple: &'a Triple,
        guess: &'a Guess,
        ways: Stages,
        deadline: &'a Deadline,
    ) -> Self {
        let (plane, factor) = pyramid.for_module(guess.module);
        Self {
            pyramid,
            triple,
            guess,
            ways,
            deadline,
            plane,
            factor,
        }
    }

    fn read(&self, care: Care) -> Outcome {
        let flat = self.guess.warp.clone();
        match self.read_on(&flat, None) {
            Ok(read) => Outcome::Read(Box::new(read)),
            Err(sight) if sight.agreement < AGREEMENT_BENT => Outcome::Nothing,
            Err(sight) if care == Care::Quick => Outcome::Unread(Box::new(sight)),
            Err(sight) => self.insist(flat, sight),
        }
    }

    /// Follows the paper, and varies whatever may matter.
    fn insist(&self, flat: Warp, mut best: Sight) -> Outcome {
        // Maps of what looks like a code and could not be read.
        let mut unread = Vec::new();
        if best.agreement >= AGREEMENT {
            unread.push(flat);
        }
        for way in [Stage::Net, Stage::Parallelogram] {
            if !self.ways.has(way) {
                continue;
            }
            let Some(warp) = self.net(way) else { continue };
            let sight = match self.read_on(&warp, Some(way)) {
                Ok(read) => return Outcome::Read(Box::new(read)),
                Err(sight) => sight,
            };
            if sight.agreement >= AGREEMENT {
                unread.push(warp);
            }
            if sight.agreement > best.agreement {
                best = sight;
            }
        }
        if best.agreement < AGREEMENT {
            return Outcome::Nothing;
        }
        let varied = self.ways.has(Stage::Varied);
        // The last map follows the paper best.
        let read = varied.then(|| unread.iter().rev().find_map(|warp| self.vary(warp)));
        match read.flatten() {
            Some(read) => Outcome::Read(Box::new(read)),
            None => Outcome::Unread(Box::new(best)),
        }
    }

    /// Other sizes of the picture, other surroundings to compare with, more and less taken away.
    fn vary(&self, warp: &Warp) -> Option<Read> {
        let side = self.guess.side;
        [
            self.guess.module,
            self.guess.module * 2.0,
            self.guess.module / 2.0,
        ]
        .into_iter()
        .find_map(|module| {
            let (plane, factor) = self.pyramid.for_module(module);
            self.spend(Work::Sample(side));
            let grid = Grid::sample(plane, factor, warp, side);
            [4, 2, 7].into_iter().find_map(|surroundings| {
                let contrast = grid.contrast(surroundings);
                let amounts = [0.0, 0.5, 1.0, 2.0].into_iter();
                self.spend(Work::Equalize(side));
                let filtered = equalized(&contrast, side);
                filtered
                    .into_iter()
                    .chain(amounts.map(|amount| sharpened(&contrast, side, amount)))
                    .find_map(|improved| {
                        if self.deadline.is_over() {
                            return None;
                        }
                        self.spend(Work::Decode(side));
                        let payload = read_modules(&improved, side)?;
                        Some(Read {
                            corners: corners(warp, side, payload.mirrored),
                            payload,
                            way: Stage::Varied,
                        })
                    })
            })
        })
    }

    /// None where the map cannot be made, or not before the deadline.
    fn net(&self, way: Stage) -> Option<Warp> {
        let bent = |base: &Warp| {
            let side = self.guess.side;
            refined(
                self.plane,
                self.factor,
                base,
                side,
                self.triple,
                self.deadline,
            )
        };
        if way == Stage::Net {
            return bent(&self.guess.warp);
        }
        let effort = self.deadline.effort();
        bent(&parallelogram(
            self.pyramid,
            self.triple,
            self.guess,
            effort,
        )?)
    }

    fn spend(&self, work: Work) {
        self.deadline.effort().spend(work);
    }

    /// Reads on a map of the code, or gives what was sampled there.
    fn read_on(&self, warp: &Warp, way: Option<Stage>) -> Result<Read, Sight> {
        let side = self.guess.side;
        self.spend(Work::Sample(side));
        let grid = Grid::sample(self.plane, self.factor, warp, side);
        let contrast = grid.contrast(SURROUNDINGS);
        let agreement = agreement(&contrast, side);
        let mut read = None;
        if agreement >= AGREEMENT {
            read = read_contrast(&contrast, side, self.ways, |work| self.spend(work));
        }
        match read {
            Some((payload, stage)) => Ok(Read {
                corners: corners(warp, side, payload.mirrored),
                payload,
                way: way.unwrap_or(stage),
            }),
            None => Err(Sight {
                corners: corners(warp, side, false),
                grid,
                contrast,
                agreement,
            }),
        }
    }
}

/// Reads modules that were sampled on a map, if the fixed ones are as they should be.
pub(crate) fn read_on_grid(grid: &Grid, warp: &Warp, ways: Stages) -> Option<Read> {
    let contrast = grid.contrast(SURROUNDINGS);
    if agreement(&contrast, grid.side) < AGREEMENT {
        return None;
    }
    let (payload, way) = read_contrast(&contrast, grid.side, ways, |_| {})?;
    Some(Read {
        corners: corners(warp, grid.side, payload.mirrored),
        payload,
        way,
    })
}

/// Reads modules by their contrast, in every way that is allowed, and tells the way. Each piece of work is told.
pub(crate) fn read_contrast(
    contrast: &[f32],
    side: usize,
    ways: Stages,
    spend: impl Fn(Work),
) -> Option<(Payload, Stage)> {
    [Stage::Plain, Stage::Sharpened, Stage::Equalized]
        .into_iter()
        .filter(|stage| ways.has(*stage))
        .find_map(|stage| {
            let improved = match stage {
                Stage::Sharpened => sharpened(contrast, side, 1.0),
                Stage::Equalized => {
                    spend(Work::Equalize(side));
                    equalized(contrast, side)?
                }
                _ => contrast.to_vec(),
            };
            spend(Work::Decode(side));
            Some((read_modules(&improved, side)?, stage))
        })
}

/// Reads modules by their contrast as it is.
fn read_modules(contrast: &[f32], side: usize) -> Option<Payload> {
    let payload = symbol::read(&Modules::new(side, soft(contrast))?).ok()?;
    is_of(&payload, contrast).then_some(payload)
}

/// Whether the modules look like the symbol that was read. Error correction gives some symbol for a few in ten million
/// random ones; those look like chance.
fn is_of(payload: &Payload, contrast: &[f32]) -> bool {
    let symbol = remake(payload);
    let right = symbol
        .iter()
        .zip(contrast)
        .filter(|(dark, contrast)| **dark == (**contrast > 0.0))
        .count();
    right as f32 / symbol.len() as f32 > RESEMBLANCE
}

/// The corners in the code's own order. In a mirrored one, down and right are exchanged.
fn corners(warp: &Warp, side: usize, mirrored: bool) -> [[f32; 2]; 4] {
    let end = side as f32;
    let mut corners = [[0.0, 0.0], [end, 0.0], [end, end], [0.0, end]].map(|place| warp.map(place));
    if mirrored {
        corners.swap(1, 3);
    }
    corners
}

/// The part of the fixed modules outside the finder patterns that are as they should be.
fn agreement(contrast: &[f32], side: usize) -> f32 {
    let version = ((side - 17) / 4) as u8;
    let (mut right, mut all) = (0, 0);
    for y in 0..side {
        for x in 0..side {
            let in_finder = (x < 7 && (y < 7 || y >= side - 7)) || (x >= side - 7 && y < 7);
            if in_finder {
                continue;
            }
            if let Some(dark) = fixed(version, x, y) {
                all += 1;
                right += i32::from(dark == (contrast[y * side + x] > 0.0));
            }
        }
    }
    right as f32 / all as f32
}
