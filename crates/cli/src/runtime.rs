//! The bridge from a command to what it awaits.

use std::future::Future;

use crate::failure::Failure;

/// Runs a command that talks to a cloud.
pub fn block_on<T>(command: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(Failure::Threads)?;
    runtime.block_on(command)
}
