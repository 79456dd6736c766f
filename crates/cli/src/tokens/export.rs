//! A batch into a file.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use handover_wire::BatchId;

use crate::account::Account;
use crate::failure::Failure;
use crate::pages;
use crate::runtime::block_on;

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
}

#[derive(Clone, Copy, ValueEnum)]
enum Images {
    /// Pixels.
    Png,
    /// Shapes, for any size.
    Svg,
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
    let mut file = private(&arguments.to).map_err(Failure::file(&arguments.to))?;
    let written = block_on(async {
        let client = arguments.account.sign_in(&mut io::stdin().lock()).await?;
        let mut coming = client.download(&target).await?;
        while let Some(piece) = coming.next().await? {
            let written = file.write_all(piece.as_ref());
            written.map_err(Failure::file(&arguments.to))?;
        }
        file.sync_all().map_err(Failure::file(&arguments.to))
    });
    if written.is_err() {
        // Half a file would be taken for a whole one. That it cannot be deleted is the lesser trouble.
        let _ = fs::remove_file(&arguments.to);
    }
    written
}

/// A new file that nobody else can read: it is full of secrets.
fn private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(path)
}
