//! `cargo xtask codegen`: files that are made from Rust types.
//!
//! The tests that prove them current write them when they are told to, so there is one generator and no second
//! description of what it writes.

use crate::failure::Failure;
use crate::setup::tools;
use crate::test::cargo::nextest;

/// Writes the generated files anew, with the build that the tests share.
pub fn codegen() -> Result<(), Failure> {
    tools::ensure("cargo-nextest")?;
    println!("[1/2] the UI's TypeScript …");
    nextest("package(handover-app) & test(typescript)")
        .env("UPDATE_WIRE_TS", "1")
        .run()?;
    println!("[2/2] the OpenAPI document and docs/API.md …");
    nextest("package(handover-cloud) & test(the_document_is)")
        .env("INSTA_UPDATE", "always")
        .env("UPDATE_API_MD", "1")
        .run()
}
