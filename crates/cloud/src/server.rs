//! The running cloud.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::runtime::Handle;
use tokio_util::task::TaskTracker;
use url::Url;

use crate::clock::Clock;
use crate::connections::{Door, Limits, Lobby, Stop};
use crate::demo::Demo;
use crate::entropy::Entropy;
use crate::files::open_many_files;
use crate::http::{self, Guard};
use crate::mail::{self, MailServer, Smtp};
use crate::service::{
    Core, approvals, audit, bootstrap, fleets, hands, live, living, making, names, tallies,
    text_indexes,
};
use crate::start::{self, Config, Opened, Ports, StartError};
use crate::store::by_itself;
use crate::tls::Identity;

/// How long a stop waits for answers that are under way.
const LAST_ANSWERS: Duration = Duration::from_secs(3);
/// How often expired tokens are forgotten.
const TIDY_EVERY: Duration = Duration::from_secs(24 * 3_600);
/// How often is looked for claims and transfers that can no longer be undone, and for claims that wait for approval.
const END_MOVES_EVERY: Duration = Duration::from_secs(20);

/// How often what was counted is added up, and the index of names looked after.
const FOLD_EVERY: Duration = Duration::from_secs(20);

/// Where a cloud listens besides its own address, with the real ports.
#[derive(Clone, Copy, Debug)]
pub struct Doors {
    /// MQTT.
    pub mqtt: Option<SocketAddr>,
    /// HTTP and the binary protocol in TLS.
    pub tls: Option<SocketAddr>,
    /// MQTT in TLS.
    pub mqtts: Option<SocketAddr>,
}

/// Files that a cloud needs beside its connections and those that wait for a place: the database's, and those of what it sends
/// and prints.
const OTHER_FILES: usize = 200;

/// What no peer may exceed, on a machine that may let a program open too few files for that many devices.
fn limits() -> Limits {
    let limits = Limits::default();
    let files = usize::try_from(open_many_files()).unwrap_or(usize::MAX);
    let devices = files
        .saturating_sub(2 * limits.at_once + OTHER_FILES)
        .max(1);
    if devices < limits.devices {
        tracing::warn!(
            files,
            devices,
            "this machine lets the program open few files, so fewer devices may be connected: raise the limit (ulimit -n)"
        );
    }
    Limits {
        devices: devices.min(limits.devices),
        ..limits
    }
}

/// A cloud that listens. Dropping it stops it without waiting for answers under way.
pub struct Cloud {
    core: Arc<Core>,
    url: Url,
    doors: Doors,
    identity: Option<Identity>,
    setup_link: Option<String>,
    stop: Stop,
    tasks: TaskTracker,
}

impl Cloud {
    /// Opens the data and listens. Returns once requests are answered.
    pub async fn start(config: Config) -> Result<Self, StartError> {
        // On a thread of its own: the compiler cannot tell of sqlx's migrations that they may move between threads, and
        // whoever starts a cloud from a task needs that.
        let runtime = Handle::current();
        let start = move || runtime.block_on(Self::start_with(config, start::outside_world()));
        tokio::task::spawn_blocking(start)
            .await
            .expect("starting does not panic")
    }

    /// The same with a clock and randomness of the caller's, for tests.
    pub async fn start_with(
        config: Config,
        world: (Box<dyn Clock>, Box<dyn Entropy>),
    ) -> Result<Self, StartError> {
        // The ports first: where one is taken, the folder stays as it was.
        let ports = start::bind(&config).await?;
        let opened = start::open(&config, world).await?;
        let identity = ports.identity(&config, opened.core.now())?;
        Self::serve(opened, ports, identity, &config)
    }

    fn serve(
        opened: Opened,
        ports: Ports,
        identity: Option<Identity>,
        config: &Config,
    ) -> Result<Self, StartError> {
        let local = |listener: &TcpListener, option| {
            let address = listener.local_addr();
            address.map_err(|error| StartError::Address(config.listen, option, error))
        };
        let listening = local(&ports.web, "--listen")?;
        let other = |listener: &Option<TcpListener>, option| {
            let address = listener.as_ref().map(|listener| local(listener, option));
            address.transpose()
        };
        let doors = Doors {
            mqtt: other(&ports.mqtt, "--mqtt")?,
            tls: other(&ports.tls, "--tls")?,
            mqtts: other(&ports.mqtts, "--mqtts")?,
        };
        let public_url = config.public_url.clone();
        let core = opened.core;
        let url = url_of(listening);
        let address = public_url.clone().unwrap_or_else(|| url.clone());
        let setup_link = opened
            .setup_code
            .map(|code| format!("{}setup#{}", address, code.expose()));
        // Nobody else has set it: this is the one place, and it runs once for each core.
        let _ = core.address.set(address);
        let guard = Guard {
            // A door that others reach is reached under its own names, too.
            loopback: [Some(listening), doors.tls]
                .into_iter()
                .flatten()
                .all(|address| address.ip().is_loopback()),
            public_url,
        };
        if let Some(fleets) = &core.fleets {
            fleets.listens(listening, doors.mqtt);
        }
        let stop = Stop::default();
        let tasks = TaskTracker::new();
        tasks.spawn(living::keep(core.clone(), stop.clone()));
        tasks.spawn(by_itself(living::watch(core.clone(), stop.clone())));
        let lobby = Lobby::new(
            http::router(core.clone(), guard),
            Some(core.clone()),
            limits(),
            (stop.clone(), tasks.clone()),
        );
        let lobby = lobby.with(identity.clone(), doors.mqtt.or(doors.mqtts).is_some());
        let all = [
            (Some(ports.web), Door::Web, false),
            (ports.mqtt, Door::Mqtt, false),
            (ports.tls, Door::Web, true),
            (ports.mqtts, Door::Mqtt, true),
        ];
        for (listener, door, only_tls) in all {
            if let Some(listener) = listener {
                tasks.spawn(lobby.clone().answer(listener, door, only_tls));
            }
        }
        tasks.spawn(by_itself(mail::deliver(core.clone(), stop.clone())));
        tasks.spawn(by_itself(making::make_batches(core.clone(), stop.clone())));
        tasks.spawn(by_itself(audit::keep_sealed(core.clone(), stop.clone())));
        tasks.spawn(by_itself(live::follow(core.clone(), stop.clone())));
        tasks.spawn(by_itself(fleets::keep(core.clone(), stop.clone())));
        tasks.spawn(by_itself(tidy_daily(core.clone(), stop.clone())));
        tasks.spawn(by_itself(end_moves(core.clone(), stop.clone())));
        tasks.spawn(by_itself(fold(core.clone(), stop.clone())));
        tasks.close();
        tracing::info!(%url, demo = core.demo.is_some(), "the cloud listens");
        if core.faults.is_some() {
            tracing::warn!("things may go wrong on demand (--faults): this cloud is for tests");
        }
        if !listening.ip().is_loopback()
            && core.address.get().is_none_or(|url| url.scheme() != "https")
        {
            tracing::warn!(
                "passwords travel unencrypted: put a proxy with TLS before this cloud, and give --public-url"
            );
        }
        Ok(Self {
            core,
            url,
            doors,
            identity,
            setup_link,
            stop,
            tasks,
        })
    }

    /// Where it listens besides.
    pub fn doors(&self) -> Doors {
        self.doors
    }

    /// What it shows of itself over TLS, where it speaks that.
    pub fn identity(&self) -> Option<&Identity> {
        self.identity.as_ref()
    }

    /// The address it listens on, with the real port.
    pub fn url(&self) -> Url {
        self.url.clone()
    }

    /// The one-time link for the first administrator, at the first start without a demo.
    pub fn setup_link(&self) -> Option<String> {
        self.setup_link.clone()
    }

    /// The demo's sign-ins and tokens.
    pub fn demo(&self) -> Option<&Demo> {
        self.core.demo.as_ref()
    }

    /// What requests need, for tests of what no request does.
    #[cfg(test)]
    pub(crate) fn core(&self) -> &Arc<Core> {
        &self.core
    }

    /// Where mails go, where they are sent.
    pub fn mail_server(&self) -> Option<&MailServer> {
        self.core.post.smtp.as_ref().map(Smtp::server)
    }

    /// Stops: no new requests, answers under way go out, the database is closed.
    pub async fn stop(self) {
        self.stop.gracefully.cancel();
        if tokio::time::timeout(LAST_ANSWERS, self.tasks.wait())
            .await
            .is_err()
        {
            tracing::warn!("some requests were not answered in time; they are cut off");
            self.stop.at_once.cancel();
            self.tasks.wait().await;
        }
        self.core.store.close().await;
        tracing::info!("the cloud has stopped");
    }

    /// Waits until it stops by itself.
    pub async fn wait(&self) {
        self.tasks.wait().await;
    }
}

impl Drop for Cloud {
    fn drop(&mut self) {
        self.stop.gracefully.cancel();
    }
}

/// An unspecified address (0.0.0.0) is reached under this machine's own. A URL has no place for a scope (`%2`).
fn url_of(listening: SocketAddr) -> Url {
    let ip = match listening.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    let shown = SocketAddr::new(ip, listening.port());
    Url::parse(&format!("http://{shown}/")).expect("a socket address makes a URL")
}

async fn tidy_daily(core: Arc<Core>, stop: Stop) {
    let mut turns = tokio::time::interval(TIDY_EVERY);
    // The first turn is at once, and the start has tidied.
    turns.tick().await;
    loop {
        tokio::select! {
            () = stop.gracefully.cancelled() => return,
            _ = turns.tick() => {}
        }
        if let Err(error) = start::tidy(&core).await {
            tracing::warn!(%error, "expired tokens could not be forgotten; tomorrow again");
        }
    }
}

/// Adds up what was counted, so that a number is the sum of few rows, and brings together what searches go through.
async fn fold(core: Arc<Core>, stop: Stop) {
    let mut turns = tokio::time::interval(FOLD_EVERY);
    loop {
        tokio::select! {
            () = stop.gracefully.cancelled() => return,
            _ = turns.tick() => {}
        }
        if let Err(error) = tallies::fold(&core).await {
            tracing::warn!(%error, "what was counted could not be added up; soon again");
        }
        if let Err(error) = text_indexes::merge(&core, &stop.gracefully).await {
            tracing::warn!(%error, "an index of texts could not be merged; soon again");
        }
        if let Err(error) = names::sort(&core, &stop.gracefully).await {
            tracing::warn!(%error, "names could not be placed in their order; soon again");
        }
    }
}

/// Does what follows from claims and transfers that can no longer be undone, soon after, and tells of claims that wait.
async fn end_moves(core: Arc<Core>, stop: Stop) {
    let mut turns = tokio::time::interval(END_MOVES_EVERY);
    loop {
        tokio::select! {
            () = stop.gracefully.cancelled() => return,
            _ = turns.tick() => {}
        }
        if let Err(error) = hands::end_due(&core).await {
            tracing::warn!(%error, "what was transferred could not be ended; soon again");
        }
        if let Err(error) = approvals::tell_due(&core).await {
            tracing::warn!(%error, "nobody could be told of claims that wait; soon again");
        }
        if let Err(error) = bootstrap::tell_due(&core).await {
            tracing::warn!(%error, "nobody could be told of machines that say the same; soon again");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddrV6;

    use super::*;

    #[test]
    fn every_address_makes_a_url() {
        let scoped = SocketAddrV6::new("fe80::1".parse().expect("an address"), 8080, 0, 2);
        for (listening, want) in [
            (([127, 0, 0, 1], 8080).into(), "http://127.0.0.1:8080/"),
            (([0, 0, 0, 0], 80).into(), "http://127.0.0.1/"),
            ((Ipv6Addr::UNSPECIFIED, 8080).into(), "http://[::1]:8080/"),
            (SocketAddr::V6(scoped), "http://[fe80::1]:8080/"),
        ] {
            assert_eq!(url_of(listening).as_str(), want);
        }
    }
}
