//! The project's own commands: `cargo xtask run`, `cargo xtask test`, and their parts.
//!
//! Everything that a fresh Debian or Ubuntu with Rust and Node needs is installed by [`setup`]; every other
//! subcommand calls it first, so that one command is enough. Each subcommand has a file of its own.

// This program's output is what it is for.
#![allow(clippy::print_stdout, clippy::print_stderr)]

mod bench;
mod camera_vm;
mod check;
mod codegen;
mod deny;
mod failure;
mod fuzz;
mod house;
mod project;
mod run;
mod setup;
mod shell;
mod test;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use failure::Failure;

/// Handover's own commands.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Install what is missing, build, and open the app against the bundled cloud with demo data.
    ///
    /// Where there is no display, the same journey is played without a window.
    Run(run::Options),
    /// Prove everything: format, lints, licences, the house's rules, tests and journeys.
    Test(test::Options),
    /// Install what building and testing need. Does nothing the second time.
    Setup,
    /// Write the generated files anew: the UI's TypeScript and the OpenAPI document.
    Codegen,
    /// Type-check the app, or the scanner's NEON code, for a platform that this machine cannot run.
    Check(check::Options),
    /// Measure: what is read, what is wrong, and what it costs, for ours and for others.
    #[command(disable_help_flag = true)]
    Bench(bench::Options),
    /// Look for pictures and labels that make the program panic or work too long.
    Fuzz(fuzz::Options),
    /// Check the rules that no compiler checks: who depends on whom, how long a file may be.
    House,
}

fn main() -> ExitCode {
    match dispatch(Cli::parse().command) {
        Ok(code) => code,
        Err(failure) => {
            eprintln!("\n{failure}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(command: Command) -> Result<ExitCode, Failure> {
    match command {
        Command::Run(options) => run::run(&options)?,
        Command::Test(options) => return Ok(test::test(&options)),
        Command::Setup => setup::setup()?,
        Command::Codegen => codegen::codegen()?,
        Command::Check(options) => check::check(&options)?,
        Command::Bench(options) => bench::bench(&options)?,
        Command::Fuzz(options) => fuzz::fuzz(&options)?,
        Command::House => house::check()?,
    }
    Ok(ExitCode::SUCCESS)
}
