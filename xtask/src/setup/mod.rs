//! `cargo xtask setup`: installs what is missing, and nothing twice.

pub mod apt;
mod npm;
pub mod python;
pub mod tools;

use crate::failure::Failure;
use crate::project;
use crate::test::ui;

/// What to install for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum For {
    /// Building and running the app.
    Running,
    /// That, and every stage of `cargo xtask test`.
    Testing,
}

/// Everything that building, running and testing need; afterwards plain cargo commands work.
pub fn setup() -> Result<(), Failure> {
    install(For::Testing)?;
    // The cloud and the app embed the built UI, so cargo wants one, current or not.
    if project::root().join("ui/dist/index.html").is_file() {
        return Ok(());
    }
    ui::build()
}

/// What the purpose needs.
pub fn install(purpose: For) -> Result<(), Failure> {
    apt::install(purpose)?;
    npm::install()?;
    if purpose == For::Testing {
        python::install()?;
        tools::install()?;
    }
    Ok(())
}
