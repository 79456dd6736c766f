//! What the live scanner says about labels that it cannot read yet: the hint must be the one that helps.

use handover_print::scene::{Difficulty, Wording, empty_films, films, still};
use handover_scan::{Code, Decoder, Frame, Hint, LiveScanner};
use image::{GrayImage, Luma, imageops};

/// Frames until a hint has to be there: a quarter of a second.
const FRAMES: usize = 8;

/// What is read, and what is said: about a candidate, or else about the whole picture.
fn see(frames: impl Iterator<Item = GrayImage>) -> (Vec<Code>, Option<Hint>) {
    // Slow machines must say the same.
    let mut scanner = LiveScanner::with_budget(1_000.0);
    let mut codes = Vec::new();
    for picture in frames {
        let (width, height) = picture.dimensions();
        let frame = Frame::new(&picture, width, height, width as usize).expect("a frame");
        codes.extend(scanner.decode(frame));
    }
    let candidate = scanner.candidates().first().map(|candidate| candidate.hint);
    (codes, candidate.or(scanner.hint()))
}

/// A label that is easy to read, and its module's length in pixels.
fn easy(seed: u64) -> (GrayImage, f32) {
    let text = Wording::ALL[0].text(seed);
    let shot = still(&text, Difficulty::Easy, seed, (1280, 720)).expect("it fits");
    (shot.picture, shot.symbols[0].module_px())
}

fn held_still(picture: &GrayImage) -> impl Iterator<Item = GrayImage> {
    std::iter::repeat_n(picture.clone(), FRAMES)
}

/// What a camera sees that moves to the right by so many pixels while a frame is exposed, and from one to the next.
fn moving(picture: &GrayImage, way: u32) -> impl Iterator<Item = GrayImage> {
    (0..FRAMES as u32).map(move |frame| {
        GrayImage::from_fn(picture.width(), picture.height(), |x, y| {
            let seen = (0..way).map(|step| {
                let x = (x + frame * way + step).min(picture.width() - 1);
                u32::from(picture.get_pixel(x, y).0[0])
            });
            Luma([(seen.sum::<u32>() / way) as u8])
        })
    })
}

#[test]
fn a_label_that_cannot_be_read_gets_the_hint_that_helps() {
    for seed in 1..=2 {
        let (picture, module) = easy(seed);
        let check = |frames: &mut dyn Iterator<Item = GrayImage>, expected| {
            let (codes, hint) = see(frames);
            assert!(codes.is_empty(), "seed {seed}: {expected:?} was read");
            assert_eq!(hint, Some(expected), "seed {seed}");
        };
        let [width, height] = [1280.0, 720.0].map(|side: f32| (side / module) as u32);
        // Modules of one pixel, as a camera that sharpens shows them.
        let far = imageops::resize(&picture, width, height, imageops::FilterType::Nearest);
        check(&mut held_still(&far), Hint::Closer);
        check(
            &mut held_still(&imageops::fast_blur(&picture, module)),
            Hint::Blurred,
        );
        check(
            &mut moving(&picture, (5.0 * module) as u32),
            Hint::HoldStill,
        );
    }
}

#[test]
fn a_label_under_a_lamp_is_to_be_tilted() {
    let glare = films(1)
        .into_iter()
        .find(|film| film.name == "glare-token-2");
    let shots = glare.expect("the film is there").shoot().expect("it fits");
    let (codes, hint) = see(shots.take(FRAMES).map(|shot| shot.picture));
    assert!(codes.is_empty());
    assert_eq!(hint, Some(Hint::Glare));
}

#[test]
fn nothing_is_said_where_there_is_no_label_and_where_it_is_read() {
    let (picture, _) = easy(1);
    let (codes, hint) = see(held_still(&picture));
    assert_eq!((codes.len(), hint), (FRAMES, None));
    let plain = ["wood", "cardboard", "concrete", "page", "shelf"];
    let is_plain = |name: &str| plain.iter().any(|material| name.contains(material));
    for film in empty_films(1)
        .into_iter()
        .filter(|film| is_plain(&film.name))
    {
        let shots = film.shoot().expect("there is no text");
        let (_, hint) = see(shots.skip(20).take(FRAMES).map(|shot| shot.picture));
        assert!(
            matches!(hint, None | Some(Hint::Blurred | Hint::HoldStill)),
            "{}",
            film.name
        );
    }
}
