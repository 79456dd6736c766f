//! `handover mailbox`: the mails of a cloud without a mail server, and those that a mail server has not taken.

use std::io::{self, Write};

use clap::{Args, Subcommand};
use handover_client::Method;
use handover_wire::{
    KeptMail, MAX_PAGE_SIZE, MailId, MailSummary, MailTrouble, Page, PageQuery, WaitingMail,
};

use crate::account::Account;
use crate::failure::Failure;
use crate::pages;
use crate::printable::{printable, printable_json};
use crate::runtime::block_on;
use crate::times::local;

/// The list, or one mail.
#[derive(Args)]
pub struct MailboxArguments {
    #[command(subcommand)]
    command: MailboxCommand,
}

/// Which mails to list.
#[derive(Args)]
struct ListArguments {
    #[command(flatten)]
    account: Account,
    /// Only those with this in their address or subject.
    #[arg(long, value_name = "TEXT")]
    search: Option<String>,
    /// Prints one JSON object for each mail.
    #[arg(long)]
    json: bool,
}

#[derive(Subcommand)]
enum MailboxCommand {
    /// Lists the mails, the newest first.
    List(ListArguments),
    /// Shows what a mail says. Its links may open an account, once.
    Show(ShowArguments),
    /// Counts the mails that the mail server has not taken, says why, and whom those were for that were given up.
    Waiting(WaitingArguments),
}

/// Of which cloud.
#[derive(Args)]
struct WaitingArguments {
    #[command(flatten)]
    account: Account,
    /// Prints a JSON object.
    #[arg(long)]
    json: bool,
}

/// Which mail to show.
#[derive(Args)]
struct ShowArguments {
    #[command(flatten)]
    account: Account,
    /// The mail's number, as the list has it.
    id: MailId,
    /// Prints the mail as a JSON object, with its HTML and its links.
    #[arg(long)]
    json: bool,
}

/// Lists or shows.
pub fn run(arguments: &MailboxArguments) -> Result<(), Failure> {
    match &arguments.command {
        MailboxCommand::List(arguments) => list(arguments),
        MailboxCommand::Show(arguments) => show(arguments),
        MailboxCommand::Waiting(arguments) => waiting(arguments),
    }
}

fn list(arguments: &ListArguments) -> Result<(), Failure> {
    let Page { content: mails, .. } = block_on(async {
        let client = arguments.account.sign_in(&mut io::stdin().lock()).await?;
        let all = PageQuery {
            page: None,
            // No cloud keeps more.
            size: Some(MAX_PAGE_SIZE),
        };
        let search = arguments.search.as_deref().unwrap_or_default();
        Ok(client.mailbox(search.trim(), all).await?)
    })?;
    let headings = ["ID", "TO", "SUBJECT", "LANGUAGE"];
    pages::print(&mails, arguments.json, headings, row)
}

fn row(mail: &MailSummary) -> [String; 4] {
    [
        mail.id.to_string(),
        printable(&mail.to),
        printable(&mail.subject),
        printable(&mail.language),
    ]
}

fn show(arguments: &ShowArguments) -> Result<(), Failure> {
    let mail: KeptMail = block_on(async {
        let client = arguments.account.sign_in(&mut io::stdin().lock()).await?;
        Ok(client.mail(arguments.id).await?)
    })?;
    let mut out = io::stdout().lock();
    if arguments.json {
        let line = serde_json::to_string(&mail).map_err(io::Error::from)?;
        let line = printable_json(&line);
        return Ok(writeln!(out, "{line}")?);
    }
    writeln!(out, "To: {}", printable(&mail.summary.to))?;
    writeln!(out, "Subject: {}\n", printable(&mail.summary.subject))?;
    for line in mail.text.expose().lines() {
        writeln!(out, "{}", printable(line))?;
    }
    Ok(())
}

fn waiting(arguments: &WaitingArguments) -> Result<(), Failure> {
    let found: WaitingMail = block_on(async {
        let client = arguments.account.sign_in(&mut io::stdin().lock()).await?;
        let asked = client.organization(Method::GET, "mail/waiting", None);
        Ok(asked.await?)
    })?;
    let mut out = io::stdout().lock();
    if arguments.json {
        return Ok(pages::write_json(&mut out, &[found])?);
    }
    let WaitingMail {
        waiting,
        failed,
        trouble,
        given_up,
        ..
    } = found;
    writeln!(out, "{waiting} waiting; {failed} given up")?;
    if let Some(trouble) = trouble {
        writeln!(out, "The mail server {}.", why(trouble))?;
    }
    for mail in given_up {
        let why = mail.trouble.map(why);
        let why = why.map_or_else(String::new, |why| format!(" The mail server {why}."));
        let (to, subject) = (printable(&mail.to), printable(&mail.subject));
        writeln!(
            out,
            "Given up on {}: \"{subject}\" to {to}.{why}",
            local(mail.at)
        )?;
    }
    Ok(())
}

/// What a mail server did instead of taking a mail.
fn why(trouble: MailTrouble) -> String {
    match trouble {
        MailTrouble::Unreachable => "cannot be reached".to_owned(),
        MailTrouble::TooSlow => "takes too long".to_owned(),
        MailTrouble::Insecure => "has no good certificate or encryption".to_owned(),
        MailTrouble::SignIn => "does not take the name and password".to_owned(),
        MailTrouble::Answered { status } => format!("answered {status}"),
        MailTrouble::NotUnderstood => "is not understood".to_owned(),
        MailTrouble::Unsuitable => {
            "offers no STARTTLS or no way to sign in that we know".to_owned()
        }
        MailTrouble::Unwritable => "was not asked: the address fits in no mail".to_owned(),
    }
}
