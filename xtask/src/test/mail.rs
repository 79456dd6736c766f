//! Letters through a real mail server.

use super::Outcome;
use super::cargo::nextest;
use crate::failure::Failure;
use crate::project;
use crate::shell::Shell;

/// Debian's own Python, which has Debian's packages, before one that a person installed.
const PYTHONS: &[&str] = &["/usr/bin/python3", "python3"];

/// The Python that has a mail server; none where it is not installed.
pub fn python() -> Option<&'static str> {
    let has_server = |python: &&&str| {
        Shell::new(**python)
            .args(["-c", "import aiosmtpd"])
            .succeeds()
    };
    PYTHONS.iter().find(has_server).copied()
}

/// Runs the mail's journeys with the program of the shared build.
pub fn stage() -> Result<Outcome, Failure> {
    let Some(python) = python() else {
        return Ok(Outcome::Skipped(
            "aiosmtpd is not installed (Debian: python3-aiosmtpd; elsewhere `pip install aiosmtpd`)".into(),
        ));
    };
    nextest("package(handover-journeys) & binary(mail)")
        .env("HANDOVER_TEST_PYTHON", python)
        .env("HANDOVER_BIN", project::binary("handover"))
        .advice("alone: `cargo xtask test --only mail`")
        .run()?;
    Ok(Outcome::Passed)
}
