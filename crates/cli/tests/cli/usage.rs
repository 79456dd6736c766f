//! Wrong command lines, and help.

use crate::run::run;

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
    check(&["cloud"], "--data");
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
