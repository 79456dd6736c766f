//! The mails of a cloud without a mail server.

use handover_client::{Client, Result, server_address};
use handover_wire::{KeptMail, MailId, MailSummary, Page, PageQuery};
use url::Url;

use crate::App;

impl App {
    /// The newest mails, with this text in their address or subject, of the cloud that somebody is signed in to; else those of
    /// the bundled one, which is a demo.
    ///
    /// # Errors
    /// `not_found` where that cloud has a mail server, `forbidden`, or what keeps it from being reached.
    pub async fn mailbox(&self, size: u32, search: &str) -> Result<Page<MailSummary>> {
        let newest = PageQuery {
            page: None,
            size: Some(size),
        };
        match self.signed_in().await {
            Ok((client, _)) => client.mailbox(search, newest).await,
            Err(_) => Client::demo_mailbox(&self.bundled().await?, search, newest).await,
        }
    }

    /// One of those mails.
    ///
    /// # Errors
    /// `not_found`, or as for [`App::mailbox`].
    pub async fn mail(&self, id: MailId) -> Result<KeptMail> {
        match self.signed_in().await {
            Ok((client, _)) => client.mail(id).await,
            Err(_) => Client::demo_mail(&self.bundled().await?, id).await,
        }
    }

    async fn bundled(&self) -> Result<Url> {
        server_address(&self.host.bundled_cloud().await?.url)
    }
}
