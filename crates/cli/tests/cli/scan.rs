//! `handover scan`.

use std::fs;
use std::path::{Path, PathBuf};

use image::{DynamicImage, GrayImage, ImageFormat, Luma};
use tempfile::TempDir;

use crate::run::{argument, run, run_with_input};

const TOKEN: &str = "sqr_0123456789abcdefghijklmnopqrstu-";

fn label(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    fs::write(
        &path,
        handover_print::qr_png(text, 6).expect("the text fits"),
    )
    .expect("it is written");
    path
}

fn file(folder: &Path, name: &str, content: &[u8]) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, content).expect("it is written");
    path
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("there is room for a folder")
}

#[test]
fn every_file_gets_a_line() {
    let folder = folder();
    let ours = label(folder.path(), "ours.png", TOKEN);
    let foreign = label(folder.path(), "foreign.png", "https://example.com/Grüße 🌱");
    let blank = folder.path().join("blank.webp");
    DynamicImage::ImageLuma8(GrayImage::from_pixel(64, 64, Luma([200])))
        .save_with_format(&blank, ImageFormat::WebP)
        .expect("it is written");
    let files = [&ours, &foreign, &blank].map(|path| argument(path));
    let outcome = run(&[&["scan", "--json"][..], &files].concat());
    assert_eq!(outcome.status, 0, "{}", outcome.err);
    let lines = outcome.lines();
    for (line, file) in lines.iter().zip(files) {
        assert_eq!(line["file"], file);
        assert!(line["ms"].as_f64().is_some_and(|ms| ms >= 0.0));
        assert!(line.get("error").is_none());
    }
    assert_eq!(lines[0]["codes"][0]["text"], TOKEN);
    assert_eq!(lines[0]["codes"][0]["label"]["format"], "qr_token");
    let corners = lines[0]["codes"][0]["corners"]
        .as_array()
        .expect("corners are a list");
    assert_eq!(corners.len(), 4);
    assert_eq!(lines[1]["codes"][0]["text"], "https://example.com/Grüße 🌱");
    assert_eq!(lines[1]["codes"][0]["label"]["format"], "text");
    assert_eq!(lines[2]["codes"].as_array().map(Vec::len), Some(0));
}

#[test]
fn bad_files_get_a_clear_answer_and_the_good_ones_are_read_all_the_same() {
    let folder = folder();
    let good = label(folder.path(), "good.png", TOKEN);
    let whole = fs::read(&good).expect("it was just written");
    let rows = [
        (file(folder.path(), "empty.png", b""), "empty_picture"),
        (
            file(folder.path(), "truncated.png", &whole[..whole.len() / 2]),
            "broken_picture",
        ),
        (
            file(folder.path(), "head.png", &whole[..20]),
            "broken_picture",
        ),
        (
            file(folder.path(), "huge.png", &png_header(30_000, 30_000)),
            "picture_too_large",
        ),
        (file(folder.path(), "none.png", &png_header(0, 0)), ""),
        (
            file(folder.path(), "paper.png", b"%PDF-1.7\n1 0 obj\n"),
            "unknown_picture",
        ),
        (
            file(folder.path(), "Grüße 🌱.png", b"not a picture"),
            "unknown_picture",
        ),
        (folder.path().join("missing.png"), "unreadable_file"),
        (folder.path().to_path_buf(), "unreadable_file"),
    ];
    let mut arguments = vec!["scan", "--json"];
    arguments.extend(rows.iter().map(|(path, _)| argument(path)));
    arguments.push(argument(&good));
    let outcome = run(&arguments);
    assert_eq!(outcome.status, 1, "{}", outcome.err);
    let lines = outcome.lines();
    assert_eq!(lines.len(), rows.len() + 1);
    for (line, (path, code)) in lines.iter().zip(&rows) {
        assert_eq!(line["file"], argument(path));
        let error = &line["error"];
        assert!(
            error["message"]
                .as_str()
                .is_some_and(|text| text.ends_with('.')),
            "{error}"
        );
        // Which of two faults a picture without a single pixel has is the codec's to say.
        assert!(
            code.is_empty() || error["code"] == *code,
            "{}: {error}",
            path.display()
        );
    }
    assert_eq!(lines[rows.len()]["codes"][0]["text"], TOKEN);
}

#[test]
fn the_smallest_picture_is_no_fault() {
    let folder = folder();
    let path = folder.path().join("dot.png");
    GrayImage::from_pixel(1, 1, Luma([0]))
        .save(&path)
        .expect("it is written");
    let outcome = run(&["scan", argument(&path)]);
    assert_eq!(outcome.status, 0, "{}", outcome.err);
    assert!(outcome.out.contains("no code"), "{}", outcome.out);
}

#[test]
fn people_read_words_and_a_label_cannot_steer_their_terminal() {
    let folder = folder();
    let path = label(folder.path(), "label.png", "\u{1b}[2J boo");
    let outcome = run(&["scan", argument(&path)]);
    assert!(outcome.out.contains("1 code"), "{}", outcome.out);
    assert!(outcome.out.contains("\\u{1b}[2J boo"), "{}", outcome.out);
    assert!(!outcome.out.contains('\u{1b}'));
}

#[test]
fn a_film_plays_as_a_camera() {
    let folder = folder();
    label(folder.path(), "frame-1.png", TOKEN);
    let camera = format!("film:{}", argument(folder.path()));
    let outcome = run(&["scan", "--json", "--camera", &camera]);
    assert_eq!(outcome.status, 0, "{}", outcome.err);
    let last = outcome.lines().pop().expect("something was printed");
    assert_eq!(last["codes"][0]["text"], TOKEN);
}

/// A PNG that promises this many pixels and has none.
fn png_header(width: u32, height: u32) -> Vec<u8> {
    let mut size = [width.to_be_bytes(), height.to_be_bytes()].concat();
    size.extend([8, 0, 0, 0, 0]);
    let parts = [
        chunk(b"IHDR", &size),
        chunk(b"IDAT", &[]),
        chunk(b"IEND", &[]),
    ];
    [b"\x89PNG\r\n\x1a\n".to_vec(), parts.concat()].concat()
}

/// A chunk of a PNG: length, kind, content, checksum.
fn chunk(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len()).expect("chunks here are small");
    let body = [kind, content].concat();
    [
        &length.to_be_bytes(),
        &body[..],
        &crc32(&body).to_be_bytes(),
    ]
    .concat()
}

/// The checksum of PNG's chunks (ISO 3309).
fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, byte: &u8| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ (0xedb8_8320 * (crc & 1))
        })
    };
    !bytes.iter().fold(u32::MAX, step)
}

#[test]
fn stages_are_named_switched_and_explained() {
    let folder = folder();
    let ours = argument(&label(folder.path(), "ours.png", TOKEN)).to_owned();
    let scan = |options: &[&str]| run(&[&["scan"][..], options, &[ours.as_str()]].concat());

    let explained = scan(&["--json", "--explain"]).lines().remove(0);
    let by = &explained["codes"][0]["by"];
    assert_eq!(by[1], "plain", "{explained}");
    let stages = explained["stages"].as_array().expect("each stage is told");
    assert!(
        stages
            .iter()
            .any(|stage| stage["stage"] == by[0] && stage["read"] == 1)
    );
    assert!(explained["stages"][0]["ms"].as_f64().is_some());
    assert!(scan(&["--explain"]).out.contains("read by plain"));

    let codes = |options: &[&str]| {
        let line = scan(&[&["--json"][..], options].concat()).lines().remove(0);
        line["codes"].as_array().map(Vec::len)
    };
    assert_eq!(codes(&["--stages", "640,plain"]), Some(1));
    assert_eq!(
        codes(&["--stages", "640"]),
        Some(0),
        "nothing reads what is seen"
    );
    assert_eq!(codes(&["--stages", "rqrr"]), Some(1));
    assert_eq!(codes(&["--without", "rqrr,net"]), Some(1));

    let unknown = scan(&["--stages", "640p"]);
    assert_ne!(unknown.status, 0);
    assert!(unknown.err.contains("mean-320"), "{}", unknown.err);
}

#[test]
fn stages_that_read_nothing_are_told() {
    let folder = folder();
    let ours = label(folder.path(), "ours.png", TOKEN);
    let outcome = run(&["scan", "--stages", "640", argument(&ours)]);
    assert!(
        outcome.err.contains("there will be no codes"),
        "{}",
        outcome.err
    );
    let outcome = run(&["scan", "--stages", "640,plain", argument(&ours)]);
    assert_eq!(outcome.err, "");
}

#[test]
fn a_camera_that_is_not_there_is_an_error_and_not_waited_for() {
    let outcome = run(&["scan", "--camera", "nope"]);
    assert_ne!(outcome.status, 0);
    assert!(outcome.err.contains("camera"), "{}", outcome.err);
}

#[test]
fn what_is_wrong_with_a_file_that_can_be_read_is_told() {
    let folder = folder();
    let picture = handover_print::qr_png(TOKEN, 6).expect("the text fits");
    let picture = image::load_from_memory(&picture)
        .expect("it is a picture")
        .into_rgb8();
    let mut jpeg = std::io::Cursor::new(Vec::new());
    picture
        .write_to(&mut jpeg, ImageFormat::Jpeg)
        .expect("memory takes all");
    let jpeg = jpeg.into_inner();
    let mut gif = Vec::new();
    {
        let mut encoder = image::codecs::gif::GifEncoder::new(&mut gif);
        for _ in 0..2 {
            let frame = DynamicImage::ImageRgb8(picture.clone()).into_rgba8();
            encoder
                .encode_frame(image::Frame::new(frame))
                .expect("memory takes all");
        }
    }
    let rows: [(&str, &[u8], Option<&str>); 3] = [
        ("whole.jpg", &jpeg, None),
        ("cut.jpg", &jpeg[..jpeg.len() - 40], Some("cut_off")),
        ("moving.gif", &gif, Some("first_of_many")),
    ];
    for (name, bytes, note) in rows {
        let path = file(folder.path(), name, bytes);
        let outcome = run(&["scan", "--json", argument(&path)]);
        let line = outcome.lines().remove(0);
        assert_eq!(line["codes"][0]["text"], TOKEN, "{name}");
        assert_eq!(
            line.get("note").and_then(|note| note.as_str()),
            note,
            "{name}"
        );
    }
}

#[test]
fn bytes_that_are_not_the_text_are_printed_beside_it() {
    let folder = folder();
    let latin = bytes(b"Gr\xfc\xdfe");
    let path = folder.path().join("latin.png");
    latin.save(&path).expect("it is written");
    let line = run(&["scan", "--json", argument(&path)]).lines().remove(0);
    let code = &line["codes"][0];
    assert_eq!(code["text"], "Grüße");
    assert_eq!(code["raw"], "R3L832U=");
    assert_eq!(code["fidelity"], "guessed");
    let outcome = run(&["scan", argument(&path)]);
    assert!(
        outcome.out.contains("character set guessed"),
        "{}",
        outcome.out
    );
    let plain = label(folder.path(), "plain.png", TOKEN);
    let line = run(&["scan", "--json", argument(&plain)]).lines().remove(0);
    assert!(line["codes"][0].get("raw").is_none());
    assert!(line["codes"][0].get("fidelity").is_none());
}

#[test]
fn files_can_be_the_frames_of_a_film() {
    let folder = folder();
    let ours = label(folder.path(), "1.png", TOKEN);
    let broken = file(folder.path(), "2.png", b"no picture");
    let again = label(folder.path(), "3.png", TOKEN);
    let files = [&ours, &broken, &again].map(|path| argument(path));
    let outcome = run(&[&["scan", "--live", "--json"][..], &files].concat());
    assert_eq!(outcome.status, 1, "one file is no picture");
    let lines = outcome.lines();
    assert_eq!(lines[0]["codes"][0]["text"], TOKEN);
    assert_eq!(lines[1]["error"]["code"], "unknown_picture");
    assert_eq!(lines[2]["codes"][0]["text"], TOKEN);
}

/// A QR code of these bytes, of which it states no character set.
fn bytes(bytes: &[u8]) -> GrayImage {
    use qrcodegen::{QrCode, QrCodeEcc};
    let code = QrCode::encode_binary(bytes, QrCodeEcc::Medium).expect("they fit");
    drawn(&code)
}

fn drawn(code: &qrcodegen::QrCode) -> GrayImage {
    let side = (code.size() as u32 + 8) * 6;
    GrayImage::from_fn(side, side, |x, y| {
        let [x, y] = [x, y].map(|at| (at / 6) as i32 - 4);
        Luma([if code.get_module(x, y) { 0 } else { 255 }])
    })
}

#[test]
fn a_part_of_a_message_is_told() {
    use qrcodegen::{QrCode, QrCodeEcc, Version};
    let folder = folder();
    // Structured append: the second part of three, parity 0xab; then two bytes (ISO/IEC 18004, clause 8).
    let data = [
        0x31, 0x2a, 0xb4, 0x02, b'S', b'N', 0, 0xec, 0x11, 0xec, 0x11, 0xec, 0x11, 0xec, 0x11,
        0xec, 0x11, 0xec, 0x11,
    ];
    let code = QrCode::encode_codewords(Version::new(1), QrCodeEcc::Low, &data, None);
    let path = folder.path().join("part.png");
    drawn(&code).save(&path).expect("it is written");
    let line = run(&["scan", "--json", argument(&path)]).lines().remove(0);
    let expected = serde_json::json!({ "index": 2, "of": 3, "parity": 0xab });
    assert_eq!(line["codes"][0]["part"], expected, "{line}");
    assert_eq!(line["codes"][0]["label"]["format"], "text");
    let outcome = run(&["scan", argument(&path)]);
    assert!(outcome.out.contains("part 2 of 3"), "{}", outcome.out);
}

#[test]
fn standard_input_is_a_file() {
    let picture = handover_print::qr_png(TOKEN, 6).expect("the text fits");
    let outcome = run_with_input(&["scan", "--json", "-"], &picture);
    let line = outcome.lines().remove(0);
    assert_eq!(line["codes"][0]["text"], TOKEN);
    assert_eq!(line["file"], "-");
}
