//! `handover explain`.

use crate::run::{run, run_with_input};

const TOKEN: &str = "sqr_0123456789abcdefghijklmnopqrstu-";

#[test]
fn every_text_gets_a_line_with_its_readings() {
    let texts = [
        (TOKEN, "qr_token", true),
        ("sqr_0123456789abcdefghijklmnopqrstu-+1", "qr_token", true),
        (
            "https://cloud.example/claim#sqr_0123456789abcdefghijklmnopqrstu-",
            "claim_link",
            true,
        ),
        ("352656106118683", "imei", true),
        ("Größe 7", "serial", true),
        ("Grüße 🌱 \u{202e}", "text", false),
        ("", "text", false),
    ];
    let mut arguments = vec!["explain", "--json", "--"];
    arguments.extend(texts.map(|(text, _, _)| text));
    let outcome = run(&arguments);
    assert_eq!(outcome.status, 0, "{}", outcome.err);
    let lines = outcome.lines();
    assert_eq!(lines.len(), texts.len());
    for (line, (text, format, claimable)) in lines.iter().zip(texts) {
        let best = &line["readings"][0];
        let readings = line["readings"].as_array().expect("readings are a list");
        let found = readings.iter().find(|reading| reading["format"] == format);
        let found = found.unwrap_or_else(|| panic!("{text:?} is {best}, not {format}"));
        assert_eq!(found["claimable"], claimable, "{text:?}");
        assert!(
            best["reason"].is_string() && best["identity"].is_object(),
            "{text:?}"
        );
    }
}

#[test]
fn no_secret_is_printed() {
    for text in [
        TOKEN,
        &TOKEN[4..],
        &format!("https://cloud.example/claim#{TOKEN}"),
    ] {
        for arguments in [vec!["explain", text], vec!["explain", "--json", text]] {
            let outcome = run(&arguments);
            assert_eq!(outcome.status, 0);
            assert!(!outcome.out.contains("456789abcdef"), "{}", outcome.out);
            assert!(outcome.err.is_empty(), "{}", outcome.err);
        }
    }
}

#[test]
fn a_text_can_come_from_standard_input() {
    let outcome = run_with_input(&["explain", "--json", "-"], format!("{TOKEN}\n").as_bytes());
    assert_eq!(outcome.lines()[0]["readings"][0]["format"], "qr_token");
}

#[test]
fn long_texts_are_refused_and_nothing_crashes() {
    let check = |length: usize, is_refused: bool| {
        let outcome = run_with_input(&["explain", "--json", "-"], "7".repeat(length).as_bytes());
        assert_eq!(outcome.status, 0, "{length}: {}", outcome.err);
        let best = outcome.lines()[0]["readings"][0].clone();
        assert_eq!(best["format"], "text", "{length}");
        let reason = best["reason"].as_str().expect("a reason is a text");
        assert_eq!(reason.contains("long"), is_refused, "{length}: {reason}");
    };
    check(4096, false);
    check(4097, true);
    check(1024 * 1024, true);
}

#[test]
fn control_characters_do_not_reach_the_terminal() {
    let outcome = run(&["explain", "SN\u{1b}[31m-00000000000000000001"]);
    assert!(!outcome.out.contains('\u{1b}'), "{:?}", outcome.out);
}

#[test]
fn what_has_no_checksum_is_not_called_checked() {
    let check = |text: &str, is_checked: bool| {
        let outcome = run(&["explain", text]);
        assert_eq!(
            outcome.out.contains(": checked"),
            is_checked,
            "{}",
            outcome.out
        );
    };
    check("352656106118683", true);
    check("4A:33:54:68:C9:F1", false);
    check("LW:D0:1122334455667788:AABBCCDDEEFF0011:AABB1122", false);
    check(
        "LW:D0:1122334455667788:AABBCCDDEEFF0011:AABB1122:OAABBCCDDEEFF:SYYWWNNNNNN:PFOOBAR:CAF2C",
        true,
    );
}
