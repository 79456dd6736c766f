//! `handover settings`: what the maker chooses for the whole cloud.

use std::io;

use clap::{Args, ValueEnum};
use handover_client::Method;
use handover_wire::CloudSettings;

use crate::account::Account;
use crate::failure::Failure;
use crate::pages;
use crate::runtime::block_on;

/// What to choose; shows what is chosen where nothing is.
#[derive(Args)]
pub struct SettingsArguments {
    #[command(flatten)]
    account: Account,
    /// Whether strangers may make an account; each gets an organization below "Clients".
    #[arg(long, value_enum)]
    sign_up: Option<Choice>,
    /// Prints a JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Choice {
    /// They may.
    On,
    /// They may not.
    Off,
}

/// Chooses it, and shows what is chosen.
pub fn run(arguments: &SettingsArguments) -> Result<(), Failure> {
    let settings: CloudSettings = block_on(async {
        let client = arguments.account.sign_in(&mut io::stdin().lock()).await?;
        if let Some(choice) = arguments.sign_up {
            let chosen = CloudSettings {
                sign_up: choice == Choice::On,
            };
            let body = serde_json::to_value(&chosen).map_err(io::Error::from)?;
            let set = client.organization::<()>(Method::PUT, "settings", Some(&body));
            set.await?;
        }
        let settings = client.organization(Method::GET, "settings", None);
        Ok(settings.await?)
    })?;
    pages::print(
        &[settings],
        arguments.json,
        ["SETTING", "CHOICE"],
        |settings| {
            let choice = if settings.sign_up { "on" } else { "off" };
            ["sign-up".to_owned(), choice.to_owned()]
        },
    )
}
