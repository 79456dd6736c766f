//! The tree of organizations.

use handover_wire::{CreateOrganization, OrgId, Organization, SetDeviceLimit};

use super::{Broken, Core, breaks};
use crate::domain::{Acting, Description, FieldError, OrgName, TimeZone, TooDeep, level_below};
use crate::store::{Action, AuditRow, NewOrg, OrgContents, StoreError, Write, change};

/// Why an organization is as it was.
#[derive(Debug, thiserror::Error)]
pub enum OrgError {
    /// A field is not as it must be.
    #[error(transparent)]
    Field(#[from] FieldError),
    /// There is no such organization within reach.
    #[error("there is no such organization within reach")]
    NotFound,
    /// The tree is as deep as it gets.
    #[error(transparent)]
    TooDeep(#[from] TooDeep),
    /// One's own organization is for those above to delete or to limit.
    #[error("one's own organization is for those above to delete or to limit")]
    Own,
    /// Something is in it still.
    #[error("something is in it still: {0:?}")]
    NotEmpty(OrgContents),
    /// Another one beside it has this name.
    #[error("another organization there has this name")]
    NameTaken,
    /// Something broke.
    #[error(transparent)]
    Broken(Broken),
}

breaks!(OrgError);

/// Makes an organization below another one.
pub async fn create(
    core: &Core,
    acting: &Acting,
    request: &CreateOrganization,
) -> Result<Organization, OrgError> {
    let name = OrgName::parse(&request.name, "name")?;
    let description = Description::parse(request.description.as_deref().unwrap_or_default())?;
    let tz = request.tz.as_deref().map(TimeZone::parse).transpose()?;
    let parent = request.parent_organization_id.unwrap_or(acting.org);
    let now = core.now();
    change!(core.store, |write| {
        let above = write.org(acting.reach(), parent).await?;
        let above = above.ok_or(OrgError::NotFound)?;
        level_below(write.level(parent).await?)?;
        let is_taken = write.has_org_named(parent, &name, None).await?;
        if is_taken || is_of_one_above(write, acting, &name).await? {
            return Err(OrgError::NameTaken);
        }
        let new = NewOrg {
            name: &name,
            description: description.as_ref(),
            parent: Some(parent),
            tz: tz.as_ref().map_or(&above.tz, TimeZone::as_str),
        };
        let id = write.insert_org(new, now).await?;
        write
            .audit(AuditRow::about(acting, Action::CreateOrganization, id, now))
            .await?;
        let made = write.org(acting.reach(), id).await?;
        made.ok_or_else(|| StoreError::Corrupt("a new organization is out of reach").into())
    })
}

/// Whether a name could be taken for that of an organization above the caller's own, such as the maker's: mails say who invites
/// whom, and nobody is to invite in their name. Those above may give theirs to whomever they like.
async fn is_of_one_above(
    write: &mut Write,
    acting: &Acting,
    name: &OrgName,
) -> Result<bool, StoreError> {
    let above = write.names_above(acting.org).await?;
    Ok(above.iter().any(|other| name.passes_for(other)))
}

/// Gives an organization another name.
pub async fn rename(
    core: &Core,
    acting: &Acting,
    id: OrgId,
    name: &OrgName,
) -> Result<Organization, OrgError> {
    let now = core.now();
    change!(core.store, |write| {
        let before = write.org(acting.reach(), id).await?;
        let before = before.ok_or(OrgError::NotFound)?;
        // Who is beside one's own organization is nothing that one learns by trying names.
        if let Some(parent) = before.parent_organization_id
            && write.org(acting.reach(), parent).await?.is_some()
            && write.has_org_named(parent, name, Some(id)).await?
        {
            return Err(OrgError::NameTaken);
        }
        if is_of_one_above(write, acting, name).await? {
            return Err(OrgError::NameTaken);
        }
        write.rename_org(id, name, now).await?;
        let row = AuditRow::about(acting, Action::RenameOrganization, id, now);
        write
            .audit(row.detail(format!("was {}", before.name)))
            .await?;
        let after = write.org(acting.reach(), id).await?;
        after.ok_or(OrgError::NotFound)
    })
}

/// The highest limit: a number that every program reads as it is.
const HIGHEST_LIMIT: i64 = 1_000_000_000;

/// Says how many devices an organization below the caller's may have, with those below it; any number where it is none.
/// What they have beyond it stays theirs, and so does what an undo gives back.
pub async fn limit_devices(
    core: &Core,
    acting: &Acting,
    request: &SetDeviceLimit,
) -> Result<Organization, OrgError> {
    let (id, limit) = (request.org_id, request.device_limit);
    if limit.is_some_and(|limit| !(0..=HIGHEST_LIMIT).contains(&limit)) {
        return Err(OrgError::Field(FieldError {
            field: "deviceLimit",
            must: "0 to 1,000,000,000, or nothing",
        }));
    }
    let now = core.now();
    change!(core.store, |write| {
        let found = write.org(acting.reach(), id).await?;
        let before = found.ok_or(OrgError::NotFound)?;
        if id == acting.org {
            return Err(OrgError::Own);
        }
        write.set_device_limit(id, limit, now).await?;
        let words = |limit: Option<i64>| limit.map_or("none".to_owned(), |limit| limit.to_string());
        let row = AuditRow::about(acting, Action::SetDeviceLimit, id, now);
        let detail = format!("{}, was {}", words(limit), words(before.device_limit));
        write.audit(row.detail(detail)).await?;
        let after = write.org(acting.reach(), id).await?;
        after.ok_or(OrgError::NotFound)
    })
}

/// Deletes an organization that nothing is in.
pub async fn delete(core: &Core, acting: &Acting, id: OrgId) -> Result<(), OrgError> {
    let now = core.now();
    change!(core.store, |write| {
        let found = write.org(acting.reach(), id).await?;
        let found = found.ok_or(OrgError::NotFound)?;
        let (false, Some(parent)) = (id == acting.org, found.parent_organization_id) else {
            return Err(OrgError::Own);
        };
        let contents = write.org_contents(id).await?;
        if contents != OrgContents::default() {
            return Err(OrgError::NotEmpty(contents));
        }
        write.close_org(id, now).await?;
        // Noted where somebody can still look it up.
        let row = AuditRow::about(acting, Action::DeleteOrganization, parent, now);
        write
            .audit(row.detail(format!("{} ({id})", found.name)))
            .await?;
        Ok(())
    })
}
