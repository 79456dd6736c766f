//! Pictures, one after the other.

use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use handover_scan::{
    Candidate, Decoder, Hint, LiveScanner, Loaded, Note, Picture, Scanner, StageReport,
    thread_cpu_ms,
};
use serde::Serialize;

use super::{CodeLine, ErrorLine, ScanArguments, write_json};
use crate::failure::Failure;
use crate::printable::printable;

/// What stands for what is piped in, in the place of a file's name.
const STANDARD_INPUT: &str = "-";

/// What is printed about one file.
#[derive(Serialize)]
struct FileLine {
    /// As it was given.
    file: String,
    /// CPU milliseconds of decoding alone.
    ms: f64,
    codes: Vec<CodeLine>,
    /// What else looks like codes, and what would help.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    candidates: Vec<Candidate>,
    /// What would help as to the picture as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<Hint>,
    /// What each stage of the search did.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    stages: Vec<StageReport>,
    /// Why the picture may show less than its file was meant to.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<Note>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<ErrorLine>,
}

/// What reads the files.
enum Reader {
    Still { scanner: Scanner, explain: bool },
    Live(Box<LiveScanner>),
}

/// Reads each file and prints its line at once.
pub(super) fn run(arguments: &ScanArguments) -> Result<ExitCode, Failure> {
    let mut out = io::stdout().lock();
    if !arguments.stages().can_read() {
        writeln!(
            io::stderr(),
            "These stages read nothing together, so there will be no codes: it takes one that looks, as `640`, and one that reads, as `plain`; `bars`, `micro-qr`, `data-matrix` and `rqrr` do both."
        )?;
    }
    let mut reader = if arguments.live {
        Reader::Live(Box::default())
    } else {
        Reader::Still {
            scanner: Scanner::new(arguments.stages()),
            explain: arguments.explain,
        }
    };
    let mut code = ExitCode::SUCCESS;
    for file in &arguments.files {
        let line = reader.line(file);
        if line.error.is_some() {
            code = ExitCode::FAILURE;
        }
        if arguments.json {
            write_json(&mut out, &line)?;
        } else {
            write(&mut out, &line)?;
        }
    }
    Ok(code)
}

impl Reader {
    fn line(&mut self, file: &Path) -> FileLine {
        let mut line = FileLine {
            file: file.to_string_lossy().into_owned(),
            ms: 0.0,
            codes: Vec::new(),
            candidates: Vec::new(),
            hint: None,
            stages: Vec::new(),
            note: None,
            error: None,
        };
        let loaded = if file == Path::new(STANDARD_INPUT) {
            handover_scan::read(io::stdin().lock())
        } else {
            handover_scan::load(file)
        };
        match loaded {
            Ok(Loaded { picture, note }) => {
                line.note = note;
                self.read(&picture, &mut line);
            }
            Err(error) => {
                line.error = Some(ErrorLine {
                    code: error.code(),
                    message: error.to_string(),
                });
            }
        }
        line
    }

    fn read(&mut self, picture: &Picture, line: &mut FileLine) {
        match self {
            Self::Live(scanner) => {
                let (codes, ms) = thread_cpu_ms(|| scanner.decode(picture.frame()));
                line.ms = ms;
                line.codes = codes.into_iter().map(CodeLine::from).collect();
                line.candidates = scanner.candidates().to_vec();
                line.hint = scanner.hint();
            }
            Self::Still { scanner, explain } => {
                let (report, ms) = thread_cpu_ms(|| scanner.report(picture.frame()));
                line.ms = ms;
                line.codes = report.codes.into_iter().map(CodeLine::from).collect();
                if *explain {
                    for (code, (look, way)) in line.codes.iter_mut().zip(report.by) {
                        code.by = Some([look.name(), way.name()]);
                    }
                    line.stages = report.stages;
                }
            }
        }
    }
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
    if let Some(note) = line.note {
        writeln!(out, "  {}", note.message())?;
    }
    line.codes.iter().try_for_each(|code| code.write(out))?;
    line.stages.iter().try_for_each(|stage| {
        let StageReport { stage, ms, finders, tried, unread, read, effort } = stage;
        writeln!(
            out,
            "  {:>9} {ms:8.2} ms: {finders} finder patterns, {tried} groups tried, {unread} unread, {read} read, {:.2} ms of work counted",
            stage.name(),
            *effort as f64 / 1e6
        )
    })
}
