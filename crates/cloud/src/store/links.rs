//! Mailed links, found by their digest.

use handover_wire::{LinkPurpose, UserId};

use super::{Store, StoreError, Write};
use crate::clock::Time;
use crate::domain::{EmailAddress, LinkState};
use crate::secrets::Digest;

/// A link to mail.
pub struct NewLink<'a> {
    /// What it is found by.
    pub digest: &'a Digest,
    /// What it is for.
    pub purpose: LinkPurpose,
    /// Whose it is; none for the sign-up of somebody who is not there yet.
    pub user: Option<UserId>,
    /// The one address that it works for.
    pub email: &'a EmailAddress,
    /// BCP 47 language tag of the mail.
    pub locale: &'a str,
    /// When it ends.
    pub expires: Time,
    /// The label that goes along, sealed.
    pub label: Option<&'a [u8]>,
}

/// A link as it was found.
#[derive(Clone, Debug)]
pub struct LinkRow {
    /// What it is for.
    pub purpose: LinkPurpose,
    /// Whose it is.
    pub user: Option<UserId>,
    /// The one address that it works for.
    pub email: String,
    /// BCP 47 language tag of the mail.
    pub locale: String,
    /// Its state.
    pub state: LinkState,
    /// The label that goes along, sealed.
    pub label: Option<Vec<u8>>,
}

type Columns = (
    String,
    Option<i64>,
    String,
    String,
    i64,
    Option<i64>,
    Option<Vec<u8>>,
);

const FIND: &str = "SELECT purpose, user_id, email, locale, expires_at, used_at, label_sealed
                    FROM one_time_links WHERE digest = $1";

fn purpose_name(purpose: LinkPurpose) -> &'static str {
    match purpose {
        LinkPurpose::Invitation => "invitation",
        LinkPurpose::SignUp => "sign_up",
        LinkPurpose::PasswordReset => "password_reset",
    }
}

fn row(
    (purpose, user, email, locale, expires, used, label): Columns,
) -> Result<LinkRow, StoreError> {
    let purpose = [
        LinkPurpose::Invitation,
        LinkPurpose::SignUp,
        LinkPurpose::PasswordReset,
    ]
    .into_iter()
    .find(|&one| purpose_name(one) == purpose)
    .ok_or(StoreError::Corrupt("a link for no known purpose"))?;
    Ok(LinkRow {
        purpose,
        user: user.map(UserId),
        email,
        locale,
        state: match used {
            Some(_) => LinkState::Used,
            None => LinkState::Open {
                expires: Time(expires),
            },
        },
        label,
    })
}

impl Store {
    /// Finds a link.
    pub async fn link(&self, digest: &Digest) -> Result<Option<LinkRow>, StoreError> {
        let found: Option<Columns> = sqlx::query_as(FIND)
            .bind(digest.as_slice())
            .fetch_optional(&mut *self.read().await?)
            .await?;
        found.map(row).transpose()
    }
}

impl Write {
    /// Finds a link.
    pub async fn link(&mut self, digest: &Digest) -> Result<Option<LinkRow>, StoreError> {
        let found: Option<Columns> = sqlx::query_as(FIND)
            .bind(digest.as_slice())
            .fetch_optional(&mut *self.0)
            .await?;
        found.map(row).transpose()
    }

    /// Makes this the only link of its purpose that works for its address.
    pub async fn replace_link(&mut self, link: NewLink<'_>, now: Time) -> Result<(), StoreError> {
        self.drop_links(link.purpose, link.email.as_str()).await?;
        self.add_link(link, now).await
    }

    /// Adds a link beside those that were mailed to its address before.
    pub async fn add_link(&mut self, link: NewLink<'_>, now: Time) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO one_time_links
                 (digest, purpose, user_id, email, locale, created_at, expires_at, label_sealed)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(link.digest.as_slice())
        .bind(purpose_name(link.purpose))
        .bind(link.user.map(|user| user.0))
        .bind(link.email.as_str())
        .bind(link.locale)
        .bind(now.0)
        .bind(link.expires.0)
        .bind(link.label)
        .execute(&mut *self.0)
        .await?;
        Ok(())
    }

    /// Takes back the links of a purpose that were mailed to an address and not used.
    pub async fn drop_links(
        &mut self,
        purpose: LinkPurpose,
        email: &str,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "DELETE FROM one_time_links WHERE email = $1 AND purpose = $2 AND used_at IS NULL",
        )
        .bind(email)
        .bind(purpose_name(purpose))
        .execute(&mut *self.0)
        .await?;
        Ok(())
    }

    /// Takes back every link of a person.
    pub async fn drop_links_of(&mut self, user: UserId) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM one_time_links WHERE user_id = $1")
            .bind(user.0)
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    /// The label that went along with the newest mail to an address whose link works now.
    pub async fn label_on_its_way(
        &mut self,
        email: &str,
        now: Time,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(sqlx::query_scalar(
            "SELECT label_sealed FROM one_time_links
             WHERE email = $1 AND used_at IS NULL AND expires_at > $2 AND label_sealed IS NOT NULL
             ORDER BY created_at DESC LIMIT 1",
        )
        .bind(email)
        .bind(now.0)
        .fetch_optional(&mut *self.0)
        .await?)
    }

    /// When the last link of a purpose ends that was mailed to an address, was not used and works now.
    pub async fn links_end(
        &mut self,
        purpose: LinkPurpose,
        email: &str,
        now: Time,
    ) -> Result<Option<Time>, StoreError> {
        let end: Option<i64> = sqlx::query_scalar(
            "SELECT MAX(expires_at) FROM one_time_links
             WHERE email = $1 AND purpose = $2 AND used_at IS NULL AND expires_at > $3",
        )
        .bind(email)
        .bind(purpose_name(purpose))
        .bind(now.0)
        .fetch_one(&mut *self.0)
        .await?;
        Ok(end.map(Time))
    }

    /// Uses up a link, and with it whatever else was mailed to its address for the same. Labels that went along are gone.
    pub async fn use_link(&mut self, link: &LinkRow, now: Time) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE one_time_links SET used_at = $3, label_sealed = NULL
             WHERE email = $1 AND purpose = $2 AND used_at IS NULL",
        )
        .bind(&link.email)
        .bind(purpose_name(link.purpose))
        .bind(now.0)
        .execute(&mut *self.0)
        .await?;
        Ok(())
    }
}
