#![doc = include_str!("../README.md")]
// This program's output is what it is for.
#![allow(clippy::print_stdout, clippy::print_stderr)]

mod altered;
mod cartons;
mod cloud;
mod devices;
mod film_report;
mod films;
mod half;
mod judge;
mod list;
mod native;
mod options;
mod order;
mod peers;
mod photos;
mod report;
mod stages;
mod stats;
mod summary;
mod symbols;
mod table;
mod truth;

use std::path::Path;
use std::process::ExitCode;

use clap::Parser;
use serde::Serialize;

use options::{Cli, Failure, What};
use report::Report;

fn main() -> ExitCode {
    let done = match Cli::parse().what {
        What::Scan(options) => scan(&options),
        What::Stages(options) => stages(&options),
        What::Cloud(options) => measured(
            cloud::measure(&options),
            cloud::Report::text,
            options.place.json.as_deref(),
        ),
        What::Oracle(options) => measured(
            cloud::oracle::measure(&options),
            |reports| cloud::oracle::text(reports),
            options.place.json.as_deref(),
        ),
        What::Devices(options) => measured(
            devices::measure(&options),
            devices::Report::text,
            options.json.as_deref(),
        ),
        What::Serve(options) => devices::serve(&options),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}

fn scan(options: &options::Scan) -> Result<(), Failure> {
    let mut line_up = if options.three_frames {
        peers::three_frames_line_up(options)
    } else {
        peers::line_up(options)
    };
    let mut report = Report::default();
    if let Some(folder) = &options.photos {
        report.photos = photos::measure(folder, options, &mut line_up)?;
    }
    if options.films {
        let mut line_up = peers::film_line_up(options);
        report.films = films::measure(films::films(options), options, &mut line_up);
        report.empty_films = films::measure(films::empty_films(options), options, &mut line_up);
    }
    if options.cartons {
        report.cartons = cartons::measure(cartons::cartons(options), options, &mut line_up);
    }
    if options.symbols {
        let mut line_up = peers::symbol_line_up(options);
        report.symbols = cartons::measure(symbols::labels(options), options, &mut line_up);
    }
    print!("{}", report.text(options.list));
    if let Some(path) = &options.json {
        report::write(&report, path)?;
    }
    Ok(())
}

fn stages(options: &options::Stages) -> Result<(), Failure> {
    let worth = stages::measure(options)?;
    print!("{}", worth.text());
    if let Some(path) = &options.json {
        report::write(&worth, path)?;
    }
    Ok(())
}

/// Prints what was measured, and writes it where that was asked for.
fn measured<T: Serialize>(
    report: Result<T, Failure>,
    text: impl FnOnce(&T) -> String,
    json: Option<&Path>,
) -> Result<(), Failure> {
    let report = report?;
    print!("{}", text(&report));
    json.map_or(Ok(()), |path| report::write(&report, path))
}
