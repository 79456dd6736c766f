//! Frames of a camera: a little on each frame, something else on the next.

use crate::scanner::Run;
use crate::stage::{Stage, Stages};
use crate::{Code, Decoder, Frame};

/// Reads codes in the frames of a camera. A label stays in view for many frames, so each frame gets one quick look, and
/// the other ways of looking take turns over the frames.
#[derive(Debug, Clone, Copy, Default)]
pub struct LiveScanner {
    turn: usize,
}

/// What takes turns where the quick look has read nothing.
const TURNS: [Stage; 5] = [
    Stage::Size1280,
    Stage::Size320,
    Stage::Size1280,
    Stage::Mean640,
    Stage::Mean1280,
];

/// The ways of reading that fit into a frame's time.
const WAYS: Stages = Stages::NONE
    .with(Stage::Inverted)
    .with(Stage::Plain)
    .with(Stage::Sharpened)
    .with(Stage::Equalized)
    .with(Stage::Net);

impl Decoder for LiveScanner {
    fn decode(&mut self, frame: Frame<'_>) -> Vec<Code> {
        let mut run = Run::new(frame, WAYS);
        run.stage(Stage::Size640);
        if run.report.codes.is_empty() {
            run.stage(TURNS[self.turn % TURNS.len()]);
            self.turn += 1;
        }
        run.report.codes
    }
}
