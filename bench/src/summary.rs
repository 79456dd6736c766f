//! The figures of each decoder over a group of photographs.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::judge::Verdict;
use crate::peers::{OURS, YARDSTICK};
use crate::photos::{Seen, Shot};
use crate::stats::Times;

/// The name of the group of all photographs with a code.
pub const WITH: &str = "all with a code";
/// The name of the group of all photographs without a code.
pub const WITHOUT: &str = "without a code";
/// The name of the group of all photographs on which more than three codes are marked.
pub const MANY: &str = "more than three codes";

/// Photographs that are looked at together.
#[derive(Debug, Serialize)]
pub struct Group {
    /// The set's name, [`WITH`], [`WITHOUT`] or [`MANY`].
    pub name: String,
    /// Photographs in it.
    pub pictures: usize,
    /// Codes that are marked on them.
    pub marked: usize,
    /// Photographs that at least one of the other decoders reads.
    pub read_by_any_peer: usize,
    /// Photographs that anybody reads.
    pub read_by_anybody: usize,
    /// By decoder, in the order of the line-up.
    pub decoders: Vec<Figures>,
    /// Our times as multiples of zxing-cpp's.
    pub ours_over_zxing_cpp: Option<Times>,
}

/// What one decoder did with a group.
#[derive(Debug, Serialize)]
pub struct Figures {
    /// The decoder.
    pub decoder: &'static str,
    /// Photographs read.
    pub read: usize,
    /// Texts that contradict what is known.
    pub wrong: usize,
    /// Texts of which nothing is known.
    pub unconfirmed: usize,
    /// Texts in the wrong character set.
    pub garbled: usize,
    /// Photographs at which it panicked.
    pub panics: usize,
    /// Texts that are not wrong.
    pub codes: usize,
    /// Marked codes inside which the middle of such a text lies.
    pub found: usize,
    /// Milliseconds of processor time for a photograph.
    pub ms: Times,
}

impl Group {
    /// All with a code, all without, those with many, and each set by its name.
    pub fn all(shots: &[Shot]) -> Vec<Self> {
        let sets: BTreeSet<&str> = shots.iter().map(|shot| shot.set.as_str()).collect();
        let totals = [
            Self::of(WITH, shots, |shot| shot.has_code),
            Self::of(WITHOUT, shots, |shot| !shot.has_code),
            Self::of(MANY, shots, |shot| shot.marked > 3),
        ];
        let by_set = sets
            .into_iter()
            .map(|set| Self::of(set, shots, |shot| shot.set == set));
        totals.into_iter().chain(by_set).flatten().collect()
    }

    /// The group of those that `is_in`; none where there are none.
    pub fn of(name: &str, shots: &[Shot], is_in: impl Fn(&Shot) -> bool) -> Option<Self> {
        let shots: Vec<&Shot> = shots.iter().filter(|shot| is_in(shot)).collect();
        let decoders: Vec<Figures> = names(&shots)
            .filter_map(|decoder| Figures::of(decoder, &shots))
            .collect();
        let is_read = |shot: &&&Shot, by: fn(&Seen) -> bool| {
            shot.seen.iter().any(|seen| by(seen) && seen.is_read())
        };
        let read_by = |by| shots.iter().filter(|shot| is_read(shot, by)).count();
        (!shots.is_empty()).then(|| Self {
            name: name.into(),
            pictures: shots.len(),
            marked: shots.iter().map(|shot| shot.marked).sum(),
            read_by_any_peer: read_by(|seen| seen.decoder != OURS),
            read_by_anybody: read_by(|_| true),
            ours_over_zxing_cpp: over(&decoders),
            decoders,
        })
    }
}

/// The decoders that saw these photographs.
fn names(shots: &[&Shot]) -> impl Iterator<Item = &'static str> {
    let first = shots.first().map_or(&[][..], |shot| &shot.seen[..]);
    first.iter().map(|seen| seen.decoder)
}

fn over(decoders: &[Figures]) -> Option<Times> {
    let times = |name| {
        let figures = decoders.iter().find(|figures| figures.decoder == name)?;
        Some(figures.ms)
    };
    Some(times(OURS)?.over(times(YARDSTICK)?))
}

impl Figures {
    fn of(decoder: &'static str, shots: &[&Shot]) -> Option<Self> {
        let seen: Vec<&Seen> = shots
            .iter()
            .flat_map(|shot| &shot.seen)
            .filter(|seen| seen.decoder == decoder)
            .collect();
        let texts = |verdict| seen.iter().map(|seen| seen.count(verdict)).sum();
        let readings: usize = seen.iter().map(|seen| seen.readings.len()).sum();
        let wrong = texts(Verdict::Wrong);
        Some(Self {
            decoder,
            read: seen.iter().filter(|seen| seen.is_read()).count(),
            wrong,
            unconfirmed: texts(Verdict::Unconfirmed),
            garbled: texts(Verdict::Garbled),
            panics: seen.iter().filter(|seen| seen.panicked).count(),
            codes: readings - wrong,
            found: seen.iter().map(|seen| seen.found).sum(),
            ms: Times::of(seen.iter().map(|seen| seen.ms))?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::photos::tests::shot_of;
    use crate::truth::WITHOUT_CODE;

    const RIGHT: Option<Verdict> = Some(Verdict::Right);
    const WRONG: Option<Verdict> = Some(Verdict::Wrong);

    #[test]
    fn groups_count_what_each_decoder_did() {
        let shots = [
            shot_of("a/1", "a", &[(OURS, 2.0, RIGHT), (YARDSTICK, 1.0, None)]),
            shot_of("a/2", "a", &[(OURS, 4.0, None), (YARDSTICK, 1.0, RIGHT)]),
            shot_of("b/1", "b", &[(OURS, 6.0, WRONG), (YARDSTICK, 1.0, None)]),
            shot_of(
                "c/1",
                WITHOUT_CODE,
                &[(OURS, 9.0, WRONG), (YARDSTICK, 3.0, None)],
            ),
        ];
        let groups = Group::all(&shots);
        let names: Vec<&str> = groups.iter().map(|group| group.name.as_str()).collect();
        assert_eq!(names, [WITH, WITHOUT, "a", "b", WITHOUT_CODE]);
        let check = |index: usize, pictures, any_peer, anybody, read: &[usize], wrong: &[usize]| {
            let group = &groups[index];
            assert_eq!(group.pictures, pictures);
            assert_eq!(group.read_by_any_peer, any_peer);
            assert_eq!(group.read_by_anybody, anybody);
            let decoders = group.decoders.iter();
            assert_eq!(decoders.clone().map(|d| d.read).collect::<Vec<_>>(), read);
            assert_eq!(decoders.map(|d| d.wrong).collect::<Vec<_>>(), wrong);
        };
        check(0, 3, 1, 2, &[1, 1], &[1, 0]);
        check(1, 1, 0, 0, &[0, 0], &[1, 0]);
        check(2, 2, 1, 2, &[1, 1], &[0, 0]);
        let over = groups[0].ours_over_zxing_cpp.expect("both were measured");
        assert_eq!((over.median, over.mean, over.max), (4.0, 4.0, 6.0));
    }

    #[test]
    fn without_the_yardstick_there_is_no_ratio() {
        let shots = [shot_of("a/1", "a", &[(OURS, 2.0, RIGHT)])];
        let groups = Group::all(&shots);
        assert_eq!(groups[0].ours_over_zxing_cpp, None);
        assert_eq!(groups.len(), 2);
    }
}
