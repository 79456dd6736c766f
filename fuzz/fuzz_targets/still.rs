//! A drawn picture, whose rows lie as far apart as the first byte says, as a still picture.

#![no_main]

use handover_hostile::draw;
use handover_scan::{Frame, Scanner};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some((&padding, program)) = bytes.split_first() else {
        return;
    };
    let canvas = draw(program, 400);
    let (width, height) = (canvas.width(), canvas.height());
    let (pixels, stride) = canvas.padded(padding.into());
    let frame = Frame::new(&pixels, width, height, stride).expect("a canvas is whole");
    let report = Scanner::default().report(frame);
    let effort = report.stages.last().map_or(0, |stage| stage.effort);
    let most = Scanner::most_effort(u64::from(width) * u64::from(height), report.codes.len());
    assert!(effort <= most, "{effort} where {most} is the most");
});
