//! The task that hands queued mails to the mail server.

use std::sync::Arc;
use std::time::Duration;

use crate::connections::Stop;
use crate::domain::{MailState, Trouble};
use crate::secrets::Purpose;
use crate::service::{Broken, Core};
use crate::store::{LeasedMail, change};

use super::Smtp;

/// The longest that nobody looks whether another process left a mail.
const LONGEST: Duration = Duration::from_secs(30);
/// The shortest pause, so that a mail whose turn never comes keeps nobody busy.
const SHORTEST: Duration = Duration::from_secs(1);

/// Delivers until it is told to stop. It is woken at once after a change that queued a letter.
pub async fn deliver(core: Arc<Core>, stop: Stop) {
    let Some(smtp) = &core.post.smtp else {
        return;
    };
    loop {
        let pause = tokio::select! {
            // What becomes of a mail that was on its way is not known: it is tried again once its lease ends.
            () = stop.at_once.cancelled() => return,
            pause = round(&core, smtp, &stop) => pause,
        };
        let pause = pause.unwrap_or_else(|error| {
            tracing::warn!(%error, "mails cannot be delivered now");
            LONGEST
        });
        tokio::select! {
            () = stop.gracefully.cancelled() => break,
            () = core.post.wake.notified() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
    // A mail server that does not answer is left without a goodbye.
    tokio::select! {
        () = stop.at_once.cancelled() => {}
        () = smtp.close() => {}
    }
}

/// Delivers what is due, and gives the time until it is worth while to look again.
async fn round(core: &Core, smtp: &Smtp, stop: &Stop) -> Result<Duration, Broken> {
    while !stop.gracefully.is_cancelled() {
        let now = core.now();
        // Looking costs nothing; only a mail that is due is worth a change.
        match core.store.next_mail().await? {
            None => return Ok(LONGEST),
            Some(next) if next > now => {
                let wait = u64::try_from(next.0 - now.0).unwrap_or_default();
                return Ok(Duration::from_millis(wait).clamp(SHORTEST, LONGEST));
            }
            Some(_) => {}
        }
        let leased = change!(core.store, |write| write.lease_mail(now).await)?;
        // Another process was a moment earlier.
        let Some(leased) = leased else { continue };
        if let Err(why) = attempt(core, smtp, &leased).await?
            && why.concerns_all()
        {
            return Ok(LONGEST);
        }
    }
    Ok(SHORTEST)
}

/// Tries one mail and writes down what became of it.
async fn attempt(
    core: &Core,
    smtp: &Smtp,
    leased: &LeasedMail,
) -> Result<Result<(), Trouble>, Broken> {
    let content = core.open_mail(&leased.sealed);
    let outcome = match &content {
        Ok(content) => {
            let id = message_id(core, leased.id);
            smtp.send(content, &id, leased.queued.since).await
        }
        // It was sealed with another key, and no other try changes that.
        Err(_) => Err(Trouble::Unwritable),
    };
    let now = core.now();
    let state = leased.queued.after(outcome, now);
    let trouble = outcome.err();
    let left = match (state, &content) {
        (MailState::Failed { .. }, Ok(content)) => Some(core.seal_left(content)?),
        _ => None,
    };
    change!(core.store, |write| write
        .settle_mail(leased, state, trouble, left.as_deref())
        .await)?;
    tell(leased, state, trouble);
    Ok(outcome)
}

fn tell(leased: &LeasedMail, state: MailState, trouble: Option<Trouble>) {
    let (mail, attempts) = (leased.id, leased.queued.attempts);
    match (state, trouble) {
        (MailState::Failed { why, .. }, _) => {
            tracing::error!(mail, attempts, %why, "a mail was given up");
        }
        (_, Some(why)) => {
            tracing::warn!(mail, attempts, %why, "a mail was not taken; it will be tried again");
        }
        (_, None) => tracing::info!(mail, attempts, "a mail was taken by the mail server"),
    }
}

/// The same for every try of a mail, so that whoever gets it twice can tell; and nobody else can guess it.
fn message_id(core: &Core, mail: i64) -> String {
    let digest = core.digest(Purpose::Mail, &mail.to_string());
    digest[..16]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
