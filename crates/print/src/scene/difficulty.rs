//! Named difficulties: what makes a label hard to read, in numbers.

use std::f64::consts::PI;
use std::str::FromStr;

use super::exposure::Exposure;
use super::focus::Focus;
use super::glare::Glare;
use super::light::Lighting;
use super::motion::Motion;
use super::paper::Print;

/// What makes a label hard to read. Each but the last changes one or two things from [`Difficulty::Easy`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Difficulty {
    /// A hand held still in a light room: modules of 6 to 8 pixels.
    Easy,
    /// The camera comes from the side and keeps swaying: at first some 25 pixels in an exposure of 1/50 s, later 2 to 12.
    Moving,
    /// The autofocus starts 9 pixels off, swings, and comes to rest 2.6 pixels off, with modules of 5 to 6.5.
    Blurred,
    /// A cellar: 1/30 s, 70 electrons where the paper is white, and the first frames six times darker still.
    Dark,
    /// The highest gain, 35 electrons in a full pixel; the first frames three times too bright.
    Noisy,
    /// A lamp is reflected near the label and wanders over it.
    Glare,
    /// The edge of a deep shadow falls across the label, in the flicker of a lamp.
    Shadow,
    /// A worn thermal print: grey on grey, with lines that the head left out.
    Faded,
    /// Modules of 2.3 to 3 pixels.
    Far,
    /// Held at a slant of up to 45 degrees to both sides, and in any turn.
    Slanted,
    /// Short exposures under mains light: bands roll over the picture.
    Rolling,
    /// Some of everything: motion, defocus, dim light, small modules, a slant.
    Hard,
}

/// A name that no difficulty has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no difficulty has this name")]
pub struct UnknownDifficulty;

impl Difficulty {
    /// All of them, the easiest first and the hardest last.
    pub const ALL: [Self; 12] = [
        Self::Easy,
        Self::Moving,
        Self::Blurred,
        Self::Dark,
        Self::Noisy,
        Self::Glare,
        Self::Shadow,
        Self::Faded,
        Self::Far,
        Self::Slanted,
        Self::Rolling,
        Self::Hard,
    ];

    /// The name, in lower case.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Easy => "easy",
            Self::Moving => "moving",
            Self::Blurred => "blurred",
            Self::Dark => "dark",
            Self::Noisy => "noisy",
            Self::Glare => "glare",
            Self::Shadow => "shadow",
            Self::Faded => "faded",
            Self::Far => "far",
            Self::Slanted => "slanted",
            Self::Rolling => "rolling",
            Self::Hard => "hard",
        }
    }

    /// The numbers behind the name.
    #[must_use]
    pub fn conditions(self) -> Conditions {
        let easy = Conditions::EASY;
        match self {
            Self::Easy => easy,
            Self::Moving => Conditions {
                module_px: [4.5, 6.0],
                motion: Motion {
                    approach: 230.0,
                    sway: 220.0,
                    tremor: 2.0,
                    turning: 0.12,
                },
                exposure: Exposure {
                    milliseconds: 20.0,
                    electrons: 3_000.0,
                    ..easy.exposure
                },
                ..easy
            },
            Self::Blurred => Conditions {
                module_px: [5.0, 6.5],
                focus: Focus {
                    start: 9.0,
                    settled: 2.6,
                    seconds: 0.9,
                },
                ..easy
            },
            Self::Dark => Conditions {
                motion: Motion {
                    tremor: 2.0,
                    ..easy.motion
                },
                exposure: Exposure {
                    milliseconds: 33.0,
                    start: 0.15,
                    settled: 0.11,
                    electrons: 700.0,
                    ..easy.exposure
                },
                ..easy
            },
            Self::Noisy => Conditions {
                module_px: [4.5, 6.0],
                exposure: Exposure {
                    milliseconds: 20.0,
                    start: 3.0,
                    electrons: 35.0,
                    ..easy.exposure
                },
                sharpening: 0.6,
                ..easy
            },
            Self::Glare => Conditions {
                motion: Motion {
                    turning: 0.2,
                    ..easy.motion
                },
                glare: Some(Glare {
                    strength: 2.6,
                    radius: 120.0,
                }),
                ..easy
            },
            Self::Shadow => Conditions {
                lighting: Lighting {
                    fall_off: 0.5,
                    flicker: 0.2,
                    shadow: 0.82,
                },
                ..easy
            },
            Self::Faded => Conditions {
                module_px: [4.5, 6.5],
                print: Print {
                    ink: 0.34,
                    paper: 0.64,
                    worn: 0.05,
                },
                exposure: Exposure {
                    electrons: 1_500.0,
                    ..easy.exposure
                },
                ..easy
            },
            Self::Far => Conditions {
                module_px: [2.3, 3.0],
                ..easy
            },
            Self::Slanted => Conditions {
                slant: 0.78,
                turn: PI,
                module_px: [5.5, 7.0],
                ..easy
            },
            Self::Rolling => Conditions {
                exposure: Exposure {
                    milliseconds: 2.5,
                    readout_milliseconds: 28.0,
                    electrons: 700.0,
                    ..easy.exposure
                },
                lighting: Lighting {
                    flicker: 0.85,
                    ..easy.lighting
                },
                motion: Motion {
                    sway: 200.0,
                    ..easy.motion
                },
                ..easy
            },
            Self::Hard => Conditions::HARD,
        }
    }
}

impl FromStr for Difficulty {
    type Err = UnknownDifficulty;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let named = Self::ALL
            .into_iter()
            .find(|difficulty| difficulty.as_str() == name);
        named.ok_or(UnknownDifficulty)
    }
}

/// How a film or a still is taken. Pixels are those of a picture 720 rows high; in others, lengths grow with the rows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Conditions {
    /// The length of a module, from and to.
    pub module_px: [f64; 2],
    /// The largest angle between the label and the picture's plane, about each axis, in radians.
    pub slant: f64,
    /// The largest turn of the label in the picture, in radians.
    pub turn: f64,
    /// The hand.
    pub motion: Motion,
    /// The lens.
    pub focus: Focus,
    /// The shutter and the gain.
    pub exposure: Exposure,
    /// The lamps.
    pub lighting: Lighting,
    /// A lamp's reflection.
    pub glare: Option<Glare>,
    /// Ink and paper.
    pub print: Print,
    /// How much the camera sharpens: the part of the difference to its surroundings by which a pixel is moved away from
    /// them. Most cameras do.
    pub sharpening: f64,
}

impl Conditions {
    const EASY: Self = Self {
        module_px: [6.0, 8.0],
        slant: 0.3,
        turn: 0.4,
        motion: Motion {
            approach: 12.0,
            sway: 14.0,
            tremor: 0.8,
            turning: 0.05,
        },
        focus: Focus {
            start: 1.4,
            settled: 0.7,
            seconds: 0.4,
        },
        exposure: Exposure {
            milliseconds: 8.0,
            readout_milliseconds: 20.0,
            start: 0.85,
            settled: 0.95,
            seconds: 0.5,
            electrons: 8_000.0,
        },
        lighting: Lighting {
            fall_off: 0.25,
            flicker: 0.04,
            shadow: 0.0,
        },
        glare: None,
        print: Print {
            ink: 0.05,
            paper: 0.88,
            worn: 0.0,
        },
        sharpening: 0.35,
    };

    const HARD: Self = Self {
        module_px: [3.2, 4.2],
        slant: 0.5,
        turn: PI,
        motion: Motion {
            approach: 160.0,
            sway: 60.0,
            tremor: 1.5,
            turning: 0.1,
        },
        focus: Focus {
            start: 5.0,
            settled: 1.2,
            seconds: 0.8,
        },
        exposure: Exposure {
            milliseconds: 20.0,
            readout_milliseconds: 24.0,
            start: 0.35,
            settled: 0.7,
            seconds: 0.8,
            electrons: 300.0,
        },
        lighting: Lighting {
            fall_off: 0.5,
            flicker: 0.3,
            shadow: 0.5,
        },
        glare: Some(Glare {
            strength: 0.8,
            radius: 90.0,
        }),
        print: Print {
            ink: 0.15,
            paper: 0.75,
            worn: 0.02,
        },
        sharpening: 0.5,
    };
}
