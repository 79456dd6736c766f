//! `handover demo`.

use std::fs;

use handover_print::qr_png;

use crate::run::{argument, run};

const TOKEN: &str = "sqr_0123456789abcdefghijklmnopqrstu-";

#[test]
fn the_journey_ends_with_a_claimed_device() {
    let outcome = run(&["demo", "journey"]);
    assert_eq!(outcome.status, 0, "{}", outcome.err);
    let new: Vec<_> = outcome
        .out
        .lines()
        .filter(|line| line.starts_with("new "))
        .collect();
    assert_eq!(new.len(), 1, "{}", outcome.out);
    assert!(new[0].contains("Green Farm"), "{}", outcome.out);
    assert!(
        outcome.out.contains("handover cloud --data DIR --demo"),
        "{}",
        outcome.out
    );
}

#[test]
fn a_photograph_can_be_scanned() {
    let folder = tempfile::tempdir().expect("there is room for a folder");
    let photo = folder.path().join("photo.jpg");
    let outcome = run(&[
        "demo",
        "photo",
        "--qr",
        TOKEN,
        "--size",
        "960x720",
        "--out",
        argument(&photo),
    ]);
    assert_eq!(outcome.status, 0, "{}", outcome.err);
    let read = run(&["scan", "--json", argument(&photo)]);
    assert_eq!(read.lines()[0]["codes"][0]["text"], TOKEN);
}

#[test]
fn a_film_is_a_folder_or_a_file_of_pictures() {
    let folder = tempfile::tempdir().expect("there is room for a folder");
    let make = |out: &str| {
        let arguments = [
            "demo", "film", "--qr", TOKEN, "--size", "480x360", "--frames", "3", "--out", out,
        ];
        let outcome = run(&arguments);
        assert_eq!(outcome.status, 0, "{}", outcome.err);
    };
    let frames = folder.path().join("film");
    make(argument(&frames));
    let mut names: Vec<_> = fs::read_dir(&frames)
        .expect("it is a folder")
        .map(|entry| entry.expect("it can be listed").file_name())
        .collect();
    names.sort();
    assert_eq!(
        names,
        ["frame-00000.jpg", "frame-00001.jpg", "frame-00002.jpg"]
    );

    let file = folder.path().join("film.mjpeg");
    make(argument(&file));
    let bytes = fs::read(&file).expect("it is a file");
    let start_of_image = [0xff, 0xd8, 0xff];
    assert_eq!(
        bytes
            .windows(3)
            .filter(|window| *window == start_of_image)
            .count(),
        3
    );
}

#[test]
fn a_folder_without_a_demo_is_told() {
    let folder = tempfile::tempdir().expect("there is room for a folder");
    let data = argument(folder.path());
    let out = folder.path().join("x.png");
    let photo = ["demo", "photo", "--data", data, "--out", argument(&out)];
    let check = |content: Option<&str>, said: &str| {
        if let Some(content) = content {
            fs::write(folder.path().join("demo.json"), content).expect("it is written");
        }
        let outcome = run(&photo);
        assert_eq!(outcome.status, 1);
        assert!(outcome.err.contains(said), "{}", outcome.err);
    };
    check(None, "demo.json");
    check(Some("{"), "not the description of a demo");
    check(Some(r#"{"users":[],"tokens":[]}"#), "0 unclaimed labels");
}

#[test]
fn pictures_that_cannot_be_made_are_told() {
    let check = |arguments: &[&str], said: &str| {
        let outcome = run(&[&["demo", "photo"], arguments].concat());
        assert_eq!(outcome.status, 1, "{arguments:?}");
        assert!(outcome.err.contains(said), "{arguments:?}: {}", outcome.err);
    };
    check(&["--qr", "", "--out", "x.png"], "no text");
    check(
        &["--qr", &"7".repeat(8_000), "--out", "x.png"],
        "does not fit",
    );
    check(
        &["--qr", "x", "--size", "16x16", "--out", "/nowhere/x.png"],
        "cannot be written",
    );
    assert!(qr_png("x", 1).is_ok(), "a short text does fit");
}
