//! `handover scan`: reads the codes in pictures, or in front of a camera.

mod files;
mod live;

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use base64::prelude::{BASE64_STANDARD, Engine};
use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use handover_label::{Format, Scanned, explain_scanned};
use handover_scan::{Code, Fidelity, Part, Stage, Stages, Symbology};
use serde::Serialize;

use crate::failure::Failure;
use crate::printable::{printable, printable_json};

/// What to read.
#[derive(Args)]
pub struct ScanArguments {
    /// Pictures of any usual format; `-` is standard input.
    #[arg(required_unless_present = "camera", value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Reads from a camera until it has read one label. `handover camera list` has the ids; without one the first
    /// camera is taken. `film:PATH` plays a folder of pictures as a camera.
    #[arg(long, value_name = "ID", num_args = 0..=1, conflicts_with = "files")]
    camera: Option<Option<String>>,
    /// Takes the files as the frames of one film, in their order, and reads them as a camera's are read: within a few
    /// milliseconds each, and with what the frames before have shown.
    #[arg(long, conflicts_with = "camera")]
    live: bool,
    /// Uses these stages of the search alone, separated by commas: at least one that looks (`640` to
    /// `doubled`) and one that reads (`plain` and after), or `bars`, `micro-qr`, `data-matrix` or `rqrr`, which do both.
    #[arg(long, value_name = "STAGES", value_delimiter = ',', value_parser = stage(), conflicts_with_all = ["camera", "live", "without"])]
    stages: Option<Vec<Stage>>,
    /// Uses all stages but these.
    #[arg(long, value_name = "STAGES", value_delimiter = ',', value_parser = stage(), conflicts_with_all = ["camera", "live"])]
    without: Option<Vec<Stage>>,
    /// Tells for each file what every stage saw and took, and for each code which stage read it.
    #[arg(long, conflicts_with_all = ["camera", "live"])]
    explain: bool,
    /// Prints one JSON object for each file: `file`, `ms` (CPU milliseconds of decoding), `codes` with `text`,
    /// `symbology`, `gs1` where it holds GS1 element strings, `corners` and `label`, and `error` where it cannot be read. A
    /// code whose bytes are not its text in UTF-8 has `raw`, in base64; one whose text is not sure has `fidelity`: `guessed`,
    /// `unknown_set` or `broken`. A part of a message of several codes has `part`: its `index` from 1, `of` how many, and
    /// the message's `parity` or `file`; where all parts are there, the whole message comes as one more code. A file has
    /// `note` where it is `cut_off`, an animation of which the first frame was read, `first_of_many`, or a file of several
    /// pages of which the first was, `first_page`.
    /// With `--explain` each code has `by`, and each file has `stages`; with `--live` it has `candidates`, what looks like
    /// codes and is not read yet with `corners` and a `hint` why, and `hint` where the whole picture is blurred.
    #[arg(long)]
    json: bool,
}

/// One of the stages that there are.
fn stage() -> impl TypedValueParser<Value = Stage> {
    PossibleValuesParser::new(Stage::ALL.map(Stage::name)).try_map(|name| name.parse::<Stage>())
}

/// Reads them. Files that cannot be read are reported in their turn, and the exit status tells at the end.
pub fn run(arguments: ScanArguments) -> Result<ExitCode, Failure> {
    match arguments.camera {
        Some(camera) => live::run(camera, arguments.json).map(|()| ExitCode::SUCCESS),
        None => files::run(&arguments),
    }
}

impl ScanArguments {
    /// The stages that the search is to use.
    fn stages(&self) -> Stages {
        let without = self.without.iter().flatten().copied();
        let all = match &self.stages {
            Some(stages) => stages.iter().copied().collect(),
            None => Stages::ALL,
        };
        without.fold(all, Stages::without)
    }
}

/// A code as it is printed. Who scans asked for the text, so it is there.
#[derive(Serialize)]
struct CodeLine {
    text: String,
    /// How sure the text is, where the code does not say it all.
    #[serde(skip_serializing_if = "is_sure")]
    fidelity: Fidelity,
    /// The code's bytes in base64, where they are not those of the text in UTF-8.
    #[serde(skip_serializing_if = "Option::is_none")]
    raw: Option<String>,
    /// Which part of a message the text is.
    #[serde(skip_serializing_if = "Option::is_none")]
    part: Option<Part>,
    symbology: Symbology,
    /// Whether the text is GS1 element strings, by the symbol's FNC1.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    gs1: bool,
    /// In pixels of the picture as shown.
    corners: [[f32; 2]; 4],
    label: LabelLine,
    /// The stage that saw the code and the one that read it.
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<[&'static str; 2]>,
}

fn is_sure(fidelity: &Fidelity) -> bool {
    *fidelity == Fidelity::Sure
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
        let readings = explain_scanned(&Scanned {
            text: &code.text,
            raw: &code.raw,
            identifier: code.identifier(),
            is_part: code.part.is_some(),
        });
        let format = readings.first().map_or(Format::Text, |best| best.format);
        let is_utf8 = code.raw == code.text.as_bytes();
        Self {
            fidelity: code.fidelity,
            raw: (!is_utf8).then(|| BASE64_STANDARD.encode(&code.raw)),
            part: code.part,
            text: code.text,
            symbology: code.symbology,
            gs1: code.gs1,
            corners: code.corners,
            label: LabelLine { format },
            by: None,
        }
    }
}

impl CodeLine {
    fn write(&self, out: &mut impl Write) -> io::Result<()> {
        let corners = self
            .corners
            .map(|[x, y]| format!("{x:.0},{y:.0}"))
            .join(" ");
        let (format, text) = (self.label.format, printable(&self.text));
        write!(out, "  {format}: {text}  (at {corners})")?;
        if self.symbology != Symbology::Qr {
            write!(out, ", {}", self.symbology.name())?;
        }
        if let Some(part) = self.part {
            write!(out, ", part {} of {}", part.index, part.of)?;
        }
        match self.fidelity {
            Fidelity::Sure => {}
            Fidelity::Guessed => write!(out, ", character set guessed")?,
            Fidelity::UnknownSet => write!(out, ", of an unknown character set")?,
            Fidelity::Broken => write!(out, ", with bytes that are no text")?,
        }
        match self.by {
            Some([look, way]) => writeln!(out, ", seen by {look}, read by {way}"),
            None => writeln!(out),
        }
    }
}

fn write_json(out: &mut impl Write, line: &impl Serialize) -> io::Result<()> {
    let text = serde_json::to_string(line).map_err(io::Error::from)?;
    let text = printable_json(&text);
    writeln!(out, "{text}")
}
