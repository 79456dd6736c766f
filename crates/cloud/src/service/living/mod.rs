//! Devices that live: who they are (`known`), who speaks for them (`carrying`), what they say (`saying`), how a connection says it (`talk`), whether they are there (`liveness`), and what
//! people have them do (`telling`).
//!
//! What devices say goes through one queue of each process (`Hub`), and whatever has gathered there becomes durable in one
//! commit: a message waits for the commit under way at the most. How much goes into one, and how much is taken before any of
//! it is durable, follows from how long the last ones took (`domain/pace.rs`), so that all that was taken is durable within 100
//! milliseconds on a disk that keeps up. A message over HTTP is answered once it is durable, and one over MQTT with QoS 1 or 2
//! is acknowledged then. Others over a connection are not acknowledged, as published: a crash loses what came of them within
//! those 100 milliseconds, and of each connection one more that waited to be taken.

mod asking;
mod carrying;
mod known;
mod liveness;
mod mesh;
mod saying;
mod shown;
mod strangers;
mod talk;
mod telling;
mod time_there;
mod turn;

pub use asking::heard;
pub use carrying::{Bag, gateway, join, node, nodes, refuse, refuse_request, speaks_for};
pub use known::{NotKnown, known};
#[cfg(test)]
pub use liveness::sweep;
use liveness::{connect, disconnect};
pub use mesh::{ReportError, orders, report, short_address};
pub use saying::{HeardMessage, Said, Unsaid, Via, Which, keep, say};
pub use shown::{Held, details, events, held, history, kept, last_heard, meta, parts, properties};
pub use strangers::Strangers;
pub use talk::{HEARTBEAT, HEARTBEATS, Talk, leave_seat, take_seat};
pub use telling::{SetError, pending, set, was_answered, was_told, was_written, watch};
pub use time_there::time_there;
pub use turn::Turn;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use handover_wire::{DeviceId, TemplateParts};
use tokio::sync::{Notify, Semaphore, broadcast, mpsc};

use crate::domain::Pace;
use crate::entropy::{Entropy, bytes};
use crate::store::{StoreError, Work};

/// Devices that were woken and that a gateway has not looked at yet; it looks at all of its own where there are more.
const MOST_WOKEN: usize = 256;
/// Templates that are remembered.
const MOST_TEMPLATES: usize = 256;

/// What a process knows about the devices that speak with it. All that matters stands in the database.
pub struct Hub {
    /// This process among all on the database.
    pub process: i64,
    /// Seconds for which a device counts as there after a message over HTTP.
    pub http_seconds: i64,
    /// Messages that wait for a commit, as many as there is room for; whoever has one more waits with it.
    queue: mpsc::UnboundedSender<saying::Job>,
    jobs: Mutex<Option<mpsc::UnboundedReceiver<saying::Job>>>,
    room: Arc<Semaphore>,
    seats: Mutex<HashMap<DeviceId, Seat>>,
    carriers: Mutex<HashMap<DeviceId, Vec<carrying::Carrier>>>,
    strangers: Mutex<Strangers>,
    templates: Mutex<HashMap<(i64, i64), Arc<TemplateParts>>>,
    /// Devices that are to be told something, for gateways that wait for that.
    woken: broadcast::Sender<DeviceId>,
}

/// The live connection of a device.
#[derive(Clone)]
pub struct Seat {
    /// Its number.
    pub session: i64,
    /// Woken where the device is to be told something.
    pub wake: Arc<Notify>,
    /// Over where a newer connection takes the place.
    pub turn: Arc<Turn>,
}

impl Hub {
    /// Of a process that nobody speaks with yet.
    pub fn new(entropy: &dyn Entropy, http_seconds: i64) -> Self {
        let (queue, jobs) = mpsc::unbounded_channel();
        Self {
            process: number(entropy),
            http_seconds,
            queue,
            jobs: Mutex::new(Some(jobs)),
            room: Arc::new(Semaphore::new(Pace::default().of_a_change())),
            seats: Mutex::default(),
            carriers: Mutex::default(),
            strangers: Mutex::default(),
            templates: Mutex::default(),
            woken: broadcast::Sender::new(MOST_WOKEN),
        }
    }

    fn seats(&self) -> MutexGuard<'_, HashMap<DeviceId, Seat>> {
        self.seats.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What gateways were refused over HTTP.
    fn strangers(&self) -> MutexGuard<'_, Strangers> {
        self.strangers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn carriers(&self) -> MutexGuard<'_, HashMap<DeviceId, Vec<carrying::Carrier>>> {
        self.carriers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn templates(&self) -> MutexGuard<'_, HashMap<(i64, i64), Arc<TemplateParts>>> {
        self.templates
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Wakes the connection of a device, and that of its gateway, where this process has it.
    fn wake(&self, device: DeviceId) {
        self.wake_carrier(device);
        self.rearranged([device]);
        if let Some(seat) = self.seats().get(&device) {
            seat.wake.notify_one();
        }
    }

    /// Pairings have changed: gateways that wait for orders, and for whichever of these, look.
    pub fn rearranged(&self, devices: impl IntoIterator<Item = DeviceId>) {
        for device in devices {
            // Nobody may wait.
            let _ = self.woken.send(device);
        }
    }

    /// What belongs to a template, by its numeric id and revision.
    async fn template(
        &self,
        work: &mut Work,
        template: (i64, i64),
    ) -> Result<Arc<TemplateParts>, StoreError> {
        if let Some(parts) = self.remembered(template.0, template.1) {
            return Ok(parts);
        }
        let parts = work.parts(template.0).await?;
        Ok(self.remember(template.0, template.1, parts))
    }

    /// The same where it is remembered.
    fn remembered(&self, template: i64, revision: i64) -> Option<Arc<TemplateParts>> {
        self.templates().get(&(template, revision)).cloned()
    }

    fn remember(&self, template: i64, revision: i64, parts: TemplateParts) -> Arc<TemplateParts> {
        let parts = Arc::new(parts);
        let mut templates = self.templates();
        if templates.len() >= MOST_TEMPLATES {
            templates.clear();
        }
        templates.insert((template, revision), parts.clone());
        parts
    }
}

/// A number that nothing else has.
pub fn number(entropy: &dyn Entropy) -> i64 {
    i64::from_be_bytes(bytes(entropy)) & i64::MAX
}
