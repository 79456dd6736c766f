//! Taking tokens out of use.

use std::io::{self, Write};

use clap::Args;
use handover_client::Method;
use handover_wire::{Batch, BatchId, RevokeAnswer, RevokeTokens, TokenId};

use super::batches;
use crate::account::Account;
use crate::failure::Failure;
use crate::pages;
use crate::printable::printable;
use crate::runtime::block_on;

/// Tokens that the cloud takes out of use at once.
const MOST: usize = 1_000;

#[derive(Args)]
pub struct RevokeArguments {
    #[command(flatten)]
    account: Account,
    /// The tokens' numbers, as `handover tokens list` has them; 1,000 at most, all of them or none.
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
    // Before it is asked whether it is meant: nobody is asked to mean what is refused.
    let given = arguments.ids.len();
    if given > MOST {
        return Err(Failure::TooManyTokens { given, most: MOST });
    }
    if !arguments.yes {
        return Err(Failure::NotMeant {
            what: match arguments.batch {
                Some(batch) => block_on(meant_of_batch(&arguments.account, batch))?,
                None => meant(arguments.ids.len()),
            },
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

/// What would become of so many labels.
fn meant(count: usize) -> String {
    let which = match count {
        1 => "of this token".to_owned(),
        count => format!("of these {count} tokens"),
    };
    format!("The labels {which} would claim nothing any more.")
}

/// What would become of a batch's labels. It is looked up: nobody is asked to mean what is not there.
async fn meant_of_batch(account: &Account, batch: BatchId) -> Result<String, Failure> {
    let client = account.sign_in(&mut io::stdin().lock()).await?;
    let Batch {
        name, unclaimed, ..
    } = batches::get(&client, batch).await?;
    let name = printable(&name);
    Ok(format!(
        "The labels of batch {batch} ({name}) that nobody has claimed, {unclaimed} of them, would claim nothing any more."
    ))
}
