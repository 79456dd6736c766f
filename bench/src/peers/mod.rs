//! Those that are measured: ours, and behind the feature `peers` the others.

mod contain;
mod ours;
#[cfg(feature = "peers")]
mod quircs;
#[cfg(feature = "peers")]
mod rqrr;
#[cfg(feature = "peers")]
mod rxing;
mod wechat;
#[cfg(feature = "peers")]
mod zxing_cpp;

#[cfg(not(feature = "peers"))]
use handover_scan::Symbology;
use handover_scan::{Picture, thread_cpu_ms};
use serde::Serialize;

use crate::options::Scan;
use contain::contain;
pub use ours::readings;

/// The name that our decoder has in every table.
pub const OURS: &str = "handover";
/// The one whose times ours are compared with.
pub const YARDSTICK: &str = "zxing-cpp";

/// The text of a code whose decoder says that it read it, but not what.
pub const NO_TEXT: &str = "\u{fffd}";

/// A text, and where it was read.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reading {
    /// What the code says.
    pub text: String,
    /// The middle of the code as `[x, y]` in pixels of the picture.
    pub centre: [f32; 2],
}

/// What a decoder made of one picture.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Outcome {
    /// Every text that is not empty.
    pub readings: Vec<Reading>,
    /// Milliseconds of processor time.
    pub ms: f64,
    /// Whether it panicked.
    pub panicked: bool,
}

/// A decoder that is measured.
pub trait Peer {
    /// Reads the picture, and says how many milliseconds of processor time that took.
    fn read(&mut self, picture: &Picture) -> (Vec<Reading>, f64);

    /// Forgets what it saw: the next picture is the first of another film.
    fn begin_film(&mut self) {}
}

/// A decoder in this process: it is timed around its call.
struct InProcess<F>(F);

impl<F: FnMut(&Picture) -> Vec<Reading>> Peer for InProcess<F> {
    fn read(&mut self, picture: &Picture) -> (Vec<Reading>, f64) {
        thread_cpu_ms(|| (self.0)(picture))
    }
}

/// A decoder with its name, which is made anew after a panic.
pub struct Contestant {
    /// Its name in tables.
    pub name: &'static str,
    make: Box<dyn Fn() -> Box<dyn Peer>>,
    peer: Box<dyn Peer>,
}

impl Contestant {
    fn new<P: Peer + 'static>(name: &'static str, make: impl Fn() -> P + 'static) -> Self {
        let make = Box::new(move || -> Box<dyn Peer> { Box::new(make()) });
        let peer = make();
        Self { name, make, peer }
    }

    /// Reads the picture so many times and keeps the least time.
    pub fn read(&mut self, picture: &Picture, times: u32) -> Outcome {
        let mut best = self.read_once(picture);
        for _ in 1..times {
            best.ms = best.ms.min(self.read_once(picture).ms);
        }
        best
    }

    /// The next picture begins a film.
    pub fn begin_film(&mut self) {
        self.peer.begin_film();
    }

    fn read_once(&mut self, picture: &Picture) -> Outcome {
        let (outcome, ms) = thread_cpu_ms(|| contain(|| self.peer.read(picture)));
        match outcome {
            Ok((mut readings, ms)) => {
                readings.retain(|reading| !reading.text.is_empty());
                Outcome {
                    readings,
                    ms,
                    panicked: false,
                }
            }
            Err(_) => {
                self.peer = (self.make)();
                Outcome {
                    ms,
                    panicked: true,
                    ..Outcome::default()
                }
            }
        }
    }
}

/// The decoders that were asked for and are there, ours first. Says on standard error which are missing and why.
pub fn line_up(options: &Scan) -> Vec<Contestant> {
    beside(Contestant::new(OURS, ours::new), options, |_| true)
}

/// Ours as it reads a camera's frames, beside zxing-cpp on every frame, or beside those that were named.
pub fn film_line_up(options: &Scan) -> Vec<Contestant> {
    let is_meant = |name: &str| name == YARDSTICK || !options.decoders.is_empty();
    beside(Contestant::new(OURS, ours::live), options, is_meant)
}

/// Ours as it reads three frames of a camera that are alike, beside the others on one.
pub fn three_frames_line_up(options: &Scan) -> Vec<Contestant> {
    let is_meant = |name: &str| name == YARDSTICK || !options.decoders.is_empty();
    beside(Contestant::new(OURS, ours::three_frames), options, is_meant)
}

/// Ours for still pictures, beside zxing-cpp for every symbology that ours reads.
pub fn symbol_line_up(options: &Scan) -> Vec<Contestant> {
    let mut all = vec![Contestant::new(OURS, ours::new)];
    #[cfg(feature = "peers")]
    all.push(Contestant::new(YARDSTICK, zxing_cpp::every_symbology));
    all.retain(|contestant| is_wanted(contestant, options));
    all
}

/// The modules of a symbol, row by row; one row of bars. None without the feature `peers`: zxing-cpp draws them.
#[cfg(not(feature = "peers"))]
pub fn modules(_: Symbology, _: &str) -> Option<Vec<Vec<bool>>> {
    None
}

#[cfg(feature = "peers")]
pub use zxing_cpp::modules;

fn is_wanted(contestant: &Contestant, options: &Scan) -> bool {
    let mut names = options.decoders.iter();
    options.decoders.is_empty() || names.any(|name| contestant.name.contains(name.as_str()))
}

fn beside(ours: Contestant, options: &Scan, is_meant: impl Fn(&str) -> bool) -> Vec<Contestant> {
    let mut all = vec![ours];
    if options.peers {
        all.extend(others());
        match wechat::new(options) {
            Ok(wechat) => all.push(wechat),
            Err(reason) => eprintln!("WeChatQRCode is not measured: {reason}"),
        }
        all.retain(|contestant| contestant.name == OURS || is_meant(contestant.name));
    }
    all.retain(|contestant| is_wanted(contestant, options));
    all
}

#[cfg(not(feature = "peers"))]
fn others() -> Vec<Contestant> {
    eprintln!("built without the feature `peers`: no other decoder in this process is measured");
    Vec::new()
}

#[cfg(feature = "peers")]
fn others() -> Vec<Contestant> {
    vec![
        Contestant::new(YARDSTICK, zxing_cpp::new),
        Contestant::new("rxing", rxing::plain),
        Contestant::new("rxing filtered", rxing::filtered),
        Contestant::new("rqrr", rqrr::new),
        Contestant::new("quircs", quircs::new),
    ]
}

/// The text of a code whose decoder gives bytes alone, by the rule that our own decoder follows.
#[cfg(feature = "peers")]
fn text_of(bytes: Vec<u8>) -> String {
    handover_scan::Code::new(bytes, [[0.0; 2]; 4]).text
}

/// The mean of some points.
fn middle(points: impl IntoIterator<Item = [f32; 2]>) -> [f32; 2] {
    let mut count = 0.0_f32;
    let mut sum = [0.0; 2];
    for [x, y] in points {
        sum = [sum[0] + x, sum[1] + y];
        count += 1.0;
    }
    sum.map(|sum: f32| sum / count.max(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decoder_that_panics_has_read_nothing_and_goes_on() {
        let make = || {
            let mut calls = 0;
            InProcess(move |picture: &Picture| {
                calls += 1;
                assert!(picture.width > 1, "too small for it");
                let text = ["", "SN1"].map(|text| Reading {
                    text: text.into(),
                    centre: [0.0; 2],
                });
                text[..calls.min(2)].to_vec()
            })
        };
        let picture = |width: u32| Picture {
            width,
            height: 1,
            grey: vec![0; width as usize],
        };
        let mut contestant = Contestant::new("x", make);
        let mut check = |width, texts: usize, panicked| {
            let outcome = contestant.read(&picture(width), 1);
            assert_eq!(
                (outcome.readings.len(), outcome.panicked),
                (texts, panicked)
            );
        };
        // The first text is empty, so it does not count.
        check(2, 0, false);
        check(2, 1, false);
        check(1, 0, true);
        // Made anew: it counts from one.
        check(2, 0, false);
    }

    #[test]
    fn the_middle_is_the_mean() {
        assert_eq!(middle([[0.0, 2.0], [4.0, 4.0]]), [2.0, 3.0]);
        assert_eq!(middle([]), [0.0, 0.0]);
    }

    #[test]
    fn ours_reads_a_label() {
        let label = handover_print::qr_luma("SN001", 4).expect("a label");
        let picture = Picture {
            width: label.width(),
            height: label.height(),
            grey: label.into_raw(),
        };
        let outcome = line_up(&Scan::default())[0].read(&picture, 2);
        assert_eq!(outcome.readings.len(), 1);
        assert_eq!(outcome.readings[0].text, "SN001");
    }
}
