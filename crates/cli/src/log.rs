//! The log of what goes on running.

use std::io::{self, IsTerminal};

use tracing_subscriber::EnvFilter;

/// The log goes to standard error, so that standard output holds what a person asked for.
pub fn start_log(json: bool) {
    let filter = EnvFilter::try_from_env("HANDOVER_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr);
    if json {
        log.json().init();
    } else {
        log.with_ansi(io::stderr().is_terminal()).init();
    }
}
