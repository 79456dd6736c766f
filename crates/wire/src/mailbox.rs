//! Mails (ours): those of a cloud without a mail server, for the mailbox page, and those that a mail server does not take.

use serde::{Deserialize, Serialize};

use crate::{MailId, Secret, UserId};

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

/// `GET /mail/waiting`: the mails that the mail server has not taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct WaitingMail {
    /// Mails that wait for their next try, or for their first.
    pub waiting: i64,
    /// Mails that were given up within the last seven days.
    pub failed: i64,
    /// When the oldest of those that wait was written, in milliseconds since the epoch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub oldest: Option<i64>,
    /// What the last try failed of; none where none of them was tried in vain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub trouble: Option<MailTrouble>,
    /// Those of the mails that were given up which were for people whom the caller sees, the newest first; 20 at the most.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(as = "Option<Vec<GivenUpMail>>", optional)]
    pub given_up: Vec<GivenUpMail>,
}

/// A mail that was given up: whom it was for, and what it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct GivenUpMail {
    /// Whose address that is.
    pub user_id: UserId,
    /// The address that it was for.
    pub to: String,
    /// Its subject line, in the language of whoever it was for.
    pub subject: String,
    /// When it was given up, in milliseconds since the epoch.
    pub at: i64,
    /// What the last try failed of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub trouble: Option<MailTrouble>,
}

/// Why a mail server has not taken a mail.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS,
)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum MailTrouble {
    /// It cannot be reached, or the connection broke off.
    Unreachable,
    /// It took too long.
    TooSlow,
    /// The connection would not have been safe.
    Insecure,
    /// It does not take our name and password.
    SignIn,
    /// It refused.
    Answered {
        /// Its answer, 400 to 599 (RFC 5321, section 4.2).
        status: u16,
    },
    /// What it said broke off, or is no SMTP.
    NotUnderstood,
    /// It lacks what the mail would take: STARTTLS, a way to sign in that we know, or addresses beyond ASCII.
    Unsuitable,
    /// No mail can be made for this address.
    Unwritable,
}
