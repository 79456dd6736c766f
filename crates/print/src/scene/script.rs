//! Films and stills of one label, or of none.

use std::fmt;

use super::camera::Pose;
use super::difficulty::{Conditions, Difficulty};
use super::paper::{Label, Stuck};
use super::random::Random;
use super::stage::{FRAMES_PER_SECOND, Setting, Stage, scale_of};
use super::surface::{Material, Surface};
use super::truth::Shot;
use super::wear::Wear;
use super::wording::Wording;
use crate::PrintError;

/// What a film shows. `Debug` hides what a label says.
#[derive(Clone, PartialEq, Eq)]
pub enum Subject {
    /// A label that says this, on a surface of some material.
    Label(String, Material),
    /// A surface without any label.
    Nothing(Material),
}

impl fmt::Debug for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Label(_, material) => write!(f, "Label(.., {material:?})"),
            Self::Nothing(material) => write!(f, "Nothing({material:?})"),
        }
    }
}

/// A film that was not shot yet. The same script always gives the same film.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Script {
    /// What tells it apart from the others, such as `moving-token-1`.
    pub name: String,
    /// What it shows.
    pub subject: Subject,
    /// What makes it hard to read.
    pub difficulty: Difficulty,
    /// Everything else follows from this.
    pub seed: u64,
    /// Width and height in pixels.
    pub size: (u32, u32),
    /// How many frames it has, 30 in a second.
    pub frames: u32,
}

/// Frames of the films in [`films`] and [`empty_films`]: a second and a half.
const FRAMES: u32 = 45;
/// Size of most of them.
const HD: (u32, u32) = (1280, 720);
/// Size of the others.
const VGA: (u32, u32) = (640, 480);

/// The films to measure a scanner with: each difficulty with four labels, three at 1280x720 and one at 640x480.
#[must_use]
pub fn films(seed: u64) -> Vec<Script> {
    let mut scripts = Vec::new();
    for (number, difficulty) in (0_u64..).zip(Difficulty::ALL) {
        let first = Random::part(seed, 100 + number).next();
        for take in 0..4 {
            let seed = Random::part(seed, 4 * number + take).next();
            // The takes say different things; another seed combines wordings and difficulties differently.
            let wording =
                Wording::ALL[((first >> 8) as usize + 2 * take as usize) % Wording::ALL.len()];
            let material = TABLES[(seed >> 16) as usize % TABLES.len()];
            scripts.push(Script {
                name: format!("{}-{}-{take}", difficulty.as_str(), wording.as_str()),
                subject: Subject::Label(wording.text(seed), material),
                difficulty,
                seed,
                size: if take == 3 { VGA } else { HD },
                frames: FRAMES,
            });
        }
    }
    scripts
}

/// What labels stick on or lie on.
const TABLES: [Material; 4] = [
    Material::Wood,
    Material::Cardboard,
    Material::Concrete,
    Material::Shelf,
];

/// Films that show no label: every material once, with a difficulty each.
#[must_use]
pub fn empty_films(seed: u64) -> Vec<Script> {
    let script = |(number, material): (usize, Material)| {
        let difficulty = Difficulty::ALL[number % Difficulty::ALL.len()];
        Script {
            name: format!("empty-{material:?}-{}", difficulty.as_str()).to_lowercase(),
            subject: Subject::Nothing(material),
            difficulty,
            seed: Random::part(seed, 1_000 + number as u64).next(),
            size: if number % 4 == 3 { VGA } else { HD },
            frames: FRAMES,
        }
    };
    Material::ALL.into_iter().enumerate().map(script).collect()
}

impl Script {
    /// Shoots the film, frame after frame.
    ///
    /// # Errors
    /// Where the label's text is empty or too long.
    pub fn shoot(&self) -> Result<impl Iterator<Item = Shot> + use<>, PrintError> {
        let stage = self.stage()?;
        Ok((0..self.frames).map(move |frame| stage.shoot(frame)))
    }

    /// Shoots one frame alone; frames need not come in order.
    ///
    /// # Errors
    /// As [`Script::shoot`].
    pub fn frame(&self, number: u32) -> Result<Shot, PrintError> {
        Ok(self.stage()?.shoot(number))
    }

    fn stage(&self) -> Result<Stage, PrintError> {
        let conditions = self.difficulty.conditions();
        let scale = scale_of(self.size);
        let mut random = Random::new(self.seed);
        let rest = rest(&conditions, scale, &mut random);
        let (labels, material) = match &self.subject {
            Subject::Label(text, material) => {
                let label = Label::new(text.clone())?;
                let module = module(&label, &conditions, self.size, &mut random);
                let stuck = Stuck {
                    label,
                    middle: [0.0, 0.0],
                    turn: 0.0,
                    module,
                    wear: Wear::NONE,
                };
                (vec![stuck], *material)
            }
            Subject::Nothing(material) => (Vec::new(), *material),
        };
        let setting = Setting {
            conditions: &conditions,
            surface: Surface::random(material, scale, &mut random),
            labels,
            rest,
            size: self.size,
            density: 1.7,
            margin: 0.12,
        };
        Ok(Stage::set(setting, self.seed))
    }
}

/// A still of a label, taken after focus and exposure have come to rest.
///
/// # Errors
/// Where the text is empty or too long.
pub fn still(
    text: &str,
    difficulty: Difficulty,
    seed: u64,
    size: (u32, u32),
) -> Result<Shot, PrintError> {
    let material = TABLES[Random::part(seed, 7).below(TABLES.len())];
    let script = Script {
        name: String::new(),
        subject: Subject::Label(text.to_owned(), material),
        difficulty,
        seed,
        size,
        frames: 1,
    };
    script.frame(SETTLED_FRAME)
}

/// Two seconds after the start everything has come to rest that does.
const SETTLED_FRAME: u32 = 2 * FRAMES_PER_SECOND as u32;

fn rest(conditions: &Conditions, scale: f64, random: &mut Random) -> Pose {
    let mut either = |most: f64| random.between(-most, most);
    Pose {
        shift: [either(60.0) * scale, either(30.0) * scale],
        distance: 1.0,
        turn: either(conditions.turn),
        tilt: either(conditions.slant),
        swing: either(conditions.slant),
    }
}

/// The length of a module in pixels; smaller than the difficulty says where the label would not fit into the picture.
fn module(label: &Label, conditions: &Conditions, size: (u32, u32), random: &mut Random) -> f64 {
    let [from, to] = conditions.module_px.map(|length| length * scale_of(size));
    let fitting = 0.62 * f64::from(size.0.min(size.1)) / label.paper()[1];
    random.between(from, to).min(fitting)
}
