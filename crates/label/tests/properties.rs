//! What holds for every text.

use handover_label::{AuthToken, Eui64, Extension, LorawanLabel, QrToken, claim, explain, mask};
use proptest::prelude::*;

/// Texts that come near to labels: their own words, and anything between them.
fn near_labels() -> impl Strategy<Value = String> {
    let words = prop::sample::select(vec![
        "sqr_",
        "+1",
        "+",
        "https://",
        "http://",
        "handover://",
        "localhost",
        "claim",
        "/claim",
        "#",
        "LW:D0:",
        "1122334455667788",
        ":C",
        ":O",
        ":",
        "-",
        ".",
        "4A",
        "352656106118683",
        "WIFI:",
        "é",
        "\u{202e}",
        "\0",
        " ",
    ]);
    let word = prop_oneof![4 => words.prop_map(str::to_owned), 1 => ".{0,20}"];
    prop::collection::vec(word, 0..20).prop_map(|words| words.concat())
}

/// Everything that may be shown or logged about a text, in one.
fn shown(text: &str) -> String {
    let readings = explain(text);
    let json = serde_json::to_string(&readings).expect("readings serialize");
    format!("{json} {readings:?} {:?} {}", claim(text), mask(text))
}

fn debug(value: &impl std::fmt::Debug) -> String {
    format!("{value:?}")
}

/// Whether five characters of the secret stand somewhere in a row.
fn leaks(shown: &str, secret: &str) -> bool {
    secret
        .as_bytes()
        .windows(5)
        .any(|window| shown.as_bytes().windows(5).any(|other| other == window))
}

fn check_any(text: &str) -> Result<(), TestCaseError> {
    let readings = explain(text);
    prop_assert!(!readings.is_empty());
    prop_assert_eq!(
        claim(text).is_some(),
        readings.iter().any(|reading| reading.claimable)
    );
    for reading in &readings {
        prop_assert_eq!(reading.why.is_some(), reading.valid == Some(false));
        prop_assert!(!(reading.claimable && reading.valid == Some(false)));
        prop_assert!(reading.reason.ends_with('.'));
    }
    let mut formats: Vec<_> = readings.iter().map(|reading| reading.format).collect();
    formats.sort();
    formats.dedup();
    prop_assert_eq!(formats.len(), readings.len(), "one reading for each format");
    mask(text);
    Ok(())
}

proptest! {
    #[test]
    fn any_text_is_explained(text in ".{0,200}") {
        check_any(&text)?;
    }

    #[test]
    fn any_text_near_a_label_is_explained(text in near_labels()) {
        check_any(&text)?;
    }

    #[test]
    fn no_qr_token_is_shown(entropy: [u8; 24], before in near_labels(), after in near_labels()) {
        let token = QrToken::from_entropy(entropy);
        let secret = &token.expose()[4..];
        prop_assert!(!leaks(&debug(&token), secret));
        prop_assert!(!leaks(&shown(token.expose()), secret));
        let text = format!("{before}{}{after}", token.expose());
        prop_assert!(!leaks(&shown(&text), secret), "{text}");
    }

    #[test]
    fn no_auth_token_is_shown(entropy: [u8; 24]) {
        let token = AuthToken::from_entropy(entropy);
        prop_assert!(!leaks(&debug(&token), token.expose()));
        prop_assert!(!leaks(&shown(token.expose()), token.expose()));
    }

    #[test]
    fn no_owner_token_is_shown(eui: [u8; 8], owner in "[G-Z]{8,30}", cut in 0_usize..20) {
        let label = LorawanLabel {
            join_eui: Eui64([0; 8]),
            dev_eui: Eui64(eui),
            profile_id: [0; 4],
            owner_token: Extension::new(&owner),
            serial: None,
            proprietary: None,
        };
        let text = label.print();
        prop_assert!(!leaks(&debug(&label), &owner));
        prop_assert!(!leaks(&shown(&text[..text.len() - cut]), &owner));
    }
}
