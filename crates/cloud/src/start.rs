//! Starting: the folder, the key, the database, the demo, the port; each failure says what to do.

use std::fs::{self, File, TryLockError};
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicI64;
use std::sync::{Arc, OnceLock};

use handover_wire::Secret;
use tokio::net::TcpListener;
use url::Url;

use crate::address;
use crate::clock::{Clock, SystemClock};
use crate::demo::{self, DemoError};
use crate::durable;
use crate::entropy::{Entropy, SystemEntropy};
use crate::passwords::Passwords;
use crate::secrets::{self, KeyFileError, Keys, Purpose};
use crate::service::{Broken, Core, setup};
use crate::store::{OpenError, Store, StoreError};

/// Where a cloud keeps its data and where it listens.
#[derive(Clone, Debug)]
pub struct Config {
    /// The folder of the database, the key and `demo.json`; made where it does not exist.
    pub data: PathBuf,
    /// The address; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Whether to start with example data.
    pub demo: bool,
    /// The address that people reach this cloud under, where it is not the one it listens on.
    pub public_url: Option<Url>,
}

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
         choose another folder with --data. Nothing was changed."
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
        "{0} is missing or is not the key that the database was made with. Put the key back from your backup: without \
         it no token can be read."
    )]
    WrongKey(PathBuf),
    /// The key file cannot be used.
    #[error("{0} cannot be used: {1}.")]
    KeyFile(PathBuf, #[source] KeyFileError),
    /// The disk is full.
    #[error("The disk of {0} is full. Make room, then start again. Nothing was lost.")]
    DiskFull(PathBuf),
    /// The database cannot be used.
    #[error(
        "The database in {0} cannot be used: {1}. If it is damaged, put it back from your backup."
    )]
    Storage(PathBuf, #[source] Box<dyn std::error::Error + Send + Sync>),
}

/// A cloud that is open and not listening yet.
pub struct Opened {
    /// Everything that requests need.
    pub core: Arc<Core>,
    /// The code of the link for the first start.
    pub setup_code: Option<Secret>,
}

/// The clock and the randomness of real life.
pub fn outside_world() -> (Box<dyn Clock>, Box<dyn Entropy>) {
    (Box::new(SystemClock), Box::new(SystemEntropy))
}

/// Opens the folder.
pub async fn open(
    config: &Config,
    (clock, entropy): (Box<dyn Clock>, Box<dyn Entropy>),
) -> Result<Opened, StartError> {
    let data = &config.data;
    make_folder(data).map_err(|error| folder(data, error))?;
    let lock = lock(data)?;
    let failed = |error: Broken| storage(data, error);
    let store = open_store(data).await?;
    let keys = open_keys(data, &store, entropy.as_ref()).await?;
    let passwords = Passwords::new(entropy.as_ref())
        .await
        .map_err(|error| failed(error.into()))?;
    let mut core = Core {
        store,
        keys,
        clock,
        entropy,
        passwords,
        demo: None,
        address: OnceLock::new(),
        last_demo_label: AtomicI64::new(0),
        _lock: lock,
    };
    if config.demo {
        let demo = demo::open_or_create(&core, &data.join("demo.json")).await;
        core.demo = Some(demo.map_err(|error| demo_failed(data, error))?);
    }
    tidy(&core).await.map_err(failed)?;
    let setup_code = first_start(&core).await.map_err(failed)?;
    Ok(Opened {
        core: Arc::new(core),
        setup_code,
    })
}

/// Checks the addresses and takes the port.
pub async fn bind(config: &Config) -> Result<TcpListener, StartError> {
    let listen = config.listen;
    if config.demo && !listen.ip().is_loopback() {
        return Err(StartError::DemoNotLoopback(listen));
    }
    if let Some(url) = &config.public_url {
        address::check_public(url).map_err(|why| StartError::PublicUrl(shown(url), why))?;
        if config.demo && !address::is_loopback(url) {
            return Err(StartError::DemoIsPublic(url.clone()));
        }
    }
    TcpListener::bind(listen)
        .await
        .map_err(|error| match error.kind() {
            io::ErrorKind::AddrInUse => StartError::AddressInUse(listen),
            _ => StartError::Address(listen, error),
        })
}

/// A URL as a message shows it: one that holds a password by mistake does not end in a log.
fn shown(url: &Url) -> Url {
    let mut shown = url.clone();
    // Both fail only where there is no host, and then there is no password either.
    let _ = shown.set_password(None);
    let _ = shown.set_username("");
    shown
}

/// Forgets what has expired.
pub async fn tidy(core: &Core) -> Result<(), Broken> {
    let mut write = core.store.write().await?;
    write.tidy(core.now()).await?;
    write.commit().await?;
    Ok(())
}

async fn first_start(core: &Core) -> Result<Option<Secret>, Broken> {
    if core.store.has_orgs().await? {
        return Ok(None);
    }
    setup::issue_code(core).await.map(Some)
}

fn make_folder(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder.create(path)
}

fn lock(data: &Path) -> Result<File, StartError> {
    let failed = |error| folder(data, error);
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(data.join("lock"))
        .map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StartError::DataDirLocked(data.to_owned())),
        Err(TryLockError::Error(error)) => Err(failed(error)),
    }
}

async fn open_store(data: &Path) -> Result<Store, StartError> {
    let path = data.join("cloud.db");
    // The database's own files take their permissions from this one.
    durable::private_file(&path).map_err(|error| folder(data, error))?;
    Store::open(&path).await.map_err(|error| match error {
        OpenError::Newer { found, known } => StartError::NewerData { found, known },
        OpenError::Store(error) => storage(data, error.into()),
        OpenError::Migrate(error) => migration(data, error),
    })
}

/// A migration that found no room says so inside its error.
fn migration(data: &Path, error: sqlx::migrate::MigrateError) -> StartError {
    use sqlx::migrate::MigrateError::{Execute, ExecuteMigration};
    match error {
        Execute(error) | ExecuteMigration(error, _) => {
            storage(data, Broken::Store(StoreError::from(error)))
        }
        other => StartError::Storage(data.to_owned(), other.into()),
    }
}

fn folder(data: &Path, error: io::Error) -> StartError {
    match error.kind() {
        io::ErrorKind::StorageFull => StartError::DiskFull(data.to_owned()),
        _ => StartError::DataDir(data.to_owned(), error),
    }
}

fn storage(data: &Path, error: Broken) -> StartError {
    match error {
        Broken::Store(StoreError::Full) => StartError::DiskFull(data.to_owned()),
        other => StartError::Storage(data.to_owned(), other.into()),
    }
}

fn demo_failed(data: &Path, error: DemoError) -> StartError {
    match error {
        DemoError::OtherData => StartError::DemoOnOtherData(data.to_owned()),
        DemoError::File(path, error) => folder(&path, error),
        DemoError::Damaged(path, error) => StartError::DemoDamaged(path, error),
        DemoError::Broken(broken) => storage(data, broken),
        DemoError::Name(_) => StartError::Storage(data.to_owned(), error.into()),
    }
}

/// The name of the setting that tells whether key and database belong together.
const KEY_CHECK: &str = "key_check";

async fn open_keys(data: &Path, store: &Store, entropy: &dyn Entropy) -> Result<Keys, StartError> {
    let path = data.join("key");
    let failed = |error: StoreError| storage(data, error.into());
    let kept = store.setting(KEY_CHECK).await.map_err(failed)?;
    let file = |error| match error {
        KeyFileError::Io(error) if error.kind() == io::ErrorKind::StorageFull => {
            StartError::DiskFull(data.to_owned())
        }
        error => StartError::KeyFile(path.clone(), error),
    };
    let keys = match secrets::read_key(&path).map_err(file)? {
        Some(keys) => keys,
        None if kept.is_some() => return Err(StartError::WrongKey(path)),
        None => secrets::create_key(&path, entropy).map_err(file)?,
    };
    let check = keys.digest(Purpose::KeyCheck, KEY_CHECK);
    match kept {
        Some(kept) if kept != check => Err(StartError::WrongKey(path)),
        Some(_) => Ok(keys),
        None => {
            let mut write = store.write().await.map_err(failed)?;
            write.set_setting(KEY_CHECK, &check).await.map_err(failed)?;
            write.commit().await.map_err(failed)?;
            Ok(keys)
        }
    }
}
