//! A claim by identifier that waits for the word of the maker's support.
//!
//! It is no state of the device: anybody may ask for any device, several at once, and nothing changes for whoever has it.
//! Where the claim that support approved is undone, it waits again as if nobody had decided: whoever asked was told nothing, and
//! is to have an answer.

use handover_wire::ApprovalState;

use crate::clock::Time;

/// Seconds in which support can decide.
const OPEN_SECONDS: i64 = 7 * 24 * 3_600;

/// Where such a claim is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waiting {
    /// Nobody has decided.
    Pending {
        /// When it is too late.
        until: Time,
    },
    /// The device is the asker's.
    Approved,
    /// Somebody said no.
    Refused,
    /// Nobody decided in time.
    Expired,
}

/// It was decided before, or its time is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it was decided before, or nobody decided in time")]
pub struct Decided;

impl Waiting {
    /// Somebody asks.
    pub fn new(now: Time) -> Self {
        Self::Pending {
            until: now.plus_seconds(OPEN_SECONDS),
        }
    }

    /// As the database has it. What nobody decided in time is over, be it written down yet or not.
    pub fn of(state: ApprovalState, until: Time, now: Time) -> Self {
        match state {
            ApprovalState::Pending if now < until => Self::Pending { until },
            ApprovalState::Pending | ApprovalState::Expired => Self::Expired,
            ApprovalState::Approved => Self::Approved,
            ApprovalState::Refused => Self::Refused,
        }
    }

    /// What it is called.
    pub fn state(self) -> ApprovalState {
        match self {
            Self::Pending { .. } => ApprovalState::Pending,
            Self::Approved => ApprovalState::Approved,
            Self::Refused => ApprovalState::Refused,
            Self::Expired => ApprovalState::Expired,
        }
    }

    /// Support decides.
    pub fn decide(self, approves: bool) -> Result<Self, Decided> {
        match (self, approves) {
            (Self::Pending { .. }, true) => Ok(Self::Approved),
            (Self::Pending { .. }, false) => Ok(Self::Refused),
            (Self::Approved | Self::Refused | Self::Expired, _) => Err(Decided),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Whatever happens in whatever order, there is one decision, and it came in time.
        #[test]
        fn it_is_decided_once_and_in_time(
            steps in prop::collection::vec((0..4 * 24 * 3_600_i64, any::<bool>()), 1..8),
        ) {
            let mut now = Time(0);
            let mut kept = Waiting::new(now);
            let Waiting::Pending { until } = kept else { unreachable!() };
            let mut decisions = Vec::new();
            for (pause, approves) in steps {
                now = now.plus_seconds(pause);
                // A restart: it comes back from the database.
                kept = Waiting::of(kept.state(), until, now);
                match kept.decide(approves) {
                    Ok(decided) => {
                        decisions.push(approves);
                        prop_assert!(now < until);
                        prop_assert_eq!(decided == Waiting::Approved, approves);
                        kept = decided;
                    }
                    Err(Decided) => prop_assert!(now >= until || !decisions.is_empty()),
                }
            }
            prop_assert!(decisions.len() <= 1);
        }
    }
}
