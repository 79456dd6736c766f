//! Files with secrets, saved whole or not at all.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

use crate::account::Account;
use crate::failure::Failure;
use crate::runtime::block_on;

/// Saves what stands below the Platform API's one path as a file that nobody else can read.
pub fn save(account: &Account, target: &str, to: &Path) -> Result<(), Failure> {
    let folder = match to.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    if to.exists() {
        return Err(Failure::file(to)(io::ErrorKind::AlreadyExists.into()));
    }
    // Under a name of its own, and for its owner alone: half a file would be taken for a whole one. It is deleted wherever
    // this ends before it is whole.
    let part = tempfile::Builder::new()
        .prefix(".handover-")
        .suffix(".part")
        .tempfile_in(folder);
    let mut part = part.map_err(Failure::file(to))?;
    block_on(async {
        let client = account.sign_in(&mut io::stdin().lock()).await?;
        let mut coming = client.download(target).await?;
        while let Some(piece) = coming.next().await? {
            let written = part.write_all(piece.as_ref());
            written.map_err(Failure::file(to))?;
        }
        part.as_file().sync_all().map_err(Failure::file(to))
    })?;
    let kept = part.persist_noclobber(to);
    kept.map_err(|error| Failure::file(to)(error.error))?;
    Ok(())
}

/// A new file that nobody else can read: it is full of secrets.
pub fn private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(path)
}
