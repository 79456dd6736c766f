use handover_scan::{Code, Decoder, Frame, Scanner, thread_cpu_ms};
use image::{GrayImage, Luma, imageops};
use proptest::prelude::*;

use crate::drawing::{QUIET, code, wall};

const TEXT: &str = "sqr_0123456789abcdefghijABCDEFGHIJ-_";

fn decode(picture: &GrayImage) -> Vec<Code> {
    let (width, height) = picture.dimensions();
    let frame = Frame::new(picture.as_raw(), width, height, width as usize).expect("it is whole");
    Scanner::default().decode(frame)
}

fn texts(picture: &GrayImage) -> Vec<String> {
    let mut texts: Vec<_> = decode(picture).into_iter().map(|code| code.text).collect();
    texts.sort();
    texts
}

fn inverted(mut picture: GrayImage) -> GrayImage {
    imageops::invert(&mut picture);
    picture
}

#[test]
fn every_code_in_the_picture_is_read_once() {
    let (a, b, c) = (code("a", 5), code("b", 6), inverted(code("c", 5)));
    let check = |picture: GrayImage, expected: &[&str]| assert_eq!(texts(&picture), expected);
    check(wall((1, 1), &[]), &[]);
    check(wall((640, 480), &[]), &[]);
    check(a.clone(), &["a"]);
    check(c.clone(), &["c"]);
    check(
        wall((640, 480), &[(&a, (20, 30)), (&b, (300, 200))]),
        &["a", "b"],
    );
    check(
        wall((640, 480), &[(&a, (20, 30)), (&c, (300, 200))]),
        &["a", "c"],
    );
    // Two equal labels are two codes.
    check(
        wall((640, 480), &[(&a, (20, 30)), (&a, (300, 200))]),
        &["a", "a"],
    );
    check(
        wall((640, 480), &[(&c, (20, 30)), (&c, (300, 200))]),
        &["c", "c"],
    );
}

/// Finder patterns beside and below each other, so many each way.
fn field(count: u32, module: u32) -> GrayImage {
    let pattern = 9 * module;
    GrayImage::from_fn(count * pattern, count * pattern, |x, y| {
        // Rings around the middle of a pattern, from the inside: the dark core, light, dark, light.
        let away = |at: u32| (at % pattern / module).abs_diff(4);
        let dark = matches!(away(x).max(away(y)), 0 | 1 | 3);
        Luma([if dark { 0 } else { 255 }])
    })
}

#[test]
fn a_field_of_finder_patterns_comes_to_an_end() {
    // A decoder that tries every three of these patterns takes minutes.
    let check = |picture: GrayImage| assert_eq!(texts(&picture), [""; 0]);
    check(field(40, 3));
    check(inverted(field(40, 3)));
}

#[test]
fn bytes_and_text_come_as_they_were_encoded() {
    let check = |bytes: &[u8], text: &str| {
        let [found] = <[Code; 1]>::try_from(decode(&code(bytes, 4))).expect("there is one code");
        assert_eq!((found.raw.as_slice(), found.text.as_str()), (bytes, text));
    };
    check(TEXT.as_bytes(), TEXT);
    check(b"0123456789", "0123456789");
    check(b"SN-12345", "SN-12345");
    check("Gerät ✓".as_bytes(), "Gerät ✓");
    check(b"Ger\xe4t", "Gerät");
    check(&[0, 1, 0xff], "\0\u{1}ÿ");
}

/// The corners of a code at this place of the wall, in clockwise order from the code's own top left, after it was turned
/// by so many quarters clockwise.
fn expected_corners(side: f32, (x, y): (f32, f32), quarters: usize) -> [[f32; 2]; 4] {
    let mut corners = [[x, y], [x + side, y], [x + side, y + side], [x, y + side]];
    corners.rotate_left(quarters);
    corners
}

#[test]
fn corners_are_the_codes_own_whichever_way_it_is_turned() {
    let module = 6;
    let check = |text: &str, quarters: usize, invert: bool| {
        let mut label = code(text, module);
        for _ in 0..quarters {
            label = imageops::rotate90(&label);
        }
        let picture = wall((640, 480), &[(&label, (100, 50))]);
        let picture = if invert { inverted(picture) } else { picture };
        let [found] = <[Code; 1]>::try_from(decode(&picture)).expect("there is one code");
        let quiet = (QUIET * module) as f32;
        let side = (label.width() - 2 * QUIET * module) as f32;
        let expected = expected_corners(side, (100.0 + quiet, 50.0 + quiet), quarters);
        for (corner, expected) in found
            .corners
            .as_flattened()
            .iter()
            .zip(expected.as_flattened())
        {
            let off = (corner - expected).abs();
            assert!(
                off <= module as f32 / 2.0,
                "{text} {quarters} {invert}: {:?}",
                found.corners
            );
        }
    };
    for quarters in 0..4 {
        for invert in [false, true] {
            check("a", quarters, invert);
            check(TEXT, quarters, invert);
        }
    }
}

/// The finder patterns are so large that rqrr's arithmetic overflows; it reads the code in the smaller picture.
#[test]
fn a_code_that_fills_a_photograph_is_read() {
    let label = code("a", 150);
    assert_eq!(label.width(), 4350);
    let small = inverted(code("b", 5));
    let picture = wall((4600, 4600), &[(&label, (100, 200)), (&small, (2, 2))]);
    let mut found = decode(&picture);
    found.sort_by(|a, b| a.text.cmp(&b.text));
    let [a, b] = <[Code; 2]>::try_from(found).expect("there are two codes");
    assert_eq!((a.text.as_str(), b.text.as_str()), ("a", "b"));
    let expected = expected_corners(3150.0, (700.0, 800.0), 0);
    for (corner, expected) in a.corners.as_flattened().iter().zip(expected.as_flattened()) {
        assert!((corner - expected).abs() < 75.0, "{:?}", a.corners);
    }
}

#[test]
fn the_bytes_between_rows_are_not_pixels() {
    let label = code(TEXT, 5);
    let (width, height) = label.dimensions();
    let stride = width as usize + 13;
    let mut padded = vec![77; stride * height as usize];
    for (row, pixels) in padded.chunks_exact_mut(stride).zip(label.rows()) {
        for (byte, pixel) in row.iter_mut().zip(pixels) {
            *byte = pixel.0[0];
        }
    }
    let frame = Frame::new(&padded, width, height, stride).expect("it is whole");
    let found = Scanner::default().decode(frame);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].text, TEXT);
}

#[test]
fn the_time_of_decoding_is_this_threads_own() {
    let label = code(TEXT, 10);
    let (found, ms) = thread_cpu_ms(|| decode(&label));
    assert_eq!(found.len(), 1);
    assert!(ms > 0.0);
    let (_, waiting) = thread_cpu_ms(|| ());
    assert!(waiting < ms);
}

/// Pieces of codes at random places, as rqrr's assertions dislike them.
fn debris() -> impl Strategy<Value = GrayImage> {
    let piece = (
        0..90_u32,
        0..90_u32,
        1..90_u32,
        1..90_u32,
        0..200_u32,
        0..200_u32,
        any::<bool>(),
    );
    (2..7_u32, prop::collection::vec(piece, 1..12)).prop_map(|(module, pieces)| {
        let whole = code(TEXT, module);
        let mut wall = wall((220, 220), &[]);
        for (x, y, width, height, to_x, to_y, turn) in pieces {
            let piece = imageops::crop_imm(&whole, x, y, width, height).to_image();
            let piece = if turn {
                imageops::rotate90(&piece)
            } else {
                piece
            };
            imageops::replace(&mut wall, &piece, to_x.into(), to_y.into());
        }
        wall
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_was_encoded_is_read(content in prop::collection::vec(any::<u8>(), 1..200)) {
        let found = decode(&code(content.clone(), 4));
        prop_assert_eq!(found.len(), 1);
        prop_assert_eq!(&found[0].raw, &content);
    }

    #[test]
    fn debris_is_no_reason_to_panic(picture in debris()) {
        decode(&picture);
    }

    #[test]
    fn noise_is_no_reason_to_panic(pixels in prop::collection::vec(any::<u8>(), 64 * 48)) {
        decode(&GrayImage::from_raw(64, 48, pixels).expect("the size fits"));
    }
}
