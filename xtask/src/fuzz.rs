//! `cargo xtask fuzz`: shows the scanner, the reader of labels, the devices' protocols and the mesh what a fuzzer invents.
//!
//! No part of `cargo xtask test`, which replays the committed corpus instead.

use std::fs;

use clap::Args;

use crate::failure::Failure;
use crate::project;
use crate::setup::tools;
use crate::shell::Shell;

/// What to fuzz, and for how long.
#[derive(Args)]
pub struct Options {
    /// Minutes for each target.
    #[arg(long, default_value_t = 10)]
    minutes: u64,
    /// One target alone; `fuzz/README.md` says what each does.
    #[arg(long, value_parser = TARGETS)]
    target: Option<String>,
}

/// Those of fuzz/Cargo.toml.
const TARGETS: [&str; 7] = ["still", "live", "symbol", "label", "mesh", "frames", "mqtt"];

/// Fuzzes one target after the other, until one of them finds something.
pub fn fuzz(options: &Options) -> Result<(), Failure> {
    tools::ensure("cargo-fuzz")?;
    for target in TARGETS {
        let one = options.target.as_deref();
        if one.is_none_or(|one| one == target) {
            run(target, options.minutes)?;
        }
    }
    Ok(())
}

fn run(target: &str, minutes: u64) -> Result<(), Failure> {
    // libFuzzer writes what is new into the first folder; the committed corpus is only read.
    let found = format!("found/{target}");
    let folder = project::root().join("fuzz").join(&found);
    fs::create_dir_all(&folder).map_err(|error| {
        Failure::new(
            format!("{} can't be made: {error}", folder.display()),
            "check the folder's rights",
        )
    })?;
    let corpus = format!("corpus/{target}");
    let seconds = format!("-max_total_time={}", minutes * 60);
    // There is hardly any unsafe code to watch, and without a sanitizer ten times as much is tried.
    let how = [
        "fuzz",
        "run",
        "--fuzz-dir",
        ".",
        "--sanitizer",
        "none",
        target,
    ];
    let limits = ["--", &seconds, "-timeout=20", "-max_len=512"];
    cargo()
        .args(how)
        .args([&found, &corpus])
        .args(limits)
        .within("fuzz")
        .advice("`rustup toolchain install nightly` if it does not build; otherwise the input that it found is in fuzz/artifacts: mend, and make a test of it")
        .run()
}

/// A cargo whose compiler takes the options of libFuzzer, which are not stable: a nightly one, or where none is installed
/// this one, told to take them as a nightly one does.
fn cargo() -> Shell {
    const NIGHTLY: &str = "+nightly";
    if Shell::new("cargo").args([NIGHTLY, "--version"]).succeeds() {
        Shell::new("cargo").args([NIGHTLY])
    } else {
        Shell::cargo().env("RUSTC_BOOTSTRAP", "1")
    }
}
