//! A camera, until it has read one label.

use std::io::{self, Write};
use std::path::Path;
use std::sync::mpsc::{Receiver, channel};

use handover_scan::camera::{Camera, list};
use handover_scan::film::Film;
use handover_scan::live::{CameraError, Live, LiveEvent};
use handover_scan::{Code, LiveScanner};
use serde::Serialize;

use super::{CodeLine, ErrorLine, write_json};
use crate::failure::Failure;
use crate::printable::printable;

/// What stands before the path of a film in a camera's id.
const FILM: &str = "film:";

/// What is printed when something changes before the camera.
#[derive(Default, Serialize)]
struct CameraLine {
    /// Pictures come.
    live: bool,
    codes: Vec<CodeLine>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<ErrorLine>,
}

/// Reads until there is a label. Trouble with the camera is told, and ends by itself when its cause is gone.
pub(super) fn run(camera: Option<String>, json: bool) -> Result<(), Failure> {
    let (events, live) = start(camera)?;
    let mut out = io::stdout().lock();
    for event in events {
        let codes = match event {
            LiveEvent::Live(_) => Vec::new(),
            LiveEvent::Trouble(error) => {
                trouble(&mut out, &error, json)?;
                continue;
            }
            // What was lost, or looks like a code and is not read yet.
            LiveEvent::Seen(seen) if seen.codes.is_empty() => continue,
            LiveEvent::Seen(seen) => seen.codes,
        };
        let is_done = !codes.is_empty();
        report(&mut out, codes, json)?;
        if is_done {
            break;
        }
    }
    live.stop();
    Ok(())
}

fn start(camera: Option<String>) -> Result<(Receiver<LiveEvent>, Live), Failure> {
    let (sender, events) = channel();
    let tell = move |event| {
        // Nobody listens any more once a label has been read.
        let _ = sender.send(event);
    };
    let decoder = Box::new(LiveScanner::default());
    let live = match camera.as_deref().and_then(|id| id.strip_prefix(FILM)) {
        Some(path) => Live::start(Film::open(Path::new(path))?, decoder, tell),
        None => {
            check_camera(camera.as_deref())?;
            Live::start(Camera(camera), decoder, tell)
        }
    };
    Ok((events, live))
}

/// Refuses a camera that is not there: a wrong id never becomes right. Without an id any camera does that comes.
fn check_camera(wanted: Option<&str>) -> Result<(), Failure> {
    let Some(wanted) = wanted else {
        return Ok(());
    };
    let cameras = list()?;
    if cameras.iter().any(|camera| camera.id == wanted) {
        return Ok(());
    }
    let ids: Vec<String> = cameras.iter().map(|camera| printable(&camera.id)).collect();
    Err(Failure::NoSuchCamera {
        wanted: printable(wanted),
        there_are: if ids.is_empty() {
            "none is connected".to_owned()
        } else {
            format!("there are {}", ids.join(", "))
        },
    })
}

fn report(out: &mut impl Write, codes: Vec<Code>, json: bool) -> io::Result<()> {
    let line = CameraLine {
        live: true,
        codes: codes.into_iter().map(CodeLine::from).collect(),
        error: None,
    };
    if json {
        write_json(out, &line)?;
    } else if line.codes.is_empty() {
        writeln!(
            out,
            "The camera is on. Hold a label in front of it; Ctrl-C ends."
        )?;
    } else {
        line.codes.iter().try_for_each(|code| code.write(out))?;
    }
    out.flush()
}

fn trouble(out: &mut impl Write, error: &CameraError, json: bool) -> io::Result<()> {
    if json {
        let line = CameraLine {
            error: Some(ErrorLine {
                code: error.code(),
                message: error.to_string(),
            }),
            ..CameraLine::default()
        };
        write_json(out, &line)?;
    } else {
        writeln!(out, "{} ({})", printable(&error.to_string()), error.code())?;
    }
    out.flush()
}
