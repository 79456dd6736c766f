//! `handover templates`: the kinds of devices.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use handover_client::Method;
use handover_wire::{ListSort, Template, TemplateDetails, TemplateDraft};
use serde_json::{Value, json};

use crate::account::Account;
use crate::failure::Failure;
use crate::organizations::{Names, names};
use crate::pages;
use crate::printable::printable;
use crate::runtime::block_on;

/// What to do with templates.
#[derive(Args)]
pub struct TemplatesArguments {
    #[command(subcommand)]
    command: TemplatesCommand,
}

#[derive(Subcommand)]
enum TemplatesCommand {
    /// Lists the templates that your organization can use.
    List(ListArguments),
    /// Prints a template with its datastreams, metadata fields and events, as JSON.
    Show(OneArguments),
    /// Makes a template of your organization from a JSON file, and prints its id.
    ///
    /// The file is as `show` prints it; its ids are not looked at.
    Create(CreateArguments),
    /// Makes a template of your organization what a JSON file says, all of it.
    ///
    /// The file is as `show` prints it, with the revision that it was of then: where somebody else changed the template
    /// meanwhile nothing is written over, unless `--overwrite` is given.
    Edit(EditArguments),
    /// Deletes a template of your organization that no device, token or batch is of.
    Delete(OneArguments),
}

#[derive(Args)]
struct ListArguments {
    #[command(flatten)]
    account: Account,
    /// Only those whose name has this in it.
    #[arg(long, value_name = "TEXT")]
    search: Option<String>,
    /// The order: `newest`, `oldest`, `name` or `name_reversed`; by name unless told.
    #[arg(long, value_name = "ORDER")]
    sort: Option<ListSort>,
    /// Prints one JSON object for each template.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
struct OneArguments {
    #[command(flatten)]
    account: Account,
    /// Its id, as in TMPLsoil00001.
    id: String,
    /// Prints JSON; what is shown is JSON in any case.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
struct CreateArguments {
    #[command(flatten)]
    account: Account,
    /// The file; `-` is standard input, behind the password where that is asked for.
    file: PathBuf,
    /// Prints the template as a JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
struct EditArguments {
    #[command(flatten)]
    account: Account,
    /// Its id, as in TMPLsoil00001.
    id: String,
    /// The file; `-` is standard input, behind the password where that is asked for.
    file: PathBuf,
    /// Writes over whatever the template is now; also for a file that does not say its revision.
    #[arg(long)]
    overwrite: bool,
    /// Prints the template as it is then as a JSON object.
    #[arg(long)]
    json: bool,
}

/// Does it.
pub fn run(arguments: &TemplatesArguments) -> Result<(), Failure> {
    match &arguments.command {
        TemplatesCommand::List(arguments) => list(arguments),
        TemplatesCommand::Show(arguments) => show(arguments),
        TemplatesCommand::Create(arguments) => create(arguments),
        TemplatesCommand::Edit(arguments) => edit(arguments),
        TemplatesCommand::Delete(arguments) => delete(arguments),
    }
}

fn list(arguments: &ListArguments) -> Result<(), Failure> {
    let (found, names): (Vec<Template>, Names) = block_on(async {
        let client = arguments.account.sign_in(&mut io::stdin().lock()).await?;
        let parameters = [
            ("query", arguments.search.clone()),
            ("sort", arguments.sort.map(|sort| sort.as_str().to_owned())),
        ];
        let found = pages::all(&client, "templates", &parameters).await?;
        let names = names(&client, arguments.json).await?;
        Ok((found, names))
    })?;
    let headings = ["ID", "NAME", "ORGANIZATION", "DESCRIPTION"];
    pages::print(&found, arguments.json, headings, |one| row(one, &names))
}

fn row(found: &Template, names: &Names) -> [String; 4] {
    [
        printable(&found.template_id.0),
        printable(&found.name),
        names.of(found.org_id),
        printable(found.description.as_deref().unwrap_or_default()),
    ]
}

fn one(id: &str) -> String {
    pages::target("template", &[("templateId", Some(id.to_owned()))])
}

fn show(arguments: &OneArguments) -> Result<(), Failure> {
    let found: TemplateDetails = block_on(async {
        let client = arguments.account.sign_in(&mut io::stdin().lock()).await?;
        let target = one(&arguments.id);
        Ok(client.organization(Method::GET, &target, None).await?)
    })?;
    Ok(pages::write_json(&mut io::stdout().lock(), &[found])?)
}

fn create(arguments: &CreateArguments) -> Result<(), Failure> {
    let made: TemplateDetails = block_on(async {
        let input = &mut io::stdin().lock();
        let client = arguments.account.sign_in(input).await?;
        let draft = draft(&arguments.file, input)?;
        let made = client.organization(Method::POST, "template", Some(&draft));
        Ok(made.await?)
    })?;
    pages::print_made(&made, &made.template.template_id, arguments.json)
}

fn edit(arguments: &EditArguments) -> Result<(), Failure> {
    let edited: TemplateDetails = block_on(async {
        let input = &mut io::stdin().lock();
        let client = arguments.account.sign_in(input).await?;
        let mut draft = draft(&arguments.file, input)?;
        let target = one(&arguments.id);
        if arguments.overwrite {
            let now: TemplateDetails = client.organization(Method::GET, &target, None).await?;
            draft["revision"] = now.revision.into();
        }
        let edited = client.organization(Method::PUT, &target, Some(&draft));
        Ok(edited.await?)
    })?;
    pages::print_done(&edited, arguments.json)
}

/// The template in a file. That it reads as one is found out here, where the place in the file can be told.
fn draft(file: &Path, input: &mut impl io::Read) -> Result<Value, Failure> {
    let text = if file == Path::new("-") {
        let mut text = String::new();
        input.read_to_string(&mut text).map(|_| text)
    } else {
        fs::read_to_string(file)
    };
    let text = text.map_err(Failure::file(file))?;
    let draft: TemplateDraft = serde_json::from_str(&text)
        .map_err(io::Error::from)
        .map_err(Failure::file(file))?;
    Ok(serde_json::to_value(&draft).map_err(io::Error::from)?)
}

fn delete(arguments: &OneArguments) -> Result<(), Failure> {
    block_on(async {
        let client = arguments.account.sign_in(&mut io::stdin().lock()).await?;
        let target = one(&arguments.id);
        let () = client.organization(Method::DELETE, &target, None).await?;
        Ok(())
    })?;
    pages::print_done(&json!({ "templateId": arguments.id }), arguments.json)
}
