//! The mailbox page (ours): the mails of a cloud without a mail server.

use serde::{Deserialize, Serialize};

use crate::{MailId, Secret};

/// A mail in the list.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct MailSummary {
    /// Its number.
    pub id: MailId,
    /// The address that it is for.
    pub to: String,
    /// One line.
    pub subject: String,
    /// When it was written, in milliseconds since the epoch.
    pub at: i64,
    /// BCP 47 language tag.
    pub language: String,
}

/// A mail, as it would have been sent. Its links may open an account, once.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct KeptMail {
    /// What the list says of it.
    #[serde(flatten)]
    pub summary: MailSummary,
    /// The text part.
    pub text: Secret,
    /// The HTML part, a whole document.
    pub html: Secret,
    /// The links in it.
    pub links: Vec<Secret>,
}
