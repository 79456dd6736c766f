//! An answer to a claim that a tester wants, in the very words of the real one.

use handover_wire::{ClaimFault, ClaimReply, PendingAnswer, PendingOutcome};

use super::{ClaimError, Refused, written};
use crate::clock::Time;
use crate::domain::{NotClaimable, PRESS_SECONDS, TooOften, Waiting};

/// Seconds for which a pretended limit says to wait: long enough to see the wait, short enough for a test.
const WAIT_SECONDS: i64 = 5;

/// Status and body of that answer; none of one that is only made of a real claim.
pub fn pretend(answer: ClaimFault, now: Time) -> Result<Option<(u16, String)>, ClaimError> {
    let waits = |outcome, until: Time| {
        Ok(ClaimReply::Pending(PendingAnswer {
            outcome,
            until: until.0,
        }))
    };
    let decided = match answer {
        ClaimFault::AlreadyYours => return Ok(None),
        ClaimFault::DeviceLimit => return Err(ClaimError::DeviceLimit),
        ClaimFault::IdempotencyConflict => return Err(ClaimError::IdempotencyConflict),
        ClaimFault::RateLimited => {
            let wait = TooOften {
                seconds: WAIT_SECONDS,
            };
            return Err(ClaimError::TooOften(wait, None));
        }
        ClaimFault::NotClaimable => Err(Refused::NotClaimable(NotClaimable)),
        ClaimFault::ProofRequired => Err(Refused::ProofRequired),
        ClaimFault::PendingApproval => waits(
            PendingOutcome::PendingApproval,
            match Waiting::new(now) {
                Waiting::Pending { until } => until,
                _ => now,
            },
        ),
        ClaimFault::PendingPresence => waits(
            PendingOutcome::PendingPresence,
            now.plus_seconds(PRESS_SECONDS),
        ),
    };
    Ok(Some(written(decided)?))
}
