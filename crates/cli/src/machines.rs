//! `handover machines`: credentials for programs.

use std::io;

use clap::{Args, Subcommand};
use handover_client::Method;
use handover_wire::{CreateMachine, NewMachine};

use crate::account::Account;
use crate::failure::Failure;
use crate::pages;
use crate::runtime::block_on;

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
    let MachinesCommand::Create(arguments) = &arguments.command;
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
