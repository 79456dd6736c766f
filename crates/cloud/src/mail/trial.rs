//! Trying a mail server before people depend on it.

use super::outbox::Content;
use super::{Language, Letter, MailServer, MailServerError, Smtp};
use crate::clock::{Clock as _, SystemClock};
use crate::domain::{EmailAddress, Trouble};
use crate::entropy::{SystemEntropy, token32};

/// A letter that the mail server took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    /// What kind of letter it is.
    pub kind: &'static str,
    /// Its language, as BCP 47 has it.
    pub language: &'static str,
}

/// Why the letters are not on their way, or not all of them.
#[derive(Debug, thiserror::Error)]
pub enum TryMailError {
    /// The mail server is not described as it must be.
    #[error(transparent)]
    Server(#[from] MailServerError),
    /// There is no mail server.
    #[error("--smtp is missing: which mail server is to be tried?")]
    NoServer,
    /// Nobody can get mail there.
    #[error("--to is not an e-mail address.")]
    Address,
    /// The mail server does not take it.
    #[error("{server} did not take the letter: {why}. Check --smtp, --mail-from and --to.")]
    Refused {
        /// The mail server, without a password.
        server: String,
        /// What went wrong.
        #[source]
        why: Refusal,
    },
}

/// What went wrong with a mail.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct Refusal(#[from] Trouble);

/// Sends one letter of each kind in each language to an address, with invented names and links that lead nowhere.
/// `told` hears of each that the mail server took.
///
/// # Errors
/// Those of the first letter that is not taken.
pub async fn try_mail(
    server: &MailServer,
    to: &str,
    mut told: impl FnMut(Taken),
) -> Result<(), TryMailError> {
    let to = EmailAddress::parse(to).map_err(|_| TryMailError::Address)?;
    let smtp = Smtp::new(server)?;
    let now = SystemClock.now();
    for language in Language::ALL {
        for letter in Letter::samples("https://cloud.example/", now) {
            let content = Content::of(&letter, language, &to);
            let sent = smtp.send(&content, &token32(&SystemEntropy), now).await;
            sent.map_err(|why| TryMailError::Refused {
                server: server.to_string(),
                why: Refusal(why),
            })?;
            told(Taken {
                kind: letter.kind(),
                language: language.tag(),
            });
        }
    }
    smtp.close().await;
    Ok(())
}
