//! The way up: what waits goes to the cloud, the oldest first, and is forgotten once the cloud has it.

pub mod asking;
pub mod http;
pub mod mesh;
pub mod mqtt;
pub mod roster;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use handover_blynk::Pin;
use handover_wire::DeviceId;
use tokio_util::sync::CancellationToken;

use crate::desk::{Closed, Desk};
use crate::keep::Queued;
use http::Unheard;
use roster::Rosters;

/// Values that are looked at at a time.
const BATCH: usize = 1_000;
/// Requests at a time, each with values of one datastream.
const AT_ONCE: usize = 8;
/// After a failure the cloud is left alone for so long,
const SHORT: Duration = Duration::from_secs(1);
/// and after more of them for up to so long.
const LONG: Duration = Duration::from_secs(60);

/// Whether all values are gone; else how long the cloud wants to be left alone, where it says so.
type Outcome = Result<(), Option<Duration>>;

/// Takes values to the cloud.
pub struct Up {
    desk: Desk,
    rosters: Arc<Rosters>,
}

impl Up {
    /// Takes what the desk has.
    pub fn new(desk: Desk, rosters: Arc<Rosters>) -> Self {
        Self { desk, rosters }
    }

    /// Goes on until it is told to stop; what is under way then is waited for.
    ///
    /// # Errors
    /// Where the desk has stopped.
    pub async fn run(&self, stop: &CancellationToken) -> Result<(), Closed> {
        let mut pause = SHORT;
        while !stop.is_cancelled() {
            let batch = self.desk.batch(BATCH).await?;
            if batch.is_empty() {
                tokio::select! {
                    () = self.desk.work.notified() => {}
                    () = stop.cancelled() => {}
                }
                continue;
            }
            // Who speaks for whom is asked before anything is dropped for it.
            let outcome = match self.rosters.is_known() {
                true => self.carry(batch).await?,
                false => Err(None),
            };
            let Err(least) = outcome else {
                pause = SHORT;
                continue;
            };
            tokio::select! {
                () = tokio::time::sleep(least.unwrap_or_default().max(pause)) => {}
                () = self.rosters.told() => {}
                () = stop.cancelled() => {}
            }
            pause = (pause * 2).min(LONG);
        }
        Ok(())
    }

    /// Takes some to the cloud.
    async fn carry(&self, batch: Vec<Queued>) -> Result<Outcome, Closed> {
        let mut groups = BTreeMap::<(DeviceId, u8), Vec<Queued>>::new();
        for queued in batch {
            groups
                .entry((queued.device, queued.pin))
                .or_default()
                .push(queued);
        }
        let sent = groups.into_values().map(|group| self.send(group));
        let mut sent = futures_util::stream::iter(sent).buffer_unordered(AT_ONCE);
        let mut all = Ok(());
        while let Some((gone, outcome)) = sent.next().await {
            // Each at once: what the cloud has is not said again after a crash.
            if !gone.is_empty() {
                self.desk.gone(gone).await?;
            }
            all = all.and(outcome);
        }
        Ok(all)
    }

    /// Sends values of one datastream, in halves where the cloud does not take them together. Which of them wait no more, and
    /// how long to leave the cloud alone where others do.
    async fn send(&self, group: Vec<Queued>) -> (Vec<u64>, Outcome) {
        let mut gone = Vec::new();
        let mut todo = vec![group.as_slice()];
        let mut outcome = Ok(());
        while let Some(some) = todo.pop() {
            let Some(first) = some.first() else { continue };
            let said = self.say(first.device, first.pin(), some).await;
            match said {
                Ok(()) => {}
                Err(Unheard::Refused(_)) if some.len() > 1 => {
                    let (earlier, later) = some.split_at(some.len() / 2);
                    todo.extend([later, earlier]);
                    continue;
                }
                Err(Unheard::Refused(why)) => {
                    let why = format!("{}: {why}", first.pin());
                    self.rosters.drop_for(first.device, &why, some.len());
                }
                Err(Unheard::Token) => {
                    let why = "the cloud does not let this gateway speak for the node";
                    self.rosters.drop_for(first.device, why, some.len());
                }
                Err(Unheard::Busy(least)) => {
                    outcome = Err(Some(least));
                    break;
                }
                Err(Unheard::Away(_)) => {
                    outcome = Err(None);
                    break;
                }
            }
            gone.extend(some.iter().map(|queued| queued.number));
        }
        gone.sort_unstable();
        (gone, outcome)
    }

    /// Says values of one datastream. `Token` where this gateway does not speak for the node, by what the cloud says now.
    async fn say(&self, device: DeviceId, pin: Pin, some: &[Queued]) -> Result<(), Unheard> {
        let points: Vec<_> = some
            .iter()
            .map(|queued| (queued.at, queued.text.as_str()))
            .collect();
        loop {
            let token = self.rosters.token_of(device).ok_or(Unheard::Token)?;
            let said = self.rosters.cloud().points(&token, pin, &points).await;
            match said {
                // The node may have gone, or the gateway is not known any more, which is another matter.
                Err(Unheard::Token) => {
                    let asked = self.rosters.refresh().await;
                    asked.map_err(|why| match why {
                        Unheard::Token => Unheard::Away(why.to_string()),
                        why => why,
                    })?;
                    if self.rosters.token_of(device).is_none_or(|now| now == token) {
                        return Err(Unheard::Token);
                    }
                }
                said => {
                    self.rosters.note(&said);
                    return said;
                }
            }
        }
    }
}
