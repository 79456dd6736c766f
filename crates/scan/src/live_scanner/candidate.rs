//! What looks like a code, and why it is not read yet.

use serde::Serialize;

use super::hint::hint;
use super::suspect::suspects;
use crate::Code;
use crate::places::{is_inside, middle};
use crate::qr::Search;

/// Something on the last frame that looks like a code and was not read.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Candidate {
    /// Its corners as `[x, y]` in pixels of the frame, clockwise.
    pub corners: [[f32; 2]; 4],
    /// What would help.
    pub hint: Hint,
}

/// Why a code is not read yet, as far as the detector can tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Hint {
    /// It moves, or nothing is wrong and the next frames will do.
    HoldStill,
    /// Its modules have too few pixels.
    Closer,
    /// A part of it is as bright as a pixel can be.
    Glare,
    /// Its modules run into each other.
    Blurred,
}

impl Hint {
    const ALL: [Self; 4] = [Self::HoldStill, Self::Closer, Self::Glare, Self::Blurred];
}

/// What looked like codes on the last frames: a frame that shows too little does not end what the ones before have shown.
#[derive(Debug, Default)]
pub(super) struct Candidates {
    known: Vec<Known>,
    told: Vec<Candidate>,
}

#[derive(Debug)]
struct Known {
    corners: [[f32; 2]; 4],
    /// How often each hint was right, the last frames counting most.
    votes: [f32; Hint::ALL.len()],
    /// Frames since it was seen.
    age: u32,
}

/// What was not seen for so many frames is no candidate any more: a fifth of a second.
const MOST_AGE: u32 = 6;

/// More places are not told.
const MOST: usize = 8;

/// What a vote counts one frame later.
const FADING: f32 = 0.85;

impl Candidates {
    /// What looks like codes and was not read.
    pub(super) fn told(&self) -> &[Candidate] {
        &self.told
    }

    /// Looks at a frame that was searched. The picture moved by `shift` since the last one.
    pub(super) fn look(&mut self, search: &Search, codes: &[Code], shift: [f32; 2]) {
        for known in &mut self.known {
            known.age += 1;
            known.corners = known.corners.map(|[x, y]| [x + shift[0], y + shift[1]]);
        }
        for suspect in suspects(search, codes).into_iter().take(MOST) {
            self.see(suspect.corners, hint(&suspect, search, shift));
        }
        let is_read = |corners: &[[f32; 2]; 4]| {
            let middle = middle(corners);
            codes
                .iter()
                .any(|code| is_inside(middle, &code.corners) || is_inside(code.centre(), corners))
        };
        self.known
            .retain(|known| known.age <= MOST_AGE && !is_read(&known.corners));
        self.told = self.known.iter().map(Known::candidate).collect();
    }

    fn see(&mut self, corners: [[f32; 2]; 4], hint: Hint) {
        let place = middle(&corners);
        let mut known = self.known.iter_mut();
        let index = match known.position(|known| is_inside(place, &known.corners)) {
            Some(index) => index,
            None if self.known.len() < MOST => {
                let votes = [0.0; Hint::ALL.len()];
                self.known.push(Known {
                    corners,
                    votes,
                    age: 1,
                });
                self.known.len() - 1
            }
            None => return,
        };
        let known = &mut self.known[index];
        if known.age == 0 {
            // Two suspects at one place; the first is the likelier one.
            return;
        }
        (known.corners, known.age) = (corners, 0);
        known.votes = known.votes.map(|vote| vote * FADING);
        known.votes[hint as usize] += 1.0;
    }
}

impl Known {
    fn candidate(&self) -> Candidate {
        let vote = |hint: &Hint| self.votes[*hint as usize];
        let best = Hint::ALL
            .into_iter()
            .max_by(|a, b| vote(a).total_cmp(&vote(b)));
        Candidate {
            corners: self.corners,
            hint: best.unwrap_or(Hint::HoldStill),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SQUARE: [[f32; 2]; 4] = [[10.0, 10.0], [90.0, 10.0], [90.0, 90.0], [10.0, 90.0]];

    #[test]
    fn the_hint_that_was_right_most_often_is_told() {
        let mut candidates = Candidates::default();
        let mut check = |hint, expected| {
            candidates.known.iter_mut().for_each(|known| known.age += 1);
            candidates.see(SQUARE, hint);
            let told: Vec<Hint> = candidates
                .known
                .iter()
                .map(|known| known.candidate().hint)
                .collect();
            assert_eq!(told, [expected]);
        };
        check(Hint::Glare, Hint::Glare);
        check(Hint::Glare, Hint::Glare);
        check(Hint::HoldStill, Hint::Glare);
        check(Hint::HoldStill, Hint::HoldStill);
    }
}
