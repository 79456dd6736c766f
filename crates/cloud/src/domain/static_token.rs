//! The life of a static token: made, claimed, revoked.

use handover_wire::{DeviceId, OrgId, UserId};

use crate::clock::Time;

/// A static token's state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenState {
    /// Nobody's.
    Unclaimed {
        /// Whether somebody had it before and gave it back.
        owned_before: bool,
    },
    /// Somebody's.
    Claimed(Claimed),
    /// Taken out of use for good.
    Revoked,
}

/// Whose it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claimed {
    /// The owner.
    pub owner: UserId,
    /// The organization that it was claimed into.
    pub org: OrgId,
    /// The device that came of it.
    pub device: DeviceId,
    /// When.
    pub at: Time,
}

/// Which of a token's two secrets the label shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClaimWith {
    /// The one that is made for claiming.
    QrToken,
    /// The device's credential: former owners, exports and gateways know it too.
    AuthToken,
}

/// What a claim comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transition {
    /// It becomes the claimer's.
    Claim,
    /// It was in the claimer's organization before.
    AlreadyYours(DeviceId),
}

/// The one refusal. It has no reason on purpose: a reason would tell a guesser what exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this label cannot be claimed")]
pub struct NotClaimable;

impl TokenState {
    /// What a claim into the organization `into` comes to.
    pub fn claim(self, with: ClaimWith, into: OrgId) -> Result<Transition, NotClaimable> {
        match (self, with) {
            (Self::Claimed(claimed), _) if claimed.org == into => {
                Ok(Transition::AlreadyYours(claimed.device))
            }
            (Self::Unclaimed { .. }, ClaimWith::QrToken)
            | (
                Self::Unclaimed {
                    owned_before: false,
                },
                ClaimWith::AuthToken,
            ) => Ok(Transition::Claim),
            (Self::Unclaimed { .. } | Self::Claimed(_) | Self::Revoked, _) => Err(NotClaimable),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(org: i64, at: Time) -> Claimed {
        Claimed {
            owner: UserId(org * 10),
            org: OrgId(org),
            device: DeviceId(1),
            at,
        }
    }

    #[test]
    fn the_table_of_claims() {
        const NEW: TokenState = TokenState::Unclaimed {
            owned_before: false,
        };
        const BACK: TokenState = TokenState::Unclaimed { owned_before: true };
        let ours = TokenState::Claimed(of(1, Time(0)));
        let theirs = TokenState::Claimed(of(2, Time(0)));
        let yours = Ok(Transition::AlreadyYours(DeviceId(1)));
        for (state, with, want) in [
            (NEW, ClaimWith::QrToken, Ok(Transition::Claim)),
            (NEW, ClaimWith::AuthToken, Ok(Transition::Claim)),
            (BACK, ClaimWith::QrToken, Ok(Transition::Claim)),
            (BACK, ClaimWith::AuthToken, Err(NotClaimable)),
            (ours, ClaimWith::QrToken, yours),
            (ours, ClaimWith::AuthToken, yours),
            (theirs, ClaimWith::QrToken, Err(NotClaimable)),
            (theirs, ClaimWith::AuthToken, Err(NotClaimable)),
            (TokenState::Revoked, ClaimWith::QrToken, Err(NotClaimable)),
            (TokenState::Revoked, ClaimWith::AuthToken, Err(NotClaimable)),
        ] {
            assert_eq!(state.claim(with, OrgId(1)), want, "{state:?} {with:?}");
        }
    }

    /// What releasing leaves behind; revoked is final.
    fn released(state: TokenState) -> TokenState {
        match state {
            TokenState::Claimed(_) => TokenState::Unclaimed { owned_before: true },
            other => other,
        }
    }

    #[derive(Clone, Copy, Debug)]
    enum Step {
        Claim(ClaimWith, i64),
        Release,
        Revoke,
    }

    fn step() -> impl Strategy<Value = Step> {
        let with = prop_oneof![Just(ClaimWith::QrToken), Just(ClaimWith::AuthToken)];
        prop_oneof![
            6 => (with, 1..4_i64).prop_map(|(with, org)| Step::Claim(with, org)),
            2 => Just(Step::Release),
            1 => Just(Step::Revoke),
        ]
    }

    proptest! {
        /// Whatever happens in whatever order: a device has one owner, changes hands only through a release, an auth
        /// token claims only the never owned, and revoked is the end.
        #[test]
        fn histories_keep_the_rules(steps in prop::collection::vec(step(), 0..40)) {
            let mut state = TokenState::Unclaimed { owned_before: false };
            let mut was_owned = false;
            let mut revoked = false;
            for (now, step) in steps.into_iter().enumerate() {
                let before = state;
                match step {
                    Step::Claim(with, org) => match state.claim(with, OrgId(org)) {
                        Ok(Transition::Claim) => {
                            let was_free = matches!(before, TokenState::Unclaimed { .. });
                            prop_assert!(was_free);
                            prop_assert!(with == ClaimWith::QrToken || !was_owned);
                            let at = Time(i64::try_from(now).expect("small"));
                            state = TokenState::Claimed(of(org, at));
                            was_owned = true;
                        }
                        Ok(Transition::AlreadyYours(_)) => {
                            let was_theirs =
                                matches!(before, TokenState::Claimed(by) if by.org == OrgId(org));
                            prop_assert!(was_theirs);
                        }
                        Err(NotClaimable) => prop_assert_eq!(before, state),
                    },
                    Step::Release => state = released(state),
                    Step::Revoke => {
                        state = TokenState::Revoked;
                        revoked = true;
                    }
                }
                prop_assert_eq!(revoked, state == TokenState::Revoked);
            }
        }
    }
}
