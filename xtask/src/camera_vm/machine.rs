//! The machine itself, and what it says over its serial line.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use crate::failure::Failure;

/// A run takes half a minute; a machine that hangs is switched off.
const LIMIT: Duration = Duration::from_secs(240);

const ADVICE: &str = "read the machine's lines above; its script is tests/camera-vm/init.sh";

/// Starts the machine and shows its lines. Gives the number of scenarios, all of which passed.
pub fn boot(kernel: &Path, initrd: &Path) -> Result<usize, Failure> {
    // There is no KVM in most containers, and where there is one it may hang.
    let mut machine = Command::new("qemu-system-x86_64")
        .args(["-M", "pc", "-accel", "tcg,thread=multi", "-cpu", "max"])
        .args([
            "-smp",
            "2",
            "-m",
            "512",
            "-nographic",
            "-no-reboot",
            "-nic",
            "none",
        ])
        .arg("-kernel")
        .arg(kernel)
        .arg("-initrd")
        .arg(initrd)
        .args(["-append", "console=ttyS0 panic=-1 quiet"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| Failure::new(format!("qemu does not start: {error}"), ADVICE))?;
    let outcome = listen(&mut machine);
    // Whatever was heard, the machine does not outlive this; one that is off already cannot be killed.
    let _ = machine.kill();
    let _ = machine.wait();
    outcome
}

fn listen(machine: &mut Child) -> Result<usize, Failure> {
    let lines = lines_of(machine);
    let mut tally = Tally::default();
    let end = Instant::now() + LIMIT;
    while let Ok(line) = lines.recv_timeout(end.saturating_duration_since(Instant::now())) {
        println!("  {line}");
        tally.hear(&line);
    }
    tally.judge()
}

/// What the machine says, line by line, until it is off.
fn lines_of(machine: &mut Child) -> Receiver<String> {
    let output = machine.stdout.take().expect("the output is piped");
    let (sender, lines) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(output).split(b'\n') {
            let Ok(line) = line else { break };
            let line = plain(&line);
            if !line.is_empty() && sender.send(line).is_err() {
                break;
            }
        }
    });
    lines
}

/// Text without what the firmware sends to control a terminal.
fn plain(line: &[u8]) -> String {
    let text = String::from_utf8_lossy(line);
    let mut plain = String::new();
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        if character == '\u{1b}' {
            // A control sequence ends with a letter.
            characters.by_ref().find(char::is_ascii_alphabetic);
        } else if !character.is_control() {
            plain.push(character);
        }
    }
    plain.trim().to_owned()
}

/// What was heard of the scenarios.
#[derive(Default)]
struct Tally {
    passed: usize,
    failed: Vec<String>,
    is_complete: bool,
}

impl Tally {
    fn hear(&mut self, line: &str) {
        if line.starts_with("PASS ") {
            self.passed += 1;
        } else if let Some(scenario) = line.strip_prefix("FAIL ") {
            self.failed.push(scenario.to_owned());
        }
        let sum = format!(
            "camera: {} passed, {} failed",
            self.passed,
            self.failed.len()
        );
        self.is_complete |= line == sum;
    }

    fn judge(self) -> Result<usize, Failure> {
        if !self.failed.is_empty() {
            return Err(Failure::new(
                format!("the camera's scenarios failed: {}", self.failed.join("; ")),
                ADVICE,
            ));
        }
        if !self.is_complete || self.passed == 0 {
            let what = "the camera's machine ended before its last scenario";
            return Err(Failure::new(what, ADVICE));
        }
        Ok(self.passed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_complete_run_without_failures_passes() {
        let check = |lines: &[&str], expected: Option<usize>| {
            let mut tally = Tally::default();
            lines.iter().for_each(|line| tally.hear(line));
            assert_eq!(tally.judge().ok(), expected, "{lines:?}");
        };
        let sum = |passed, failed| format!("camera: {passed} passed, {failed} failed");
        check(&[], None);
        check(&["PASS a"], None);
        check(&["PASS a", "PASS b", &sum(2, 0)], Some(2));
        check(&["PASS a", "noise", &sum(2, 0)], None);
        check(&["PASS a", "FAIL b: no light", &sum(1, 1)], None);
        check(&[&sum(0, 0)], None);
    }

    #[test]
    fn control_sequences_are_left_out() {
        assert_eq!(plain(b"\x1bc\x1b[?7l\x1b[2JPASS a\r"), "PASS a");
    }
}
