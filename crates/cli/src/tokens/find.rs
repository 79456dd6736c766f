//! Looking for tokens.

use std::io;

use clap::{Args, ValueEnum};
use handover_wire::{BatchId, BatchToken, ListSort, TokenState};

use super::kind_name;
use crate::account::Account;
use crate::failure::Failure;
use crate::pages::{self, Found};
use crate::printable::printable;
use crate::runtime::block_on;
use crate::table;

#[derive(Args)]
pub struct ListArguments {
    #[command(flatten)]
    account: Account,
    /// Only those whose label, identifier or name has this in it, or whose device is called so. Labels without a batch are
    /// called by their number, as in #12. Where more than 1,000 have it, an order by name is of the newest 1,000 alone, which
    /// standard error says.
    #[arg(long, value_name = "TEXT")]
    search: Option<String>,
    /// Only those of this batch, in its order.
    #[arg(long, value_name = "ID")]
    batch: Option<BatchId>,
    /// Only those in this state.
    #[arg(long, value_enum)]
    state: Option<State>,
    /// The order: `newest`, `oldest`, `name` or `name_reversed`, by label; a batch in its order
    /// and of all the newest first unless told.
    #[arg(long, value_name = "ORDER")]
    sort: Option<ListSort>,
    /// Prints one JSON object for each token; what standard error says is one, too.
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum State {
    /// Nobody has claimed it.
    Unclaimed,
    /// Somebody has.
    Claimed,
    /// It was taken out of use.
    Revoked,
}

impl State {
    /// Its name on the wire.
    fn as_str(self) -> &'static str {
        match self {
            Self::Unclaimed => "UNCLAIMED",
            Self::Claimed => "CLAIMED",
            Self::Revoked => "REVOKED",
        }
    }
}

pub fn run(arguments: &ListArguments) -> Result<(), Failure> {
    let found: Found<BatchToken> = block_on(async {
        let client = arguments.account.sign_in(&mut io::stdin().lock()).await?;
        let parameters = [
            ("query", arguments.search.clone()),
            ("batchId", arguments.batch.map(|id| id.to_string())),
            (
                "state",
                arguments.state.map(|state| state.as_str().to_owned()),
            ),
            ("sort", arguments.sort.map(|sort| sort.as_str().to_owned())),
        ];
        pages::found(&client, "static-tokens/find", &parameters).await
    })?;
    if matches!(
        arguments.sort,
        Some(ListSort::Name | ListSort::NameReversed)
    ) {
        pages::tell_newest_alone(&found, "labels", arguments.json);
    }
    let found = found.rows;
    let mut out = io::stdout().lock();
    if arguments.json {
        return Ok(pages::write_json(&mut out, &found)?);
    }
    let heading = ["ID", "LABEL", "IDENTIFIER", "", "NAME", "STATE", "DEVICE"];
    let mut rows = vec![heading.map(str::to_owned)];
    rows.extend(found.iter().map(row));
    Ok(table::write(&mut out, &rows)?)
}

fn row(token: &BatchToken) -> [String; 7] {
    let state = match token.state {
        TokenState::Unclaimed => "unclaimed",
        TokenState::Claimed => "claimed",
        TokenState::Revoked => "revoked",
    };
    let device = token.device_id.map(|id| id.to_string());
    // The device may be called otherwise by now.
    let name = token.device_name.as_deref().or(token.name.as_deref());
    [
        token.id.to_string(),
        printable(&token.label),
        printable(token.identifier.as_deref().unwrap_or_default()),
        token
            .identifier_kind
            .map(kind_name)
            .unwrap_or_default()
            .to_owned(),
        printable(name.unwrap_or_default()),
        state.to_owned(),
        device.unwrap_or_default(),
    ]
}
