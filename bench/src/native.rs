//! What is asked of full-size photographs alone: the codes found, and the times of the largest.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::photos::Shot;
use crate::summary::Group;

/// Photographs of at least so many pixels are those "of 12 megapixels": the cameras' own sizes vary.
pub const LARGE: u64 = 8_000_000;

/// The codes found on full-size photographs.
#[derive(Debug, Serialize)]
pub struct Native {
    /// By category.
    pub categories: Vec<Category>,
    /// By decoder: the mean over the categories of the part of the codes found.
    pub average: Vec<Part>,
    /// The times on photographs of at least [`LARGE`] pixels.
    pub large: Option<Group>,
}

/// One of BoofCV's categories.
#[derive(Debug, Serialize)]
pub struct Category {
    /// Its name.
    pub set: String,
    /// Codes that are marked.
    pub codes: usize,
    /// By decoder: codes found.
    pub found: Vec<Part>,
}

/// A decoder's part of the codes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Part {
    /// The decoder.
    pub decoder: &'static str,
    /// 0 to 1.
    pub part: f64,
}

impl Native {
    /// The figures of these photographs.
    pub fn of(shots: &[Shot]) -> Self {
        let sets: BTreeSet<&str> = shots.iter().map(|shot| shot.set.as_str()).collect();
        let categories: Vec<Category> = sets
            .into_iter()
            .map(|set| Category::of(set, shots))
            .filter(|category| category.codes > 0)
            .collect();
        Self {
            average: average(&categories),
            categories,
            large: Group::of("8 megapixels and more", shots, |shot| {
                u64::from(shot.width) * u64::from(shot.height) >= LARGE
            }),
        }
    }
}

impl Category {
    fn of(set: &str, shots: &[Shot]) -> Self {
        let shots: Vec<&Shot> = shots.iter().filter(|shot| shot.set == set).collect();
        let codes: usize = shots.iter().map(|shot| shot.marked).sum();
        let decoders = shots.first().map_or(&[][..], |shot| &shot.seen[..]);
        let found = |decoder| {
            let seen = shots.iter().flat_map(|shot| &shot.seen);
            let found = seen.filter(|seen| seen.decoder == decoder);
            found.map(|seen| seen.found).sum::<usize>()
        };
        let part = |decoder| Part {
            decoder,
            part: found(decoder) as f64 / codes as f64,
        };
        Self {
            set: set.into(),
            codes,
            found: decoders.iter().map(|seen| part(seen.decoder)).collect(),
        }
    }
}

/// Every category counts the same, however many photographs it has.
fn average(categories: &[Category]) -> Vec<Part> {
    let decoders = categories.first().map_or(&[][..], |first| &first.found[..]);
    let mean = |index: usize| {
        let parts = categories.iter().map(|category| category.found[index].part);
        parts.sum::<f64>() / categories.len() as f64
    };
    let part = |(index, part): (usize, &Part)| Part {
        decoder: part.decoder,
        part: mean(index),
    };
    decoders.iter().enumerate().map(part).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::Verdict;
    use crate::photos::tests::shot_of;

    #[test]
    fn every_category_counts_the_same() {
        let right = Some(Verdict::Right);
        let shots = [
            shot_of("a/1", "a", &[("x", 1.0, right), ("y", 1.0, None)]),
            shot_of("b/1", "b", &[("x", 1.0, None), ("y", 1.0, None)]),
            shot_of("b/2", "b", &[("x", 1.0, right), ("y", 1.0, None)]),
            shot_of("b/3", "b", &[("x", 1.0, None), ("y", 1.0, right)]),
            shot_of("b/4", "b", &[("x", 1.0, right), ("y", 1.0, None)]),
        ];
        let native = Native::of(&shots);
        let part = |decoder, part| Part { decoder, part };
        assert_eq!(native.average, [part("x", 0.75), part("y", 0.125)]);
        assert_eq!(native.categories[1].codes, 4);
        assert_eq!(
            native.categories[1].found,
            [part("x", 0.5), part("y", 0.25)]
        );
        assert!(native.large.is_none());
    }
}
