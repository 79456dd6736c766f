//! Templates. An organization uses its own and those of the organizations above it.

use handover_wire::{OrgId, Page, PageQuery, Template, TemplateId};
use sqlx::any::AnyRow;
use sqlx::{FromRow, Row};

use super::listing::{Bound, Listing};
use super::{Store, StoreError, Write, sought};

/// A template to add.
pub struct NewTemplate<'a> {
    /// Its public id.
    pub template_id: &'a TemplateId,
    /// Whose it is.
    pub org: OrgId,
    /// What the product is called.
    pub name: &'a str,
    /// Free text.
    pub description: Option<&'a str>,
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

impl Store {
    /// The templates that an organization can use, in the order of their names.
    pub async fn templates(
        &self,
        org: OrgId,
        page: PageQuery,
    ) -> Result<Page<Template>, StoreError> {
        let listing = Listing {
            count: "SELECT COUNT(*) FROM templates p JOIN org_tree t ON t.ancestor_id = p.org_id
                    WHERE t.org_id = $1",
            rows: "SELECT p.* FROM templates p JOIN org_tree t ON t.ancestor_id = p.org_id
                   WHERE t.org_id = $1 ORDER BY p.name, p.id LIMIT $2 OFFSET $3",
            bound: &[Bound::Number(org.0)],
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
        let row: Option<TemplateRow> = sqlx::query_as(
            "SELECT p.* FROM templates p JOIN org_tree t ON t.ancestor_id = p.org_id
             WHERE t.org_id = $1 AND p.template_id = $2",
        )
        .bind(org.0)
        .bind(sought(&id.0))
        .fetch_optional(&mut *self.read().await?)
        .await?;
        Ok(row.map(|row| row.0))
    }
}

impl Write {
    /// Adds a template and gives its numeric id.
    pub async fn insert_template(&mut self, template: NewTemplate<'_>) -> Result<i64, StoreError> {
        let id = sqlx::query_scalar(
            "INSERT INTO templates (template_id, org_id, name, description)
             VALUES ($1, $2, $3, $4) RETURNING id",
        )
        .bind(&template.template_id.0)
        .bind(template.org.0)
        .bind(template.name)
        .bind(template.description)
        .fetch_one(&mut *self.0)
        .await?;
        Ok(id)
    }
}
