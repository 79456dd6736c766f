//! Files that are saved on this machine: whole, or not at all.

use std::io;
use std::path::{Path, PathBuf};

use handover_client::{Download, Result};
use handover_wire::{ErrorBody, ErrorCode};
use tokio::fs::{self, OpenOptions};
use tokio::io::AsyncWriteExt as _;

use crate::{App, FileCall};

impl App {
    /// Saves a file where people find their downloads, and gives its path. A file that is there already stays.
    ///
    /// # Errors
    /// `unsupported` where there is no such folder, `file_not_saved` where it takes no file, or as for
    /// [`App::organization`].
    pub async fn download(&self, file: FileCall) -> Result<String> {
        let folder = self.host.downloads().ok_or_else(|| {
            ErrorBody::new(ErrorCode::Unsupported, "there is no folder for downloads")
        })?;
        let name = Path::new(&file.name)
            .file_name()
            .unwrap_or("handover".as_ref());
        let (client, _) = self.signed_in().await?;
        let coming = client.download(&file.target).await?;
        fs::create_dir_all(&folder).await.map_err(not_saved)?;
        let part = folder.join(format!("{}.part", ulid::Ulid::generate()));
        let saved = match write(coming, &part).await {
            Ok(()) => keep(&part, &folder, Path::new(name))
                .await
                .map_err(not_saved),
            Err(error) => Err(error),
        };
        if saved.is_err() {
            // What came of it is of no use; where even this fails, a file says by its name that it is a part.
            let _ = fs::remove_file(&part).await;
        }
        Ok(saved?.display().to_string())
    }
}

fn not_saved(error: io::Error) -> ErrorBody {
    ErrorBody::new(ErrorCode::FileNotSaved, error.to_string())
}

/// Exports have secrets: what is saved is the user's alone, as far as the system knows of that.
fn new_file() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    options.mode(0o600);
    options
}

async fn write(mut coming: Download, part: &Path) -> Result<()> {
    let mut file = new_file().open(part).await.map_err(not_saved)?;
    while let Some(piece) = coming.next().await? {
        file.write_all(piece.as_ref()).await.map_err(not_saved)?;
    }
    file.sync_all().await.map_err(not_saved)
}

/// Gives it its name, with a number where that is taken.
async fn keep(part: &Path, folder: &Path, name: &Path) -> io::Result<PathBuf> {
    let text =
        |part: Option<&std::ffi::OsStr>| part.unwrap_or_default().to_string_lossy().into_owned();
    let (stem, ending) = (text(name.file_stem()), text(name.extension()));
    let ending = match ending.as_str() {
        "" => ending,
        ending => format!(".{ending}"),
    };
    for number in 1_u32.. {
        let name = match number {
            1 => format!("{stem}{ending}"),
            _ => format!("{stem} ({number}){ending}"),
        };
        let path = folder.join(name);
        // A link is made only where nothing has that name.
        match fs::hard_link(part, &path).await {
            Ok(()) => return fs::remove_file(part).await.map(|()| path),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(_) if fs::try_exists(&path).await? => {}
            // A file system without links.
            Err(_) => return fs::rename(part, &path).await.map(|()| path),
        }
    }
    Err(io::Error::other("every name is taken"))
}
