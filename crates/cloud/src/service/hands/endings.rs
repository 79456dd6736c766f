//! What follows once a claim or a transfer can no longer be undone: another label after a transfer, and letters.
//!
//! Whose a device is, and whether its label claims, the rules decide by the time alone; this only writes it down. Any
//! process may do it, at any time after, and whatever else happens to the device does it first.

use handover_wire::{DeviceId, LabelChoice, MoveKind, OrgId};

use super::NewLabel;
use crate::clock::Time;
use crate::domain::{Acting, Hands, Reach};
use crate::service::{Broken, Core, notices};
use crate::store::{DeviceHands, Ending, Replaced, StoreError, TokenFound, Write, change};

/// Endings in one change: it is short enough for others to wait.
const AT_ONCE: i64 = 100;

/// Does what is due.
pub async fn end_due(core: &Core) -> Result<(), Broken> {
    while core.store.has_endings(core.now()).await? {
        let now = core.now();
        change!(core.store, |write| {
            let mut due = write.endings(AT_ONCE, now).await?;
            // What went together is told of in one letter.
            if let Some(gateway) = due.last().and_then(|last| last.together) {
                let others = write.open_together(gateway).await?;
                let known: Vec<i64> = due.iter().map(|one| one.id).collect();
                due.extend(others.into_iter().filter(|one| !known.contains(&one.id)));
            }
            end(core, write, &due, LabelChoice::Renew).await?;
            notices::ended(core, write, &due).await
        })?;
    }
    Ok(())
}

async fn end(
    core: &Core,
    write: &mut Write,
    endings: &[Ending],
    label: LabelChoice,
) -> Result<(), Broken> {
    for ending in endings {
        write.end_move(ending.id).await?;
        let erased = ending.erases.then_some(ending.id);
        write.settle_device(ending.device, erased).await?;
        if let Some(token) = ending.token
            && ending.kind == MoveKind::Transfer
            && label == LabelChoice::Renew
        {
            let replaced = Replaced {
                at: core.now(),
                kind: ending.kind,
                actor: &ending.actor,
            };
            let label = NewLabel::draw(core).kept;
            write.replace_label(token, &label, replaced).await?;
        }
    }
    Ok(())
}

/// What happens next to a device that somebody has received.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// It goes on to somebody else.
    GoesOn,
    /// It is theirs no more, before they were told that it is.
    IsGivenUp,
    /// The same, and the label that it came with stays good.
    KeepsLabel,
}

/// Ends what can still be undone of a device, since something else is about to happen to it.
pub(super) async fn end_before(
    core: &Core,
    write: &mut Write,
    device: &DeviceHands,
    next: Next,
) -> Result<(), Broken> {
    end_before_along(core, write, device, (next, &[])).await
}

/// The same of one that goes along with others, which decide about their own labels when it is their turn.
pub(super) async fn end_before_along(
    core: &Core,
    write: &mut Write,
    device: &DeviceHands,
    (next, along): (Next, &[DeviceId]),
) -> Result<(), Broken> {
    if device.hands.open_until().is_none() {
        return Ok(());
    }
    let open = write.open_move(device.id).await?;
    let open = open.ok_or(StoreError::Corrupt("an open move is gone"))?;
    // All that came together can be undone, or none of it can.
    let mut others = match open.together {
        Some(gateway) => write.open_together(gateway).await?,
        None => Vec::new(),
    };
    let is_told = next == Next::GoesOn || open.kind == MoveKind::Transfer;
    // Of a claim that is given up nobody is told, nor of those that are given up along with it: each ends in its own turn.
    others.retain(|one| one.id != open.id && (is_told || !along.contains(&one.device)));
    let label = match next {
        Next::KeepsLabel => LabelChoice::Keep,
        Next::GoesOn | Next::IsGivenUp => LabelChoice::Renew,
    };
    let open = [open];
    end(core, write, &open, label).await?;
    for other in &others {
        let decides = along.contains(&other.device) && !is_overdue(device.hands, core.now());
        let label = match decides {
            true => LabelChoice::Keep,
            false => LabelChoice::Renew,
        };
        end(core, write, std::slice::from_ref(other), label).await?;
    }
    let told = open.into_iter().filter(|_| is_told).chain(others);
    notices::ended(core, write, &told.collect::<Vec<_>>()).await
}

/// A device's auth token is about to be shown to somebody. As if it had not been it cannot be after that, so what brought it
/// where it is can no longer be undone; unless they are of the organization that made it, which knows its tokens anyway.
pub async fn token_leaves(
    core: &Core,
    write: &mut Write,
    acting: &Acting,
    device: &DeviceHands,
) -> Result<(), Broken> {
    let maker = device.token.as_ref().map(|token| token.org);
    let maker = maker.unwrap_or(device.template_org);
    match write.org(acting.reach(), maker).await? {
        Some(_) => Ok(()),
        None => end_before(core, write, device, Next::GoesOn).await,
    }
}

/// The same where a machine gets it, whosever that is.
pub async fn token_given(core: &Core, write: &mut Write, found: &TokenFound) -> Result<(), Broken> {
    let (Some(device), Ok(holder)) = (found.device, found.hands.holder()) else {
        return Ok(());
    };
    token_given_of(core, write, holder.org, device).await
}

/// The same of a device that is there.
pub async fn token_given_of(
    core: &Core,
    write: &mut Write,
    org: OrgId,
    device: DeviceId,
) -> Result<(), Broken> {
    match write.device_hands(Reach::only(org), device).await? {
        Some(device) => end_before(core, write, &device, Next::GoesOn).await,
        None => Ok(()),
    }
}

pub(super) fn is_overdue(hands: Hands, now: Time) -> bool {
    hands.open_until().is_some_and(|until| until <= now)
}
