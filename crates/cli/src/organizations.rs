//! `handover organizations`: the organizations below one's own.

use std::collections::HashMap;
use std::io;

use clap::{Args, Subcommand};
use handover_client::{Client, Method};
use handover_wire::{
    CreateOrganization, ListSort, OrgId, Organization, OrganizationSummary, RenameOrganization,
    SetDeviceLimit,
};
use serde_json::json;

use crate::account::Account;
use crate::failure::Failure;
use crate::pages;
use crate::printable::printable;
use crate::runtime::block_on;

/// What to do with organizations.
#[derive(Args)]
pub struct OrganizationsArguments {
    #[command(subcommand)]
    command: OrganizationsCommand,
}

#[derive(Subcommand)]
enum OrganizationsCommand {
    /// Lists the organizations below your own, each with what is in it.
    List(ListArguments),
    /// Shows your own organization.
    Own(OwnArguments),
    /// Makes an organization, and prints its number.
    Create(CreateArguments),
    /// Gives an organization another name.
    Rename(RenameArguments),
    /// Says how many devices an organization and those below it may have together.
    ///
    /// What they have beyond it stays theirs; nothing can be added before there is room again, but for what an undo gives back.
    Limit(LimitArguments),
    /// Deletes an organization that nothing is in.
    Delete(DeleteArguments),
}

#[derive(Args)]
struct ListArguments {
    #[command(flatten)]
    account: Account,
    /// Only those whose name has this in it.
    #[arg(long, value_name = "TEXT")]
    search: Option<String>,
    /// Only those below this one.
    #[arg(long, value_name = "ID")]
    below: Option<OrgId>,
    /// The order: `newest`, `oldest`, `name` or `name_reversed`; by name unless told.
    #[arg(long, value_name = "ORDER")]
    sort: Option<ListSort>,
    /// Prints one JSON object for each organization.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
struct OwnArguments {
    #[command(flatten)]
    account: Account,
    /// Prints a JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
struct CreateArguments {
    #[command(flatten)]
    account: Account,
    /// Its name, 3 to 100 characters.
    name: String,
    /// The organization to put it below; your own unless told.
    #[arg(long, value_name = "ID")]
    below: Option<OrgId>,
    /// What there is to know about it.
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    /// Prints the organization as a JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
struct RenameArguments {
    #[command(flatten)]
    account: Account,
    /// Its number, as the list has it.
    id: OrgId,
    /// Its new name, 3 to 100 characters.
    name: String,
    /// Prints the organization as a JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
struct LimitArguments {
    #[command(flatten)]
    account: Account,
    /// Its number, as the list has it; one below your own.
    id: OrgId,
    /// How many, or `none`.
    #[arg(value_parser = limit_of)]
    devices: Limit,
    /// Prints the organization as a JSON object.
    #[arg(long)]
    json: bool,
}

/// How many devices; any number where it is none.
#[derive(Clone, Copy)]
struct Limit(Option<i64>);

fn limit_of(text: &str) -> Result<Limit, String> {
    match text {
        "none" => Ok(Limit(None)),
        text => {
            let number = text.parse();
            number
                .map(|number| Limit(Some(number)))
                .map_err(|_| "a number is needed, or `none`".to_owned())
        }
    }
}

#[derive(Args)]
struct DeleteArguments {
    #[command(flatten)]
    account: Account,
    /// Its number, as the list has it.
    id: OrgId,
    /// Prints what was done as a JSON object.
    #[arg(long)]
    json: bool,
}

/// Does it.
pub fn run(arguments: &OrganizationsArguments) -> Result<(), Failure> {
    match &arguments.command {
        OrganizationsCommand::List(arguments) => list(arguments),
        OrganizationsCommand::Own(arguments) => own(arguments),
        OrganizationsCommand::Create(arguments) => create(arguments),
        OrganizationsCommand::Rename(arguments) => rename(arguments),
        OrganizationsCommand::Limit(arguments) => limit(arguments),
        OrganizationsCommand::Delete(arguments) => delete(arguments),
    }
}

fn list(arguments: &ListArguments) -> Result<(), Failure> {
    let found: Vec<OrganizationSummary> = block_on(async {
        let client = arguments.account.sign_in(&mut io::stdin().lock()).await?;
        let parameters = [
            ("query", arguments.search.clone()),
            ("orgId", arguments.below.map(|id| id.to_string())),
            ("sort", arguments.sort.map(|sort| sort.as_str().to_owned())),
        ];
        pages::all(&client, "sub-organizations", &parameters).await
    })?;
    let headings = [
        "ID",
        "NAME",
        "BELOW",
        "ORGANIZATIONS",
        "PEOPLE",
        "DEVICES",
        "WITH BELOW",
        "LIMIT",
    ];
    pages::print(&found, arguments.json, headings, row)
}

fn own(arguments: &OwnArguments) -> Result<(), Failure> {
    let own: Organization = block_on(async {
        let client = arguments.account.sign_in(&mut io::stdin().lock()).await?;
        Ok(client.organization(Method::GET, "profile", None).await?)
    })?;
    pages::print(&[own], arguments.json, ["ID", "NAME", "LIMIT"], |own| {
        [own.id.to_string(), printable(&own.name), limit_told(own)]
    })
}

/// How many devices it may have.
fn limit_told(organization: &Organization) -> String {
    match organization.device_limit {
        Some(limit) => limit.to_string(),
        None => "-".to_owned(),
    }
}

/// What organizations are called, as far as the account sees them.
pub struct Names(HashMap<OrgId, String>);

impl Names {
    /// The name, with the number that commands take; the number alone where there is no name.
    pub fn of(&self, id: OrgId) -> String {
        match self.0.get(&id) {
            Some(name) => numbered(name, id),
            None => id.to_string(),
        }
    }
}

/// An organization's name, with the number that commands take: below different organizations there may be several of one name.
pub fn numbered(name: &str, id: OrgId) -> String {
    format!("{} ({id})", printable(name))
}

/// Asks for the names; `json` has numbers alone, so that none are asked for.
pub async fn names(client: &Client, json: bool) -> Result<Names, Failure> {
    let mut names = HashMap::new();
    if !json {
        let own: Organization = client.organization(Method::GET, "profile", None).await?;
        names.insert(own.id, own.name);
        let below: Vec<OrganizationSummary> = pages::all(client, "sub-organizations", &[]).await?;
        names.extend(
            below
                .into_iter()
                .map(|one| (one.organization.id, one.organization.name)),
        );
    }
    Ok(Names(names))
}

fn row(found: &OrganizationSummary) -> [String; 8] {
    [
        found.organization.id.to_string(),
        printable(&found.organization.name),
        match (
            &found.parent_name,
            found.organization.parent_organization_id,
        ) {
            (Some(name), Some(id)) => numbered(name, id),
            (name, _) => printable(name.as_deref().unwrap_or_default()),
        },
        found.organizations.to_string(),
        found.people.to_string(),
        found.devices.to_string(),
        found.devices_used.to_string(),
        limit_told(&found.organization),
    ]
}

fn create(arguments: &CreateArguments) -> Result<(), Failure> {
    let request = CreateOrganization {
        name: arguments.name.clone(),
        description: arguments.description.clone(),
        parent_organization_id: arguments.below,
        kind: None,
        tz: None,
    };
    let made: Organization = block_on(async {
        let client = arguments.account.sign_in(&mut io::stdin().lock()).await?;
        let body = serde_json::to_value(&request).map_err(io::Error::from)?;
        let made = client.organization(Method::POST, "create", Some(&body));
        Ok(made.await?)
    })?;
    pages::print_made(&made, made.id, arguments.json)
}

fn rename(arguments: &RenameArguments) -> Result<(), Failure> {
    let request = RenameOrganization {
        org_id: Some(arguments.id),
        name: arguments.name.clone(),
    };
    let renamed: Organization = block_on(async {
        let client = arguments.account.sign_in(&mut io::stdin().lock()).await?;
        let body = serde_json::to_value(&request).map_err(io::Error::from)?;
        let renamed = client.organization(Method::PUT, "edit/name", Some(&body));
        Ok(renamed.await?)
    })?;
    pages::print_done(&renamed, arguments.json)
}

fn limit(arguments: &LimitArguments) -> Result<(), Failure> {
    let Limit(device_limit) = arguments.devices;
    let request = SetDeviceLimit {
        org_id: arguments.id,
        device_limit,
    };
    let after: Organization = block_on(async {
        let client = arguments.account.sign_in(&mut io::stdin().lock()).await?;
        let body = serde_json::to_value(&request).map_err(io::Error::from)?;
        let set = client.organization(Method::PUT, "edit/device-limit", Some(&body));
        Ok(set.await?)
    })?;
    pages::print_done(&after, arguments.json)
}

fn delete(arguments: &DeleteArguments) -> Result<(), Failure> {
    block_on(async {
        let client = arguments.account.sign_in(&mut io::stdin().lock()).await?;
        let target = pages::target("", &[("orgId", Some(arguments.id.to_string()))]);
        let () = client.organization(Method::DELETE, &target, None).await?;
        Ok(())
    })?;
    pages::print_done(&json!({ "id": arguments.id }), arguments.json)
}
