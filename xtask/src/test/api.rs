//! The API as schemathesis reads its document.

use super::Outcome;
use super::cargo::nextest;
use crate::failure::Failure;
use crate::project;
use crate::setup::python;

/// Runs the API's journeys with the cloud of the shared build.
pub fn stage() -> Result<Outcome, Failure> {
    let program = python::program("schemathesis");
    if !program.is_file() {
        return Ok(Outcome::Skipped(
            "schemathesis is not installed: it needs Python 3 with venv".into(),
        ));
    }
    nextest("package(handover-journeys) & binary(api)")
        .env("HANDOVER_TEST_SCHEMATHESIS", program)
        .env("HANDOVER_BIN", project::binary("handover"))
        .advice("alone: `cargo xtask test --only api`")
        .run()?;
    Ok(Outcome::Passed)
}
