//! `cargo xtask bench`: builds the package `bench` in release mode and hands everything to it.

use clap::Args;

use crate::failure::Failure;
use crate::shell::{self, Shell};

/// How to measure; `bench/src/options.rs` says what there is.
#[derive(Args)]
pub struct Options {
    /// What to measure and how, such as `scan --photos DIR --peers`; `--help` lists it all.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    bench: Vec<String>,
}

/// Builds and runs it. The other decoders are built only where they are asked for.
pub fn bench(options: &Options) -> Result<(), Failure> {
    let mut build = vec![
        "run",
        "--release",
        "--locked",
        "--package",
        "handover-bench",
    ];
    if options.bench.iter().any(|argument| argument == "--peers") {
        if shell::find("cmake").is_none() {
            return Err(Failure::new(
                "zxing-cpp is built with CMake, which is not installed",
                "install the package `cmake`, or measure without --peers",
            ));
        }
        build.extend(["--features", "peers"]);
    }
    Shell::cargo()
        .args(build)
        .args(["--"])
        .args(&options.bench)
        .advice("`cargo xtask bench scan --help` says what it takes")
        .run()
}
