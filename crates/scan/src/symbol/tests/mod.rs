//! Symbols of two encoders that are not ours, read as they are, damaged, and with content that only words can make.

mod content;
mod damage;
mod noise;
mod round_trip;

use qrcodegen::{Mask, QrCode, QrCodeEcc, Version};

use super::blocks::Blocks;
use super::format::Level;
use super::modules::Modules;

const LEVELS: [Level; 4] = [Level::L, Level::M, Level::Q, Level::H];

/// A symbol with these data codewords, filled up as the standard says.
fn symbol(version: u8, level: Level, mask: u8, data: &[u8]) -> Modules {
    let blocks = Blocks::of(version, level);
    let capacity = blocks.total - blocks.count * blocks.ec;
    let padding = [0xec, 0x11].into_iter().cycle();
    let filled: Vec<u8> = data.iter().copied().chain(padding).take(capacity).collect();
    assert!(data.len() <= capacity, "{version} {level:?}");
    let level = ecc(level);
    sampled(&QrCode::encode_codewords(
        Version::new(version),
        level,
        &filled,
        Some(Mask::new(mask)),
    ))
}

fn ecc(level: Level) -> QrCodeEcc {
    match level {
        Level::L => QrCodeEcc::Low,
        Level::M => QrCodeEcc::Medium,
        Level::Q => QrCodeEcc::Quartile,
        Level::H => QrCodeEcc::High,
    }
}

fn sampled(code: &QrCode) -> Modules {
    modules(code.size() as usize, |x, y| {
        certain(code.get_module(x as i32, y as i32))
    })
}

fn modules(side: usize, at: impl Fn(usize, usize) -> i8) -> Modules {
    let values = (0..side * side).map(|place| at(place % side, place / side));
    Modules::new(side, values.collect()).expect("it is as large as a version")
}

fn certain(dark: bool) -> i8 {
    if dark { 127 } else { -127 }
}

/// Bits for data codewords.
#[derive(Clone, Default)]
struct Bits(Vec<bool>);

impl Bits {
    fn and(mut self, value: u32, count: usize) -> Self {
        self.0
            .extend((0..count).rev().map(|bit| value >> bit & 1 == 1));
        self
    }

    /// A segment in byte mode for versions below 10.
    fn bytes(self, bytes: &[u8]) -> Self {
        self.bytes_in(1, bytes)
    }

    fn bytes_in(self, version: u8, bytes: &[u8]) -> Self {
        let count = if version < 10 { 8 } else { 16 };
        let start = self.and(4, 4).and(bytes.len() as u32, count);
        bytes
            .iter()
            .fold(start, |bits, &byte| bits.and(byte.into(), 8))
    }

    /// The codewords with the terminator.
    fn ended(self) -> Vec<u8> {
        let bits = self.and(0, 4).0;
        let byte = |bits: &[bool]| {
            (0..8).fold(0, |sum, at| {
                sum << 1 | u8::from(bits.get(at) == Some(&true))
            })
        };
        bits.chunks(8).map(byte).collect()
    }
}

/// Numbers that are the same in every run: SplitMix64, after G. Steele, D. Lea, C. Flood (2014).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    /// `count` different numbers below `limit`.
    fn choose(&mut self, count: usize, limit: usize) -> Vec<usize> {
        let mut all: Vec<usize> = (0..limit).collect();
        for at in 0..count {
            let other = at + self.below(limit - at);
            all.swap(at, other);
        }
        all.truncate(count);
        all
    }
}
