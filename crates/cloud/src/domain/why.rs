//! Why a label does not claim, for those who made it: the rules of `hands.rs` and of what has to come with an identifier,
//! told apart. Whoever claims is told nothing of this.

use handover_wire::{ClaimObstacle, ClaimProof, HandsState};

use super::{Hands, Holder, Press, PressFor};
use crate::clock::Time;

/// What somebody has in their hand of a label that was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InHand {
    /// The code that counts now; or its name, so that nothing is known of the code.
    Label,
    /// A code that had a successor.
    OldLabel,
    /// The device's key.
    AuthToken,
    /// What identifies it, and whether the code beside it is the right one; none where there was no code.
    Identifier(Option<bool>),
}

/// A label and what somebody has of it.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    /// What.
    pub in_hand: InHand,
    /// Whose the device is.
    pub hands: Hands,
    /// What has to come with its identifier.
    pub proof: Option<ClaimProof>,
    /// The last press of the first machine that says to be it.
    pub press: Option<Press>,
    /// Whether several machines say that.
    pub is_conflict: bool,
    /// Whose it would be; none where nobody in particular asks.
    pub into: Option<Holder>,
}

impl Hands {
    /// What it is called.
    pub fn state(self) -> HandsState {
        match self {
            Self::Minted => HandsState::Minted,
            Self::Seen => HandsState::Seen,
            Self::Claimed { .. } => HandsState::Claimed,
            Self::InTransfer { .. } => HandsState::InTransfer,
            Self::Released => HandsState::Released,
            Self::Revoked => HandsState::Revoked,
        }
    }
}

impl Case {
    /// What keeps it from claiming, the weightiest first; nothing where it would claim now.
    pub fn obstacles(self, now: Time) -> Vec<ClaimObstacle> {
        let mut found = Vec::new();
        if self.is_old(now) {
            found.push(ClaimObstacle::OldLabel);
        }
        match self.hands {
            Hands::Revoked => found.insert(0, ClaimObstacle::Revoked),
            Hands::Claimed { by, .. } | Hands::InTransfer { to: by, .. } => {
                found.push(self.held(by, now));
            }
            Hands::Minted | Hands::Seen => found.extend(self.unproven(now)),
            Hands::Released => match (self.in_hand, self.proof) {
                // A stranger may press, or know the code, who had it before; support looks at it.
                (InHand::AuthToken, _) => found.push(ClaimObstacle::HadOwner),
                (InHand::Identifier(_), proof) if proof != Some(ClaimProof::StaffApproval) => {
                    found.push(ClaimObstacle::HadOwner);
                }
                _ => found.extend(self.unproven(now)),
            },
        }
        found
    }

    /// Whether the code has had a successor, be it written down yet or not.
    fn is_old(self, now: Time) -> bool {
        match (self.in_hand, self.hands) {
            (InHand::OldLabel, _) => true,
            (InHand::Label, Hands::InTransfer { until, .. }) => until <= now,
            _ => false,
        }
    }

    fn held(self, by: Holder, now: Time) -> ClaimObstacle {
        if self.into.is_some_and(|into| into.org == by.org) {
            return ClaimObstacle::AlreadyTheirs;
        }
        match self.hands {
            Hands::InTransfer { until, .. } if now < until => ClaimObstacle::InTransfer,
            _ => ClaimObstacle::Claimed,
        }
    }

    /// What the proof lacks that came with an identifier.
    fn unproven(self, now: Time) -> Option<ClaimObstacle> {
        let InHand::Identifier(code) = self.in_hand else {
            return None;
        };
        match (self.proof?, code) {
            (ClaimProof::ClaimCode, None) => Some(ClaimObstacle::NeedsCode),
            (ClaimProof::ClaimCode, Some(is_right)) => {
                (!is_right).then_some(ClaimObstacle::WrongCode)
            }
            (_, Some(_)) => Some(ClaimObstacle::NoCodes),
            (ClaimProof::Presence, None) => self.unpressed(now),
            (ClaimProof::StaffApproval, None) => Some(ClaimObstacle::NeedsApproval),
            (ClaimProof::None, None) => None,
        }
    }

    /// What the press of its button lacks. Where nobody in particular asks, it is for whomever it is for.
    fn unpressed(self, now: Time) -> Option<ClaimObstacle> {
        let recent = self.press.filter(|press| press.is_recent(now));
        match (recent.map(|press| press.whose), self.into) {
            (Some(PressFor::Whoever), _) | (Some(PressFor::Only(_)), None) => None,
            (Some(PressFor::Only(one)), Some(into)) => {
                (into.owner != Some(one)).then_some(ClaimObstacle::PressedForAnother)
            }
            (Some(PressFor::Nobody), _) => Some(ClaimObstacle::SeveralWaited),
            (None, _) if self.is_conflict => Some(ClaimObstacle::SeveralMachines),
            (None, _) => Some(ClaimObstacle::NotPressed),
        }
    }
}

#[cfg(test)]
mod tests {
    use handover_wire::{OrgId, UserId};
    use proptest::prelude::*;

    use super::super::{ClaimWith, Claimed, Claiming, Was};
    use super::*;

    const NOW: Time = Time(1_800_000_000_000);

    fn of(org: i64) -> Holder {
        Holder {
            org: OrgId(org),
            owner: Some(UserId(org * 10)),
        }
    }

    fn hands() -> impl Strategy<Value = Hands> {
        let moving = |until| Hands::InTransfer {
            from: Was::Claimed(of(3)),
            to: of(2),
            until,
        };
        prop_oneof![
            Just(Hands::Minted),
            Just(Hands::Seen),
            Just(Hands::Released),
            Just(Hands::Revoked),
            Just(Hands::from(Was::Claimed(of(2)))),
            Just(moving(NOW.plus_seconds(60))),
            Just(moving(NOW)),
        ]
    }

    fn proof() -> impl Strategy<Value = ClaimProof> {
        prop_oneof![
            Just(ClaimProof::ClaimCode),
            Just(ClaimProof::Presence),
            Just(ClaimProof::StaffApproval),
            Just(ClaimProof::None),
        ]
    }

    fn in_hand() -> impl Strategy<Value = InHand> {
        prop_oneof![
            Just(InHand::Label),
            Just(InHand::OldLabel),
            Just(InHand::AuthToken),
            any::<Option<bool>>().prop_map(InHand::Identifier),
        ]
    }

    fn press() -> impl Strategy<Value = Option<Press>> {
        let whose = prop_oneof![
            Just(PressFor::Whoever),
            (1_i64..4).prop_map(|org| PressFor::Only(UserId(org * 10))),
            Just(PressFor::Nobody),
        ];
        let at = prop_oneof![Just(NOW), Just(NOW.plus_seconds(-3_600))];
        proptest::option::of((at, whose).prop_map(|(at, whose)| Press { at, whose }))
    }

    proptest! {
        /// What has no obstacle is what the rules let claim, and the other way round.
        #[test]
        fn the_reason_is_the_true_one(
            in_hand in in_hand(), hands in hands(), proof in proof(),
            press in press(), is_conflict in any::<bool>(), org in 1_i64..4,
        ) {
            let case = Case {
                in_hand,
                hands,
                proof: Some(proof),
                press,
                is_conflict,
                into: Some(of(org)),
            };
            let pressed = press.is_some_and(|press| press.proves_presence(of(org).owner, NOW));
            let with = match (in_hand, proof) {
                (InHand::Label, _) => Some(ClaimWith::QrToken),
                // Nothing is found by it.
                (InHand::OldLabel, _) => None,
                (InHand::AuthToken, _) => Some(ClaimWith::AuthToken),
                (InHand::Identifier(Some(true)), ClaimProof::ClaimCode) => Some(ClaimWith::ClaimCode),
                (InHand::Identifier(None), ClaimProof::Presence) if pressed => Some(ClaimWith::Presence),
                (InHand::Identifier(None), ClaimProof::None) => Some(ClaimWith::Identifier),
                (InHand::Identifier(_), _) => None,
            };
            let claimed = with.map(|with| {
                hands.claim(Claiming { with, into: of(org), by_maker: false }, NOW)
            });
            let obstacles = case.obstacles(NOW);
            let is_free = matches!(claimed, Some(Ok(Claimed::Now { .. })));
            prop_assert_eq!(obstacles.is_empty(), is_free, "{:?}", obstacles);
            if matches!(claimed, Some(Ok(Claimed::AlreadyYours))) {
                prop_assert_eq!(obstacles, [ClaimObstacle::AlreadyTheirs]);
            }
        }
    }

    #[test]
    fn each_reason_is_told() {
        use ClaimObstacle as Why;
        let case = |in_hand, hands, proof| Case {
            in_hand,
            hands,
            proof,
            press: None,
            is_conflict: false,
            into: None,
        };
        let code = Some(ClaimProof::ClaimCode);
        let held = Hands::from(Was::Claimed(of(2)));
        let moved = Hands::InTransfer {
            from: Was::Claimed(of(3)),
            to: of(2),
            until: NOW.plus_seconds(1),
        };
        for (in_hand, hands, proof, want) in [
            (InHand::Label, Hands::Minted, None, &[][..]),
            (InHand::Label, Hands::Revoked, None, &[Why::Revoked]),
            (InHand::Label, held, None, &[Why::Claimed]),
            (InHand::Label, moved, None, &[Why::InTransfer]),
            (InHand::OldLabel, Hands::Released, None, &[Why::OldLabel]),
            (InHand::OldLabel, held, None, &[Why::OldLabel, Why::Claimed]),
            (InHand::AuthToken, Hands::Released, None, &[Why::HadOwner]),
            (
                InHand::Identifier(Some(true)),
                Hands::Released,
                code,
                &[Why::HadOwner],
            ),
            (
                InHand::Identifier(None),
                Hands::Minted,
                code,
                &[Why::NeedsCode],
            ),
            (
                InHand::Identifier(Some(false)),
                Hands::Minted,
                code,
                &[Why::WrongCode],
            ),
            (
                InHand::Identifier(Some(false)),
                Hands::Minted,
                Some(ClaimProof::None),
                &[Why::NoCodes],
            ),
            (
                InHand::Identifier(None),
                Hands::Released,
                Some(ClaimProof::StaffApproval),
                &[Why::NeedsApproval],
            ),
            (
                InHand::Identifier(None),
                Hands::Minted,
                Some(ClaimProof::Presence),
                &[Why::NotPressed],
            ),
        ] {
            assert_eq!(
                case(in_hand, hands, proof).obstacles(NOW),
                want,
                "{in_hand:?} {hands:?} {proof:?}"
            );
        }
        let contested = Case {
            is_conflict: true,
            ..case(
                InHand::Identifier(None),
                Hands::Minted,
                Some(ClaimProof::Presence),
            )
        };
        assert_eq!(contested.obstacles(NOW), [Why::SeveralMachines]);
        let one = of(1).owner.expect("an owner");
        for (whose, into, want) in [
            (PressFor::Nobody, None, Some(Why::SeveralWaited)),
            (
                PressFor::Only(one),
                Some(of(2)),
                Some(Why::PressedForAnother),
            ),
            (PressFor::Only(one), Some(of(1)), None),
            (PressFor::Only(one), None, None),
            (PressFor::Whoever, Some(of(2)), None),
        ] {
            let pressed = Case {
                press: Some(Press { at: NOW, whose }),
                into,
                ..contested
            };
            assert_eq!(
                pressed.obstacles(NOW).first().copied(),
                want,
                "{whose:?} {into:?}"
            );
        }
    }
}
