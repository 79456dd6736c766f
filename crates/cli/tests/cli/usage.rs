//! Wrong command lines, and help.

use crate::run::{argument, run};

#[test]
fn wrong_command_lines_end_with_2_and_say_why() {
    let check = |arguments: &[&str], said: &str| {
        let outcome = run(arguments);
        assert_eq!(outcome.status, 2, "{arguments:?}");
        assert!(outcome.err.contains(said), "{arguments:?}: {}", outcome.err);
    };
    check(&[], "Usage: handover");
    check(&["fly"], "unrecognized subcommand");
    check(&["explain"], "<TEXT>");
    check(&["scan"], "<FILE>");
    check(
        &["scan", "--camera", "0", "picture.png"],
        "cannot be used with",
    );
    check(&["claim", "sqr_x"], "--server");
    check(&["demo", "photo", "--out", "x.png"], "--qr");
    check(
        &[
            "demo", "photo", "--qr", "x", "--out", "x.png", "--size", "big",
        ],
        "WIDTHxHEIGHT",
    );
    check(
        &["demo", "film", "--qr", "x", "--out", "x", "--frames", "0"],
        "--frames",
    );
    check(
        &["me", "edit", "--language", "xx"],
        "[possible values: en, de]",
    );
    check(&["audit", "list", "--from", "soon"], "2026-11-28T10:00");
    check(&["cloud"], "--data");
    check(&["cloud", "migrate"], "--from");
}

/// A program reads the message as it was written, with its lines, after one decoding.
#[test]
fn wrong_command_lines_are_escaped_once_for_programs() {
    let outcome = run(&["devices", "list", "--sort", "height", "--json"]);
    assert_eq!(outcome.status, 2, "{}", outcome.err);
    assert_eq!(outcome.err.trim().lines().count(), 1);
    let error: serde_json::Value = serde_json::from_str(&outcome.err).expect("JSON");
    let message = error["error"]["message"].as_str().expect("a text");
    assert!(message.contains('\n'), "{message}");
    assert!(!message.contains("\\n"), "{message}");
}

#[test]
fn a_database_s_password_is_never_repeated() {
    let url = "mysql://ada:s3cret@db.example/handover";
    let check = |arguments: &[&str], said: &str| {
        let outcome = run(arguments);
        let told = outcome.out + &outcome.err;
        assert_eq!(outcome.status, 1, "{arguments:?}: {told}");
        assert!(told.contains(said), "{arguments:?}: {told}");
        assert!(!told.contains("s3cret"), "{arguments:?}: {told}");
    };
    let folder = tempfile::tempdir().expect("a folder");
    let folder = argument(folder.path());
    check(
        &[
            "cloud",
            "--data",
            folder,
            "--listen",
            "127.0.0.1:0",
            "--database",
            url,
        ],
        "--database: it does not begin with postgres://",
    );
    let migrate = ["cloud", "migrate", "--from", folder, "--to"];
    check(&[&migrate[..], &[url]].concat(), "--to: it does not begin");
    let url = "postgres://ada:s3cret@127.0.0.1:1/handover";
    check(&[&migrate[..], &[url]].concat(), "holds no database");
    check(
        &[
            "cloud",
            "--data",
            folder,
            "--listen",
            "127.0.0.1:0",
            "--database",
            url,
        ],
        "postgres://ada@127.0.0.1:1/handover: the database cannot be reached",
    );
}

#[test]
fn help_stands_alone() {
    let help = run(&["--help"]);
    assert_eq!(help.status, 0);
    for word in [
        "cloud",
        "scan",
        "explain",
        "claim",
        "devices",
        "camera",
        "demo",
        "Exit status",
    ] {
        assert!(help.out.contains(word), "{word} is missing from the help");
    }
    for command in [
        "cloud", "scan", "explain", "claim", "devices", "camera", "demo",
    ] {
        assert_eq!(run(&[command, "--help"]).status, 0, "{command}");
    }
}
