//! Other symbols on the frames of a camera: a part of the search at a time.

use super::{Direction, Ink, Matrix, data_matrix, linear, micro_qr};
use crate::Code;
use crate::bits::Bits;
use crate::deadline::{Clock, patience};
use crate::effort::Effort;
use crate::qr::Pyramid;

/// A part of the search that is done on one frame.
#[derive(Debug, Clone, Copy)]
enum Part {
    Bars(Direction),
    DataMatrix,
    MicroQr,
}

impl Part {
    /// Milliseconds for a megapixel, before any is known: rather too many than too few. Textures hold rxing up.
    fn first_guess(self) -> f64 {
        match self {
            Self::Bars(_) => 6.0,
            Self::DataMatrix | Self::MicroQr => 20.0,
        }
    }
}

/// Bars are held level most often, so these directions come more often.
const PARTS: [Part; 12] = [
    Part::Bars(Direction::ALL[0]),
    Part::DataMatrix,
    Part::Bars(Direction::ALL[1]),
    Part::Bars(Direction::ALL[2]),
    Part::MicroQr,
    Part::Bars(Direction::ALL[0]),
    Part::Bars(Direction::ALL[3]),
    Part::DataMatrix,
    Part::Bars(Direction::ALL[4]),
    Part::Bars(Direction::ALL[5]),
    Part::Bars(Direction::ALL[6]),
    Part::Bars(Direction::ALL[7]),
];

/// On every so many frames a part has its turn; the others are left to QR codes.
const EVERY: usize = 3;

/// What a frame's time is.
pub(crate) struct Times<'a> {
    pub(crate) clock: &'a Clock,
    /// When the clock shows this it is over.
    pub(crate) end: f64,
    /// What the quick look takes at a scene that holds nothing up.
    pub(crate) idle: f64,
}

/// Whose turn it is, and what each part costs.
#[derive(Debug)]
pub(crate) struct OtherTurns {
    frame: usize,
    next: usize,
    /// The frame of the last part.
    last: usize,
    /// Milliseconds for a megapixel: running means.
    costs: [f64; PARTS.len()],
}

impl Default for OtherTurns {
    fn default() -> Self {
        Self {
            frame: 0,
            next: 0,
            last: 0,
            costs: PARTS.map(Part::first_guess),
        }
    }
}

impl OtherTurns {
    /// Looks at a frame in the way whose turn it is, if it is one's and will be done within the frame's time. What takes longer
    /// than any frame may is done from time to time, with no more than the work that the frame allows.
    pub(crate) fn take(
        &mut self,
        pyramid: &Pyramid,
        first: usize,
        times: &Times<'_>,
        effort: &Effort,
        codes: &mut Vec<Code>,
    ) {
        self.frame = self.frame.wrapping_add(1);
        if self.frame % EVERY != EVERY - 1 {
            return;
        }
        let part = PARTS[self.next];
        let level = match part {
            Part::Bars(_) => first.saturating_sub(1),
            Part::DataMatrix | Part::MicroQr => first,
        };
        let (plane, scale) = (&pyramid.levels()[level], (1 << level) as f32);
        let megapixels = (plane.width() * plane.height()) as f64 / 1e6;
        let begun = times.clock.now();
        let cost = &mut self.costs[self.next];
        let ms = *cost * megapixels;
        let is_due = self.frame.wrapping_sub(self.last) >= patience(ms / times.idle);
        if begun + ms > times.end && !is_due {
            return;
        }
        match part {
            Part::Bars(direction) => linear(plane, direction, scale, effort, codes),
            Part::DataMatrix if Matrix::DataMatrix.is_afforded(&Bits::local(plane), effort) => {
                data_matrix(plane, Ink::Dark, scale, codes);
            }
            Part::MicroQr if Matrix::MicroQr.is_afforded(&Bits::local(plane), effort) => {
                micro_qr(plane, Ink::Dark, scale, codes);
            }
            // Its turn is over all the same: on the next frame something else may fit.
            Part::DataMatrix | Part::MicroQr => {}
        }
        *cost += ((times.clock.now() - begun) / megapixels - *cost) / 4.0;
        self.last = self.frame;
        self.next = (self.next + 1) % PARTS.len();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;
    use crate::effort::Work;
    use crate::plane::Plane;
    use crate::{Frame, Symbology};

    /// A retail barcode in the middle of a frame, with three pixels for a module.
    fn frame() -> Vec<u8> {
        use rxing::{BarcodeFormat, Writer, oned::EAN13Writer};
        let bits = EAN13Writer
            .encode("5901234123457", &BarcodeFormat::EAN_13, 1, 1)
            .expect("the digits fit");
        let pixel = |index: usize| {
            let (x, y) = (index % 640, index / 640);
            let column = x.checked_sub(160).map_or(0, |x| x as u32 / 3);
            let dark = (160..300).contains(&y) && column < bits.getWidth() && bits.get(column, 0);
            if dark { 20 } else { 230 }
        };
        (0..640 * 480).map(pixel).collect()
    }

    const PIXELS: u64 = 640 * 480 * 30;

    #[test]
    fn what_a_frame_allows_no_work_for_is_not_done() {
        assert_eq!(read(30, 0, 0), (10, vec![]));
    }

    /// How many parts were taken and what was read on so many frames, when a part takes this many milliseconds of eight and the
    /// work for so many pixels may be done; none for 0.
    fn read(frames: usize, ms: u32, pixels: u64) -> (usize, Vec<Symbology>) {
        let effort = Effort::of_pixels(pixels);
        if pixels == 0 {
            while !effort.is_spent() {
                effort.spend(Work::Measure);
            }
        }
        let pixels = frame();
        let frame = Frame::new(&pixels, 640, 480, 640).expect("it is whole");
        let pyramid = Pyramid::new(Plane::copy(frame));
        let now = Arc::new(AtomicU32::new(0));
        let clock = Clock::new({
            let now = Arc::clone(&now);
            move || f64::from(now.fetch_add(ms, Ordering::Relaxed))
        });
        let (mut turns, mut codes, mut taken) = (OtherTurns::default(), Vec::new(), 0);
        for _ in 0..frames {
            let last = turns.last;
            let start = f64::from(now.load(Ordering::Relaxed));
            let times = Times {
                clock: &clock,
                end: start + 8.0,
                // A machine on which the quick look takes as long.
                idle: f64::from(ms),
            };
            turns.take(&pyramid, 0, &times, &effort, &mut codes);
            taken += usize::from(turns.last != last);
        }
        (taken, codes.iter().map(|code| code.symbology).collect())
    }

    #[test]
    fn a_part_has_its_turn_on_every_third_frame_while_there_is_time() {
        assert_eq!(read(30, 0, PIXELS), (10, vec![Symbology::Ean13]));
    }

    #[test]
    fn what_takes_too_long_waits_and_is_done_all_the_same_in_the_end() {
        let (taken, codes) = read(240, 1000, 100 * PIXELS);
        assert!((7..=20).contains(&taken), "{taken}");
        assert_eq!(codes, [Symbology::Ean13]);
    }
}
