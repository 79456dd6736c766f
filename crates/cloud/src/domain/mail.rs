//! A mail's life: queued and tried until somebody takes it, or kept where there is no mail server.

use handover_wire::MailTrouble;

use crate::clock::Time;

/// Where a mail is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailState {
    /// It waits for its next try.
    Queued(Queued),
    /// A mail server has taken it.
    Sent {
        /// When.
        at: Time,
    },
    /// There is no mail server: it is shown on the mailbox page.
    Kept,
    /// It was given up.
    Failed {
        /// When.
        at: Time,
        /// What the last try failed of.
        why: Trouble,
    },
}

/// A mail that waits, or is being tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Queued {
    /// When it was queued.
    pub since: Time,
    /// Tries that have begun.
    pub attempts: u32,
    /// When it is to be tried next. While it is being tried: when another process may.
    pub next: Time,
}

/// Why a try failed, without any address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// The mail server cannot be reached, or the connection broke off.
    #[error("the mail server cannot be reached")]
    Unreachable,
    /// It took too long.
    #[error("the mail server takes too long")]
    TooSlow,
    /// The connection would not have been safe.
    #[error("the mail server's encryption or certificate is not good")]
    Insecure,
    /// The mail server does not take our name and password.
    #[error("the mail server does not let us sign in")]
    SignIn,
    /// The mail server's answer, 400 to 599 (RFC 5321, section 4.2).
    #[error("the mail server answered {0}")]
    Answered(u16),
    /// What it said broke off, or is no SMTP.
    #[error("what the mail server says breaks off or is not understood")]
    NotUnderstood,
    /// The mail server lacks what it would take: STARTTLS, a way to sign in that we know, or addresses beyond ASCII.
    #[error("the mail server offers no STARTTLS or no way to sign in that we know")]
    Unsuitable,
    /// No mail can be made for this address.
    #[error("the address cannot be written into a mail")]
    Unwritable,
}

/// How long a process has a mail for itself: longer than a try lasts. Where the process vanishes meanwhile, another
/// takes its turn after it.
pub const LEASE_SECONDS: i64 = 180;

/// How long a mail is tried.
const PATIENCE_SECONDS: i64 = 2 * 24 * 3_600;

/// Seconds until the next try, after the first, the second and so on; the last goes on.
const PAUSES: [i64; 6] = [60, 300, 900, 3_600, 3 * 3_600, 6 * 3_600];

impl Queued {
    /// A new mail, to be tried at once.
    pub fn new(now: Time) -> Self {
        Self {
            since: now,
            attempts: 0,
            next: now,
        }
    }

    /// What becomes of it after a try.
    pub fn after(self, outcome: Result<(), Trouble>, now: Time) -> MailState {
        let Err(why) = outcome else {
            return MailState::Sent { at: now };
        };
        let end = self.since.plus_seconds(PATIENCE_SECONDS);
        if why.is_final() || now >= end {
            return MailState::Failed { at: now, why };
        }
        let tried = usize::try_from(self.attempts.max(1)).unwrap_or(usize::MAX);
        let pause = PAUSES[(tried - 1).min(PAUSES.len() - 1)];
        MailState::Queued(Self {
            next: now.plus_seconds(pause).min(end),
            ..self
        })
    }
}

impl Trouble {
    /// Those that say nothing more than what they are.
    const PLAIN: [Self; 7] = [
        Self::Unreachable,
        Self::TooSlow,
        Self::Insecure,
        Self::SignIn,
        Self::NotUnderstood,
        Self::Unsuitable,
        Self::Unwritable,
    ];

    /// Which one it is that was written down in these words; none where it is of another version of this program.
    pub fn from_words(words: &str) -> Option<Self> {
        let answers = (400..=599).map(Self::Answered);
        let mut all = Self::PLAIN.into_iter().chain(answers);
        all.find(|trouble| trouble.to_string() == words)
    }

    /// Whether another try would be answered the same: a permanent refusal of this mail. That we may not sign in is the
    /// configuration's fault, which somebody mends.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Answered(500..) | Self::Unwritable)
    }

    /// Whether it is about the mail server, so that every other mail would fail as well.
    pub fn concerns_all(self) -> bool {
        !matches!(self, Self::Answered(_) | Self::Unwritable)
    }

    /// A mail server's answer: those about signing in (RFC 4954, section 6) are about us and not about the mail.
    pub fn answered(code: u16) -> Self {
        match code {
            454 | 530 | 534 | 535 | 538 => Self::SignIn,
            code => Self::Answered(code),
        }
    }
}

impl From<Trouble> for MailTrouble {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Unreachable => Self::Unreachable,
            Trouble::TooSlow => Self::TooSlow,
            Trouble::Insecure => Self::Insecure,
            Trouble::SignIn => Self::SignIn,
            Trouble::Answered(status) => Self::Answered { status },
            Trouble::NotUnderstood => Self::NotUnderstood,
            Trouble::Unsuitable => Self::Unsuitable,
            Trouble::Unwritable => Self::Unwritable,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_written_down_is_read_again() {
        let answers = [400, 421, 550, 599].map(Trouble::Answered);
        for trouble in Trouble::PLAIN.into_iter().chain(answers) {
            assert_eq!(Trouble::from_words(&trouble.to_string()), Some(trouble));
        }
        assert_eq!(Trouble::from_words("something else"), None);
    }

    const START: Time = Time(1_800_000_000_000);

    fn tried(attempts: u32) -> Queued {
        Queued {
            attempts,
            ..Queued::new(START)
        }
    }

    #[test]
    fn every_outcome_has_its_state() {
        let later = |seconds| START.plus_seconds(seconds);
        let queued = |attempts, seconds| {
            MailState::Queued(Queued {
                next: later(seconds),
                ..tried(attempts)
            })
        };
        let failed = |seconds, why| MailState::Failed {
            at: later(seconds),
            why,
        };
        let day = 24 * 3_600;
        for (attempts, now, outcome, want) in [
            (1, 0, Ok(()), MailState::Sent { at: START }),
            (9, day, Ok(()), MailState::Sent { at: later(day) }),
            (1, 0, Err(Trouble::Unreachable), queued(1, 60)),
            (2, 60, Err(Trouble::Answered(421)), queued(2, 360)),
            (3, 400, Err(Trouble::TooSlow), queued(3, 1_300)),
            (9, day, Err(Trouble::Insecure), queued(9, day + 6 * 3_600)),
            (1, 0, Err(Trouble::SignIn), queued(1, 60)),
            (1, 0, Err(Trouble::NotUnderstood), queued(1, 60)),
            (1, 0, Err(Trouble::Unsuitable), queued(1, 60)),
            (
                1,
                0,
                Err(Trouble::Answered(550)),
                failed(0, Trouble::Answered(550)),
            ),
            (
                1,
                0,
                Err(Trouble::Unwritable),
                failed(0, Trouble::Unwritable),
            ),
            // The last try is at the end of the second day.
            (
                20,
                2 * day - 60,
                Err(Trouble::Unreachable),
                queued(20, 2 * day),
            ),
            (
                21,
                2 * day,
                Err(Trouble::Unreachable),
                failed(2 * day, Trouble::Unreachable),
            ),
        ] {
            let state = tried(attempts).after(outcome, later(now));
            assert_eq!(state, want, "{attempts} {now} {outcome:?}");
        }
    }

    fn troubles() -> impl Strategy<Value = Trouble> {
        prop_oneof![
            Just(Trouble::Unreachable),
            Just(Trouble::TooSlow),
            Just(Trouble::Insecure),
            Just(Trouble::SignIn),
            Just(Trouble::NotUnderstood),
            Just(Trouble::Unsuitable),
            Just(Trouble::Unwritable),
            (400_u16..600).prop_map(Trouble::answered),
        ]
    }

    proptest! {
        /// Whatever happens, a mail comes to its end within two days and a handful of tries, at most one of which
        /// succeeds, and each pause is at least as long as the one before.
        #[test]
        fn every_mail_comes_to_an_end(troubles in prop::collection::vec(troubles(), 40)) {
            let mut mail = Queued::new(START);
            let mut pause = 0;
            for why in troubles {
                let now = mail.next;
                mail.attempts += 1;
                match mail.after(Err(why), now) {
                    MailState::Queued(next) => {
                        prop_assert!(!why.is_final());
                        let end = START.plus_seconds(PATIENCE_SECONDS);
                        prop_assert!(next.next > now && next.next <= end);
                        prop_assert!(next.next.0 - now.0 >= pause || next.next == end);
                        pause = next.next.0 - now.0;
                        mail = next;
                    }
                    MailState::Failed { at, why: last } => {
                        prop_assert_eq!((at, last), (now, why));
                        return Ok(());
                    }
                    state => prop_assert!(false, "{state:?}"),
                }
            }
            prop_assert!(false, "tried {} times", mail.attempts);
        }
    }
}
