//! Passwords that were forgotten: a mail with the link that chooses another.

use std::sync::Arc;

use handover_wire::{LinkPurpose, UserStatus};

use super::limits::Origin;
use super::links::{self, For, MailError};
use super::{Broken, Core, people};
use crate::domain::EmailAddress;
use crate::mail::{Language, Letter};
use crate::store::change;

/// Sends the link that chooses another password, if somebody who can sign in has this address. Whoever asks learns
/// nothing, as for `sign_up::register`.
pub async fn forgot(
    core: &Arc<Core>,
    origin: Origin,
    email: EmailAddress,
) -> Result<(), MailError> {
    links::count_mail(core, origin, &email).await?;
    let core = core.clone();
    tokio::spawn(async move {
        if let Err(error) = send_reset(&core, &email).await {
            tracing::error!(%error, "a password reset's mail could not be queued");
        }
    });
    Ok(())
}

async fn send_reset(core: &Core, email: &EmailAddress) -> Result<(), Broken> {
    let link = links::draw(core);
    let now = core.now();
    change!(core.store, |write| {
        let found = write.user_of_email(email).await?;
        let user = match found {
            Some(user) if user.status == UserStatus::Active => user,
            Some(user) if user.status == UserStatus::Pending => {
                let asked = (&user, people::AskedBy::Forgetful);
                return people::remind(core, write, (&link, None), asked, now).await;
            }
            _ => return Ok(()),
        };
        let whom = For {
            purpose: LinkPurpose::PasswordReset,
            user: Some(user.id),
            email,
            locale: &user.locale,
            label: None,
        };
        let letter = Letter::PasswordReset {
            until: links::keep(write, &link, whom, now).await?,
            link: link.url(core),
        };
        let language = Language::from_tag(&user.locale);
        write.queue_letter(core, email, language, &letter).await?;
        Ok::<(), Broken>(())
    })
}
