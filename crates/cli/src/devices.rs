//! `handover devices`: the devices of one's organization and those below it, and in whose hands they are.

mod about;
mod files;
mod hands;
pub use hands::{HistoryName, LabelName, Recipient};
mod identify;
mod many;
mod readings;

use std::io::{self, Write};

use clap::{Args, Subcommand};
use handover_client::{Client, SEARCH_FROM};
use handover_wire::{
    Device, DeviceId, DeviceSort, DeviceState, DeviceView, MAX_PAGE_SIZE, OrgId, PageQuery,
    TemplateId,
};

use crate::account::Account;
use crate::failure::Failure;
use crate::organizations::numbered;
use crate::pages::{self, Found};
use crate::printable::{printable, printable_json};
use crate::runtime::block_on;
use crate::table;

/// What to do with devices.
#[derive(Args)]
pub struct DevicesArguments {
    #[command(subcommand)]
    command: DevicesCommand,
}

#[derive(Subcommand)]
enum DevicesCommand {
    /// Lists the devices of your organization and those below it.
    List(ListArguments),
    /// Shows one device with its values and metadata.
    Show(about::ShowArguments),
    /// Has a device's datastream hold something: at once where the device has a connection, once it asks where it speaks over
    /// HTTPS, otherwise when it is back, where its template says so. The cloud says which (`delivery` in JSON: `on_its_way`,
    /// `waits_until_asked`, `waits` or `not_sent`).
    Set(about::SetArguments),
    /// Gives a device another name, or its metadata fields other values.
    Edit(about::EditArguments),
    /// Prints what a device signs in with. That you looked is written down.
    ///
    /// Unless you are of its maker, what brought it where it is can then be undone no longer. Of a batch whose secrets are
    /// shown once there is nothing to show: its export had them.
    Token(about::TokenArguments),
    /// Makes devices by hand, all or none.
    ///
    /// Each gets a credential of its own, which `handover devices export` and `handover devices token` show.
    Create(many::CreateArguments),
    /// Makes devices from a CSV table, one for each row, all or none.
    ///
    /// The headers are the names of metadata fields; capitals count. `Device Name` is a device's name. A file of
    /// `handover devices export` is such a table. UTF-8; commas, semicolons or tabs between the cells; 10,000 rows at most.
    /// Rows at fault are told by line, and nothing is imported unless all are good or `--good-rows` is given. Auth tokens
    /// in a table are never taken: each device gets its own.
    Import(many::ImportArguments),
    /// Tells how far the making of many devices is.
    Work(many::WorkArguments),
    /// Stops the making of many devices: there will be none of them.
    Cancel(many::WorkArguments),
    /// Writes devices into a CSV file, each with what it signs in with and its metadata.
    ///
    /// Whoever has the file can act as any of these devices. The export stands in the audit. Unless you are of their maker,
    /// what brought them where they are in the last 10 minutes can then be undone no longer.
    Export(many::ExportArguments),
    /// Gives a device another name.
    Rename(RenameArguments),
    /// Gives a device up, and prints the link that adds it again, for its next owner.
    Release(hands::ReleaseArguments),
    /// Deletes devices, with what they reported: those that were made by hand are gone, those of a label can be claimed with
    /// a new one, whose link is printed beside each.
    Delete(hands::DeleteArguments),
    /// Moves devices to another organization or owner.
    ///
    /// Both sides get a mail after 10 minutes. Until then it can be undone, unless the device is moved once more, or somebody
    /// who is not of its maker looks at its token (`handover devices token`) or exports it (`handover devices export`).
    Transfer(hands::TransferArguments),
    /// Undoes the claim or transfer that brought devices where they are, within 10 minutes.
    Undo(hands::UndoArguments),
    /// Takes a device back into the organization that made its label.
    TakeBack(hands::TakeBackArguments),
    /// Prints the link of the label that a device has now. That you looked is written down.
    Label(hands::OneArguments),
    /// Shows which machines ask for a device's token by its number, and says which of them it is.
    Identify(identify::IdentifyArguments),
    /// Tells how one of a device's numbers went, by the minute, and by the hour where it is more than two days.
    Values(readings::HistoryArguments),
    /// Tells how a device wants its datastreams shown: labels, colours, bounds.
    Properties(hands::OneArguments),
    /// Tells what a device told last, the newest first.
    Events(readings::EventsArguments),
    /// Lists the files that a device uploaded, the newest first.
    Files(hands::OneArguments),
    /// Saves a file that a device uploaded.
    File(files::FileArguments),
    /// Deletes files that devices uploaded. Their links open nothing any more.
    DeleteFile(files::DeleteArguments),
    /// Tells who gave a device to whom, the newest first.
    History(hands::OneArguments),
}

/// Which devices.
#[derive(Args)]
struct ListArguments {
    #[command(flatten)]
    account: Account,
    /// Only those whose name has this in it, or whose serial number, MAC address or other identifier it is, also in the
    /// metadata, written in any way; three characters or more. Of more than 1,000 found the newest 1,000 are sorted and
    /// filtered, which standard error says.
    #[arg(long, value_name = "TEXT", default_value = "")]
    search: String,
    /// Only those of this organization and those below it; of your own unless told.
    #[arg(long, value_name = "ID")]
    organization: Option<OrgId>,
    /// The order: `newest`, `oldest`, `name`, `name_reversed`, `recently_seen` or `long_unseen`.
    #[arg(long, value_name = "ORDER", default_value = "newest")]
    sort: DeviceSort,
    /// Only those that are `online`, `offline` or `never_connected`.
    #[arg(long, value_name = "STATE")]
    state: Option<DeviceState>,
    /// Only those of this template.
    #[arg(long, value_name = "TEMPLATE")]
    template: Option<String>,
    /// Only so many, from the start of the list.
    #[arg(long, value_name = "NUMBER")]
    limit: Option<usize>,
    /// Prints one JSON object for each device, without its token; what standard error says is one, too.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
struct RenameArguments {
    #[command(flatten)]
    account: Account,
    /// Its number, as the list has it.
    id: DeviceId,
    /// Its new name, 1 to 50 letters, digits, spaces, `'`, `_` and `-`.
    name: String,
    /// Prints the device as a JSON object.
    #[arg(long)]
    json: bool,
}

/// Does it.
pub fn run(arguments: &DevicesArguments) -> Result<(), Failure> {
    match &arguments.command {
        DevicesCommand::List(arguments) => list(arguments),
        DevicesCommand::Show(arguments) => about::show(arguments),
        DevicesCommand::Set(arguments) => about::set(arguments),
        DevicesCommand::Edit(arguments) => about::edit(arguments),
        DevicesCommand::Token(arguments) => about::token(arguments),
        DevicesCommand::Create(arguments) => many::create(arguments),
        DevicesCommand::Import(arguments) => many::import(arguments),
        DevicesCommand::Work(arguments) => many::work(arguments),
        DevicesCommand::Cancel(arguments) => many::cancel(arguments),
        DevicesCommand::Export(arguments) => many::export(arguments),
        DevicesCommand::Rename(arguments) => rename(arguments),
        DevicesCommand::Release(arguments) => hands::release(arguments),
        DevicesCommand::Delete(arguments) => hands::delete(arguments),
        DevicesCommand::Transfer(arguments) => hands::transfer(arguments),
        DevicesCommand::Undo(arguments) => hands::undo(arguments),
        DevicesCommand::TakeBack(arguments) => hands::take_back(arguments),
        DevicesCommand::Label(arguments) => hands::label(arguments),
        DevicesCommand::Identify(arguments) => identify::run(arguments),
        DevicesCommand::Properties(arguments) => readings::properties(arguments),
        DevicesCommand::Values(arguments) => readings::values(arguments),
        DevicesCommand::Events(arguments) => readings::events(arguments),
        DevicesCommand::Files(arguments) => files::list(arguments),
        DevicesCommand::File(arguments) => files::save(arguments),
        DevicesCommand::DeleteFile(arguments) => files::delete(arguments),
        DevicesCommand::History(arguments) => hands::history(arguments),
    }
}

fn list(arguments: &ListArguments) -> Result<(), Failure> {
    let given = arguments.search.trim();
    // The cloud takes a short one for none, and whoever goes through what is listed would go through everything.
    if !given.is_empty() && given.chars().count() < SEARCH_FROM {
        let given = given.to_owned();
        return Err(Failure::ShortSearch { given });
    }
    let found = block_on(async {
        let client = arguments.account.sign_in(&mut io::stdin().lock()).await?;
        let view = DeviceView {
            sort: Some(arguments.sort),
            state: arguments.state,
            template_id: arguments.template.clone().map(TemplateId),
            after: None,
        };
        let most = arguments.limit.unwrap_or(usize::MAX);
        some(&client, given, arguments.organization, view, most).await
    })?;
    let is_filtered = arguments.state.is_some() || arguments.template.is_some();
    // All devices, and all hits in their own order, are gone through to the end.
    if !given.is_empty() && (is_filtered || arguments.sort != DeviceSort::Newest) {
        pages::tell_newest_alone(&found, "devices", arguments.json);
    }
    let devices = found.rows;
    let mut out = io::stdout().lock();
    if arguments.json {
        write_json(&mut out, devices)?;
    } else {
        write_table(&mut out, &devices, None)?;
    }
    Ok(())
}

fn rename(arguments: &RenameArguments) -> Result<(), Failure> {
    let renamed = block_on(async {
        let client = arguments.account.sign_in(&mut io::stdin().lock()).await?;
        Ok(client.rename_device(arguments.id, &arguments.name).await?)
    })?;
    pages::print_done(&renamed, arguments.json)
}

/// Every device, page by page.
pub async fn all(client: &Client) -> Result<Vec<Device>, Failure> {
    let found = some(client, "", None, DeviceView::default(), usize::MAX);
    Ok(found.await?.rows)
}

/// So many of these devices at the most. What comes or goes meanwhile moves no other one over the end of a page.
async fn some(
    client: &Client,
    search: &str,
    org: Option<OrgId>,
    mut view: DeviceView,
    most: usize,
) -> Result<Found<Device>, Failure> {
    let mut devices = Vec::new();
    let mut is_more = false;
    for page in 0.. {
        let size = u32::try_from(most).unwrap_or(u32::MAX).min(MAX_PAGE_SIZE);
        let query = PageQuery {
            page: view.after.is_none().then_some(page),
            size: Some(size),
        };
        let answer = client.devices(search, org, &view, query).await?;
        let is_last = answer.content.len() < size as usize;
        is_more |= answer.total_is_lower_bound;
        devices.extend(answer.content);
        if is_last || devices.len() >= most {
            break;
        }
        // A search has its pages by number alone.
        view.after = answer.next;
    }
    devices.truncate(most);
    Ok(Found {
        rows: devices,
        is_more,
    })
}

/// Writes devices for people, with a mark at a new one.
pub fn write_table(
    out: &mut impl Write,
    devices: &[Device],
    new: Option<DeviceId>,
) -> io::Result<()> {
    let mut rows = vec![["", "ID", "NAME", "KIND", "ORGANIZATION", "STATE"].map(str::to_owned)];
    rows.extend(devices.iter().map(|device| row(device, new)));
    table::write(out, &rows)
}

fn row(device: &Device, new: Option<DeviceId>) -> [String; 6] {
    let mark = if new == Some(device.id) { "new" } else { "" };
    [
        mark.to_owned(),
        device.id.to_string(),
        printable(&device.name),
        printable(&device.template_name),
        numbered(&device.org_name, device.org_id),
        printable(&device.lifecycle_status.name),
    ]
}

fn write_json(out: &mut impl Write, devices: Vec<Device>) -> io::Result<()> {
    for mut device in devices {
        // A credential in a terminal's history helps nobody who lists devices.
        device.token = None;
        let line = serde_json::to_string(&device).map_err(io::Error::from)?;
        let line = printable_json(&line);
        writeln!(out, "{line}")?;
    }
    Ok(())
}
