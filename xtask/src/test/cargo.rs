//! The stages that cargo does. All of them name the whole workspace with the same features and profile, so that
//! nothing is compiled twice; a single package would resolve other features and start anew.

use super::Outcome;
use crate::failure::Failure;
use crate::shell::Shell;

/// The app's journeys want a desktop session, which only their own stage sets up.
pub const APP_JOURNEYS: &str = "package(handover-journeys) & binary(app)";

/// Every file is formatted as rustfmt would.
pub fn format() -> Result<Outcome, Failure> {
    Shell::cargo()
        .args(["fmt", "--all", "--check"])
        .advice("run `cargo fmt --all`")
        .run()?;
    Ok(Outcome::Passed)
}

/// No lint, anywhere, tests included.
pub fn lint() -> Result<Outcome, Failure> {
    if builds_with_lints() {
        return Ok(Outcome::Skipped("the build draws them".into()));
    }
    Shell::cargo()
        .args(["clippy", "--locked", "--workspace", "--all-targets"])
        .args(["--", "--deny", "warnings"])
        .advice("mend what the lints name above; an exception needs its reason beside it")
        .run()?;
    Ok(Outcome::Passed)
}

/// Whether the workspace's compiler is clippy, which `.ci/run` chooses, and has every warning denied.
fn builds_with_lints() -> bool {
    let says = |name, word| {
        std::env::var(name).is_ok_and(|value: String| value.trim_end().ends_with(word))
    };
    says("RUSTC_WORKSPACE_WRAPPER", "clippy-driver") && says("RUSTFLAGS", "--deny warnings")
}

/// Every library, program and test of the workspace.
pub fn build() -> Result<Outcome, Failure> {
    Shell::cargo()
        .args(["build", "--locked", "--workspace", "--all-targets"])
        .advice("mend the compiler's errors above; `cargo xtask setup` installs missing libraries")
        .run()?;
    Ok(Outcome::Passed)
}

/// All tests but the app's journeys.
pub fn tests() -> Result<Outcome, Failure> {
    nextest(&format!("not ({APP_JOURNEYS})"))
        .advice("run the failed test alone: `cargo nextest run --workspace NAME`")
        .run()?;
    Ok(Outcome::Passed)
}

/// nextest on the shared build.
pub fn nextest(filter: &str) -> Shell {
    Shell::cargo()
        .args(["nextest", "run", "--locked", "--workspace"])
        .args(["--no-fail-fast", "--filterset", filter])
}

/// The examples in doc comments, which nextest does not run.
pub fn doc_tests() -> Result<Outcome, Failure> {
    Shell::cargo()
        .args(["test", "--locked", "--workspace", "--doc", "--quiet"])
        .run()?;
    Ok(Outcome::Passed)
}
