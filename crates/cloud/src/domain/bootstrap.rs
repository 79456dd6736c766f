//! Which machine is the device that an identifier names: machines say that they are it, each with a secret of its own
//! (their pin), and the device's owner says which one is right. None gets the device's token before that.
//!
//! A pin is provisional: anybody can be the first to say it. So it is no claim on anything, keeps nobody out, and a second
//! one is a conflict that a button does not settle: only the owner does, by the four digits that the right machine shows.
//!
//! Before a device is anybody's, a press proves that somebody is beside it. There the first machine's counts, however many
//! come after it: a device that was switched on before it was sold is the first, so no stranger can claim with a button of
//! their own, nor stop its own from claiming. Whose claim it proves is settled at the moment of the press, by who waits for it
//! then: theirs who waits alone, nobody's where several do, and whoever's where none does. So nobody is quicker with an app in
//! hand than the one who waited.

use handover_wire::{PinState, UserId};

use crate::clock::Time;
use crate::secrets::Digest;

/// Seconds for which the press of a button counts: before a claim that it proves, and after the owner was told to press.
pub const PRESS_SECONDS: i64 = 5 * 60;

/// Machines that may be the device at a time: with more the one that was silent for the longest is forgotten, and is there
/// again once it asks. Never the first: its button is the one that proves a claim. To crowd out one that asks every few
/// seconds takes as many calls meanwhile, from more origins than one stranger has.
const MOST_CANDIDATES: usize = 64;
/// Machines that are remembered not to be it.
const MOST_REFUSED: usize = 64;

/// A machine that says that it is the device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pin {
    /// Of the secret that it made.
    pub digest: Digest,
    /// What is known of it.
    pub state: PinState,
    /// When it asked first.
    pub first_seen: Time,
    /// When it asked last.
    pub last_seen: Time,
    /// When its button was pressed last, and for whom.
    pub press: Option<Press>,
    /// How often that was. A button confirms with its first press alone: what presses again and again hits any moment.
    pub presses: i64,
}

/// Whose claim a press proves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PressFor {
    /// Nobody waited for it: whoever claims first.
    Whoever,
    /// Theirs alone who waited for it alone.
    Only(UserId),
    /// Several waited, so that it tells nothing of who stands beside the device.
    Nobody,
}

impl PressFor {
    /// By who waits at that moment.
    pub fn of(waiting: &[UserId]) -> Self {
        match waiting {
            [] => Self::Whoever,
            [one] => Self::Only(*one),
            _ => Self::Nobody,
        }
    }
}

/// A button was pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Press {
    /// When.
    pub at: Time,
    /// For whom.
    pub whose: PressFor,
}

impl Press {
    /// Whether it counts still.
    pub fn is_recent(self, now: Time) -> bool {
        self.at <= now && now <= self.at.plus_seconds(PRESS_SECONDS)
    }

    /// Whether it proves that whoever claims for this person stands beside the device now.
    pub fn proves_presence(self, owner: Option<UserId>, now: Time) -> bool {
        self.is_recent(now)
            && match self.whose {
                PressFor::Whoever => true,
                PressFor::Only(one) => owner == Some(one),
                PressFor::Nobody => false,
            }
    }
}

/// All that is known of who a device is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pins {
    all: Vec<Pin>,
    /// When the owner was told to press the button.
    awaited: Option<Time>,
}

/// What a machine says.
#[derive(Clone, Copy, Debug)]
pub struct Saying {
    /// Of its secret.
    pub pin: Digest,
    /// Whether its button is pressed, and for whom.
    pub pressed: Option<PressFor>,
    /// Whether the device is somebody's.
    pub owned: bool,
}

/// What comes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// It waits.
    Waits,
    /// It waits no longer: its button has told its owner's yes.
    ConfirmedNow,
    /// It is the device.
    Confirmed,
}

impl Heard {
    /// Whether it gets the device's token.
    pub fn gets_token(self) -> bool {
        self != Self::Waits
    }
}

/// No machine that can be told so asks with this pin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no such machine asks for the device's token")]
pub struct PinGone;

/// Several machines say that they are the device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("several machines say that they are the device")]
pub struct PinConflict;

/// Why four digits name no machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotNamed {
    /// None shows them.
    #[error(transparent)]
    Gone(#[from] PinGone),
    /// Two show the same.
    #[error(transparent)]
    Conflict(#[from] PinConflict),
}

impl Pins {
    /// As the database has them.
    pub fn of(all: Vec<Pin>, awaited: Option<Time>) -> Self {
        Self { all, awaited }
    }

    /// All of them, the first first.
    pub fn all(&self) -> &[Pin] {
        &self.all
    }

    /// The one of a secret.
    pub fn get(&self, pin: &Digest) -> Option<&Pin> {
        self.all.iter().find(|one| one.digest == *pin)
    }

    /// The one machine that shows what somebody sees. Of two that do their eyes cannot tell which is theirs.
    pub fn showing(&self, shows: impl Fn(&Digest) -> bool) -> Result<Digest, NotNamed> {
        let all = self.all.iter().map(|pin| pin.digest);
        let mut found = all.filter(shows);
        match (found.next(), found.next()) {
            (None, _) => Err(PinGone.into()),
            (Some(pin), None) => Ok(pin),
            (Some(_), Some(_)) => Err(PinConflict.into()),
        }
    }

    /// Those that were not refused.
    pub fn candidates(&self) -> impl Iterator<Item = &Pin> {
        let all = self.all.iter();
        all.filter(|pin| pin.state != PinState::Refused)
    }

    /// Whether several machines say that they are the device.
    pub fn is_conflict(&self) -> bool {
        self.candidates().nth(1).is_some()
    }

    /// Until when the first press of the button tells the owner's yes.
    pub fn awaited_until(&self, now: Time) -> Option<Time> {
        let until = self.awaited?.plus_seconds(PRESS_SECONDS);
        (now < until).then_some(until)
    }

    /// A machine says that it is the device. What is forgotten for it is given back.
    pub fn hear(&mut self, saying: Saying, now: Time) -> (Heard, Option<Digest>) {
        let known = self.all.iter().any(|pin| pin.digest == saying.pin);
        let forgotten = (!known).then(|| self.make_room()).flatten();
        if !known {
            self.all.push(Pin {
                digest: saying.pin,
                state: PinState::Waiting,
                first_seen: now,
                last_seen: now,
                press: None,
                presses: 0,
            });
        }
        let sole = !self.is_conflict();
        let awaited = self.awaited_until(now).is_some();
        let mut heard = Heard::Waits;
        for pin in &mut self.all {
            if pin.digest != saying.pin {
                continue;
            }
            pin.last_seen = now;
            if let Some(whose) = saying.pressed {
                pin.press = Some(Press { at: now, whose });
                pin.presses = pin.presses.saturating_add(1);
            }
            let first_press = saying.pressed.is_some() && pin.presses == 1;
            heard = match pin.state {
                PinState::Confirmed if saying.owned => Heard::Confirmed,
                PinState::Waiting if saying.owned && first_press && sole && awaited => {
                    pin.state = PinState::Confirmed;
                    Heard::ConfirmedNow
                }
                PinState::Waiting | PinState::Confirmed | PinState::Refused => Heard::Waits,
            };
        }
        (heard, forgotten)
    }

    /// Forgets one machine where there are as many as are remembered; never the one that is confirmed, nor the first.
    fn make_room(&mut self) -> Option<Digest> {
        if self.candidates().count() < MOST_CANDIDATES {
            return None;
        }
        let waiting = self.candidates().skip(1);
        let waiting = waiting.filter(|pin| pin.state == PinState::Waiting);
        let oldest = waiting.min_by_key(|pin| (pin.last_seen, pin.first_seen))?;
        let digest = oldest.digest;
        self.all.retain(|pin| pin.digest != digest);
        Some(digest)
    }

    /// The owner is told to press the button.
    pub fn await_press(&mut self, now: Time) -> Result<(), PinConflict> {
        if self.is_conflict() {
            return Err(PinConflict);
        }
        self.awaited = Some(now);
        Ok(())
    }

    /// The owner says that this machine is the device; so the others are not.
    pub fn confirm(&mut self, pin: &Digest) -> Result<(), PinGone> {
        self.get(pin).ok_or(PinGone)?;
        for one in &mut self.all {
            one.state = match one.digest == *pin {
                true => PinState::Confirmed,
                false => PinState::Refused,
            };
        }
        self.forget_refused();
        Ok(())
    }

    /// The owner says that this machine is not the device.
    pub fn refuse(&mut self, pin: &Digest) -> Result<(), PinGone> {
        self.get(pin).ok_or(PinGone)?;
        for one in self.all.iter_mut().filter(|one| one.digest == *pin) {
            one.state = PinState::Refused;
        }
        self.forget_refused();
        Ok(())
    }

    fn forget_refused(&mut self) {
        let refused = |pin: &Pin| pin.state == PinState::Refused;
        while self.all.iter().filter(|pin| refused(pin)).count() > MOST_REFUSED {
            let oldest = self.all.iter().filter(|pin| refused(pin));
            let Some(oldest) = oldest.min_by_key(|pin| pin.last_seen) else {
                return;
            };
            let digest = oldest.digest;
            self.all.retain(|pin| pin.digest != digest);
        }
    }

    /// A claim was proven by the button: that confirms the one machine that asks, if the press was its first.
    pub fn claimed_by_press(&mut self) -> bool {
        if self.is_conflict() {
            return false;
        }
        let mut confirmed = false;
        for pin in &mut self.all {
            if pin.state == PinState::Waiting && pin.presses == 1 {
                pin.state = PinState::Confirmed;
                confirmed = true;
            }
        }
        confirmed
    }
}

#[cfg(test)]
mod tests;
