//! Files that devices uploaded, in pieces. All of it is of a tenure, like what they said; while one arrives nobody sees it.

use handover_wire::{DeviceFile, DeviceId, FileId, OrgId, UserId};
use sqlx::any::{AnyExecutor, AnyRow};
use sqlx::{FromRow, Row as _};

use super::readings::seen;
use super::{Store, StoreError, Write};
use crate::clock::Time;
use crate::domain::{FileName, Reach};
use crate::secrets::Digest;

/// Files of one device that are kept, as published: the newest.
const MOST_FILES: i64 = 10;

/// Files of one device that may be arriving; the oldest makes room for one more.
const MOST_ARRIVING: i64 = 4;

/// Seconds after which nothing of a file comes any more that began to arrive: a request is given up long before.
const ARRIVES_SECONDS: i64 = 3_600;

/// A file that arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ArrivingFile {
    /// Its number.
    pub id: i64,
    /// In whose time it was begun.
    pub tenure: i64,
}

/// A file of somebody's device.
pub struct FileRow {
    /// As people see it.
    pub file: DeviceFile,
    /// Whose.
    pub device: DeviceId,
    /// Where that is.
    pub org: OrgId,
    /// Who owns it.
    pub owner: Option<UserId>,
}

struct Listed(DeviceFile);

impl FromRow<'_, AnyRow> for Listed {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        Ok(Self(DeviceFile {
            id: FileId(row.try_get("id")?),
            name: row.try_get("name")?,
            size: row.try_get("size")?,
            at: row.try_get("at")?,
        }))
    }
}

impl FromRow<'_, AnyRow> for FileRow {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            file: Listed::from_row(row)?.0,
            device: DeviceId(row.try_get("device_id")?),
            org: OrgId(row.try_get("org_id")?),
            owner: row.try_get::<Option<i64>, _>("owner_id")?.map(UserId),
        })
    }
}

/// The columns of a `FileRow`, of what whoever has the device sees, and which.
macro_rules! select_files {
    ($rest:literal) => {
        seen!(
            "SELECT f.id, f.name, f.size, f.at, f.device_id, d.org_id, d.owner_id
             FROM device_files f",
            "f",
            $rest
        )
    };
}

/// That a file gives way to newer ones: whoever has the device sees it, and no undo brings it back to somebody else.
macro_rules! gives_way {
    ($file:literal) => {
        concat!(
            $file,
            ".is_whole = 1 AND EXISTS (SELECT 1 FROM devices d WHERE d.id = ",
            $file,
            ".device_id AND (d.tenure = ",
            $file,
            ".tenure OR (d.former_tenure = d.tenure AND ",
            $file,
            ".tenure BETWEEN d.kept_from AND d.kept_to)))"
        )
    };
}

async fn within(
    executor: impl AnyExecutor<'_>,
    reach: Reach,
    id: FileId,
) -> Result<Option<FileRow>, StoreError> {
    Ok(sqlx::query_as(select_files!(
        "JOIN org_tree t ON t.org_id = d.org_id
         WHERE t.ancestor_id = $1 AND t.depth <= $2 AND f.id = $3 AND f.is_whole = 1"
    ))
    .bind(reach.org.0)
    .bind(reach.depth)
    .bind(id.0)
    .fetch_optional(executor)
    .await?)
}

impl Store {
    /// The files of a device, the newest first.
    pub async fn device_files(&self, device: DeviceId) -> Result<Vec<DeviceFile>, StoreError> {
        let rows: Vec<Listed> = sqlx::query_as(select_files!(
            "WHERE f.device_id = $1 AND f.is_whole = 1 ORDER BY f.at DESC, f.id DESC"
        ))
        .bind(device.0)
        .fetch_all(&mut *self.read().await?)
        .await?;
        Ok(rows.into_iter().map(|row| row.0).collect())
    }

    /// A file within reach.
    pub async fn device_file(
        &self,
        reach: Reach,
        id: FileId,
    ) -> Result<Option<FileRow>, StoreError> {
        within(&mut *self.read().await?, reach, id).await
    }

    /// A file by its link, wherever its device is.
    pub async fn linked_file(
        &self,
        device: DeviceId,
        link: &Digest,
    ) -> Result<Option<FileRow>, StoreError> {
        Ok(sqlx::query_as(select_files!(
            "WHERE f.device_id = $1 AND f.digest = $2 AND f.is_whole = 1"
        ))
        .bind(device.0)
        .bind(link.as_slice())
        .fetch_optional(&mut *self.read().await?)
        .await?)
    }

    /// A piece of a file; none where there is none, or no more.
    pub async fn file_piece(&self, id: FileId, number: i64) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(sqlx::query_scalar(
            "SELECT bytes FROM device_file_pieces WHERE file_id = $1 AND number = $2",
        )
        .bind(id.0)
        .bind(number)
        .fetch_optional(&mut *self.read().await?)
        .await?)
    }
}

impl Write {
    /// A device's tenure, and how many files it has uploaded in it. None where there is no such device.
    pub async fn uploads(&mut self, device: DeviceId) -> Result<Option<(i64, i64)>, StoreError> {
        Ok(sqlx::query_as(
            "SELECT d.tenure, COALESCE(u.uploads, 0) FROM devices d
             LEFT JOIN device_uploads u ON u.device_id = d.id AND u.tenure = d.tenure
             WHERE d.id = $1",
        )
        .bind(device.0)
        .fetch_optional(&mut *self.0)
        .await?)
    }

    /// A file begins to arrive. What came to nothing before it goes, and the oldest of too many at a time.
    pub async fn begin_file(
        &mut self,
        (device, tenure): (DeviceId, i64),
        name: &FileName,
        link: &Digest,
        now: Time,
    ) -> Result<ArrivingFile, StoreError> {
        sqlx::query(
            "DELETE FROM device_files WHERE device_id = $1 AND is_whole = 0 AND (at < $2 OR id <=
                 (SELECT f.id FROM device_files f WHERE f.device_id = $1 AND f.is_whole = 0
                  ORDER BY f.id DESC LIMIT 1 OFFSET $3))",
        )
        .bind(device.0)
        .bind(now.plus_seconds(-ARRIVES_SECONDS).0)
        .bind(MOST_ARRIVING - 1)
        .execute(&mut *self.0)
        .await?;
        let id: i64 = sqlx::query_scalar(
            "INSERT INTO device_files (device_id, tenure, name, size, at, digest, is_whole)
             VALUES ($1, $2, $3, 0, $4, $5, 0) RETURNING id",
        )
        .bind(device.0)
        .bind(tenure)
        .bind(name.as_str())
        .bind(now.0)
        .bind(link.as_slice())
        .fetch_one(&mut *self.0)
        .await?;
        Ok(ArrivingFile { id, tenure })
    }

    /// A piece of it has come. False where it is awaited no more.
    pub async fn add_piece(
        &mut self,
        file: ArrivingFile,
        number: i64,
        bytes: &[u8],
    ) -> Result<bool, StoreError> {
        let is_awaited: i64 =
            sqlx::query_scalar("SELECT COUNT(*) FROM device_files WHERE id = $1 AND is_whole = 0")
                .bind(file.id)
                .fetch_one(&mut *self.0)
                .await?;
        if is_awaited == 0 {
            return Ok(false);
        }
        sqlx::query("INSERT INTO device_file_pieces (file_id, number, bytes) VALUES ($1, $2, $3)")
            .bind(file.id)
            .bind(number)
            .bind(bytes)
            .execute(&mut *self.0)
            .await?;
        Ok(true)
    }

    /// All of it has come: it takes the place of one of its name, and of the oldest of too many. False where it is awaited no
    /// more.
    pub async fn end_file(
        &mut self,
        device: DeviceId,
        file: ArrivingFile,
        (name, size): (&FileName, i64),
        now: Time,
    ) -> Result<bool, StoreError> {
        let ended = sqlx::query(
            "UPDATE device_files SET is_whole = 1, size = $2, at = $3 WHERE id = $1 AND is_whole = 0",
        )
        .bind(file.id)
        .bind(size)
        .bind(now.0)
        .execute(&mut *self.0)
        .await?;
        if ended.rows_affected() == 0 {
            return Ok(false);
        }
        sqlx::query(concat!(
            "DELETE FROM device_files WHERE device_id = $1 AND name = $2 AND id <> $3 AND ",
            gives_way!("device_files")
        ))
        .bind(device.0)
        .bind(name.as_str())
        .bind(file.id)
        .execute(&mut *self.0)
        .await?;
        sqlx::query(concat!(
            "DELETE FROM device_files WHERE device_id = $1 AND ",
            gives_way!("device_files"),
            " AND id NOT IN (SELECT f.id FROM device_files f WHERE f.device_id = $1 AND ",
            gives_way!("f"),
            " ORDER BY f.at DESC, f.id DESC LIMIT $2)"
        ))
        .bind(device.0)
        .bind(MOST_FILES)
        .execute(&mut *self.0)
        .await?;
        sqlx::query(
            "INSERT INTO device_uploads (device_id, tenure, uploads) VALUES ($1, $2, 1)
             ON CONFLICT (device_id, tenure) DO UPDATE SET uploads = device_uploads.uploads + 1",
        )
        .bind(device.0)
        .bind(file.tenure)
        .execute(&mut *self.0)
        .await?;
        Ok(true)
    }

    /// Nothing of it is to stay, unless all of it has come.
    pub async fn drop_file(&mut self, file: ArrivingFile) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM device_files WHERE id = $1 AND is_whole = 0")
            .bind(file.id)
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    /// A file within reach.
    pub async fn device_file(
        &mut self,
        reach: Reach,
        id: FileId,
    ) -> Result<Option<FileRow>, StoreError> {
        within(&mut *self.0, reach, id).await
    }

    /// Deletes a file.
    pub async fn delete_file(&mut self, id: FileId) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM device_files WHERE id = $1")
            .bind(id.0)
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    /// Forgets files that began to arrive and never came: their request ended with the process, say.
    pub(super) async fn tidy_files(&mut self, now: Time) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM device_files WHERE is_whole = 0 AND at < $1")
            .bind(now.plus_seconds(-ARRIVES_SECONDS).0)
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }
}
