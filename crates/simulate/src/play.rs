//! Does what the scripts say, over real sockets.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use handover_device::{About, AuthToken};
use tokio::sync::mpsc::UnboundedSender;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::player::Player;
use crate::script::Step;

/// Where a fleet plays.
#[derive(Clone)]
pub struct Stage {
    /// The cloud, where devices speak for themselves.
    pub cloud: SocketAddr,
    /// Where it speaks MQTT, which gateways do.
    pub mqtt: SocketAddr,
    /// The time in milliseconds since 1970, by which a clock is wrong.
    pub now: fn() -> i64,
    /// What the devices say of themselves.
    pub about: About,
    /// How many times faster than it is written everything happens. Heartbeats stay as they are.
    pub speed: f64,
    /// Ends it.
    pub stop: CancellationToken,
    /// Gets what was done, as it is done.
    pub journal: Option<UnboundedSender<(u32, Step)>>,
}

impl Stage {
    /// A device has done this.
    pub fn note(&self, number: u32, step: &Step) {
        if let Some(journal) = &self.journal {
            // Nobody may be writing any more, which is no reason not to play on.
            let _ = journal.send((number, step.clone()));
        }
    }
}

/// How far it is, in numbers of devices and messages.
#[derive(Debug, Default)]
pub struct Progress {
    /// Devices that are connected.
    pub there: AtomicU64,
    /// Times that a device or a gateway connected; of a mesh, that one of its gateways was switched on.
    pub connected: AtomicU64,
    /// Messages that were sent.
    pub sent: AtomicU64,
    /// Messages that nobody could be sent, since the connection was gone; or that a mesh's node had no room for, or still had
    /// at the end.
    pub unsent: AtomicU64,
    /// Messages of a mesh's nodes that a gateway has acknowledged.
    pub arrived: AtomicU64,
    /// Messages that the cloud did not take.
    pub refused: AtomicU64,
    /// What the cloud told devices.
    pub told: AtomicU64,
    /// Devices that the cloud does not let in.
    pub strangers: AtomicU64,
    /// Times that a connection broke, or could not be made.
    pub broken: AtomicU64,
}

/// One more.
pub fn count(what: &AtomicU64) {
    what.fetch_add(1, Ordering::Relaxed);
}

/// A device with its number, its token and what it does.
pub type Played<S> = (u32, AuthToken, S);

/// A gateway, and the nodes that it speaks for.
pub type Hub<S> = (Played<S>, Vec<Played<S>>);

/// Plays devices that speak for themselves to their ends, or until it is stopped.
pub async fn play<S>(
    stage: &Stage,
    devices: impl IntoIterator<Item = Played<S>>,
    progress: &Arc<Progress>,
) where
    S: Iterator<Item = Step> + Send + 'static,
{
    let alone = devices.into_iter().map(|device| (device, Vec::new()));
    play_all(stage, alone, progress, false).await;
}

/// Plays gateways with their nodes to their ends, or until it is stopped.
pub async fn play_hubs<S>(
    stage: &Stage,
    hubs: impl IntoIterator<Item = Hub<S>>,
    progress: &Arc<Progress>,
) where
    S: Iterator<Item = Step> + Send + 'static,
{
    play_all(stage, hubs, progress, true).await;
}

async fn play_all<S>(
    stage: &Stage,
    hubs: impl IntoIterator<Item = Hub<S>>,
    progress: &Arc<Progress>,
    is_hub: bool,
) where
    S: Iterator<Item = Step> + Send + 'static,
{
    let start = Instant::now();
    let mut all = JoinSet::new();
    for (own, nodes) in hubs {
        let (mut speakers, mut steps) = (Vec::new(), Vec::new());
        for (number, token, script) in std::iter::once(own).chain(nodes) {
            speakers.push((number, token));
            steps.push(script);
        }
        let player = Player::new(stage.clone(), progress.clone(), speakers, is_hub);
        all.spawn(player.play(start, steps));
    }
    while all.join_next().await.is_some() {}
}
