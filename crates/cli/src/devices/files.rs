//! Files that devices uploaded.

use std::io;
use std::path::PathBuf;

use clap::Args;
use handover_client::Method;
use handover_wire::{DeviceFile, FileId};
use serde_json::json;

use super::hands::OneArguments;
use crate::account::Account;
use crate::failure::Failure;
use crate::pages;
use crate::printable::printable;
use crate::runtime::block_on;
use crate::save;
use crate::times::local;

#[derive(Args)]
pub struct FileArguments {
    #[command(flatten)]
    account: Account,
    /// Its number, as `handover devices files` has it.
    file: FileId,
    /// Where to; a file that is there is not written over.
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
    /// Prints where it is as a JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub struct DeleteArguments {
    #[command(flatten)]
    account: Account,
    /// Their numbers, as `handover devices files` has them.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<FileId>,
    /// Prints one JSON object for each file.
    #[arg(long)]
    json: bool,
}

pub fn list(arguments: &OneArguments) -> Result<(), Failure> {
    let parameters = [("deviceId", Some(arguments.id.to_string()))];
    let found: Vec<DeviceFile> = block_on(async {
        let client = arguments.account.sign_in(&mut io::stdin().lock()).await?;
        let target = pages::target("device/files", &parameters);
        Ok(client.organization(Method::GET, &target, None).await?)
    })?;
    let headings = ["FILE", "AT", "BYTES", "NAME"];
    pages::print(&found, arguments.json, headings, |file| {
        [
            file.id.to_string(),
            local(file.at),
            file.size.to_string(),
            printable(&file.name),
        ]
    })
}

/// What names a file in a query.
fn target(file: FileId) -> String {
    pages::target("device/file", &[("fileId", Some(file.to_string()))])
}

pub fn save(arguments: &FileArguments) -> Result<(), Failure> {
    save::save(&arguments.account, &target(arguments.file), &arguments.to)?;
    let done = json!({ "file": arguments.to.display().to_string() });
    pages::print_done(&done, arguments.json)
}

pub fn delete(arguments: &DeleteArguments) -> Result<(), Failure> {
    block_on(async {
        let client = arguments.account.sign_in(&mut io::stdin().lock()).await?;
        for &file in &arguments.files {
            let target = target(file);
            let () = client.organization(Method::DELETE, &target, None).await?;
            pages::print_done(&json!({ "deleted": file }), arguments.json)?;
        }
        Ok(())
    })
}
