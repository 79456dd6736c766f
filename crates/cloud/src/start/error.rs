//! Why a cloud does not start. Each failure says what to do.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use url::Url;

use super::Config;
use crate::database::{DatabaseUrl, DatabaseUrlError};
use crate::demo::DemoError;
use crate::mail::MailServerError;
use crate::secrets::KeyFileError;
use crate::service::Broken;
use crate::service::faults::BadFaultsFile;
use crate::store::{OpenError, StoreError};

/// Why a cloud did not start, and what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The port is taken.
    #[error(
        "{0} is in use by another program. Stop that program, or choose another port with --listen (port 0 takes a \
         free one)."
    )]
    AddressInUse(SocketAddr),
    /// The address cannot be listened on.
    #[error("{0} cannot be listened on: {1}. Choose an address of this machine with --listen.")]
    Address(SocketAddr, #[source] io::Error),
    /// Another cloud has the folder.
    #[error(
        "{0} is in use by another Handover cloud. Stop that one, or choose another folder with --data."
    )]
    DataDirLocked(PathBuf),
    /// The folder cannot be used.
    #[error("{0} cannot be used: {1}. Choose a folder that you can write to with --data.")]
    DataDir(PathBuf, #[source] io::Error),
    /// A newer program has written the data.
    #[error(
        "The data is of version {found}, and this program knows up to version {known}. Start the newer program, or \
         choose another folder with --data or another database with --database. Nothing was changed."
    )]
    NewerData {
        /// The version of the data.
        found: i64,
        /// The newest version that this program knows.
        known: i64,
    },
    /// The demo has known passwords and is for this machine alone.
    #[error(
        "--demo is for this machine alone: {0} is not a loopback address. Use --listen 127.0.0.1:8080."
    )]
    DemoNotLoopback(SocketAddr),
    /// The demo has known passwords, and others would reach it through a proxy.
    #[error(
        "--demo is for this machine alone: others would reach {0}. Leave --public-url out, or start without --demo."
    )]
    DemoIsPublic(Url),
    /// The public address is not one that a cloud can have.
    #[error("--public-url {0}: {1}. Give it like https://cloud.example.")]
    PublicUrl(Url, &'static str),
    /// The file says nothing of faults.
    #[error("--faults {0}: {1}. An empty file is one without any.")]
    Faults(PathBuf, #[source] BadFaultsFile),
    /// The demo's file cannot be read.
    #[error(
        "{0} is damaged: {1}. Put it back from your backup, start without --demo, or choose an empty folder with \
         --data."
    )]
    DemoDamaged(PathBuf, #[source] serde_json::Error),
    /// The folder holds other data than a demo's.
    #[error(
        "{0} holds data that was not made with --demo. Start without --demo, or choose an empty folder with --data."
    )]
    DemoOnOtherData(PathBuf),
    /// The key is gone or another one.
    #[error(
        "{0} is missing or is not the key that the database was made with. Put the key back from your backup, or give \
         the key file of the other clouds of this database with --key: without it no token can be read."
    )]
    WrongKey(PathBuf),
    /// The key file cannot be used.
    #[error("{0} cannot be used: {1}.")]
    KeyFile(PathBuf, #[source] KeyFileError),
    /// The disk is full.
    #[error("The disk of {0} is full. Make room, then start again. Nothing was lost.")]
    DiskFull(String),
    /// The database cannot be used.
    #[error(
        "The database in {0} cannot be used: {1}. If it is damaged, put it back from your backup."
    )]
    Storage(PathBuf, #[source] Box<dyn std::error::Error + Send + Sync>),
    /// The address of the database is not one.
    #[error("--database: {0}. Give it like postgres://USER@HOST/DATABASE.")]
    DatabaseUrl(#[from] DatabaseUrlError),
    /// Mails cannot be sent as asked.
    #[error("{0}")]
    Mail(#[from] MailServerError),
    /// The server cannot be reached or refuses us.
    #[error(
        "{0}: {1}. Check --database and the password, and that the server runs; then start again."
    )]
    Unreachable(DatabaseUrl, #[source] StoreError),
    /// The server's database cannot be used.
    #[error(
        "{0} cannot be used: {1}. Check that the user of --database may make tables there, and that nothing but this \
         program writes them."
    )]
    Database(
        DatabaseUrl,
        #[source] Box<dyn std::error::Error + Send + Sync>,
    ),
}

impl Config {
    /// What a failure of the data folder means.
    pub(super) fn folder(&self, error: io::Error) -> StartError {
        self.file(self.data.clone(), error)
    }

    /// What a failure of one file or folder means.
    pub(super) fn file(&self, path: PathBuf, error: io::Error) -> StartError {
        match error.kind() {
            io::ErrorKind::StorageFull => StartError::DiskFull(path.display().to_string()),
            _ => StartError::DataDir(path, error),
        }
    }

    /// What a failure of the database, or of anything else, means.
    pub(crate) fn broken(&self, error: impl Into<Broken>) -> StartError {
        match (error.into(), &self.database) {
            (Broken::Store(StoreError::Full), None) => {
                StartError::DiskFull(self.data.display().to_string())
            }
            (Broken::Store(StoreError::Full), Some(url)) => StartError::DiskFull(url.to_string()),
            (Broken::Store(error @ StoreError::Unavailable(_)), Some(url)) => {
                StartError::Unreachable(url.clone(), error)
            }
            (other, _) => self.unusable(other),
        }
    }

    /// What a failure to open the database means.
    pub(super) fn not_open(&self, error: OpenError) -> StartError {
        match error {
            OpenError::Newer { found, known } => StartError::NewerData { found, known },
            OpenError::Store(error) => self.broken(error),
            OpenError::Migrate(error) => self.unusable(error),
        }
    }

    /// What a failure of the demo means.
    pub(super) fn no_demo(&self, error: DemoError) -> StartError {
        match error {
            DemoError::OtherData => StartError::DemoOnOtherData(self.data.clone()),
            DemoError::File(path, error) => self.file(path, error),
            DemoError::Damaged(path, error) => StartError::DemoDamaged(path, error),
            DemoError::Broken(broken) => self.broken(broken),
            DemoError::Name(_) | DemoError::Template(_) => self.unusable(error),
        }
    }

    fn unusable(&self, error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> StartError {
        match &self.database {
            Some(url) => StartError::Database(url.clone(), error.into()),
            None => StartError::Storage(self.data.clone(), error.into()),
        }
    }
}
