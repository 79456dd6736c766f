//! `handover demo photo`.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;
use handover_print::scene::photograph;

use super::label::LabelArguments;
use crate::failure::Failure;

/// Which label, and where to.
#[derive(Args)]
pub struct PhotoArguments {
    #[command(flatten)]
    label: LabelArguments,
    /// The picture's file; its ending decides the format (PNG, JPEG, WebP and others).
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// Writes the picture.
pub fn run(arguments: &PhotoArguments) -> Result<(), Failure> {
    let label = arguments.label.draw()?;
    let photo = photograph(&label, arguments.label.seed, arguments.label.size.pixels());
    photo.save(&arguments.out)?;
    writeln!(io::stdout(), "{}", arguments.out.display())?;
    Ok(())
}
