//! `handover me`: one's own account.

use std::io;

use clap::{Args, Subcommand};
use handover_client::Method;
use handover_cloud::LANGUAGES;
use handover_wire::{ChangePassword, EditProfile, SessionInfo, User};
use serde_json::json;

use crate::account::{Account, new_password, password};
use crate::failure::Failure;
use crate::pages;
use crate::printable::printable;
use crate::runtime::block_on;
use crate::times::local;

/// What to do with one's own account.
#[derive(Args)]
pub struct MeArguments {
    #[command(subcommand)]
    command: MeCommand,
}

#[derive(Subcommand)]
enum MeCommand {
    /// Shows who you are.
    Show(ShowArguments),
    /// Changes what you are called, or your language.
    Edit(EditArguments),
    /// Chooses another password. You are signed out everywhere else.
    ///
    /// The new one comes from HANDOVER_NEW_PASSWORD or, where that is not set, as the next line of standard input.
    Password(PasswordArguments),
    /// Lists where you are signed in.
    Sessions(ShowArguments),
    /// Signs you out somewhere, or everywhere.
    SignOut(SignOutArguments),
}

#[derive(Args)]
struct ShowArguments {
    #[command(flatten)]
    account: Account,
    /// Prints JSON objects.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
struct EditArguments {
    #[command(flatten)]
    account: Account,
    /// What to call you, 1 to 100 characters.
    #[arg(long, required_unless_present = "language")]
    name: Option<String>,
    /// The language of your mails.
    #[arg(long, value_name = "TAG", value_parser = LANGUAGES)]
    language: Option<String>,
    /// Prints who you are now as a JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
struct PasswordArguments {
    #[command(flatten)]
    account: Account,
    /// Prints what was done as a JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
struct SignOutArguments {
    #[command(flatten)]
    account: Account,
    /// The session's number, as the list has it; all of them unless told.
    id: Option<i64>,
    /// Prints what was done as a JSON object.
    #[arg(long)]
    json: bool,
}

/// Does it.
pub fn run(arguments: &MeArguments) -> Result<(), Failure> {
    match &arguments.command {
        MeCommand::Show(arguments) => show(arguments),
        MeCommand::Edit(arguments) => edit(arguments),
        MeCommand::Password(arguments) => change_password(arguments),
        MeCommand::Sessions(arguments) => sessions(arguments),
        MeCommand::SignOut(arguments) => sign_out(arguments),
    }
}

fn show(arguments: &ShowArguments) -> Result<(), Failure> {
    let user: User = block_on(async {
        let client = arguments.account.sign_in(&mut io::stdin().lock()).await?;
        let user = client.organization(Method::GET, "user/profile", None);
        Ok(user.await?)
    })?;
    pages::print(&[user], arguments.json, ["ID", "NAME", "ADDRESS"], |user| {
        [
            user.id.to_string(),
            printable(&user.name),
            printable(&user.email),
        ]
    })
}

fn edit(arguments: &EditArguments) -> Result<(), Failure> {
    let request = EditProfile {
        name: arguments.name.clone(),
        locale: arguments.language.clone(),
    };
    let edited: User = block_on(async {
        let client = arguments.account.sign_in(&mut io::stdin().lock()).await?;
        let body = serde_json::to_value(&request).map_err(io::Error::from)?;
        let edited = client.organization(Method::PUT, "user/profile", Some(&body));
        Ok(edited.await?)
    })?;
    pages::print_done(&edited, arguments.json)
}

fn change_password(arguments: &PasswordArguments) -> Result<(), Failure> {
    block_on(async {
        let mut input = io::stdin().lock();
        let current = password(&mut input)?;
        let client = arguments.account.sign_in_with(current.clone()).await?;
        let request = ChangePassword {
            current,
            password: new_password(&mut input)?,
        };
        let body = serde_json::to_value(&request).map_err(io::Error::from)?;
        let changed = client.organization::<()>(Method::PUT, "user/password", Some(&body));
        Ok(changed.await?)
    })?;
    pages::print_done(&json!({ "passwordChanged": true }), arguments.json)
}

fn sessions(arguments: &ShowArguments) -> Result<(), Failure> {
    let found: Vec<SessionInfo> = block_on(async {
        let client = arguments.account.sign_in(&mut io::stdin().lock()).await?;
        let found = client.organization(Method::GET, "sessions", None);
        Ok(found.await?)
    })?;
    let headings = ["ID", "PROGRAM", "SINCE (UTC)", "LAST USED (UTC)", ""];
    pages::print(&found, arguments.json, headings, |session| {
        let program = session.program.as_deref().unwrap_or("unknown");
        let this = if session.current { "this one" } else { "" };
        [
            session.id.to_string(),
            printable(program),
            local(session.created_at),
            local(session.last_used_at),
            this.to_owned(),
        ]
    })
}

fn sign_out(arguments: &SignOutArguments) -> Result<(), Failure> {
    block_on(async {
        let client = arguments.account.sign_in(&mut io::stdin().lock()).await?;
        let id = arguments.id.map(|id| id.to_string());
        let target = pages::target("sessions", &[("sessionId", id)]);
        let () = client.organization(Method::DELETE, &target, None).await?;
        Ok(())
    })?;
    pages::print_done(&json!({ "sessionId": arguments.id }), arguments.json)
}
