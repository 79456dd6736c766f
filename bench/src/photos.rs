//! Runs every decoder over every photograph.

use std::path::Path;

use handover_scan::{Picture, load_picture};
use serde::Serialize;

use crate::altered::altered;
use crate::half::Half;
use crate::judge::{Verdict, judge};
use crate::native::Native;
use crate::options::{Failure, Scan};
use crate::peers::{Contestant, Outcome, Reading};
use crate::summary::Group;
use crate::truth::{self, Row};

/// A text with what it is worth.
#[derive(Debug, Clone, Serialize)]
pub struct Judged {
    /// The text and its place.
    #[serde(flatten)]
    pub reading: Reading,
    /// What it is worth.
    pub verdict: Verdict,
}

/// What one decoder made of one photograph.
#[derive(Debug, Clone, Serialize)]
pub struct Seen {
    /// The decoder.
    pub decoder: &'static str,
    /// Milliseconds of processor time.
    pub ms: f64,
    /// Whether it panicked.
    pub panicked: bool,
    /// The texts.
    pub readings: Vec<Judged>,
    /// How many of the marked codes have the middle of a text inside them.
    pub found: usize,
}

impl Seen {
    /// Whether the photograph counts as read: a text, and not a wrong one.
    pub fn is_read(&self) -> bool {
        self.readings
            .iter()
            .any(|judged| judged.verdict != Verdict::Wrong)
    }

    /// How many texts are not wrong.
    pub fn good(&self) -> usize {
        self.readings.len() - self.count(Verdict::Wrong)
    }

    /// How many texts are worth this.
    pub fn count(&self, verdict: Verdict) -> usize {
        let texts = self.readings.iter();
        texts.filter(|judged| judged.verdict == verdict).count()
    }
}

/// One photograph, and what everybody made of it.
#[derive(Debug, Clone, Serialize)]
pub struct Shot {
    /// The file's path within its folder.
    pub file: String,
    /// Its set.
    pub set: String,
    /// Its half.
    pub half: Half,
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Whether there is a code on it.
    pub has_code: bool,
    /// Codes that somebody marked.
    pub marked: usize,
    /// By decoder, in the order of the line-up.
    pub seen: Vec<Seen>,
}

impl Shot {
    /// Whether this decoder reads it.
    pub fn is_read_by(&self, decoder: &str) -> bool {
        self.seen
            .iter()
            .any(|seen| seen.decoder == decoder && seen.is_read())
    }
}

/// What was measured on photographs of one size.
#[derive(Debug, Serialize)]
pub struct Part {
    /// What these are.
    pub title: &'static str,
    /// Summaries: all with a code, all without, and each set.
    pub groups: Vec<Group>,
    /// For full-size photographs: the codes found.
    pub native: Option<Native>,
    /// Each photograph.
    pub pictures: Vec<Shot>,
}

/// Measures the photographs of this folder.
pub fn measure(
    folder: &Path,
    options: &Scan,
    line_up: &mut [Contestant],
) -> Result<Vec<Part>, Failure> {
    let mut parts = Vec::new();
    if options.sizes.bounded() {
        let shots = shoot(folder, truth::bounded(folder)?, options, line_up)?;
        let title = match (options.altered, options.three_frames) {
            (false, false) => "Photographs",
            (false, true) => "Photographs as three frames",
            (true, false) => "Altered photographs",
            (true, true) => "Altered photographs as three frames",
        };
        parts.push(part(title, shots, false));
    }
    if options.sizes.native() {
        let rows = truth::native(folder)?;
        let shots = shoot(&folder.join("native"), rows, options, line_up)?;
        parts.push(part("Photographs at full size", shots, true));
    }
    parts.retain(|part| !part.pictures.is_empty());
    Ok(parts)
}

fn part(title: &'static str, pictures: Vec<Shot>, is_native: bool) -> Part {
    Part {
        title,
        groups: Group::all(&pictures),
        native: is_native.then(|| Native::of(&pictures)),
        pictures,
    }
}

fn shoot(
    folder: &Path,
    mut rows: Vec<Row>,
    options: &Scan,
    line_up: &mut [Contestant],
) -> Result<Vec<Shot>, Failure> {
    rows.retain(|row| {
        let half = options.half.is_none_or(|half| half == Half::of(&row.file));
        half && row.file.contains(&options.only)
    });
    each(folder, rows, |number, row, picture| {
        let (picture, row) = if options.altered {
            altered(&picture, row)
        } else {
            (picture, row)
        };
        let outcomes = take_turns(line_up, number, |contestant| {
            contestant.read(&picture, options.repeat)
        });
        shot(row, &picture, outcomes)
    })
}

/// Loads each photograph and works on it with its number, and tells on standard error how far that is.
pub fn each<T>(
    folder: &Path,
    rows: Vec<Row>,
    mut work: impl FnMut(usize, Row, Picture) -> T,
) -> Result<Vec<T>, Failure> {
    let count = rows.len();
    let mut done = Vec::with_capacity(count);
    for (number, row) in rows.into_iter().enumerate() {
        if number % 50 == 0 {
            eprintln!("{}: {number} of {count}", folder.display());
        }
        let path = folder.join(&row.file);
        let picture = load_picture(&path).map_err(|error| Failure::Picture { path, error })?;
        done.push(work(number, row, picture));
    }
    Ok(done)
}

/// Lets everybody work, beginning with another one at each number: who comes first finds the caches cold.
pub fn take_turns<T>(
    line_up: &mut [Contestant],
    number: usize,
    mut work: impl FnMut(&mut Contestant) -> T,
) -> Vec<(&'static str, T)> {
    let count = line_up.len();
    let mut done: Vec<_> = (0..count)
        .map(|turn| (turn + number) % count)
        .map(|index| (index, work(&mut line_up[index])))
        .collect();
    done.sort_by_key(|(index, _)| *index);
    let named = |(index, outcome): (usize, T)| (line_up[index].name, outcome);
    done.into_iter().map(named).collect()
}

fn shot(row: Row, picture: &Picture, outcomes: Vec<(&'static str, Outcome)>) -> Shot {
    Shot {
        half: Half::of(&row.file),
        width: picture.width,
        height: picture.height,
        has_code: row.has_code(),
        marked: row.corners.len(),
        seen: outcomes
            .into_iter()
            .map(|(decoder, outcome)| seen(&row, decoder, outcome))
            .collect(),
        file: row.file,
        set: row.set,
    }
}

/// What a decoder's outcome for a photograph is worth.
pub fn seen(row: &Row, decoder: &'static str, outcome: Outcome) -> Seen {
    let judged = |reading| Judged {
        verdict: judge(row, &reading),
        reading,
    };
    let readings: Vec<_> = outcome.readings.into_iter().map(judged).collect();
    let is_good = |judged: &&Judged| judged.verdict != Verdict::Wrong;
    let found = row.corners.iter().filter(|code| {
        let mut good = readings.iter().filter(is_good);
        good.any(|judged| code.hold(judged.reading.centre))
    });
    Seen {
        decoder,
        ms: outcome.ms,
        panicked: outcome.panicked,
        found: found.count(),
        readings,
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::truth::Corners;

    /// A photograph with one code, and what decoders made of it: name, milliseconds, verdict of the one text.
    pub fn shot_of(file: &str, set: &str, seen: &[(&'static str, f64, Option<Verdict>)]) -> Shot {
        let row = Row {
            file: file.into(),
            set: set.into(),
            ..Row::default()
        };
        let picture = Picture {
            width: 4,
            height: 3,
            grey: vec![0; 12],
        };
        let mut shot = shot(row, &picture, Vec::new());
        shot.marked = 1;
        let made = |&(decoder, ms, verdict): &(_, _, Option<Verdict>)| Seen {
            decoder,
            ms,
            panicked: false,
            found: usize::from(verdict.is_some_and(|verdict| verdict != Verdict::Wrong)),
            readings: verdict.map(judged).into_iter().collect(),
        };
        shot.seen = seen.iter().map(made).collect();
        shot
    }

    fn judged(verdict: Verdict) -> Judged {
        let reading = Reading {
            text: "SN1".into(),
            centre: [0.0; 2],
        };
        Judged { reading, verdict }
    }

    #[test]
    fn a_code_is_found_once_and_only_by_a_text_inside_it() {
        let row = Row {
            set: "boof/lots".into(),
            text: Some("SN1".into()),
            corners: vec![
                Corners([0.0, 0.0, 10.0, 0.0, 10.0, 10.0, 0.0, 10.0]),
                Corners([20.0, 0.0, 30.0, 0.0, 30.0, 10.0, 20.0, 10.0]),
            ],
            ..Row::default()
        };
        let check = |places: &[f32], found| {
            let reading = |&x: &f32| Reading {
                text: "SN1".into(),
                centre: [x, 5.0],
            };
            let outcome = Outcome {
                readings: places.iter().map(reading).collect(),
                ..Outcome::default()
            };
            assert_eq!(seen(&row, "x", outcome).found, found, "{places:?}");
        };
        check(&[], 0);
        check(&[5.0], 1);
        check(&[5.0, 5.0], 1);
        check(&[5.0, 25.0], 2);
        check(&[15.0], 0);
    }

    #[test]
    fn a_wrong_text_does_not_read_a_photograph() {
        let check = |verdict, expected| {
            assert_eq!(
                shot_of("1", "x", &[("x", 1.0, verdict)]).is_read_by("x"),
                expected
            );
        };
        check(None, false);
        check(Some(Verdict::Wrong), false);
        check(Some(Verdict::Right), true);
        check(Some(Verdict::Garbled), true);
        check(Some(Verdict::Unconfirmed), true);
    }
}
