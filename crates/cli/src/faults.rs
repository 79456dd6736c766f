//! `handover faults`: what goes wrong on demand, in a cloud that was started with `--faults`.

mod written;

use std::io;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use handover_client::{Client, Method};
use handover_wire::{DeviceId, Fault, FaultRule, Faults, FaultsNow};

use crate::account::Account;
use crate::failure::Failure;
use crate::pages;
use crate::printable::printable;
use crate::runtime::block_on;

const SWITCHES: &str = "faults";

/// What to do with faults.
#[derive(Args)]
pub struct FaultsArguments {
    #[command(subcommand)]
    command: FaultsCommand,
}

#[derive(Subcommand)]
enum FaultsCommand {
    /// Shows what goes wrong at present, and how often it has.
    Show(ShowArguments),
    /// Lets one more thing go wrong. Counting, chance and the recording begin anew.
    Add(AddArguments),
    /// Lets what a file says go wrong, and nothing else; a recording is such a file.
    Switch(SwitchArguments),
    /// Lets nothing go wrong any more.
    Off(ShowArguments),
    /// Prints what has gone wrong since it was switched last, as a file, in JSON with or without `--json`: with it the same calls of the same people fail
    /// again.
    Recorded(ShowArguments),
}

#[derive(Args)]
struct ShowArguments {
    #[command(flatten)]
    account: Account,
    /// Prints a JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
struct SwitchArguments {
    #[command(flatten)]
    account: Account,
    /// JSON, as `handover cloud --faults` takes it.
    file: PathBuf,
    /// Prints a JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
#[command(after_help = written::KINDS)]
struct AddArguments {
    #[command(flatten)]
    account: Account,
    /// What happens.
    #[arg(value_name = "FAULT", value_parser = written::parse)]
    fault: Fault,
    /// Whose calls: method and path of docs/API.md, the latter with or without /api/v1/organization; or what devices do that
    /// stay connected. All but those of sessions, where it is left out.
    #[arg(long, value_name = "ENDPOINT")]
    endpoint: Option<String>,
    /// Only calls of this person, by mail address, and of the devices that they have; or of this machine, by id.
    #[arg(long, value_name = "WHO")]
    of: Option<String>,
    /// Only calls about this device, or that it makes, and what it says while it is connected.
    #[arg(long, value_name = "DEVICE")]
    device: Option<i64>,
    /// Of how many calls in a hundred, by chance from a seed.
    #[arg(long, value_name = "PERCENT")]
    percent: Option<f64>,
    /// How many times; without end where it is left out.
    #[arg(long, value_name = "TIMES")]
    next: Option<u32>,
    /// Prints a JSON object.
    #[arg(long)]
    json: bool,
}

/// Does it.
pub fn run(arguments: &FaultsArguments) -> Result<(), Failure> {
    match &arguments.command {
        FaultsCommand::Show(arguments) => show(arguments),
        FaultsCommand::Add(arguments) => add(arguments),
        FaultsCommand::Switch(arguments) => switch(arguments),
        FaultsCommand::Off(arguments) => off(arguments),
        FaultsCommand::Recorded(arguments) => recorded(arguments),
    }
}

fn show(arguments: &ShowArguments) -> Result<(), Failure> {
    let now = block_on(async {
        let client = arguments.account.sign_in(&mut io::stdin().lock()).await?;
        at_present(&client).await
    })?;
    print(now, arguments.json)
}

fn off(arguments: &ShowArguments) -> Result<(), Failure> {
    let now = block_on(async {
        let client = arguments.account.sign_in(&mut io::stdin().lock()).await?;
        set(&client, &Faults::default()).await
    })?;
    print(now, arguments.json)
}

fn switch(arguments: &SwitchArguments) -> Result<(), Failure> {
    let text = std::fs::read(&arguments.file).map_err(Failure::file(&arguments.file))?;
    let faults = serde_json::from_slice(&text).map_err(io::Error::from);
    let faults: Faults = faults.map_err(Failure::file(&arguments.file))?;
    let now = block_on(async {
        let client = arguments.account.sign_in(&mut io::stdin().lock()).await?;
        set(&client, &faults).await
    })?;
    print(now, arguments.json)
}

fn add(arguments: &AddArguments) -> Result<(), Failure> {
    let rule = FaultRule {
        endpoint: arguments.endpoint.clone(),
        account: arguments.of.clone(),
        device: arguments.device.map(DeviceId),
        percent: arguments.percent,
        next: arguments.next,
        fault: arguments.fault,
    };
    let now = block_on(async {
        let client = arguments.account.sign_in(&mut io::stdin().lock()).await?;
        let mut faults = at_present(&client).await?.faults;
        faults.rules.push(rule);
        set(&client, &faults).await
    })?;
    print(now, arguments.json)
}

fn recorded(arguments: &ShowArguments) -> Result<(), Failure> {
    let faults: Faults = block_on(async {
        let client = arguments.account.sign_in(&mut io::stdin().lock()).await?;
        let recorded = client.organization(Method::GET, "faults/recorded", None);
        Ok(recorded.await?)
    })?;
    pages::print(&[faults], true, [], |_| [])
}

async fn at_present(client: &Client) -> Result<FaultsNow, Failure> {
    Ok(client.organization(Method::GET, SWITCHES, None).await?)
}

async fn set(client: &Client, faults: &Faults) -> Result<FaultsNow, Failure> {
    let body = serde_json::to_value(faults).map_err(io::Error::from)?;
    let set = client.organization(Method::PUT, SWITCHES, Some(&body));
    Ok(set.await?)
}

fn print(now: FaultsNow, json: bool) -> Result<(), Failure> {
    if json {
        return pages::print(&[now], true, [], |_| []);
    }
    let rows: Vec<_> = now.faults.rules.iter().zip(now.happened).collect();
    let headings = [
        "FAULT", "CALLS", "OF", "DEVICE", "PERCENT", "STILL", "HAPPENED",
    ];
    let some = |text: Option<String>, none: &str| text.unwrap_or_else(|| none.to_owned());
    pages::print(&rows, false, headings, |(rule, happened)| {
        [
            written::print(rule.fault),
            printable(&some(rule.endpoint.clone(), "all")),
            printable(&some(rule.account.clone(), "everybody")),
            some(rule.device.map(|device| device.to_string()), "any"),
            some(rule.percent.map(|percent| percent.to_string()), "100"),
            some(rule.next.map(|next| next.to_string()), "always"),
            happened.to_string(),
        ]
    })
}
