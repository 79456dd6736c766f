//! Pictures, one after the other.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use handover_scan::{Decoder, PictureError, Scanner, load_picture, thread_cpu_ms};
use serde::Serialize;

use super::{CodeLine, ErrorLine, write_json};
use crate::failure::Failure;
use crate::printable::printable;

/// What is printed about one file.
#[derive(Serialize)]
struct FileLine {
    /// As it was given.
    file: String,
    /// CPU milliseconds of decoding alone.
    ms: f64,
    codes: Vec<CodeLine>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<ErrorLine>,
}

/// Reads each file and prints its line at once.
pub(super) fn run(files: &[PathBuf], json: bool) -> Result<ExitCode, Failure> {
    let mut out = io::stdout().lock();
    let mut decoder = Scanner::default();
    let mut code = ExitCode::SUCCESS;
    for file in files {
        let line = read(&mut decoder, file);
        if line.error.is_some() {
            code = ExitCode::FAILURE;
        }
        if json {
            write_json(&mut out, &line)?;
        } else {
            write(&mut out, &line)?;
        }
    }
    Ok(code)
}

fn read(decoder: &mut impl Decoder, file: &Path) -> FileLine {
    let shown = file.to_string_lossy().into_owned();
    match decode(decoder, file) {
        Ok((codes, ms)) => FileLine {
            file: shown,
            ms,
            codes,
            error: None,
        },
        Err(error) => FileLine {
            file: shown,
            ms: 0.0,
            codes: Vec::new(),
            error: Some(ErrorLine {
                code: error.code(),
                message: error.to_string(),
            }),
        },
    }
}

fn decode(decoder: &mut impl Decoder, file: &Path) -> Result<(Vec<CodeLine>, f64), PictureError> {
    let picture = load_picture(file)?;
    let (codes, ms) = thread_cpu_ms(|| decoder.decode(picture.frame()));
    Ok((codes.into_iter().map(CodeLine::from).collect(), ms))
}

fn write(out: &mut impl Write, line: &FileLine) -> io::Result<()> {
    let file = printable(&line.file);
    if let Some(error) = &line.error {
        return writeln!(
            out,
            "{file}: {} ({})",
            printable(&error.message),
            error.code
        );
    }
    let found = match line.codes.len() {
        0 => "no code".to_owned(),
        1 => "1 code".to_owned(),
        many => format!("{many} codes"),
    };
    writeln!(out, "{file}: {found}, decoded in {:.1} ms", line.ms)?;
    line.codes.iter().try_for_each(|code| code.write(out))
}
