//! Organizations and their tree.

use handover_wire::{OrgId, Organization, Page, PageQuery};
use sqlx::any::AnyRow;
use sqlx::{FromRow, Row};

use super::listing::Listing;
use super::{Store, StoreError, Write};
use crate::clock::Time;
use crate::domain::{OrgName, Reach};

/// An organization to make.
pub struct NewOrg<'a> {
    /// Its name.
    pub name: &'a OrgName,
    /// Free text.
    pub description: Option<&'a str>,
    /// The one above it.
    pub parent: Option<OrgId>,
    /// IANA time zone.
    pub tz: &'a str,
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
        }))
    }
}

impl Store {
    /// An organization.
    pub async fn org(&self, id: OrgId) -> Result<Option<Organization>, StoreError> {
        let row: Option<OrgRow> = sqlx::query_as("SELECT * FROM organizations WHERE id = $1")
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

    /// All organizations below, in the order of their names.
    pub async fn orgs_below(
        &self,
        reach: Reach,
        page: PageQuery,
    ) -> Result<Page<Organization>, StoreError> {
        let listing = Listing {
            count: "SELECT COUNT(*) FROM org_tree WHERE ancestor_id = $1 AND depth BETWEEN 1 AND $2",
            rows: "SELECT o.* FROM organizations o JOIN org_tree t ON t.org_id = o.id
                   WHERE t.ancestor_id = $1 AND t.depth BETWEEN 1 AND $2
                   ORDER BY o.name, o.id LIMIT $3 OFFSET $4",
            bound: &reach.bound(),
        };
        let page: Page<OrgRow> = self.list(listing, page).await?;
        Ok(page.map(|row| row.0))
    }
}

impl Write {
    /// Makes an organization and hangs it into the tree.
    pub async fn insert_org(&mut self, org: NewOrg<'_>, now: Time) -> Result<OrgId, StoreError> {
        let id: i64 = sqlx::query_scalar(
            "INSERT INTO organizations (name, description, parent_id, tz, last_modified_ts)
             VALUES ($1, $2, $3, $4, $5) RETURNING id",
        )
        .bind(org.name.as_str())
        .bind(org.description)
        .bind(org.parent.map(|id| id.0))
        .bind(org.tz)
        .bind(now.0)
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

    /// Whether `above` is `below` or stands above it.
    pub async fn is_at_or_above(&mut self, above: OrgId, below: OrgId) -> Result<bool, StoreError> {
        let found: i64 = sqlx::query_scalar(
            "SELECT COUNT(*) FROM org_tree WHERE ancestor_id = $1 AND org_id = $2",
        )
        .bind(above.0)
        .bind(below.0)
        .fetch_one(&mut *self.0)
        .await?;
        Ok(found > 0)
    }
}
