//! What is asked for on the command line, and what can go wrong.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use url::Url;

use crate::half::Half;

/// Measure Handover beside others.
#[derive(Parser)]
#[command(
    name = "cargo xtask bench",
    bin_name = "cargo xtask bench",
    max_term_width = 100
)]
pub struct Cli {
    /// What to measure.
    #[command(subcommand)]
    pub what: What,
}

/// What can be measured.
#[derive(Subcommand)]
pub enum What {
    /// The scanner: what it reads and what that costs.
    Scan(Scan),
    /// The stages of the scanner: what each brings, and in which order they should run.
    Stages(Stages),
    /// The cloud: claims in a second, pages of lists and searches over a million devices, large batches.
    Cloud(Cloud),
    /// The cloud's refusals of labels: whether their times tell what a label is.
    Oracle(Oracle),
    /// Devices that are connected, over MQTT, beside mosquitto's broker: messages in a second, what one costs, and the memory
    /// of connections. Linux alone.
    Devices(Devices),
    /// A cloud that `devices` measures.
    #[command(hide = true)]
    Serve(Serve),
}

/// Where a cloud that is measured keeps its data.
#[derive(Args)]
pub struct Where {
    /// A folder on the disk that is to be measured.
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub folder: PathBuf,
    /// Measure on this PostgreSQL database as well, in schemas that are made anew.
    #[arg(long, value_name = "URL")]
    pub database: Option<Url>,
    /// Leave SQLite out.
    #[arg(long, requires = "database")]
    pub postgres_alone: bool,
    /// Write everything as JSON as well.
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
}

/// How to measure the cloud.
#[derive(Args)]
pub struct Cloud {
    /// Where.
    #[command(flatten)]
    pub place: Where,
    /// This part alone.
    #[arg(long, value_enum)]
    pub only: Option<Part>,
    /// Claim for so many seconds with one client, and with many.
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u32).range(2..))]
    pub seconds: u32,
    /// The many devices of lists and searches.
    #[arg(long, value_name = "NUMBER", default_value_t = 1_000_000, value_parser = clap::value_parser!(i64).range(1_000..))]
    pub devices: i64,
    /// Keep the databases of lists and searches in this folder (those of PostgreSQL in their schemas), and use those that
    /// were kept there.
    #[arg(long, value_name = "DIR")]
    pub keep: Option<PathBuf>,
    /// The tokens of the large batch.
    #[arg(long, value_name = "NUMBER", default_value_t = 100_000)]
    pub tokens: usize,
}

/// What of the cloud.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Part {
    /// Claims in a second.
    Claims,
    /// Lists and searches.
    Lists,
    /// Batches and their exports.
    Tokens,
}

/// How to measure refusals.
#[derive(Args)]
pub struct Oracle {
    /// Where.
    #[command(flatten)]
    pub place: Where,
    /// Refusals of each kind.
    #[arg(long, value_name = "TIMES", default_value_t = 2_400)]
    pub times: usize,
}

/// How to measure connected devices.
#[derive(Args)]
pub struct Devices {
    /// A folder on the disk that is to be measured.
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub folder: PathBuf,
    /// Write everything as JSON as well.
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
    /// Speak for so many seconds under each load.
    #[arg(long, value_name = "SECONDS", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    pub seconds: u32,
    /// Measure each load so many times, cloud and broker in turns; the middle one counts.
    #[arg(long, value_name = "TIMES", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..))]
    pub rounds: u32,
    /// Connections that say nothing.
    #[arg(long, value_name = "NUMBER", default_value_t = 10_000)]
    pub idle: usize,
    /// The loads alone, the connections that say nothing, or what gateways carry for nodes.
    #[arg(long, value_enum)]
    pub only: Option<DevicesPart>,
}

/// What of connected devices.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DevicesPart {
    /// Messages in a second.
    Rate,
    /// The memory of connections.
    Idle,
    /// Messages in a second that gateways carry.
    Tunnel,
}

/// The cloud as a process of its own.
#[derive(Args)]
pub struct Serve {
    /// Where it has its data.
    pub folder: PathBuf,
}

/// How to measure the stages.
#[derive(Args)]
pub struct Stages {
    /// A folder with photographs and their truth.json.
    #[arg(long, value_name = "DIR")]
    pub photos: PathBuf,
    /// Every so many photographs alone, for a first look.
    #[arg(long, value_name = "NUMBER", default_value = "1")]
    pub every: NonZeroUsize,
    /// Write everything as JSON as well.
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
}

/// How to measure the scanner.
#[derive(Args, Default)]
pub struct Scan {
    /// A folder with photographs and their truth.json.
    #[arg(long, value_name = "DIR", required_unless_present_any = ["films", "cartons", "symbols"])]
    pub photos: Option<PathBuf>,
    /// The photographs as bounded, at full size (the folder `native`), or both.
    #[arg(long, value_enum, default_value_t)]
    pub sizes: Sizes,
    /// Measure the other decoders, too.
    #[arg(long)]
    pub peers: bool,
    /// Only the decoders whose name contains one of these; zxing-cpp is needed for ratios.
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub decoders: Vec<String>,
    /// Measure films of moving labels, and films without any.
    #[arg(long)]
    pub films: bool,
    /// All films of labels, not only one of each difficulty.
    #[arg(long)]
    pub all_films: bool,
    /// Another seed makes other films, cartons and symbols: what holds must not hold for those of one seed alone.
    #[arg(long, value_name = "NUMBER")]
    pub seed: Option<u64>,
    /// Show each photograph to our decoder of a camera's frames three times, and once to the others.
    #[arg(long)]
    pub three_frames: bool,
    /// Alter each photograph, all decoders alike: turned by 5 to 40 degrees, 0.7 to 1.2 times as large, with a gamma of 0.7
    /// to 1.4, as its name decides.
    #[arg(long)]
    pub altered: bool,
    /// Measure pictures of many labels.
    #[arg(long)]
    pub cartons: bool,
    /// Measure generated labels of every symbology, one in each picture, beside zxing-cpp, which draws them.
    #[arg(long, requires = "peers")]
    pub symbols: bool,
    /// Only this half of the photographs: tune on one, check on the other.
    #[arg(long, value_enum)]
    pub half: Option<Half>,
    /// Only pictures, films, cartons and symbols whose name contains this.
    #[arg(long, value_name = "SUBSTRING", default_value = "")]
    pub only: String,
    /// Measure each picture so many times and keep the least time.
    #[arg(long, value_name = "TIMES", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub repeat: u32,
    /// Show each picture, and what one reads and another misses.
    #[arg(long)]
    pub list: bool,
    /// Write everything as JSON as well. What the codes say is in it.
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
    /// The folder of WeChatQRCode's four model files.
    #[arg(long, value_name = "DIR")]
    pub wechat_models: Option<PathBuf>,
    /// The Python that has OpenCV with WeChatQRCode.
    #[arg(long, value_name = "PROGRAM", default_value = "python3")]
    pub python: PathBuf,
}

/// Which sizes of the photographs.
#[derive(Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Sizes {
    /// As `truth.json` lists them.
    Bounded,
    /// As `native/truth.json` lists them.
    Native,
    /// Both.
    #[default]
    Both,
}

impl Sizes {
    /// Whether the bounded ones are wanted.
    pub fn bounded(self) -> bool {
        self != Self::Native
    }

    /// Whether the full-size ones are wanted.
    pub fn native(self) -> bool {
        self != Self::Bounded
    }
}

/// Why nothing was measured.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// A file does not open.
    #[error("{path} can't be read or written: {error}", path = .path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// A truth.json says something else than it should.
    #[error("{path} is not as it should be: {error}", path = .path.display())]
    Truth {
        /// Which.
        path: PathBuf,
        /// Where.
        error: serde_json::Error,
    },
    /// A photograph does not decode.
    #[error("{path}: {error}", path = .path.display())]
    Picture {
        /// Which.
        path: PathBuf,
        /// Why.
        error: handover_scan::PictureError,
    },
    /// The cloud.
    #[error("the cloud can't be measured: {0}")]
    Cloud(#[source] crate::cloud::Trouble),
}
