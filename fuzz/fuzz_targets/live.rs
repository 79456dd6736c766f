//! Drawn pictures as frames of one camera. The first byte says how many, the second how many milliseconds each may take.

#![no_main]

use handover_hostile::draw;
use handover_scan::{Decoder, Frame, LiveScanner};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let [frames, budget, programs @ ..] = bytes else {
        return;
    };
    let frames = 1 + usize::from(frames % 6);
    let mut scanner = LiveScanner::with_budget(f64::from(budget % 16));
    for program in programs.chunks(programs.len().div_ceil(frames).max(1)) {
        let canvas = draw(program, 320);
        // A still hand shows the same twice.
        for _ in 0..2 {
            let (width, height) = (canvas.width(), canvas.height());
            let frame = Frame::new(canvas.grey(), width, height, width as usize)
                .expect("a canvas is whole");
            scanner.decode(frame);
            assert!(scanner.candidates().len() <= 64, "candidates are bounded");
        }
    }
});
