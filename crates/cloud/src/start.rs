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
use crate::clock::{Clock, SystemClock, Time};
use crate::database::DatabaseUrl;
use crate::demo;
use crate::durable;
use crate::entropy::{Entropy, SystemEntropy};
use crate::http;
use crate::mail::{MailServer, Post, Smtp};
use crate::passwords::Passwords;
use crate::secrets::Keys;
use crate::service::faults::Switchboard;
use crate::service::fleets::Fleets;
use crate::service::live::Live;
use crate::service::living::Hub;
use crate::service::refusals::Refusals;
use crate::service::requests::Requests;
use crate::service::{Broken, Core, audit, setup};
use crate::store::{Place, Store, change};
use crate::tls::{self, CertificateFiles, Identity};

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
    /// Where MQTT is spoken; a demo speaks it in any case.
    pub mqtt: Option<SocketAddr>,
    /// Where the same as at `listen` is spoken, in TLS alone.
    pub tls: Option<SocketAddr>,
    /// Where MQTT is spoken, in TLS alone.
    pub mqtts: Option<SocketAddr>,
    /// A certificate in place of the one that the cloud makes for this machine.
    pub certificate: Option<CertificateFiles>,
}

/// Seconds for which a device counts as there after a message over HTTP, unless something else is said.
pub const HTTP_SECONDS: i64 = 300;

/// The port of MQTT.
const MQTT_PORT: u16 = 1_883;

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
        refusals: Refusals::default(),
        demo: None,
        fleets: config.faults.as_ref().map(|_| Fleets::open(&config.data)),
        faults,
        address: OnceLock::new(),
        requests: Requests::default(),
        line: crate::service::claim::Line::default(),
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

/// The ports that a cloud has taken.
pub struct Ports {
    /// HTTP and the binary protocol.
    pub web: TcpListener,
    /// MQTT.
    pub mqtt: Option<TcpListener>,
    /// HTTP and the binary protocol in TLS.
    pub tls: Option<TcpListener>,
    /// MQTT in TLS.
    pub mqtts: Option<TcpListener>,
}

/// Checks the addresses and takes the ports.
pub async fn bind(config: &Config) -> Result<Ports, StartError> {
    let all = [Some(config.listen), config.mqtt, config.tls, config.mqtts];
    let open = all.into_iter().flatten();
    if let Some(open) = open.into_iter().find(|address| !address.ip().is_loopback())
        && config.demo
    {
        return Err(StartError::DemoNotLoopback(open));
    }
    if let Some(url) = &config.public_url {
        address::check_public(url).map_err(|why| StartError::PublicUrl(shown(url), why))?;
        if config.demo && !address::is_loopback(url) {
            return Err(StartError::DemoIsPublic(url.clone()));
        }
    }
    let take = async |address: Option<SocketAddr>, option| match address {
        Some(address) => bind_to(address, option).await.map(Some),
        None => Ok(None),
    };
    Ok(Ports {
        web: bind_to(config.listen, "--listen").await?,
        mqtt: match (config.mqtt, config.demo) {
            (None, true) => Some(bind_demo_mqtt(config.listen).await?),
            (address, _) => take(address, "--mqtt").await?,
        },
        tls: take(config.tls, "--tls").await?,
        mqtts: take(config.mqtts, "--mqtts").await?,
    })
}

async fn bind_to(address: SocketAddr, option: &'static str) -> Result<TcpListener, StartError> {
    TcpListener::bind(address)
        .await
        .map_err(|error| match error.kind() {
            io::ErrorKind::AddrInUse => StartError::AddressInUse(address, option),
            _ => StartError::Address(address, option, error),
        })
}

/// A demo that nobody gave a port for MQTT takes the usual one where that is free and it has a port of its own, too.
async fn bind_demo_mqtt(listen: SocketAddr) -> Result<TcpListener, StartError> {
    let ports: &[u16] = if listen.port() == 0 {
        &[0]
    } else {
        &[MQTT_PORT, 0]
    };
    let mut taken = Err(StartError::AddressInUse(listen, "--mqtt"));
    for &port in ports {
        taken = bind_to(SocketAddr::new(listen.ip(), port), "--mqtt").await;
        if taken.is_ok() {
            break;
        }
    }
    taken
}

impl Ports {
    /// What this cloud shows of itself where TLS is spoken: wherever devices may want it. Elsewhere it is a proxy's job.
    pub fn identity(&self, config: &Config, now: Time) -> Result<Option<Identity>, StartError> {
        let others = [&self.mqtt, &self.tls, &self.mqtts];
        let wanted = config.certificate.is_some() || others.into_iter().any(Option::is_some);
        if !wanted {
            return Ok(None);
        }
        let addresses = [Some(config.listen), config.mqtt, config.tls, config.mqtts];
        let names = names(&addresses, config.public_url.as_ref());
        let identity = tls::open(
            config.certificate.as_ref(),
            &config.data,
            names.clone(),
            now,
        );
        let identity = match config.faults {
            Some(_) => identity.and_then(|own| own.able_to_be_wrong(&config.data, names, now)),
            None => identity,
        };
        let identity = identity.map_err(|(path, error)| StartError::Certificate(path, error))?;
        Ok(Some(identity))
    }
}

/// The names under which a cloud is reached: this machine's own for itself, its addresses, and its public one.
fn names(addresses: &[Option<SocketAddr>], public: Option<&Url>) -> Vec<String> {
    let mut names: Vec<String> = ["localhost", "127.0.0.1", "::1"].map(str::to_owned).into();
    let ips = addresses.iter().flatten().map(SocketAddr::ip);
    let known = ips
        .filter(|ip| !ip.is_unspecified())
        .map(|ip| ip.to_string());
    let public = public.and_then(Url::host_str);
    let public = public.map(|host| host.trim_matches(['[', ']']).to_owned());
    for name in known.chain(public) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
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
            mqtt: None,
            tls: None,
            mqtts: None,
            certificate: None,
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
