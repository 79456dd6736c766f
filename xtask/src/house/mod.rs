//! The rules of the house that no compiler checks: who depends on whom, how long a file may be, and who knows
//! the outside world. docs/ARCHITECTURE.md says why.

mod edges;
mod files;

use crate::failure::Failure;

/// Checks all of them and tells every fault at once.
pub fn check() -> Result<(), Failure> {
    let mut faults = edges::faults()?;
    faults.extend(files::faults()?);
    if faults.is_empty() {
        println!(
            "  every edge between crates is allowed, no file is too long, one folder of the UI knows its host"
        );
        return Ok(());
    }
    for fault in &faults {
        println!("  {fault}");
    }
    Err(Failure::new(
        format!("{} rule(s) of the house broken", faults.len()),
        "move the code to where it belongs; a new edge is argued in docs/ARCHITECTURE.md and added to xtask/src/house/edges.rs",
    ))
}
