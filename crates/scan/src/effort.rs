//! How much work a search may do: counted, not timed, so that equal pictures give equal results on every machine.

use std::cell::Cell;

use crate::bits::Bits;
use crate::qr::crossings;

/// A piece of work whose cost is known beforehand.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Work {
    /// Measuring the finder pattern at a spot.
    Measure,
    /// Grouping so many finder patterns.
    Group(usize),
    /// Guessing where the code of three finder patterns lies, but for its alignment patterns.
    Guess,
    /// Looking for an alignment pattern among so many samples.
    Find(usize),
    /// Comparing so many samples with a finder pattern.
    Match(usize),
    /// Sampling and comparing a code of so many modules a side.
    Sample(usize),
    /// Reading such a code once.
    Decode(usize),
    /// Learning a filter for such a code.
    Equalize(usize),
    /// Moving a node of a net, where there are so many.
    Node(usize),
    /// Looking for finder patterns along rows that change so often in all.
    Runs(usize),
    /// A copy at twice the size of so many pixels.
    Double(usize),
    /// Looking for bars along a line of so many samples.
    Line(usize),
    /// Looking for Micro QR codes in a picture.
    MicroQr(Texture),
    /// Looking for Data Matrix codes in a picture.
    DataMatrix(Texture),
    /// Looking for QR codes with rqrr in a picture.
    Rqrr(Texture),
}

/// How much there is to look at in a picture.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Texture {
    pub(crate) pixels: usize,
    /// How often rows change between dark and light, in all.
    pub(crate) changes: usize,
    /// How often they cross what looks like a finder pattern, where that was counted.
    pub(crate) crossings: usize,
}

impl Texture {
    /// What a picture shows in black and white.
    pub(crate) fn of(bits: &Bits) -> Self {
        Self {
            pixels: bits.width() * bits.height(),
            changes: bits.count_changes(1),
            crossings: 0,
        }
    }

    /// The same with what looks like finder patterns.
    pub(crate) fn with_crossings(self, bits: &Bits) -> Self {
        Self {
            crossings: crossings(bits, 1),
            ..self
        }
    }

    /// Whether rows change so often that nothing is left of bars, whichever way they lie: those of two pixels for a module
    /// make a change in every four at most.
    pub(crate) fn is_grain(self) -> bool {
        /// Of so many pixels one changes.
        const EVERY: f32 = 2.8;
        self.changes as f32 * EVERY > self.pixels as f32
    }

    /// The cost by pixels and by changes.
    fn cost(self, [pixel, change]: [u64; 2]) -> u64 {
        pixel * self.pixels as u64 + change * self.changes as u64
    }
}

impl Work {
    /// In nanoseconds of a desktop's processor of 2020, as measured on the pictures of `handover-hostile`.
    fn cost(self) -> u64 {
        let (each, times) = match self {
            Self::MicroQr(texture) => {
                // rxing compares each finder pattern that it comes across with all that it has found before.
                let pairs = (texture.crossings as u64).saturating_pow(2);
                return texture.cost([4, 25]) + pairs / 5;
            }
            Self::DataMatrix(texture) => return texture.cost([4, 90]),
            Self::Rqrr(texture) => return texture.cost([28, 20]),
            Self::Runs(changes) => (7, changes),
            Self::Double(pixels) => (3, pixels),
            Self::Line(samples) => (20, samples),
            Self::Measure => (14_000, 1),
            Self::Group(finders) => (8, finders * finders),
            Self::Guess => (10_000, 1),
            Self::Find(samples) => (5_000 + 12 * samples as u64, 1),
            Self::Match(samples) => (6, samples),
            Self::Sample(side) => (30, side * side),
            Self::Decode(side) => (25, side * side),
            Self::Equalize(side) => (50, side * side),
            Self::Node(nodes) => (12_000 + 4 * nodes as u64, 1),
        };
        each * times as u64
    }
}

/// What any picture allows of the search for QR codes.
const LEAST: u64 = 17_000_000;

/// What each pixel allows of it, up to so many: small pictures show the same labels with fewer pixels for a module.
const PIXEL: u64 = 1;
const SMALL: u64 = 1_000_000;

/// What each pixel beyond these allows: large pictures have room for many labels.
const PIXEL_LARGE: u64 = 20;

/// What any picture, and each of its pixels, allows of the search for other symbols, which comes afterwards.
const LEAST_OTHERS: u64 = 3_500_000;
const PIXEL_OTHERS: u64 = 12;

/// Pixels beyond these allow no more work: a label does not grow with the camera.
const LARGE: u64 = 16_000_000;

/// What a code that was read allows.
const CODE: u64 = 700_000;

/// What may have been begun when the rest was done: grouping many patterns, or reading the largest code.
const LAST: u64 = 20_000_000;

/// What a picture of so many pixels allows of the search for QR codes.
fn allowed(pixels: u64) -> u64 {
    let small = pixels.min(SMALL);
    LEAST + PIXEL * small + PIXEL_LARGE * (pixels.min(LARGE) - small)
}

/// What it allows of the search for other symbols.
fn allowed_others(pixels: u64) -> u64 {
    LEAST_OTHERS + PIXEL_OTHERS * pixels.min(LARGE)
}

/// The work that is left.
#[derive(Debug)]
pub(crate) struct Effort {
    left: Cell<u64>,
    /// What must be left over for now.
    floor: Cell<u64>,
    /// What work on doubtful things must never take.
    reserve: u64,
    /// What it may take in all.
    care: Cell<u64>,
    /// What it may take in all once a code was read at a glance.
    care_beside: u64,
    /// What looking at a smaller copy may take where codes were read.
    smaller: u64,
    /// What looking for more may take where codes were read.
    more: Cell<u64>,
    /// Whether the work that is done is on doubtful things.
    is_risking: Cell<bool>,
    spent: Cell<u64>,
}

impl Effort {
    /// The work for a picture of so many pixels: what any of the photographs took until it was read, but those of dozens of
    /// codes, which earn theirs.
    pub(crate) fn of_pixels(pixels: u64) -> Self {
        Self::of(allowed(pixels))
    }

    /// Allows more, for the symbols that are no QR codes.
    pub(crate) fn allow_others(&self, pixels: u64) {
        self.add(allowed_others(pixels));
    }

    /// The most that is done in a picture of so many pixels in which so many codes are read.
    pub(crate) fn most(pixels: u64, codes: u64) -> u64 {
        allowed(pixels) + allowed_others(pixels) + codes.saturating_mul(CODE) + LAST
    }

    fn of(nanoseconds: u64) -> Self {
        Self {
            left: Cell::new(nanoseconds),
            floor: Cell::new(0),
            reserve: nanoseconds / 4,
            care: Cell::new(nanoseconds - nanoseconds / 4),
            care_beside: nanoseconds / 10,
            smaller: nanoseconds / 8,
            more: Cell::new(nanoseconds / 10),
            is_risking: Cell::new(false),
            spent: Cell::new(0),
        }
    }

    /// Whether there is enough left for a piece of work.
    pub(crate) fn has(&self, work: Work) -> bool {
        work.cost() <= self.left.get().saturating_sub(self.floor.get())
    }

    /// Counts a piece of work that may be large, if there is enough left for it. Tells whether it may be done.
    pub(crate) fn affords(&self, work: Work) -> bool {
        let is_enough = self.has(work);
        if is_enough {
            self.spend(work);
        }
        is_enough
    }

    /// Counts a piece of work. It may be done whether or not there was so much left: none is large.
    pub(crate) fn spend(&self, work: Work) {
        let cost = work.cost();
        self.left.set(self.left.get().saturating_sub(cost));
        self.spent.set(self.spent.get().saturating_add(cost));
    }

    /// Allows more, since a code was read: so a carton of labels is read to its end. Care is earned by care alone: where codes
    /// are read at a glance most of what is not is damaged, and little care is left for it.
    pub(crate) fn earn(&self) {
        self.add(CODE);
        let care = self.care.get();
        self.care.set(if self.is_risking.get() {
            care.saturating_add(CODE)
        } else {
            care.min(self.care_beside)
        });
    }

    fn add(&self, nanoseconds: u64) {
        self.left.set(self.left.get().saturating_add(nanoseconds));
    }

    /// Whether nothing is left.
    pub(crate) fn is_spent(&self) -> bool {
        self.left.get() <= self.floor.get()
    }

    /// What has been done.
    pub(crate) fn spent(&self) -> u64 {
        self.spent.get()
    }

    /// How often a piece of work can be done with a quarter of what is left; once at least.
    pub(crate) fn times(&self, work: Work) -> usize {
        let times = self.left.get().saturating_sub(self.floor.get()) / 4 / work.cost();
        usize::try_from(times).map_or(usize::MAX, |times| times.max(1))
    }

    /// Does some work of which nobody knows whether it leads anywhere, with three quarters of what is left and not reserved:
    /// whoever comes later finds something left, too.
    pub(crate) fn risk<T>(&self, work: impl FnOnce() -> T) -> T {
        let (left, spent) = (self.left.get(), self.spent.get());
        let part = left.saturating_sub(self.reserve).min(self.care.get()) / 4 * 3;
        let before = self.floor.get();
        self.floor.set(before.max(left - part));
        let was_risking = self.is_risking.replace(true);
        let done = work();
        self.is_risking.set(was_risking);
        self.floor.set(before);
        take(&self.care, self.spent.get() - spent);
        done
    }

    /// What follows looks for more where codes were read already, until [`Self::end_more`]. In all it may take no more than a
    /// tenth of what a picture is worth without any code.
    pub(crate) fn begin_more(&self) -> More {
        let left = self.left.get();
        self.floor.set(left.saturating_sub(self.more.get()));
        More(self.spent.get())
    }

    /// What follows looks at a smaller copy where codes were read already, until [`Self::end_smaller`]: it may take an eighth of
    /// what a picture is worth without any code, and what the codes allow that it reads.
    pub(crate) fn begin_smaller(&self) {
        let left = self.left.get();
        self.floor.set(left.saturating_sub(self.smaller));
    }

    /// Other work follows.
    pub(crate) fn end_smaller(&self) {
        self.floor.set(0);
    }

    /// Other work follows.
    pub(crate) fn end_more(&self, More(spent): More) {
        self.floor.set(0);
        take(&self.more, self.spent.get() - spent);
    }

    /// Whether more may be looked for.
    pub(crate) fn affords_more(&self) -> bool {
        self.more.get() > 0
    }
}

/// What was spent when more was looked for.
#[must_use]
pub(crate) struct More(u64);

/// Takes so much from what is left of something.
fn take(left: &Cell<u64>, nanoseconds: u64) {
    left.set(left.get().saturating_sub(nanoseconds));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_risked_leaves_something_for_others() {
        let effort = Effort::of_pixels(1_000_000);
        for _ in 0..100 {
            effort.risk(|| {
                while !effort.is_spent() {
                    effort.spend(Work::Sample(100));
                }
            });
            assert!(!effort.is_spent(), "some of it is never risked");
        }
        while !effort.is_spent() {
            effort.spend(Work::Guess);
        }
        assert!(effort.spent() <= Effort::most(1_000_000, 0));
        effort.earn();
        assert!(!effort.is_spent(), "a code that was read is worth going on");
        assert!(effort.times(Work::Measure) > 0);
    }

    #[test]
    fn no_piece_of_work_is_larger_than_what_may_have_been_begun() {
        let largest = [
            Work::Measure,
            Work::Group(700),
            Work::Guess,
            Work::Find(41 * 41),
            Work::Sample(177),
            Work::Decode(177),
            Work::Equalize(177),
            Work::Node(36),
        ];
        for work in largest {
            assert!(work.cost() <= LAST, "{work:?}");
        }
    }
}
