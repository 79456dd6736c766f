//! Codes that no single frame shows well enough: noise differs from frame to frame, the code does not.

use crate::Code;
use crate::qr::{Sight, distance, read_contrast};
use crate::stage::Stages;

/// What looked like codes on the last frames: the mean of their modules' contrast.
#[derive(Debug, Default)]
pub(super) struct Fusion {
    known: Vec<Known>,
}

#[derive(Debug)]
struct Known {
    contrast: Vec<f32>,
    side: usize,
    centre: [f32; 2],
    /// A diagonal's length in pixels.
    size: f32,
    /// How many frames are in the mean.
    frames: f32,
    /// Frames since it was seen.
    age: u32,
}

/// Frames of which the mean is made at most: older ones count less and less.
const MOST_FRAMES: f32 = 6.0;

/// What was not seen for so many frames is forgotten.
const MOST_AGE: u32 = 8;

/// More codes are not followed.
const MOST: usize = 4;

impl Fusion {
    /// Reads what this frame's sights and the ones before show together. The picture moved by `shift` since the last frame.
    pub(super) fn read(&mut self, sights: &[Sight], shift: [f32; 2], ways: Stages) -> Vec<Code> {
        for known in &mut self.known {
            known.age += 1;
            known.centre = [0, 1].map(|axis| known.centre[axis] + shift[axis]);
        }
        self.known.retain(|known| known.age <= MOST_AGE);
        let fused = sights
            .iter()
            .take(MOST)
            .filter_map(|sight| self.add(sight, ways));
        fused.collect()
    }

    fn add(&mut self, sight: &Sight, ways: Stages) -> Option<Code> {
        let side = sight.grid.side;
        let centre =
            [0, 1].map(|axis| sight.corners.iter().map(|corner| corner[axis]).sum::<f32>() / 4.0);
        let size = distance(sight.corners[0], sight.corners[2]);
        let is_same = |known: &Known| {
            known.side == side
                && distance(known.centre, centre) < size / 4.0
                && (0.8..1.25).contains(&(known.size / size))
        };
        let Some(index) = self.known.iter().position(is_same) else {
            if self.known.len() >= MOST {
                // The one that was not seen for the longest time makes room.
                self.known.sort_by_key(|known| known.age);
                self.known.pop();
            }
            self.known.push(Known {
                contrast: sight.contrast.clone(),
                side,
                centre,
                size,
                frames: 1.0,
                age: 0,
            });
            return None;
        };
        let known = &mut self.known[index];
        if known.age == 0 {
            // Seen twice on this frame, with a net and without: no more of it is known.
            return None;
        }
        known.mix(&sight.contrast);
        (known.centre, known.size, known.age) = (centre, size, 0);
        let (payload, _) = read_contrast(&known.contrast, side, ways)?;
        let mut corners = sight.corners;
        if payload.mirrored {
            corners.swap(1, 3);
        }
        self.known.remove(index);
        Some(Code::of_payload(&payload, corners))
    }
}

impl Known {
    fn mix(&mut self, contrast: &[f32]) {
        self.frames = (self.frames + 1.0).min(MOST_FRAMES);
        for (mean, new) in self.contrast.iter_mut().zip(contrast) {
            *mean += (new - *mean) / self.frames;
        }
    }
}
