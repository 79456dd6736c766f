//! `handover demo film`.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use handover_print::scene::film;
use image::RgbImage;
use image::codecs::jpeg::JpegEncoder;

use super::label::LabelArguments;
use crate::failure::Failure;

/// JPEG's quality from 1 to 100: what cameras send over USB looks like this.
const QUALITY: u8 = 85;

/// Which label, how long, and where to.
#[derive(Args)]
pub struct FilmArguments {
    #[command(flatten)]
    label: LabelArguments,
    /// How many pictures; at 30 in a second, 60 are two seconds. The last leads over to the first.
    #[arg(long, value_name = "N", default_value_t = 60, value_parser = clap::value_parser!(u16).range(1..))]
    frames: u16,
    /// A file that ends in `.mjpeg` (pictures one after the other, as browsers take them for a camera), or a folder for
    /// the pictures (as `--camera film:DIR` takes them).
    #[arg(long, value_name = "FILE|DIR")]
    out: PathBuf,
}

/// Writes the film.
pub fn run(arguments: &FilmArguments) -> Result<(), Failure> {
    let label = arguments.label.draw()?;
    let size = arguments.label.size.pixels();
    let frames = film(&label, arguments.label.seed, arguments.frames.into(), size);
    let out = &arguments.out;
    if out
        .extension()
        .is_some_and(|extension| extension == "mjpeg")
    {
        write_file(out, frames)?;
    } else {
        write_folder(out, frames)?;
    }
    writeln!(io::stdout(), "{}", out.display())?;
    Ok(())
}

fn write_file(path: &Path, frames: impl Iterator<Item = RgbImage>) -> Result<(), Failure> {
    let mut file = BufWriter::new(File::create(path).map_err(Failure::file(path))?);
    for frame in frames {
        encode(&frame, &mut file)?;
    }
    file.flush().map_err(Failure::file(path))
}

fn write_folder(folder: &Path, frames: impl Iterator<Item = RgbImage>) -> Result<(), Failure> {
    fs::create_dir_all(folder).map_err(Failure::file(folder))?;
    for (index, frame) in frames.enumerate() {
        // Numbers of one width, so that the order of the names is the order of the film.
        let path = folder.join(format!("frame-{index:05}.jpg"));
        let mut file = BufWriter::new(File::create(&path).map_err(Failure::file(&path))?);
        encode(&frame, &mut file)?;
        file.flush().map_err(Failure::file(&path))?;
    }
    Ok(())
}

fn encode(frame: &RgbImage, out: &mut impl Write) -> Result<(), Failure> {
    Ok(JpegEncoder::new_with_quality(out, QUALITY).encode_image(frame)?)
}
