//! `handover scan`: reads the codes in pictures, or in front of a camera.

mod files;
mod live;

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use handover_label::{Format, explain};
use handover_scan::Code;
use serde::Serialize;

use crate::failure::Failure;
use crate::printable::printable;

/// What to read.
#[derive(Args)]
pub struct ScanArguments {
    /// Pictures of any usual format.
    #[arg(required_unless_present = "camera", value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Reads from a camera until it has read one label. `handover camera list` has the ids; without one the first
    /// camera is taken. `film:PATH` plays a folder of pictures as a camera.
    #[arg(long, value_name = "ID", num_args = 0..=1, conflicts_with = "files")]
    camera: Option<Option<String>>,
    /// Prints one JSON object for each file: `file`, `ms` (CPU milliseconds of decoding), `codes` with `text`,
    /// `corners` and `label`, and `error` where it cannot be read.
    #[arg(long)]
    json: bool,
}

/// Reads them. Files that cannot be read are reported in their turn, and the exit status tells at the end.
pub fn run(arguments: ScanArguments) -> Result<ExitCode, Failure> {
    match arguments.camera {
        Some(camera) => live::run(camera, arguments.json).map(|()| ExitCode::SUCCESS),
        None => files::run(&arguments.files, arguments.json),
    }
}

/// A code as it is printed. Who scans asked for the text, so it is there.
#[derive(Serialize)]
struct CodeLine {
    text: String,
    /// In pixels of the picture as shown.
    corners: [[f32; 2]; 4],
    label: LabelLine,
}

#[derive(Serialize)]
struct LabelLine {
    format: Format,
}

/// Why there are no codes.
#[derive(Serialize)]
struct ErrorLine {
    code: &'static str,
    message: String,
}

impl From<Code> for CodeLine {
    fn from(code: Code) -> Self {
        let best = explain(&code.text).into_iter().next();
        let format = best.map_or(Format::Text, |reading| reading.format);
        Self {
            text: code.text,
            corners: code.corners,
            label: LabelLine { format },
        }
    }
}

impl CodeLine {
    fn write(&self, out: &mut impl Write) -> io::Result<()> {
        let corners = self
            .corners
            .map(|[x, y]| format!("{x:.0},{y:.0}"))
            .join(" ");
        let format = self.label.format;
        writeln!(out, "  {format}: {}  (at {corners})", printable(&self.text))
    }
}

fn write_json(out: &mut impl Write, line: &impl Serialize) -> io::Result<()> {
    let text = serde_json::to_string(line).map_err(io::Error::from)?;
    writeln!(out, "{text}")
}
