//! Ours: the decoders of still pictures and of a camera's frames, as the app and the program `handover` use them.

use handover_scan::{Code, Decoder, LiveScanner, Picture, Scanner, thread_cpu_ms};

use super::{InProcess, Peer, Reading, middle};

/// Our decoder of still pictures.
pub fn new() -> impl Peer {
    let mut decoder = Scanner::default();
    InProcess(move |picture: &Picture| readings(decoder.decode(picture.frame())))
}

/// Our decoder of frames.
pub fn live() -> impl Peer {
    Live(LiveScanner::default())
}

/// Our decoder of frames, shown each picture three times. Its time is that of the longest of the three.
pub fn three_frames() -> impl Peer {
    ThreeFrames(Live(LiveScanner::default()))
}

struct Live(LiveScanner);

impl Peer for Live {
    fn read(&mut self, picture: &Picture) -> (Vec<Reading>, f64) {
        thread_cpu_ms(|| readings(self.0.decode(picture.frame())))
    }

    fn begin_film(&mut self) {
        self.0 = LiveScanner::default();
    }
}

struct ThreeFrames<P>(P);

impl<P: Peer> Peer for ThreeFrames<P> {
    fn read(&mut self, picture: &Picture) -> (Vec<Reading>, f64) {
        self.0.begin_film();
        let (mut all, mut longest) = (Vec::<Reading>::new(), 0.0_f64);
        for _ in 0..3 {
            let (readings, ms) = self.0.read(picture);
            longest = longest.max(ms);
            for reading in readings {
                if all.iter().all(|known| known.text != reading.text) {
                    all.push(reading);
                }
            }
        }
        (all, longest)
    }
}

/// What our codes say, and where.
pub fn readings(codes: Vec<Code>) -> Vec<Reading> {
    let reading = |code: Code| Reading {
        centre: middle(code.corners),
        text: code.text,
    };
    codes.into_iter().map(reading).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_frames_are_one_film_and_each_text_counts_once() {
        let mut frames = 0;
        let peer = InProcess(move |_: &Picture| {
            frames += 1;
            let reading = |text: &str| Reading {
                text: text.into(),
                centre: [0.0; 2],
            };
            ["b", "a", "b"][..frames]
                .iter()
                .map(|text| reading(text))
                .collect()
        });
        let picture = Picture {
            width: 1,
            height: 1,
            grey: vec![0],
        };
        let (readings, _) = ThreeFrames(peer).read(&picture);
        let texts: Vec<_> = readings.into_iter().map(|reading| reading.text).collect();
        assert_eq!(texts, ["b", "a"]);
    }
}
