//! `handover audit`: who did what, for whom.

use std::io::{self, Write};

use clap::{Args, Subcommand, ValueEnum};
use handover_client::Method;
use handover_cloud::tell_audit_fault;
use handover_wire::{
    AuditAction, AuditActor, AuditCheck, AuditEntry, DeviceId, OrgId, TimeSort, UserId,
};

use crate::account::Account;
use crate::failure::Failure;
use crate::organizations::numbered;
use crate::pages;
use crate::printable::printable;
use crate::runtime::block_on;
use crate::times::{local, moment};

/// What to do with the audit.
#[derive(Args)]
pub struct AuditArguments {
    #[command(subcommand)]
    command: AuditCommand,
}

#[derive(Subcommand)]
enum AuditCommand {
    /// Lists who did what.
    List(ListArguments),
    /// Writes the same to standard output as a file, however much it is. Leaves an entry that says so.
    Export(ExportArguments),
    /// Checks that nobody has changed the audit since it was sealed. For administrators of the topmost organization.
    Verify(VerifyArguments),
}

/// Which entries; each option narrows.
#[derive(Args)]
struct Which {
    /// Only in this organization; in your own and all below unless told.
    #[arg(long, value_name = "ID")]
    organization: Option<OrgId>,
    /// Only about this device, which may be deleted.
    #[arg(long, value_name = "ID")]
    device: Option<DeviceId>,
    /// Only by or about this person, who may have left.
    #[arg(long, value_name = "ID")]
    person: Option<UserId>,
    /// What that person had to do with it.
    #[arg(long = "as", value_enum, requires = "person")]
    part: Option<Part>,
    /// Only of this kind, such as `claim`; one that there is not prints all that there are.
    #[arg(long, value_name = "ACTION", value_parser = action)]
    action: Option<AuditAction>,
    /// Only from this time on: `2026-11-28` (its first moment) or `2026-11-28T10:00`, in this machine's time zone; RFC 3339;
    /// or milliseconds since the epoch.
    #[arg(long, value_name = "TIME", value_parser = moment, allow_hyphen_values = true)]
    from: Option<i64>,
    /// Only before this time, said in the same ways.
    #[arg(long, visible_alias = "to", value_name = "TIME", value_parser = moment, allow_hyphen_values = true)]
    until: Option<i64>,
}

/// A kind of entry by its name.
fn action(name: &str) -> Result<AuditAction, String> {
    let found = AuditAction::ALL.iter().find(|one| one.as_str() == name);
    found.copied().ok_or_else(|| {
        let names: Vec<&str> = AuditAction::ALL.iter().map(|one| one.as_str()).collect();
        format!("one of {}", names.join(", "))
    })
}

/// What a person had to do with it.
#[derive(Clone, Copy, ValueEnum)]
enum Part {
    /// They did it.
    Actor,
    /// It happened to them.
    Affected,
}

impl Which {
    fn parameters(&self) -> Vec<(&'static str, Option<String>)> {
        let part = self.part.map(|part| match part {
            Part::Actor => "actor".to_owned(),
            Part::Affected => "affected".to_owned(),
        });
        vec![
            ("orgId", self.organization.map(|id| id.to_string())),
            ("deviceId", self.device.map(|id| id.to_string())),
            ("userId", self.person.map(|id| id.to_string())),
            ("as", part),
            (
                "action",
                self.action.map(|action| action.as_str().to_owned()),
            ),
            ("from", self.from.map(|time| time.to_string())),
            ("until", self.until.map(|time| time.to_string())),
        ]
    }
}

#[derive(Args)]
struct ListArguments {
    #[command(flatten)]
    account: Account,
    #[command(flatten)]
    which: Which,
    /// The order: `newest`, which it is unless told, or `oldest`.
    #[arg(long, value_name = "ORDER")]
    sort: Option<TimeSort>,
    /// Prints one JSON object for each entry.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
struct ExportArguments {
    #[command(flatten)]
    account: Account,
    #[command(flatten)]
    which: Which,
    /// Writes one JSON object for each entry in place of a table (CSV).
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
struct VerifyArguments {
    #[command(flatten)]
    account: Account,
    #[command(flatten)]
    noted: Noted,
}

/// What an earlier look at the audit found, and how to print what this one does.
#[derive(Args)]
pub struct Noted {
    /// The mark that an earlier verification printed: tells whether an older copy has taken the audit's place since.
    #[arg(long, value_name = "MARK")]
    pub mark: Option<String>,
    /// Prints what was found as a JSON object.
    #[arg(long)]
    json: bool,
}

/// Does it.
pub fn run(arguments: &AuditArguments) -> Result<(), Failure> {
    match &arguments.command {
        AuditCommand::List(arguments) => list(arguments),
        AuditCommand::Export(arguments) => export(arguments),
        AuditCommand::Verify(arguments) => verify(arguments),
    }
}

fn list(arguments: &ListArguments) -> Result<(), Failure> {
    let found: Vec<AuditEntry> = block_on(async {
        let client = arguments.account.sign_in(&mut io::stdin().lock()).await?;
        let mut parameters = arguments.which.parameters();
        parameters.push(("sort", arguments.sort.map(|sort| sort.as_str().to_owned())));
        pages::all(&client, "audit", &parameters).await
    })?;
    let headings = [
        "TIME",
        "WHO",
        "ACTION",
        "DEVICE",
        "FOR WHOM",
        "ORGANIZATION",
        "DETAIL",
        "REASON",
    ];
    pages::print_fitting(&found, arguments.json, headings, row)
}

fn row(entry: &AuditEntry) -> [String; 8] {
    let named = |name: Option<&String>, id: String| match name {
        Some(name) => format!("{} ({id})", printable(name)),
        None => id,
    };
    let actor = match &entry.actor {
        AuditActor::Person { id, name } => named(name.as_ref(), id.to_string()),
        AuditActor::Machine { id, name } => named(name.as_ref(), printable(id)),
        AuditActor::Cloud => "cloud".to_owned(),
    };
    let device = entry.device_id.map(|id| id.to_string());
    let user = entry.user_id.map(|id| id.to_string());
    [
        local(entry.at),
        actor,
        entry.action.as_str().to_owned(),
        device.map_or_else(String::new, |id| named(entry.device_name.as_ref(), id)),
        user.map_or_else(String::new, |id| named(entry.user_name.as_ref(), id)),
        numbered(&entry.org_name, entry.org_id),
        detail(entry),
        printable(entry.reason.as_deref().unwrap_or_default()),
    ]
}

/// What else there is to know, with the name of what it says by a number.
fn detail(entry: &AuditEntry) -> String {
    let detail = printable(entry.detail.as_deref().unwrap_or_default());
    match &entry.detail_name {
        Some(name) => format!("{detail} ({})", printable(name)),
        None => detail,
    }
}

fn export(arguments: &ExportArguments) -> Result<(), Failure> {
    let mut parameters = arguments.which.parameters();
    let format = if arguments.json { "jsonl" } else { "csv" };
    parameters.push(("format", Some(format.to_owned())));
    let target = pages::target("audit/export", &parameters);
    block_on(async {
        let client = arguments.account.sign_in(&mut io::stdin().lock()).await?;
        let mut file = client.download(&target).await?;
        while let Some(piece) = file.next().await? {
            io::stdout().write_all(piece.as_ref())?;
        }
        Ok(io::stdout().flush()?)
    })
}

fn verify(arguments: &VerifyArguments) -> Result<(), Failure> {
    let checked: AuditCheck = block_on(async {
        let client = arguments.account.sign_in(&mut io::stdin().lock()).await?;
        let target = pages::target("audit/check", &[("mark", arguments.noted.mark.clone())]);
        Ok(client.organization(Method::GET, &target, None).await?)
    })?;
    report(&checked, &arguments.noted)
}

/// Tells what a look at the whole chain found; a fault is a failure.
pub fn report(checked: &AuditCheck, noted: &Noted) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    if noted.json {
        pages::write_json(&mut out, std::slice::from_ref(checked))?;
    }
    if let Some(fault) = checked.fault {
        return Err(Failure::AuditFault {
            what: tell_audit_fault(fault),
            whole: checked.sealed,
        });
    }
    if !noted.json {
        let (sealed, waiting) = (checked.sealed, checked.waiting);
        writeln!(
            out,
            "The audit is as it was sealed: {sealed} entries; {waiting} wait to be sealed."
        )?;
        let mark = &checked.mark;
        writeln!(
            out,
            "Note this mark elsewhere, and give it with --mark next time: {mark}"
        )?;
    }
    Ok(())
}
