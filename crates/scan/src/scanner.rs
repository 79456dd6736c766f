//! Still pictures: one stage of looking after the other, until everything that looks like a code has been read.

use std::ops::RangeInclusive;

use crate::bits::Bits;
use serde::Serialize;

use crate::contain::{Panicked, contain};
use crate::deadline::Deadline;
use crate::decoder::wholes;
use crate::effort::{Effort, Texture, Work};
use crate::others::Ink;
use crate::places::{distance, is_inside};
use crate::plane::Plane;
use crate::qr::{Pyramid, Search, Spot, crossings, drawn, spots};
use crate::second_opinion::SecondOpinion;
use crate::stage::{Stage, Stages};
use crate::symbology::Symbology;
use crate::text::Parts;
use crate::{Code, Decoder, Frame, others, thread_cpu_ms};

/// Reads every code in a still picture, taking the time that it needs: milliseconds for most pictures, some tens of them
/// where nothing is found, in proportion to the pixels. What looks like codes and is none costs no more work than
/// [`Scanner::most_effort`], whoever drew it.
#[derive(Debug, Clone, Copy)]
pub struct Scanner {
    stages: Stages,
}

/// What a search of a picture did.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// The codes, in the order in which they were read.
    pub codes: Vec<Code>,
    /// For each code the stage of looking that saw it, and the way in which it was read.
    pub by: Vec<(Stage, Stage)>,
    /// The stages of looking that ran.
    pub stages: Vec<StageReport>,
}

/// What one stage of looking did.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct StageReport {
    /// Which one.
    pub stage: Stage,
    /// Milliseconds of processor time.
    pub ms: f64,
    /// Finder patterns known after it.
    pub finders: usize,
    /// Triples of finder patterns that have been tried.
    pub tried: usize,
    /// How many of them look like codes and have not been read; many are counted as some.
    pub unread: usize,
    /// Codes that have been read.
    pub read: usize,
    /// Work done so far, in nanoseconds as they are counted, not measured: equal pictures give equal numbers.
    pub effort: u64,
}

impl Default for Scanner {
    fn default() -> Self {
        Self::new(Stages::ALL)
    }
}

impl Decoder for Scanner {
    fn decode(&mut self, frame: Frame<'_>) -> Vec<Code> {
        self.report(frame).codes
    }
}

impl Scanner {
    /// A scanner that uses these stages alone.
    #[must_use]
    pub fn new(stages: Stages) -> Self {
        Self { stages }
    }

    /// Reads the codes and tells how.
    #[must_use]
    pub fn report(&self, frame: Frame<'_>) -> Report {
        if cfg!(fuzzing) {
            // Who looks for panics wants to see them.
            return self.search(frame);
        }
        contain(|| self.search(frame)).unwrap_or_else(|Panicked| {
            tracing::error!("the search of a picture panicked");
            Report::default()
        })
    }

    /// The most that [`StageReport::effort`] can be for a picture of so many pixels in which so many codes are read.
    #[must_use]
    pub fn most_effort(pixels: u64, codes: usize) -> u64 {
        Effort::most(pixels, codes as u64)
    }

    fn search(&self, frame: Frame<'_>) -> Report {
        let mut run = Run::new(frame, self.stages);
        for stage in Stage::LOOKS
            .iter()
            .copied()
            .filter(|&stage| self.stages.has(stage))
        {
            if run.is_needed(stage) {
                run.stage(stage);
            }
        }
        run.matrix_doubled();
        run.join();
        run.report
    }
}

/// The side that a picture's longer one is brought near to, first of all.
const FIRST_SIDE: usize = 640;

/// Pictures with a shorter side of fewer pixels are worth enlarging.
const SMALL_SIDE: u32 = 250;

/// The level at which the longer side has about [`FIRST_SIDE`] pixels.
pub(crate) fn first_level(pyramid: &Pyramid) -> usize {
    let full = &pyramid.levels()[0];
    let longer = full.width().max(full.height()) as f32;
    // A picture up to half as large again still counts as of that size.
    let first = (longer / FIRST_SIDE as f32).log2().round().max(0.0) as usize;
    first.min(pyramid.levels().len() - 1)
}

/// Pictures with more pixels are not doubled: it would take seconds, and a GB of memory.
const LARGE: usize = 24_000_000;

/// rqrr copies the whole picture for every three finder patterns that it pairs: more of them than this would take it longer
/// than all the rest takes.
const CROWD: usize = 40;

/// rqrr fills what it takes for a finder pattern in every row that crosses it. Where rows cross more such proportions than
/// this, each on average, that takes seconds.
const CROSSINGS: usize = 8;

/// rqrr is not asked where rows cross fewer such proportions: three finder patterns have one each at least.
const FEW_CROSSINGS: usize = 3;

/// Micro QR is looked for at each finder pattern; among more of them than this it takes longer than all the rest.
const MANY: usize = 400;

/// Among more spots than this most are grain, and one that a single row and no diagonal crosses is not measured: a true
/// pattern's core is crossed by more.
const CROWDED: usize = 700;

/// Of spots that no diagonal crosses this part of what can be measured is.
const DOUBTFUL: usize = 5;

/// As many spots as the work that is left allows to measure: those first that diagonals cross, then the nearest to the
/// middle, where labels are held, and where codes stay whole.
fn affordable(deadline: &Deadline, middle: [f32; 2], mut spots: Vec<Spot>) -> Vec<Spot> {
    let most = deadline.effort().times(Work::Measure);
    if spots.len() > CROWDED {
        spots.retain(|spot| spot.rows > 1 || spot.diagonals > 0);
    }
    let doubtful = most / DOUBTFUL;
    if spots.len() > doubtful {
        let key = |spot: &Spot| (spot.diagonals == 0, distance(spot.centre, middle) as u32);
        spots.sort_by_cached_key(key);
        let crossed = spots.partition_point(|spot| spot.diagonals > 0);
        spots.truncate(most.min(crossed + doubtful));
    }
    spots
        .iter()
        .for_each(|_| deadline.effort().spend(Work::Measure));
    spots
}

/// One search of one frame.
struct Run<'a> {
    frame: Frame<'a>,
    stages: Stages,
    dark: Search,
    light: Option<Search>,
    /// The level at which the longer side has about [`FIRST_SIDE`] pixels.
    first: usize,
    /// The most finder patterns, true or not, that one look has seen.
    crowd: usize,
    /// The work that may be done.
    deadline: Deadline,
    /// Whether the search for other symbols has begun.
    is_past_qr: bool,
    report: Report,
}

impl<'a> Run<'a> {
    fn new(frame: Frame<'a>, stages: Stages) -> Self {
        let dark = Search::new(Pyramid::new(Plane::copy(frame)), stages);
        let pixels = u64::from(frame.width()) * u64::from(frame.height());
        Self {
            frame,
            stages,
            first: first_level(dark.pyramid()),
            dark,
            light: None,
            crowd: 0,
            deadline: Deadline::after(Effort::of_pixels(pixels)),
            is_past_qr: false,
            report: Report::default(),
        }
    }

    fn searches(&self) -> impl Iterator<Item = &Search> {
        [Some(&self.dark), self.light.as_ref()]
            .into_iter()
            .flatten()
    }

    /// The usual sizes are always looked at, as long as work is left. The rest is for pictures where nothing was read, or
    /// something was seen that could not be; and symbols of other kinds, for which some work is kept, are looked for where
    /// there is no QR code, Micro QR where there are not too many finder patterns.
    fn is_needed(&self, stage: Stage) -> bool {
        let codes = &self.report.codes;
        match stage {
            Stage::MicroQr if self.dark.counts()[0] > MANY => false,
            Stage::MicroQr | Stage::DataMatrix | Stage::Bars => {
                codes.iter().all(|code| code.symbology != Symbology::Qr)
            }
            _ if self.deadline.is_over() => false,
            _ if stage < Stage::Mean640 => true,
            _ if self.is_for_more(stage) && !self.deadline.effort().affords_more() => false,
            _ => codes.is_empty() || self.searches().any(|search| search.counts()[2] > 0),
        }
    }

    /// Looks once more, in this way, and reads what has become complete.
    fn stage(&mut self, stage: Stage) {
        let more = self
            .is_for_more(stage)
            .then(|| self.deadline.effort().begin_more());
        let is_smaller = stage == Stage::Size320 && !self.report.codes.is_empty();
        if is_smaller {
            self.deadline.effort().begin_smaller();
        }
        let ((), ms) = thread_cpu_ms(|| self.look(stage));
        if is_smaller {
            self.deadline.effort().end_smaller();
        }
        if let Some(more) = more {
            self.deadline.effort().end_more(more);
        }
        let mut counts = [0; 3];
        for search in self.searches() {
            counts
                .iter_mut()
                .zip(search.counts())
                .for_each(|(sum, count)| *sum += count);
        }
        let [finders, tried, unread] = counts;
        let read = self.report.codes.len();
        self.report.stages.push(StageReport {
            stage,
            ms,
            finders,
            tried,
            unread,
            read,
            effort: self.deadline.effort().spent(),
        });
    }

    /// Whether a stage looks for what the usual sizes have not shown, where codes were read.
    fn is_for_more(&self, stage: Stage) -> bool {
        (Stage::Mean640..Stage::Bars).contains(&stage) && !self.report.codes.is_empty()
    }

    fn look(&mut self, stage: Stage) {
        match stage {
            Stage::Size640 => self.size(stage, self.first, 1),
            Stage::Size1280 if self.first >= 1 => self.size(stage, self.first - 1, 2),
            Stage::Size320 => {
                for level in self.smaller() {
                    self.size(stage, level, 1);
                }
            }
            Stage::Size2560 if self.first >= 2 => self.size(stage, self.first - 2, 2),
            Stage::Larger => {
                for level in (0..self.first.saturating_sub(2)).rev() {
                    self.size(stage, level, 2);
                }
            }
            Stage::Mean640 => self.means(stage, self.first),
            Stage::Mean1280 if self.first >= 1 => self.means(stage, self.first - 1),
            Stage::Mean320 => {
                for level in self.smaller() {
                    self.means(stage, level);
                }
            }
            // It is alone, or it is none.
            Stage::Drawn if self.report.codes.is_empty() => {
                if let Some(read) = drawn(&self.dark.pyramid().levels()[0], self.stages) {
                    let code = Code::of_payload(read.payload, read.corners);
                    self.keep(code, stage, read.way);
                }
            }
            Stage::Hidden => {
                self.dark.read_hidden(stage, &self.deadline);
                for (look, read) in self.dark.take_reads() {
                    let code = Code::of_payload(read.payload, read.corners);
                    self.keep(code, look, read.way);
                }
            }
            Stage::Enlarged => self.enlarged(),
            Stage::Doubled => self.doubled(),
            Stage::Rqrr if self.is_fit_for_rqrr() => {
                for code in SecondOpinion.decode(self.frame) {
                    self.keep(code, Stage::Rqrr, Stage::Rqrr);
                }
            }
            Stage::MicroQr | Stage::DataMatrix | Stage::Bars => self.others(stage),
            _ => {}
        }
    }

    /// Looks for symbols of other kinds.
    fn others(&mut self, stage: Stage) {
        let effort = self.deadline.effort();
        if !std::mem::replace(&mut self.is_past_qr, true) {
            effort.allow_others(self.pixels());
        }
        let mut codes = others::look(stage, self.dark.pyramid(), self.first, effort);
        if stage == Stage::MicroQr {
            for search in self.searches() {
                others::micro_qr_at(search.pyramid(), search.finders(), effort, &mut codes);
            }
        }
        for code in codes {
            self.keep(code, stage, stage);
        }
    }

    /// Looks for matrix symbols once more, last of all, so that nothing that comes later has less work left: in small pictures
    /// in which nothing was read, at twice the size.
    fn matrix_doubled(&mut self) {
        for stage in [Stage::MicroQr, Stage::DataMatrix] {
            let is_wanted = self.first == 0 && self.report.codes.is_empty();
            if is_wanted && self.stages.has(stage) && self.is_needed(stage) {
                let effort = self.deadline.effort();
                for code in others::look_doubled(stage, self.dark.pyramid(), effort) {
                    self.keep(code, stage, stage);
                }
            }
        }
    }

    fn pixels(&self) -> u64 {
        u64::from(self.frame.width()) * u64::from(self.frame.height())
    }

    /// The levels of about 320 pixels. A picture that is hardly larger than that itself is looked at smaller still.
    fn smaller(&self) -> RangeInclusive<usize> {
        self.first + 1..=self.first + 1 + usize::from(self.first == 0)
    }

    /// Looks at one of the picture's sizes, at every `step`-th row.
    fn size(&mut self, stage: Stage, level: usize, step: usize) {
        self.look_at(stage, level, Bits::local, step);
    }

    fn means(&mut self, stage: Stage, level: usize) {
        // As wide as the square that a large finder pattern fills, as a small one, and smaller than its own core.
        for part in [1.0 / 20.0, 1.0 / 6.0, 1.0 / 40.0] {
            self.look_at(stage, level, |plane| Bits::mean(plane, part), 1);
        }
    }

    /// Finds the finder patterns at one of the picture's sizes, and reads what has become complete: dark codes, and then, at
    /// the usual sizes, light ones beside them.
    fn look_at(&mut self, stage: Stage, level: usize, bits: impl Fn(&Plane) -> Bits, step: usize) {
        let Some(plane) = self.dark.pyramid().levels().get(level) else {
            return;
        };
        if self.deadline.is_over() {
            return;
        }
        let bits = bits(plane);
        let is_usual = stage < Stage::Mean640;
        let with_light = is_usual && self.stages.has(Stage::Inverted);
        let changes = bits.count_changes(step) * (1 + usize::from(with_light));
        if !self.deadline.effort().affords(Work::Runs(changes)) {
            return;
        }
        self.see(level, &bits, step, Ink::Dark);
        self.read(stage, Ink::Dark);
        if with_light {
            self.see(level, &bits.inverted(), step, Ink::Light);
        }
        self.read(stage, Ink::Light);
    }

    /// Measures the finder patterns of one ink.
    fn see(&mut self, level: usize, bits: &Bits, step: usize, ink: Ink) {
        let factor = (1 << level) as f32;
        let codes = &self.report.codes;
        let mut spots = spots(bits, step);
        // Inside a code that has been read there is nothing more to find.
        spots.retain(|spot| {
            let place = spot.centre.map(|at| at * factor);
            !codes.iter().any(|code| is_inside(place, &code.corners))
        });
        self.crowd = self.crowd.max(spots.len());
        // A code needs three; most pictures have fewer light ones, and no inverted copy is made of them.
        if ink == Ink::Light && self.light.is_none() && spots.len() < 3 {
            return;
        }
        let search = match ink {
            Ink::Dark => &mut self.dark,
            Ink::Light => {
                let search = || Search::new(self.dark.pyramid().inverted(), self.stages);
                self.light.get_or_insert_with(search)
            }
        };
        let middle = search.pyramid().levels()[level].middle();
        let spots = affordable(&self.deadline, middle, search.unknown(spots, factor));
        search.add_at(level, spots);
    }

    /// Reads what has become complete.
    fn read(&mut self, stage: Stage, ink: Ink) {
        // What the first look sees badly the next ones may see well, so care can wait for them.
        let patient = stage < Stage::Size320 && self.stages.has(Stage::Size320);
        let search = match ink {
            Ink::Dark => Some(&mut self.dark),
            Ink::Light => self.light.as_mut(),
        };
        let Some(search) = search else { return };
        if patient {
            search.skim(stage, &self.deadline);
        } else {
            search.read(stage, &self.deadline);
        }
        for (look, read) in search.take_reads() {
            let code = Code::of_payload(read.payload, read.corners);
            self.keep(code, look, read.way);
        }
    }

    /// Small pictures four times as large, with hard edges and a light rim.
    fn enlarged(&mut self) {
        const TIMES: usize = 4;
        const RIM: usize = 16;
        /// Pixels that become sixteen times as many.
        const MOST: usize = 1_000_000;
        let (width, height) = (self.frame.width() as usize, self.frame.height() as usize);
        // A strip is narrow and may be large all the same.
        if width.min(height) >= SMALL_SIDE as usize || width * height > MOST {
            return;
        }
        let plane = self.dark.pyramid().levels()[0].enlarged(TIMES, RIM);
        let mut search = Search::new(Pyramid::new(plane), self.stages);
        for level in (0..search.pyramid().levels().len().min(2)).rev() {
            let plane = &search.pyramid().levels()[level];
            let spots = affordable(
                &self.deadline,
                plane.middle(),
                spots(&Bits::local(plane), 1),
            );
            search.add_at(level, spots);
        }
        search.read(Stage::Enlarged, &self.deadline);
        for (look, read) in search.take_reads() {
            let back = |at: f32| (at - RIM as f32) / TIMES as f32;
            let code = Code::of_payload(read.payload, read.corners.map(|corner| corner.map(back)));
            self.keep(code, look, read.way);
        }
    }

    fn doubled(&mut self) {
        if self.frame.width() as usize * self.frame.height() as usize > LARGE {
            return;
        }
        let full = &self.dark.pyramid().levels()[0];
        let effort = self.deadline.effort();
        if !effort.affords(Work::Double(full.pixels().len())) {
            return;
        }
        let plane = full.doubled();
        let looks: [fn(&Plane) -> Bits; 2] = [Bits::local, |plane| Bits::mean(plane, 1.0 / 20.0)];
        for look in looks {
            let bits = look(&plane);
            if !effort.affords(Work::Runs(bits.count_changes(1))) {
                continue;
            }
            let spots = spots(&bits, 1);
            self.crowd = self.crowd.max(spots.len());
            let spots = affordable(
                &self.deadline,
                plane.middle(),
                self.dark.unknown(spots, 0.5),
            );
            self.dark.add(&plane, spots, 0.5);
        }
        for ink in [Ink::Dark, Ink::Light] {
            self.read(Stage::Doubled, ink);
        }
    }

    /// Adds the messages all of whose parts are in the picture.
    fn join(&mut self) {
        for code in wholes(&self.report.codes, &mut Parts::default()) {
            let part = |known: &Code| known.corners == code.corners;
            let last = self.report.codes.iter().position(part);
            let (look, way) = self.report.by[last.expect("it lies where its last part does")];
            self.keep(code, look, way);
        }
    }

    fn is_fit_for_rqrr(&self) -> bool {
        const STEP: usize = 4;
        let effort = self.deadline.effort();
        if !self.report.codes.is_empty() || self.crowd > CROWD || effort.is_spent() {
            return false;
        }
        let bits = Bits::local(&self.dark.pyramid().levels()[0]);
        let most = CROSSINGS * bits.height().div_ceil(STEP);
        let [dark, light] = [&bits, &bits.inverted()].map(|bits| crossings(bits, STEP));
        (FEW_CROSSINGS..=most).contains(&dark.max(light))
            && effort.affords(Work::Rqrr(Texture::of(&bits)))
    }

    fn keep(&mut self, code: Code, look: Stage, way: Stage) {
        if code.add_to(&mut self.report.codes) {
            self.report.by.push((look, way));
        }
    }
}
