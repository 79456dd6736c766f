//! One connection and the devices that speak over it: a device by itself, or a gateway and its nodes.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use handover_device::{AuthToken, Direct, DirectError, Told, Tunnel, Tunnelled};
use tokio::time::{Instant, sleep_until};

use crate::merged::Merged;
use crate::play::{Progress, Stage, count};
use crate::script::{Act, Step};
use crate::upload::upload;

/// The first wait before a device whose connection broke tries again; each is twice as long as the one before.
const FIRST_WAIT: Duration = Duration::from_secs(1);
/// The longest.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// What is spoken over a connection.
enum Voice {
    Direct(Direct),
    Tunnel(Tunnel),
}

/// A connection that is over, or was none.
enum Lost {
    /// It may come back.
    Broken,
    /// The cloud knows no such device.
    Stranger,
}

/// What the cloud did.
enum Heard {
    Told,
    Refused,
}

impl Voice {
    /// Hangs up once the cloud has heard all of it.
    async fn leave(self) {
        match self {
            Self::Direct(direct) => direct.leave().await,
            Self::Tunnel(tunnel) => tunnel.leave().await,
        }
    }

    async fn told(&mut self) -> Result<Heard, Lost> {
        Ok(match self {
            Self::Direct(direct) => match direct.told().await.map_err(|_| Lost::Broken)? {
                Told::Write { .. } => Heard::Told,
                Told::Refused(_) => Heard::Refused,
            },
            Self::Tunnel(tunnel) => match tunnel.told().await.map_err(|_| Lost::Broken)? {
                Tunnelled::Told { .. } => Heard::Told,
                Tunnelled::Refused(_) => Heard::Refused,
            },
        })
    }
}

/// A connection's state.
enum Line {
    /// It is there.
    There(Voice),
    /// Nobody hears it: the connection is kept, so that nothing tells the cloud.
    Unheard {
        /// Kept until the device is back.
        _voice: Voice,
    },
    /// It broke, and the device tries again then.
    Broken(Instant),
    /// There is none.
    None,
}

/// Somebody who speaks over the connection.
struct Speaker {
    number: u32,
    token: AuthToken,
    /// Of a node: whether its gateway hears it.
    is_heard: bool,
}

/// Plays the devices of one connection.
pub struct Player {
    stage: Stage,
    progress: Arc<Progress>,
    /// Whose connection it is first, and its nodes after that.
    speakers: Vec<Speaker>,
    is_hub: bool,
    line: Line,
    wait: Duration,
}

impl Player {
    /// Of a device that speaks for itself, or of a gateway and its nodes.
    pub fn new(
        stage: Stage,
        progress: Arc<Progress>,
        speakers: Vec<(u32, AuthToken)>,
        is_hub: bool,
    ) -> Self {
        let speakers = speakers.into_iter().map(|(number, token)| Speaker {
            number,
            token,
            is_heard: false,
        });
        Self {
            stage,
            progress,
            speakers: speakers.collect(),
            is_hub,
            line: Line::None,
            wait: FIRST_WAIT,
        }
    }

    /// Plays all steps, each device's in the order of the speakers.
    pub async fn play<S: Iterator<Item = Step>>(mut self, start: Instant, steps: Vec<S>) {
        for (who, step) in Merged::new(steps) {
            let due = start + step.at.div_f64(self.stage.speed);
            let stop = self.stage.stop.clone();
            let done = tokio::select! {
                done = self.do_at(due, who, &step) => done,
                () = stop.cancelled() => break,
            };
            if done.is_err() {
                return;
            }
        }
        self.leave();
        if let Line::There(voice) = self.line {
            voice.leave().await;
        }
    }

    async fn do_at(&mut self, due: Instant, who: usize, step: &Step) -> Result<(), Lost> {
        self.live_until(due).await?;
        self.act(who, step).await
    }

    /// Lets the device live: it hears what it is told, and comes back where its connection broke.
    async fn live_until(&mut self, due: Instant) -> Result<(), Lost> {
        loop {
            match &mut self.line {
                Line::There(voice) => {
                    let heard = tokio::select! {
                        heard = voice.told() => heard,
                        () = sleep_until(due) => return Ok(()),
                    };
                    match heard {
                        Ok(Heard::Told) => count(&self.progress.told),
                        Ok(Heard::Refused) => count(&self.progress.refused),
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

    async fn act(&mut self, who: usize, step: &Step) -> Result<(), Lost> {
        match &step.act {
            Act::Connect if who == 0 => self.connect().await?,
            Act::Connect => self.node_comes(who).await,
            Act::Vanish { .. } if who == 0 => self.vanish(),
            Act::Vanish { .. } => self.node_goes(who),
            Act::Write { pin, value, clock } => self.write(who, (*pin, value), *clock).await,
            Act::Upload { name, text } => self.upload(who, name, text).await,
            // What is of a mesh alone is nothing here.
            Act::Clock { .. } | Act::Side { .. } => {}
        }
        // What could not be sent was done, too: the device did its part.
        self.stage.note(self.speakers[who].number, step);
        Ok(())
    }

    fn vanish(&mut self) {
        self.leave();
        self.line = match std::mem::replace(&mut self.line, Line::None) {
            Line::There(voice) => Line::Unheard { _voice: voice },
            _ => Line::None,
        };
    }

    async fn node_comes(&mut self, who: usize) {
        self.speakers[who].is_heard = true;
        if let Line::There(Voice::Tunnel(tunnel)) = &mut self.line {
            self.progress.there.fetch_add(1, Ordering::Relaxed);
            if tunnel.hear_for(&self.speakers[who].token).await.is_err() {
                self.broke();
            }
        }
    }

    fn node_goes(&mut self, who: usize) {
        let was_heard = std::mem::replace(&mut self.speakers[who].is_heard, false);
        if was_heard && matches!(self.line, Line::There(_)) {
            self.progress.there.fetch_sub(1, Ordering::Relaxed);
        }
    }

    async fn write(&mut self, who: usize, (pin, value): (u8, &str), clock: Option<i64>) {
        let at = clock.map(|wrong| (self.stage.now)().saturating_add(wrong));
        let speaker = &self.speakers[who];
        let sent = match &mut self.line {
            Line::There(Voice::Direct(direct)) => match at {
                Some(at) => direct.write_at(pin, value, at).await.is_ok(),
                None => direct.write(pin, value).await.is_ok(),
            },
            Line::There(Voice::Tunnel(tunnel)) if speaker.is_heard => {
                let said = tunnel.write(&speaker.token, (pin, value), at);
                said.await.is_ok()
            }
            _ => return count(&self.progress.unsent),
        };
        if sent {
            count(&self.progress.sent);
        } else {
            count(&self.progress.unsent);
            self.broke();
        }
    }

    /// Uploads a file, which none but a device that speaks for itself has.
    async fn upload(&mut self, who: usize, name: &str, text: &str) {
        if !matches!(self.line, Line::There(Voice::Direct(_))) {
            return count(&self.progress.unsent);
        }
        let token = &self.speakers[who].token;
        match upload(self.stage.cloud, token, name, text).await {
            Ok(true) => count(&self.progress.sent),
            Ok(false) => count(&self.progress.refused),
            Err(_) => count(&self.progress.unsent),
        }
    }

    async fn connect(&mut self) -> Result<(), Lost> {
        match self.voice().await {
            Ok(voice) => {
                self.line = Line::There(voice);
                self.wait = FIRST_WAIT;
                count(&self.progress.connected);
                self.progress
                    .there
                    .fetch_add(self.heard(), Ordering::Relaxed);
                Ok(())
            }
            Err(Lost::Stranger) => {
                count(&self.progress.strangers);
                Err(Lost::Stranger)
            }
            Err(Lost::Broken) => {
                self.try_later();
                Ok(())
            }
        }
    }

    async fn voice(&self) -> Result<Voice, Lost> {
        let (own, nodes) = self.speakers.split_first().ok_or(Lost::Stranger)?;
        if !self.is_hub {
            let connecting = Direct::connect(self.stage.cloud, &own.token, &self.stage.about);
            return match connecting.await {
                Ok(direct) => Ok(Voice::Direct(direct)),
                Err(DirectError::NotLetIn(_)) => Err(Lost::Stranger),
                Err(_) => Err(Lost::Broken),
            };
        }
        let heartbeat = self.stage.about.heartbeat;
        let connecting = Tunnel::connect(self.stage.mqtt, &own.token, heartbeat);
        let mut tunnel = connecting
            .await
            .map_err(|error| match error.is_stranger() {
                true => Lost::Stranger,
                false => Lost::Broken,
            })?;
        for node in nodes.iter().filter(|node| node.is_heard) {
            let heard = tunnel.hear_for(&node.token).await;
            heard.map_err(|_| Lost::Broken)?;
        }
        Ok(Voice::Tunnel(tunnel))
    }

    /// How many are there as long as the connection is.
    fn heard(&self) -> u64 {
        let nodes = self.speakers.iter().filter(|speaker| speaker.is_heard);
        1 + u64::try_from(nodes.count()).unwrap_or_default()
    }

    /// Whoever was there is not any more.
    fn leave(&mut self) {
        if matches!(self.line, Line::There(_)) {
            self.progress
                .there
                .fetch_sub(self.heard(), Ordering::Relaxed);
        }
    }

    fn broke(&mut self) {
        self.leave();
        self.try_later();
    }

    fn try_later(&mut self) {
        count(&self.progress.broken);
        self.line = Line::Broken(Instant::now() + self.wait);
        self.wait = (self.wait * 2).min(LONGEST_WAIT);
    }
}
