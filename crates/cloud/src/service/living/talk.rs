//! What every live connection does, whatever it speaks: it takes the device's seat, says things in the device's name, and
//! notes that the device is there.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use handover_wire::DeviceId;
use tokio::sync::oneshot;

use super::{Said, Seat, Unsaid, Via, connect, disconnect, say};
use crate::clock::Time;
use crate::service::Core;
use crate::service::limits::Origin;

/// Seconds between two signs of life, until a device says how many.
pub const HEARTBEAT: i64 = 60;
/// What devices may say: no shorter than what a network needs, no longer than an hour.
pub const HEARTBEATS: std::ops::RangeInclusive<i64> = 5..=3_600;
/// Messages of one device that wait to become durable; it is not listened to further until one has.
const MOST_WAITING: usize = 64;
/// Seconds for which the database believes in a connection beyond the time that the connection itself is given: enough for
/// a process that is killed to be the only way to get there.
const BEYOND: i64 = 10;

/// Seconds for which a device with this heartbeat is there without a sign of life.
fn seconds(heartbeat: i64) -> i64 {
    heartbeat + heartbeat / 2 + BEYOND
}

/// What became of something said.
type Durable = oneshot::Receiver<Result<(), Unsaid>>;

/// Takes the device's seat for a new connection. None where there is no such device any more, or it cannot be told.
pub async fn take_seat(
    core: &Core,
    device: DeviceId,
    origin: Origin,
    heartbeat: i64,
) -> Option<Seat> {
    match connect(core, device, &origin.text(), seconds(heartbeat)).await {
        Ok(seat) => seat,
        Err(error) => {
            tracing::error!(%error, "a device could not be signed in");
            None
        }
    }
}

/// A connection has ended, and all that it said is durable. Where a newer one takes its place, that one says that the device is
/// there.
pub async fn leave_seat(core: &Core, device: DeviceId, seat: &Seat) {
    seat.turn.fall_silent();
    if seat.turn.is_over() {
        return;
    }
    if let Err(error) = disconnect(core, device, seat.session).await {
        tracing::warn!(%error, "that a device is gone could not be noted; it will be when its time is over");
    }
}

/// What a connection says, in its order; `T` is what the connection knows each thing by.
pub struct Talk<T> {
    /// Everything that it needs.
    pub core: Arc<Core>,
    /// Whose connection it is.
    pub device: DeviceId,
    session: i64,
    heartbeat: i64,
    waiting: VecDeque<(T, Durable)>,
    /// When the database was last told that the device is there.
    noted: Time,
}

impl<T: Copy> Talk<T> {
    /// Of a connection that has the device's seat.
    pub fn new(core: Arc<Core>, device: DeviceId, seat: &Seat, heartbeat: i64) -> Self {
        Self {
            noted: core.now(),
            core,
            device,
            session: seat.session,
            heartbeat,
            waiting: VecDeque::new(),
        }
    }

    /// The device gives signs of life this often from now on.
    pub fn set_heartbeat(&mut self, seconds: i64) {
        self.heartbeat = taken(seconds);
    }

    /// Is over once the device, heard of now, has been silent for longer than it may.
    pub fn silence(&self) -> BoxFuture<'static, ()> {
        self.core.clock.pass(silence(self.heartbeat))
    }

    /// Whether so much waits to become durable that nothing more is to be heard.
    pub fn is_full(&self) -> bool {
        self.waiting.len() >= MOST_WAITING
    }

    /// Whether everything is durable.
    pub fn is_settled(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Says something; `outcome` tells what became of it.
    pub async fn say(&mut self, known_by: T, said: Said) {
        let via = Via::Connection {
            session: self.session,
            seconds: seconds(self.heartbeat),
        };
        let heard = say(&self.core, self.device, said, via).await;
        self.waiting.push_back((known_by, heard));
    }

    /// Says something for a node of this gateway.
    pub async fn say_for(&mut self, node: DeviceId, known_by: T, said: Said) {
        let via = Via::Gateway(self.device);
        let heard = say(&self.core, node, said, via).await;
        self.waiting.push_back((known_by, heard));
    }

    /// Notes now and then that the device is there, though it says nothing.
    pub async fn note_life(&mut self, known_by: T) {
        let half = u64::try_from(self.heartbeat * 500).unwrap_or_default();
        let now = self.core.now();
        // In either direction: what the database was told is in the time of a clock that may be set.
        if now.0.abs_diff(self.noted.0) >= half {
            self.noted = now;
            self.say(known_by, Said::Here).await;
        }
    }

    /// Waits for the oldest that is not durable yet; for ever where there is none. It may be dropped while it waits.
    pub async fn outcome(&mut self) -> (T, Result<(), Unsaid>) {
        let Some((known_by, heard)) = self.waiting.front_mut() else {
            return std::future::pending().await;
        };
        let known_by = *known_by;
        let outcome = heard.await.unwrap_or(Err(Unsaid::Broken));
        self.waiting.pop_front();
        (known_by, outcome)
    }
}

/// How often a device gives signs of life, as far as that is believed.
fn taken(seconds: i64) -> i64 {
    seconds.clamp(*HEARTBEATS.start(), *HEARTBEATS.end())
}

/// How long a device that gives signs of life this often may be silent before it counts as away: one and a half times as long.
fn silence(heartbeat: i64) -> Duration {
    Duration::from_millis(u64::try_from(heartbeat * 1_500).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_may_be_silent_for_one_and_a_half_heartbeats() {
        for (said, seconds) in [
            (10, 15.0),
            (40, 60.0),
            (45, 67.5),
            (50, 75.0),
            (60, 90.0),
            (HEARTBEAT, 90.0),
            (600, 900.0),
            // Nobody is cut off every moment, and nobody is there for days after the last word.
            (0, 7.5),
            (-1, 7.5),
            (i64::MAX, 5_400.0),
        ] {
            assert_eq!(silence(taken(said)).as_secs_f64(), seconds, "{said}");
        }
    }
}
