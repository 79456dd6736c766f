//! What devices, and who says to be one, are refused over a connection, in the log: from where and why, and no more of it than a
//! log can bear. No token and nothing of what was said stands in it.

use std::collections::HashMap;
use std::fmt::Display;
use std::sync::{Mutex, PoisonError};

use handover_wire::DeviceId;

use super::Core;
use super::limits::Origin;
use crate::clock::Time;
use crate::domain::Limit;

/// Lines about one device at an address, and about all there who have not signed in,
const OF_ONE: Limit = Limit {
    at_once: 10,
    every: 60,
};
/// and about all of them: some megabytes a day at the most.
const OF_ALL: Limit = Limit {
    at_once: 100,
    every: 5,
};
/// Of how many that is remembered. Who is not is counted among all.
const MOST: usize = 4_096;

/// After so many seconds what was left out is told, also where no other line comes.
const TOLD_AFTER: i64 = OF_ONE.every;

/// Whom a line is about: an address, and which device there where that is known, so that those behind one router hide nothing of
/// each other. Without an address it is a device, wherever that is.
type Subject = (Option<Origin>, Option<DeviceId>);

/// What was said of whom.
#[derive(Default)]
pub struct Refusals(Mutex<Said>);

#[derive(Default)]
struct Said {
    /// When all that was said of one is forgotten.
    one: HashMap<Subject, Time>,
    all: Option<Time>,
    left_out: u64,
    /// When the first of those was.
    left_out_since: Option<Time>,
}

impl Refusals {
    /// Whether one more line may be written; if so, how many were not since the one before.
    fn may_say(&self, of: Subject, now: Time) -> Option<u64> {
        let mut said = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Ok((one, all)) = said.next(of, now) else {
            said.left_out += 1;
            said.left_out_since.get_or_insert(now);
            return None;
        };
        said.all = Some(all);
        if let Some(one) = one {
            said.one.insert(of, one);
        }
        Some(said.take_left_out())
    }

    /// How many lines were left out, where that is to be told although no other line comes.
    fn due(&self, now: Time) -> Option<u64> {
        let mut said = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let since = said.left_out_since?;
        (since.plus_seconds(TOLD_AFTER) <= now).then(|| said.take_left_out())
    }
}

impl Said {
    fn take_left_out(&mut self) -> u64 {
        self.left_out_since = None;
        std::mem::take(&mut self.left_out)
    }

    /// Until when it is counted with one more line: of the subject, where that is remembered, and of all.
    fn next(
        &mut self,
        of: Subject,
        now: Time,
    ) -> Result<(Option<Time>, Time), crate::domain::TooOften> {
        if self.one.len() >= MOST {
            self.one.retain(|_, until| *until > now);
        }
        let known = self.one.get(&of).copied();
        let is_remembered = known.is_some() || self.one.len() < MOST;
        let one = is_remembered.then(|| OF_ONE.take(known, now)).transpose()?;
        Ok((one, OF_ALL.take(self.all, now)?))
    }
}

/// How many lines were not written is said in a line of its own: they were about anybody.
fn tell(left_out: u64) {
    if left_out > 0 {
        tracing::warn!(
            left_out,
            "refusals of any devices were too many to be told one by one"
        );
    }
}

fn may_say(core: &Core, of: Subject) -> bool {
    let left_out = core.refusals.may_say(of, core.now());
    left_out.into_iter().for_each(tell);
    left_out.is_some()
}

/// Whether a line about a device may be written, wherever that is.
pub fn may_tell_of(core: &Core, device: DeviceId) -> bool {
    may_say(core, (None, Some(device)))
}

/// Says what was left out a while ago, where no line came since that would have said so.
pub fn tell_left_out(core: &Core) {
    core.refusals.due(core.now()).into_iter().for_each(tell);
}

/// The other end of a connection, as the log names it.
#[derive(Clone, Copy, Debug)]
pub struct Peer {
    /// Where it is.
    pub origin: Origin,
    /// What it speaks.
    pub speaks: &'static str,
}

impl Peer {
    /// Whether a line may be written.
    fn may_say(self, core: &Core, device: Option<DeviceId>) -> bool {
        may_say(core, (Some(self.origin), device))
    }

    /// It is not signed in.
    pub fn refused(self, core: &Core, why: impl Display) {
        if self.may_say(core, None) {
            let (address, speaks) = (self.origin.text(), self.speaks);
            tracing::warn!(address, speaks, %why, "a device is not signed in");
        }
    }

    /// Something that a device said is as if it had not been said.
    pub fn unheard(self, core: &Core, device: DeviceId, why: impl Display) {
        if self.may_say(core, Some(device)) {
            let (address, speaks) = (self.origin.text(), self.speaks);
            tracing::warn!(%device, address, speaks, %why, "what a device says is refused");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use super::*;

    fn from(number: u32) -> Subject {
        let origin = Origin::of(IpAddr::V4(Ipv4Addr::from_bits(number)));
        (Some(origin), None)
    }

    #[test]
    fn a_device_hides_nothing_of_another_at_the_same_address() {
        let refusals = Refusals::default();
        let now = Time(1_000_000);
        let (address, _) = from(1);
        let said = |device| refusals.may_say((address, device), now);
        let loud = (0..14).filter(|_| said(Some(DeviceId(2))).is_some());
        assert_eq!(loud.count(), 10);
        assert_eq!(said(Some(DeviceId(1))), Some(4));
        assert_eq!(said(None), Some(0), "who has not signed in");
    }

    #[test]
    fn a_flood_from_one_address_fills_no_log_and_hides_no_other() {
        let refusals = Refusals::default();
        let now = Time(1_000_000);
        let said = (0..5_000).filter(|_| refusals.may_say(from(1), now).is_some());
        assert_eq!(said.count(), 10);
        // Another one is heard of, and with it how much was not said.
        assert_eq!(refusals.may_say(from(2), now), Some(4_990));
        assert_eq!(refusals.may_say(from(1), now.plus_seconds(59)), None);
        assert_eq!(refusals.may_say(from(1), now.plus_seconds(60)), Some(1));
    }

    #[test]
    fn what_was_left_out_is_told_a_minute_later_where_nothing_else_is() {
        let refusals = Refusals::default();
        let now = Time(1_000_000);
        assert_eq!(refusals.due(now.plus_seconds(900)), None);
        let said = (0..14).filter(|_| refusals.may_say(from(1), now).is_some());
        assert_eq!(said.count(), 10);
        assert_eq!(refusals.due(now.plus_seconds(59)), None);
        assert_eq!(refusals.due(now.plus_seconds(60)), Some(4));
        assert_eq!(refusals.due(now.plus_seconds(900)), None, "once");
    }

    #[test]
    fn a_flood_from_ever_new_addresses_fills_neither_log_nor_memory() {
        let refusals = Refusals::default();
        let now = Time(1_000_000);
        let said = (0..100_000).filter(|number| refusals.may_say(from(*number), now).is_some());
        assert_eq!(said.count(), 100);
        let later = now.plus_seconds(1_000);
        assert!(refusals.may_say(from(7), later).is_some());
        assert!(refusals.0.lock().expect("not poisoned").one.len() <= MOST);
    }
}
