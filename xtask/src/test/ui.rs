//! The UI: built once, and embedded by the cloud and the app.

use super::Outcome;
use crate::failure::Failure;
use crate::shell::Shell;

/// Build, types, accessibility warnings of the compiler, and unit tests.
pub fn stage() -> Result<Outcome, Failure> {
    build()?;
    script("check")?;
    script("test")?;
    Ok(Outcome::Passed)
}

/// Builds `ui/dist`.
pub fn build() -> Result<(), Failure> {
    script("build")
}

fn script(name: &str) -> Result<(), Failure> {
    Shell::npm()
        .args(["run", "--silent", name])
        .within("ui")
        .advice(format!(
            "mend what it names above; alone: `npm run {name}` in ui/"
        ))
        .run()
}
