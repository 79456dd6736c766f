//! A gateway of a mesh: the real one, whose radio is in the simulated air, and whose stores outlive a power cut.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use handover_device::{AuthToken, Gateway, GatewayConfig, MemoryStore};
use handover_gateway::{CloudConfig, Meshed, run_meshed};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tokio_util::sync::{CancellationToken, DropGuard};
use url::Url;

use super::{Curtain, HOPS, LINGER, Radio};
use crate::play::{Progress, Stage, count};
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
    stage: Stage,
    progress: Arc<Progress>,
    number: u32,
    token: AuthToken,
    radio: Radio,
    mesh: MemoryStore,
    desk: MemoryStore,
    /// By how many milliseconds its clock is wrong.
    wrong: Arc<AtomicI64>,
    running: Option<Running>,
    is_heard: bool,
}

impl Gate {
    /// Without power until it comes.
    pub(super) fn new(
        (stage, progress): (&Stage, &Arc<Progress>),
        (number, token): (u32, AuthToken),
        radio: Radio,
    ) -> Self {
        radio.silence(true);
        Self {
            stage: stage.clone(),
            progress: progress.clone(),
            number,
            token,
            radio,
            mesh: MemoryStore::default(),
            desk: MemoryStore::default(),
            wrong: Arc::default(),
            running: None,
            is_heard: false,
        }
    }

    /// Plays all steps, and then takes what nodes still have to say, until the cloud has all of it.
    pub(super) async fn play(mut self, start: Instant, steps: Steps, curtain: Arc<Curtain>) {
        let stop = self.stage.stop.clone();
        tokio::select! {
            () = self.live(start, steps, &curtain) => {}
            () = stop.cancelled() => {}
        }
        self.vanish(true).await;
    }

    async fn live(&mut self, start: Instant, steps: Steps, curtain: &Curtain) {
        for step in steps {
            sleep_until(start + step.at.div_f64(self.stage.speed)).await;
            self.act(&step).await;
        }
        // Whoever is away at the end comes back, so that what waits arrives.
        self.radio.put(0);
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
            Act::Connect => self.connect(),
            Act::Vanish { off } => self.vanish(*off).await,
            Act::Side { side } => self.radio.put(*side),
            Act::Clock { wrong } => self.wrong.store(wrong.unwrap_or(0), Ordering::Relaxed),
            // It measures nothing.
            Act::Write { .. } => {}
        }
        if let Some(journal) = &self.stage.journal {
            // Nobody may be writing any more, which is no reason not to play on.
            let _ = journal.send((self.number, step.clone()));
        }
    }

    fn connect(&mut self) {
        self.radio.silence(false);
        if !std::mem::replace(&mut self.is_heard, true) {
            count(&self.progress.there);
        }
        if self.running.is_some() {
            return;
        }
        let Some(cloud) = self.cloud() else {
            return count(&self.progress.broken);
        };
        let (now, wrong) = (self.stage.now, self.wrong.clone());
        let meshed = Meshed {
            cloud,
            token: self.token.clone(),
            config: GatewayConfig {
                hops: HOPS,
                ..GatewayConfig::default()
            },
            link: self.radio.link.clone(),
            mesh: self.mesh.clone(),
            desk: self.desk.clone(),
            clock: Arc::new(move || now().saturating_add(wrong.load(Ordering::Relaxed))),
        };
        let stop = CancellationToken::new();
        let (number, progress) = (self.number, self.progress.clone());
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
        self.radio.silence(true);
        if std::mem::replace(&mut self.is_heard, false) {
            self.progress.there.fetch_sub(1, Ordering::Relaxed);
        }
        if let Some(Running { power, ends }) = self.running.take_if(|_| off) {
            drop(power);
            // Until it has ended its stores are its own.
            let _ = ends.await;
        }
    }

    fn cloud(&self) -> Option<CloudConfig> {
        let address = Url::parse(&format!("http://{}/", self.stage.cloud)).ok()?;
        let mqtt = Url::parse(&format!("mqtt://{}", self.stage.mqtt)).ok()?;
        Some(CloudConfig {
            address,
            mqtt: Some(mqtt),
            certificate: None,
            token_file: None,
        })
    }
}
