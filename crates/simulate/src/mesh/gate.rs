//! A gateway of a mesh: the real one, whose radio is in the simulated air, and whose stores outlive a power cut.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use handover_device::{Gateway, GatewayConfig, MemoryStore};
use handover_gateway::{CloudConfig, Meshed, run_meshed};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tokio_util::sync::{CancellationToken, DropGuard};
use url::Url;

use super::{Curtain, HOPS, LINGER, Part};
use crate::play::count;
use crate::script::{Act, Step, Steps};

/// How often it is looked at whether the cloud has everything.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// A gateway that has power.
struct Running {
    /// Its power, which it loses with this, also where its player is dropped.
    power: DropGuard,
    ends: JoinHandle<()>,
}

/// Plays one gateway.
pub struct Gate {
    part: Part,
    mesh: MemoryStore,
    desk: MemoryStore,
    /// By how many milliseconds its clock is wrong.
    wrong: Arc<AtomicI64>,
    running: Option<Running>,
}

impl Gate {
    /// Without power until it comes.
    pub(super) fn new(part: Part) -> Self {
        Self {
            part,
            mesh: MemoryStore::default(),
            desk: MemoryStore::default(),
            wrong: Arc::default(),
            running: None,
        }
    }

    /// Plays all steps, and then takes what nodes still have to say, until the cloud has all of it.
    pub(super) async fn play(mut self, start: Instant, steps: Steps, curtain: Arc<Curtain>) {
        let stop = self.part.stage.stop.clone();
        tokio::select! {
            () = self.live(start, steps, &curtain) => {}
            () = stop.cancelled() => {}
        }
        self.vanish(true).await;
    }

    async fn live(&mut self, start: Instant, steps: Steps, curtain: &Curtain) {
        for step in steps {
            sleep_until(start + step.at.div_f64(self.part.stage.speed)).await;
            self.act(&step).await;
        }
        // Whoever is away at the end comes back, so that what waits arrives.
        self.part.radio.put(0);
        self.connect();
        curtain.fallen.cancelled().await;
        // What does not get there by then stays unsaid.
        let _ = timeout(LINGER, self.delivered()).await;
    }

    /// When the cloud has all that was heard here.
    async fn delivered(&self) {
        // Its store says so to whoever reads it, which writes nothing.
        let waits = || {
            let read = Gateway::open(self.mesh.clone(), GatewayConfig::default(), 0);
            read.is_ok_and(|gateway| gateway.waiting().len() > 0)
        };
        while waits() {
            sleep(LOOK_EVERY).await;
        }
    }

    async fn act(&mut self, step: &Step) {
        match &step.act {
            Act::Connect => {
                count(&self.part.progress.connected);
                self.connect();
            }
            Act::Vanish { off } => self.vanish(*off).await,
            Act::Side { side } => self.part.radio.put(*side),
            Act::Clock { wrong } => self.wrong.store(wrong.unwrap_or(0), Ordering::Relaxed),
            // It measures nothing.
            Act::Write { .. } | Act::Upload { .. } => {}
        }
        self.part.stage.note(self.part.number, step);
    }

    fn connect(&mut self) {
        self.part.appear();
        if self.running.is_some() {
            return;
        }
        let Some(cloud) = self.cloud() else {
            return count(&self.part.progress.broken);
        };
        let (now, wrong) = (self.part.stage.now, self.wrong.clone());
        let meshed = Meshed {
            cloud,
            token: self.part.token.clone(),
            config: GatewayConfig {
                hops: HOPS,
                ..GatewayConfig::default()
            },
            link: self.part.radio.link.clone(),
            mesh: self.mesh.clone(),
            desk: self.desk.clone(),
            clock: Arc::new(move || now().saturating_add(wrong.load(Ordering::Relaxed))),
        };
        let stop = CancellationToken::new();
        let (number, progress) = (self.part.number, self.part.progress.clone());
        let ends = tokio::spawn({
            let stop = stop.clone();
            async move {
                if let Err(error) = run_meshed(meshed, &stop).await {
                    tracing::warn!(device = number, %error, "a simulated gateway broke");
                    count(&progress.broken);
                }
            }
        });
        self.running = Some(Running {
            power: stop.drop_guard(),
            ends,
        });
    }

    async fn vanish(&mut self, off: bool) {
        self.part.disappear();
        if let Some(Running { power, ends }) = self.running.take_if(|_| off) {
            drop(power);
            // Until it has ended its stores are its own.
            let _ = ends.await;
        }
    }

    fn cloud(&self) -> Option<CloudConfig> {
        let address = Url::parse(&format!("http://{}/", self.part.stage.cloud)).ok()?;
        let mqtt = Url::parse(&format!("mqtt://{}", self.part.stage.mqtt)).ok()?;
        Some(CloudConfig {
            address,
            mqtt: Some(mqtt),
            certificate: None,
            token_file: None,
        })
    }
}
