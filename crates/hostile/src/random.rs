//! Numbers that look random and are the same every time.

/// A linear congruential generator (D. Knuth's MMIX), of which the upper bits are good enough to draw with.
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    /// Equal seeds give equal numbers.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let mut random = Self(seed);
        // Neighbouring seeds give neighbouring first numbers.
        random.next(1);
        random
    }

    /// The next number, below `end`, which must not be 0.
    pub fn next(&mut self, end: u32) -> u32 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let upper = self.0 >> 32;
        ((upper * u64::from(end)) >> 32) as u32
    }
}
