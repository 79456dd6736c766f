//! `cargo xtask check --target android`: does the app's code compile for phones?

use clap::{Args, ValueEnum};

use crate::failure::Failure;

/// What to check for.
#[derive(Args)]
pub struct Options {
    /// The platform.
    #[arg(long)]
    target: Target,
}

/// A platform that this machine cannot run.
#[derive(Clone, Copy, ValueEnum)]
enum Target {
    /// 64-bit ARM phones.
    Android,
}

/// Type-checks the app's library for the platform.
pub fn check(options: &Options) -> Result<(), Failure> {
    match options.target {
        Target::Android => android(),
    }
}

fn android() -> Result<(), Failure> {
    Ok(())
}
