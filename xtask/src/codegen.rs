//! `cargo xtask codegen`: files that are made from Rust types.
//!
//! The tests that prove them current write them when they are told to, so there is one generator and no second
//! description of what it writes.

use crate::failure::Failure;
use crate::shell::Shell;

/// Writes the generated files anew.
pub fn codegen() -> Result<(), Failure> {
    println!("[1/2] the UI's TypeScript …");
    Shell::cargo()
        .args(["test", "--package", "handover-app", "--lib", "typescript"])
        .env("UPDATE_WIRE_TS", "1")
        .run()?;
    println!("[2/2] the OpenAPI document and docs/API.md …");
    Shell::cargo()
        .args([
            "test",
            "--package",
            "handover-cloud",
            "--lib",
            "the_document_is",
        ])
        .env("INSTA_UPDATE", "always")
        .env("UPDATE_API_MD", "1")
        .run()
}
