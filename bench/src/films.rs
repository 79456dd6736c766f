//! Films of moving labels: how soon is the label read, and at what cost?

use handover_print::scene::{self, Script, Subject};
use handover_scan::Picture;
use image::GrayImage;
use serde::Serialize;

use crate::options::Scan;
use crate::peers::Contestant;
use crate::photos::take_turns;

/// Grey frames in the order in which a camera would give them, and what the label in them says.
pub struct Film {
    /// What makes this film hard, and what the label says.
    pub name: String,
    /// The label's text; none where there is no label.
    pub text: Option<String>,
    /// The frames.
    pub frames: Box<dyn Iterator<Item = Picture>>,
}

/// What the decoders made of one film.
#[derive(Debug, Serialize)]
pub struct FilmResult {
    /// The film.
    pub name: String,
    /// How many frames were shown; fewer than it has where everybody read it before its end.
    pub shown: usize,
    /// By decoder, in the order of the line-up.
    pub decoders: Vec<FirstRead>,
}

/// How soon a decoder read a film, and what that cost.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FirstRead {
    /// The decoder.
    pub decoder: &'static str,
    /// The number of the first frame that is read, counted from 1.
    pub frame: Option<usize>,
    /// For each frame up to that one, milliseconds of processor time.
    pub ms: Vec<f64>,
    /// Texts that are not the label's.
    pub wrong: usize,
}

/// The films that the scanner was tuned on.
const SEED: u64 = 7;

/// The films that are measured, made one after the other: one of each difficulty, or all four.
pub fn films(options: &Scan) -> impl Iterator<Item = Film> {
    const TAKES: usize = 4;
    let all = options.all_films;
    let is_shown = move |number: usize| all || number % TAKES == number / TAKES % TAKES;
    let scripts = scene::films(seed(options)).into_iter().enumerate();
    scripts
        .filter(move |(number, _)| is_shown(*number))
        .map(|(_, script)| Film::of(script))
}

/// Films without a label, all of them: each has a texture of its own, and what a frame costs differs more between textures
/// than between decoders.
pub fn empty_films(options: &Scan) -> impl Iterator<Item = Film> {
    scene::empty_films(seed(options)).into_iter().map(Film::of)
}

fn seed(options: &Scan) -> u64 {
    options.seed.unwrap_or(SEED)
}

impl Film {
    fn of(script: Script) -> Self {
        let frames = script.shoot().expect("the built-in texts fit into codes");
        Self {
            frames: Box::new(frames.map(|shot| grey(shot.picture))),
            text: match script.subject {
                Subject::Label(text, _) => Some(text),
                Subject::Nothing(_) => None,
            },
            name: script.name,
        }
    }
}

/// A grey picture as decoders get it.
pub fn grey(picture: GrayImage) -> Picture {
    Picture {
        width: picture.width(),
        height: picture.height(),
        grey: picture.into_raw(),
    }
}

/// Shows every film to everybody, until all have read it.
pub fn measure(
    films: impl Iterator<Item = Film>,
    options: &Scan,
    line_up: &mut [Contestant],
) -> Vec<FilmResult> {
    let wanted = |film: &Film| film.name.contains(&options.only);
    films
        .filter(wanted)
        .map(|film| show(film, line_up))
        .collect()
}

fn show(film: Film, line_up: &mut [Contestant]) -> FilmResult {
    let mut decoders: Vec<FirstRead> = line_up.iter().map(|c| FirstRead::none(c.name)).collect();
    line_up.iter_mut().for_each(Contestant::begin_film);
    let mut shown = 0;
    for frame in film.frames {
        if decoders.iter().all(|first| first.frame.is_some()) {
            break;
        }
        shown += 1;
        let done: Vec<&str> = decoders
            .iter()
            .filter(|first| first.frame.is_some())
            .map(|first| first.decoder)
            .collect();
        let outcomes = take_turns(line_up, shown, |contestant| {
            let is_done = done.contains(&contestant.name);
            (!is_done).then(|| contestant.read(&frame, 1))
        });
        for (first, (_, outcome)) in decoders.iter_mut().zip(outcomes) {
            let Some(outcome) = outcome else { continue };
            let texts = outcome.readings.iter().map(|reading| reading.text.as_str());
            first.look(texts, outcome.ms, film.text.as_deref());
        }
    }
    FilmResult {
        name: film.name,
        shown,
        decoders,
    }
}

impl FirstRead {
    fn none(decoder: &'static str) -> Self {
        Self {
            decoder,
            frame: None,
            ms: Vec::new(),
            wrong: 0,
        }
    }

    fn look<'a>(&mut self, texts: impl Iterator<Item = &'a str>, ms: f64, expected: Option<&str>) {
        self.ms.push(ms);
        for text in texts {
            if expected == Some(text) {
                self.frame = Some(self.ms.len());
            } else {
                self.wrong += 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use handover_print::qr_luma;

    use super::*;
    use crate::peers;

    #[test]
    fn the_first_read_ends_the_count() {
        let mut first = FirstRead::none("x");
        first.look([].into_iter(), 2.0, Some("SN1"));
        first.look(["SN2"].into_iter(), 2.0, Some("SN1"));
        first.look(["SN1"].into_iter(), 3.0, Some("SN1"));
        let expected = FirstRead {
            decoder: "x",
            frame: Some(3),
            ms: vec![2.0, 2.0, 3.0],
            wrong: 1,
        };
        assert_eq!(first, expected);
        first.look(["SN1"].into_iter(), 3.0, None);
        assert_eq!((first.frame, first.wrong), (Some(3), 2));
    }

    #[test]
    fn a_film_is_shown_until_it_is_read() {
        let label = qr_luma("SN1", 4).expect("a code");
        let dark = GrayImage::new(64, 64);
        let frames = [dark.clone(), dark.clone(), label, dark];
        let film = Film {
            name: "x".into(),
            text: Some("SN1".into()),
            frames: Box::new(frames.into_iter().map(grey)),
        };
        let result = show(film, &mut peers::film_line_up(&Scan::default()));
        assert_eq!((result.shown, result.decoders[0].frame), (3, Some(3)));
    }

    #[test]
    fn each_difficulty_is_shown_once_or_all_films_are() {
        let check = |all_films, expected| {
            let options = Scan {
                all_films,
                ..Scan::default()
            };
            assert_eq!(films(&options).count(), expected);
        };
        check(false, 12);
        check(true, 48);
    }
}
