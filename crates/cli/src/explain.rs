//! `handover explain`: says what a text is.

use std::io::{self, Read, Write};

use clap::Args;
use handover_label::{Advice, MAX_BYTES, Reading, explain, mask};
use serde::Serialize;

use crate::failure::Failure;
use crate::printable::{printable, printable_json};

/// Which texts.
#[derive(Args)]
pub struct ExplainArguments {
    /// What a label says; `-` reads one text from standard input.
    #[arg(required = true, value_name = "TEXT")]
    texts: Vec<String>,
    /// Prints one JSON object for each text: `text` (masked) and `readings`, best first.
    #[arg(long)]
    json: bool,
}

/// What is printed about one text. The text itself may be a secret, and its reader knows it anyway.
#[derive(Serialize)]
struct Explanation {
    text: String,
    readings: Vec<Reading>,
}

/// Explains each text.
pub fn run(arguments: &ExplainArguments) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    for text in &arguments.texts {
        let explanation = if text == "-" {
            about(&one_text(io::stdin().lock())?)
        } else {
            about(text)
        };
        if arguments.json {
            let line = serde_json::to_string(&explanation).map_err(io::Error::from)?;
            let line = printable_json(&line);
            writeln!(out, "{line}")?;
        } else {
            write(&mut out, &explanation)?;
        }
    }
    Ok(())
}

fn about(text: &str) -> Explanation {
    // No more than a label can have is masked, too: a megabyte of nonsense is nothing to scan for tokens.
    let readings = explain(text);
    let text = if text.len() > MAX_BYTES {
        "…".to_owned()
    } else {
        mask(text)
    };
    Explanation { text, readings }
}

/// One text, without the line's end that `echo` adds. A text that is too long is read on to its end, so that whoever
/// writes it gets rid of it, and cut where its length is certain to be refused.
fn one_text(mut input: impl Read) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    // Room for a line's end of two characters, and one byte more than is allowed.
    let enough = MAX_BYTES as u64 + 3;
    let mut limited = input.by_ref().take(enough);
    limited.read_to_end(&mut bytes).map_err(Failure::Input)?;
    io::copy(&mut input, &mut io::sink()).map_err(Failure::Input)?;
    let text = String::from_utf8_lossy(&bytes);
    let text = text.strip_suffix('\n').unwrap_or(&text);
    Ok(text.strip_suffix('\r').unwrap_or(text).to_owned())
}

fn write(out: &mut impl Write, explanation: &Explanation) -> io::Result<()> {
    writeln!(out, "{}", printable(&explanation.text))?;
    for reading in &explanation.readings {
        writeln!(out, "  {}: {}", reading.format, verdict(reading))?;
        writeln!(out, "    {}", printable(&reading.reason))?;
        for (name, value) in &reading.identity {
            writeln!(out, "    {name}: {}", printable(value))?;
        }
        if let Some(why) = &reading.why {
            writeln!(out, "    {}", printable(why))?;
        }
        writeln!(out, "    {}", next(reading.advice))?;
    }
    Ok(())
}

fn verdict(reading: &Reading) -> &'static str {
    match (reading.valid, reading.claimable) {
        (Some(false), _) => "damaged",
        (_, false) => "cannot be claimed",
        (Some(true), true) => "checked, can be claimed",
        (None, true) => "can be claimed, has no checksum",
    }
}

fn next(advice: Advice) -> &'static str {
    match advice {
        Advice::ClaimNow => "Next: claim it.",
        Advice::AskFirst => "Next: claim it if you are sure; other things look the same.",
        Advice::NeedsProof => {
            "Next: have its claim code ready; whether an identifier alone claims depends on what its maker asks for."
        }
        Advice::ScanAnother => "Next: scan another label of the device.",
        Advice::CheckTyping => "Next: scan it again, or compare it character by character.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn standard_input_is_one_text() {
        let check = |input: &[u8], expected: &str| {
            assert_eq!(one_text(input).expect("memory can be read"), expected);
        };
        check(b"", "");
        check(b"SN 1\n", "SN 1");
        check(b"SN 1\r\n", "SN 1");
        check(b"two\nlines\n", "two\nlines");
        check(b"\xff\n", "\u{fffd}");
    }

    #[test]
    fn a_text_at_the_limit_is_read_whole_and_a_longer_one_refused() {
        let at_limit = format!("{}\n", "7".repeat(MAX_BYTES));
        let text = one_text(at_limit.as_bytes()).expect("memory can be read");
        assert_eq!(text.len(), MAX_BYTES);
        let beyond = "7".repeat(MAX_BYTES + 1);
        let text = one_text(beyond.as_bytes()).expect("memory can be read");
        assert!(text.len() > MAX_BYTES);
    }
}
