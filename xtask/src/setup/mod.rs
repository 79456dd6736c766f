//! `cargo xtask setup`: installs what is missing, and nothing twice.

mod apt;
mod npm;
mod tools;

use crate::failure::Failure;

/// What to install for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum For {
    /// Building and running the app.
    Running,
    /// That, and every stage of `cargo xtask test`.
    Testing,
}

/// Everything that building, running and testing need.
pub fn setup() -> Result<(), Failure> {
    install(For::Testing)
}

/// What the purpose needs.
pub fn install(purpose: For) -> Result<(), Failure> {
    apt::install(purpose)?;
    npm::install()?;
    if purpose == For::Testing {
        tools::install()?;
    }
    Ok(())
}
