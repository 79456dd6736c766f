//! Starting: the folder, the database, the key, the demo, the port; each failure says what to do.

mod error;
mod keys;

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
use crate::database::DatabaseUrl;
use crate::demo;
use crate::durable;
use crate::entropy::{Entropy, SystemEntropy};
use crate::http;
use crate::mail::{MailServer, Post, Smtp};
use crate::passwords::Passwords;
use crate::secrets::Keys;
use crate::service::faults::Switchboard;
use crate::service::live::Live;
use crate::service::living::Hub;
use crate::service::requests::Requests;
use crate::service::{Broken, Core, audit, setup};
use crate::store::{Place, Store, change};

pub use error::StartError;

/// Where a cloud keeps its data and where it listens.
#[derive(Clone, Debug)]
pub struct Config {
    /// The folder of the database, the key and `demo.json`; made where it does not exist. One cloud at a time has it.
    pub data: PathBuf,
    /// A PostgreSQL database in place of the folder's; several clouds may share it.
    pub database: Option<DatabaseUrl>,
    /// A key file in place of the folder's. Clouds that share a database share its key.
    pub key: Option<PathBuf>,
    /// The address; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Whether to start with example data.
    pub demo: bool,
    /// Whether that has devices that are added by the press of their button, too.
    pub demo_buttons: bool,
    /// The address that people reach this cloud under, where it is not the one it listens on.
    pub public_url: Option<Url>,
    /// Where mails go; without one they are kept and shown on the mailbox page.
    pub mail: Option<MailServer>,
    /// A file of what goes wrong; with one, testers may change that while the cloud runs.
    pub faults: Option<PathBuf>,
    /// Seconds for which a device counts as there after a message over HTTP, 1 at least.
    pub http_seconds: i64,
}

/// Seconds for which a device counts as there after a message over HTTP, unless something else is said.
pub const HTTP_SECONDS: i64 = 300;

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
    let faults = config.open_faults()?;
    let lock = config.lock()?;
    let broken = |error: Broken| config.broken(error);
    let store = config.open_store().await?;
    let keys = keys::open(config, &store, entropy.as_ref()).await?;
    let passwords = Passwords::new(entropy.as_ref())
        .await
        .map_err(|error| config.broken(error))?;
    let hub = Hub::new(entropy.as_ref(), config.http_seconds);
    let mut core = Core {
        store,
        keys,
        clock,
        entropy,
        passwords,
        post: Post {
            smtp: config.mail.as_ref().map(Smtp::new).transpose()?,
            wake: Arc::default(),
        },
        making: Arc::default(),
        live: Live::default(),
        hub,
        demo: None,
        faults,
        address: OnceLock::new(),
        requests: Requests::default(),
        last_demo_label: AtomicI64::new(0),
        _lock: lock,
    };
    audit::begin(&core).await.map_err(broken)?;
    if config.demo {
        let demo = demo::open_or_create(&core, config).await;
        core.demo = Some(demo.map_err(|error| config.no_demo(error))?);
    }
    tidy(&core).await.map_err(broken)?;
    let setup_code = first_start(&core).await.map_err(broken)?;
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
    let now = core.now();
    change!(core.store, |write| write.tidy(now).await)?;
    Ok(core.store.shed_log().await?)
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

impl Config {
    /// A cloud in this folder, at this address: SQLite, the folder's own key, no demo.
    pub fn new(data: impl Into<PathBuf>, listen: SocketAddr) -> Self {
        Self {
            data: data.into(),
            database: None,
            key: None,
            listen,
            demo: false,
            demo_buttons: true,
            public_url: None,
            mail: None,
            faults: None,
            http_seconds: HTTP_SECONDS,
        }
    }

    /// The key that the database was made with; none is made here.
    pub(crate) async fn open_key(&self, store: &Store) -> Result<Keys, StartError> {
        keys::existing(self, store).await
    }

    fn key_file(&self) -> PathBuf {
        self.key.clone().unwrap_or_else(|| self.data.join("key"))
    }

    /// Makes the folder and takes it for this process.
    pub(crate) fn lock(&self) -> Result<File, StartError> {
        let failed = |error| self.folder(error);
        make_folder(&self.data).map_err(failed)?;
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(self.data.join("lock"))
            .map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(TryLockError::WouldBlock) => Err(StartError::DataDirLocked(self.data.clone())),
            Err(TryLockError::Error(error)) => Err(failed(error)),
        }
    }

    /// What goes wrong, where anything is to.
    fn open_faults(&self) -> Result<Option<Switchboard>, StartError> {
        let Some(file) = &self.faults else {
            return Ok(None);
        };
        let opened = Switchboard::open(file, http::endpoints());
        let opened = opened.map_err(|why| StartError::Faults(file.clone(), why))?;
        Ok(Some(opened))
    }

    pub(crate) fn place(&self) -> Place {
        match &self.database {
            Some(url) => Place::Server(url.clone()),
            None => Place::File(self.data.join("cloud.db")),
        }
    }

    /// Opens the database, and makes one where there is none.
    pub(crate) async fn open_store(&self) -> Result<Store, StartError> {
        let place = self.place();
        if let Place::File(path) = &place {
            // The database's own files take their permissions from this one.
            durable::private_file(path).map_err(|error| self.folder(error))?;
        }
        Store::open(&place)
            .await
            .map_err(|error| self.not_open(error))
    }
}
