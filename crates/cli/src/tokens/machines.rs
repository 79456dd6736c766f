//! Machines that say that they are a device which nobody has yet.

use std::io::{self, Write};

use clap::Args;
use handover_client::Method;
use handover_wire::{OfLabel, TokenId};

use crate::account::Account;
use crate::failure::Failure;
use crate::pages;
use crate::runtime::block_on;

#[derive(Args)]
pub struct ResetArguments {
    #[command(flatten)]
    account: Account,
    /// The label's number, as `handover tokens list` has it.
    id: TokenId,
    /// Prints which label it was as a JSON object.
    #[arg(long)]
    json: bool,
}

pub fn run(arguments: &ResetArguments) -> Result<(), Failure> {
    let request = OfLabel {
        token_id: arguments.id,
    };
    block_on(async {
        let client = arguments.account.sign_in(&mut io::stdin().lock()).await?;
        let body = serde_json::to_value(request).map_err(io::Error::from)?;
        let path = "static-tokens/reset-machines";
        let done = client.organization::<()>(Method::POST, path, Some(&body));
        Ok(done.await?)
    })?;
    let mut out = io::stdout().lock();
    if arguments.json {
        return Ok(pages::write_json(&mut out, &[request])?);
    }
    writeln!(out, "Forgotten. Machines that are on ask again.")?;
    Ok(())
}
