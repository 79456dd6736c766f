//! `handover camera`: which cameras there are.

use std::io::{self, Write};

use clap::{Args, Subcommand};
use handover_scan::camera::list;

use crate::failure::Failure;
use crate::printable::printable;
use crate::table;

/// What to do with cameras.
#[derive(Args)]
pub struct CameraArguments {
    #[command(subcommand)]
    command: CameraCommand,
}

#[derive(Subcommand)]
enum CameraCommand {
    /// Lists the cameras that are connected.
    List {
        /// Prints one JSON object for each camera: `id` and `name`.
        #[arg(long)]
        json: bool,
    },
}

/// Does it.
pub fn run(arguments: &CameraArguments) -> Result<(), Failure> {
    let CameraCommand::List { json } = arguments.command;
    let cameras = list()?;
    let mut out = io::stdout().lock();
    if json {
        for camera in &cameras {
            let line = serde_json::to_string(camera).map_err(io::Error::from)?;
            writeln!(out, "{line}")?;
        }
        return Ok(());
    }
    if cameras.is_empty() {
        writeln!(out, "No camera is connected.")?;
        return Ok(());
    }
    let mut rows = vec![["ID", "NAME"].map(str::to_owned)];
    rows.extend(
        cameras
            .iter()
            .map(|camera| [printable(&camera.id), printable(&camera.name)]),
    );
    table::write(&mut out, &rows)?;
    Ok(())
}
