//! `handover demo`: shows what Handover does, and makes pictures of labels to try it with.

mod film;
mod journey;
mod label;
mod photo;

use clap::{Args, Subcommand};

use crate::failure::Failure;

/// What to show.
#[derive(Args)]
pub struct DemoArguments {
    #[command(subcommand)]
    command: DemoCommand,
}

#[derive(Subcommand)]
enum DemoCommand {
    /// Plays the whole way from a batch of labels to a claimed device, without a window.
    Journey(journey::JourneyArguments),
    /// Shows a label as a photograph would.
    Photo(photo::PhotoArguments),
    /// Films a label: for a browser's or the app's make-believe camera.
    Film(film::FilmArguments),
}

/// Shows it.
pub fn run(arguments: &DemoArguments) -> Result<(), Failure> {
    match &arguments.command {
        DemoCommand::Journey(arguments) => journey::run(arguments),
        DemoCommand::Photo(arguments) => photo::run(arguments),
        DemoCommand::Film(arguments) => film::run(arguments),
    }
}
