//! Credentials of machines.

use handover_wire::{Machine, OrgId, Page, PageQuery, UserId};
use sqlx::any::AnyRow;
use sqlx::{FromRow, Row};

use super::listing::Listing;
use super::{Store, StoreError, Write, digest, sought};
use crate::clock::Time;
use crate::domain::Reach;
use crate::secrets::Digest;

struct MachineRow(Machine);

impl FromRow<'_, AnyRow> for MachineRow {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        Ok(Self(Machine {
            client_id: row.try_get("client_id")?,
            name: row.try_get("name")?,
            org_id: OrgId(row.try_get("org_id")?),
            org_name: row.try_get("org_name")?,
            created_at: row.try_get("created_at")?,
            created_by: row.try_get("created_by_name")?,
            last_used_at: row.try_get("last_used_at")?,
        }))
    }
}

/// A query about machines within reach whose credentials are good.
macro_rules! machines {
    ($select:literal, $rest:literal) => {
        concat!(
            $select,
            " FROM oauth_clients c
              JOIN org_tree t ON t.org_id = c.org_id
              JOIN organizations o ON o.id = c.org_id
              WHERE t.ancestor_id = $1 AND t.depth <= $2 AND c.revoked_at IS NULL ",
            $rest
        )
    };
}

impl Store {
    /// The digest of a client's secret, while it is good.
    pub async fn client_secret(&self, client_id: &str) -> Result<Option<Digest>, StoreError> {
        let found: Option<Vec<u8>> = sqlx::query_scalar(
            "SELECT c.secret_digest FROM oauth_clients c
             JOIN organizations o ON o.id = c.org_id AND o.closed_at IS NULL
             WHERE c.client_id = $1 AND c.revoked_at IS NULL",
        )
        .bind(sought(client_id))
        .fetch_optional(&mut *self.read().await?)
        .await?;
        found.map(|bytes| digest(&bytes)).transpose()
    }

    /// The machines within reach, the newest first.
    pub async fn machines(
        &self,
        reach: Reach,
        page: PageQuery,
    ) -> Result<Page<Machine>, StoreError> {
        let listing = Listing {
            count: machines!("SELECT COUNT(*)", ""),
            rows: machines!(
                "SELECT c.client_id, c.name, c.org_id, o.name AS org_name, c.created_at,
                        (SELECT u.name FROM users u JOIN org_tree w ON w.org_id = u.org_id
                         WHERE u.id = c.created_by AND w.ancestor_id = $1
                         AND w.depth <= $2) AS created_by_name,
                        (SELECT MAX(s.last_used_at) FROM sessions s
                         WHERE s.client_id = c.client_id) AS last_used_at",
                "ORDER BY c.created_at DESC, c.client_id LIMIT $3 OFFSET $4"
            ),
            bound: &reach.bound(),
        };
        let page: Page<MachineRow> = self.list(listing, page).await?;
        Ok(page.map(|row| row.0))
    }
}

impl Write {
    /// Adds a machine's credentials.
    pub async fn insert_client(
        &mut self,
        client_id: &str,
        secret: &Digest,
        name: &str,
        (org, by): (OrgId, Option<UserId>),
        now: Time,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO oauth_clients (client_id, secret_digest, name, org_id, created_at,
                                        created_by)
             VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(client_id)
        .bind(secret.as_slice())
        .bind(name)
        .bind(org.0)
        .bind(now.0)
        .bind(by.map(|by| by.0))
        .execute(&mut *self.0)
        .await?;
        Ok(())
    }

    /// Takes a machine's credentials out of use, and ends its sessions. Whose they were; none where there are none within
    /// reach that are good.
    pub async fn revoke_client(
        &mut self,
        reach: Reach,
        client_id: &str,
        now: Time,
    ) -> Result<Option<OrgId>, StoreError> {
        let org: Option<i64> = sqlx::query_scalar(
            "UPDATE oauth_clients SET revoked_at = $4
             WHERE client_id = $3 AND revoked_at IS NULL AND org_id IN
                 (SELECT org_id FROM org_tree WHERE ancestor_id = $1 AND depth <= $2)
             RETURNING org_id",
        )
        .bind(reach.org.0)
        .bind(reach.depth)
        .bind(sought(client_id))
        .bind(now.0)
        .fetch_optional(&mut *self.0)
        .await?;
        if org.is_some() {
            sqlx::query(
                "UPDATE sessions SET revoked_at = $2 WHERE client_id = $1 AND revoked_at IS NULL",
            )
            .bind(sought(client_id))
            .bind(now.0)
            .execute(&mut *self.0)
            .await?;
        }
        Ok(org.map(OrgId))
    }
}
