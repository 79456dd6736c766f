//! The life of a refresh token: one use.

use crate::clock::Time;

/// Who holds a session's refresh tokens. Those of one kind are good for nothing at the other's endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionKind {
    /// A browser, in a cookie that all its tabs share.
    Cookie,
    /// A program, which can keep its own order.
    Token,
}

impl SessionKind {
    /// Seconds in which a spent token counts as a second tab of the same browser.
    pub fn grace_seconds(self) -> i64 {
        match self {
            Self::Cookie => 10,
            Self::Token => 0,
        }
    }
}

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
    /// Decides about a refresh now, in a session of this kind.
    pub fn refresh(self, now: Time, kind: SessionKind) -> Result<Refresh, RefreshError> {
        let grace = kind.grace_seconds();
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
        let revoked = RefreshToken::Revoked;
        for (token, now, kind, want) in [
            (fresh, 9_999, SessionKind::Token, Ok(Refresh::Rotate)),
            (
                fresh,
                10_000,
                SessionKind::Token,
                Err(RefreshError::Expired),
            ),
            (spent, 5_000, SessionKind::Token, Err(RefreshError::Reused)),
            (spent, 14_999, SessionKind::Cookie, Ok(Refresh::Concurrent)),
            (
                spent,
                15_000,
                SessionKind::Cookie,
                Err(RefreshError::Reused),
            ),
            (revoked, 0, SessionKind::Cookie, Err(RefreshError::Revoked)),
        ] {
            assert_eq!(
                token.refresh(Time(now), kind),
                want,
                "{token:?} at {now} of {kind:?}"
            );
        }
    }
}
