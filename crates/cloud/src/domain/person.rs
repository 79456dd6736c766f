//! A person between invitation and good-bye.

use handover_wire::UserStatus;

/// What happens to a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PersonStep {
    /// They follow their invitation and choose a password.
    Accept,
    /// They are barred: all sessions end, nobody else may have their address.
    Suspend,
    /// They are let in again, with the password they had.
    Restore,
    /// They leave, or their invitation is taken back: name and address are forgotten.
    Remove,
}

/// What was to happen does not happen to somebody of this status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("that does not happen to somebody who is {0:?}")]
pub struct WrongStatus(pub UserStatus);

/// The status after a step.
pub fn after(status: UserStatus, step: PersonStep) -> Result<UserStatus, WrongStatus> {
    use UserStatus::{Active, Inactive, Pending, Suspended};
    match (status, step) {
        (Pending, PersonStep::Accept) | (Suspended, PersonStep::Restore) => Ok(Active),
        (Active, PersonStep::Suspend) => Ok(Suspended),
        (Pending | Active | Suspended, PersonStep::Remove) => Ok(Inactive),
        _ => Err(WrongStatus(status)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_steps() {
        use PersonStep::{Accept, Remove, Restore, Suspend};
        use UserStatus::{Active, Inactive, Pending, Suspended};
        for (status, step, want) in [
            (Pending, Accept, Some(Active)),
            (Pending, Suspend, None),
            (Pending, Restore, None),
            (Pending, Remove, Some(Inactive)),
            (Active, Accept, None),
            (Active, Suspend, Some(Suspended)),
            (Active, Restore, None),
            (Active, Remove, Some(Inactive)),
            (Suspended, Accept, None),
            (Suspended, Suspend, None),
            (Suspended, Restore, Some(Active)),
            (Suspended, Remove, Some(Inactive)),
            (Inactive, Accept, None),
            (Inactive, Suspend, None),
            (Inactive, Restore, None),
            (Inactive, Remove, None),
        ] {
            assert_eq!(after(status, step).ok(), want, "{status:?} {step:?}");
        }
    }
}
