//! Templates. An organization uses its own and those of the organizations above it.

use handover_wire::{
    ListSort, MetaField, OrgId, Page, PageQuery, Template, TemplateDetails, TemplateId,
    TemplateParts,
};
use sqlx::any::{AnyExecutor, AnyRow};
use sqlx::{FromRow, Row};

use super::listing::{Bound, Listing, contains, sorted};
use super::{Store, StoreError, Write, sought};
use crate::domain::{Blueprint, Description, Reach, TemplateName};

/// A template as it is to be.
#[derive(Clone, Copy)]
pub struct NewTemplate<'a> {
    /// What the product is called.
    pub name: &'a TemplateName,
    /// Free text.
    pub description: Option<&'a Description>,
    /// What belongs to it.
    pub blueprint: &'a Blueprint,
}

/// What is of a template.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TemplateUses {
    /// Devices.
    pub devices: i64,
    /// Static tokens, revoked ones too.
    pub tokens: i64,
    /// Batches, whatever became of them.
    pub batches: i64,
}

/// A template as it was found.
pub struct TemplateRow(pub Template);

impl FromRow<'_, AnyRow> for TemplateRow {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        Ok(Self(Template {
            id: row.try_get("id")?,
            template_id: TemplateId(row.try_get("template_id")?),
            org_id: OrgId(row.try_get("org_id")?),
            name: row.try_get("name")?,
            description: row.try_get("description")?,
        }))
    }
}

/// The same with its parts.
struct DetailsRow(TemplateDetails);

impl FromRow<'_, AnyRow> for DetailsRow {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        let TemplateRow(template) = TemplateRow::from_row(row)?;
        Ok(Self(TemplateDetails {
            template,
            revision: row.try_get("revision")?,
            parts: PartsRow::from_row(row)?.0,
        }))
    }
}

/// Its parts alone.
struct PartsRow(TemplateParts);

impl FromRow<'_, AnyRow> for PartsRow {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        let parts: String = row.try_get("parts")?;
        let parts = serde_json::from_str(&parts);
        parts
            .map(Self)
            .map_err(|error| sqlx::Error::Decode(error.into()))
    }
}

/// The metadata fields of the template that a device is of, in whatever organization that is.
async fn meta_fields(
    executor: impl AnyExecutor<'_>,
    id: &TemplateId,
) -> Result<Vec<MetaField>, StoreError> {
    let row: Option<PartsRow> =
        sqlx::query_as("SELECT parts FROM templates WHERE template_id = $1")
            .bind(&id.0)
            .fetch_optional(executor)
            .await?;
    Ok(row.map(|row| row.0.meta_fields).unwrap_or_default())
}

async fn find<R>(
    executor: impl AnyExecutor<'_>,
    org: OrgId,
    id: &TemplateId,
) -> Result<Option<R>, StoreError>
where
    R: for<'r> FromRow<'r, AnyRow> + Send + Unpin,
{
    let row = sqlx::query_as(
        "SELECT p.* FROM templates p JOIN org_tree t ON t.ancestor_id = p.org_id
         WHERE t.org_id = $1 AND p.template_id = $2",
    )
    .bind(org.0)
    .bind(sought(&id.0))
    .fetch_optional(executor)
    .await?;
    Ok(row)
}

impl Store {
    /// The templates that an organization can use and whose names hold the text.
    pub async fn templates(
        &self,
        org: OrgId,
        search: &str,
        sort: ListSort,
        page: PageQuery,
    ) -> Result<Page<Template>, StoreError> {
        macro_rules! usable {
            ($($order:literal),+) => {
                concat!(
                    "SELECT p.* FROM templates p JOIN org_tree t ON t.ancestor_id = p.org_id
                     WHERE t.org_id = $1 AND p.name_folded LIKE $2 ESCAPE '\\' ",
                    $($order),+,
                    " LIMIT $3 OFFSET $4"
                )
            };
        }
        let listing = Listing {
            count: "SELECT COUNT(*) FROM templates p JOIN org_tree t ON t.ancestor_id = p.org_id
                    WHERE t.org_id = $1 AND p.name_folded LIKE $2 ESCAPE '\\'",
            rows: sorted!(sort, usable, "p.name_folded", "p.id"),
            bound: &[Bound::Number(org.0), Bound::Text(&contains(search))],
        };
        let page: Page<TemplateRow> = self.list(listing, page).await?;
        Ok(page.map(|row| row.0))
    }

    /// The templates that devices within reach are of, of those whose names hold the text.
    pub async fn templates_of_devices(
        &self,
        reach: Reach,
        search: &str,
        sort: ListSort,
        page: PageQuery,
    ) -> Result<Page<Template>, StoreError> {
        macro_rules! used {
            ($select:literal, $($rest:literal),*) => {
                concat!(
                    "SELECT ", $select, " FROM templates p
                     WHERE EXISTS (SELECT 1 FROM device_reach r
                                   WHERE r.ancestor_id = $1 AND r.template_id = p.id)
                     AND (EXISTS (SELECT 1 FROM org_tree t
                                  WHERE t.org_id = $1 AND t.ancestor_id = p.org_id)
                          OR EXISTS (SELECT 1 FROM org_tree t
                                     WHERE t.ancestor_id = $1 AND t.org_id = p.org_id
                                     AND t.depth <= $2))
                     AND p.name_folded LIKE $3 ESCAPE '\\' ",
                    $($rest),*
                )
            };
        }
        macro_rules! rows {
            ($($order:literal),+) => {
                used!("p.*", $($order),+, " LIMIT $4 OFFSET $5")
            };
        }
        let listing = Listing {
            count: used!("COUNT(*)",),
            rows: sorted!(sort, rows, "p.name_folded", "p.id"),
            bound: &[
                Bound::Number(reach.org.0),
                Bound::Number(reach.depth),
                Bound::Text(&contains(search)),
            ],
        };
        let page: Page<TemplateRow> = self.list(listing, page).await?;
        Ok(page.map(|row| row.0))
    }

    /// A template that an organization can use.
    pub async fn template(
        &self,
        org: OrgId,
        id: &TemplateId,
    ) -> Result<Option<Template>, StoreError> {
        let row: Option<TemplateRow> = find(&mut *self.read().await?, org, id).await?;
        Ok(row.map(|row| row.0))
    }

    /// The numeric id of a template that devices within reach may be of: of the organization's, of one above it or below.
    pub async fn template_within(
        &self,
        reach: Reach,
        id: &TemplateId,
    ) -> Result<Option<i64>, StoreError> {
        Ok(sqlx::query_scalar(
            "SELECT p.id FROM templates p WHERE p.template_id = $1 AND (
                 EXISTS (SELECT 1 FROM org_tree t WHERE t.org_id = $2 AND t.ancestor_id = p.org_id)
                 OR EXISTS (SELECT 1 FROM org_tree t
                            WHERE t.ancestor_id = $2 AND t.org_id = p.org_id AND t.depth <= $3))",
        )
        .bind(sought(&id.0))
        .bind(reach.org.0)
        .bind(reach.depth)
        .fetch_optional(&mut *self.read().await?)
        .await?)
    }

    /// The metadata fields of the template that a device is of.
    pub async fn meta_fields(&self, id: &TemplateId) -> Result<Vec<MetaField>, StoreError> {
        meta_fields(&mut *self.read().await?, id).await
    }

    /// The same with its parts.
    pub async fn template_details(
        &self,
        org: OrgId,
        id: &TemplateId,
    ) -> Result<Option<TemplateDetails>, StoreError> {
        let row: Option<DetailsRow> = find(&mut *self.read().await?, org, id).await?;
        Ok(row.map(|row| row.0))
    }
}

impl Write {
    /// A template that an organization can use, with its parts.
    pub async fn template_details(
        &mut self,
        org: OrgId,
        id: &TemplateId,
    ) -> Result<Option<TemplateDetails>, StoreError> {
        let row: Option<DetailsRow> = find(&mut *self.0, org, id).await?;
        Ok(row.map(|row| row.0))
    }

    /// The metadata fields of the template that a device is of.
    pub async fn meta_fields(&mut self, id: &TemplateId) -> Result<Vec<MetaField>, StoreError> {
        meta_fields(&mut *self.0, id).await
    }

    /// Adds a template and gives its numeric id.
    pub async fn insert_template(
        &mut self,
        org: OrgId,
        template_id: &TemplateId,
        template: NewTemplate<'_>,
    ) -> Result<i64, StoreError> {
        let id = sqlx::query_scalar(
            "INSERT INTO templates (template_id, org_id, name, name_folded, description, parts)
             VALUES ($1, $2, $3, $4, $5, $6) RETURNING id",
        )
        .bind(&template_id.0)
        .bind(org.0)
        .bind(template.name.as_str())
        .bind(template.name.folded())
        .bind(template.description.map(Description::as_str))
        .bind(written(template.blueprint)?)
        .fetch_one(&mut *self.0)
        .await?;
        Ok(id)
    }

    /// Makes a template what it is to be.
    pub async fn edit_template(
        &mut self,
        id: i64,
        template: NewTemplate<'_>,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE templates SET name = $2, name_folded = $3, description = $4, parts = $5,
                                  revision = revision + 1
             WHERE id = $1",
        )
        .bind(id)
        .bind(template.name.as_str())
        .bind(template.name.folded())
        .bind(template.description.map(Description::as_str))
        .bind(written(template.blueprint)?)
        .execute(&mut *self.0)
        .await?;
        Ok(())
    }

    /// Whether a template is there, by its internal number.
    pub async fn has_template(&mut self, id: i64) -> Result<bool, StoreError> {
        let found: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM templates WHERE id = $1")
            .bind(id)
            .fetch_one(&mut *self.0)
            .await?;
        Ok(found > 0)
    }

    /// Counts what is of a template.
    pub async fn template_uses(&mut self, id: i64) -> Result<TemplateUses, StoreError> {
        let row = sqlx::query(
            "SELECT (SELECT COUNT(*) FROM devices WHERE template_id = $1) AS devices,
                    (SELECT COUNT(*) FROM static_tokens WHERE template_id = $1) AS tokens,
                    (SELECT COUNT(*) FROM batches WHERE template_id = $1
                     AND (becomes = 'tokens' OR state = 'making')) AS batches",
        )
        .bind(id)
        .fetch_one(&mut *self.0)
        .await?;
        Ok(TemplateUses {
            devices: row.try_get("devices")?,
            tokens: row.try_get("tokens")?,
            batches: row.try_get("batches")?,
        })
    }

    /// Deletes a template that nothing is of.
    pub async fn delete_template(&mut self, id: i64) -> Result<(), StoreError> {
        for statement in [
            "DELETE FROM device_numbers WHERE template_id = $1",
            // Of devices that were made of it once there is nothing left but this.
            "DELETE FROM batches WHERE template_id = $1 AND becomes = 'devices'",
            "DELETE FROM templates WHERE id = $1",
        ] {
            sqlx::query(statement)
                .bind(id)
                .execute(&mut *self.0)
                .await?;
        }
        Ok(())
    }
}

fn written(blueprint: &Blueprint) -> Result<String, StoreError> {
    serde_json::to_string(blueprint.parts())
        .map_err(|_| StoreError::Corrupt("the parts of a template do not serialize"))
}
