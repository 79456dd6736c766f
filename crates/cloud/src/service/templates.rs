//! Templates: made, changed and deleted by the organization that they are of.

use handover_wire::{TemplateDetails, TemplateDraft, TemplateId};

use super::{Broken, Core, breaks};
use crate::domain::{Acting, Blueprint, Description, FieldError, TemplateFault, TemplateName};
use crate::entropy;
use crate::store::{Action, AuditRow, NewTemplate, StoreError, TemplateUses, Write, change};

/// Why a template is as it was.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// A field is not as it must be.
    #[error(transparent)]
    Field(#[from] FieldError),
    /// Its parts contradict each other.
    #[error(transparent)]
    Fault(#[from] TemplateFault),
    /// The caller's organization has no such template of its own.
    #[error("the organization has no such template")]
    NotFound,
    /// Somebody changed it since the change began; it is of this revision now.
    #[error("it is of revision {0} by now")]
    Changed(i64),
    /// Something is of it.
    #[error("it is in use: {0:?}")]
    InUse(TemplateUses),
    /// Something broke.
    #[error(transparent)]
    Broken(Broken),
}

breaks!(TemplateError);

/// A template that somebody put together, checked.
pub struct Draft {
    name: TemplateName,
    description: Option<Description>,
    blueprint: Blueprint,
}

impl Draft {
    /// Checks all of it.
    pub fn parse(draft: TemplateDraft) -> Result<Self, TemplateError> {
        if draft.parts.mesh && draft.parts.gateway_api {
            return Err(TemplateError::Field(FieldError {
                field: "mesh",
                must: "off where `gatewayApi` is on: no gateway is a node",
            }));
        }
        Ok(Self {
            name: TemplateName::parse(&draft.name)?,
            description: Description::parse(draft.description.as_deref().unwrap_or_default())?,
            blueprint: Blueprint::parse(draft.parts)?,
        })
    }

    /// As the store takes it.
    pub fn row(&self) -> NewTemplate<'_> {
        NewTemplate {
            name: &self.name,
            description: self.description.as_ref(),
            blueprint: &self.blueprint,
        }
    }
}

/// Makes a template of the caller's organization.
pub async fn create(
    core: &Core,
    acting: &Acting,
    draft: TemplateDraft,
) -> Result<TemplateDetails, TemplateError> {
    let draft = Draft::parse(draft)?;
    let id = entropy::template_id(core.entropy.as_ref());
    let now = core.now();
    change!(core.store, |write| {
        write.insert_template(acting.org, &id, draft.row()).await?;
        let row = AuditRow::about(acting, Action::CreateTemplate, acting.org, now);
        write.audit(row.detail(id.to_string())).await?;
        own(write, acting, &id).await
    })
}

/// Makes a template of the caller's organization what it is to be, unless it is not what it was when the change began.
pub async fn edit(
    core: &Core,
    acting: &Acting,
    id: &TemplateId,
    draft: TemplateDraft,
) -> Result<TemplateDetails, TemplateError> {
    let began = draft.revision.ok_or(FieldError {
        field: "revision",
        must: "the revision of the template that was changed, as `GET /template` has it",
    })?;
    let draft = Draft::parse(draft)?;
    let now = core.now();
    change!(core.store, |write| {
        let found = own(write, acting, id).await?;
        if found.revision != began {
            return Err(TemplateError::Changed(found.revision));
        }
        let before = found.template;
        if found.parts.gateway_api && !draft.blueprint.parts().gateway_api {
            write.end_gateways_of(before.id).await?;
        }
        // Their gateways speak with them in another way, under keys that were not used in the one before.
        if found.parts.mesh != draft.blueprint.parts().mesh {
            write.raise_derivations_of(before.id).await?;
        }
        write.edit_template(before.id, draft.row()).await?;
        let row = AuditRow::about(acting, Action::EditTemplate, acting.org, now);
        let detail = match before.name == draft.name.as_str() {
            true => id.to_string(),
            false => format!("{id}, was {}", before.name),
        };
        write.audit(row.detail(detail)).await?;
        own(write, acting, id).await
    })
}

/// Deletes a template of the caller's organization that nothing is of.
pub async fn delete(core: &Core, acting: &Acting, id: &TemplateId) -> Result<(), TemplateError> {
    let now = core.now();
    change!(core.store, |write| {
        let found = own(write, acting, id).await?.template;
        let uses = write.template_uses(found.id).await?;
        if uses != TemplateUses::default() {
            return Err(TemplateError::InUse(uses));
        }
        write.delete_template(found.id).await?;
        let row = AuditRow::about(acting, Action::DeleteTemplate, acting.org, now);
        let detail = format!("{} ({id})", found.name);
        Ok(write.audit(row.detail(detail)).await?)
    })
}

/// Those of the organizations above can be used and not changed.
async fn own(
    write: &mut Write,
    acting: &Acting,
    id: &TemplateId,
) -> Result<TemplateDetails, TemplateError> {
    let found: Result<_, StoreError> = write.template_details(acting.org, id).await;
    found?
        .filter(|found| found.template.org_id == acting.org)
        .ok_or(TemplateError::NotFound)
}
