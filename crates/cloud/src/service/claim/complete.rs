//! What follows once it is clear which token is claimed, and with what.

use handover_wire::{ClaimAnswer, ClaimOutcome, Device, DeviceId, MoveKind, UndoWindow};

use super::Refused;
use crate::clock::Time;
use crate::domain::{Actor, Claimed, Claiming, DeviceName, Holder, Reach, Sees, Was};
use crate::service::Broken;
use crate::store::{Action, AuditRow, Leaves, NewDevice, NewMove, StoreError, TokenFound, Write};

/// Asks the rules, and writes down what they say.
pub async fn complete(
    write: &mut Write,
    actor: &Actor,
    claiming: Claiming,
    found: &TokenFound,
    now: Time,
) -> Result<ClaimAnswer, Refused> {
    let into = claiming.into;
    let (device, outcome) = match (found.hands.claim(claiming, now)?, found.device) {
        (Claimed::AlreadyYours, Some(device)) => (
            there(write, into, device).await?,
            ClaimOutcome::AlreadyYours,
        ),
        (Claimed::AlreadyYours, None) => {
            return Err(StoreError::Corrupt("a claimed token without its device").into());
        }
        (Claimed::Now { was, hands }, _) => {
            let mut device = take(write, into, (found, was), now).await?;
            let open_until = hands.open_until();
            note(write, actor, found, device.id, (was, into, open_until), now).await?;
            device.undo = open_until.map(|until| UndoWindow {
                kind: MoveKind::Claim,
                until: until.0,
                by_user_id: actor.user(),
            });
            (device, ClaimOutcome::Claimed)
        }
    };
    Ok(ClaimAnswer { device, outcome })
}

/// A device where it was put.
async fn there(write: &mut Write, holder: Holder, device: DeviceId) -> Result<Device, Broken> {
    let row = write.device(Reach::only(holder.org), device).await?;
    let row = row.ok_or(StoreError::Corrupt(
        "a claimed device is not where it was put",
    ))?;
    Ok(row.device)
}

/// Makes the device, or moves the one that its former owner left with its history, and marks the token.
async fn take(
    write: &mut Write,
    holder: Holder,
    (found, was): (&TokenFound, Was),
    now: Time,
) -> Result<Device, Broken> {
    let parts = write.parts(found.template).await?;
    let sees = was.claimer_sees(parts.test_values_shown);
    let device = match found.device {
        Some(device) => {
            let passes = (sees, Leaves::AsItIs);
            write
                .place_device(device, holder, Some(now), passes, now)
                .await?;
            there(write, holder, device).await?
        }
        None => {
            let number = write.next_device_number(holder.org, found.template).await?;
            // The maker's own name for it, where the batch came from a table that has one.
            let given = found.name.as_deref().map(DeviceName::parse);
            let name = match given {
                Some(Ok(name)) => name,
                _ => DeviceName::numbered(&found.template_name, number),
            };
            let auth = match found.once {
                true => &found.auth.shown_once(),
                false => &found.auth,
            };
            // Without a device nothing was left for whoever claims it: what it still sends of the time before is a former
            // owner's, who chose that it is erased, or the maker's, who may let it be seen.
            let device = NewDevice {
                template: found.template,
                holder,
                name: &name,
                auth,
                metadata: found.metadata.as_deref(),
                since: (sees != Sees::Before).then_some(now),
            };
            write.insert_device(device, now).await?.device
        }
    };
    write.mark_claimed(found.id, holder, device.id, now).await?;
    Ok(device)
}

/// A row of the device's history, and one for the audit. Whoever it is for is told once it cannot be undone any more.
async fn note(
    write: &mut Write,
    actor: &Actor,
    found: &TokenFound,
    device: DeviceId,
    (was, to, open_until): (Was, Holder, Option<Time>),
    now: Time,
) -> Result<(), Broken> {
    let left = found.device.map(|_| Holder {
        org: found.org,
        owner: None,
    });
    let row = NewMove {
        device,
        kind: MoveKind::Claim,
        actor,
        reason: None,
        was,
        from: left,
        to: Some(to),
        open_until,
        history: None,
    };
    write.insert_move(row, now).await?;
    write
        .audit(AuditRow {
            at: now,
            actor,
            action: Action::Claim,
            org: to.org,
            device: Some(device),
            user: to.owner,
            detail: None,
        })
        .await?;
    Ok(())
}
