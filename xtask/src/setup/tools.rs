//! Cargo's own extensions. Building them takes minutes, so it happens only where they are absent.

use crate::failure::Failure;
use crate::shell::{self, Shell};

const TOOLS: &[&str] = &["cargo-nextest", "cargo-deny"];

/// Installs what is absent.
pub fn install() -> Result<(), Failure> {
    TOOLS.iter().try_for_each(|tool| ensure(tool))
}

/// Installs one of cargo's extensions unless it is there.
pub fn ensure(tool: &str) -> Result<(), Failure> {
    if is_there(tool) {
        println!("  {tool}: there");
        return Ok(());
    }
    println!("  {tool} is absent; building it takes some minutes, once");
    // Optimizing them takes longer than they ever run here.
    Shell::cargo()
        .args(["install", "--locked", "--debug"])
        .args(["--config", "profile.dev.debug=false", tool])
        // Where our lints are drawn by the compiler, others' code is none of theirs.
        .env("RUSTC_WORKSPACE_WRAPPER", "")
        .advice("check the network, then run the same command again")
        .run()
}

fn is_there(tool: &str) -> bool {
    let subcommand = tool.trim_start_matches("cargo-");
    shell::find(tool).is_some() || Shell::cargo().args([subcommand, "--version"]).succeeds()
}
