//! Taking tokens out of use.

use std::io::{self, Write};

use clap::Args;
use handover_client::Method;
use handover_wire::{BatchId, RevokeAnswer, RevokeTokens, TokenId};

use crate::account::Account;
use crate::failure::Failure;
use crate::pages;
use crate::runtime::block_on;

#[derive(Args)]
pub struct RevokeArguments {
    #[command(flatten)]
    account: Account,
    /// The tokens' numbers, as `handover tokens list` has them; 1,000 at most.
    #[arg(
        value_name = "ID",
        required_unless_present = "batch",
        conflicts_with = "batch"
    )]
    ids: Vec<TokenId>,
    /// All of this batch that nobody has claimed.
    #[arg(long, value_name = "ID")]
    batch: Option<BatchId>,
    /// Why, for the record; 200 characters at most.
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// Does it; it cannot be undone.
    #[arg(long)]
    yes: bool,
    /// Prints what became of it as a JSON object.
    #[arg(long)]
    json: bool,
}

pub fn run(arguments: &RevokeArguments) -> Result<(), Failure> {
    if !arguments.yes {
        let which = match arguments.batch {
            Some(batch) => format!("of all unclaimed tokens of batch {batch}"),
            None => match arguments.ids.len() {
                1 => "of this token".to_owned(),
                count => format!("of these {count} tokens"),
            },
        };
        return Err(Failure::NotMeant {
            what: format!("The labels {which} would claim nothing any more."),
        });
    }
    let request = RevokeTokens {
        batch_id: arguments.batch,
        token_ids: arguments.batch.is_none().then(|| arguments.ids.clone()),
        reason: arguments.reason.clone(),
    };
    let answer: RevokeAnswer = block_on(async {
        let client = arguments.account.sign_in(&mut io::stdin().lock()).await?;
        let body = serde_json::to_value(&request).map_err(io::Error::from)?;
        let done = client.organization(Method::POST, "static-tokens/revoke", Some(&body));
        Ok(done.await?)
    })?;
    let mut out = io::stdout().lock();
    if arguments.json {
        return Ok(pages::write_json(&mut out, &[answer])?);
    }
    let RevokeAnswer { revoked, claimed } = answer;
    writeln!(
        out,
        "{revoked} revoked; {claimed} claimed ones stay as they are"
    )?;
    Ok(())
}
