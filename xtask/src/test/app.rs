//! The real app, driven through WebDriver in a desktop session of its own.

use super::Outcome;
use super::cargo::{APP_JOURNEYS, nextest};
use crate::failure::Failure;
use crate::project;
use crate::shell;

/// What the session is made of.
const PROGRAMS: &[&str] = &[
    "dbus-run-session",
    "gnome-keyring-daemon",
    "import",
    "secret-tool",
    "WebKitWebDriver",
    "Xvfb",
];

/// Runs the app's journeys.
pub fn stage() -> Result<Outcome, Failure> {
    if !cfg!(target_os = "linux") {
        let why = "WebKit's driver and the Secret Service are Linux's alone";
        return Ok(Outcome::Skipped(why.into()));
    }
    if let Some(absent) = PROGRAMS.iter().find(|name| shell::find(name).is_none()) {
        return Err(Failure::new(
            format!("{absent} is not installed"),
            "run `cargo xtask setup`",
        ));
    }
    nextest(APP_JOURNEYS)
        .through(["dbus-run-session", "--", "bash", "xtask/desktop-session.sh"])
        .env("HANDOVER_BIN", project::binary("handover"))
        .env("HANDOVER_APP", project::binary("handover-app"))
        .advice("its screenshots are in .artifacts/; alone: `cargo xtask test --only app`")
        .run()?;
    Ok(Outcome::Passed)
}
