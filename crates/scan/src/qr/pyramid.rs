//! The frame at full, half, quarter, ... size.

use crate::Frame;
use crate::plane::Plane;

/// A code of version 1 with one pixel for a module needs 21 pixels; smaller levels show nothing.
const SMALLEST_SIDE: usize = 60;

/// The frame and its smaller copies, each half as large as the one before.
#[derive(Debug, Default)]
pub(crate) struct Pyramid {
    levels: Vec<Plane>,
}

impl Pyramid {
    pub(crate) fn new(full: Plane) -> Self {
        Self::of(full, Vec::new())
    }

    /// The next frame of a film, in the memory of one before it: memory that is new costs more than halving does.
    pub(crate) fn next(self, frame: Frame<'_>) -> Self {
        let mut spare = self.levels;
        spare.reverse();
        let mut full = spare.pop().unwrap_or_else(Plane::empty);
        full.become_copy(frame);
        Self::of(full, spare)
    }

    /// Whether it is of a frame of this size.
    pub(crate) fn is_as_large_as(&self, frame: Frame<'_>) -> bool {
        let size = [frame.width(), frame.height()].map(|side| side as usize);
        let full = self.levels.first();
        full.is_some_and(|full| [full.width(), full.height()] == size)
    }

    /// The levels below a full one, made of the last of the spare planes first.
    fn of(full: Plane, mut spare: Vec<Plane>) -> Self {
        let mut levels = vec![full];
        loop {
            let last = &levels[levels.len() - 1];
            if last.width().min(last.height()) < 2 * SMALLEST_SIDE {
                return Self { levels };
            }
            let mut next = spare.pop().unwrap_or_else(Plane::empty);
            last.halve_into(&mut next);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_frame_is_as_if_it_were_the_first() {
        let mut reused = Pyramid::default();
        for (width, height) in [(320, 240), (640, 481), (130, 500), (640, 480)] {
            let pixel = |index: u32| (index * 7 + index / width * 13) as u8;
            let pixels: Vec<u8> = (0..width * height).map(pixel).collect();
            let frame = Frame::new(&pixels, width, height, width as usize).expect("it is whole");
            reused = reused.next(frame);
            assert_eq!(reused.levels, Pyramid::new(Plane::copy(frame)).levels);
        }
    }
}
