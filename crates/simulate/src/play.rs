//! Does what the scripts say, over real sockets.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use handover_device::{About, AuthToken, Direct, DirectError, Told};
use tokio::sync::mpsc::UnboundedSender;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

use crate::script::{Act, Step};

/// The first wait before a device whose connection broke tries again; each is twice as long as the one before.
const FIRST_WAIT: Duration = Duration::from_secs(1);
/// The longest.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// Where a fleet plays.
#[derive(Clone)]
pub struct Stage {
    /// The cloud.
    pub cloud: SocketAddr,
    /// What the devices say of themselves.
    pub about: About,
    /// How many times faster than it is written everything happens. Heartbeats stay as they are.
    pub speed: f64,
    /// Ends it.
    pub stop: CancellationToken,
    /// Gets what was done, as it is done.
    pub journal: Option<UnboundedSender<(u32, Step)>>,
}

/// How far it is, in numbers of devices and messages.
#[derive(Debug, Default)]
pub struct Progress {
    /// Devices that are connected.
    pub there: AtomicU64,
    /// Messages that were sent.
    pub sent: AtomicU64,
    /// Messages that nobody could be sent, since the connection was gone.
    pub unsent: AtomicU64,
    /// Messages that the cloud did not take.
    pub refused: AtomicU64,
    /// What the cloud told devices.
    pub told: AtomicU64,
    /// Devices that the cloud does not let in.
    pub strangers: AtomicU64,
    /// Times that a connection broke, or could not be made.
    pub broken: AtomicU64,
}

fn count(what: &AtomicU64) {
    what.fetch_add(1, Ordering::Relaxed);
}

/// Plays all of them to their ends, or until it is stopped.
pub async fn play<S>(
    stage: &Stage,
    devices: impl IntoIterator<Item = (u32, AuthToken, S)>,
    progress: &Arc<Progress>,
) where
    S: Iterator<Item = Step> + Send + 'static,
{
    let start = Instant::now();
    let mut all = JoinSet::new();
    for (number, token, steps) in devices {
        let player = Player {
            stage: stage.clone(),
            progress: progress.clone(),
            number,
            token,
            line: Line::None,
            wait: FIRST_WAIT,
        };
        all.spawn(player.play(start, steps));
    }
    while all.join_next().await.is_some() {}
}

/// A device's connection.
enum Line {
    /// It is there.
    There(Direct),
    /// Nobody hears it: the connection is kept, so that nothing tells the cloud.
    Unheard {
        /// Kept until the device is back.
        _direct: Direct,
    },
    /// It broke, and the device tries again then.
    Broken(Instant),
    /// There is none.
    None,
}

struct Player {
    stage: Stage,
    progress: Arc<Progress>,
    number: u32,
    token: AuthToken,
    line: Line,
    wait: Duration,
}

/// The cloud knows no such device.
struct Stranger;

impl Player {
    async fn play(mut self, start: Instant, steps: impl Iterator<Item = Step>) {
        for step in steps {
            let due = start + step.at.div_f64(self.stage.speed);
            let stop = self.stage.stop.clone();
            tokio::select! {
                waited = self.live_until(due) => if waited.is_err() { return },
                () = stop.cancelled() => break,
            }
            let stop = self.stage.stop.clone();
            tokio::select! {
                done = self.act(&step) => if done.is_err() { return },
                () = stop.cancelled() => break,
            }
        }
        self.hang_up();
    }

    /// Lets the device live: it hears what it is told, and comes back where its connection broke.
    async fn live_until(&mut self, due: Instant) -> Result<(), Stranger> {
        loop {
            match &mut self.line {
                Line::There(direct) => {
                    let told = tokio::select! {
                        told = direct.told() => told,
                        () = sleep_until(due) => return Ok(()),
                    };
                    match told {
                        Ok(Told::Write { .. }) => count(&self.progress.told),
                        Ok(Told::Refused(_)) => count(&self.progress.refused),
                        Err(_) => self.broke(),
                    }
                }
                Line::Broken(again) if *again < due => {
                    sleep_until(*again).await;
                    self.connect().await?;
                }
                _ => {
                    sleep_until(due).await;
                    return Ok(());
                }
            }
        }
    }

    async fn act(&mut self, step: &Step) -> Result<(), Stranger> {
        match &step.act {
            Act::Connect => self.connect().await?,
            Act::Vanish => {
                self.line = match std::mem::replace(&mut self.line, Line::None) {
                    Line::There(direct) => {
                        self.progress.there.fetch_sub(1, Ordering::Relaxed);
                        Line::Unheard { _direct: direct }
                    }
                    _ => Line::None,
                };
            }
            Act::Write { pin, value } => self.write(*pin, value).await,
        }
        // What could not be sent was done, too: the device did its part.
        if let Some(journal) = &self.stage.journal {
            // Nobody may be writing any more, which is no reason not to play on.
            let _ = journal.send((self.number, step.clone()));
        }
        Ok(())
    }

    async fn write(&mut self, pin: u8, value: &str) {
        let Line::There(direct) = &mut self.line else {
            return count(&self.progress.unsent);
        };
        match direct.write(pin, value).await {
            Ok(()) => count(&self.progress.sent),
            Err(_) => {
                count(&self.progress.unsent);
                self.broke();
            }
        }
    }

    async fn connect(&mut self) -> Result<(), Stranger> {
        let connecting = Direct::connect(self.stage.cloud, &self.token, &self.stage.about);
        match connecting.await {
            Ok(direct) => {
                self.line = Line::There(direct);
                self.wait = FIRST_WAIT;
                count(&self.progress.there);
                Ok(())
            }
            Err(DirectError::NotLetIn(_)) => {
                count(&self.progress.strangers);
                Err(Stranger)
            }
            Err(_) => {
                self.try_later();
                Ok(())
            }
        }
    }

    fn broke(&mut self) {
        self.progress.there.fetch_sub(1, Ordering::Relaxed);
        self.try_later();
    }

    fn try_later(&mut self) {
        count(&self.progress.broken);
        self.line = Line::Broken(Instant::now() + self.wait);
        self.wait = (self.wait * 2).min(LONGEST_WAIT);
    }

    fn hang_up(&mut self) {
        if matches!(self.line, Line::There(_)) {
            self.progress.there.fetch_sub(1, Ordering::Relaxed);
        }
        self.line = Line::None;
    }
}
