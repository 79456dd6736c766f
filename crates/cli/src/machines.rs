//! `handover machines`: credentials for programs.

use std::io;

use clap::{Args, Subcommand};
use handover_client::Method;
use handover_wire::{CreateMachine, Machine, NewMachine};
use serde_json::json;

use crate::account::Account;
use crate::failure::Failure;
use crate::organizations::numbered;
use crate::pages;
use crate::printable::printable;
use crate::runtime::block_on;
use crate::times::local;

/// What to do with machines.
#[derive(Args)]
pub struct MachinesArguments {
    #[command(subcommand)]
    command: MachinesCommand,
}

#[derive(Subcommand)]
enum MachinesCommand {
    /// Makes credentials for a program, and shows them this once. It may do what support may, in your organization and
    /// below.
    Create(CreateArguments),
    /// Lists the machines of your organization and those below it.
    List(ListArguments),
    /// Takes a machine's credentials back: it is signed out at once.
    Revoke(RevokeArguments),
}

#[derive(Args)]
struct ListArguments {
    #[command(flatten)]
    account: Account,
    /// Prints one JSON object for each machine.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
struct RevokeArguments {
    #[command(flatten)]
    account: Account,
    /// The id of its credentials, as the list has it.
    #[arg(value_name = "CLIENT_ID")]
    id: String,
    /// Prints what was done as a JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
struct CreateArguments {
    #[command(flatten)]
    account: Account,
    /// What to call the machine, 1 to 100 characters.
    name: String,
    /// Prints a JSON object.
    #[arg(long)]
    json: bool,
}

/// Does it.
pub fn run(arguments: &MachinesArguments) -> Result<(), Failure> {
    match &arguments.command {
        MachinesCommand::Create(arguments) => create(arguments),
        MachinesCommand::List(arguments) => list(arguments),
        MachinesCommand::Revoke(arguments) => revoke(arguments),
    }
}

fn create(arguments: &CreateArguments) -> Result<(), Failure> {
    let request = CreateMachine {
        name: arguments.name.clone(),
    };
    let made: NewMachine = block_on(async {
        let client = arguments.account.sign_in(&mut io::stdin().lock()).await?;
        let body = serde_json::to_value(&request).map_err(io::Error::from)?;
        let made = client.organization(Method::POST, "oauth-clients", Some(&body));
        Ok(made.await?)
    })?;
    pages::print(
        &[made],
        arguments.json,
        ["CLIENT ID", "CLIENT SECRET"],
        |made| {
            [
                made.client_id.clone(),
                made.client_secret.expose().to_owned(),
            ]
        },
    )
}

fn list(arguments: &ListArguments) -> Result<(), Failure> {
    let found: Vec<Machine> = block_on(async {
        let client = arguments.account.sign_in(&mut io::stdin().lock()).await?;
        pages::all(&client, "oauth-clients", &[]).await
    })?;
    let headings = ["CLIENT ID", "NAME", "ORGANIZATION", "MADE BY", "LAST USED"];
    pages::print(&found, arguments.json, headings, |machine| {
        let used = machine.last_used_at.map(local);
        [
            printable(&machine.client_id),
            printable(&machine.name),
            numbered(&machine.org_name, machine.org_id),
            printable(machine.created_by.as_deref().unwrap_or("-")),
            used.unwrap_or_else(|| "never".to_owned()),
        ]
    })
}

fn revoke(arguments: &RevokeArguments) -> Result<(), Failure> {
    block_on(async {
        let client = arguments.account.sign_in(&mut io::stdin().lock()).await?;
        let which = [("clientId", Some(arguments.id.clone()))];
        let target = pages::target("oauth-clients", &which);
        let () = client.organization(Method::DELETE, &target, None).await?;
        Ok(())
    })?;
    pages::print_done(&json!({ "clientId": arguments.id }), arguments.json)
}
