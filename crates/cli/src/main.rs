//! The command line `handover`.

mod cloud;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Takes a connected product from the maker's production line to the customer's hands.
#[derive(Parser)]
#[command(name = "handover", version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Runs the bundled cloud.
    Cloud(cloud::CloudArguments),
}

fn main() -> ExitCode {
    match Arguments::parse().command {
        Command::Cloud(arguments) => cloud::run(arguments),
    }
}
