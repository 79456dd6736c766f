//! From a letter to a mail that waits: within the change that it tells of.

use std::sync::Arc;

use handover_wire::{
    GivenUpMail, KeptMail, MailId, MailSummary, Page, PageQuery, Secret, WaitingMail,
};
use serde::{Deserialize, Serialize};
use tokio::sync::Notify;

use super::render::{Rendered, render};
use super::{Language, Letter, Smtp};
use crate::clock::Time;
use crate::domain::{EmailAddress, MailState, Queued, Reach, folded};
use crate::secrets::Purpose;
use crate::service::{Broken, Core};
use crate::store::{KeptRow, NewMail, Write};

/// What a mail says and to whom, as it is sealed.
#[derive(Clone, Serialize, Deserialize)]
pub struct Content {
    /// The address.
    pub to: String,
    /// One line.
    pub subject: String,
    /// The text part.
    pub text: Secret,
    /// The HTML part.
    pub html: Secret,
    /// The links in it.
    pub links: Vec<Secret>,
}

/// What is kept, sealed, of a mail that was given up, so that whoever sees that person can be told of it.
#[derive(Serialize, Deserialize)]
struct Left {
    to: String,
    subject: String,
}

impl Content {
    /// Writes a letter to somebody.
    pub fn of(letter: &Letter, language: Language, to: &EmailAddress) -> Self {
        let Rendered {
            subject,
            text,
            html,
            links,
        } = render(letter, language);
        Self {
            to: to.as_str().to_owned(),
            subject,
            text,
            html,
            links,
        }
    }
}

/// Where letters go from here.
pub struct Post {
    /// The way to the mail server. Without one they are kept.
    pub smtp: Option<Smtp>,
    /// Wakes the delivery.
    pub wake: Arc<Notify>,
}

impl Core {
    /// Reads what a mail says.
    pub fn open_mail(&self, sealed: &[u8]) -> Result<Content, Broken> {
        let plain = self.keys.open(Purpose::Mail, sealed)?;
        Ok(serde_json::from_str(plain.expose())?)
    }

    /// A mail of the mailbox page.
    pub fn open_kept(&self, row: KeptRow) -> Result<KeptMail, Broken> {
        let content = self.open_mail(&row.sealed)?;
        let summary = MailSummary {
            id: MailId(row.id),
            to: content.to,
            subject: content.subject,
            at: row.at.0,
            language: row.language,
        };
        Ok(KeptMail {
            summary,
            text: content.text,
            html: content.html,
            links: content.links,
        })
    }
}

impl Core {
    /// What is left of a mail that is given up: neither what it says nor its links.
    pub fn seal_left(&self, content: &Content) -> Result<Vec<u8>, Broken> {
        let left = Left {
            to: content.to.clone(),
            subject: content.subject.clone(),
        };
        Ok(self.seal(Purpose::Mail, &serde_json::to_string(&left)?))
    }

    /// The mails that the mail server has not taken; those that were given up from `since` on are named to whoever sees the
    /// people they were for.
    pub async fn waiting_mail(&self, reach: Reach, since: Time) -> Result<WaitingMail, Broken> {
        let mut given_up = Vec::new();
        for row in self.store.given_up(since).await? {
            let plain = self.keys.open(Purpose::Mail, &row.sealed)?;
            let Left { to, subject } = serde_json::from_str(plain.expose())?;
            // Of strangers who sign up, and of those who have left since, nothing is told.
            if let Some(user_id) = self.store.addressed_within(reach, &to).await? {
                given_up.push(GivenUpMail {
                    user_id,
                    to,
                    subject,
                    at: row.at.0,
                    trouble: row.trouble.map(Into::into),
                });
            }
        }
        Ok(WaitingMail {
            given_up,
            ..self.store.waiting_mail(since).await?
        })
    }

    /// The kept mails, the newest first, with a text in their address or subject; an empty text is in all. What they say is
    /// sealed, so that each is opened for a search, of which there are 1,000 at the most.
    pub async fn find_kept(
        &self,
        search: &str,
        page: PageQuery,
    ) -> Result<Page<MailSummary>, Broken> {
        let summary = |row| Ok::<_, Broken>(self.open_kept(row)?.summary);
        if search.is_empty() {
            let Page {
                content,
                total_elements,
                ..
            } = self.store.kept_mails(page).await?;
            let opened: Result<_, _> = content.into_iter().map(summary).collect();
            return Ok(Page::new(opened?, total_elements));
        }
        let search = folded(search);
        let is_meant = |mail: &MailSummary| {
            [&mail.to, &mail.subject].map(|text| folded(text).contains(&search)) != [false; 2]
        };
        let all = self.store.all_kept_mails().await?.into_iter().map(summary);
        let mut found = all.collect::<Result<Vec<_>, _>>()?;
        found.retain(is_meant);
        let total = found.len() as u64;
        let from = usize::try_from(page.offset()).unwrap_or(usize::MAX);
        let some = found.into_iter().skip(from).take(page.limit() as usize);
        Ok(Page::new(some.collect(), total))
    }
}

impl Write {
    /// Queues a letter within this change: it is on its way exactly if the change happens, at once after that. Without a
    /// mail server it is kept for the mailbox page.
    ///
    /// ```text
    /// change!(core.store, |write| {
    ///     let link = write.insert_invitation(..).await?;
    ///     let letter = Letter::Invitation(Invite { organization, inviter, link, until });
    ///     write.queue_letter(core, &email, Language::from_tag(&locale), &letter).await
    /// })
    /// ```
    ///
    /// # Errors
    /// The store's, where the mail cannot be written.
    pub async fn queue_letter(
        &mut self,
        core: &Core,
        to: &EmailAddress,
        language: Language,
        letter: &Letter,
    ) -> Result<(), Broken> {
        let now = core.now();
        let content = Content::of(letter, language, to);
        let plain = Secret::new(serde_json::to_string(&content)?);
        let state = if core.post.smtp.is_some() {
            MailState::Queued(Queued::new(now))
        } else {
            MailState::Kept
        };
        let mail = NewMail {
            kind: letter.kind(),
            language: language.tag(),
            state,
            sealed: &core.seal(Purpose::Mail, plain.expose()),
        };
        self.insert_mail(mail, now).await?;
        self.wake_after(core.post.wake.clone());
        Ok(())
    }
}
