//! Devices that change hands.

use std::io::{self, Write};

use clap::{Args, ValueEnum};
use handover_client::{Client, Method};
use handover_wire::{
    DeletedDevice, DeviceId, DeviceMove, DeviceOutcome, DeviceOutcomes, History, LabelChoice,
    LabelImage, OrgId, OwnerAfter, ReleaseDevice, ReleasedDevice, TransferDevices, Unclaim,
    Unclaimed, UndoMove, UndoMoves, Undone, UserId,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::account::Account;
use crate::failure::Failure;
use crate::organizations::numbered;
use crate::pages;
use crate::printable::printable;
use crate::runtime::block_on;
use crate::table;
use crate::times::local;

/// What an undo could not give back.
const NOBODYS: &str =
    "Its owner has left meanwhile: it is its organization's, and nobody's in person.";
/// Devices in one request, as the cloud takes them.
const PORTION: usize = 500;

#[derive(Args)]
pub struct ReleaseArguments {
    #[command(flatten)]
    account: Account,
    /// Its number, as the list has it.
    id: DeviceId,
    /// What becomes of its name and what it has reported.
    #[arg(long, value_name = "WHAT", default_value = "erase")]
    history: HistoryName,
    /// Why, for the record.
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// Makes it safe to repeat the command: the same key prints the same label again.
    #[arg(long, value_name = "TEXT")]
    key: Option<String>,
    /// Prints a JSON object with the link and the code's image.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub struct DeleteArguments {
    #[command(flatten)]
    account: Account,
    /// Their numbers, as the list has them.
    #[arg(required = true, value_name = "ID")]
    ids: Vec<DeviceId>,
    /// Why, for the record; 200 characters at most.
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// Says that it is meant.
    #[arg(long)]
    yes: bool,
    /// Makes it safe to repeat the command: the same key prints the same labels again.
    #[arg(long, value_name = "TEXT")]
    key: Option<String>,
    /// Prints one JSON object for each device, with its new label.
    #[arg(long)]
    json: bool,
}

/// To whom devices go.
#[derive(Args)]
pub struct Recipient {
    /// The organization; the new owner's unless told.
    #[arg(long, value_name = "ID", required_unless_present = "owner")]
    pub organization: Option<OrgId>,
    /// The new owner; nobody in person unless told, except of what the organization has already: that stays as it is.
    #[arg(long, value_name = "ID")]
    pub owner: Option<UserId>,
    /// Takes their owner from those that the organization has already, too.
    #[arg(long, requires = "organization", conflicts_with = "owner")]
    nobody: bool,
}

impl Recipient {
    /// Who owns them where no owner is named.
    pub fn owner_after(&self) -> Option<OwnerAfter> {
        match (self.owner, self.nobody) {
            (Some(_), _) => None,
            (None, true) => Some(OwnerAfter::Nobody),
            (None, false) => Some(OwnerAfter::AsItIs),
        }
    }
}

#[derive(Args)]
pub struct TransferArguments {
    #[command(flatten)]
    account: Account,
    /// Their numbers, as the list has them.
    #[arg(required = true, value_name = "ID")]
    ids: Vec<DeviceId>,
    #[command(flatten)]
    to: Recipient,
    /// What becomes of what they have reported, and of the names and metadata that they were given. Unless told it stays
    /// within an organization and is erased on the way to another one.
    #[arg(long, value_name = "WHAT")]
    history: Option<HistoryName>,
    /// Why, for the record.
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// Moves nothing, and tells what would become of each.
    #[arg(long)]
    dry_run: bool,
    /// Makes it safe to repeat the whole command: the same key moves nothing twice.
    #[arg(long, value_name = "TEXT")]
    key: Option<String>,
    /// Prints one JSON object for each device.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub struct UndoArguments {
    #[command(flatten)]
    account: Account,
    /// Their numbers, as the list has them.
    #[arg(required = true, value_name = "ID")]
    ids: Vec<DeviceId>,
    /// Why, for the record.
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// Prints one JSON object for each device.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub struct TakeBackArguments {
    #[command(flatten)]
    account: Account,
    /// Its number, as the list has it.
    id: DeviceId,
    /// What becomes of its label; kept while no customer has had it, renewed after that, unless told.
    #[arg(long, value_name = "WHAT")]
    label: Option<LabelName>,
    /// What becomes of what it has reported, and of the name and metadata that it was given.
    #[arg(long, value_name = "WHAT", default_value = "erase")]
    history: HistoryName,
    /// Why, for the record, and for whoever had it: they read it in the mail that tells them.
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// Prints the answer as a JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub struct OneArguments {
    #[command(flatten)]
    pub(super) account: Account,
    /// Its number, as the list has it.
    pub(super) id: DeviceId,
    /// Prints JSON objects.
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Clone, Copy, ValueEnum)]
pub enum HistoryName {
    /// Whoever has it next sees what was seen before: its name, its metadata, values, charts, events, and when it changed hands.
    Keep,
    /// Nobody sees what it reported any more, nor the name and metadata that its owner gave it: that is deleted as soon as it
    /// cannot be undone. After a move those of its label are back, and the list of who had it begins anew.
    Erase,
}

impl From<HistoryName> for History {
    fn from(name: HistoryName) -> Self {
        match name {
            HistoryName::Keep => Self::Keep,
            HistoryName::Erase => Self::Erase,
        }
    }
}

#[derive(Clone, Copy, ValueEnum)]
pub enum LabelName {
    /// The one that it has claims again: that which is printed on it, or, where that was replaced since, its successor alone.
    Keep,
    /// The printed one claims nothing any more.
    Renew,
}

impl From<LabelName> for LabelChoice {
    fn from(name: LabelName) -> Self {
        match name {
            LabelName::Keep => Self::Keep,
            LabelName::Renew => Self::Renew,
        }
    }
}

async fn post<T: DeserializeOwned>(
    client: &Client,
    path: &str,
    body: &impl Serialize,
) -> Result<T, Failure> {
    let body = serde_json::to_value(body).map_err(io::Error::from)?;
    Ok(client.organization(Method::POST, path, Some(&body)).await?)
}

pub fn release(arguments: &ReleaseArguments) -> Result<(), Failure> {
    let request = ReleaseDevice {
        device_id: arguments.id,
        history: arguments.history.into(),
        reason: arguments.reason.clone(),
        key: arguments.key.clone(),
    };
    let released: ReleasedDevice = block_on(async {
        let client = arguments.account.sign_in(&mut io::stdin().lock()).await?;
        post(&client, "device/release", &request).await
    })?;
    let mut out = io::stdout().lock();
    if arguments.json {
        pages::write_json(&mut out, &[released])?;
    } else {
        writeln!(out, "{}", printable(released.label.text.expose()))?;
    }
    Ok(())
}

pub fn delete(arguments: &DeleteArguments) -> Result<(), Failure> {
    if !arguments.yes {
        let count = arguments.ids.len();
        let devices = if count == 1 { "device" } else { "devices" };
        return Err(Failure::NotMeant {
            what: format!("{count} {devices} would be deleted, with what was reported."),
        });
    }
    let outcomes = block_on(async {
        let client = arguments.account.sign_in(&mut io::stdin().lock()).await?;
        let mut all = Vec::new();
        for &device_id in &arguments.ids {
            let key = arguments.key.as_ref();
            let parameters = [
                ("deviceId", Some(device_id.to_string())),
                ("key", key.map(|key| format!("{key}-{device_id}"))),
                ("reason", arguments.reason.clone()),
            ];
            let target = pages::target("device", &parameters);
            let deleted = client.organization::<DeletedDevice>(Method::DELETE, &target, None);
            let (label, error) = match deleted.await {
                Ok(deleted) => (deleted.label, None),
                Err(error) => (None, Some(error)),
            };
            let outcome = DeviceOutcome {
                device_id,
                error,
                owner_left: false,
            };
            all.push(Deleted { outcome, label });
        }
        Ok(all)
    })?;
    tell(outcomes, arguments.json, "deleted")
}

/// The numbers in portions; each has a key of its own, if there is one.
fn portions(ids: &[DeviceId]) -> impl Iterator<Item = (usize, Vec<DeviceId>)> {
    ids.chunks(PORTION).map(<[_]>::to_vec).enumerate()
}

pub fn transfer(arguments: &TransferArguments) -> Result<(), Failure> {
    let outcomes = block_on(async {
        let client = arguments.account.sign_in(&mut io::stdin().lock()).await?;
        let mut all = Vec::new();
        let mut room_taken = None;
        for (number, device_ids) in portions(&arguments.ids) {
            let request = TransferDevices {
                device_ids,
                new_org_id: arguments.to.organization,
                new_user_id: arguments.to.owner,
                owner_after: arguments.to.owner_after(),
                history: arguments.history.map(History::from),
                reason: arguments.reason.clone(),
                dry_run: arguments.dry_run,
                room_taken,
                key: arguments.key.as_ref().map(|key| format!("{key}-{number}")),
            };
            let answer: DeviceOutcomes = post(&client, "devices/transfer", &request).await?;
            // What a preview's call would take, the next one does not find free.
            room_taken = answer.room_taken;
            all.extend(answer.outcomes);
        }
        Ok(all)
    })?;
    let is_moved = outcomes
        .iter()
        .any(|one: &DeviceOutcome| one.error.is_none());
    let erased = erased(arguments.history, arguments.dry_run);
    if let Some(erased) = erased.filter(|_| is_moved) {
        // Also where programs read what became of each from the other output.
        io::stderr().write_all(erased.as_bytes())?;
    }
    let done = match arguments.dry_run {
        true => "would be moved",
        false => "done",
    };
    tell(outcomes, arguments.json, done)
}

/// What a move erases, as a line; none where all of it is kept.
fn erased(history: Option<HistoryName>, dry_run: bool) -> Option<String> {
    let of = match history {
        Some(HistoryName::Keep) => return None,
        Some(HistoryName::Erase) => "What was reported",
        None => "Of what comes from another organization, what was reported",
    };
    let then = match dry_run {
        true => "would be erased ten minutes later; `--history keep` keeps it.",
        false => "is erased in ten minutes; until then `handover devices undo` takes it back.",
    };
    Some(format!(
        "{of}, with the names and metadata that were given, {then}\n"
    ))
}

pub fn undo(arguments: &UndoArguments) -> Result<(), Failure> {
    let outcomes = block_on(async {
        let client = arguments.account.sign_in(&mut io::stdin().lock()).await?;
        // Everybody undoes what they did themselves, one at a time; many at once is for staff.
        if let [device_id] = arguments.ids[..] {
            let reason = arguments.reason.clone();
            let request = UndoMove { device_id, reason };
            let undone: Undone = post(&client, "device/undo", &request).await?;
            return Ok(vec![DeviceOutcome {
                device_id: undone.device_id,
                error: None,
                owner_left: undone.owner_left,
            }]);
        }
        let mut all = Vec::new();
        for (_, device_ids) in portions(&arguments.ids) {
            let reason = arguments.reason.clone();
            let request = UndoMoves { device_ids, reason };
            let answer: DeviceOutcomes = post(&client, "devices/undo", &request).await?;
            all.extend(answer.outcomes);
        }
        Ok(all)
    })?;
    tell(outcomes, arguments.json, "done")
}

/// What became of one of many, with what there is to show of it.
#[derive(Serialize)]
struct Deleted {
    #[serde(flatten)]
    outcome: DeviceOutcome,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<LabelImage>,
}

impl From<DeviceOutcome> for Deleted {
    fn from(outcome: DeviceOutcome) -> Self {
        let label = None;
        Self { outcome, label }
    }
}

/// Tells what became of each. Not all is well where something kept one of them.
fn tell(outcomes: Vec<impl Into<Deleted>>, json: bool, done: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    let outcomes: Vec<Deleted> = outcomes.into_iter().map(Into::into).collect();
    let kept = outcomes.iter().filter(|one| one.outcome.error.is_some());
    let kept = kept.count();
    let total = outcomes.len();
    if json {
        pages::write_json(&mut out, &outcomes)?;
    } else {
        let mut rows = vec![["ID", "OUTCOME", ""].map(str::to_owned)];
        rows.extend(outcomes.into_iter().map(|one| row(one, done)));
        table::write(&mut out, &rows)?;
    }
    match kept {
        0 => Ok(()),
        kept => Err(Failure::DevicesKept { kept, total }),
    }
}

fn row(Deleted { outcome, label }: Deleted, done: &str) -> [String; 3] {
    let label = label.map(|label| printable(label.text.expose()));
    let (code, message) = match outcome.error {
        Some(error) => (error.code.as_str(), printable(&error.message)),
        None if outcome.owner_left => (done, NOBODYS.to_owned()),
        None => (done, label.unwrap_or_default()),
    };
    [outcome.device_id.to_string(), code.to_owned(), message]
}

pub fn take_back(arguments: &TakeBackArguments) -> Result<(), Failure> {
    let request = Unclaim {
        device_id: arguments.id,
        label: arguments.label.map(LabelChoice::from),
        history: arguments.history.into(),
        reason: arguments.reason.clone(),
    };
    let unclaimed: Unclaimed = block_on(async {
        let client = arguments.account.sign_in(&mut io::stdin().lock()).await?;
        post(&client, "static-tokens/unclaim", &request).await
    })?;
    let mut out = io::stdout().lock();
    if arguments.json {
        pages::write_json(&mut out, &[unclaimed])?;
    } else {
        let label = match unclaimed.label {
            LabelChoice::Keep => "its label claims again",
            LabelChoice::Renew => "it has a new label, and the printed one claims nothing",
        };
        writeln!(out, "Taken back: {label}.")?;
    }
    Ok(())
}

pub fn label(arguments: &OneArguments) -> Result<(), Failure> {
    let label: LabelImage = block_on(async {
        let client = arguments.account.sign_in(&mut io::stdin().lock()).await?;
        let target = format!("device/label?deviceId={}", arguments.id);
        Ok(client.organization(Method::GET, &target, None).await?)
    })?;
    crate::tokens::label::write(&label, arguments.json)
}

pub fn history(arguments: &OneArguments) -> Result<(), Failure> {
    let moves: Vec<DeviceMove> = block_on(async {
        let client = arguments.account.sign_in(&mut io::stdin().lock()).await?;
        let parameters = [("deviceId", Some(arguments.id.to_string()))];
        pages::all(&client, "device/moves", &parameters).await
    })?;
    let mut out = io::stdout().lock();
    if arguments.json {
        pages::write_json(&mut out, &moves)?;
        return Ok(());
    }
    let mut rows = vec![["TIME", "WHAT", "FROM", "TO", "BY", "REASON"].map(str::to_owned)];
    rows.extend(moves.iter().map(|one| {
        let text = |text: &Option<String>| printable(text.as_deref().unwrap_or("-"));
        let side = |org: &Option<String>, id: Option<OrgId>, owner: &Option<String>| {
            let org = match (org, id) {
                (Some(name), Some(id)) => numbered(name, id),
                _ => text(org),
            };
            match owner {
                Some(owner) => format!("{org}, {}", printable(owner)),
                None => org,
            }
        };
        [
            local(one.at),
            format!("{:?}", one.kind).to_lowercase(),
            side(&one.from_org, one.from_org_id, &one.from_owner),
            side(&one.to_org, one.to_org_id, &one.to_owner),
            text(&one.by),
            text(&one.reason),
        ]
    }));
    Ok(table::write(&mut out, &rows)?)
}
