//! What the pictures of `handover-hostile` cost, and beside them, in the same run, what photographs of their size do:
//! `cargo run --release -p handover-scan --example worst -- --photos DIR`.

#![allow(clippy::print_stdout)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use handover_hostile::{Canvas, Worst};
use handover_scan::{Frame, Report, Scanner, load_picture, thread_cpu_ms};
use serde_json::Value;

/// The worst picture may take so many times the mean of the photographs of its size.
const MOST: f64 = 10.0;

const USAGE: &str = "worst [--photos DIR] [--size WIDTHxHEIGHT]... [--only NAME] [--repeat TIMES] [--stages]

The sizes are 960x720 and 1280x720 unless others are given. With photographs it ends with PASS or MISS and the code 0 or 1.
Of repeated measurements the least time counts, of photographs and hostile pictures alike.";

/// What is asked for.
struct Options {
    photos: Option<PathBuf>,
    sizes: Vec<[u32; 2]>,
    only: String,
    repeat: u32,
    stages: bool,
}

impl Options {
    fn parse() -> Option<Self> {
        let mut options = Self {
            photos: None,
            sizes: Vec::new(),
            only: String::new(),
            repeat: 1,
            stages: false,
        };
        let mut arguments = std::env::args().skip(1);
        while let Some(name) = arguments.next() {
            match name.as_str() {
                "--photos" => options.photos = Some(arguments.next()?.into()),
                "--size" => {
                    let size = arguments.next()?;
                    let (width, height) = size.split_once('x')?;
                    options
                        .sizes
                        .push([width.parse().ok()?, height.parse().ok()?]);
                }
                "--only" => options.only = arguments.next()?,
                "--repeat" => options.repeat = arguments.next()?.parse().ok()?,
                "--stages" => options.stages = true,
                _ => return None,
            }
        }
        if options.sizes.is_empty() {
            options.sizes = vec![[960, 720], [1280, 720]];
        }
        Some(options)
    }
}

fn main() -> ExitCode {
    let Some(options) = Options::parse() else {
        println!("{USAGE}");
        return ExitCode::FAILURE;
    };
    let photos = options
        .photos
        .as_deref()
        .map(|folder| Photos::measure(folder, &options));
    let mut is_kept = true;
    for &[width, height] in &options.sizes {
        let mean = photos
            .as_ref()
            .and_then(|photos| photos.mean([width, height]));
        println!("\n{width}x{height}");
        let mut most: f64 = 0.0;
        for worst in Worst::ALL
            .iter()
            .filter(|worst| worst.name.contains(&options.only))
        {
            let picture = worst.picture(width, height);
            let (report, ms) = search(frame(&picture), options.repeat);
            most = most.max(ms);
            let times = mean
                .as_ref()
                .map_or(String::new(), |mean| format!(" {:5.1} times", ms / mean.ms));
            println!("{:40} {}{times}", worst.name, line(&report, ms, &options));
        }
        if let Some(mean) = mean {
            let is_within = most <= MOST * mean.ms;
            is_kept &= is_within;
            println!(
                "{}: the worst takes {most:.1} ms, {:.1} times the mean of {:.2} ms of {} photographs of {} pixels",
                if is_within { "PASS" } else { "MISS" },
                most / mean.ms,
                mean.ms,
                mean.count,
                mean.pixels,
            );
        }
    }
    if let Some(photos) = &photos {
        photos.tell();
    }
    if is_kept {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// What photographs of one size take.
struct Mean {
    pixels: u32,
    count: usize,
    ms: f64,
}

/// What photographs with a code take.
#[derive(Default)]
struct Photos {
    read: usize,
    codes: usize,
    /// By size.
    ms: BTreeMap<[u32; 2], Vec<f64>>,
}

impl Photos {
    fn measure(folder: &Path, options: &Options) -> Self {
        let truth = fs::read(folder.join("truth.json")).expect("the folder has a truth.json");
        let truth: Value = serde_json::from_slice(&truth).expect("it is JSON");
        let rows = truth.as_array().expect("it is a list");
        let mut photos = Self::default();
        for row in rows.iter().filter(|row| row["set"] != "falsepos") {
            let file = row["file"].as_str().expect("each has a file");
            let picture = load_picture(&folder.join(file)).expect("it is a picture");
            let (report, ms) = search(picture.frame(), options.repeat);
            photos.read += usize::from(!report.codes.is_empty());
            photos.codes += report.codes.len();
            let size = [picture.width, picture.height];
            photos.ms.entry(size).or_default().push(ms);
            if options.stages {
                println!(
                    "{file:40} {}x{} {}",
                    picture.width,
                    picture.height,
                    line(&report, ms, options)
                );
            }
        }
        photos
    }

    /// The mean of the photographs of as many pixels, either way up; of those of the next smaller size of which there are
    /// enough where there are few. With how many pixels, and how many there are.
    fn mean(&self, [width, height]: [u32; 2]) -> Option<Mean> {
        const ENOUGH: usize = 20;
        let mut by_pixels: BTreeMap<u32, Vec<f64>> = BTreeMap::new();
        for (size, all) in &self.ms {
            by_pixels.entry(size[0] * size[1]).or_default().extend(all);
        }
        let smaller = by_pixels.range(..=width * height).rev();
        let mut enough = smaller.filter(|(_, all)| all.len() >= ENOUGH);
        enough.next().map(|(&pixels, all)| Mean {
            pixels,
            count: all.len(),
            ms: mean(all),
        })
    }

    fn tell(&self) {
        let all: Vec<f64> = self.ms.values().flatten().copied().collect();
        println!(
            "\n{} photographs with a code: {} read, {} codes, {:.2} ms on average",
            all.len(),
            self.read,
            self.codes,
            mean(&all)
        );
        for ([width, height], all) in self.ms.iter().filter(|(_, all)| all.len() > 5) {
            println!(
                "  {width}x{height}: {} of them, {:.2} ms",
                all.len(),
                mean(all)
            );
        }
    }
}

fn mean(all: &[f64]) -> f64 {
    all.iter().sum::<f64>() / all.len() as f64
}

fn frame(picture: &Canvas) -> Frame<'_> {
    let (width, height) = (picture.width(), picture.height());
    Frame::new(picture.grey(), width, height, width as usize).expect("a canvas is whole")
}

/// Searches so many times, and gives the least time.
fn search(frame: Frame<'_>, times: u32) -> (Report, f64) {
    let all = (0..times.max(1)).map(|_| thread_cpu_ms(|| Scanner::default().report(frame)));
    all.min_by(|a, b| a.1.total_cmp(&b.1))
        .expect("it is one at least")
}

fn line(report: &Report, ms: f64, options: &Options) -> String {
    let counted = report.stages.last().map_or(0, |stage| stage.effort);
    let mut before = 0;
    let stages = report.stages.iter().map(|stage| {
        let effort = stage.effort - std::mem::replace(&mut before, stage.effort);
        format!(
            " {}:{:.1}/{:.1}/{}/{}/{}",
            stage.stage,
            stage.ms,
            effort as f64 / 1e6,
            stage.finders,
            stage.tried,
            stage.read
        )
    });
    let stages: String = stages.filter(|_| options.stages).collect();
    format!(
        "{ms:9.1} ms, {:5.1} counted, {:3} read{stages}",
        counted as f64 / 1e6,
        report.codes.len(),
    )
}
