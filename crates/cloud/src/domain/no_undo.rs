//! Why what brought a device where it is can no longer be undone.

use handover_wire::MoveKind;

use super::hands::UNDO_SECONDS;
use crate::clock::Time;

/// The last that happened to a device.
#[derive(Clone, Copy, Debug)]
pub struct LastMove {
    /// What.
    pub kind: MoveKind,
    /// When.
    pub at: Time,
    /// Whether others went together with it.
    pub is_together: bool,
}

/// Why there is nothing to undo, or nowhere to undo it to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoUndo {
    /// Its time is over.
    #[error("its 10 minutes are over")]
    TimeOver,
    /// It was undone.
    #[error("it was undone already")]
    Undone,
    /// Somebody knows the device's auth token by now.
    #[error("the device's auth token was shown or exported since, or a machine was given it")]
    TokenOut,
    /// The same of something that went together with it, or that went on.
    #[error(
        "what came together with it is undone together, and one of them went on, had its auth token shown or exported, or a machine was given it"
    )]
    Together,
    /// Neither a claim nor a transfer brought it where it is.
    #[error("what happened to the device last is neither a claim nor a transfer")]
    Nothing,
    /// The organization before is deleted.
    #[error("the organization that it would go back to is deleted")]
    FormerGone,
}

impl NoUndo {
    /// Of a device that has nothing open, by the last that happened to it. Whatever is done to a device is the last then, so
    /// that a claim or a transfer which ended before its time, and is the last, was ended by a token that somebody got.
    pub fn of(last: Option<LastMove>, now: Time) -> Self {
        // What was somebody's before any of this was written down has been for long.
        let Some(last) = last else {
            return Self::TimeOver;
        };
        let is_over = last.at.plus_seconds(UNDO_SECONDS) <= now;
        match last.kind {
            MoveKind::Undo => Self::Undone,
            MoveKind::Claim | MoveKind::Transfer if is_over => Self::TimeOver,
            MoveKind::Claim | MoveKind::Transfer if last.is_together => Self::Together,
            MoveKind::Claim | MoveKind::Transfer => Self::TokenOut,
            MoveKind::Create | MoveKind::Release | MoveKind::Disclaim | MoveKind::Renew => {
                Self::Nothing
            }
        }
    }

    /// What it is called on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TimeOver => "time_over",
            Self::Undone => "undone",
            Self::TokenOut => "token_out",
            Self::Together => "together",
            Self::Nothing => "nothing",
            Self::FormerGone => "former_gone",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_cause_is_its_own() {
        const NOW: Time = Time(1_800_000_000_000);
        let ago = |kind, seconds: i64, is_together| {
            let at = NOW.plus_seconds(-seconds);
            Some(LastMove {
                kind,
                at,
                is_together,
            })
        };
        for (last, want) in [
            (None, NoUndo::TimeOver),
            (ago(MoveKind::Create, 1, false), NoUndo::Nothing),
            (ago(MoveKind::Release, 1, false), NoUndo::Nothing),
            (ago(MoveKind::Undo, 1, false), NoUndo::Undone),
            (ago(MoveKind::Claim, 599, false), NoUndo::TokenOut),
            (ago(MoveKind::Transfer, 599, true), NoUndo::Together),
            (ago(MoveKind::Claim, 600, false), NoUndo::TimeOver),
            (ago(MoveKind::Transfer, 600, true), NoUndo::TimeOver),
        ] {
            assert_eq!(NoUndo::of(last, NOW), want, "{last:?}");
        }
    }
}
