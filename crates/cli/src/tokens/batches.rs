//! Making batches and looking at them.

use std::io::{self, IsTerminal as _, Write};
use std::time::Duration;

use clap::Args;
use handover_client::{Client, Method};
use handover_wire::{
    Batch, BatchFailure, BatchId, BatchState, CreateBatch, ErrorCode, ListSort, NewIdentifiers,
    OrgId, SecretsShown,
};
use serde_json::json;

use super::{Identified, NewBatch, kind_name, proof_name};
use crate::account::Account;
use crate::failure::Failure;
use crate::organizations::numbered;
use crate::pages;
use crate::printable::printable;
use crate::runtime::block_on;
use crate::table;

/// How often the cloud is asked how far a batch is.
const ASK_EVERY: Duration = Duration::from_millis(500);

#[derive(Args)]
pub struct GenerateArguments {
    #[command(flatten)]
    new: NewBatch,
    /// The batch's name: 1 to 50 letters, digits, spaces or '_-. Labels and files are named by it.
    #[arg(long, value_name = "NAME")]
    name: String,
    /// How many tokens, 1 to 100000.
    #[arg(long, value_name = "NUMBER")]
    count: u32,
    /// The first device's identifier; those of the others count up from it.
    #[arg(long, value_name = "FIRST", requires = "kind")]
    identifier: Option<String>,
    #[command(flatten)]
    identified: Identified,
}

impl GenerateArguments {
    fn identifiers(&self) -> Option<NewIdentifiers> {
        Some(NewIdentifiers {
            kind: self.identified.kind?.into(),
            pattern: self.identified.pattern.clone(),
            first: self.identifier.clone()?,
            proof: self.identified.proof.into(),
        })
    }
}

#[derive(Args)]
pub struct ListArguments {
    #[command(flatten)]
    account: Account,
    /// Only those whose name has this in it.
    #[arg(long, value_name = "TEXT")]
    search: Option<String>,
    /// Only those of this organization.
    #[arg(long, value_name = "ID")]
    organization: Option<OrgId>,
    /// The order: `newest`, `oldest`, `name` or `name_reversed`; the newest first unless told.
    #[arg(long, value_name = "ORDER")]
    sort: Option<ListSort>,
    /// Prints one JSON object for each batch.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub struct ShowArguments {
    #[command(flatten)]
    account: Account,
    /// Its number, as `handover tokens batches` has it.
    id: BatchId,
    /// Prints the batch as a JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub struct CancelArguments {
    #[command(flatten)]
    account: Account,
    /// Its number, as `handover tokens batches` has it.
    id: BatchId,
    /// Prints what was done as a JSON object.
    #[arg(long)]
    json: bool,
}

pub fn generate(arguments: &GenerateArguments) -> Result<(), Failure> {
    let new = &arguments.new;
    let request = CreateBatch {
        template_id: new.template(),
        org_id: new.organization,
        name: arguments.name.clone(),
        note: new.note.clone(),
        count: arguments.count,
        identifiers: arguments.identifiers(),
        secrets: match new.once {
            true => SecretsShown::Once,
            false => SecretsShown::Kept,
        },
    };
    let batch = block_on(async {
        let client = new.account.sign_in(&mut io::stdin().lock()).await?;
        let body = serde_json::to_value(&request).map_err(io::Error::from)?;
        let asked: Batch = client
            .organization(Method::POST, "static-tokens/batches", Some(&body))
            .await?;
        made(&client, asked, new.no_wait).await
    })?;
    told(&batch, new.json)
}

/// Prints a new batch's number, or all of it.
pub fn told(batch: &Batch, json: bool) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    if json {
        pages::write_json(&mut out, &[batch])?;
    } else {
        writeln!(out, "{}", batch.id)?;
    }
    Ok(())
}

/// The batch once it is made; at once where nobody waits for it. Progress goes to standard error.
pub async fn made(client: &Client, mut batch: Batch, no_wait: bool) -> Result<Batch, Failure> {
    let terminal = io::stderr().is_terminal();
    while batch.state == BatchState::Making && !no_wait {
        progress(&batch, terminal);
        tokio::time::sleep(ASK_EVERY).await;
        batch = get(client, batch.id).await?;
    }
    if terminal && !no_wait {
        let _ = writeln!(io::stderr());
    }
    match batch.state {
        BatchState::Making | BatchState::Ready => Ok(batch),
        BatchState::Cancelled => Err(Failure::BatchEnded { cancelled: true }),
        BatchState::Failed => Err(match batch.failure {
            Some(BatchFailure::IdentifiersTaken { first, count }) => Failure::IdentifiersTaken {
                first: first
                    .iter()
                    .map(|one| printable(one))
                    .collect::<Vec<_>>()
                    .join(", "),
                count,
            },
            _ => Failure::BatchEnded { cancelled: false },
        }),
    }
}

/// One line that is written over on a terminal, and a line each time in a log. With nobody to read it the work goes on.
fn progress(batch: &Batch, terminal: bool) {
    let Batch {
        id, made, count, ..
    } = batch;
    let line = format!("batch {id}: {made} of {count} tokens are made");
    let _ = match terminal {
        true => write!(io::stderr(), "\r{line}"),
        false => writeln!(io::stderr(), "{line}"),
    };
}

/// The batch with this number.
pub async fn get(client: &Client, id: BatchId) -> Result<Batch, Failure> {
    let target = pages::target("static-tokens/batch", &[("batchId", Some(id.to_string()))]);
    let found = client
        .organization::<Batch>(Method::GET, &target, None)
        .await;
    found.map_err(|error| match error.code {
        ErrorCode::NotFound => Failure::UnknownBatch { id },
        _ => Failure::Cloud(error),
    })
}

pub fn list(arguments: &ListArguments) -> Result<(), Failure> {
    let found: Vec<Batch> = block_on(async {
        let client = arguments.account.sign_in(&mut io::stdin().lock()).await?;
        let parameters = [
            ("query", arguments.search.clone()),
            ("orgId", arguments.organization.map(|id| id.to_string())),
            ("sort", arguments.sort.map(|sort| sort.as_str().to_owned())),
        ];
        pages::all(&client, "static-tokens/batches", &parameters).await
    })?;
    let mut out = io::stdout().lock();
    if arguments.json {
        return Ok(pages::write_json(&mut out, &found)?);
    }
    let heading = [
        "ID",
        "NAME",
        "KIND",
        "STATE",
        "UNCLAIMED",
        "CLAIMED",
        "REVOKED",
    ];
    let mut rows = vec![heading.map(str::to_owned)];
    rows.extend(found.iter().map(row));
    Ok(table::write(&mut out, &rows)?)
}

fn row(batch: &Batch) -> [String; 7] {
    [
        batch.id.to_string(),
        printable(&batch.name),
        printable(&batch.template_name),
        state(batch),
        batch.unclaimed.to_string(),
        batch.claimed.to_string(),
        batch.revoked.to_string(),
    ]
}

fn state(batch: &Batch) -> String {
    match batch.state {
        BatchState::Making => format!("making {} of {}", batch.made, batch.count),
        BatchState::Ready => "ready".to_owned(),
        BatchState::Cancelled => "cancelled".to_owned(),
        BatchState::Failed => "failed".to_owned(),
    }
}

pub fn show(arguments: &ShowArguments) -> Result<(), Failure> {
    let batch = block_on(async {
        let client = arguments.account.sign_in(&mut io::stdin().lock()).await?;
        get(&client, arguments.id).await
    })?;
    let mut out = io::stdout().lock();
    if arguments.json {
        return Ok(pages::write_json(&mut out, &[batch])?);
    }
    let identified = batch.identifier_kind.map(kind_name).unwrap_or("nothing");
    let proof = batch.proof.map(proof_name).unwrap_or("-");
    let why = match &batch.failure {
        Some(BatchFailure::IdentifiersTaken { first, count }) => printable(&format!(
            "{count} identifiers are in another batch: {}, ...",
            first.join(", ")
        )),
        Some(_) => "the cloud's log says it".to_owned(),
        None => "-".to_owned(),
    };
    let secrets = match (batch.secrets, batch.exported_at) {
        (SecretsShown::Kept, _) => "kept",
        (SecretsShown::Once, None) => "shown once: by the one export, which nobody has made",
        (SecretsShown::Once, Some(_)) => "shown once, and gone since",
    };
    let rows = [
        ["Name", &printable(&batch.name)],
        [
            "Note",
            &printable(batch.note.as_deref().unwrap_or_default()),
        ],
        ["Kind of device", &printable(&batch.template_name)],
        ["Organization", &numbered(&batch.org_name, batch.org_id)],
        ["Identified by", identified],
        ["Proof", proof],
        ["Secrets", secrets],
        ["State", &state(&batch)],
        ["Why", &why],
        ["Tokens", &batch.count.to_string()],
        ["Unclaimed", &batch.unclaimed.to_string()],
        ["Claimed", &batch.claimed.to_string()],
        ["Revoked", &batch.revoked.to_string()],
    ];
    Ok(table::write(
        &mut out,
        &rows.map(|row| row.map(str::to_owned)),
    )?)
}

pub fn cancel(arguments: &CancelArguments) -> Result<(), Failure> {
    block_on(async {
        let client = arguments.account.sign_in(&mut io::stdin().lock()).await?;
        let id = Some(arguments.id.to_string());
        let target = pages::target("static-tokens/batch/cancel", &[("batchId", id)]);
        let cancelled = client.organization::<()>(Method::POST, &target, None);
        Ok(cancelled.await?)
    })?;
    pages::print_done(&json!({ "batchId": arguments.id }), arguments.json)
}
