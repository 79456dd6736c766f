//! Organizations and their tree.

use std::collections::HashSet;

use handover_wire::{ListSort, OrgId, Organization, OrganizationSummary, Page, PageQuery};
use sqlx::any::AnyRow;
use sqlx::{FromRow, Row};

use super::listing::{Bound, Listing, contains, sorted};
use super::together::{self, Statement};
use super::{Store, StoreError, Work, Write};
use crate::clock::Time;
use crate::domain::{Description, OrgName, Reach, level_below};

/// An organization to make.
pub struct NewOrg<'a> {
    /// Its name.
    pub name: &'a OrgName,
    /// Free text.
    pub description: Option<&'a Description>,
    /// The one above it.
    pub parent: Option<OrgId>,
    /// IANA time zone.
    pub tz: &'a str,
}

/// What is asked for of organizations `o`: themselves, and their level in the tree.
macro_rules! organizations {
    ($($rest:literal),+) => {
        concat!(
            "SELECT o.*, (SELECT COUNT(*) FROM org_tree l WHERE l.org_id = o.id) AS level ",
            $($rest),+
        )
    };
}

struct OrgRow(Organization);

impl FromRow<'_, AnyRow> for OrgRow {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        Ok(Self(Organization {
            id: OrgId(row.try_get("id")?),
            name: row.try_get("name")?,
            description: row.try_get("description")?,
            parent_organization_id: row.try_get::<Option<i64>, _>("parent_id")?.map(OrgId),
            is_active: row.try_get::<Option<i64>, _>("closed_at")?.is_none(),
            tz: row.try_get("tz")?,
            // Nobody can choose these yet.
            unit_system: None,
            phone_number: None,
            last_modified_ts: row.try_get("last_modified_ts")?,
            device_limit: row.try_get("device_limit")?,
            is_lowest: level_below(row.try_get("level")?).is_err(),
        }))
    }
}

struct SummaryRow(OrganizationSummary);

impl FromRow<'_, AnyRow> for SummaryRow {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        Ok(Self(OrganizationSummary {
            organization: OrgRow::from_row(row)?.0,
            parent_name: row.try_get("parent_name")?,
            organizations: row.try_get("organizations")?,
            people: row.try_get("people")?,
            devices: row.try_get("devices")?,
            devices_used: row.try_get("devices_used")?,
        }))
    }
}

/// What keeps an organization from being deleted, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OrgContents {
    /// Organizations right below it.
    pub organizations: i64,
    /// People who belong to it, invited ones too.
    pub people: i64,
    /// Devices in it.
    pub devices: i64,
    /// Static tokens made in it that are not revoked.
    pub tokens: i64,
    /// Templates of its own.
    pub templates: i64,
}

impl Store {
    /// An organization.
    pub async fn org(&self, id: OrgId) -> Result<Option<Organization>, StoreError> {
        let row: Option<OrgRow> =
            sqlx::query_as(organizations!("FROM organizations o WHERE o.id = $1"))
                .bind(id.0)
                .fetch_optional(&mut *self.read().await?)
                .await?;
        Ok(row.map(|row| row.0))
    }

    /// Whether there is any organization at all.
    pub async fn has_orgs(&self) -> Result<bool, StoreError> {
        let count: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM organizations")
            .fetch_one(&mut *self.read().await?)
            .await?;
        Ok(count > 0)
    }

    /// Whether somebody with this reach may look into that organization.
    pub async fn reaches(&self, reach: Reach, org: OrgId) -> Result<bool, StoreError> {
        let found: i64 = sqlx::query_scalar(
            "SELECT COUNT(*) FROM org_tree WHERE ancestor_id = $1 AND depth <= $2 AND org_id = $3",
        )
        .bind(reach.org.0)
        .bind(reach.depth)
        .bind(org.0)
        .fetch_one(&mut *self.read().await?)
        .await?;
        Ok(found > 0)
    }

    /// The organizations below whose names hold the text, each with what is in it; an empty text is in every name.
    pub async fn orgs_below(
        &self,
        reach: Reach,
        search: &str,
        sort: ListSort,
        page: PageQuery,
    ) -> Result<Page<OrganizationSummary>, StoreError> {
        macro_rules! below {
            ($($order:literal),+) => {
                organizations!(
                    ", p.name AS parent_name,
                            (SELECT COUNT(*) FROM organizations c
                             WHERE c.parent_id = o.id AND c.closed_at IS NULL) AS organizations,
                            (SELECT COUNT(*) FROM users u
                             WHERE u.org_id = o.id AND u.status <> 'Inactive') AS people,
                            (SELECT COUNT(*) FROM devices d WHERE d.org_id = o.id) AS devices,
                            (SELECT CAST(COALESCE(SUM(n.amount), 0) AS BIGINT) FROM tallies n
                             WHERE n.kind = 'reach' AND n.of_id = o.id) AS devices_used
                     FROM organizations o
                     JOIN org_tree t ON t.org_id = o.id
                     LEFT JOIN organizations p ON p.id = o.parent_id
                     WHERE t.ancestor_id = $1 AND t.depth BETWEEN 1 AND $2
                     AND o.name_folded LIKE $3 ESCAPE '\\' ",
                    $($order),+,
                    " LIMIT $4 OFFSET $5"
                )
            };
        }
        let [org, depth] = reach.bound();
        let listing = Listing {
            count: "SELECT COUNT(*) FROM organizations o JOIN org_tree t ON t.org_id = o.id
                    WHERE t.ancestor_id = $1 AND t.depth BETWEEN 1 AND $2
                    AND o.name_folded LIKE $3 ESCAPE '\\'",
            rows: sorted!(sort, below, "o.name_folded", "o.id"),
            bound: &[org, depth, Bound::Text(&contains(search))],
        };
        let page: Page<SummaryRow> = self.list(listing, page).await?;
        Ok(page.map(|row| row.0))
    }
}

impl Work {
    /// An organization within reach.
    pub async fn org(
        &mut self,
        reach: Reach,
        id: OrgId,
    ) -> Result<Option<Organization>, StoreError> {
        let row: Option<OrgRow> = sqlx::query_as(organizations!(
            "FROM organizations o JOIN org_tree t ON t.org_id = o.id
             WHERE t.ancestor_id = $1 AND t.depth <= $2 AND o.id = $3"
        ))
        .bind(reach.org.0)
        .bind(reach.depth)
        .bind(id.0)
        .fetch_optional(&mut **self)
        .await?;
        Ok(row.map(|row| row.0))
    }

    /// What an organization is called, also one that was closed.
    pub async fn org_name(&mut self, id: OrgId) -> Result<String, StoreError> {
        Ok(
            sqlx::query_scalar("SELECT name FROM organizations WHERE id = $1")
                .bind(id.0)
                .fetch_one(&mut **self)
                .await?,
        )
    }

    /// Whether `above` is `below` or stands above it.
    pub async fn is_at_or_above(&mut self, above: OrgId, below: OrgId) -> Result<bool, StoreError> {
        let found: i64 = sqlx::query_scalar(
            "SELECT COUNT(*) FROM org_tree WHERE ancestor_id = $1 AND org_id = $2",
        )
        .bind(above.0)
        .bind(below.0)
        .fetch_one(&mut **self)
        .await?;
        Ok(found > 0)
    }

    /// What the organizations are called that stand above one, up to the topmost.
    pub async fn names_above(&mut self, org: OrgId) -> Result<Vec<String>, StoreError> {
        Ok(sqlx::query_scalar(
            "SELECT o.name FROM org_tree t JOIN organizations o ON o.id = t.ancestor_id
             WHERE t.org_id = $1 AND t.depth > 0 ORDER BY t.depth",
        )
        .bind(org.0)
        .fetch_all(&mut **self)
        .await?)
    }

    /// Whether another organization right below this one has the name, or one that looks like it.
    pub async fn has_org_named(
        &mut self,
        parent: OrgId,
        name: &OrgName,
        but: Option<OrgId>,
    ) -> Result<bool, StoreError> {
        let found: i64 = sqlx::query_scalar(
            "SELECT COUNT(*) FROM organizations
             WHERE parent_id = $1 AND COALESCE(looks, name_folded) = $2 AND closed_at IS NULL
             AND id <> $3",
        )
        .bind(parent.0)
        .bind(name.looks())
        .bind(but.map_or(0, |id| id.0))
        .fetch_one(&mut **self)
        .await?;
        Ok(found > 0)
    }

    /// What those look like directly below an organization that this one may be mistaken for, with a number or without.
    pub async fn org_names_like(
        &mut self,
        parent: OrgId,
        name: &OrgName,
    ) -> Result<HashSet<String>, StoreError> {
        let pattern = contains(&name.stem());
        let found: Vec<String> = sqlx::query_scalar(
            "SELECT COALESCE(looks, name_folded) FROM organizations
             WHERE parent_id = $1 AND COALESCE(looks, name_folded) LIKE $2 ESCAPE '\\'
             AND closed_at IS NULL",
        )
        .bind(parent.0)
        .bind(pattern.trim_start_matches('%'))
        .fetch_all(&mut **self)
        .await?;
        Ok(found.into_iter().collect())
    }

    /// How many more devices may come into an organization before its own limit or one above it is reached; the limits of
    /// those within reach alone.
    pub async fn free_room(&mut self, reach: Reach, org: OrgId) -> Result<Option<i64>, StoreError> {
        Ok(sqlx::query_scalar(
            "SELECT CAST(MIN(o.device_limit -
                 (SELECT CAST(COALESCE(SUM(n.amount), 0) AS BIGINT) FROM tallies n
                  WHERE n.kind = 'reach' AND n.of_id = o.id)) AS BIGINT)
             FROM org_tree t JOIN organizations o ON o.id = t.ancestor_id
             WHERE t.org_id = $1 AND o.device_limit IS NOT NULL
             AND o.id IN (SELECT r.org_id FROM org_tree r
                          WHERE r.ancestor_id = $2 AND r.depth <= $3)",
        )
        .bind(org.0)
        .bind(reach.org.0)
        .bind(reach.depth)
        .fetch_one(&mut **self)
        .await?)
    }

    /// Whether so many more devices may come into an organization: neither its own limit nor one above it is reached.
    /// Where they come `from` an organization of the same tree, a limit that they count against already says nothing.
    ///
    /// Nobody's limit means that no number is looked at, so that claims side by side do not wait for each other.
    pub async fn has_room(
        &mut self,
        org: OrgId,
        from: Option<OrgId>,
        more: i64,
    ) -> Result<bool, StoreError> {
        let found = together::run(self.engine, &mut *self, vec![room_left(org, from)]).await?;
        let left: Option<i64> = found.first().map(|row| row.try_get(1)).transpose()?;
        Ok(left.is_none_or(|left| more <= left))
    }
}

/// Asks for which of some organizations there is a limit, be it of one above them, and how many devices there may still come:
/// that is less than none where the limit was set later. Where they come `from` an organization of the same tree, a limit that
/// they count against already is none.
pub(super) fn room_left(org: OrgId, from: Option<OrgId>) -> Statement {
    Statement::row(
        "SELECT t.org_id, MIN(o.device_limit -
                (SELECT CAST(COALESCE(SUM(n.amount), 0) AS BIGINT) FROM tallies n
                 WHERE n.kind = 'reach' AND n.of_id = o.id))
         FROM (VALUES ",
        "(CAST($1 AS BIGINT), CAST($2 AS BIGINT))",
        ") AS w
         JOIN org_tree t ON t.org_id = w.column1
         JOIN organizations o ON o.id = t.ancestor_id
         WHERE o.device_limit IS NOT NULL
         AND NOT EXISTS (SELECT 1 FROM org_tree f
                         WHERE f.ancestor_id = o.id AND f.org_id = w.column2)
         GROUP BY t.org_id",
    )
    .bind(org.0)
    .bind(from.map(|org| org.0))
}

impl Write {
    /// Makes an organization and hangs it into the tree.
    pub async fn insert_org(&mut self, org: NewOrg<'_>, now: Time) -> Result<OrgId, StoreError> {
        let id: i64 = sqlx::query_scalar(
            "INSERT INTO organizations
                 (name, name_folded, description, parent_id, tz, last_modified_ts, looks)
             VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id",
        )
        .bind(org.name.as_str())
        .bind(org.name.folded())
        .bind(org.description.map(Description::as_str))
        .bind(org.parent.map(|id| id.0))
        .bind(org.tz)
        .bind(now.0)
        .bind(org.name.looks())
        .fetch_one(&mut *self.0)
        .await?;
        sqlx::query(
            "INSERT INTO org_tree (ancestor_id, org_id, depth)
             SELECT ancestor_id, $1, depth + 1 FROM org_tree WHERE org_id = $2
             UNION ALL SELECT $1, $1, 0",
        )
        .bind(id)
        .bind(org.parent.map(|id| id.0))
        .execute(&mut *self.0)
        .await?;
        Ok(OrgId(id))
    }

    /// Whether there is any organization at all.
    pub async fn has_orgs(&mut self) -> Result<bool, StoreError> {
        let count: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM organizations")
            .fetch_one(&mut *self.0)
            .await?;
        Ok(count > 0)
    }

    /// The level of an organization in the tree: 1 for one that none stands above.
    pub async fn level(&mut self, org: OrgId) -> Result<i64, StoreError> {
        Ok(
            sqlx::query_scalar("SELECT COUNT(*) FROM org_tree WHERE org_id = $1")
                .bind(org.0)
                .fetch_one(&mut *self.0)
                .await?,
        )
    }

    /// The one that none stands above.
    pub async fn topmost_org(&mut self) -> Result<Option<OrgId>, StoreError> {
        let id: Option<i64> = sqlx::query_scalar(
            "SELECT id FROM organizations WHERE parent_id IS NULL ORDER BY id LIMIT 1",
        )
        .fetch_optional(&mut *self.0)
        .await?;
        Ok(id.map(OrgId))
    }

    /// Whether an organization is there and was not deleted.
    pub async fn is_open(&mut self, org: OrgId) -> Result<bool, StoreError> {
        let found: i64 = sqlx::query_scalar(
            "SELECT COUNT(*) FROM organizations WHERE id = $1 AND closed_at IS NULL",
        )
        .bind(org.0)
        .fetch_one(&mut *self.0)
        .await?;
        Ok(found > 0)
    }

    /// Gives an organization another name.
    pub async fn rename_org(
        &mut self,
        id: OrgId,
        name: &OrgName,
        now: Time,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE organizations SET name = $2, name_folded = $3, last_modified_ts = $4, looks = $5
             WHERE id = $1",
        )
        .bind(id.0)
        .bind(name.as_str())
        .bind(name.folded())
        .bind(now.0)
        .bind(name.looks())
        .execute(&mut *self.0)
        .await?;
        Ok(())
    }

    /// Says how many devices an organization and those below it may have together.
    pub async fn set_device_limit(
        &mut self,
        id: OrgId,
        limit: Option<i64>,
        now: Time,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE organizations SET device_limit = $2, last_modified_ts = $3 WHERE id = $1",
        )
        .bind(id.0)
        .bind(limit)
        .bind(now.0)
        .execute(&mut *self.0)
        .await?;
        Ok(())
    }

    /// What is in an organization, and what is about to be: a batch that is still made is as many tokens.
    pub async fn org_contents(&mut self, id: OrgId) -> Result<OrgContents, StoreError> {
        let (organizations, people, devices, tokens, templates) = sqlx::query_as(
            "SELECT
                 (SELECT COUNT(*) FROM organizations WHERE parent_id = $1 AND closed_at IS NULL),
                 (SELECT COUNT(*) FROM users WHERE org_id = $1 AND status <> 'Inactive'),
                 (SELECT COUNT(*) FROM devices WHERE org_id = $1),
                 (SELECT COUNT(*) FROM static_tokens WHERE org_id = $1 AND revoked_at IS NULL)
                     + (SELECT CAST(COALESCE(SUM(wanted), 0) AS BIGINT) FROM batches
                        WHERE org_id = $1 AND state = 'making'),
                 (SELECT COUNT(*) FROM templates WHERE org_id = $1)",
        )
        .bind(id.0)
        .fetch_one(&mut *self.0)
        .await?;
        Ok(OrgContents {
            organizations,
            people,
            devices,
            tokens,
            templates,
        })
    }

    /// Takes an organization out of the tree, so that nobody reaches it any more, with the machines' credentials that
    /// were made in it. The row stays for the audit, and so does what it stood below.
    pub async fn close_org(&mut self, id: OrgId, now: Time) -> Result<(), StoreError> {
        sqlx::query("UPDATE organizations SET closed_at = $2, last_modified_ts = $2 WHERE id = $1")
            .bind(id.0)
            .bind(now.0)
            .execute(&mut *self.0)
            .await?;
        sqlx::query(
            "UPDATE sessions SET revoked_at = $2 WHERE revoked_at IS NULL AND client_id IN
                 (SELECT client_id FROM oauth_clients WHERE org_id = $1)",
        )
        .bind(id.0)
        .bind(now.0)
        .execute(&mut *self.0)
        .await?;
        for sql in [
            "INSERT INTO closed_org_tree (ancestor_id, org_id, depth)
             SELECT ancestor_id, org_id, depth FROM org_tree WHERE org_id = $1 AND depth > 0",
            "DELETE FROM org_tree WHERE org_id = $1",
        ] {
            sqlx::query(sql).bind(id.0).execute(&mut *self.0).await?;
        }
        Ok(())
    }
}
