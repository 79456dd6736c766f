//! What requests name within an organization: its template, and whose the devices are to be.
//!
//! The organization was found before, and may be closed in the meantime. Nothing is found in it then, and what is told is what
//! is so: that there is no such organization.

use handover_wire::{OrgId, Template, TemplateId, UserId, UserStatus};

use crate::domain::Reach;
use crate::http::error::ApiFailure;
use crate::service::{Core, Gone};

/// The template that an organization's things are to be of: its own, or of one above it.
pub async fn template(core: &Core, org: OrgId, id: &TemplateId) -> Result<Template, ApiFailure> {
    match core.store.template(org, id).await? {
        Some(template) => Ok(template),
        None => Err(unless_closed(core, org, Gone::Template.into()).await),
    }
}

impl From<Gone> for ApiFailure {
    fn from(gone: Gone) -> Self {
        match gone {
            Gone::Organization => Self::no_such_org(),
            Gone::Template => Self::not_found("Template is not found."),
        }
    }
}

/// Owners are active people of the device's organization or of one above it, and within the caller's reach.
pub async fn check_owner(
    core: &Core,
    reach: Reach,
    owner: UserId,
    org: OrgId,
) -> Result<(), ApiFailure> {
    let unknown = || ApiFailure::not_found("Owner is not found.");
    let person = core.store.user(owner).await?.ok_or_else(unknown)?;
    if !core.store.reaches(reach, person.org_id).await? {
        return Err(unknown());
    }
    let above = Reach::tree(person.org_id);
    if person.status == UserStatus::Active && core.store.reaches(above, org).await? {
        return Ok(());
    }
    let wrong = ApiFailure::invalid(
        "ownerId",
        "ownerId must be an active person of the device's organization or of one above it.",
    );
    Err(unless_closed(core, org, wrong).await)
}

/// Why something is not there in an organization: because of this, or because the organization is not.
async fn unless_closed(core: &Core, org: OrgId, failure: ApiFailure) -> ApiFailure {
    // As long as it is open it is in the tree below itself.
    match core.store.reaches(Reach::only(org), org).await {
        Ok(true) => failure,
        Ok(false) => ApiFailure::no_such_org(),
        Err(error) => error.into(),
    }
}

#[cfg(test)]
mod tests;
