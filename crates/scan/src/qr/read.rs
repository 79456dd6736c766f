//! From a guess where a code lies to its content.

use super::equalizer::equalized;
use super::grid::{Grid, sharpened, soft};
use super::group::Triple;
use super::locate::{Guess, guesses, parallelogram};
use super::pyramid::Pyramid;
use super::refine::refined;
use super::warp::Warp;
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

/// What came of a triple of finder patterns.
pub(crate) enum Outcome {
    Read(Box<Read>),
    /// It looks like a code, but could not be read.
    Unread,
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

/// Reads the code that has these three finder patterns, in every way that is allowed.
pub(crate) fn read_triple(pyramid: &Pyramid, triple: &Triple, ways: Stages) -> Outcome {
    let mut outcome = Outcome::Nothing;
    for guess in guesses(pyramid, triple) {
        if guess.timing < TIMING {
            break;
        }
        match Reader::new(pyramid, triple, &guess, ways).read() {
            Outcome::Nothing => {}
            Outcome::Unread => outcome = Outcome::Unread,
            Outcome::Read(read) => return Outcome::Read(read),
        }
    }
    outcome
}

struct Reader<'a> {
    pyramid: &'a Pyramid,
    triple: &'a Triple,
    guess: &'a Guess,
    ways: Stages,
    plane: &'a Plane,
    factor: f32,
}

impl<'a> Reader<'a> {
    fn new(pyramid: &'a Pyramid, triple: &'a Triple, guess: &'a Guess, ways: Stages) -> Self {
        let (plane, factor) = pyramid.for_module(guess.module);
        Self {
            pyramid,
            triple,
            guess,
            ways,
            plane,
            factor,
        }
    }

    fn read(&self) -> Outcome {
        // Maps of what looks like a code and could not be read.
        let mut unread = Vec::new();
        let flat = self.guess.warp.clone();
        match self.read_on(&flat, None) {
            Ok(read) => return Outcome::Read(Box::new(read)),
            Err(agreement) if agreement < AGREEMENT_BENT => return Outcome::Nothing,
            Err(agreement) if agreement >= AGREEMENT => unread.push(flat),
            Err(_) => {}
        }
        for way in [Stage::Net, Stage::Parallelogram] {
            if !self.ways.has(way) {
                continue;
            }
            let Some(warp) = self.net(way) else { continue };
            match self.read_on(&warp, Some(way)) {
                Ok(read) => return Outcome::Read(Box::new(read)),
                Err(agreement) if agreement >= AGREEMENT => unread.push(warp),
                Err(_) => {}
            }
        }
        if unread.is_empty() {
            return Outcome::Nothing;
        }
        if self.ways.has(Stage::Varied) {
            // The last map follows the paper best.
            for warp in unread.iter().rev() {
                if let Some(read) = self.vary(warp) {
                    return Outcome::Read(Box::new(read));
                }
            }
        }
        Outcome::Unread
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
            let grid = Grid::sample(plane, factor, warp, side);
            [4, 2, 7].into_iter().find_map(|surroundings| {
                let contrast = grid.contrast(surroundings);
                let amounts = [0.0, 0.5, 1.0, 2.0].into_iter();
                let filtered = equalized(&contrast, side);
                filtered
                    .into_iter()
                    .chain(amounts.map(|amount| sharpened(&contrast, side, amount)))
                    .find_map(|improved| self.read_modules(&improved, warp, Stage::Varied))
            })
        })
    }

    fn read_modules(&self, contrast: &[f32], warp: &Warp, way: Stage) -> Option<Read> {
        let side = self.guess.side;
        let payload = symbol::read(&Modules::new(side, soft(contrast))?).ok()?;
        is_of(&payload, contrast).then(|| Read {
            corners: corners(warp, side, payload.mirrored),
            payload,
            way,
        })
    }

    fn net(&self, way: Stage) -> Option<Warp> {
        let bent =
            |base: &Warp| refined(self.plane, self.factor, base, self.guess.side, self.triple);
        if way == Stage::Net {
            return Some(bent(&self.guess.warp));
        }
        parallelogram(self.pyramid, self.triple, self.guess).map(|base| bent(&base))
    }

    /// Reads on a map of the code, or tells what part of the fixed modules is right there.
    fn read_on(&self, warp: &Warp, way: Option<Stage>) -> Result<Read, f32> {
        let side = self.guess.side;
        let contrast = Grid::sample(self.plane, self.factor, warp, side).contrast(SURROUNDINGS);
        let agreement = agreement(&contrast, side);
        if agreement < AGREEMENT {
            return Err(agreement);
        }
        [Stage::Plain, Stage::Sharpened, Stage::Equalized]
            .into_iter()
            .filter(|stage| self.ways.has(*stage))
            .find_map(|stage| {
                let improved = match stage {
                    Stage::Sharpened => sharpened(&contrast, side, 1.0),
                    Stage::Equalized => equalized(&contrast, side)?,
                    _ => contrast.clone(),
                };
                self.read_modules(&improved, warp, way.unwrap_or(stage))
            })
            .ok_or(agreement)
    }
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
