//! Devices with the libraries and programs that their makers publish.

use super::Outcome;
use super::cargo::nextest;
use crate::failure::Failure;
use crate::project;
use crate::setup::python;
use crate::shell::{self, Shell};

/// Runs the devices' journeys with the cloud of the shared build, each with what is installed for it.
pub fn stage() -> Result<Outcome, Failure> {
    let mut missing = Vec::new();
    let mut journeys = nextest("package(handover-journeys) & binary(devices)")
        .env("HANDOVER_BIN", project::binary("handover"))
        .advice("alone: `cargo xtask test --only devices`");
    let python = python::program("python");
    let has_library = Shell::new(&python)
        .args(["-c", "import BlynkLib"])
        .succeeds();
    match has_library {
        true => journeys = journeys.env("HANDOVER_TEST_BLYNK", python),
        false => missing.push("blynk-library-python (it needs Python 3 with venv)"),
    }
    match shell::find("mosquitto_pub") {
        Some(_) => journeys = journeys.env("HANDOVER_TEST_MOSQUITTO", "mosquitto"),
        None => missing.push("mosquitto_pub and mosquitto_sub (Debian: mosquitto-clients)"),
    }
    match shell::find("curl") {
        Some(curl) => journeys = journeys.env("HANDOVER_TEST_CURL", curl),
        None => missing.push("curl"),
    }
    let package = project::root().join("tests/devices/node_modules/mqtt");
    match package.is_dir() {
        true => journeys = journeys.env("HANDOVER_TEST_MQTT_JS", "node"),
        false => missing.push("the npm package mqtt"),
    }
    journeys.run()?;
    match missing.is_empty() {
        true => Ok(Outcome::Passed),
        false => Ok(Outcome::Skipped(format!(
            "in part, since this is not installed: {}",
            missing.join(", ")
        ))),
    }
}
