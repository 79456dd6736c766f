//! What is printed and photographed can be read, with the decoder that the app scans with.

use handover_label::{QrToken, claim_link};
use handover_print::{PrintError, captioned_png, captioned_svg, qr_luma, qr_png, qr_svg, scene};
use handover_scan::{Decoder, Frame, Scanner, read_picture};
use image::{DynamicImage, GrayImage, RgbImage};
use proptest::prelude::*;

fn decode(picture: &GrayImage) -> Vec<String> {
    let (width, height) = picture.dimensions();
    let frame = Frame::new(picture, width, height, width as usize).expect("a frame");
    let codes = Scanner::default().decode(frame);
    codes.into_iter().map(|code| code.text).collect()
}

fn decode_color(picture: RgbImage) -> Vec<String> {
    decode(&DynamicImage::from(picture).into_luma8())
}

fn token() -> QrToken {
    QrToken::from_entropy(*b"a label for every camera")
}

#[test]
fn every_photograph_can_be_read() {
    let address = "https://cloud.example/".parse().expect("a URL");
    let link = claim_link(&address, &token());
    // The link's code has smaller modules: the small picture is the harder one.
    for (text, sizes) in [
        (token().with_org(12), &[(1280, 720), (640, 480)][..]),
        (link, &[(640, 480)]),
    ] {
        let label = qr_luma(&text, 8).expect("a code");
        for &size in sizes {
            for seed in 0..20 {
                let photograph = scene::photograph(&label, seed, size);
                assert_eq!(photograph.dimensions(), size);
                assert_eq!(
                    decode_color(photograph),
                    [text.as_str()],
                    "seed {seed}, {size:?}"
                );
            }
        }
    }
}

#[test]
fn every_frame_of_a_film_can_be_read_and_none_is_like_another() {
    let label = qr_luma(token().expose(), 8).expect("a code");
    for seed in 0..3 {
        let frames: Vec<_> = scene::film(&label, seed, 10, (640, 480)).collect();
        assert_eq!(frames.len(), 10);
        for (number, pair) in frames.windows(2).enumerate() {
            assert_ne!(pair[0], pair[1], "seed {seed}, frame {number}");
        }
        for (number, frame) in frames.into_iter().enumerate() {
            assert_eq!(
                decode_color(frame),
                [token().expose()],
                "seed {seed}, frame {number}"
            );
        }
    }
}

#[test]
fn a_seed_gives_one_picture_and_another_seed_another() {
    let label = qr_luma("SN001", 4).expect("a code");
    let shoot = |seed| scene::photograph(&label, seed, (160, 120));
    assert_eq!(shoot(1), shoot(1));
    assert_ne!(shoot(1), shoot(2));
    let film = |seed| scene::film(&label, seed, 3, (160, 120)).collect::<Vec<_>>();
    assert_eq!(film(1), film(1));
    assert_eq!(film(1).len(), 3);
    assert_eq!(scene::film(&label, 1, 0, (160, 120)).count(), 0);
}

#[test]
fn odd_sizes_do_not_matter() {
    for (label, size) in [
        (GrayImage::new(0, 0), (10, 10)),
        (GrayImage::new(1, 1), (1, 1)),
        (GrayImage::new(300, 20), (40, 60)),
        (GrayImage::new(20, 20), (0, 0)),
        (GrayImage::new(20, 20), (0, 7)),
    ] {
        assert_eq!(scene::photograph(&label, 3, size).dimensions(), size);
    }
}

#[test]
fn a_png_is_read_back() {
    let png = qr_png(token().expose(), 4).expect("a code");
    let picture = read_picture(&png).expect("a picture");
    // Version 3 has 29 modules; four more on every side are the quiet zone.
    assert_eq!((picture.width, picture.height), (148, 148));
    let codes = Scanner::default().decode(picture.frame());
    assert_eq!(codes.len(), 1);
    assert_eq!(codes[0].text, token().expose());
}

#[test]
fn a_word_below_a_code_does_not_keep_it_from_being_read() {
    let png = captioned_png(token().expose(), "ABCD-1234", 8).expect("a picture");
    let picture = image::load_from_memory(&png)
        .expect("a picture")
        .into_luma8();
    let plain = qr_luma(token().expose(), 8).expect("a code");
    assert_eq!(picture.width(), plain.width());
    assert!(picture.height() > plain.height() + 30);
    assert_eq!(decode(&picture), [token().expose()]);
    let dark = |y: u32| (0..picture.width()).any(|x| picture.get_pixel(x, y).0[0] == 0);
    assert!((plain.height()..picture.height()).any(dark), "the word");
    assert!(!dark(picture.height() - 1), "a margin");
    let svg = captioned_svg(token().expose(), "ABCD-1234").expect("a code");
    assert!(
        svg.contains("transform=") && !svg.contains("ABCD"),
        "{svg:.300}"
    );
}

#[test]
fn an_svg_paints_its_own_white_and_runs_nothing() {
    let svg = qr_svg(token().expose()).expect("a code");
    assert!(svg.starts_with(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 37 37\" role=\"img\" aria-label=\"QR code\" shape-rendering=\"crispEdges\">"
    ));
    assert!(svg.contains("<path fill=\"#fff\" d=\"M0 0h37v37H0z\"/>"));
    for refused in ["script", "style", "href", "sqr_", "currentColor"] {
        assert!(!svg.contains(refused), "{refused}");
    }
}

/// Fills the rectangles of the SVG's dark path, as a browser does.
fn paint(svg: &str, side: u32) -> GrayImage {
    let mut picture = GrayImage::from_pixel(side, side, image::Luma([255]));
    let path = svg
        .split("<path fill=\"#000\" d=\"")
        .nth(1)
        .expect("a dark path");
    let path = path.split('"').next().expect("its end");
    for run in path.split_terminator('z') {
        let run = run.strip_prefix('M').expect("a start");
        let (start, rest) = run.split_once('h').expect("a length");
        let (x, y) = start.split_once(' ').expect("two numbers");
        let (length, rest) = rest.split_once('v').expect("a height");
        assert_eq!(rest, format!("1h-{length}"));
        let [x, y, length] = [x, y, length].map(|number| number.parse::<u32>().expect("a number"));
        for x in x..x + length {
            picture.put_pixel(x, y, image::Luma([0]));
        }
    }
    picture
}

#[test]
fn vector_and_pixels_are_the_same_code() {
    for text in [
        "SN001",
        "12345678901234567890",
        token().expose(),
        &"ä".repeat(500),
    ] {
        let pixels = qr_luma(text, 1).expect("a code");
        let svg = qr_svg(text).expect("a code");
        assert_eq!(paint(&svg, pixels.width()), pixels);
    }
}

#[test]
fn what_cannot_be_printed_is_refused() {
    assert!(matches!(qr_svg(""), Err(PrintError::Empty)));
    assert!(matches!(qr_png("", 4), Err(PrintError::Empty)));
    assert!(qr_svg(&"x".repeat(2331)).is_ok());
    let too_long = qr_svg(&"x".repeat(2332));
    assert!(matches!(too_long, Err(PrintError::TooLong { bytes: 2332 })));
    for module_px in [0, 500, u32::MAX] {
        let refused = qr_luma("SN001", module_px);
        assert!(
            matches!(refused, Err(PrintError::Size { .. })),
            "{module_px}"
        );
    }
    let error = qr_luma(token().expose(), 0).expect_err("no pixels");
    assert!(!format!("{error} {error:?}").contains(token().expose()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_text_is_printed_and_read_back(text in "[ -~]{1,120}|[0-9]{1,40}|[A-Z0-9 $%*+./:-]{1,60}|\\PC{1,40}") {
        let label = qr_luma(&text, 4).expect("a code");
        prop_assert_eq!(decode(&label), [text]);
    }
}
