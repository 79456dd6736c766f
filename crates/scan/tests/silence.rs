//! Alone in its process, because the panic hook is the process's. rqrr panics where overflow is checked: in debug builds.
#![cfg(debug_assertions)]

use std::panic;
use std::sync::atomic::{AtomicUsize, Ordering};

use handover_scan::{Decoder, Frame, Scanner};

static SAID: AtomicUsize = AtomicUsize::new(0);

/// A code whose finder patterns are so large that rqrr panics where arithmetic is checked, as in this build.
const MODULE: usize = 150;

#[test]
fn a_panic_within_the_decoder_is_not_heard_and_others_are() {
    let report = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        SAID.fetch_add(1, Ordering::SeqCst);
        report(panic);
    }));
    let code = fast_qr::QRBuilder::new("a").build().expect("it fits");
    let side = (code.size + 8) * MODULE;
    let pixel = |at: usize| {
        let module = |at: usize| (at / MODULE).wrapping_sub(4);
        let (row, column) = (module(at / side), module(at % side));
        let dark = row < code.size && column < code.size && code[row][column].value();
        if dark { 0 } else { 255 }
    };
    let pixels: Vec<u8> = (0..side * side).map(pixel).collect();
    let length = u32::try_from(side).expect("it is small");

    let heard = || SAID.load(Ordering::SeqCst);
    let whole = || {
        rqrr::PreparedImage::prepare_from_greyscale(side, side, |x, y| pixels[y * side + x])
            .detect_grids()
            .len()
    };
    assert!(panic::catch_unwind(whole).is_err(), "rqrr was mended");
    assert_eq!(heard(), 1);

    let frame = Frame::new(&pixels, length, length, side).expect("it is whole");
    assert_eq!(Scanner::default().decode(frame).len(), 1);
    assert_eq!(heard(), 1);

    assert!(panic::catch_unwind(|| panic!("another")).is_err());
    assert_eq!(heard(), 2);
}
