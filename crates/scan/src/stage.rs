//! The stages of the search for codes: what is looked at, and in which ways a found code is read.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

/// A stage. Those of looking come first, in the order in which they run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Stage {
    /// The picture at about 640 pixels, where noise has been averaged away.
    Size640,
    /// At about 1280 pixels.
    Size1280,
    /// At about 320 pixels: large codes that are noisy, blurred or printed in dots.
    Size320,
    /// At about 2560 pixels: small codes in large pictures.
    Size2560,
    /// Larger still, up to the picture's own size.
    Larger,
    /// Thresholds from means of wide, middling and narrow surroundings, at 640 pixels.
    Mean640,
    /// The same at 1280 pixels.
    Mean1280,
    /// The same at 320 pixels.
    Mean320,
    /// The box around all that is dark, as a code without anything beside it: dots and round finder patterns as programs
    /// draw them.
    Drawn,
    /// Codes of which one finder pattern is hidden.
    Hidden,
    /// Small pictures with hard edges, four times as large: screenshots with a pixel for a module.
    Enlarged,
    /// The picture at twice its size: modules of less than two pixels.
    Doubled,
    /// Code 128, EAN and UPC, with rxing.
    Bars,
    /// Micro QR codes, with rxing.
    MicroQr,
    /// Data Matrix codes, with rxing.
    DataMatrix,
    /// rqrr, on the picture as it is.
    Rqrr,
    /// Light codes on dark, at every size.
    Inverted,
    /// Reading a code that was found: its modules' contrast as sampled.
    Plain,
    /// With the neighbours' share taken away, against blur and small modules.
    Sharpened,
    /// With a filter that is learned from the code's own fixed patterns, against motion and defocus.
    Equalized,
    /// Sampled on a net that follows bent paper.
    Net,
    /// The same from a parallelogram between the finder patterns, whose own shapes mislead on strongly bent paper.
    Parallelogram,
    /// What looks like a code and could not be read so far, in many small variations.
    Varied,
}

impl Stage {
    /// All of them, in their order.
    pub const ALL: [Self; 23] = [
        Self::Size640,
        Self::Size1280,
        Self::Size320,
        Self::Size2560,
        Self::Larger,
        Self::Mean640,
        Self::Mean1280,
        Self::Mean320,
        Self::Drawn,
        Self::Hidden,
        Self::Enlarged,
        Self::Doubled,
        Self::Bars,
        Self::MicroQr,
        Self::DataMatrix,
        Self::Rqrr,
        Self::Inverted,
        Self::Plain,
        Self::Sharpened,
        Self::Equalized,
        Self::Net,
        Self::Parallelogram,
        Self::Varied,
    ];

    /// The stages of looking, in the order in which they run.
    pub const LOOKS: &'static [Self] = Self::ALL.split_at(Self::Inverted as usize).0;

    /// The name that `handover scan --stages` takes.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Size640 => "640",
            Self::Size1280 => "1280",
            Self::Size320 => "320",
            Self::Size2560 => "2560",
            Self::Larger => "larger",
            Self::Inverted => "inverted",
            Self::Mean640 => "mean-640",
            Self::Mean1280 => "mean-1280",
            Self::Mean320 => "mean-320",
            Self::Drawn => "drawn",
            Self::Hidden => "hidden",
            Self::Enlarged => "enlarged",
            Self::Doubled => "doubled",
            Self::Rqrr => "rqrr",
            Self::MicroQr => "micro-qr",
            Self::DataMatrix => "data-matrix",
            Self::Bars => "bars",
            Self::Plain => "plain",
            Self::Sharpened => "sharpened",
            Self::Equalized => "equalized",
            Self::Net => "net",
            Self::Parallelogram => "parallelogram",
            Self::Varied => "varied",
        }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Serialize for Stage {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// There is no stage of this name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no stage {0:?}; there are {names}", names = Stage::ALL.map(Stage::name).join(", "))]
pub struct UnknownStage(String);

impl FromStr for Stage {
    type Err = UnknownStage;

    fn from_str(name: &str) -> Result<Self, UnknownStage> {
        Self::ALL
            .into_iter()
            .find(|stage| stage.name() == name)
            .ok_or_else(|| UnknownStage(name.to_owned()))
    }
}

/// Some of the stages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stages(u32);

impl Stages {
    /// All of them.
    pub const ALL: Self = Self((1 << Stage::ALL.len()) - 1);

    /// None.
    pub const NONE: Self = Self(0);

    /// These and one more.
    #[must_use]
    pub const fn with(self, stage: Stage) -> Self {
        Self(self.0 | 1 << stage as u8)
    }

    /// These without one.
    #[must_use]
    pub const fn without(self, stage: Stage) -> Self {
        Self(self.0 & !(1 << stage as u8))
    }

    /// Whether these can read anything: a look and a way of reading, or a look for what is read in its own way.
    #[must_use]
    pub fn can_read(self) -> bool {
        let by_itself = [Stage::Bars, Stage::MicroQr, Stage::DataMatrix, Stage::Rqrr];
        // What is hidden is guessed from finder patterns that other looks have seen.
        let sees = |stage: Stage| stage < Stage::Bars && stage != Stage::Hidden;
        let reads = |stage: Stage| stage >= Stage::Plain;
        let has_any = |is_such: &dyn Fn(Stage) -> bool| {
            Stage::ALL
                .into_iter()
                .any(|stage| is_such(stage) && self.has(stage))
        };
        by_itself.into_iter().any(|stage| self.has(stage)) || has_any(&sees) && has_any(&reads)
    }

    /// Whether a stage is among them.
    #[must_use]
    pub const fn has(self, stage: Stage) -> bool {
        self.0 >> stage as u8 & 1 == 1
    }
}

impl FromIterator<Stage> for Stages {
    fn from_iter<I: IntoIterator<Item = Stage>>(stages: I) -> Self {
        stages.into_iter().fold(Self::NONE, Self::with)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_back_to_their_stages() {
        for (index, stage) in Stage::ALL.into_iter().enumerate() {
            assert_eq!(
                stage as usize, index,
                "{stage} stands where its number says"
            );
            assert_eq!(stage.name().parse(), Ok(stage));
        }
        let unknown = "640p".parse::<Stage>().expect_err("there is none");
        assert!(unknown.to_string().contains("640, 1280"), "{unknown}");
    }

    #[test]
    fn neither_looks_nor_ways_of_reading_read_anything_alone() {
        let check = |stages: &[Stage], expected: bool| {
            let stages: Stages = stages.iter().copied().collect();
            assert_eq!(stages.can_read(), expected, "{stages:?}");
        };
        check(&[], false);
        check(&[Stage::Size640, Stage::Drawn, Stage::Inverted], false);
        check(&[Stage::Inverted, Stage::Plain, Stage::Varied], false);
        check(&[Stage::Hidden, Stage::Plain], false);
        check(&[Stage::Size640, Stage::Plain], true);
        check(&[Stage::Bars], true);
    }

    #[test]
    fn sets_hold_what_they_were_given() {
        let stages: Stages = [Stage::Net, Stage::Size640].into_iter().collect();
        assert!(stages.has(Stage::Net) && !stages.has(Stage::Rqrr));
        assert!(!stages.without(Stage::Net).has(Stage::Net));
        assert!(Stage::ALL.into_iter().all(|stage| Stages::ALL.has(stage)));
    }
}
