//! What we depend on: licences, sources, duplicates (deny.toml), and known vulnerabilities.

use crate::failure::Failure;
use crate::shell::Shell;
use crate::test::Outcome;

/// Checks all that can be checked from here.
pub fn stage() -> Result<Outcome, Failure> {
    Shell::cargo()
        .args(["deny", "--locked", "check", "bans", "licenses", "sources"])
        .advice("replace the dependency, or explain the exception in deny.toml")
        .run()?;
    advisories()?;
    Ok(Outcome::Passed)
}

/// The database of advisories is fetched from outside the package registries, which not every machine may reach.
fn advisories() -> Result<(), Failure> {
    if !Shell::cargo().args(["deny", "fetch", "db"]).succeeds() {
        println!("  advisories: not checked, their database cannot be reached from here");
        return Ok(());
    }
    Shell::cargo()
        .args(["deny", "--locked", "--offline", "check", "advisories"])
        .advice("update the dependency, or explain in deny.toml why it does not concern us")
        .run()
}
