//! Many devices at once: made, from a table, into a table.

use std::fs;
use std::io::{self, IsTerminal as _, Write};
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use handover_client::{Client, Method};
use handover_wire::{
    BatchFailure, BatchState, CreateDevices, DeviceSort, DeviceState, DeviceWork, ImportReport,
    OrgId, TemplateId, UserId, WorkId,
};
use serde_json::json;

use crate::account::Account;
use crate::failure::Failure;
use crate::import_report::{Columns, told};
use crate::pages;
use crate::printable::printable;
use crate::runtime::block_on;
use crate::save::save;

/// How often the cloud is asked how far the work is.
const ASK_EVERY: Duration = Duration::from_millis(300);

/// What new devices are of.
#[derive(Args)]
struct NewDevices {
    #[command(flatten)]
    account: Account,
    /// Which kind of device, as in TMPLsoil00001.
    #[arg(long, value_name = "ID")]
    template: String,
    /// In which organization; your own unless told.
    #[arg(long, value_name = "ID")]
    organization: Option<OrgId>,
    /// Whose they are to be; yours unless told.
    #[arg(long, value_name = "ID")]
    owner: Option<UserId>,
    /// Makes it safe to repeat the command: the same key makes nothing twice.
    #[arg(long, value_name = "TEXT")]
    key: Option<String>,
    /// Ends once the devices are asked for, rather than once they are made.
    #[arg(long)]
    no_wait: bool,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
}

/// What comes for `{n}` is a line break, so that a terminal is told in between to stay as it is; it is left out elsewhere.
const NAME_HELP: &str = "What they are called: 1 to 50 letters, digits, spaces or '_-, with {\x1b[0mn} in the place of the \
                         number where there are several, as in \"Pump {\x1b[0mn}\"";

#[derive(Args)]
pub struct CreateArguments {
    #[command(flatten)]
    new: NewDevices,
    #[arg(help = NAME_HELP)]
    name: String,
    /// How many, 1 to 10000.
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    count: u32,
    /// The number of the first.
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    first: u32,
    /// Prints what they would be called, and makes none.
    #[arg(long)]
    dry_run: bool,
}

#[derive(Args)]
pub struct ImportArguments {
    #[command(flatten)]
    new: NewDevices,
    /// The table.
    file: PathBuf,
    #[command(flatten)]
    columns: Columns,
}

#[derive(Args)]
pub struct WorkArguments {
    #[command(flatten)]
    account: Account,
    /// Its number, as `--no-wait` printed it.
    id: WorkId,
    /// Prints a JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub struct ExportArguments {
    #[command(flatten)]
    account: Account,
    /// The CSV file to write; one that is there is not overwritten.
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
    /// Those of this organization; of your own unless told.
    #[arg(long, value_name = "ID")]
    organization: Option<OrgId>,
    /// Those of the organizations below it, too.
    #[arg(long)]
    below: bool,
    /// Only those whose name has this in it, or whose identifier it is, or a number in whose metadata; three characters or
    /// more.
    #[arg(long, value_name = "TEXT")]
    search: Option<String>,
    /// The order: `newest`, `oldest`, `name`, `name_reversed`, `recently_seen` or `long_unseen`.
    #[arg(long, value_name = "ORDER", default_value = "newest")]
    sort: DeviceSort,
    /// Only those that are `online`, `offline` or `never_connected`.
    #[arg(long, value_name = "STATE")]
    state: Option<DeviceState>,
    /// Only those of this template.
    #[arg(long, value_name = "TEMPLATE")]
    template: Option<String>,
    /// Prints what was done as a JSON object.
    #[arg(long)]
    json: bool,
}

pub fn create(arguments: &CreateArguments) -> Result<(), Failure> {
    let new = &arguments.new;
    if arguments.dry_run {
        let numbers = (u64::from(arguments.first)..).take(arguments.count as usize);
        let mut out = io::stdout().lock();
        for number in numbers {
            let name = arguments.name.replace("{n}", &number.to_string());
            writeln!(out, "{}", printable(&name))?;
        }
        return Ok(());
    }
    let request = CreateDevices {
        template_id: TemplateId(new.template.clone()),
        org_id: new.organization,
        owner_id: new.owner,
        name: arguments.name.clone(),
        count: arguments.count,
        first: Some(arguments.first),
        key: new.key.clone(),
    };
    let work = block_on(async {
        let client = new.account.sign_in(&mut io::stdin().lock()).await?;
        let body = serde_json::to_value(&request).map_err(io::Error::from)?;
        let asked: DeviceWork = client
            .organization(Method::POST, "devices/create", Some(&body))
            .await?;
        done(&client, asked, new.no_wait).await
    })?;
    print(&work, new)
}

pub fn import(arguments: &ImportArguments) -> Result<(), Failure> {
    let table = fs::read(&arguments.file).map_err(Failure::file(&arguments.file))?;
    let (new, columns) = (&arguments.new, &arguments.columns);
    let parameters = [
        ("templateId", Some(new.template.clone())),
        ("orgId", new.organization.map(|id| id.to_string())),
        ("ownerId", new.owner.map(|id| id.to_string())),
        ("key", new.key.clone()),
        ("mapping", columns.mapping()?),
        ("goodRows", Some(columns.good_rows.to_string())),
        ("dryRun", Some(columns.dry_run.to_string())),
    ];
    let target = pages::target("devices/import", &parameters);
    let report = block_on(async {
        let client = new.account.sign_in(&mut io::stdin().lock()).await?;
        let mut report: ImportReport = client.upload(&target, &table).await?;
        told(&report, new.json);
        if let Some(work) = report.work.take() {
            report.work = Some(done(&client, work, new.no_wait).await?);
        }
        Ok::<_, Failure>(report)
    })?;
    if new.json {
        pages::write_json(&mut io::stdout().lock(), &[&report])?;
    } else if let Some(work) = &report.work {
        print(work, new)?;
    }
    columns.judge(&report, report.work.is_some(), new.json)
}

pub fn work(arguments: &WorkArguments) -> Result<(), Failure> {
    let work: DeviceWork = block_on(async {
        let client = arguments.account.sign_in(&mut io::stdin().lock()).await?;
        get(&client, arguments.id).await
    })?;
    let mut out = io::stdout().lock();
    if arguments.json {
        return Ok(pages::write_json(&mut out, &[work])?);
    }
    let line = match work.state {
        BatchState::Making => format!("{} of {} devices are prepared", work.made, work.count),
        BatchState::Ready => made(work.count),
        BatchState::Cancelled | BatchState::Failed => format!("none were made: {}", why(&work)),
    };
    Ok(writeln!(out, "{line}")?)
}

/// What there is once all of them are made.
fn made(count: i64) -> String {
    match count {
        1 => "1 device is made".to_owned(),
        _ => format!("{count} devices are made"),
    }
}

pub fn cancel(arguments: &WorkArguments) -> Result<(), Failure> {
    block_on(async {
        let client = arguments.account.sign_in(&mut io::stdin().lock()).await?;
        let target = target("devices/work/cancel", arguments.id);
        Ok(client.organization(Method::POST, &target, None).await?)
    })
}

pub fn export(arguments: &ExportArguments) -> Result<(), Failure> {
    let parameters = [
        ("orgId", arguments.organization.map(|id| id.to_string())),
        ("includeSubOrgDevices", Some(arguments.below.to_string())),
        ("query", arguments.search.clone()),
        ("sort", Some(arguments.sort.as_str().to_owned())),
        (
            "state",
            arguments.state.map(|state| state.as_str().to_owned()),
        ),
        ("templateId", arguments.template.clone()),
    ];
    let target = pages::target("devices/export", &parameters);
    save(&arguments.account, &target, &arguments.to)?;
    let done = json!({ "file": arguments.to.display().to_string() });
    pages::print_done(&done, arguments.json)
}

fn target(path: &str, id: WorkId) -> String {
    pages::target(path, &[("workId", Some(id.to_string()))])
}

async fn get(client: &Client, id: WorkId) -> Result<DeviceWork, Failure> {
    let target = target("devices/work", id);
    Ok(client.organization(Method::GET, &target, None).await?)
}

/// The number of devices that were made, or of the work that goes on.
fn print(work: &DeviceWork, new: &NewDevices) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    if new.json {
        return Ok(pages::write_json(&mut out, &[work])?);
    }
    match new.no_wait {
        true => writeln!(out, "{}", work.id)?,
        false => writeln!(out, "{}", made(work.count))?,
    }
    Ok(())
}

/// The work once it is done; at once where nobody waits for it. Progress goes to standard error.
async fn done(client: &Client, mut work: DeviceWork, no_wait: bool) -> Result<DeviceWork, Failure> {
    let terminal = io::stderr().is_terminal();
    while work.state == BatchState::Making && !no_wait {
        let line = format!("{} of {} devices are prepared", work.made, work.count);
        // With nobody to read it the work goes on.
        let _ = match terminal {
            true => write!(io::stderr(), "\r{line}"),
            false => writeln!(io::stderr(), "{line}"),
        };
        tokio::time::sleep(ASK_EVERY).await;
        work = get(client, work.id).await?;
    }
    if terminal && !no_wait {
        let _ = writeln!(io::stderr());
    }
    match work.state {
        BatchState::Making | BatchState::Ready => Ok(work),
        BatchState::Cancelled | BatchState::Failed => Err(Failure::NotMade {
            why: why(&work).to_owned(),
        }),
    }
}

fn why(work: &DeviceWork) -> &'static str {
    match (&work.failure, work.state) {
        (_, BatchState::Cancelled) => "somebody stopped it",
        (Some(BatchFailure::DeviceLimit), _) => {
            "by then the organization had too many devices for them"
        }
        (Some(BatchFailure::Gone), _) => {
            "the organization is gone by now, or the owner is not active"
        }
        (Some(BatchFailure::NotAllowed), _) => {
            "whoever asked for them was suspended meanwhile, or may not do this any more"
        }
        _ => "the cloud could not make them, and its log says why",
    }
}
