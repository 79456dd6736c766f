//! Messages that are spread over several QR codes.

use handover_scan::{Code, Decoder, Frame, LiveScanner, Part, Scanner, Set};
use image::{GrayImage, Luma};
use qrcodegen::{QrCode, QrCodeEcc, Version};

use crate::drawing::wall;

const MESSAGE: [&str; 3] = ["This is the first ", "part, Gr\u{fc}", "n the third."];

/// All bytes of the message, exclusive or.
fn parity() -> u8 {
    MESSAGE.concat().bytes().fold(0, |sum, byte| sum ^ byte)
}

/// A part as a picture: structured append, then bytes (ISO/IEC 18004, clause 8).
fn part(index: usize, parity: u8) -> GrayImage {
    const VERSION: u8 = 3;
    const CAPACITY: usize = 55;
    const MODULE: u32 = 4;
    let text = MESSAGE[index].as_bytes();
    let header = [
        0x30 | index as u8,
        (MESSAGE.len() as u8 - 1) << 4 | parity >> 4,
        parity << 4 | 4,
        text.len() as u8,
    ];
    let data = header.iter().chain(text).copied().chain([0]);
    let padding = [0xec, 0x11].into_iter().cycle();
    let data: Vec<u8> = data.chain(padding).take(CAPACITY).collect();
    let code = QrCode::encode_codewords(Version::new(VERSION), QrCodeEcc::Low, &data, None);
    let side = (code.size() as u32 + 8) * MODULE;
    GrayImage::from_fn(side, side, |x, y| {
        let [x, y] = [x, y].map(|at| (at / MODULE) as i32 - 4);
        Luma([if code.get_module(x, y) { 30 } else { 230 }])
    })
}

fn frame(picture: &GrayImage) -> Frame<'_> {
    let (width, height) = picture.dimensions();
    Frame::new(picture.as_raw(), width, height, width as usize).expect("it is whole")
}

/// The texts in order: of parts with their place among how many.
fn told(codes: &[Code]) -> Vec<(String, Option<(u8, u8)>)> {
    let place = |part: Part| (part.index, part.of);
    let told = codes
        .iter()
        .map(|code| (code.text.clone(), code.part.map(place)));
    let mut told: Vec<_> = told.collect();
    told.sort();
    told
}

#[test]
fn a_part_says_that_it_is_one() {
    let picture = wall((640, 480), &[(&part(1, 7), (100, 100))]);
    let codes = Scanner::default().decode(frame(&picture));
    assert_eq!(told(&codes), [(MESSAGE[1].to_owned(), Some((2, 3)))]);
    assert_eq!(codes[0].part.map(|part| part.set), Some(Set::Parity(7)));
    let json = serde_json::to_value(codes[0].part).expect("it serializes");
    let expected = serde_json::json!({ "index": 2, "of": 3, "parity": 7 });
    assert_eq!(json, expected);
}

#[test]
fn all_parts_in_a_picture_make_the_whole() {
    let check = |parity: u8, is_whole: bool| {
        let parts = [2, 0, 1].map(|index| part(index, parity));
        let places = [(20, 20), (220, 20), (420, 20)];
        let on_wall: Vec<_> = parts.iter().zip(places).collect();
        let picture = wall((640, 240), &on_wall);
        let codes = Scanner::default().decode(frame(&picture));
        let wholes: Vec<&Code> = codes.iter().filter(|code| code.part.is_none()).collect();
        assert_eq!(codes.len(), 3 + wholes.len());
        let texts: Vec<&str> = wholes.iter().map(|code| code.text.as_str()).collect();
        assert_eq!(
            texts.concat(),
            if is_whole {
                MESSAGE.concat()
            } else {
                String::new()
            }
        );
    };
    check(parity(), true);
    check(!parity(), false);
}

#[test]
fn all_parts_in_a_film_make_the_whole() {
    let mut live = LiveScanner::with_budget(1000.0);
    let mut wholes = Vec::new();
    for index in [0, 2, 1] {
        let picture = wall((640, 480), &[(&part(index, parity()), (100, 100))]);
        for _ in 0..3 {
            let codes = live.decode(frame(&picture));
            assert!(codes.iter().any(|code| code.text == MESSAGE[index]));
            wholes.extend(codes.into_iter().filter(|code| code.part.is_none()));
        }
        assert_eq!(wholes.is_empty(), index != 1);
    }
    assert!(wholes.iter().all(|code| code.text == MESSAGE.concat()));
}
