//! `handover explain`.

use serde_json::{Value, json};

use crate::run::{run, run_with_input};

const TOKEN: &str = "sqr_0123456789abcdefghijklmnopqrstu-";
const TR005: &str =
    "LW:D0:1122334455667788:AABBCCDDEEFF0011:AABB1122:OAABBCCDDEEFF:SYYWWNNNNNN:PFOOBAR:CAF2C";

#[test]
fn every_text_gets_a_line_with_its_readings() {
    let yes = Some(true);
    let texts = [
        (TOKEN, "qr_token", yes, true),
        (
            "sqr_0123456789abcdefghijklmnopqrstu-+1",
            "qr_token",
            yes,
            true,
        ),
        (
            "https://cloud.example/claim#sqr_0123456789abcdefghijklmnopqrstu-",
            "claim_link",
            yes,
            true,
        ),
        (
            "handover://claim#sqr_0123456789abcdefghijklmnopqrstu-",
            "claim_link",
            yes,
            true,
        ),
        (&TOKEN[4..], "auth_token", None, true),
        ("SN 0001", "serial", None, true),
        ("4a-33-54-68-c9-f1", "eui48", None, true),
        ("4A:33:54:68:K9:F1", "eui48", Some(false), false),
        ("70b3d57ed0000001", "eui64", None, true),
        ("352656106118683", "imei", yes, true),
        (TR005, "lorawan_tr005", yes, true),
        ("Größe 7", "serial", None, true),
        ("Grüße 🌱 \u{202e}", "text", None, false),
        ("", "text", None, false),
    ];
    let mut arguments = vec!["explain", "--json", "--"];
    arguments.extend(texts.map(|(text, ..)| text));
    let outcome = run(&arguments);
    assert_eq!(outcome.status, 0, "{}", outcome.err);
    let lines = outcome.lines();
    assert_eq!(lines.len(), texts.len());
    for (line, (text, format, valid, claimable)) in lines.iter().zip(texts) {
        let best = line["readings"][0].as_object().expect("a reading");
        assert_eq!(best["format"], format, "{text:?}");
        assert_eq!(best["valid"], json!(valid), "{text:?}");
        assert_eq!(best["claimable"], claimable, "{text:?}");
        assert_eq!(best.contains_key("why"), valid == Some(false), "{text:?}");
        assert!(best["reason"].is_string(), "{text:?}");
        let identity = best["identity"].as_object().expect("an object");
        assert!(identity.values().all(Value::is_string), "{text:?}");
        assert_eq!(identity.is_empty(), !claimable, "{text:?}");
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
