//! What follows once it is clear which token is claimed, and with what.

use handover_wire::{
    ClaimAnswer, ClaimOutcome, ClaimedNode, Device, DeviceId, MoveKind, UndoWindow,
};

use super::Refused;
use crate::clock::Time;
use crate::domain::{
    Actor, ClaimWith, Claimed, Claiming, DeviceName, Hands, Holder, Reach, Reason, Sees, Was,
};
use crate::secrets::Kept;
use crate::service::Broken;
use crate::store::{
    Action, AuditRow, Leaves, NewDevice, NewMove, StoreError, TokenFound, TokenKey, Write,
};

/// Who does it, and why, in their own words.
#[derive(Clone, Copy)]
pub struct By<'a> {
    pub actor: &'a Actor,
    pub reason: Option<&'a Reason>,
}

/// Asks the rules, and writes down what they say.
pub async fn complete(
    write: &mut Write,
    by: By<'_>,
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
        (Claimed::Now { was, hands }, _) if found.waiting_nodes == 0 => {
            let device = take(write, into, (found, was), now).await?;
            let claim = (claiming, hands, was);
            return Ok(noted(write, by, found, device, claim, now));
        }
        (Claimed::Now { was, hands }, _) => {
            return with_nodes(write, by, claiming, (found, hands, was), now).await;
        }
    };
    Ok(ClaimAnswer {
        device,
        outcome,
        nodes: Vec::new(),
    })
}

/// Claims a gateway with the nodes that wait with it: all of them, or nothing. That they come with it is what whoever put them
/// there said; what proves the claim is the gateway's proof.
async fn with_nodes(
    write: &mut Write,
    by: By<'_>,
    claiming: Claiming,
    (gateway, hands, was): (&TokenFound, Hands, Was),
    now: Time,
) -> Result<ClaimAnswer, Refused> {
    let into = claiming.into;
    let all = 1 + gateway.waiting_nodes;
    if !write.has_room(into.org, None, all).await? {
        return Err(Refused::DeviceLimit);
    }
    let device = take(write, into, (gateway, was), now).await?;
    let with = device.id;
    let proof = claiming.with.as_audited();
    let detail = format!("{proof}, with {} nodes", gateway.waiting_nodes);
    let moved = (was, into, hands.open_until());
    let (about, together) = ((gateway, with), (Some(with), detail));
    note(write, by, about, moved, together, now);
    let mut nodes = Vec::new();
    for token in write.waiting_with(gateway.id).await? {
        let found = write.find_token(TokenKey::Id(token)).await?;
        let found = found.ok_or(StoreError::Corrupt("a label that waits is gone"))?;
        let claiming = Claiming {
            with: ClaimWith::Gateway,
            ..claiming
        };
        // What waits is nobody's, so nothing but a fault of ours could refuse it.
        let Claimed::Now { was, hands } = found.hands.claim(claiming, now)? else {
            return Err(StoreError::Corrupt("a label that waits is somebody's").into());
        };
        let node = take(write, into, (&found, was), now).await?;
        write.pair(node.id, with, now).await?;
        let detail = format!("with gateway {with}");
        let moved = (was, into, hands.open_until());
        let (about, together) = ((&found, node.id), (Some(with), detail));
        note(write, by, about, moved, together, now);
        nodes.push(ClaimedNode {
            device_id: node.id,
            name: node.name,
            outcome: ClaimOutcome::Claimed,
        });
    }
    Ok(ClaimAnswer {
        nodes,
        ..told(by.actor, device, hands)
    })
}

/// Writes down that it was claimed.
pub fn noted(
    write: &mut Write,
    by: By<'_>,
    found: &TokenFound,
    device: Device,
    (claiming, hands, was): (Claiming, Hands, Was),
    now: Time,
) -> ClaimAnswer {
    let moved = (was, claiming.into, hands.open_until());
    let detail = claiming.with.as_audited().to_owned();
    note(write, by, (found, device.id), moved, (None, detail), now);
    told(by.actor, device, hands)
}

/// What whoever claimed a device is told of it.
fn told(actor: &Actor, mut device: Device, hands: Hands) -> ClaimAnswer {
    device.undo = hands.open_until().map(|until| UndoWindow {
        kind: MoveKind::Claim,
        until: until.0,
        by_user_id: actor.user(),
    });
    ClaimAnswer {
        device,
        outcome: ClaimOutcome::Claimed,
        nodes: Vec::new(),
    }
}

/// A device where it was put.
async fn there(write: &mut Write, holder: Holder, device: DeviceId) -> Result<Device, Broken> {
    let row = write.device(Reach::only(holder.org), device).await?;
    let row = row.ok_or(StoreError::Corrupt(
        "a claimed device is not where it was put",
    ))?;
    Ok(row.device)
}

/// Makes the device, or moves the one that its former owner left with its history.
async fn take(
    write: &mut Write,
    holder: Holder,
    (found, was): (&TokenFound, Was),
    now: Time,
) -> Result<Device, Broken> {
    let device = match found.device {
        Some(device) => {
            let sees = was.claimer_sees(found.test_values_shown);
            let passes = (sees, Leaves::AsItIs);
            write
                .place_device(device, holder, Some(now), passes, now)
                .await?;
            there(write, holder, device).await?
        }
        None => {
            let number = write.next_device_number(holder.org, found.template).await?;
            let parts = parts(found, number);
            let device = new_device((found, was), holder, &parts, now);
            write.insert_device(device, now).await?.device
        }
    };
    Ok(device)
}

/// A token that nobody had, and what its claim makes of it.
pub struct Fresh {
    /// Who claims it, and with what.
    pub claiming: Claiming,
    /// The token, without a device.
    pub found: TokenFound,
    /// What it was.
    pub was: Was,
    /// What it is now.
    pub hands: Hands,
}

impl Fresh {
    /// The name and the auth token of its device.
    pub fn parts(&self, number: i64) -> (DeviceName, Kept) {
        parts(&self.found, number)
    }

    /// Its device.
    pub fn device<'a>(&'a self, parts: &'a (DeviceName, Kept), now: Time) -> NewDevice<'a> {
        new_device((&self.found, self.was), self.claiming.into, parts, now)
    }
}

/// The name and the auth token of the device that comes of a token.
fn parts(found: &TokenFound, number: i64) -> (DeviceName, Kept) {
    // The maker's own name for it, where the batch came from a table that has one.
    let name = DeviceName::of_label(found.name.as_deref())
        .unwrap_or_else(|| DeviceName::numbered(&found.template_name, number));
    let auth = match found.once {
        true => found.auth.shown_once(),
        false => found.auth.clone(),
    };
    (name, auth)
}

/// The device that comes of a token.
fn new_device<'a>(
    (found, was): (&'a TokenFound, Was),
    holder: Holder,
    (name, auth): &'a (DeviceName, Kept),
    now: Time,
) -> NewDevice<'a> {
    // Without a device nothing was left for whoever claims it: what it still sends of the time before is a former owner's, who
    // chose that it is erased, or the maker's, who may let it be seen.
    let sees = was.claimer_sees(found.test_values_shown);
    NewDevice {
        template: found.template,
        holder,
        name,
        auth,
        metadata: found.metadata.as_deref(),
        since: (sees != Sees::Before).then_some(now),
    }
}

/// Marks the token, with a row of the device's history, and one for the audit. Whoever it is for is told once it cannot be
/// undone any more.
fn note(
    write: &mut Write,
    by: By<'_>,
    (found, device): (&TokenFound, DeviceId),
    (was, to, open_until): (Was, Holder, Option<Time>),
    (together, detail): (Option<DeviceId>, String),
    now: Time,
) {
    let left = found.device.map(|_| Holder {
        org: found.org,
        owner: None,
    });
    let row = NewMove {
        device,
        kind: MoveKind::Claim,
        actor: by.actor,
        reason: by.reason.map(Reason::as_str),
        was,
        from: left,
        to: Some(to),
        open_until,
        history: None,
        together,
    };
    write.mark_claimed_last(found.id, to, row, now);
    write.audit_last(AuditRow {
        at: now,
        actor: by.actor,
        action: Action::Claim,
        org: to.org,
        device: Some(device),
        user: to.owner,
        detail: Some(detail),
        reason: by.reason,
    });
}
