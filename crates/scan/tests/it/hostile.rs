//! Pictures that are hard on the scanner: what is counted stays within its bound, and a label among them is read.

use std::fs;
use std::path::Path;

use handover_hostile::{Canvas, LABEL, Worst, draw};
use handover_scan::{Decoder, Frame, LiveScanner, Report, Scanner, Stage, Stages};

/// A small picture: the bound grows with the pixels, and so does what a hostile picture holds.
const SIZE: (u32, u32) = (640, 480);

fn frame(canvas: &Canvas) -> Frame<'_> {
    let (width, height) = (canvas.width(), canvas.height());
    Frame::new(canvas.grey(), width, height, width as usize).expect("a canvas is whole")
}

/// Searches the picture, and checks the work that it took.
fn search(name: &str, canvas: &Canvas) -> Report {
    let report = Scanner::default().report(frame(canvas));
    let effort = report.stages.last().map_or(0, |stage| stage.effort);
    let pixels = u64::from(canvas.width()) * u64::from(canvas.height());
    let most = Scanner::most_effort(pixels, report.codes.len());
    assert!(!report.stages.is_empty(), "{name}: the search panicked");
    assert!(effort <= most, "{name}: {effort}, {most} are the most");
    report
}

#[test]
fn no_picture_takes_more_work_than_is_stated() {
    for worst in Worst::ALL {
        search(worst.name, &worst.picture(SIZE.0, SIZE.1));
    }
}

#[test]
fn narrow_strips_are_enlarged_up_to_a_bound() {
    // A finder pattern of single pixels, over and over: there is something to measure wherever it is enlarged.
    let work_of_enlarging = |height: u32| {
        const WIDTH: u32 = 200;
        let is_dark = |x: u32, y: u32| {
            let ring = x.abs_diff(3).max(y.abs_diff(3));
            ring < 4 && ring != 2
        };
        let pixel = |index: u32| {
            let (x, y) = (index % WIDTH % 20, index / WIDTH % 20);
            if is_dark(x, y) { 0 } else { 255 }
        };
        let grey: Vec<u8> = (0..WIDTH * height).map(pixel).collect();
        let frame = Frame::new(&grey, WIDTH, height, WIDTH as usize).expect("it is whole");
        let report = Scanner::new(Stages::NONE.with(Stage::Enlarged)).report(frame);
        report.stages.last().map_or(0, |stage| stage.effort)
    };
    assert!(work_of_enlarging(400) > 0);
    assert_eq!(work_of_enlarging(6000), 0);
}

#[test]
fn equal_pictures_take_equal_work() {
    let efforts = |worst: &Worst| {
        let report = search(worst.name, &worst.picture(320, 240));
        report
            .stages
            .iter()
            .map(|stage| stage.effort)
            .collect::<Vec<_>>()
    };
    for worst in Worst::ALL {
        assert_eq!(efforts(worst), efforts(worst), "{}", worst.name);
    }
}

/// Here hundreds of patterns fit together better than the label's own three.
const LOST: [&str; 4] = [
    "finder patterns of a pixel",
    "finder patterns of 2 pixels",
    "finder patterns of 3 pixels",
    "damaged version 1 L without quiet zones",
];

#[test]
fn a_label_among_them_is_read() {
    let is_missed = |worst: &&Worst| {
        if LOST.contains(&worst.name) {
            return false;
        }
        let report = search(worst.name, &worst.with_label(SIZE.0, SIZE.1, 4.0));
        report.codes.iter().all(|code| code.text != LABEL)
    };
    let missed: Vec<_> = Worst::ALL
        .iter()
        .filter(is_missed)
        .map(|worst| worst.name)
        .collect();
    assert_eq!(missed, [""; 0]);
}

#[test]
fn a_sheet_full_of_small_labels_is_read_to_its_end() {
    let sheet = Worst::ALL
        .iter()
        .find(|worst| worst.name == "whole version 1");
    let picture = sheet.expect("it is one of them").picture(1280, 720);
    // 25 columns and 14 rows are whole; a scanner keeps 700 finder patterns, of which three make a code.
    assert!(search("a sheet", &picture).codes.len() > 200);
}

#[test]
fn every_program_of_the_corpus_comes_to_an_end() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus/still");
    let mut count = 0;
    for entry in fs::read_dir(folder).expect("the corpus is committed") {
        let path = entry.expect("it is readable").path();
        let bytes = fs::read(&path).expect("it is readable");
        // The first byte is the distance of rows, which a canvas does not have.
        let canvas = draw(bytes.get(1..).unwrap_or_default(), 400);
        search(&path.display().to_string(), &canvas);
        count += 1;
    }
    assert!(count > 0, "the corpus is not empty");
}

#[test]
fn a_camera_that_sees_them_goes_on() {
    let mut scanner = LiveScanner::default();
    for worst in Worst::ALL {
        for _ in 0..2 {
            scanner.decode(frame(&worst.picture(SIZE.0, SIZE.1)));
        }
    }
    let label = Canvas::new(SIZE.0, SIZE.1, 255);
    assert_eq!(scanner.decode(frame(&label)).len(), 0);
}
