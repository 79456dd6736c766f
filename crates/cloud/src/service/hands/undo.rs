//! A claim or a transfer is undone, as if it had not been.
//!
//! What it gives back was there before, so that no device limit is asked: neither one that was set or reached meanwhile, nor one
//! that counts the device twice for a moment.

use handover_wire::{
    DeviceId, DeviceOutcome, DeviceOutcomes, MoveKind, Permission, UndoMove, UndoMoves, Undone,
};

use super::{HandsError, Happened, find, note};
use crate::clock::Time;
use crate::domain::{Acting, Holder, NoUndo, Reason, UndoOver, Was};
use crate::service::Core;
use crate::store::{Action, DeviceHands, Write, change};

/// Undoes the claim or transfer that brought a device where it is.
pub async fn undo(core: &Core, acting: &Acting, request: &UndoMove) -> Result<Undone, HandsError> {
    let reason = Reason::parse(request.reason.as_deref()).map_err(HandsError::Field)?;
    let now = core.now();
    change!(core.store, |write| {
        let back = whole(write, acting, request.device_id, reason.as_ref(), now).await?;
        Ok(Undone {
            device_id: request.device_id,
            undone: back.kind,
            owner_left: back.owner_left(request.device_id),
            together: back.others(request.device_id).collect(),
        })
    })
}

/// The same of many, each by itself.
pub async fn undo_many(
    core: &Core,
    acting: &Acting,
    request: &UndoMoves,
) -> Result<DeviceOutcomes, HandsError> {
    let reason = Reason::parse(request.reason.as_deref()).map_err(HandsError::Field)?;
    let now = core.now();
    change!(core.store, |write| {
        let mut outcomes = Vec::with_capacity(request.device_ids.len());
        // What came together with one that was named before is undone already.
        let mut undone: Vec<Back> = Vec::new();
        for &device_id in &request.device_ids {
            let before = undone.iter().find(|back| back.has(device_id));
            let (error, owner_left) = match before {
                Some(back) => (None, back.owner_left(device_id)),
                None => match whole(write, acting, device_id, reason.as_ref(), now).await {
                    Ok(back) => {
                        let owner_left = back.owner_left(device_id);
                        // What went back alone is named by nothing else.
                        if back.devices.len() > 1 {
                            undone.push(back);
                        }
                        (None, owner_left)
                    }
                    Err(error) => (Some(error.told()?), false),
                },
            };
            outcomes.push(DeviceOutcome {
                device_id,
                error,
                owner_left,
            });
        }
        Ok(DeviceOutcomes {
            outcomes,
            room_taken: None,
        })
    })
}

/// What went back.
struct Back {
    kind: MoveKind,
    /// Which, and whether it is its organization's now, since whoever owned it has left.
    devices: Vec<(DeviceId, bool)>,
}

impl Back {
    fn has(&self, id: DeviceId) -> bool {
        self.devices.iter().any(|&(device, _)| device == id)
    }

    fn owner_left(&self, id: DeviceId) -> bool {
        self.devices.contains(&(id, true))
    }

    fn others(&self, id: DeviceId) -> impl Iterator<Item = DeviceId> + '_ {
        let devices = self.devices.iter().map(|&(device, _)| device);
        devices.filter(move |&device| device != id)
    }
}

/// Undoes it with all that went together with it, be it the gateway or one of its nodes.
async fn whole(
    write: &mut Write,
    acting: &Acting,
    id: DeviceId,
    reason: Option<&Reason>,
    now: Time,
) -> Result<Back, HandsError> {
    let device = find(write, acting, id).await?;
    let Some(gateway) = device.together else {
        let went = one(write, acting, &device, reason, now).await?;
        return Ok(Back {
            kind: went.kind,
            devices: vec![(id, went.owner_left)],
        });
    };
    can_undo(write, &device, now).await?;
    // All are asked about before any goes back: others may be undone within the same change, and are kept.
    let mut members = Vec::new();
    for ending in write.open_together(gateway).await? {
        let member = write.device_hands(acting.reach(), ending.device).await?;
        let member = member.ok_or(HandsError::NotTheirsToUndo)?;
        may_go_back(write, acting, &member, now).await?;
        members.push(member);
    }
    let mut again = Vec::new();
    let mut back = Back {
        kind: MoveKind::Claim,
        devices: Vec::new(),
    };
    for member in members {
        let went = one(write, acting, &member, reason, now).await?;
        back.kind = went.kind;
        back.devices.push((member.id, went.owner_left));
        again.push((member, went.was));
    }
    join_again(write, gateway, &again, now).await?;
    Ok(back)
}

/// What went together is together again: nodes of whoever has them again, with other keys on the air, or labels that wait
/// together for somebody.
async fn join_again(
    write: &mut Write,
    gateway: DeviceId,
    all: &[(DeviceHands, Was)],
    now: Time,
) -> Result<(), HandsError> {
    let Some((own, was)) = all.iter().find(|(member, _)| member.id == gateway) else {
        return Ok(());
    };
    for (node, node_was) in all.iter().filter(|(member, _)| member.id != gateway) {
        match (was, node_was) {
            (Was::Claimed(by), Was::Claimed(node_by)) => {
                if write.is_at_or_above(by.org, node_by.org).await? {
                    write.pair(node.id, gateway, now).await?;
                }
            }
            (Was::Claimed(_), _) | (_, Was::Claimed(_)) => {}
            _ => {
                if let (Some(own), Some(token)) = (&own.token, &node.token) {
                    write.set_waiting(token.id, Some(own.id)).await?;
                }
            }
        }
    }
    Ok(())
}

/// What was undone of one device.
struct WentBack {
    kind: MoveKind,
    /// What it is again.
    was: Was,
    /// Whether nobody owns it in person, since whoever did has left.
    owner_left: bool,
}

async fn one(
    write: &mut Write,
    acting: &Acting,
    device: &DeviceHands,
    reason: Option<&Reason>,
    now: Time,
) -> Result<WentBack, HandsError> {
    let (undone, was) = may_go_back(write, acting, device, now).await?;
    if let (MoveKind::Claim, Some(token)) = (undone, &device.token) {
        let claim = write.last_move(device.id).await?;
        let claimed = claim.map_or(now, |claim| claim.at);
        write.reopen_approvals(token.id, claimed).await?;
    }
    write.close_move(device.id).await?;
    let to = match was {
        Was::Claimed(holder) => Some(hand_back(write, device, holder).await?),
        Was::Minted | Was::Released => free(write, device, was == Was::Minted).await?,
    };
    let happened = Happened {
        acting,
        device,
        kind: MoveKind::Undo,
        action: Action::Undo,
        was: Was::Claimed(device.place()),
        to,
        open_until: None,
        reason,
        history: None,
        together: device.together,
        detail: Some(match undone {
            MoveKind::Transfer => "a transfer".to_owned(),
            _ => "a claim".to_owned(),
        }),
    };
    note(write, happened, now).await?;
    let owner_left = match was {
        Was::Claimed(holder) => holder.owner.is_some() && to.is_some_and(|to| to.owner.is_none()),
        Was::Minted | Was::Released => false,
    };
    Ok(WentBack {
        kind: undone,
        was,
        owner_left,
    })
}

/// What an undo of a device's last move is, where this caller may undo it and there is a place that it goes back to.
async fn may_go_back(
    write: &mut Write,
    acting: &Acting,
    device: &DeviceHands,
    now: Time,
) -> Result<(MoveKind, Was), HandsError> {
    let (kind, was) = can_undo(write, device, now).await?;
    may_undo(write, acting, device).await?;
    let back = match was {
        Was::Claimed(holder) => Some(holder.org),
        Was::Minted | Was::Released => device.open_from,
    };
    match back {
        Some(org) if !write.is_open(org).await? => Err(HandsError::UndoOver(NoUndo::FormerGone)),
        _ => Ok((kind, was)),
    }
}

/// What an undo would undo and what it is again after that; or why there is nothing to undo.
async fn can_undo(
    write: &mut Write,
    device: &DeviceHands,
    now: Time,
) -> Result<(MoveKind, Was), HandsError> {
    match device.hands.undo(now) {
        Ok(undone) => Ok((undone.kind, undone.back)),
        Err(UndoOver) => {
            let last = write.last_move(device.id).await?;
            Err(HandsError::UndoOver(NoUndo::of(last, now)))
        }
    }
}

/// Whoever did it, or support whose reach it began and ended in.
async fn may_undo(
    write: &mut Write,
    acting: &Acting,
    device: &DeviceHands,
) -> Result<(), HandsError> {
    if device.open_by.as_deref() == Some(acting.actor.to_string().as_str()) {
        return Ok(());
    }
    let reaches = match device.open_from {
        Some(org) => write.org(acting.reach(), org).await?.is_some(),
        None => true,
    };
    if reaches && acting.may(Permission::TransferDevices) {
        Ok(())
    } else {
        Err(HandsError::NotTheirsToUndo)
    }
}

/// It is where it was, and whose it was: whoever was suspended meanwhile keeps their devices. An owner who left since owns nothing:
/// then it is the organization's.
async fn hand_back(
    write: &mut Write,
    device: &DeviceHands,
    was: Holder,
) -> Result<Holder, HandsError> {
    let owner = match was.owner {
        Some(owner) if write.keeps_devices(owner).await? => Some(owner),
        _ => None,
    };
    let holder = Holder { owner, ..was };
    if let Some(token) = &device.token {
        write.hand_token(token.id, holder).await?;
    }
    write.return_device(device.id, holder).await?;
    Ok(holder)
}

/// It is nobody's again, under the label that it has: a device that was there before is where it was, one that the claim
/// made is gone.
async fn free(
    write: &mut Write,
    device: &DeviceHands,
    was_minted: bool,
) -> Result<Option<Holder>, HandsError> {
    let kept = device.open_from.map(|org| Holder { org, owner: None });
    if let Some(token) = &device.token {
        let kept = kept.map(|_| device.id);
        write.free_token(token.id, kept, was_minted).await?;
    }
    match kept {
        Some(holder) => write.return_device(device.id, holder).await?,
        None => write.delete_device(device.id).await?,
    }
    Ok(kept)
}
