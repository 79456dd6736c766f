//! Films of moving labels: how soon is the label read, and at what cost?

use handover_print::{qr_luma, scene};
use handover_scan::Picture;
use image::{DynamicImage, RgbImage};
use serde::Serialize;

use crate::options::Scan;
use crate::peers::Contestant;
use crate::photos::take_turns;

/// Grey frames in the order in which a camera would give them, and what the label in them says.
pub struct Film {
    /// What makes this film hard, and its seed.
    pub name: String,
    /// The label's text.
    pub text: String,
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
    /// Frames that it looked at.
    pub looked: usize,
    /// Milliseconds of processor time over all these frames.
    pub ms: f64,
    /// Texts that are not the label's.
    pub wrong: usize,
}

/// The films that are measured, made one after the other.
pub fn films() -> impl Iterator<Item = Film> {
    (0..8).map(hand_held)
}

/// A label in a hand that moves slowly, as the demonstration shows it.
fn hand_held(seed: u64) -> Film {
    const FRAMES: usize = 30;
    let text = format!("https://cloud.example/c/sqr_film_{seed:016}");
    let label = qr_luma(&text, 8).expect("the text fits into a code");
    // The scene borrows the label, which does not outlive this function.
    let frames: Vec<Picture> = scene::film(&label, seed, FRAMES, (1280, 720))
        .map(grey)
        .collect();
    Film {
        name: format!("hand-held {seed}"),
        text,
        frames: Box::new(frames.into_iter()),
    }
}

/// A colour picture as decoders get it.
pub fn grey(picture: RgbImage) -> Picture {
    let grey = DynamicImage::from(picture).into_luma8();
    Picture {
        width: grey.width(),
        height: grey.height(),
        grey: grey.into_raw(),
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
            first.look(texts, outcome.ms, &film.text);
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
            looked: 0,
            ms: 0.0,
            wrong: 0,
        }
    }

    fn look<'a>(&mut self, texts: impl Iterator<Item = &'a str>, ms: f64, expected: &str) {
        self.looked += 1;
        self.ms += ms;
        for text in texts {
            if text == expected {
                self.frame = Some(self.looked);
            } else {
                self.wrong += 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::peers;

    #[test]
    fn the_first_read_ends_the_count() {
        let mut first = FirstRead::none("x");
        first.look([].into_iter(), 2.0, "SN1");
        first.look(["SN2"].into_iter(), 2.0, "SN1");
        first.look(["SN1"].into_iter(), 3.0, "SN1");
        let expected = FirstRead {
            decoder: "x",
            frame: Some(3),
            looked: 3,
            ms: 7.0,
            wrong: 1,
        };
        assert_eq!(first, expected);
    }

    #[test]
    fn a_film_is_shown_until_it_is_read() {
        let label = qr_luma("SN1", 4).expect("a code");
        let dark = RgbImage::new(64, 64);
        let frames = [
            dark.clone(),
            dark.clone(),
            DynamicImage::from(label).into_rgb8(),
            dark,
        ];
        let film = Film {
            name: "x".into(),
            text: "SN1".into(),
            frames: Box::new(frames.into_iter().map(grey)),
        };
        let result = show(film, &mut peers::line_up(&Scan::default()));
        assert_eq!((result.shown, result.decoders[0].frame), (3, Some(3)));
    }
}
