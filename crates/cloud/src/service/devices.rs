//! Making and renaming devices by hand, and showing their credential to those who may see it.

use handover_label::AuthToken;
use handover_wire::{CreateDevice, Device, DeviceId, MoveKind, OrgId, Template, UserId};

use super::{Broken, Core};
use crate::clock::Time;
use crate::domain::{Actor, DeviceName, Holder, Reach, Was};
use crate::entropy;
use crate::secrets::Purpose;
use crate::store::{Action, AuditRow, NewDevice, NewMove, StoreError, Write, change};

/// Makes a device with a credential of its own. The caller has checked that organization, template and owner are
/// within reach.
pub async fn create(
    core: &Core,
    actor: &Actor,
    request: &CreateDevice,
    template: &Template,
    owner: UserId,
    name: Option<DeviceName>,
) -> Result<Device, Broken> {
    let auth = AuthToken::from_entropy(entropy::bytes(core.entropy.as_ref()));
    let auth = core.keep(Purpose::AuthToken, auth.expose());
    let now = core.now();
    let row = change!(core.store, |write| {
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
            })
            .await?;
        let row = write.device(Reach::only(request.org_id), id).await?;
        row.ok_or(StoreError::Corrupt("a new device is not where it was put"))
    })?;
    let token = core.keys.open(Purpose::AuthToken, &row.auth_sealed)?;
    Ok(Device {
        token: Some(token),
        ..row.device
    })
}

/// Gives a device within reach another name. None where there is no such device.
pub async fn rename(
    core: &Core,
    actor: &Actor,
    reach: Reach,
    id: DeviceId,
    name: &DeviceName,
) -> Result<Option<Device>, Broken> {
    let now = core.now();
    change!(core.store, |write| {
        let Some(before) = write.device(reach, id).await? else {
            return Ok(None);
        };
        write.rename_device(id, name).await?;
        write
            .audit(AuditRow {
                at: now,
                actor,
                action: Action::RenameDevice,
                org: before.device.org_id,
                device: Some(id),
                user: None,
                detail: None,
            })
            .await?;
        let after = write.device(reach, id).await?;
        Ok(after.map(|row| row.device))
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
        })
        .await
}
