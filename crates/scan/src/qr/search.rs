//! One search of one picture.

use super::finder::Spot;
use super::group::Triple;
use super::hidden::hidden;
use super::pool::Pool;
use super::pyramid::Pyramid;
use super::read::{Care, Outcome, Read, Sight, read_triple};
use super::ring::{Finder, measure};
use crate::deadline::Deadline;
use crate::effort::Work;
use crate::places::{is_inside, middle};
use crate::plane::Plane;
use crate::stage::{Stage, Stages};

/// More codes that cannot be read than anybody holds before a camera; a hostile picture must not fill the memory.
const MAX_SIGHTS: usize = 32;

/// So many triples of finder patterns are tried before the search asks whether it gets anywhere.
const TRIPLES: usize = 120;

/// The search of one picture for dark codes on light. For light codes on dark the picture is inverted.
pub(crate) struct Search {
    pyramid: Pyramid,
    pool: Pool,
    ways: Stages,
    reads: Vec<(Stage, Read)>,
    tried: usize,
    doubtful: Vec<Triple>,
    sights: Vec<Sight>,
}

impl Search {
    /// A search that reads in these ways.
    pub(crate) fn new(pyramid: Pyramid, ways: Stages) -> Self {
        Self {
            pyramid,
            pool: Pool::default(),
            ways,
            reads: Vec::new(),
            tried: 0,
            doubtful: Vec::new(),
            sights: Vec::new(),
        }
    }

    /// The picture at all its sizes.
    pub(crate) fn pyramid(&self) -> &Pyramid {
        &self.pyramid
    }

    /// Ends the search, and gives the picture back.
    pub(crate) fn into_pyramid(self) -> Pyramid {
        self.pyramid
    }

    /// Hands over what has been read since it was asked last, each with the stage of looking that completed it. What was seen
    /// twice may be among it twice.
    pub(crate) fn take_reads(&mut self) -> Vec<(Stage, Read)> {
        std::mem::take(&mut self.reads)
    }

    /// What looks like codes and has not been read, the first few of it.
    pub(crate) fn sights(&self) -> &[Sight] {
        &self.sights
    }

    /// The finder patterns that were seen, in pixels of the full picture.
    pub(crate) fn finders(&self) -> &[Finder] {
        self.pool.finders()
    }

    /// How many finder patterns were seen, how many triples of them were tried, and how many of these look like codes and
    /// have not been read; many of the last are counted as some.
    pub(crate) fn counts(&self) -> [usize; 3] {
        [self.pool.finders().len(), self.tried, self.sights.len()]
    }

    /// Measures the finder patterns at these spots of one of the picture's sizes.
    pub(crate) fn add_at(&mut self, level: usize, spots: Vec<Spot>) {
        for spot in spots {
            if let Some(finder) = measure(&self.pyramid.levels()[level], spot) {
                self.pool.add(finder.scaled((1 << level) as f32));
            }
        }
    }

    /// The spots that may show more than is known already, of a picture that is `1 / factor` times as large.
    pub(crate) fn unknown(&self, mut spots: Vec<Spot>, factor: f32) -> Vec<Spot> {
        spots.retain(|spot| !self.pool.knows_well(spot.centre.map(|at| at * factor)));
        spots
    }

    /// Measures a finder pattern that should be here, in pixels of the full picture.
    pub(crate) fn look_for(&mut self, finder: &Finder) {
        let level = self.pyramid.level_for(finder.module());
        let spot = finder.scaled(0.5_f32.powi(level as i32)).spot();
        self.add_at(level, vec![spot]);
    }

    /// Measures the finder patterns at these spots of another picture of the same that is `1 / factor` times as large.
    pub(crate) fn add(&mut self, plane: &Plane, spots: Vec<Spot>, factor: f32) {
        for spot in spots {
            if let Some(finder) = measure(plane, spot) {
                self.pool.add(finder.scaled(factor));
            }
        }
    }

    /// Reads what has become complete, the likeliest first, until the deadline. Where there are many codes it goes on for
    /// as long as it finds more of them.
    pub(crate) fn read(&mut self, stage: Stage, deadline: &Deadline) {
        loop {
            self.skim(stage, deadline);
            if !self.insist(stage, deadline) {
                break;
            }
        }
    }

    /// The same with a quick look at each; what looks like a code and is not read by it waits for [`Self::read`].
    pub(crate) fn skim(&mut self, stage: Stage, deadline: &Deadline) {
        while self.skim_some(stage, deadline) {}
    }

    /// Tries the likeliest triples, and tells whether one of them was read.
    fn skim_some(&mut self, stage: Stage, deadline: &Deadline) -> bool {
        if deadline.is_over() {
            return false;
        }
        let before = self.reads.len();
        deadline.effort().spend(Work::Group(self.pool.free()));
        for triple in self.pool.next_triples(TRIPLES) {
            self.tried += usize::from(self.pool.is_free(&triple));
            let outcome = self.try_triple(stage, &triple, Care::Quick, deadline);
            if let Some(Outcome::Unread(_)) = outcome {
                self.doubtful.push(triple);
            }
        }
        self.reads.len() > before
    }

    /// Reads codes of which one finder pattern is hidden.
    pub(crate) fn read_hidden(&mut self, stage: Stage, deadline: &Deadline) {
        let finders = self.pool.left_over();
        for triple in hidden(&self.pyramid, &finders, deadline) {
            let is_read =
                |(_, read): &(Stage, Read)| is_inside(triple.top_left.centre, &read.corners);
            if deadline.is_over() || self.reads.iter().any(is_read) {
                continue;
            }
            let outcome = deadline
                .effort()
                .risk(|| read_triple(&self.pyramid, &triple, self.ways, Care::Full, deadline));
            if let Outcome::Read(read) = outcome {
                self.keep(stage, *read, deadline);
            }
        }
    }

    /// Keeps what was read. What could not be read a while ago may be this very code.
    fn keep(&mut self, stage: Stage, read: Read, deadline: &Deadline) {
        deadline.effort().earn();
        self.pool.cover(&read.corners);
        self.sights
            .retain(|sight| !is_inside(middle(&sight.corners), &read.corners));
        self.reads.push((stage, read));
    }

    /// Takes care of what a quick look could not read, and tells whether any of it was read.
    fn insist(&mut self, stage: Stage, deadline: &Deadline) -> bool {
        let before = self.reads.len();
        for triple in std::mem::take(&mut self.doubtful) {
            let effort = deadline.effort();
            let outcome = effort.risk(|| self.try_triple(stage, &triple, Care::Full, deadline));
            if let Some(Outcome::Unread(sight)) = outcome
                && self.sights.len() < MAX_SIGHTS
            {
                self.sights.push(*sight);
            }
        }
        self.reads.len() > before
    }

    /// Keeps what a triple says; gives what else came of it, if it was tried at all.
    fn try_triple(
        &mut self,
        stage: Stage,
        triple: &Triple,
        care: Care,
        deadline: &Deadline,
    ) -> Option<Outcome> {
        if !self.pool.is_free(triple) || deadline.is_over() {
            return None;
        }
        match read_triple(&self.pyramid, triple, self.ways, care, deadline) {
            Outcome::Read(read) => {
                self.pool.take(triple);
                self.keep(stage, *read, deadline);
                None
            }
            outcome => Some(outcome),
        }
    }
}
