//! `handover account`: what is done before anybody can sign in.

use std::io::{self, BufRead, Write};

use clap::{Args, Subcommand};
use handover_client::{Client, server_address};
use handover_cloud::LANGUAGES;
use handover_wire::{
    ClaimReply, ClaimRequest, FollowLink, ForgotPassword, LinkInfo, LinkPurpose, LinkSecret,
    RegisterUser, Secret, SetupRequest,
};
use serde_json::json;
use ulid::Ulid;
use url::Url;

use crate::account::{Account, first_line, new_password};
use crate::claim;
use crate::failure::Failure;
use crate::pages;
use crate::printable::printable;
use crate::runtime::block_on;
use crate::times::local;

/// What to do about an account that there is not yet, or whose password is forgotten.
#[derive(Args)]
pub struct EntryArguments {
    #[command(subcommand)]
    command: EntryCommand,
}

#[derive(Subcommand)]
enum EntryCommand {
    /// Says what a cloud is: its version, whether it waits for its first administrator, whether strangers may sign up.
    Cloud(CloudArguments),
    /// Sets an empty cloud up: makes the maker's organization and its administrator, by the link that its first start prints.
    ///
    /// The administrator's password, 10 characters or more, comes from the environment (HANDOVER_NEW_PASSWORD) or, where that
    /// is not set, as the next line of standard input.
    SetUp(SetUpArguments),
    /// Asks for an account: a mail with a link follows, where the maker lets strangers sign up.
    SignUp(SignUpArguments),
    /// Has a link mailed that chooses another password, if somebody who can sign in has this address.
    Forgot(ForgotArguments),
    /// Says what a mailed link is for, and uses nothing up.
    Look(LookArguments),
    /// Follows a mailed link: accepts an invitation, begins an account, or chooses another password.
    ///
    /// The password to choose, 10 characters or more, comes from the environment (HANDOVER_NEW_PASSWORD) or, where that is not
    /// set, as the next line of standard input.
    Follow(FollowArguments),
}

#[derive(Args)]
struct CloudArguments {
    /// The cloud's address.
    #[arg(long, value_name = "URL", env = "HANDOVER_SERVER")]
    server: String,
    /// Prints a JSON object.
    #[arg(long)]
    json: bool,
}

/// Which link, and at which cloud.
#[derive(Args)]
struct Link {
    /// The link, as it was mailed or printed. `-` reads it as the first line of standard input: an argument is seen by
    /// everybody on this machine, and a link opens an account once.
    #[arg(value_name = "LINK")]
    link: String,
    /// The cloud's address, where it is reached under another one than the link's.
    #[arg(long, value_name = "URL")]
    server: Option<String>,
}

#[derive(Args)]
struct SetUpArguments {
    #[command(flatten)]
    link: Link,
    /// What to call the maker's organization, 3 to 100 characters.
    #[arg(long, value_name = "NAME")]
    organization: String,
    /// The administrator's address.
    #[arg(long, value_name = "ADDRESS")]
    email: String,
    /// What to call them.
    #[arg(long)]
    name: String,
    /// The language of their mails; English unless told.
    #[arg(long, value_name = "TAG", value_parser = LANGUAGES)]
    language: Option<String>,
    /// Prints what was done as a JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
struct SignUpArguments {
    /// The cloud's address.
    #[arg(long, value_name = "URL", env = "HANDOVER_SERVER")]
    server: String,
    /// Where the mail goes.
    #[arg(long, value_name = "ADDRESS", env = "HANDOVER_EMAIL")]
    email: String,
    /// The language of the mail; English unless told.
    #[arg(long, value_name = "TAG", value_parser = LANGUAGES)]
    language: Option<String>,
    /// What a label says that you have in hand: the mailed link brings it back, to be claimed once you have your account. `-`
    /// reads it as a line of standard input: an argument is seen by everybody on this machine.
    #[arg(long, value_name = "TEXT")]
    label: Option<String>,
    /// Prints what was done as a JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
struct ForgotArguments {
    /// The cloud's address.
    #[arg(long, value_name = "URL", env = "HANDOVER_SERVER")]
    server: String,
    /// Whose password is forgotten.
    #[arg(long, value_name = "ADDRESS", env = "HANDOVER_EMAIL")]
    email: String,
    /// Prints what was done as a JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
struct LookArguments {
    #[command(flatten)]
    link: Link,
    /// Prints a JSON object, with the label that goes along.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
struct FollowArguments {
    #[command(flatten)]
    link: Link,
    /// What to call you; a sign-up needs it, an invitation has a name already.
    #[arg(long)]
    name: Option<String>,
    /// For a sign-up: what to call your organization; made from your name unless told.
    #[arg(long, value_name = "NAME")]
    organization: Option<String>,
    /// Your language; that of the mail unless told.
    #[arg(long, value_name = "TAG", value_parser = LANGUAGES)]
    language: Option<String>,
    /// Claims the label that you had in hand when you asked for the account, and says what became of that.
    #[arg(long)]
    claim: bool,
    /// Prints what was done as a JSON object; with `--claim` the cloud's answer to the claim after it.
    #[arg(long)]
    json: bool,
}

/// Does it.
pub fn run(arguments: &EntryArguments) -> Result<(), Failure> {
    match &arguments.command {
        EntryCommand::Cloud(arguments) => cloud(arguments),
        EntryCommand::SetUp(arguments) => set_up(arguments),
        EntryCommand::SignUp(arguments) => sign_up(arguments),
        EntryCommand::Forgot(arguments) => forgot(arguments),
        EntryCommand::Look(arguments) => look(arguments),
        EntryCommand::Follow(arguments) => follow(arguments),
    }
}

/// What a link ends with before its secret.
#[derive(Clone, Copy)]
enum Way {
    Link,
    SetUp,
}

impl Link {
    /// The cloud that it is of, and its secret.
    fn read(&self, way: Way, input: &mut impl BufRead) -> Result<(Url, Secret), Failure> {
        let text = match self.link.as_str() {
            "-" => first_line(input)?,
            link => link.to_owned(),
        };
        let end = match way {
            Way::Link => "/link#",
            Way::SetUp => "/setup#",
        };
        let (address, code) = text.trim().split_once(end).ok_or(Failure::NotALink)?;
        if code.is_empty() {
            return Err(Failure::NotALink);
        }
        let server = server_address(self.server.as_deref().unwrap_or(address))?;
        Ok((server, Secret::new(code)))
    }
}

fn cloud(arguments: &CloudArguments) -> Result<(), Failure> {
    let info = block_on(async { Ok(Client::info(&server_address(&arguments.server)?).await?) })?;
    if arguments.json {
        // A demo's passwords are printed where it starts, and are nothing to list.
        let info = json!({
            "name": info.name, "version": info.version, "demo": info.demo, "mailbox": info.mailbox,
            "faults": info.faults, "needsSetup": info.needs_setup, "signUp": info.sign_up,
        });
        return pages::print_done(&info, true);
    }
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "{} {}",
        printable(&info.name),
        printable(&info.version)
    )?;
    for (what, is_so) in [
        ("waits for its first administrator", info.needs_setup),
        ("strangers may sign up", info.sign_up),
        ("mails are kept in its mailbox", info.mailbox),
        ("has example data", info.demo),
        ("lets things go wrong, for tests", info.faults),
    ] {
        writeln!(out, "{what}: {}", if is_so { "yes" } else { "no" })?;
    }
    Ok(())
}

fn set_up(arguments: &SetUpArguments) -> Result<(), Failure> {
    block_on(async {
        let mut input = io::stdin().lock();
        let (server, code) = arguments.link.read(Way::SetUp, &mut input)?;
        let request = SetupRequest {
            code,
            organization: arguments.organization.clone(),
            email: arguments.email.clone(),
            name: arguments.name.clone(),
            password: new_password(&mut input)?,
            locale: arguments.language.clone(),
        };
        Ok(Client::set_up(&server, &request).await?)
    })?;
    pages::print_done(&json!({ "email": arguments.email }), arguments.json)
}

fn sign_up(arguments: &SignUpArguments) -> Result<(), Failure> {
    block_on(async {
        let label = match arguments.label.as_deref() {
            Some("-") => Some(first_line(&mut io::stdin().lock())?),
            label => label.map(str::to_owned),
        };
        let request = RegisterUser {
            email: arguments.email.clone(),
            locale: arguments.language.clone(),
            label: label.map(Secret::new),
        };
        let server = server_address(&arguments.server)?;
        Ok(Client::register(&server, &request).await?)
    })?;
    pages::print_done(&json!({ "mailed": arguments.email }), arguments.json)
}

fn forgot(arguments: &ForgotArguments) -> Result<(), Failure> {
    let request = ForgotPassword {
        email: arguments.email.clone(),
    };
    block_on(async {
        let server = server_address(&arguments.server)?;
        Ok(Client::forgot_password(&server, &request).await?)
    })?;
    // Whether anybody has the address is not told.
    pages::print_done(&json!({ "asked": arguments.email }), arguments.json)
}

fn look(arguments: &LookArguments) -> Result<(), Failure> {
    let info: LinkInfo = block_on(async {
        let (server, code) = arguments.link.read(Way::Link, &mut io::stdin().lock())?;
        Ok(Client::look_at_link(&server, &LinkSecret { code }).await?)
    })?;
    if arguments.json {
        return pages::print_done(&info, true);
    }
    let mut out = io::stdout().lock();
    let what = match info.purpose {
        LinkPurpose::Invitation => "accepts an invitation",
        LinkPurpose::SignUp => "begins an account",
        LinkPurpose::PasswordReset => "chooses another password",
    };
    let of = info.organization.as_deref().map(printable);
    let of = of.map(|name| format!(" to {name}")).unwrap_or_default();
    let email = printable(&info.email);
    writeln!(
        out,
        "{what}{of}, for {email}, until {}",
        local(info.expires_at)
    )?;
    if info.label.is_some() {
        writeln!(
            out,
            "a label goes along: `handover account follow --claim` claims it"
        )?;
    }
    Ok(())
}

fn follow(arguments: &FollowArguments) -> Result<(), Failure> {
    let (info, reply) = block_on(async {
        let mut input = io::stdin().lock();
        let (server, code) = arguments.link.read(Way::Link, &mut input)?;
        let secret = LinkSecret { code };
        let info = Client::look_at_link(&server, &secret).await?;
        let password = new_password(&mut input)?;
        let request = FollowLink {
            code: secret.code,
            password: password.clone(),
            name: arguments.name.clone(),
            organization: arguments.organization.clone(),
            locale: arguments.language.clone(),
        };
        Client::follow_link(&server, &request).await?;
        let reply = match info.label.clone().filter(|_| arguments.claim) {
            // What kept it from being claimed is told after what was done.
            Some(label) => {
                let account = Account::of(server.as_str(), &info.email);
                Some(claimed(&account, password, label).await)
            }
            None => None,
        };
        Ok((info, reply))
    })?;
    let done = json!({ "email": info.email, "purpose": info.purpose });
    pages::print_done(&done, arguments.json)?;
    if let Some(Err(_)) = &reply
        && !arguments.json
    {
        // The link is used up: whoever reads of the claim alone would follow it again.
        writeln!(
            io::stdout().lock(),
            "The account is made: {} can sign in. Its label was not claimed.",
            printable(&info.email)
        )?;
    }
    match reply {
        Some(reply) => claim::told(reply?, arguments.json),
        None => Ok(()),
    }
}

/// Claims the label that went along with a link.
async fn claimed(
    account: &Account,
    password: Secret,
    label: Secret,
) -> Result<ClaimReply, Failure> {
    let client = account.sign_in_with(password).await?;
    let key = Ulid::generate().to_string();
    claim::send(&client, &key, &ClaimRequest::of_label(label)).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_says_which_cloud_and_has_a_secret() {
        for (text, way, want) in [
            (
                "https://cloud.example/link#abc",
                Way::Link,
                Some(("https://cloud.example/", "abc")),
            ),
            (
                " http://127.0.0.1:8080/setup#a-_b ",
                Way::SetUp,
                Some(("http://127.0.0.1:8080/", "a-_b")),
            ),
            ("https://cloud.example/link#", Way::Link, None),
            ("https://cloud.example/setup#abc", Way::Link, None),
            ("https://cloud.example/claim#sqr_a", Way::Link, None),
            ("abc", Way::SetUp, None),
        ] {
            let link = Link {
                link: text.to_owned(),
                server: None,
            };
            let read = link.read(way, &mut io::empty()).ok();
            let read = read.as_ref();
            let read = read.map(|(server, code)| (server.as_str(), code.expose()));
            assert_eq!(read, want, "{text}");
        }
    }
}
