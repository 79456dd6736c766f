//! Codes that no single frame shows well enough: noise differs from frame to frame, the code does not.

use crate::Code;
use crate::places::{distance, middle};
use crate::qr::{Sight, read_contrast};
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
        let centre = middle(&sight.corners);
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
        let (payload, _) = read_contrast(&known.contrast, side, ways, |_| {})?;
        let mut corners = sight.corners;
        if payload.mirrored {
            corners.swap(1, 3);
        }
        self.known.remove(index);
        Some(Code::of_payload(payload, corners))
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

#[cfg(test)]
mod tests {
    use fast_qr::{ECL, QRBuilder, Version};

    use super::*;
    use crate::qr::Grid;
    use crate::stage::Stage;

    const WAYS: Stages = Stages::NONE.with(Stage::Plain);

    /// A code as a frame of much noise shows it.
    fn sight(frame: u64, at: f32) -> Sight {
        let code = QRBuilder::new("sqr_0123456789")
            .version(Version::V02)
            .ecl(ECL::M)
            .build()
            .expect("the text fits a code");
        let mut random = frame.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mut noise = || {
            // The sum of four even numbers of a linear congruential generator (Knuth's MMIX): nearly normal, deviation 1.
            let even = |_| {
                random = random
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                (random >> 40) as f32 / (1 << 24) as f32 - 0.5
            };
            (0..4).map(even).sum::<f32>() * 3.0_f32.sqrt()
        };
        let side = code.size;
        let contrast: Vec<f32> = (0..side * side)
            .map(|index| {
                let dark = code[index / side][index % side].value();
                (if dark { 1.0 } else { -1.0 }) + 1.4 * noise()
            })
            .collect();
        let end = at + 100.0;
        Sight {
            grid: Grid {
                side,
                values: contrast.iter().map(|value| 128.0 - 50.0 * value).collect(),
            },
            contrast,
            corners: [[at, at], [end, at], [end, end], [at, end]],
            agreement: 0.8,
        }
    }

    /// The frame at which a code is read that is at these places.
    fn first_read(places: [f32; 12], shift: f32) -> Option<usize> {
        let mut fusion = Fusion::default();
        places.into_iter().enumerate().position(|(frame, at)| {
            let codes = fusion.read(&[sight(frame as u64, at)], [shift; 2], WAYS);
            codes.iter().any(|code| code.text == "sqr_0123456789")
        })
    }

    #[test]
    fn several_frames_show_what_no_single_one_does() {
        for frame in 0..12 {
            let contrast = sight(frame, 0.0).contrast;
            assert!(
                read_contrast(&contrast, 25, WAYS, |_| {}).is_none(),
                "frame {frame}"
            );
        }
        let moving = std::array::from_fn(|frame| 40.0 * frame as f32);
        let leaping = std::array::from_fn(|frame| 60.0 * (frame % 12) as f32);
        assert_eq!(first_read([5.0; 12], 0.0), Some(9));
        assert_eq!(first_read(moving, 40.0), Some(9));
        // Elsewhere is another code.
        assert_eq!(first_read(leaping, 0.0), None);
    }
}
