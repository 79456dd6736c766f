//! Devices that are connected, over MQTT, beside mosquitto's broker: how many messages in a second, what one costs, how long
//! it takes until one is acknowledged, and how much memory a connection takes that says nothing.
//!
//! Cloud and broker are processes of their own, each alone while it is measured, and the same generator of load, in this
//! process, speaks to both. A broker that nobody has subscribed to has less to do than one that somebody has; the cloud is
//! measured beside that.

mod broker;
mod generator;
mod hubs;
mod process;
mod report;
mod served;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use crate::cloud::Trouble;
use crate::cloud::site::Site;
use crate::options::{Devices as Options, DevicesPart, Failure};
use broker::Broker;
use generator::{Crowd, Load, Rate};
use process::Watched;
pub use report::Report;
use report::{Idle, Row};
use served::Served;
pub use served::serve;

/// What is offered: devices that say something so often, many that say the next thing once the last is acknowledged, and few
/// that say much.
const LOADS: [Load; 6] = [
    Load::steady(1_000, 5),
    Load::steady(1_000, 10),
    Load::new(1_000, 1, 0),
    Load::new(100, 16, 0),
    Load::new(1_000, 1, 15),
    Load::new(100, 1, 15),
];
/// Gateways, and nodes of each: as many messages of a gateway are not acknowledged yet as it has nodes.
const HUBS: (usize, u16) = (10, 20);
/// What the cloud is called in the tables.
const OURS: &str = "Handover";
/// Where it has its data, in the folder of the measurement.
const CLOUD: &str = "cloud";
/// The same of those with gateways.
const HUBS_CLOUD: &str = "hubs";
/// Files that a process needs beside its connections.
const OTHER_FILES: u64 = 200;

/// Measures the cloud and the broker in turns.
pub fn measure(options: &Options) -> Result<Report, Failure> {
    crate::cloud::runtime()?
        .block_on(all(options))
        .map_err(Failure::Cloud)
}

async fn all(options: &Options) -> Result<Report, Trouble> {
    let files = handover_cloud::open_many_files();
    let idle = options
        .idle
        .min(usize::try_from(files.saturating_sub(OTHER_FILES)).unwrap_or(usize::MAX));
    let folder = tempfile::tempdir_in(&options.folder)?;
    let most = LOADS.iter().map(|load| load.clients).max();
    let most = idle.max(most.unwrap_or_default());
    let tokens = match options.only {
        Some(DevicesPart::Tunnel) => Vec::new(),
        _ => prepare(folder.path().join(CLOUD), most).await?,
    };
    let mut report = Report::new(options.idle, idle);
    let does = |part| options.only.is_none_or(|only| only == part);
    if does(DevicesPart::Rate) {
        for load in LOADS {
            report.add(rates(options, folder.path(), &tokens, load).await?);
        }
    }
    if does(DevicesPart::Tunnel) {
        report.tunnel(
            HUBS,
            tunnelled(options, &folder.path().join(HUBS_CLOUD)).await?,
        );
    }
    if does(DevicesPart::Idle) {
        let broker = Broker::start(folder.path()).await?;
        report.idle(broker.name(), silent(&broker, &tokens[..idle]).await?);
        broker.stop()?;
        let served = Served::start(&folder.path().join(CLOUD))?;
        report.idle(OURS, silent(&served, &tokens[..idle]).await?);
        served.stop()?;
    }
    Ok(report)
}

/// Broker and cloud in turns under one load.
async fn rates(
    options: &Options,
    folder: &Path,
    tokens: &[String],
    load: Load,
) -> Result<Vec<Row>, Trouble> {
    let mut rows = Vec::new();
    for _ in 0..options.rounds {
        let broker = Broker::start(folder).await?;
        let rate = one(&broker, tokens, load, options.seconds).await?;
        rows.push(Row::of(broker.name(), load, rate));
        broker.stop()?;
        let served = Served::start(&folder.join(CLOUD))?;
        let rate = one(&served, tokens, load, options.seconds).await?;
        rows.push(Row::of(OURS, load, rate));
        served.stop()?;
    }
    Ok(rows)
}

/// What devices connect to.
trait Host {
    /// Where.
    fn address(&self) -> SocketAddr;
    /// Its process.
    fn watched(&self) -> Watched;
}

/// Makes devices that have been there once, and gives their tokens.
async fn prepare(folder: PathBuf, count: usize) -> Result<Vec<String>, Trouble> {
    let site = Site::start_kept(folder, None, "").await?;
    let batch = site.batch(None, count).await?;
    let tokens = site.auth_tokens(batch).await?;
    let mqtt = site.cloud.doors().mqtt;
    let mqtt = mqtt.ok_or(Trouble::Odd("a demo without MQTT"))?;
    // Being there for the first time makes a device, which is no part of what is measured.
    for some in tokens.chunks(500) {
        Crowd::connect(mqtt, some).await?.leave().await?;
    }
    site.stop().await;
    Ok(tokens)
}

async fn one(
    host: &impl Host,
    tokens: &[String],
    load: Load,
    seconds: u32,
) -> Result<Rate, Trouble> {
    let mut crowd = Crowd::connect(host.address(), &tokens[..load.clients]).await?;
    // The first messages of a minute make the rows of its history, and the first of a process fill its caches.
    crowd.speak(load, 1, None).await?;
    let watched = host.watched();
    let rate = crowd.speak(load, seconds, Some(&watched)).await?;
    crowd.leave().await?;
    Ok(rate)
}

/// Gateways that speak for their nodes, the middle one of all rounds.
async fn tunnelled(options: &Options, folder: &Path) -> Result<Vec<Rate>, Trouble> {
    let hubs = hubs::prepare(folder.to_owned(), HUBS.0, HUBS.1.into()).await?;
    let load = Load::new(HUBS.0, HUBS.1, 0);
    let mut rates = Vec::new();
    for _ in 0..options.rounds {
        let served = Served::start(folder)?;
        let mut crowd = Crowd::hubs(served.address(), &hubs).await?;
        crowd.speak(load, 1, None).await?;
        rates.push(
            crowd
                .speak(load, options.seconds, Some(&served.watched()))
                .await?,
        );
        crowd.leave().await?;
        served.stop()?;
    }
    Ok(rates)
}

async fn silent(host: &impl Host, tokens: &[String]) -> Result<Idle, Trouble> {
    let watched = host.watched();
    // What a process takes for its first connections is no part of what one more takes.
    let (first, others) = tokens.split_at(tokens.len() / 20);
    let few = Crowd::connect(host.address(), first).await?;
    let before = watched.memory()?;
    let many = Crowd::connect(host.address(), others).await?;
    let after = watched.memory()?;
    let idle = Idle::new(others.len(), before, after);
    many.leave().await?;
    few.leave().await?;
    Ok(idle)
}
