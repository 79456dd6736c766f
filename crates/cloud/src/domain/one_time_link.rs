//! A mailed link: good once, for a while.

use handover_wire::LinkPurpose;

use crate::clock::Time;

/// The state of a mailed link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkState {
    /// It can be followed, until its time is over.
    Open {
        /// When that is.
        expires: Time,
    },
    /// It has done what it was for.
    Used,
}

/// Why a link does nothing. Whoever holds its secret may know the reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// Its time is over.
    #[error("the link is too old")]
    Expired,
    /// It has done what it was for.
    #[error("the link was used before")]
    Used,
}

impl LinkState {
    /// Until when it can be followed, if it can be now.
    pub fn open(self, now: Time) -> Result<Time, LinkError> {
        match self {
            Self::Used => Err(LinkError::Used),
            Self::Open { expires } if expires <= now => Err(LinkError::Expired),
            Self::Open { expires } => Ok(expires),
        }
    }
}

/// Seconds that a link is good for: an invitation 30 days (published); the others are asked for by whoever waits for the
/// mail.
pub fn lifetime(purpose: LinkPurpose) -> i64 {
    const HOUR: i64 = 3_600;
    match purpose {
        LinkPurpose::Invitation => 30 * 24 * HOUR,
        LinkPurpose::SignUp => 24 * HOUR,
        LinkPurpose::PasswordReset => HOUR,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_good_until_its_end_and_once() {
        let open = LinkState::Open { expires: Time(10) };
        for (state, now, want) in [
            (open, 9, Ok(Time(10))),
            (open, 10, Err(LinkError::Expired)),
            (open, 11, Err(LinkError::Expired)),
            (LinkState::Used, 9, Err(LinkError::Used)),
            (LinkState::Used, 11, Err(LinkError::Used)),
        ] {
            assert_eq!(state.open(Time(now)), want, "{state:?} at {now}");
        }
    }
}
