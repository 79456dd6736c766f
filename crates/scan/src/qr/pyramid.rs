//! The frame at full, half, quarter, ... size.

use crate::plane::Plane;

/// A code of version 1 with one pixel for a module needs 21 pixels; smaller levels show nothing.
const SMALLEST_SIDE: usize = 60;

/// The frame and its smaller copies, each half as large as the one before.
pub(crate) struct Pyramid {
    levels: Vec<Plane>,
}

impl Pyramid {
    pub(crate) fn new(full: Plane) -> Self {
        let mut levels = vec![full];
        loop {
            let last = &levels[levels.len() - 1];
            if last.width().min(last.height()) < 2 * SMALLEST_SIDE {
                return Self { levels };
            }
            let next = last.halved();
            levels.push(next);
        }
    }

    /// Light and dark exchanged.
    pub(crate) fn inverted(&self) -> Self {
        Self {
            levels: self.levels.iter().map(Plane::inverted).collect(),
        }
    }

    /// The frame first, each next one half as large.
    pub(crate) fn levels(&self) -> &[Plane] {
        &self.levels
    }

    /// The level at which modules of so many pixels are sampled best, and the factor from full size to it: a pixel there
    /// is about a third of a module, so that its mean is that of the module's middle, without its neighbours.
    pub(crate) fn for_module(&self, module: f32) -> (&Plane, f32) {
        let level = (module / 2.4)
            .log2()
            .floor()
            .clamp(0.0, (self.levels.len() - 1) as f32) as usize;
        (&self.levels[level], 0.5_f32.powi(level as i32))
    }

    /// The level at which a finder pattern with modules of so many pixels is measured: noise is averaged away there, and
    /// the rings are still apart.
    pub(crate) fn level_for(&self, module: f32) -> usize {
        (module / 2.5)
            .log2()
            .floor()
            .clamp(0.0, (self.levels.len() - 1) as f32) as usize
    }
}
