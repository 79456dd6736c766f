//! The label of a static token, with or without a device of it.

use std::io::{self, Write};

use clap::Args;
use handover_client::Method;
use handover_wire::{LabelImage, RenewLabel, TokenId};

use crate::account::Account;
use crate::failure::Failure;
use crate::pages;
use crate::printable::printable;
use crate::runtime::block_on;

#[derive(Args)]
pub struct LabelArguments {
    #[command(flatten)]
    account: Account,
    /// The token's number, as `handover tokens list` has it.
    id: TokenId,
    /// Gives it another code, and prints that: the one that is printed claims nothing any more. Only while nobody has the
    /// device.
    #[arg(long)]
    renew: bool,
    /// Says that `--renew` is meant; it cannot be undone.
    #[arg(long, requires = "renew")]
    yes: bool,
    /// Prints a JSON object with the link and the code's image.
    #[arg(long)]
    json: bool,
}

pub fn run(arguments: &LabelArguments) -> Result<(), Failure> {
    if arguments.renew && !arguments.yes {
        return Err(Failure::NotMeant {
            what: "The label that is printed would claim nothing any more.".to_owned(),
        });
    }
    let label: LabelImage = block_on(async {
        let client = arguments.account.sign_in(&mut io::stdin().lock()).await?;
        let path = "static-tokens/label";
        if !arguments.renew {
            let target = pages::target(path, &[("tokenId", Some(arguments.id.to_string()))]);
            return Ok(client.organization(Method::GET, &target, None).await?);
        }
        let request = RenewLabel {
            token_id: arguments.id,
        };
        let body = serde_json::to_value(request).map_err(io::Error::from)?;
        Ok(client.organization(Method::POST, path, Some(&body)).await?)
    })?;
    write(&label, arguments.json)
}

/// A label for whoever asked for it.
pub fn write(label: &LabelImage, json: bool) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    if json {
        return Ok(pages::write_json(&mut out, &[label])?);
    }
    Ok(writeln!(out, "{}", printable(label.text.expose()))?)
}
