//! `handover events`: what changes, as it changes.

use std::io::{self, Write};

use clap::Args;

use crate::account::Account;
use crate::failure::Failure;
use crate::pages;
use crate::runtime::block_on;

/// Whose.
#[derive(Args)]
pub struct EventsArguments {
    #[command(flatten)]
    account: Account,
    /// Ends after so many events; the first one names everything, since what was before it is not told.
    #[arg(long, value_name = "NUMBER")]
    count: Option<u64>,
    /// Prints one JSON object for each event.
    #[arg(long)]
    json: bool,
}

/// Prints each event until it is interrupted.
pub fn run(arguments: &EventsArguments) -> Result<(), Failure> {
    block_on(async {
        let client = arguments.account.sign_in(&mut io::stdin().lock()).await?;
        let mut seen = 0;
        loop {
            let mut events = client.events().await?;
            // The cloud ends a stream after a while; whoever goes on listens anew.
            while let Some(changes) = events.next().await? {
                let mut out = io::stdout().lock();
                if arguments.json {
                    pages::write_json(&mut out, std::slice::from_ref(&changes))?;
                } else {
                    let topics = serde_json::to_value(&changes.topics).map_err(io::Error::from)?;
                    let names = topics.as_array().into_iter().flatten();
                    let names: Vec<_> = names.filter_map(|name| name.as_str()).collect();
                    writeln!(out, "{}", names.join(" "))?;
                }
                out.flush()?;
                seen += 1;
                if arguments.count.is_some_and(|count| seen >= count) {
                    return Ok(());
                }
            }
        }
    })
}
