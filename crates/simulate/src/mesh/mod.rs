//! Meshes: nodes that carry each other's messages to gateways, which are the real ones and speak with the cloud over real
//! sockets. Between them is air in memory.

mod gate;
mod part;
mod plane;
mod station;

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use handover_device::AuthToken;
use handover_device::link::memory::{Air, MemoryLink, links};
use tokio::runtime::Builder;
use tokio::task::{JoinHandle, JoinSet, spawn_blocking};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::fleet::{Fleet, Mishap};
use crate::merged::Merged;
use crate::play::{Progress, Stage, count};
use crate::script::{Act, Script, Scripts, Step, Steps, clocks};
use gate::Gate;
use part::Part;
use plane::Plane;
use station::Station;

/// So many relays may carry a message: a few more than the shortest way takes, for those that fail.
const HOPS: u8 = 6;
/// For how long what still waits at the end is waited for.
const LINGER: Duration = Duration::from_secs(90);

/// The radio of one station.
#[derive(Clone)]
struct Radio {
    air: Arc<Mutex<Air>>,
    station: usize,
    link: Arc<MemoryLink>,
}

impl Radio {
    fn change(&self, work: impl FnOnce(&mut Air, usize)) {
        let mut air = self.air.lock().unwrap_or_else(PoisonError::into_inner);
        work(&mut air, self.station);
    }

    /// It is heard and hears, or not.
    fn silence(&self, is_silent: bool) {
        self.change(|air, station| air.silence(station, is_silent));
    }

    /// It is on this side of a mesh that is cut.
    fn put(&self, side: u8) {
        self.change(|air, station| air.put(station, side));
    }
}

/// When all have done what they do, and nothing waits any more.
struct Curtain {
    /// Nodes that still do or wait for something.
    busy: AtomicUsize,
    fallen: CancellationToken,
}

/// A node that still does or waits for something.
struct Busy(Arc<Curtain>);

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.one_done();
    }
}

impl Curtain {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            busy: AtomicUsize::new(0),
            fallen: CancellationToken::new(),
        })
    }

    fn busy(self: &Arc<Self>) -> Busy {
        self.busy.fetch_add(1, Ordering::AcqRel);
        Busy(self.clone())
    }

    fn one_done(&self) {
        if self.busy.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.fallen.cancel();
        }
    }
}

/// A mesh that is to be played.
pub struct Mesh {
    hubs: Vec<(AuthToken, Vec<AuthToken>)>,
    plane: Plane,
    seed: u64,
}

impl Mesh {
    /// Gateways and the nodes of each, in a plane that follows from the seed.
    pub fn new(seed: u64, hubs: Vec<(AuthToken, Vec<AuthToken>)>) -> Self {
        let counts: Vec<usize> = hubs.iter().map(|(_, nodes)| nodes.len()).collect();
        Self {
            plane: Plane::new(seed, &counts),
            hubs,
            seed,
        }
    }

    /// What each does by the fleet's seed, by its number: gateways have the first ones.
    pub fn scripts(&self, fleet: &Fleet) -> Scripts {
        let gateways = u32::try_from(self.hubs.len()).unwrap_or(u32::MAX);
        let is_timeless = |fleet: Fleet| Fleet {
            // Nodes have no clock, and what goes wrong with a gateway's is a sequence by itself.
            failures: fleet
                .failures
                .into_iter()
                .filter(|failure| failure.mishap != Mishap::ClockWrong)
                .collect(),
            // Who is cut off from whom is the plane's matter.
            partition: None,
            // There is no file on the air.
            uploads: 0.0,
            ..fleet
        };
        let (of_gateways, of_nodes) =
            (is_timeless(fleet.of_gateways()), is_timeless(fleet.clone()));
        let fleet = fleet.clone();
        let sides = match fleet.partition {
            Some((_, _, share)) => self.plane.beyond(share),
            None => Vec::new(),
        };
        Box::new(move |number| {
            let is_gateway = number < gateways;
            let own = if is_gateway { &of_gateways } else { &of_nodes };
            let mut all: Vec<Steps> = vec![Box::new(Script::new(own, number))];
            if is_gateway {
                all.push(Box::new(clocks(&fleet, number)));
            }
            let place = usize::try_from(number).unwrap_or(usize::MAX);
            if let Some((at, lasts, _)) = fleet.partition
                && sides.get(place).is_some_and(|is_beyond| *is_beyond)
            {
                let step = |at, side| Step {
                    at,
                    act: Act::Side { side },
                };
                all.push(Box::new([step(at, 1), step(at + lasts, 0)].into_iter()));
            }
            Box::new(Merged::new(all).map(|(_, step)| step))
        })
    }

    /// Plays all to their ends, or until it is stopped.
    pub async fn play(self, stage: &Stage, mut steps: Scripts, progress: &Arc<Progress>) {
        let start = Instant::now();
        let (air, links) = links(self.plane.air(self.seed));
        let radios = links.into_iter().enumerate();
        let mut radios = radios.map(|(station, link)| Radio {
            air: air.clone(),
            station,
            link: Arc::new(link),
        });
        let curtain = Curtain::new();
        // Until all are there; so a mesh without nodes ends, too.
        let rising = curtain.busy();
        let mut all = JoinSet::new();
        let mut stations = Vec::new();
        // Also where nobody waits any more for what is played here.
        let stop = stage.stop.child_token();
        let _stops = stop.clone().drop_guard();
        let of_nodes = Stage {
            stop,
            ..stage.clone()
        };
        let (gateways, nodes): (Vec<_>, Vec<_>) = self.hubs.into_iter().unzip();
        let mut numbers = 0..;
        // The plane has a place for each, in this order.
        let mut next = || Some((numbers.next()?, radios.next()?));
        for token in gateways {
            let Some((number, radio)) = next() else { break };
            let part = Part::new((stage, progress), (number, token), radio);
            all.spawn(Gate::new(part).play(start, steps(number), curtain.clone()));
        }
        for token in nodes.into_iter().flatten() {
            let Some((number, radio)) = next() else { break };
            let part = Part::new((&of_nodes, progress), (number, token), radio);
            stations.push(Station::new(part).play(start, steps(number), curtain.busy()));
        }
        drop(rising);
        let apart = match apart(stations) {
            Ok(apart) => apart,
            Err(error) => {
                tracing::warn!(%error, "there is no room for a simulated mesh's nodes");
                return count(&progress.broken);
            }
        };
        while all.join_next().await.is_some() {}
        // It only fails where one of them did, and then the others have played on.
        let _ = apart.await;
    }
}

/// Plays these with a thread of their own: nodes have as much to do as there are frames on the air, and whoever is asked or tells
/// something beside them, the cloud itself perhaps, does not wait for that. What the thread does not get done the nodes do not hear.
fn apart(stations: Vec<impl Future<Output = ()> + Send + 'static>) -> io::Result<JoinHandle<()>> {
    let runtime = Builder::new_current_thread().enable_time().build()?;
    Ok(spawn_blocking(move || {
        runtime.block_on(async {
            let mut all: JoinSet<()> = stations.into_iter().collect();
            while all.join_next().await.is_some() {}
        });
    }))
}
