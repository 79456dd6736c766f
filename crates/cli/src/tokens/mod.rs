//! `handover tokens`: static tokens in batches.

mod batches;
mod export;
mod find;
mod import;
pub mod label;
mod machines;
mod revoke;

use clap::{Args, Subcommand, ValueEnum};
use handover_wire::{ClaimProof, IdentifierKind, OrgId, TemplateId};

use crate::account::Account;
use crate::failure::Failure;

/// What to do with static tokens.
#[derive(Args)]
pub struct TokensArguments {
    #[command(subcommand)]
    command: TokensCommand,
}

#[derive(Subcommand)]
enum TokensCommand {
    /// Makes a batch of so many tokens, all or none, and prints its number.
    Generate(batches::GenerateArguments),
    /// Makes a batch from a CSV table, one token for each row, and prints its number.
    ///
    /// The headers are the names of metadata fields; capitals count. Fields that the template does not have are told, and
    /// devices have them all the same. `Device Name` is the name that a row's device gets.
    /// UTF-8; commas, semicolons or tabs between the cells; 100,000 rows at most. Every row is looked at first: rows at
    /// fault are told by line, and nothing is imported unless all are good or `--good-rows` is given.
    Import(import::ImportArguments),
    /// Lists tokens by any part of label, identifier or name, or of their devices' names, without their secrets.
    List(find::ListArguments),
    /// Lists batches, each with its tokens counted by state.
    Batches(batches::ListArguments),
    /// Shows one batch.
    Show(batches::ShowArguments),
    /// Stops the making of a batch; it then has no tokens.
    Cancel(batches::CancelArguments),
    /// Writes a batch into a zip file: a table with its tokens, and an image of each label's code.
    ///
    /// Whoever has the file can claim every device that nobody has claimed. The export stands in the audit.
    Export(export::ExportArguments),
    /// Prints the link of the label that a token has now, also where there is no device of it any more: after a release or a
    /// deletion that erased it, its next owner needs this. That you looked is written down.
    ///
    /// Of a batch that shows its secrets once (`--once`) all labels are in its one export, and nowhere else. A label that such a
    /// device got later, by a release or a transfer, is shown here this one time; after it `--renew` makes another one, while
    /// nobody has the device.
    Label(label::LabelArguments),
    /// Takes tokens out of use for good: their labels claim nothing any more.
    ///
    /// Tokens that somebody has claimed stay as they are.
    Revoke(revoke::RevokeArguments),
    /// Forgets the machines that say that they are the device of a label which nobody has claimed.
    ///
    /// Those that are on say it again. Once somebody has the device, `handover devices identify` is for them.
    ResetMachines(machines::ResetArguments),
}

/// What a new batch is of.
#[derive(Args)]
struct NewBatch {
    #[command(flatten)]
    account: Account,
    /// Which kind of device, as in TMPLsoil00001.
    #[arg(long, value_name = "ID")]
    template: String,
    /// In which organization; your own unless told.
    #[arg(long, value_name = "ID")]
    organization: Option<OrgId>,
    /// What there is to know about it.
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    /// Shows the secrets once: the batch's first export has them, and nobody can read them after it. Lost, they are revoked
    /// and made anew.
    #[arg(long)]
    once: bool,
    /// Ends once the batch is asked for, rather than once it is made.
    #[arg(long)]
    no_wait: bool,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
}

impl NewBatch {
    fn template(&self) -> TemplateId {
        TemplateId(self.template.clone())
    }
}

/// What identifies devices.
#[derive(Clone, Copy, ValueEnum)]
enum Kind {
    /// A serial number.
    Serial,
    /// EUI-48, also known as MAC address.
    #[value(alias = "mac")]
    Eui48,
    /// EUI-64, also as DevEUI.
    #[value(alias = "deveui")]
    Eui64,
    /// IMEI.
    Imei,
    /// What fits `--pattern`.
    Pattern,
}

impl From<Kind> for IdentifierKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Serial => Self::Serial,
            Kind::Eui48 => Self::Eui48,
            Kind::Eui64 => Self::Eui64,
            Kind::Imei => Self::Imei,
            Kind::Pattern => Self::Pattern,
        }
    }
}

/// What has to come with an identifier before it claims.
#[derive(Clone, Copy, Default, ValueEnum)]
enum Proof {
    /// The claim code that the cloud draws for each device; exports have it.
    #[default]
    ClaimCode,
    /// The device's button, pressed within five minutes of the claim. The device has to reach the cloud before it is claimed.
    /// Anybody's machine can be the first to report under a number and play the button: switch each device on once, connected,
    /// before it is sold.
    Presence,
    /// The word of your support, who are asked.
    StaffApproval,
    /// Nothing: whoever knows an identifier claims its device. Serial numbers and addresses are guessed easily.
    None,
}

impl From<Proof> for ClaimProof {
    fn from(proof: Proof) -> Self {
        match proof {
            Proof::ClaimCode => Self::ClaimCode,
            Proof::Presence => Self::Presence,
            Proof::StaffApproval => Self::StaffApproval,
            Proof::None => Self::None,
        }
    }
}

/// What identifies the devices of a new batch.
#[derive(Args)]
struct Identified {
    /// What identifies the devices.
    #[arg(long, value_enum, requires = "identifier")]
    kind: Option<Kind>,
    /// Your own pattern for that: a regular expression for the whole identifier.
    #[arg(long, value_name = "REGEX", required_if_eq("kind", "pattern"))]
    pattern: Option<String>,
    /// What has to come with an identifier before it claims.
    #[arg(
        long,
        value_enum,
        default_value = "claim-code",
        requires = "identifier"
    )]
    proof: Proof,
}

/// What a table calls what has to come with an identifier.
fn proof_name(proof: ClaimProof) -> &'static str {
    match proof {
        ClaimProof::ClaimCode => "claim code",
        ClaimProof::Presence => "the press of its button",
        ClaimProof::StaffApproval => "approval by support",
        ClaimProof::None => "nothing: the identifier alone claims",
    }
}

/// What a table calls it.
pub fn kind_name(kind: IdentifierKind) -> &'static str {
    match kind {
        IdentifierKind::Serial => "serial",
        IdentifierKind::Eui48 => "MAC",
        IdentifierKind::Eui64 => "EUI-64",
        IdentifierKind::Imei => "IMEI",
        IdentifierKind::Pattern => "own pattern",
    }
}

/// Does it.
pub fn run(arguments: &TokensArguments) -> Result<(), Failure> {
    match &arguments.command {
        TokensCommand::Generate(arguments) => batches::generate(arguments),
        TokensCommand::Import(arguments) => import::run(arguments),
        TokensCommand::List(arguments) => find::run(arguments),
        TokensCommand::Batches(arguments) => batches::list(arguments),
        TokensCommand::Show(arguments) => batches::show(arguments),
        TokensCommand::Cancel(arguments) => batches::cancel(arguments),
        TokensCommand::Export(arguments) => export::run(arguments),
        TokensCommand::Label(arguments) => label::run(arguments),
        TokensCommand::Revoke(arguments) => revoke::run(arguments),
        TokensCommand::ResetMachines(arguments) => machines::run(arguments),
    }
}
