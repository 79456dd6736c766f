//! Runs the program.

use std::io::{ErrorKind, Write};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// What a run came to.
pub struct Outcome {
    pub status: i32,
    pub out: String,
    pub err: String,
}

impl Outcome {
    /// The JSON objects that were printed, one on a line.
    pub fn lines(&self) -> Vec<Value> {
        let parse = |line: &str| serde_json::from_str(line).expect("every line is JSON");
        self.out.lines().map(parse).collect()
    }
}

/// The program with no account of its own.
pub fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_handover"));
    command.args(arguments);
    for name in [
        "HANDOVER_SERVER",
        "HANDOVER_EMAIL",
        "HANDOVER_PASSWORD",
        "HANDOVER_NEW_PASSWORD",
        "HANDOVER_DATABASE",
        "HANDOVER_KEY",
    ] {
        command.env_remove(name);
    }
    command
}

/// Runs it to its end.
pub fn run(arguments: &[&str]) -> Outcome {
    finish(
        command(arguments)
            .stdin(Stdio::null())
            .output()
            .expect("it starts"),
    )
}

/// Runs it with something on its standard input.
pub fn run_with_input(arguments: &[&str], input: &[u8]) -> Outcome {
    let mut child = command(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut stdin = child.stdin.take().expect("it is piped");
    // A command that refuses before it reads may have ended by now.
    if let Err(error) = stdin.write_all(input) {
        assert_eq!(error.kind(), ErrorKind::BrokenPipe, "{error}");
    }
    drop(stdin);
    finish(child.wait_with_output().expect("it ends"))
}

pub fn finish(output: Output) -> Outcome {
    let text = |bytes| String::from_utf8(bytes).expect("it prints UTF-8");
    Outcome {
        status: output.status.code().expect("no signal ended it"),
        out: text(output.stdout),
        err: text(output.stderr),
    }
}

/// A path as an argument.
pub fn argument(path: &Path) -> &str {
    path.to_str().expect("test folders have plain names")
}
