//! The web console in a real browser.

use super::{Outcome, mail};
use crate::failure::Failure;
use crate::project;
use crate::shell::{self, Shell};

/// Names a browser that playwright can drive is known by.
const BROWSERS: &[&str] = &["chromium", "chromium-browser", "google-chrome"];

/// Runs the console's journeys with the cloud of the shared build.
pub fn stage() -> Result<Outcome, Failure> {
    let Some(browser) = BROWSERS.iter().find_map(|name| shell::find(name)) else {
        return Ok(Outcome::Skipped("no Chromium is installed".into()));
    };
    let mut tests = Shell::npm()
        .args(["test", "--silent"])
        .within("tests/console")
        .env("HANDOVER_BIN", project::binary("handover"))
        .env("CHROMIUM", browser)
        .advice("its screenshots are in .artifacts/; alone: `cargo xtask test --only console`");
    // Without a mail server the one journey that follows mails is left out; the stage of mails says why.
    if let Some(python) = mail::python() {
        tests = tests.env("HANDOVER_TEST_PYTHON", python);
    }
    tests.run()?;
    Ok(Outcome::Passed)
}
