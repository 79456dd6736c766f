//! Frames that are drawn, under clocks that are made up.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use fast_qr::{ECL, QRBuilder};

use super::*;
use crate::Picture;

/// A label on a grey wall, with modules of four pixels.
fn label() -> Picture {
    const MODULE: usize = 4;
    let code = QRBuilder::new("sqr_0123456789")
        .ecl(ECL::M)
        .build()
        .expect("the text fits a code");
    let (width, height) = (640, 480);
    let mut grey = vec![160; width * height];
    for (index, pixel) in grey.iter_mut().enumerate() {
        let at = [index % width, index / width].map(|at| at.checked_sub(200).map(|at| at / MODULE));
        if let [Some(column), Some(row)] = at
            && column < code.size + 8
            && row < code.size + 8
        {
            let inside = |at: usize| at.checked_sub(4).filter(|&at| at < code.size);
            let dark = match (inside(column), inside(row)) {
                (Some(column), Some(row)) => code[row][column].value(),
                _ => false,
            };
            *pixel = if dark { 20 } else { 240 };
        }
    }
    Picture {
        width: width as u32,
        height: height as u32,
        grey,
    }
}

/// A scanner under a clock that goes on by `step` milliseconds whenever it is asked, and how often it was.
fn under_clock(budget: f64, step: f64) -> (LiveScanner, Arc<AtomicU32>) {
    let asked = Arc::new(AtomicU32::new(0));
    let clock = Clock::new({
        let asked = Arc::clone(&asked);
        move || f64::from(asked.fetch_add(1, Ordering::Relaxed)) * step
    });
    (LiveScanner::with_clock(budget, clock), asked)
}

#[test]
fn a_label_is_read_while_there_is_time() {
    let label = label();
    let check = |budget, step, expected: usize| {
        let (mut scanner, _) = under_clock(budget, step);
        assert_eq!(
            scanner.decode(label.frame()).len(),
            expected,
            "{budget} {step}"
        );
    };
    check(8.0, 0.0, 1);
    check(8.0, 1.0, 1);
    // The quick look alone takes all of the time: a slow machine reads all the same.
    check(8.0, 10.0, 1);
}

#[test]
fn a_label_in_larger_frames_is_read_after_smaller_ones_that_took_no_time() {
    let (now, step) = (AtomicU32::new(0), Arc::new(AtomicU32::new(0)));
    let clock = Clock::new({
        let step = Arc::clone(&step);
        move || f64::from(now.fetch_add(step.load(Ordering::Relaxed), Ordering::Relaxed))
    });
    let mut scanner = LiveScanner::with_clock(8.0, clock);
    let small = vec![160; 64 * 64];
    for _ in 0..3 {
        let small = Frame::new(&small, 64, 64, 64).expect("it is whole");
        assert_eq!(scanner.decode(small), []);
    }
    step.store(10, Ordering::Relaxed);
    assert_eq!(scanner.decode(label().frame()).len(), 1);
}

#[test]
fn an_empty_frame_is_looked_at_in_every_way_while_there_is_time() {
    let empty = Picture {
        width: 640,
        height: 480,
        grey: vec![160; 640 * 480],
    };
    let (mut scanner, asked) = under_clock(8.0, 0.0);
    assert!(scanner.decode(empty.frame()).is_empty());
    let unhurried = asked.load(Ordering::Relaxed);
    let (mut scanner, asked) = under_clock(8.0, 10.0);
    assert!(scanner.decode(empty.frame()).is_empty());
    let hurried = asked.load(Ordering::Relaxed);
    // What is asked before and after the quick look, before the first turn, and at the end.
    assert!(unhurried > 2 * Turns::COUNT as u32, "{unhurried}");
    assert!(hurried < unhurried / 2, "{hurried} of {unhurried}");
    assert!(scanner.candidates().is_empty());
}

#[test]
fn a_label_that_is_read_is_no_candidate() {
    let (mut scanner, _) = under_clock(8.0, 0.0);
    for _ in 0..3 {
        assert_eq!(scanner.decode(label().frame()).len(), 1);
        assert!(scanner.candidates().is_empty());
    }
}
