//! The Python program that tries the API, in an environment of its own: nothing of the system's is changed.

use std::fs;
use std::path::{Path, PathBuf};

use crate::failure::Failure;
use crate::project;
use crate::shell::{self, Shell};

/// What is installed, with all that it brings, each in one version.
const REQUIREMENTS: &str = "tests/api/requirements.txt";

/// Installs what the requirements name, unless that was done before.
pub fn install() -> Result<(), Failure> {
    let Some(python) = shell::find("python3") else {
        println!("  Python is not installed: neither the API nor devices are tried");
        return Ok(());
    };
    let wanted = project::root().join(REQUIREMENTS);
    let stamp = folder().join("installed.txt");
    if is_same(&wanted, &stamp) {
        println!("  Python packages: all there");
        return Ok(());
    }
    Shell::new(python)
        .args(["-m", "venv", "--clear"])
        .args([folder()])
        .advice("install Python's venv (Debian: python3-venv), then run `cargo xtask setup` again")
        .run()?;
    Shell::new(program("python"))
        .args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
        ])
        .args(["--requirement", REQUIREMENTS])
        .advice("check the network, then run `cargo xtask setup` again")
        .run()?;
    fs::copy(&wanted, &stamp).map(drop).map_err(|error| {
        Failure::new(
            format!("{} can't be written: {error}", stamp.display()),
            "check the disk's space and the folder's rights",
        )
    })
}

/// A program of that environment.
pub fn program(name: &str) -> PathBuf {
    let programs = if cfg!(windows) { "Scripts" } else { "bin" };
    let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    folder().join(programs).join(file)
}

fn folder() -> PathBuf {
    project::target().join("setup").join("python")
}

fn is_same(one: &Path, other: &Path) -> bool {
    match (fs::read(one), fs::read(other)) {
        (Ok(one), Ok(other)) => one == other,
        _ => false,
    }
}
