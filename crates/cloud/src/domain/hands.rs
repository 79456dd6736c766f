//! Whose a device is, from when its label is made to when it is taken out of use.
//!
//! That somebody asked support to approve a claim is no state of the device (`approval.rs`).

use handover_wire::{History, LabelChoice, MoveKind, OrgId, UserId};

use crate::clock::Time;

/// Seconds in which a claim or a transfer can be undone. Nobody is told of it before they are over, so that what was
/// undone has happened to nobody.
pub(super) const UNDO_SECONDS: i64 = 10 * 60;

/// Who has a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holder {
    /// The organization that it is in.
    pub org: OrgId,
    /// The person who owns it; none where it is the organization's.
    pub owner: Option<UserId>,
}

/// Who owns devices in person after a move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NewOwner {
    /// This one.
    Person(UserId),
    /// Nobody: they are the organization's.
    Nobody,
    /// Whoever owns those that the organization has already; nobody, of those that come to it.
    AsItIs,
}

/// Where devices are moved to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Destination {
    /// The organization.
    pub org: OrgId,
    /// Who owns them there.
    pub owner: NewOwner,
}

impl Destination {
    /// Who has a device there that is in these hands now.
    pub fn holder(self, now: Hands) -> Holder {
        let owner = match self.owner {
            NewOwner::Person(owner) => Some(owner),
            NewOwner::Nobody => None,
            NewOwner::AsItIs => match now.holder() {
                Ok(holder) if holder.org == self.org => holder.owner,
                _ => None,
            },
        };
        Holder {
            org: self.org,
            owner,
        }
    }
}

/// A state that lasts, as a claim or a transfer finds it and an undo brings it back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Was {
    /// Nobody's, and nobody has had it.
    Minted,
    /// Nobody's again.
    Released,
    /// Somebody's.
    Claimed(Holder),
}

/// Whose a device is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hands {
    /// Its label was made, and nobody has had it.
    Minted,
    /// The same, and it has connected: there is a device in the organization that made the label, to be tried out there.
    Seen,
    /// Somebody's. What the claim found, while it can be undone.
    Claimed {
        /// Whose.
        by: Holder,
        /// What an undo brings back, and until when.
        undo: Option<(Was, Time)>,
    },
    /// Somebody's, and was somebody else's, or nobody's, a moment ago. Once its time is over it has another label.
    InTransfer {
        /// What an undo brings back.
        from: Was,
        /// Whose it is now.
        to: Holder,
        /// When it is `to`'s for good.
        until: Time,
    },
    /// Given up or taken back: nobody's again.
    Released,
    /// Its label was taken out of use for good.
    Revoked,
}

/// What proves that somebody may claim a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClaimWith {
    /// The one that is made for claiming.
    QrToken,
    /// The device's credential: former owners, exports and gateways know it too.
    AuthToken,
    /// The claim code beside its identifier: former owners know it too.
    ClaimCode,
    /// The press of its button beside its identifier: former owners may have its secrets, and press from afar.
    Presence,
    /// Its identifier alone, which its batch lets claim.
    Identifier,
    /// The word of the maker's support.
    Approval,
    /// The claim of the gateway that it waits with.
    Gateway,
}

impl ClaimWith {
    /// As the audit says it.
    pub fn as_audited(self) -> &'static str {
        match self {
            Self::QrToken => "by QR token",
            Self::AuthToken => "by auth token",
            Self::ClaimCode => "by claim code",
            Self::Presence => "by its button",
            Self::Identifier => "by identifier alone",
            Self::Approval => "by approval",
            Self::Gateway => "by its gateway",
        }
    }
}

/// Who claims, and with what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claiming {
    /// With what.
    pub with: ClaimWith,
    /// Whose it becomes.
    pub into: Holder,
    /// Whether staff of the organization that made the label have it in their hands.
    pub by_maker: bool,
}

/// What a claim comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claimed {
    /// It becomes the claimer's.
    Now {
        /// The state before.
        was: Was,
        /// The state after.
        hands: Hands,
    },
    /// It was in the claimer's organization before.
    AlreadyYours,
}

/// What an undo comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Undone {
    /// What was undone: a claim or a transfer.
    pub kind: MoveKind,
    /// What it is again.
    pub back: Was,
}

/// What whoever receives a device sees of what it said before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sees {
    /// Nothing.
    Nothing,
    /// All that whoever had it before saw, and what it said meanwhile.
    Before,
    /// What was kept for them when it was given up; nothing where nothing was.
    Kept,
}

/// The one refusal of a claim. It has no reason on purpose: a reason would tell a guesser what exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this label cannot be claimed")]
pub struct NotClaimable;

/// There is nobody to give it up, or its label was taken out of use for good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("nobody has the device")]
pub struct NotHeld;

/// Why a transfer does not happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TransferError {
    /// It is there already.
    #[error("the device is with this organization or owner already")]
    Same,
    /// Its label was taken out of use for good.
    #[error(transparent)]
    NotHeld(#[from] NotHeld),
}

/// There is nothing to undo, or its time is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is nothing to undo any more")]
pub struct UndoOver;

impl Was {
    /// What a claimer sees. `tests_shown` says whether the maker lets the first owner see what was tried out.
    pub fn claimer_sees(self, tests_shown: bool) -> Sees {
        match self {
            Self::Released => Sees::Kept,
            Self::Minted if tests_shown => Sees::Before,
            Self::Minted | Self::Claimed(_) => Sees::Nothing,
        }
    }

    /// What the one sees that it is moved to, by what was chosen, or by what is so where nobody chose.
    pub fn receiver_sees(self, to: Holder, chosen: Option<History>, tests_shown: bool) -> Sees {
        match (self, chosen) {
            (_, Some(History::Erase)) => Sees::Nothing,
            (Self::Released, _) => Sees::Kept,
            (_, Some(History::Keep)) => Sees::Before,
            (Self::Claimed(by), None) if by.org == to.org => Sees::Before,
            (Self::Claimed(_), None) => Sees::Nothing,
            (Self::Minted, None) => self.claimer_sees(tests_shown),
        }
    }
}

impl From<Was> for Hands {
    fn from(was: Was) -> Self {
        match was {
            Was::Minted => Self::Minted,
            Was::Released => Self::Released,
            Was::Claimed(by) => Self::Claimed { by, undo: None },
        }
    }
}

impl Hands {
    /// The state that lasts: nothing can be undone any more. None for what was taken out of use.
    fn lasting(self) -> Result<Was, NotHeld> {
        match self {
            Self::Minted | Self::Seen => Ok(Was::Minted),
            Self::Released => Ok(Was::Released),
            Self::Claimed { by, .. } | Self::InTransfer { to: by, .. } => Ok(Was::Claimed(by)),
            Self::Revoked => Err(NotHeld),
        }
    }

    /// Who has it.
    pub fn holder(self) -> Result<Holder, NotHeld> {
        match self.lasting()? {
            Was::Claimed(by) => Ok(by),
            Was::Minted | Was::Released => Err(NotHeld),
        }
    }

    /// What a claim comes to.
    pub fn claim(self, claiming: Claiming, now: Time) -> Result<Claimed, NotClaimable> {
        let Claiming { with, into, .. } = claiming;
        match self {
            // The label has been replaced, be it written down yet or not.
            Self::InTransfer { until, .. } if with == ClaimWith::QrToken && until <= now => {
                return Err(NotClaimable);
            }
            Self::Claimed { by, .. } | Self::InTransfer { to: by, .. } if by.org == into.org => {
                return Ok(Claimed::AlreadyYours);
            }
            _ => {}
        }
        let was = match (self, with) {
            (Self::Minted | Self::Seen, _) => Was::Minted,
            (Self::Released, ClaimWith::QrToken | ClaimWith::Approval | ClaimWith::Gateway) => {
                Was::Released
            }
            (Self::Released, ClaimWith::AuthToken | ClaimWith::ClaimCode | ClaimWith::Presence)
                if claiming.by_maker =>
            {
                Was::Released
            }
            _ => return Err(NotClaimable),
        };
        let undo = Some((was, now.plus_seconds(UNDO_SECONDS)));
        let hands = Self::Claimed { by: into, undo };
        Ok(Claimed::Now { was, hands })
    }

    /// Moves it. What came before can no longer be undone; the move can, for a while.
    pub fn transfer(self, to: Holder, now: Time) -> Result<(Was, Self), TransferError> {
        let from = self.lasting()?;
        if from == Was::Claimed(to) {
            return Err(TransferError::Same);
        }
        let until = now.plus_seconds(UNDO_SECONDS);
        Ok((from, Self::InTransfer { from, to, until }))
    }

    /// Whoever has it gives it up, or the maker takes it back.
    pub fn release(self) -> Result<Self, NotHeld> {
        self.holder().map(|_| Self::Released)
    }

    /// Undoes the claim or transfer that brought it where it is.
    pub fn undo(self, now: Time) -> Result<Undone, UndoOver> {
        let (kind, back, until) = match self {
            Self::Claimed {
                undo: Some((was, until)),
                ..
            } => (MoveKind::Claim, was, until),
            Self::InTransfer { from, until, .. } => (MoveKind::Transfer, from, until),
            _ => return Err(UndoOver),
        };
        if now < until {
            Ok(Undone { kind, back })
        } else {
            Err(UndoOver)
        }
    }

    /// Until when the last claim or transfer can be undone.
    pub fn open_until(self) -> Option<Time> {
        match self {
            Self::Claimed { undo, .. } => undo.map(|(_, until)| until),
            Self::InTransfer { until, .. } => Some(until),
            Self::Minted | Self::Seen | Self::Released | Self::Revoked => None,
        }
    }

    /// What becomes of the label where the maker takes the device back and does not say: it is kept as long as no customer
    /// has had it. `is_first` says whether nobody had it before those who have it now.
    pub fn label_after_disclaim(self, maker: OrgId, is_first: bool) -> LabelChoice {
        match self {
            Self::Claimed { by, .. } if by.org == maker && is_first => LabelChoice::Keep,
            _ => LabelChoice::Renew,
        }
    }
}

#[cfg(test)]
mod tests;
