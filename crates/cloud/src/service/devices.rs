//! Making, renaming and deleting devices by hand, and showing their credential to those who may see it.

use handover_label::{AuthToken, QrToken};
use handover_wire::{CreateDevice, Device, DeviceId, OrgId, Permission, Template, UserId};

use super::{Broken, Core, breaks};
use crate::domain::{Acting, Actor, DeviceName, Reach};
use crate::entropy;
use crate::secrets::Purpose;
use crate::store::{Action, AuditRow, NewDevice, StoreError, change};

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
        let device = NewDevice {
            template: template.id,
            org: request.org_id,
            name,
            owner,
            auth: &auth,
        };
        let id = write.insert_device(device, now).await?;
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

/// Why a device is still there.
#[derive(Debug, thiserror::Error)]
pub enum DeleteError {
    /// There is no such device within reach.
    #[error("there is no such device, or it belongs to another organization")]
    NotFound,
    /// The caller's role deletes its own devices alone.
    #[error("this role deletes its own devices alone")]
    NotTheirs,
    /// Something broke.
    #[error(transparent)]
    Broken(Broken),
}

breaks!(DeleteError);

/// Deletes a device. Its static token is nobody's again, and gets another QR token: whoever has seen the label, a
/// former owner for one, claims nothing with it.
pub async fn delete(core: &Core, acting: &Acting, id: DeviceId) -> Result<(), DeleteError> {
    let qr = QrToken::from_entropy(entropy::bytes(core.entropy.as_ref()));
    let qr = core.keep(Purpose::QrToken, qr.expose());
    let now = core.now();
    change!(core.store, |write| {
        let found = write.device(acting.reach(), id).await?;
        let device = found.ok_or(DeleteError::NotFound)?.device;
        // Customers what they own, the others anybody's.
        let own = acting.actor.is(device.owner_user_id);
        if !own && !acting.may(Permission::DeleteDevices) {
            return Err(DeleteError::NotTheirs);
        }
        let had_token = write.mark_unclaimed(id, &qr).await?;
        write.delete_device(id).await?;
        write
            .audit(AuditRow {
                at: now,
                actor: &acting.actor,
                action: Action::DeleteDevice,
                org: device.org_id,
                device: Some(id),
                user: device.owner_user_id,
                detail: had_token.then(|| "its token is unclaimed, with a new QR token".to_owned()),
            })
            .await?;
        Ok(())
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
    })?)
}
