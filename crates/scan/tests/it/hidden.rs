//! Codes of which one finder pattern is hidden, as by glare, a scratch or what stands before it.

use handover_scan::{Decoder, Frame, LiveScanner, Scanner, Stage, Stages};
use image::{GrayImage, Luma};

use crate::drawing::{QUIET, code, wall};

const TEXT: &str = "https://example.org/claim?token=1";

/// Pixels for a module.
const MODULE: u32 = 6;

/// A code on a wall with a round spot over one of its finder patterns, beside that one's middle.
fn spotted(corner: [bool; 2], brightness: u8) -> GrayImage {
    let mut code = code(TEXT, MODULE);
    let last = code.width() / MODULE - QUIET;
    let spot = corner.map(|is_far| (if is_far { last - 3 } else { QUIET + 3 } + 1) as f32);
    for (x, y, pixel) in code.enumerate_pixels_mut() {
        let [u, v] = [x, y].map(|at| (at as f32 + 0.5) / MODULE as f32);
        if (u - spot[0]).hypot(v - spot[1]) < 2.2 {
            *pixel = Luma([brightness]);
        }
    }
    wall((640, 480), &[(&code, (200, 100))])
}

fn frame(picture: &GrayImage) -> Frame<'_> {
    let (width, height) = picture.dimensions();
    Frame::new(picture.as_raw(), width, height, width as usize).expect("it is whole")
}

fn texts(decoder: &mut impl Decoder, picture: &GrayImage) -> Vec<String> {
    let codes = decoder.decode(frame(picture));
    codes.into_iter().map(|code| code.text).collect()
}

const CORNERS: [[bool; 2]; 3] = [[false, false], [true, false], [false, true]];

#[test]
fn a_code_with_a_spot_on_one_finder_pattern_is_read() {
    let stages = Stages::NONE.with(Stage::Size640).with(Stage::Plain);
    let mut with = Scanner::new(stages.with(Stage::Hidden));
    let mut without = Scanner::new(stages);
    for corner in CORNERS {
        let light = spotted(corner, 255);
        assert_eq!(texts(&mut with, &light), [TEXT], "{corner:?}");
        assert_eq!(texts(&mut without, &light), [""; 0], "{corner:?}");
        let dark = spotted(corner, 0);
        assert_eq!(texts(&mut Scanner::default(), &dark), [TEXT], "{corner:?}");
    }
}

#[test]
fn a_camera_sees_it_too() {
    for corner in CORNERS {
        let picture = spotted(corner, 255);
        let mut live = LiveScanner::with_budget(1000.0);
        let read = (0..10).any(|_| texts(&mut live, &picture) == [TEXT]);
        assert!(read, "{corner:?}");
    }
}
