//! A batch into a file.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use handover_wire::BatchId;
use serde_json::json;

use crate::account::Account;
use crate::failure::Failure;
use crate::pages;
use crate::save::save;

#[derive(Args)]
pub struct ExportArguments {
    #[command(flatten)]
    account: Account,
    /// Its number, as `handover tokens batches` has it.
    id: BatchId,
    /// The zip file to write; one that is there is not overwritten.
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
    /// The images of the labels' codes.
    #[arg(long, value_enum, default_value = "png")]
    images: Images,
    /// What the images are named by.
    #[arg(long, value_enum, default_value = "label")]
    name_by: NameBy,
    /// Prints what was done as a JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Images {
    /// Pixels.
    Png,
    /// Shapes, for any size.
    Svg,
    /// Each label as pixels and as shapes.
    Both,
    /// The table alone.
    None,
}

#[derive(Clone, Copy, ValueEnum)]
enum NameBy {
    /// The batch's name and the running number.
    Label,
    /// The identifier, where a token has one.
    Identifier,
}

pub fn run(arguments: &ExportArguments) -> Result<(), Failure> {
    let images = match arguments.images {
        Images::Png => "png",
        Images::Svg => "svg",
        Images::Both => "both",
        Images::None => "none",
    };
    let naming = match arguments.name_by {
        NameBy::Label => "label",
        NameBy::Identifier => "identifier",
    };
    let parameters = [
        ("batchId", Some(arguments.id.to_string())),
        ("images", Some(images.to_owned())),
        ("naming", Some(naming.to_owned())),
    ];
    let target = pages::target("static-tokens/batch/export", &parameters);
    save(&arguments.account, &target, &arguments.to)?;
    let done = json!({ "batchId": arguments.id, "file": arguments.to.display().to_string() });
    pages::print_done(&done, arguments.json)
}
