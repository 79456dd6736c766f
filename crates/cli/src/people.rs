//! `handover people`: who belongs to one's organization and those below it.

use std::io::{self, Write as _};

use clap::{Args, Subcommand, ValueEnum};
use handover_client::{Client, Method};
use handover_cloud::LANGUAGES;
use handover_wire::{ChangeRole, InviteUser, OrgId, Role, User, UserId, UserStatus};
use serde_json::{Value, json};

use crate::account::Account;
use crate::failure::Failure;
use crate::organizations::{Names, names};
use crate::pages;
use crate::printable::printable;
use crate::runtime::block_on;

/// What to do with people.
#[derive(Args)]
pub struct PeopleArguments {
    #[command(subcommand)]
    command: PeopleCommand,
}

#[derive(Subcommand)]
enum PeopleCommand {
    /// Lists the people of your organization and those below it.
    List(ListArguments),
    /// Invites somebody by mail, and prints their number.
    Invite(InviteArguments),
    /// Mails an invitation once more; the link of the mail before stops working.
    InviteAgain(WhoArguments),
    /// Gives somebody another role.
    Role(RoleArguments),
    /// Bars somebody: their sessions end at once, and they cannot sign in. Machines that they made credentials for go on:
    /// see `handover machines`.
    Suspend(WhoArguments),
    /// Lets somebody in again who was suspended.
    Restore(WhoArguments),
    /// Takes somebody out, or takes an invitation back; name, address and password are forgotten.
    /// Machines that they made credentials for go on: see `handover machines`.
    Remove(WhoArguments),
}

/// What somebody may do.
#[derive(Clone, Copy, ValueEnum)]
enum RoleName {
    /// Everything in the organization and below it.
    Admin,
    /// Devices of the organization and below it, also on behalf of clients.
    Staff,
    /// Their own organization's devices.
    User,
}

impl From<RoleName> for Role {
    fn from(name: RoleName) -> Self {
        match name {
            RoleName::Admin => Self::Admin,
            RoleName::Staff => Self::Staff,
            RoleName::User => Self::User,
        }
    }
}

#[derive(Args)]
struct ListArguments {
    #[command(flatten)]
    account: Account,
    /// Only those whose name or address has this in it.
    #[arg(long, value_name = "TEXT")]
    search: Option<String>,
    /// Only those of this organization.
    #[arg(long, value_name = "ID")]
    organization: Option<OrgId>,
    /// Prints one JSON object for each person.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
struct InviteArguments {
    #[command(flatten)]
    account: Account,
    /// The address that the invitation goes to, and works for alone.
    address: String,
    /// What to call them.
    #[arg(long, value_name = "NAME")]
    name: String,
    /// What they may do; no more than you.
    #[arg(long, value_enum, default_value = "user")]
    role: RoleName,
    /// Where they are to belong; your own organization unless told.
    #[arg(long, value_name = "ID")]
    organization: Option<OrgId>,
    /// The language of the mail; your own unless told.
    #[arg(long, value_name = "TAG", value_parser = LANGUAGES)]
    language: Option<String>,
    /// Prints the person as a JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
struct WhoArguments {
    #[command(flatten)]
    account: Account,
    /// Their number, as the list has it.
    id: UserId,
    /// Prints what was done as a JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
struct RoleArguments {
    #[command(flatten)]
    who: WhoArguments,
    /// What they may do; no more than you.
    #[arg(value_enum)]
    role: RoleName,
}

/// Does it.
pub fn run(arguments: &PeopleArguments) -> Result<(), Failure> {
    match &arguments.command {
        PeopleCommand::List(arguments) => list(arguments),
        PeopleCommand::Invite(arguments) => invite(arguments),
        PeopleCommand::InviteAgain(who) => act(who, Method::POST, "users/invite/again"),
        PeopleCommand::Role(arguments) => role(arguments),
        PeopleCommand::Suspend(who) => bar(who, Method::POST, "users/suspend"),
        PeopleCommand::Restore(who) => act(who, Method::POST, "users/restore"),
        PeopleCommand::Remove(who) => bar(who, Method::DELETE, "user"),
    }
}

fn list(arguments: &ListArguments) -> Result<(), Failure> {
    let (found, names): (Vec<User>, Names) = block_on(async {
        let client = arguments.account.sign_in(&mut io::stdin().lock()).await?;
        let parameters = [
            ("query", arguments.search.clone()),
            ("orgId", arguments.organization.map(|id| id.to_string())),
        ];
        let found = pages::all(&client, "users", &parameters).await?;
        let names = names(&client, arguments.json).await?;
        Ok((found, names))
    })?;
    let headings = ["ID", "NAME", "ADDRESS", "ROLE", "STATUS", "ORGANIZATION"];
    pages::print(&found, arguments.json, headings, |one| row(one, &names))
}

/// The number of somebody who is named by it or by their address.
///
/// # Errors
/// Where nobody that the account sees has this address, or the cloud does not answer.
pub async fn who(client: &Client, named: &str) -> Result<UserId, Failure> {
    if let Ok(id) = named.parse() {
        return Ok(id);
    }
    let parameters = [("query", Some(named.to_owned()))];
    let found: Vec<User> = pages::all(client, "users", &parameters).await?;
    let theirs = found
        .iter()
        .filter(|user| user.email.eq_ignore_ascii_case(named))
        // Somebody else may have been invited by the address of somebody who has an account.
        .max_by_key(|user| user.status == UserStatus::Active);
    theirs
        .map(|user| user.id)
        .ok_or_else(|| Failure::UnknownPerson {
            named: named.to_owned(),
        })
}

fn row(user: &User, names: &Names) -> [String; 6] {
    let role = match user.role_id {
        Role::Admin => "admin",
        Role::Staff => "staff",
        Role::User => "user",
    };
    let status = match user.status {
        UserStatus::Pending => "invited",
        UserStatus::Active => "active",
        UserStatus::Inactive => "left",
        UserStatus::Suspended => "suspended",
    };
    [
        user.id.to_string(),
        printable(&user.name),
        printable(&user.email),
        role.to_owned(),
        status.to_owned(),
        names.of(user.org_id),
    ]
}

fn invite(arguments: &InviteArguments) -> Result<(), Failure> {
    let request = InviteUser {
        email: arguments.address.clone(),
        name: arguments.name.clone(),
        role_id: arguments.role.into(),
        org_id: arguments.organization,
        locale: arguments.language.clone(),
    };
    let invited: User = block_on(async {
        let client = arguments.account.sign_in(&mut io::stdin().lock()).await?;
        let body = serde_json::to_value(&request).map_err(io::Error::from)?;
        let invited = client.organization(Method::POST, "users/invite", Some(&body));
        Ok(invited.await?)
    })?;
    pages::print_made(&invited, invited.id, arguments.json)
}

fn act(who: &WhoArguments, method: Method, path: &str) -> Result<(), Failure> {
    let target = pages::target(path, &[("userId", Some(who.id.to_string()))]);
    send(who, method, &target, None)
}

/// Bars somebody, and says what of theirs goes on: a program belongs to its organization, not to whoever let it in.
fn bar(who: &WhoArguments, method: Method, path: &str) -> Result<(), Failure> {
    act(who, method, path)?;
    let message = "Programs that they made credentials for go on.";
    let next = "Look through `handover machines list`, and take those back with `handover machines revoke` that are not to.";
    let told = pages::notice("machines_go_on", message, next, who.json);
    // It is done; with nobody to read this there is nothing more to say.
    let _ = writeln!(io::stderr(), "{told}");
    Ok(())
}

fn role(arguments: &RoleArguments) -> Result<(), Failure> {
    let request = ChangeRole {
        user_id: arguments.who.id,
        role_id: arguments.role.into(),
    };
    let body = serde_json::to_value(&request).map_err(io::Error::from)?;
    send(&arguments.who, Method::PUT, "users/role", Some(&body))
}

fn send(
    who: &WhoArguments,
    method: Method,
    target: &str,
    body: Option<&Value>,
) -> Result<(), Failure> {
    block_on(async {
        let client = who.account.sign_in(&mut io::stdin().lock()).await?;
        let () = client.organization(method, target, body).await?;
        Ok(())
    })?;
    pages::print_done(&json!({ "id": who.id }), who.json)
}
