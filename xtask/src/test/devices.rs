//! Devices with the libraries that their makers publish.

use super::Outcome;
use super::cargo::nextest;
use crate::failure::Failure;
use crate::project;
use crate::setup::python;
use crate::shell::Shell;

/// Runs the devices' journeys with the cloud of the shared build.
pub fn stage() -> Result<Outcome, Failure> {
    let python = python::program("python");
    let has_library = Shell::new(&python)
        .args(["-c", "import BlynkLib"])
        .succeeds();
    if !has_library {
        return Ok(Outcome::Skipped(
            "blynk-library-python is not installed: it needs Python 3 with venv".into(),
        ));
    }
    nextest("package(handover-journeys) & binary(devices)")
        .env("HANDOVER_TEST_BLYNK", python)
        .env("HANDOVER_BIN", project::binary("handover"))
        .advice("alone: `cargo xtask test --only devices`")
        .run()?;
    Ok(Outcome::Passed)
}
