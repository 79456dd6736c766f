//! `handover fleet`: devices that there are not, played by a cloud that was started with `--faults`.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use handover_client::{Client, Method};
use handover_simulate::{Failure as Mishap, NoJournal, Source};
use handover_wire::{FleetNow, FleetTopology, StartFleet, TemplateId};
use serde_json::{Value, json};

use crate::account::Account;
use crate::failure::Failure;
use crate::pages;
use crate::runtime::block_on;
use crate::save;
use crate::simulate::Topology;
use crate::table;

/// What to do with the cloud's fleet.
#[derive(Args)]
pub struct FleetArguments {
    #[command(subcommand)]
    command: FleetCommand,
}

#[derive(Subcommand)]
enum FleetCommand {
    /// Shows what the fleet does, and how far it is.
    Show(ShowArguments),
    /// Makes devices where there are too few of them, and lets them play.
    Start(Box<StartArguments>),
    /// Stops what is under way.
    Stop(ShowArguments),
    /// Saves what the fleet did last: with it the same is played again, here or by `handover simulate --replay`.
    Recorded(RecordedArguments),
    /// Plays what was recorded: a file, or what the fleet did last.
    Play(PlayArguments),
    /// Deletes the devices that were made for fleets. Those that somebody else has by now stay; LEFT says how many.
    Delete(ShowArguments),
}

#[derive(Args)]
struct ShowArguments {
    #[command(flatten)]
    account: Account,
    /// Prints a JSON object.
    #[arg(long)]
    json: bool,
}

/// The same as the cloud has it.
fn of_wire(topology: Topology) -> FleetTopology {
    match topology {
        Topology::Direct => FleetTopology::Direct,
        Topology::Hub => FleetTopology::Hub,
        Topology::Mesh => FleetTopology::Mesh,
    }
}

#[derive(Args)]
#[command(after_help = "Signals and failures are those of `handover simulate`.")]
struct StartArguments {
    #[command(flatten)]
    account: Account,
    /// Whether devices speak for themselves, gateways for them, or nodes of a mesh by way of each other.
    #[arg(long, value_enum, default_value_t = Topology::Direct)]
    topology: Topology,
    /// How many devices, 10,000 at the most.
    #[arg(long, value_name = "NUMBER", default_value_t = 100)]
    count: u32,
    /// How many gateways speak for them: one for each hundred where this is not said, and one for each 25 of a mesh.
    #[arg(long, value_name = "NUMBER")]
    gateways: Option<u32>,
    /// What the devices are of: where this is not said the demo's template, or, for a mesh, one like it that is reached by mesh.
    #[arg(long, value_name = "TEMPLATE")]
    template: Option<String>,
    /// Where chance begins.
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    seed: u32,
    /// For how long, in seconds of the fleet's time.
    #[arg(long = "for", value_name = "SECONDS", default_value_t = 60)]
    lasts: u32,
    /// Seconds from one report of a device to its next.
    #[arg(long, value_name = "SECONDS", default_value_t = 10.0)]
    every: f64,
    /// How many times faster than that everything happens.
    #[arg(long, value_name = "TIMES", default_value_t = 1.0)]
    speed: f64,
    /// What each measures, and which datastream it writes; again for several.
    #[arg(long = "signal", value_name = "PIN=SIGNAL", default_values = ["V1=moisture", "V2=temperature"], value_parser = text_of::<Source>)]
    signals: Vec<String>,
    /// What befalls each; again for several.
    #[arg(long = "failure", value_name = "WHAT=PER_HOUR/h:SECONDSs", value_parser = text_of::<Mishap>)]
    failures: Vec<String>,
    /// How often in an hour each device uploads its log, where devices speak for themselves; with each report at the most.
    #[arg(long, value_name = "PER_HOUR")]
    uploads: Option<f64>,
    /// Prints a JSON object.
    #[arg(long)]
    json: bool,
}

/// The text itself, where it is one of these.
fn text_of<T: std::str::FromStr>(text: &str) -> Result<String, T::Err> {
    text.parse::<T>().map(|_| text.to_owned())
}

#[derive(Args)]
struct RecordedArguments {
    #[command(flatten)]
    account: Account,
    /// Where to; a file that is there is not written over.
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
    /// Prints where it is as a JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
struct PlayArguments {
    #[command(flatten)]
    account: Account,
    /// What was recorded, by this cloud or by `handover simulate --record`; what the fleet did last where it is left out.
    file: Option<PathBuf>,
    /// How the devices of the file reach the cloud, where it does not say so itself, as those of old.
    #[arg(long, value_enum, default_value_t = Topology::Direct)]
    topology: Topology,
    /// How many gateways it has, where it does not say so.
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    gateways: u32,
    /// Where chance began, where it does not say so: where a mesh's nodes are follows from it.
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    seed: u32,
    /// How many times faster everything happens.
    #[arg(long, value_name = "TIMES", default_value_t = 1.0)]
    speed: f64,
    /// Prints a JSON object.
    #[arg(long)]
    json: bool,
}

/// Does it.
pub fn run(arguments: &FleetArguments) -> Result<(), Failure> {
    match &arguments.command {
        FleetCommand::Show(arguments) => ask(arguments, Method::GET, "fleet"),
        FleetCommand::Stop(arguments) => ask(arguments, Method::POST, "fleet/stop"),
        FleetCommand::Delete(arguments) => ask(arguments, Method::POST, "fleet/delete"),
        FleetCommand::Start(arguments) => start(arguments),
        FleetCommand::Recorded(arguments) => recorded(arguments),
        FleetCommand::Play(arguments) => play(arguments),
    }
}

fn ask(arguments: &ShowArguments, method: Method, target: &str) -> Result<(), Failure> {
    let now = block_on(async {
        let client = arguments.account.sign_in(&mut io::stdin().lock()).await?;
        call(&client, method, target, None).await
    })?;
    print(now, arguments.json)
}

async fn call(
    client: &Client,
    method: Method,
    target: &str,
    body: Option<&Value>,
) -> Result<FleetNow, Failure> {
    Ok(client.organization(method, target, body).await?)
}

fn start(arguments: &StartArguments) -> Result<(), Failure> {
    let wanted = StartFleet {
        topology: of_wire(arguments.topology),
        count: arguments.count,
        gateways: arguments.gateways,
        template_id: arguments.template.clone().map(TemplateId),
        seed: arguments.seed,
        seconds: arguments.lasts,
        every: arguments.every,
        speed: arguments.speed,
        signals: arguments.signals.clone(),
        failures: arguments.failures.clone(),
        uploads: arguments.uploads,
    };
    let now = block_on(async {
        let client = arguments.account.sign_in(&mut io::stdin().lock()).await?;
        let body = serde_json::to_value(&wanted).map_err(io::Error::from)?;
        call(&client, Method::POST, "fleet/start", Some(&body)).await
    })?;
    caution(&now, true);
    print(now, arguments.json)
}

/// Says what is easily missed: what a recording did not say, and what recording will be gone.
fn caution(now: &FleetNow, is_another: bool) {
    let mut lines = String::new();
    if now.is_assumed {
        lines += "This recording is of old: it does not say how its devices reach the cloud, how many gateways there are, or the seed. It plays as --topology, --gateways and --seed say.\n";
    }
    if is_another && now.is_recorded {
        lines += "What the fleet before did is recorded until this one has come to its end: `handover fleet recorded --to FILE` saves it before.\n";
    }
    // With nobody to read it, it plays on.
    let _ = io::stderr().write_all(lines.as_bytes());
}

fn recorded(arguments: &RecordedArguments) -> Result<(), Failure> {
    save::save(&arguments.account, "fleet/recorded", &arguments.to)?;
    let done = json!({ "file": arguments.to.display().to_string() });
    pages::print_done(&done, arguments.json)
}

/// What is in the file. Nothing at all would have the cloud play what its fleet did last, which is not what was asked for.
fn recording(path: &Path) -> Result<Vec<u8>, Failure> {
    let text = std::fs::read(path).map_err(Failure::file(path))?;
    match text.is_empty() {
        true => Err(Failure::file(path)(io::Error::other(NoJournal::Empty))),
        false => Ok(text),
    }
}

fn play(arguments: &PlayArguments) -> Result<(), Failure> {
    let text = match &arguments.file {
        Some(path) => recording(path)?,
        None => Vec::new(),
    };
    let topology = serde_json::to_value(of_wire(arguments.topology)).unwrap_or_default();
    let topology = topology.as_str().unwrap_or_default();
    let target = format!(
        "fleet/play?topology={topology}&gateways={}&seed={}&speed={}",
        arguments.gateways, arguments.seed, arguments.speed
    );
    let now: FleetNow = block_on(async {
        let client = arguments.account.sign_in(&mut io::stdin().lock()).await?;
        Ok(client.upload(&target, &text).await?)
    })?;
    caution(&now, arguments.file.is_some());
    print(now, arguments.json)
}

fn print(now: FleetNow, json: bool) -> Result<(), Failure> {
    if json {
        return pages::print(&[now], true, [], |_| []);
    }
    let (headings, cells): (Vec<String>, Vec<String>) = columns(&now).into_iter().unzip();
    Ok(table::write(&mut io::stdout().lock(), &[headings, cells])?)
}

/// What there is to say of a fleet of this kind, each with its heading.
fn columns(now: &FleetNow) -> Vec<(String, String)> {
    let name = serde_json::to_value(now.phase).unwrap_or_default();
    let phase = name.as_str().unwrap_or_default().to_owned();
    // Nobody but the gateways of a mesh acknowledges to a device what it says.
    let topology = now.wanted.as_ref().map(|wanted| wanted.topology);
    let arrived = (topology == Some(FleetTopology::Mesh)).then_some(("ARRIVED", now.arrived));
    let counted = [
        ("DONE", now.done),
        ("OF", now.of),
        ("DEVICES", now.devices),
        ("LEFT", now.left),
        ("CONNECTED", now.there),
        ("SENT", now.sent),
    ];
    let counted = counted.into_iter().chain(arrived).chain([
        ("UNSENT", now.unsent),
        ("REFUSED", now.refused),
        ("TOLD", now.told),
        ("BROKEN", now.broken),
    ]);
    let counted = counted.map(|(heading, number)| (heading.to_owned(), number.to_string()));
    std::iter::once(("PHASE".to_owned(), phase))
        .chain(counted)
        .collect()
}
