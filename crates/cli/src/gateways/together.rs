//! A gateway together with its nodes: labels that wait for one claim, and devices that change hands in one step.

use std::io::{self, Write};

use clap::Args;
use handover_client::Method;
use handover_wire::{
    DeviceId, GatewayLabels, GatewayOutcomes, History, LabelChoice, ReleaseGateway,
    TakeGatewayBack, TokenId, TransferGateway, WaitTogether,
};
use serde::Serialize;

use super::{done, post};
use crate::account::Account;
use crate::devices::{HistoryName, LabelName, Recipient};
use crate::failure::Failure;
use crate::pages;
use crate::printable::printable;
use crate::runtime::block_on;
use crate::table;

#[derive(Args)]
pub struct WaitArguments {
    #[command(flatten)]
    account: Account,
    /// The number of the gateway's label, as `handover tokens find` lists it.
    gateway: TokenId,
    /// The numbers of the nodes' labels; 500 at the most.
    #[arg(required = true, value_name = "NODE")]
    nodes: Vec<TokenId>,
    /// They wait with it no longer.
    #[arg(long)]
    no_longer: bool,
    /// Prints what was done as a JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub struct WaitingArguments {
    #[command(flatten)]
    account: Account,
    /// The number of a label, the gateway's or a node's.
    label: TokenId,
    /// Prints a JSON object.
    #[arg(long)]
    json: bool,
}

/// Which, and what else there is to say.
#[derive(Args)]
struct Common {
    #[command(flatten)]
    account: Account,
    /// The gateway's number.
    gateway: DeviceId,
    /// A node that goes with it; may be given several times. All that you see go unless told. The others stay, and speak for
    /// themselves.
    #[arg(long = "node", value_name = "ID")]
    nodes: Vec<DeviceId>,
    /// No node goes with it.
    #[arg(long, conflicts_with = "nodes")]
    alone: bool,
    /// Why, for the record; where they are taken back, for whoever had them, too, in the mail that tells them.
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// Does nothing, and tells what would become of each.
    #[arg(long)]
    dry_run: bool,
    /// Prints one JSON object for each device.
    #[arg(long)]
    json: bool,
}

impl Common {
    fn nodes(&self) -> Option<Vec<DeviceId>> {
        (self.alone || !self.nodes.is_empty()).then(|| self.nodes.clone())
    }
}

#[derive(Args)]
pub struct ReleaseArguments {
    #[command(flatten)]
    common: Common,
    /// What becomes of what they have reported.
    #[arg(long, value_name = "WHAT", default_value = "erase")]
    history: HistoryName,
    /// The gateway's new label claims it alone, and each node's claims that.
    #[arg(long)]
    apart: bool,
    /// Makes it safe to repeat the command: the same key prints the same labels again.
    #[arg(long, value_name = "TEXT")]
    key: Option<String>,
}

#[derive(Args)]
pub struct TransferArguments {
    #[command(flatten)]
    common: Common,
    #[command(flatten)]
    to: Recipient,
    /// What becomes of what they have reported, and of the names and metadata that they were given. Unless told it stays
    /// within an organization and is erased on the way to another one.
    #[arg(long, value_name = "WHAT")]
    history: Option<HistoryName>,
    /// Makes it safe to repeat the command: the same key moves nothing twice.
    #[arg(long, value_name = "TEXT")]
    key: Option<String>,
}

#[derive(Args)]
pub struct TakeBackArguments {
    #[command(flatten)]
    common: Common,
    /// What becomes of their labels; each is kept while no customer has had it, and renewed after that, unless told.
    #[arg(long, value_name = "WHAT")]
    label: Option<LabelName>,
    /// What becomes of what they have reported, and of the names and metadata that they were given.
    #[arg(long, value_name = "WHAT", default_value = "erase")]
    history: HistoryName,
    /// The gateway's label claims it alone, and each node's claims that.
    #[arg(long)]
    apart: bool,
}

pub fn wait(arguments: &WaitArguments) -> Result<(), Failure> {
    let request = WaitTogether {
        token_id: arguments.gateway,
        node_token_ids: arguments.nodes.clone(),
        together: !arguments.no_longer,
    };
    done(
        &arguments.account,
        "static-tokens/gateway",
        &request,
        arguments.json,
    )
}

pub fn waiting(arguments: &WaitingArguments) -> Result<(), Failure> {
    let target = format!("static-tokens/gateway?tokenId={}", arguments.label);
    let labels: GatewayLabels = block_on(async {
        let client = arguments.account.sign_in(&mut io::stdin().lock()).await?;
        Ok(client.organization(Method::GET, &target, None).await?)
    })?;
    let mut out = io::stdout().lock();
    if arguments.json {
        return Ok(pages::write_json(&mut out, &[labels])?);
    }
    if labels.nodes.is_empty() {
        return Ok(writeln!(out, "It waits with no other label.")?);
    }
    let mut rows = vec![["ID", "LABEL", ""].map(str::to_owned)];
    let gateway = std::iter::once((labels.gateway, "gateway"));
    let all = gateway.chain(labels.nodes.into_iter().map(|node| (node, "node")));
    rows.extend(all.map(|(one, what)| {
        let label = printable(&one.label);
        [one.id.to_string(), label, what.to_owned()]
    }));
    Ok(table::write(&mut out, &rows)?)
}

pub fn release(arguments: &ReleaseArguments) -> Result<(), Failure> {
    let common = &arguments.common;
    let request = ReleaseGateway {
        device_id: common.gateway,
        node_ids: common.nodes(),
        history: arguments.history.into(),
        keep_together: !arguments.apart,
        reason: common.reason.clone(),
        dry_run: common.dry_run,
        key: arguments.key.clone(),
    };
    change(common, "gateway/release", &request)
}

pub fn transfer(arguments: &TransferArguments) -> Result<(), Failure> {
    let common = &arguments.common;
    let request = TransferGateway {
        device_id: common.gateway,
        node_ids: common.nodes(),
        new_org_id: arguments.to.organization,
        new_user_id: arguments.to.owner,
        owner_after: arguments.to.owner_after(),
        history: arguments.history.map(History::from),
        reason: common.reason.clone(),
        dry_run: common.dry_run,
        key: arguments.key.clone(),
    };
    change(common, "gateway/transfer", &request)
}

pub fn take_back(arguments: &TakeBackArguments) -> Result<(), Failure> {
    let common = &arguments.common;
    let request = TakeGatewayBack {
        device_id: common.gateway,
        node_ids: common.nodes(),
        label: arguments.label.map(LabelChoice::from),
        history: arguments.history.into(),
        keep_together: !arguments.apart,
        reason: common.reason.clone(),
        dry_run: common.dry_run,
    };
    change(common, "gateway/take-back", &request)
}

fn change(common: &Common, path: &str, request: &impl Serialize) -> Result<(), Failure> {
    let answer: GatewayOutcomes = block_on(async {
        let client = common.account.sign_in(&mut io::stdin().lock()).await?;
        post(&client, path, request).await
    })?;
    let outcomes = answer.outcomes;
    let kept = outcomes.iter().filter(|one| one.error.is_some()).count();
    let total = outcomes.len();
    let mut out = io::stdout().lock();
    if common.json {
        pages::write_json(&mut out, &outcomes)?;
    } else {
        let well = match common.dry_run {
            true => "would be",
            false => "done",
        };
        let mut rows = vec![["ID", "NAME", "OUTCOME", ""].map(str::to_owned)];
        rows.extend(outcomes.into_iter().map(|one| {
            let label = one.label.map(|label| printable(label.text.expose()));
            let (code, message) = match one.error {
                Some(error) => (error.code.as_str(), printable(&error.message)),
                None => (well, label.unwrap_or_default()),
            };
            let name = printable(&one.name);
            [one.device_id.to_string(), name, code.to_owned(), message]
        }));
        table::write(&mut out, &rows)?;
    }
    match kept {
        0 => Ok(()),
        kept => Err(Failure::DevicesKept { kept, total }),
    }
}
