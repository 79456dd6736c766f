//! What one device of a fleet does and when: steps that follow from the fleet and the device's number alone.

use std::collections::VecDeque;
use std::time::Duration;

use handover_device::Dice;
use serde::{Deserialize, Serialize};

use crate::fleet::{Failure, Fleet, Mishap};
use crate::signal::Measured;

/// How wrong a clock is at the most: as after a battery that was empty for a month.
const MOST_WRONG: Duration = Duration::from_secs(30 * 24 * 3_600);
/// What the file is called that a device uploads: the newest takes the place of the one before.
const LOG: &str = "log.txt";
/// How long a flooding firmware waits from one message to the next.
const FLOOD_EVERY: Duration = Duration::from_millis(5);

/// What the dice of one device of a fleet begin with.
fn seed_of(fleet: &Fleet, number: u32) -> u64 {
    fleet.seed ^ u64::from(number).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// When something happens next: as often on average as it should, and not in step with anything.
fn next_mishap(dice: &mut Dice, failure: Failure, after: Duration) -> Duration {
    let luck = 1.0 - dice.fraction();
    let seconds = -luck.ln() / failure.per_hour.max(f64::MIN_POSITIVE) * 3_600.0;
    // What is later than any fleet lasts does not happen.
    let wait = Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX);
    after.checked_add(wait).unwrap_or(Duration::MAX)
}

/// By how many milliseconds a clock is wrong: behind, as most wrong clocks are, or ahead.
fn wrong_by(dice: &mut Dice) -> i64 {
    let wrong = dice.between(Duration::from_secs(60), MOST_WRONG);
    let wrong = i64::try_from(wrong.as_millis()).unwrap_or_default();
    match dice.happens(0.25) {
        true => wrong,
        false => -wrong,
    }
}

/// Something that a device does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Act {
    /// It connects and signs in.
    Connect,
    /// It writes a datastream.
    Write {
        /// Which.
        pin: u8,
        /// What.
        value: String,
        /// By how many milliseconds its clock is wrong, where it says of which time that is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        clock: Option<i64>,
    },
    /// It uploads a file.
    Upload {
        /// What it is called.
        name: String,
        /// What is in it.
        text: String,
    },
    /// It is not heard any more, and nothing tells the cloud.
    Vanish {
        /// Whether it has no power either, and forgets what it has not stored.
        #[serde(default, skip_serializing_if = "is_false")]
        off: bool,
    },
    /// The clock of a mesh's gateway is wrong from now on, or right again.
    Clock {
        /// By how many milliseconds.
        wrong: Option<i64>,
    },
    /// It is on this side of a mesh that is cut, and hears those who are; 0 is where everybody is else.
    Side {
        /// Which.
        side: u8,
    },
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde asks for a reference"
)]
fn is_false(is: &bool) -> bool {
    !is
}

/// When a device does what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// How long after the fleet's start.
    pub at: Duration,
    /// What.
    pub act: Act,
}

/// All steps of one device, in the order of time.
pub type Steps = Box<dyn Iterator<Item = Step> + Send>;

/// Those of each, by its number.
pub type Scripts = Box<dyn FnMut(u32) -> Steps + Send>;

/// A mishap that is to come.
#[derive(Clone, Debug)]
struct Coming {
    failure: Failure,
    at: Duration,
}

/// The steps of one device, in the order of time, up to the fleet's end.
#[derive(Clone, Debug)]
pub struct Script {
    dice: Dice,
    every: Duration,
    end: Duration,
    measured: Vec<Measured>,
    /// With how many of its reports it uploads its log, as a share.
    uploads: f64,
    coming: Vec<Coming>,
    /// When the network fails for this device, and when it is back.
    partition: Option<(Duration, Duration)>,
    /// By how many milliseconds its clock is wrong, and until when.
    clock: Option<(i64, Duration)>,
    /// When it reports next.
    report: Duration,
    /// Steps that are certain already.
    ready: VecDeque<Step>,
}

impl Script {
    /// What the device with this number does, from 0 on.
    pub fn new(fleet: &Fleet, number: u32) -> Self {
        let mut dice = Dice::new(seed_of(fleet, number));
        let own = dice.roll();
        let start = dice.between(Duration::ZERO, fleet.arrive);
        let mut script = Self {
            every: fleet.every,
            end: fleet.lasts,
            measured: fleet
                .sources
                .iter()
                .map(|&source| Measured::new(source, own))
                .collect(),
            uploads: fleet.uploads * fleet.every.as_secs_f64() / 3_600.0,
            coming: Vec::new(),
            partition: None,
            clock: None,
            report: start,
            ready: VecDeque::from([Step {
                at: start,
                act: Act::Connect,
            }]),
            dice,
        };
        for &failure in &fleet.failures {
            let at = script.next_mishap(failure, start);
            script.coming.push(Coming { failure, at });
        }
        if let Some((at, lasts, share)) = fleet.partition
            && script.dice.happens(share)
            && at >= start
        {
            script.partition = Some((at, at + lasts));
        }
        script
    }

    fn next_mishap(&mut self, failure: Failure, after: Duration) -> Duration {
        next_mishap(&mut self.dice, failure, after)
    }

    /// Works out what comes next.
    fn go_on(&mut self) {
        let next = self
            .coming
            .iter()
            .enumerate()
            .min_by_key(|(_, coming)| coming.at);
        let next = next.map(|(index, coming)| (index, coming.at));
        let cut = self.partition.map(|(at, _)| at);
        match (next, cut) {
            (mishap, Some(at))
                if at <= self.report && mishap.is_none_or(|(_, first)| at <= first) =>
            {
                let (from, until) = self.partition.take().unwrap_or_default();
                let _ = self.away(from, until, false);
            }
            (Some((index, at)), _) if at <= self.report => self.befall(index),
            _ => self.measure(),
        }
    }

    fn measure(&mut self) {
        let at = self.report;
        let clock = self.clock_at(at);
        let mut text = String::new();
        for measured in &mut self.measured {
            let (pin, value) = (measured.pin(), measured.at(at));
            text += &format!("V{pin}={value}\n");
            self.ready.push_back(Step {
                at,
                act: Act::Write { pin, value, clock },
            });
        }
        // Where nothing is uploaded no dice are thrown for it: fleets of before do what they did.
        if self.uploads > 0.0 && !text.is_empty() && self.dice.happens(self.uploads) {
            let name = LOG.to_owned();
            let act = Act::Upload { name, text };
            self.ready.push_back(Step { at, act });
        }
        let least = self.every.mul_f64(0.9);
        let wait = self.dice.between(least, self.every.mul_f64(1.1));
        // However short it is, time goes on.
        self.report = at + wait.max(Duration::from_millis(1));
    }

    fn clock_at(&self, at: Duration) -> Option<i64> {
        let (wrong, until) = self.clock?;
        (at < until).then_some(wrong)
    }

    /// Its clock is wrong from now on.
    fn mistime(&mut self, until: Duration) {
        self.clock = Some((wrong_by(&mut self.dice), until));
    }

    fn befall(&mut self, index: usize) {
        let Coming { failure, at } = self.coming[index].clone();
        let until = at + self.dice.between(failure.lasts / 2, failure.lasts);
        let until = match failure.mishap {
            Mishap::RadioLoss => self.away(at, until, false),
            Mishap::PowerCut => {
                let until = self.away(at, until, true);
                let on = |measured: &mut Measured| measured.switch_on(until);
                self.measured.iter_mut().for_each(on);
                until
            }
            Mishap::Flood => {
                let others = self.coming.iter().enumerate();
                let others = others
                    .filter(|(other, _)| *other != index)
                    .map(|(_, coming)| coming.at);
                let cut = self.partition.map(|(at, _)| at);
                // Whatever befalls it meanwhile ends the flood.
                let until = others.chain(cut).fold(until, Duration::min);
                self.flood(at, until);
                until
            }
            Mishap::ClockWrong => {
                self.mistime(until);
                until
            }
        };
        self.coming[index].at = self.next_mishap(failure, until);
    }

    /// It is gone, and comes back at the time that this gives: what would befall it meanwhile does not.
    fn away(&mut self, from: Duration, until: Duration, off: bool) -> Duration {
        // A network that fails meanwhile keeps it away until it is back.
        let until = match self.partition {
            Some((at, back)) if at <= until => {
                self.partition = None;
                until.max(back)
            }
            _ => until,
        };
        self.ready.push_back(Step {
            at: from,
            act: Act::Vanish { off },
        });
        self.ready.push_back(Step {
            at: until,
            act: Act::Connect,
        });
        self.report = self.report.max(until);
        for index in 0..self.coming.len() {
            if self.coming[index].at < until {
                self.coming[index].at = self.next_mishap(self.coming[index].failure, until);
            }
        }
        until
    }

    fn flood(&mut self, from: Duration, until: Duration) {
        let mut at = from;
        let clock = self.clock_at(at);
        while at < until.min(self.end) && !self.measured.is_empty() {
            let index = self.dice.below(self.measured.len() as u64);
            let measured = &mut self.measured[usize::try_from(index).unwrap_or_default()];
            let (pin, value) = (measured.pin(), measured.at(at));
            self.ready.push_back(Step {
                at,
                act: Act::Write { pin, value, clock },
            });
            at += FLOOD_EVERY;
        }
        self.report = self.report.max(until);
    }
}

impl Iterator for Script {
    type Item = Step;

    fn next(&mut self) -> Option<Step> {
        while self.ready.is_empty() {
            // Who measures nothing, as a gateway, and is not befallen any more does nothing more.
            let coming = self.coming.iter().map(|coming| coming.at);
            let cut = self.partition.map(|(at, _)| at);
            if coming.chain(cut).fold(self.report, Duration::min) >= self.end {
                return None;
            }
            self.go_on();
        }
        self.ready.pop_front().filter(|step| step.at < self.end)
    }
}

/// What goes wrong with the clock of a mesh's gateway, which says of everything when it was heard: a sequence by itself, since
/// the clock is wrong whatever else befalls the gateway.
pub fn clocks(fleet: &Fleet, number: u32) -> impl Iterator<Item = Step> + Send + use<> {
    let mut dice = Dice::new(seed_of(fleet, number).rotate_left(17));
    let end = fleet.lasts;
    let failures = fleet.failures.iter();
    let failure = failures
        .copied()
        .find(|one| one.mishap == Mishap::ClockWrong);
    let mut right = Duration::ZERO;
    let both = std::iter::from_fn(move || {
        let failure = failure?;
        let wrong = next_mishap(&mut dice, failure, right);
        // Before it overflows.
        if wrong >= end {
            return None;
        }
        right = wrong + dice.between(failure.lasts / 2, failure.lasts);
        let act = |at, wrong| Step {
            at,
            act: Act::Clock { wrong },
        };
        Some([act(wrong, Some(wrong_by(&mut dice))), act(right, None)])
    });
    both.flatten().filter(move |step| step.at < end)
}

#[cfg(test)]
mod tests;
