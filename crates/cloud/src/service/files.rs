//! Files that devices upload: they come in pieces, which the database has as they come, and are there once all of it has come.

use std::sync::Arc;

use handover_wire::{DeviceFile, DeviceId, FileId, Permission, Secret};

use super::{Broken, Core, breaks};
use crate::domain::{Acting, FileName, Reach};
use crate::entropy;
use crate::secrets::Purpose;
use crate::store::{Action, ArrivingFile, AuditRow, FileRow, change};

/// Bytes of a file at the most: 5 MiB. Published are 5 MB, and not which; this holds whichever is meant.
pub const MOST_BYTES: i64 = 5 * 1024 * 1024;
/// Bytes of a piece: what is held of a file in memory, whichever way it goes.
const PIECE: usize = 64 * 1024;
/// Files that a device uploads, as published; it is counted anew for whoever has it next.
const MOST_UPLOADS: i64 = 1_000;
/// Characters of what a link has for a file.
const LINK: usize = 43;

/// Why a file does not come.
#[derive(Debug, thiserror::Error)]
pub enum UploadError {
    /// The device has uploaded as many as it may. The published sentence.
    #[error("File uploads limit has been reached.")]
    Limit,
    /// It is larger than a file may be.
    #[error("The file is larger than 5 MiB.")]
    TooLarge,
    /// The device is gone. The published sentence.
    #[error("Invalid token.")]
    Gone,
    /// The device changed hands while it came: whose it would be is not clear.
    #[error("The device changed hands meanwhile: upload the file again.")]
    Moved,
    /// Too many of the device came at a time, and this was the oldest of them.
    #[error("Newer uploads of the device took its place: upload one after the other.")]
    Replaced,
    /// Something broke.
    #[error(transparent)]
    Broken(Broken),
}

breaks!(UploadError);

/// A file that arrives. Where it is dropped before its end nothing of it stays.
pub struct Arriving {
    core: Arc<Core>,
    device: DeviceId,
    name: FileName,
    file: ArrivingFile,
    link: Secret,
    /// What came and is not in the database yet; shorter than a piece.
    rest: Vec<u8>,
    pieces: i64,
    size: i64,
    has_ended: bool,
}

/// A file begins to arrive.
pub async fn begin(
    core: &Arc<Core>,
    device: DeviceId,
    name: FileName,
) -> Result<Arriving, UploadError> {
    let link = entropy::token43(core.entropy.as_ref());
    let digest = core.digest(Purpose::FileLink, link.expose());
    let now = core.now();
    let file = change!(core.store, |write| {
        let (tenure, uploads) = write.uploads(device).await?.ok_or(UploadError::Gone)?;
        if uploads >= MOST_UPLOADS {
            return Err(UploadError::Limit);
        }
        let of = (device, tenure);
        Ok(write.begin_file(of, &name, &digest, now).await?)
    })?;
    Ok(Arriving {
        core: core.clone(),
        device,
        name,
        file,
        link,
        rest: Vec::new(),
        pieces: 0,
        size: 0,
        has_ended: false,
    })
}

impl Arriving {
    /// More of it has come.
    pub async fn add(&mut self, mut bytes: &[u8]) -> Result<(), UploadError> {
        self.size = self.size.saturating_add(length(bytes));
        if self.size > MOST_BYTES {
            return Err(UploadError::TooLarge);
        }
        while !bytes.is_empty() {
            let room = PIECE - self.rest.len();
            let (now, later) = bytes.split_at(room.min(bytes.len()));
            self.rest.extend_from_slice(now);
            bytes = later;
            if self.rest.len() == PIECE {
                self.keep().await?;
            }
        }
        Ok(())
    }

    /// Writes the piece down that has come.
    async fn keep(&mut self) -> Result<(), UploadError> {
        let (file, number, bytes) = (self.file, self.pieces, &self.rest);
        let is_awaited = change!(self.core.store, |write| write
            .add_piece(file, number, bytes)
            .await)?;
        if !is_awaited {
            return Err(UploadError::Replaced);
        }
        self.pieces += 1;
        self.rest.clear();
        Ok(())
    }

    /// All of it has come. Gives its link.
    pub async fn end(mut self) -> Result<String, UploadError> {
        if !self.rest.is_empty() {
            self.keep().await?;
        }
        let (device, file, now) = (self.device, self.file, self.core.now());
        let what = (&self.name, self.size);
        change!(self.core.store, |write| {
            let (tenure, uploads) = write.uploads(device).await?.ok_or(UploadError::Gone)?;
            if tenure != file.tenure {
                return Err(UploadError::Moved);
            }
            // Others of it may have come meanwhile.
            if uploads >= MOST_UPLOADS {
                return Err(UploadError::Limit);
            }
            match write.end_file(device, file, what, now).await? {
                true => Ok(()),
                false => Err(UploadError::Replaced),
            }
        })?;
        self.has_ended = true;
        let base = self.core.address.get().map(url::Url::as_str);
        let base = base.unwrap_or_default();
        let link = self.link.expose();
        let ending = self.name.ending();
        let ending = ending.map_or_else(String::new, |ending| format!(".{ending}"));
        Ok(format!("{base}device_uploads/{device}/{link}{ending}"))
    }
}

impl Drop for Arriving {
    fn drop(&mut self) {
        // Where there is nobody to do it any more, what is left is forgotten with the next that arrives, or in a day.
        if !self.has_ended
            && let Ok(runtime) = tokio::runtime::Handle::try_current()
        {
            let (core, file) = (self.core.clone(), self.file);
            runtime.spawn(async move {
                let dropped = change!(core.store, |write| write.drop_file(file).await);
                if let Err(error) = dropped {
                    tracing::warn!(%error, "what came of a file stays for a while");
                }
            });
        }
    }
}

fn length(bytes: &[u8]) -> i64 {
    i64::try_from(bytes.len()).unwrap_or(i64::MAX)
}

/// The file that a link opens, for whoever has it. An ending is for whoever reads the link, and says nothing.
pub async fn linked(
    core: &Core,
    device: DeviceId,
    named: &str,
) -> Result<Option<DeviceFile>, Broken> {
    let link = named.split('.').next().unwrap_or_default();
    if link.len() != LINK {
        return Ok(None);
    }
    let digest = core.digest(Purpose::FileLink, link);
    let found = core.store.linked_file(device, &digest).await?;
    Ok(found.map(|row| row.file))
}

/// A file within reach.
pub async fn within(core: &Core, reach: Reach, id: FileId) -> Result<Option<DeviceFile>, Broken> {
    let found = core.store.device_file(reach, id).await?;
    Ok(found.map(|row| row.file))
}

/// What comes next of a file, from a piece on; none at its end. A file that is deleted meanwhile breaks off.
pub async fn piece(
    core: &Core,
    file: &DeviceFile,
    number: i64,
) -> Result<Option<Vec<u8>>, FileGone> {
    if number.saturating_mul(PIECE as i64) >= file.size {
        return Ok(None);
    }
    match core.store.file_piece(file.id, number).await {
        Ok(Some(piece)) => Ok(Some(piece)),
        Ok(None) => Err(FileGone),
        Err(error) => {
            tracing::warn!(%error, "a file breaks off");
            Err(FileGone)
        }
    }
}

/// The rest of a file is not to be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the file is gone")]
pub struct FileGone;

/// Why a file is not deleted.
#[derive(Debug, thiserror::Error)]
pub enum DeleteError {
    /// There is no such file within reach.
    #[error("File is not found or belongs to a device of another organization.")]
    NotFound,
    /// The caller's role deletes what its own devices uploaded alone.
    #[error("Your role deletes files of devices of your own alone.")]
    NotTheirs,
    /// Something broke.
    #[error(transparent)]
    Broken(Broken),
}

breaks!(DeleteError);

/// Deletes a file: its link opens nothing any more. The device's owner does, or support for them.
pub async fn delete(core: &Core, acting: &Acting, id: FileId) -> Result<(), DeleteError> {
    let now = core.now();
    change!(core.store, |write| {
        let found = write.device_file(acting.reach(), id).await?;
        let FileRow {
            file,
            device,
            org,
            owner,
        } = found.ok_or(DeleteError::NotFound)?;
        if !(acting.actor.is(owner) || acting.may(Permission::DeleteDevices)) {
            return Err(DeleteError::NotTheirs);
        }
        write.delete_file(id).await?;
        let mut row = AuditRow::about(acting, Action::DeleteFile, org, now);
        row.device = Some(device);
        row.user = owner;
        write
            .audit(row.detail(format!("called {:?}", file.name)))
            .await?;
        Ok(())
    })
}
