//! Micro QR codes. Their error correction is weak and their one finder pattern looks like each of a QR code's three, so all
//! their fixed modules must be right.

use rxing::common::{BitMatrix, DetectorRXingResult};
use rxing::qrcode::cpp_port::detector::{FindFinderPatterns, SampleMQR};

use super::modules::{Ink, add_found, agreement, corners};
use crate::Code;
use crate::plane::Plane;
use crate::symbol::read_micro;
use crate::symbology::Symbology;

/// More finder patterns are not looked at: texture.
const MOST: usize = 60;

/// What part of the fixed modules must be right. They are 66 of the smallest symbol's 121.
pub(super) const LEAST: f32 = 0.97;

/// The smallest symbol only detects errors, and says five digits.
const LEAST_SIDE: u32 = 13;

/// Adds the Micro QR codes of a plane, with corners `scale` times as far from the origin.
pub(crate) fn micro_qr(plane: &Plane, ink: Ink, scale: f32, codes: &mut Vec<Code>) {
    add_found(plane, ink, codes, |image| find(image, scale));
}

fn find(image: &BitMatrix, scale: f32) -> Vec<Code> {
    let finders = FindFinderPatterns(image, true, 0);
    let read = |finder| {
        let sampled = SampleMQR(image, finder).ok()?;
        let bits = sampled.getBits();
        if bits.getWidth() < LEAST_SIDE || agreement(bits, fixed(bits.getWidth())) < LEAST {
            return None;
        }
        let is_dark = |x: usize, y: usize| bits.get(x as u32, y as u32);
        let content = read_micro(bits.getWidth() as usize, is_dark)?;
        let mut corners = corners(sampled.getPoints(), scale)?;
        // rxing goes on with the lower left one.
        corners.swap(2, 3);
        Some(Code::of_content(Symbology::MicroQr, content, corners))
    };
    finders.into_iter().take(MOST).filter_map(read).collect()
}

/// The modules of the finder pattern, its separator and both timing patterns.
pub(super) fn fixed(side: u32) -> impl Iterator<Item = (u32, u32, bool)> {
    let finder = (0..64_u32).map(|index| {
        let (x, y) = (index % 8, index / 8);
        let ring = x.abs_diff(3).max(y.abs_diff(3));
        (x, y, ring != 2 && ring < 4)
    });
    let timing = (8..side).flat_map(|at| [(at, 0, at % 2 == 0), (0, at, at % 2 == 0)]);
    finder.chain(timing)
}
