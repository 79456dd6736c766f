//! Files with secrets, saved whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

use crate::account::Account;
use crate::failure::Failure;
use crate::runtime::block_on;

/// Saves what stands below the Platform API's one path as a file that nobody else can read.
pub fn save(account: &Account, target: &str, to: &Path) -> Result<(), Failure> {
    let mut file = private(to).map_err(Failure::file(to))?;
    let written = block_on(async {
        let client = account.sign_in(&mut io::stdin().lock()).await?;
        let mut coming = client.download(target).await?;
        while let Some(piece) = coming.next().await? {
            let written = file.write_all(piece.as_ref());
            written.map_err(Failure::file(to))?;
        }
        file.sync_all().map_err(Failure::file(to))
    });
    if written.is_err() {
        // Half a file would be taken for a whole one. That it cannot be deleted is the lesser trouble.
        let _ = fs::remove_file(to);
    }
    written
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
