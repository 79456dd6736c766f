//! `handover approvals`: claims by a device's number that wait for support's word.

use std::io::{self, Write};

use clap::{Args, Subcommand, ValueEnum};
use handover_client::Method;
use handover_wire::{Approval, ApprovalId, ApproveClaim, ClaimAnswer, RefuseClaim, TimeSort};

use crate::account::Account;
use crate::failure::Failure;
use crate::organizations::numbered;
use crate::pages;
use crate::printable::printable;
use crate::runtime::block_on;
use crate::times::local;

/// What to do with claims that wait.
#[derive(Args)]
pub struct ApprovalsArguments {
    #[command(subcommand)]
    command: ApprovalsCommand,
}

#[derive(Subcommand)]
enum ApprovalsCommand {
    /// Lists claims that wait for your word, the oldest first; or those that have had it, with whose that was, and why.
    List(ListArguments),
    /// Lets somebody have the device that they asked for.
    Approve(ApproveArguments),
    /// Says no; whoever asked is told by mail.
    Refuse(RefuseArguments),
}

#[derive(Args)]
struct ListArguments {
    #[command(flatten)]
    account: Account,
    /// Only those in this state.
    #[arg(long, value_enum, default_value = "pending")]
    state: State,
    /// Only those with this in what was asked for, the label, or the name or address of whoever asked or their organization.
    #[arg(long, value_name = "TEXT")]
    search: Option<String>,
    /// The order: `newest` or `oldest`. Those that wait come the oldest first unless told, the others the newest first.
    #[arg(long, value_name = "ORDER")]
    sort: Option<TimeSort>,
    /// Prints one JSON object for each.
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum State {
    /// Nobody has decided.
    Pending,
    /// The device is the asker's.
    Approved,
    /// Somebody said no.
    Refused,
    /// Nobody decided in time.
    Expired,
}

#[derive(Args)]
struct ApproveArguments {
    #[command(flatten)]
    account: Account,
    /// Its number, as `handover approvals list` has it.
    id: ApprovalId,
    /// Why, for the record; 200 characters at most. Whoever asked is not told it.
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// Prints the device as a JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
struct RefuseArguments {
    #[command(flatten)]
    account: Account,
    /// Its number, as `handover approvals list` has it.
    id: ApprovalId,
    /// Why, for whoever asked; 200 characters at most.
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// Prints what was done as a JSON object.
    #[arg(long)]
    json: bool,
}

/// Does it.
pub fn run(arguments: &ApprovalsArguments) -> Result<(), Failure> {
    match &arguments.command {
        ApprovalsCommand::List(arguments) => list(arguments),
        ApprovalsCommand::Approve(arguments) => approve(arguments),
        ApprovalsCommand::Refuse(arguments) => refuse(arguments),
    }
}

fn list(arguments: &ListArguments) -> Result<(), Failure> {
    let state = match arguments.state {
        State::Pending => "pending",
        State::Approved => "approved",
        State::Refused => "refused",
        State::Expired => "expired",
    };
    let found: Vec<Approval> = block_on(async {
        let client = arguments.account.sign_in(&mut io::stdin().lock()).await?;
        let parameters = [
            ("state", Some(state.to_owned())),
            ("query", arguments.search.clone()),
            ("sort", arguments.sort.map(|sort| sort.as_str().to_owned())),
        ];
        pages::all(&client, "static-tokens/approvals", &parameters).await
    })?;
    match arguments.state {
        State::Pending => print_waiting(&found, arguments.json),
        State::Approved | State::Refused | State::Expired => print_decided(&found, arguments.json),
    }
}

fn print_waiting(found: &[Approval], json: bool) -> Result<(), Failure> {
    let headings = [
        "ID",
        "IDENTIFIER",
        "KIND",
        "FOR",
        "ORGANIZATION",
        "UNTIL",
        "THEY SAY",
    ];
    pages::print_fitting(found, json, headings, |one| {
        let [id, identifier, kind, whom, organization] = asked(one);
        let until = local(one.until);
        [id, identifier, kind, whom, organization, until, said(one)]
    })
}

/// With who decided, when and why.
fn print_decided(found: &[Approval], json: bool) -> Result<(), Failure> {
    let headings = [
        "ID",
        "IDENTIFIER",
        "KIND",
        "FOR",
        "ORGANIZATION",
        "THEY SAY",
        "WHEN",
        "BY",
        "REASON",
    ];
    pages::print_fitting(found, json, headings, |one| {
        let [id, identifier, kind, whom, organization] = asked(one);
        [
            id,
            identifier,
            kind,
            whom,
            organization,
            said(one),
            local(one.decided_at.unwrap_or(one.until)),
            printable(one.decided_by.as_deref().unwrap_or("-")),
            printable(one.reason.as_deref().unwrap_or_default()),
        ]
    })
}

/// What is asked for, and for whom.
fn asked(one: &Approval) -> [String; 5] {
    [
        one.id.to_string(),
        printable(&one.identifier),
        printable(&one.template_name),
        printable(&one.user_name),
        numbered(&one.org_name, one.org_id),
    ]
}

/// Why they ask.
fn said(one: &Approval) -> String {
    printable(one.ask_reason.as_deref().unwrap_or_default())
}

fn approve(arguments: &ApproveArguments) -> Result<(), Failure> {
    let request = ApproveClaim {
        approval_id: arguments.id,
        reason: arguments.reason.clone(),
    };
    let answer: ClaimAnswer = block_on(async {
        let client = arguments.account.sign_in(&mut io::stdin().lock()).await?;
        let body = serde_json::to_value(&request).map_err(io::Error::from)?;
        let path = "static-tokens/approvals/approve";
        Ok(client.organization(Method::POST, path, Some(&body)).await?)
    })?;
    let mut out = io::stdout().lock();
    if arguments.json {
        return Ok(pages::write_json(&mut out, &[answer])?);
    }
    let device = &answer.device;
    writeln!(
        out,
        "{} (number {}) is now in the devices of {}.",
        printable(&device.name),
        device.id,
        numbered(&device.org_name, device.org_id)
    )?;
    Ok(())
}

fn refuse(arguments: &RefuseArguments) -> Result<(), Failure> {
    let request = RefuseClaim {
        approval_id: arguments.id,
        reason: arguments.reason.clone(),
    };
    block_on(async {
        let client = arguments.account.sign_in(&mut io::stdin().lock()).await?;
        let body = serde_json::to_value(&request).map_err(io::Error::from)?;
        let path = "static-tokens/approvals/refuse";
        let refused = client.organization::<()>(Method::POST, path, Some(&body));
        Ok(refused.await?)
    })?;
    pages::print_done(&request, arguments.json)
}
