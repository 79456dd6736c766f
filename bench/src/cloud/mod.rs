//! The cloud: claims in a second, lists and searches over many devices, large batches, and whether the time of a refusal
//! tells what a label is.
//!
//! The cloud runs in this process and is asked over real connections that stay open. People are signed in and labels
//! made before any clock runs.

mod claims;
mod commits;
pub mod http;
mod lists;
pub mod oracle;
mod seed;
pub mod site;
mod tokens;
pub mod verdict;

use std::path::{Path, PathBuf};
use std::time::Instant;

use serde::Serialize;
use url::Url;

use crate::options::{Cloud as Options, Failure, Part, Where};
use site::Site;

/// Why a measurement of the cloud came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// A folder cannot be used.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// The cloud did not start.
    #[error(transparent)]
    Start(#[from] handover_cloud::StartError),
    /// `--database` is no address.
    #[error("--database: {0}")]
    Address(#[from] handover_cloud::DatabaseUrlError),
    /// A connection broke.
    #[error(transparent)]
    Connection(#[from] hyper::Error),
    /// A request that is none.
    #[error(transparent)]
    Request(#[from] hyper::http::Error),
    /// The database past the cloud.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    /// An export does not open.
    #[error(transparent)]
    Zip(#[from] zip::result::ZipError),
    /// An export's table does not read.
    #[error(transparent)]
    Table(#[from] csv::Error),
    /// The cloud answered with an error.
    #[error("the cloud answered {0}: {1}")]
    Refused(u16, String),
    /// What cannot be.
    #[error("{0}")]
    Odd(&'static str),
}

/// Where clouds are measured.
pub struct Place {
    below: PathBuf,
    /// Where databases of many devices stay.
    keep: Option<PathBuf>,
    postgres: Option<Url>,
}

impl Place {
    /// SQLite and, where it is given, PostgreSQL; or the latter alone.
    fn all(options: &Where, keep: Option<&Path>) -> Vec<Self> {
        let sqlite = (!options.postgres_alone).then_some(None);
        let postgres = options.database.clone().map(Some);
        let place = |postgres| Self {
            below: options.folder.clone(),
            keep: keep.map(Path::to_path_buf),
            postgres,
        };
        sqlite.into_iter().chain(postgres).map(place).collect()
    }

    fn name(&self) -> &'static str {
        match self.postgres {
            None => "SQLite",
            Some(_) => "PostgreSQL",
        }
    }

    /// A site with so many devices: the one that was kept, else a new one. And how many seconds it took to make them.
    async fn seeded(&self, devices: i64) -> Result<(Site, Option<f64>), Trouble> {
        let name = format!("seeded_{devices}");
        let site = match &self.keep {
            None => self.start(&name).await?,
            Some(keep) => {
                let folder = keep.join(format!("{name}_{}", self.name().to_lowercase()));
                let name = format!("bench_kept_{name}");
                Site::start_kept(folder, self.postgres.as_ref(), &name).await?
            }
        };
        let began = Instant::now();
        let is_new = seed::fill(&site, devices).await?;
        let seconds = began.elapsed().as_secs_f64();
        seed::settle(&site).await?;
        Ok((site, is_new.then_some(seconds)))
    }

    async fn start(&self, name: &str) -> Result<Site, Trouble> {
        Site::start(
            &self.below,
            self.postgres.as_ref(),
            &format!("bench_{name}"),
        )
        .await
    }
}

/// Everything that was measured of the cloud.
#[derive(Default, Serialize)]
pub struct Report {
    claims: Vec<claims::Claims>,
    lists: Vec<lists::Lists>,
    tokens: Vec<tokens::Tokens>,
}

impl Report {
    /// The tables.
    pub fn text(&self) -> String {
        let mut text = String::new();
        if !self.claims.is_empty() {
            text += &claims::text(&self.claims);
        }
        text += &self
            .lists
            .iter()
            .map(lists::Lists::text)
            .collect::<String>();
        if !self.tokens.is_empty() {
            text += &tokens::text(&self.tokens);
        }
        text
    }
}

/// Measures what was asked for, on each database.
pub fn measure(options: &Options) -> Result<Report, Failure> {
    runtime()?.block_on(all(options)).map_err(Failure::Cloud)
}

/// What measurements run on.
pub fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::Cloud(error.into()))
}

async fn all(options: &Options) -> Result<Report, Trouble> {
    let mut report = Report::default();
    let wants = |part| options.only.is_none_or(|only| only == part);
    for place in Place::all(&options.place, options.keep.as_deref()) {
        if wants(Part::Claims) {
            report
                .claims
                .push(claims::measure(&place, options.seconds).await?);
        }
        if wants(Part::Lists) {
            report
                .lists
                .push(lists::measure(&place, options.devices).await?);
        }
        if wants(Part::Tokens) {
            report
                .tokens
                .extend(tokens::measure(&place, options.tokens).await?);
        }
    }
    Ok(report)
}
