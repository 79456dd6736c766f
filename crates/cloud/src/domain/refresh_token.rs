//! The life of a refresh token: one use.

use crate::clock::Time;

/// A refresh token as it was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefreshToken {
    /// Not used yet.
    Fresh {
        /// Good until then.
        expires: Time,
    },
    /// Used.
    Spent {
        /// When.
        at: Time,
    },
    /// Its session was ended.
    Revoked,
}

/// What a refresh may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refresh {
    /// Spend this token and issue the next.
    Rotate,
    /// Another tab of the same browser was first, a moment ago: issue an access token alone.
    Concurrent,
}

/// Why a refresh is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RefreshError {
    /// Too late.
    #[error("the refresh token has expired")]
    Expired,
    /// Signed out.
    #[error("the session was ended")]
    Revoked,
    /// Somebody has a copy, and nobody knows who is right: the whole session must end.
    #[error("the refresh token was used before")]
    Reused,
}

impl RefreshToken {
    /// Decides about a refresh now. `grace` is how many seconds a spent token counts as a second tab of the same
    /// browser; none where the holder can keep its own order.
    pub fn refresh(self, now: Time, grace: i64) -> Result<Refresh, RefreshError> {
        match self {
            Self::Fresh { expires } if now < expires => Ok(Refresh::Rotate),
            Self::Fresh { .. } => Err(RefreshError::Expired),
            Self::Spent { at } if now < at.plus_seconds(grace) => Ok(Refresh::Concurrent),
            Self::Spent { .. } => Err(RefreshError::Reused),
            Self::Revoked => Err(RefreshError::Revoked),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_use_before_the_end() {
        let fresh = RefreshToken::Fresh {
            expires: Time(10_000),
        };
        let spent = RefreshToken::Spent { at: Time(5_000) };
        for (token, now, grace, want) in [
            (fresh, 9_999, 0, Ok(Refresh::Rotate)),
            (fresh, 10_000, 0, Err(RefreshError::Expired)),
            (spent, 5_000, 0, Err(RefreshError::Reused)),
            (spent, 14_999, 10, Ok(Refresh::Concurrent)),
            (spent, 15_000, 10, Err(RefreshError::Reused)),
            (RefreshToken::Revoked, 0, 10, Err(RefreshError::Revoked)),
        ] {
            assert_eq!(
                token.refresh(Time(now), grace),
                want,
                "{token:?} at {now} with {grace}"
            );
        }
    }
}
