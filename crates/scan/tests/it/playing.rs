//! A film in the live view, from the files to the events.

use std::sync::mpsc;
use std::time::Duration;

use handover_scan::LiveScanner;
use handover_scan::film::Film;
use handover_scan::live::{Live, LiveEvent, MAX_PREVIEW_SIDE, Seen};

use crate::drawing::{code, wall};

/// Failing tests end; passing ones never come near.
const LIMIT: Duration = Duration::from_secs(60);

#[test]
fn a_film_of_labels_is_shown_and_read() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let size = (1280, 720);
    for (name, text) in [("1.png", "first"), ("2.jpg", "second"), ("3.png", "third")] {
        let picture = wall(size, &[(&code(text, 8), (500, 200))]);
        picture
            .save(folder.path().join(name))
            .expect("the folder is writable");
    }
    let film = Film::open(folder.path()).expect("all are pictures");
    let (sender, events) = mpsc::channel();
    let live = Live::start(film, Box::new(LiveScanner::default()), move |event| {
        // The test ends before the film.
        let _ = sender.send(event);
    });
    let event = events.recv_timeout(LIMIT);
    assert!(matches!(event, Ok(LiveEvent::Live(_))), "{event:?}");
    let first = live.frame_after(0, LIMIT).expect("a frame comes");
    let later = live.frame_after(first.sequence, LIMIT).expect("another");
    assert!(later.sequence > first.sequence);
    assert_eq!((later.width, later.height), (MAX_PREVIEW_SIDE, 540));
    assert_eq!(later.rgba.len(), 960 * 540 * 4);
    let mut missing = vec!["first", "second", "third"];
    while !missing.is_empty() {
        let event = events.recv_timeout(LIMIT).expect("the film plays on");
        let LiveEvent::Seen(seen) = event else {
            panic!("{event:?}");
        };
        let Seen {
            width,
            height,
            codes,
            ..
        } = seen;
        assert_eq!((width, height), (960, 540));
        for code in codes {
            missing.retain(|text| *text != code.text);
            // 500 + 4 modules of 8 pixels, at three quarters of the size.
            let off = code.corners[0][0] - 532.0 * 0.75;
            assert!(off.abs() < 4.0, "{code:?}");
        }
    }
    live.stop();
}
