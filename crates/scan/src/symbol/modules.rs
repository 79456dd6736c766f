//! The modules of a symbol as a camera saw them.

/// Modules of a symbol as sampled, row by row.
///
/// Positive is dark, negative light; the magnitude is the confidence: 0 unknown, 127 certain.
#[derive(Clone)]
pub(crate) struct Modules {
    side: usize,
    values: Vec<i8>,
}

impl Modules {
    /// `None` unless `side` is that of a version (17 + 4 * version, 21 to 177) and there are `side * side` values.
    pub fn new(side: usize, values: Vec<i8>) -> Option<Self> {
        let is_a_version = (21..=177).contains(&side) && side % 4 == 1;
        (is_a_version && values.len() == side * side).then_some(Self { side, values })
    }

    /// How many modules a row has.
    pub fn side(&self) -> usize {
        self.side
    }

    /// The version that has this side, 1 to 40.
    pub fn version(&self) -> u8 {
        ((self.side - 17) / 4) as u8
    }

    /// The module in column `x` of row `y`, both below [`Modules::side`].
    pub fn at(&self, x: usize, y: usize) -> i8 {
        self.values[y * self.side + x]
    }

    /// The same with rows and columns exchanged: what a mirror makes of a symbol, up to a rotation.
    pub fn transposed(&self) -> Self {
        let mut values = Vec::with_capacity(self.values.len());
        for x in 0..self.side {
            values.extend(self.values[x..].iter().step_by(self.side));
        }
        Self {
            side: self.side,
            values,
        }
    }
}
