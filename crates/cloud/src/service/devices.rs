//! Making and changing devices by hand, and showing their credential to those who may see it.

use std::collections::BTreeMap;

use handover_label::AuthToken;
use handover_wire::{CreateDevice, Device, DeviceId, MoveKind, OrgId, Secret, Template, UserId};

use super::hands::{self, HandsError};
use super::{Broken, Core, Gone, breaks};
use crate::clock::Time;
use crate::domain::{Acting, Actor, DeviceName, FieldError, Holder, Reach, Was, edited};
use crate::entropy;
use crate::secrets::Purpose;
use crate::store::{Action, AuditRow, DeviceRow, NewDevice, NewMove, StoreError, Write, change};

/// Why a device is not made, or is as it was.
#[derive(Debug, thiserror::Error)]
pub enum DeviceError {
    /// A field is not as it must be.
    #[error(transparent)]
    Field(#[from] FieldError),
    /// What it was to be made in or of is gone.
    #[error(transparent)]
    Gone(#[from] Gone),
    /// The organization has as many devices as it may have.
    #[error("the organization has as many devices as it may have")]
    Limit,
    /// Something broke.
    #[error(transparent)]
    Broken(Broken),
}

breaks!(DeviceError);

/// Makes a device with a credential of its own. The caller has checked that organization, template and owner are
/// within reach.
pub async fn create(
    core: &Core,
    actor: &Actor,
    request: &CreateDevice,
    template: &Template,
    owner: UserId,
    name: Option<DeviceName>,
) -> Result<Device, DeviceError> {
    let auth = AuthToken::from_entropy(entropy::bytes(core.entropy.as_ref()));
    let auth = core.keep(Purpose::AuthToken, auth.expose());
    let now = core.now();
    let row: DeviceRow = change!(core.store, |write| {
        write.still_there(request.org_id, template.id).await??;
        if !write.has_room(request.org_id, None, 1).await? {
            return Err(DeviceError::Limit);
        }
        let name = match &name {
            Some(name) => name,
            None => {
                let number = write
                    .next_device_number(request.org_id, template.id)
                    .await?;
                &DeviceName::numbered(&template.name, number)
            }
        };
        let holder = Holder {
            org: request.org_id,
            owner: Some(owner),
        };
        let device = NewDevice {
            template: template.id,
            holder,
            name,
            auth: &auth,
            metadata: None,
            since: None,
        };
        let id = write.insert_device(device, now).await?.device.id;
        let row = NewMove {
            device: id,
            kind: MoveKind::Create,
            actor,
            reason: None,
            was: Was::Minted,
            from: None,
            to: Some(holder),
            open_until: None,
            history: None,
            together: None,
        };
        write.insert_move(row, now).await?;
        write
            .audit(AuditRow {
                at: now,
                actor,
                action: Action::CreateDevice,
                org: request.org_id,
                device: Some(id),
                user: Some(owner),
                detail: None,
                reason: None,
            })
            .await?;
        let row = write.device(Reach::only(request.org_id), id).await?;
        Ok(row.ok_or(StoreError::Corrupt("a new device is not where it was put"))?)
    })?;
    let token = core.keys.open(Purpose::AuthToken, &row.auth_sealed)?;
    Ok(Device {
        token: Some(token),
        ..row.device
    })
}

/// Gives a device within reach another name, other metadata, or both. None where there is no such device.
pub async fn edit(
    core: &Core,
    actor: &Actor,
    (reach, id): (Reach, DeviceId),
    name: Option<&DeviceName>,
    changes: &BTreeMap<String, String>,
) -> Result<Option<Device>, DeviceError> {
    let now = core.now();
    change!(core.store, |write| {
        let Some(before) = write.device(reach, id).await? else {
            return Ok(None);
        };
        let row = |action, detail| AuditRow {
            at: now,
            actor,
            action,
            org: before.device.org_id,
            device: Some(id),
            user: None,
            detail,
            reason: None,
        };
        if let Some(name) = name {
            write.rename_device(id, name).await?;
            write.audit(row(Action::RenameDevice, None)).await?;
        }
        if !changes.is_empty() {
            let fields = write.meta_fields(&before.device.template_id).await?;
            let after = edited(&fields, &before.metadata, changes)?;
            write.set_metadata(id, &after).await?;
            let names: Vec<&str> = changes.keys().map(String::as_str).collect();
            let detail = Some(names.join(", "));
            write.audit(row(Action::EditDevice, detail)).await?;
        }
        let after = write.device(reach, id).await?;
        Ok(after.map(|row| row.device))
    })
}

/// The token of a device within reach, once it is written down that it is shown. None where it was shown once before, and
/// that was all.
pub async fn open_token(
    core: &Core,
    acting: &Acting,
    id: DeviceId,
) -> Result<Option<Secret>, HandsError> {
    let now = core.now();
    change!(core.store, |write| {
        let found = write.device_hands(acting.reach(), id).await?;
        let found = found.ok_or(HandsError::NotFound(id))?;
        let sealed = &found.auth.sealed;
        let token = core.keys.open_kept(Purpose::AuthToken, sealed)?;
        if token.is_some() {
            note_shown_within(write, &acting.actor, found.org, Some(id), 1, now).await?;
            hands::token_leaves(core, write, acting, &found).await?;
        }
        Ok(token)
    })
}

/// Notes that secrets are about to be shown. Nothing is shown unless this went through.
pub async fn note_shown(
    core: &Core,
    actor: &Actor,
    org: OrgId,
    device: Option<DeviceId>,
    how_many: usize,
) -> Result<(), Broken> {
    let now = core.now();
    Ok(change!(core.store, |write| {
        note_shown_within(write, actor, org, device, how_many, now).await
    })?)
}

/// The same within a change.
pub async fn note_shown_within(
    write: &mut Write,
    actor: &Actor,
    org: OrgId,
    device: Option<DeviceId>,
    how_many: usize,
    now: Time,
) -> Result<(), StoreError> {
    write
        .audit(AuditRow {
            at: now,
            actor,
            action: Action::ShowSecrets,
            org,
            device,
            user: None,
            detail: Some(format!("{how_many} shown")),
            reason: None,
        })
        .await
}
