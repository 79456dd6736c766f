//! Who is told by mail of what others did with devices, within the change in which it happens and cannot be undone, or
//! can no longer be.

use std::collections::BTreeMap;

use handover_wire::{History, MoveKind};

use super::{Broken, Core};
use crate::domain::{Acting, Actor, EmailAddress, Hands, Holder, Reason, looks};
use crate::mail::{Language, Letter};
use crate::store::{DeviceHands, Ending, StoreError, Write};

/// Tells of claims and transfers whose time to be undone is over. What one person moved from one side to the other, with the
/// same history, is one letter to each of them.
pub async fn ended(core: &Core, write: &mut Write, endings: &[Ending]) -> Result<(), Broken> {
    let mut transfers: BTreeMap<_, Vec<&Ending>> = BTreeMap::new();
    let mut claims: BTreeMap<_, Vec<&Ending>> = BTreeMap::new();
    let side = |holder: Holder| (holder.org.0, holder.owner.map(|id| id.0));
    for ending in endings {
        let Some(from) = ending.from.filter(|_| ending.kind == MoveKind::Transfer) else {
            // A gateway that came with its nodes is one letter, any other claim is one of its own.
            let own = ending.together.map_or((0, ending.id), |id| (1, id.0));
            claims.entry(own).or_default().push(ending);
            continue;
        };
        let both = (
            ending.actor.to_string(),
            (side(from), side(ending.to)),
            ending.erases,
        );
        transfers.entry(both).or_default().push(ending);
    }
    for together in claims.values_mut() {
        // The gateway first.
        together.sort_by_key(|one| one.together != Some(one.device));
        claimed_for_you(core, write, together).await?;
    }
    for together in transfers.values() {
        transferred(core, write, together).await?;
    }
    Ok(())
}

/// Somebody claimed a device for somebody else, or a gateway with its nodes.
async fn claimed_for_you(
    core: &Core,
    write: &mut Write,
    together: &[&Ending],
) -> Result<(), Broken> {
    let [ending, nodes @ ..] = together else {
        return Ok(());
    };
    let to = ending.to;
    if ending.kind != MoveKind::Claim || ending.actor.is(to.owner) {
        return Ok(());
    }
    let device = ending.name.clone();
    let nodes = nodes.iter().map(|node| node.name.clone()).collect();
    let by = write.name_of(&ending.actor).await?;
    let organization = write.org_name(to.org).await?;
    let letter = match write.approved_by_move(ending.id, ending.token).await? {
        Some(identifier) => Letter::ApprovalGranted {
            identifier,
            device,
            nodes,
            by,
            organization,
        },
        None => Letter::DeviceClaimedForYou {
            device,
            nodes,
            by,
            organization,
        },
    };
    tell(core, write, &ending.actor, to, &letter).await
}

/// How a device was given up for whoever had it.
#[derive(Clone, Copy, Debug)]
pub enum GivenUp<'a> {
    /// Support released it on their behalf.
    ForYou {
        /// What becomes of what it reported.
        history: History,
    },
    /// Support deleted it.
    Deleted,
    /// The maker took it back.
    TakenBack {
        /// Whether its label claims it again.
        label_kept: bool,
        /// What becomes of what it reported.
        history: History,
        /// Why. Whoever had it is told that with the name of who says it.
        reason: Option<&'a Reason>,
    },
}

/// A device was given up for whoever had it, or a gateway with nodes: one letter to each who had some of them. One that somebody else claimed for them a moment ago, of which they were not told
/// yet, is nothing to be told of either.
pub async fn released(
    core: &Core,
    write: &mut Write,
    acting: &Acting,
    devices: &[&DeviceHands],
    how: GivenUp<'_>,
) -> Result<(), Broken> {
    let mut sides: BTreeMap<_, Vec<&DeviceHands>> = BTreeMap::new();
    for &device in devices {
        if is_told(acting, device) {
            let side = (device.org, device.owner);
            sides.entry(side).or_default().push(device);
        }
    }
    for ((org, owner), theirs) in sides {
        let side = Holder { org, owner };
        released_of(core, write, acting, (side, &theirs), how).await?;
    }
    Ok(())
}

/// Whether whoever had it is told.
fn is_told(acting: &Acting, device: &DeviceHands) -> bool {
    let claimer = device.open_by.as_deref().and_then(Actor::parse);
    let untold = matches!(device.hands, Hands::Claimed { undo: Some(_), .. })
        && !claimer.is_some_and(|claimer| claimer.is(device.owner));
    // Nor is anybody told of one that nobody has.
    !(untold || acting.actor.is(device.owner) || device.hands.holder().is_err())
}

async fn released_of(
    core: &Core,
    write: &mut Write,
    acting: &Acting,
    (side, devices): (Holder, &[&DeviceHands]),
    how: GivenUp<'_>,
) -> Result<(), Broken> {
    let [device, nodes @ ..] = devices else {
        return Ok(());
    };
    let by = write.name_of(&acting.actor).await?;
    let organization = write.org_name(side.org).await?;
    let name = device.name.clone();
    let nodes = nodes.iter().map(|node| node.name.clone()).collect();
    let letter = match how {
        GivenUp::ForYou { history } => Letter::DeviceReleasedForYou {
            device: name,
            nodes,
            by,
            organization,
            history,
        },
        GivenUp::Deleted => Letter::DeviceDeletedForYou {
            device: name,
            by,
            organization,
        },
        GivenUp::TakenBack {
            label_kept,
            history,
            reason,
        } => Letter::DeviceTakenBack {
            device: name,
            nodes,
            by,
            organization,
            label_kept,
            history,
            reason: reason.map(|reason| reason.as_str().to_owned()),
        },
    };
    tell(core, write, &acting.actor, side, &letter).await
}

/// Somebody moved devices. Both sides are told.
async fn transferred(core: &Core, write: &mut Write, together: &[&Ending]) -> Result<(), Broken> {
    let [first, ..] = together else {
        return Ok(());
    };
    let Some(from) = first.from else {
        return Ok(());
    };
    let to = first.to;
    let before = write.name_of_holder(from, to.org).await?;
    let after = write.name_of_holder(to, from.org).await?;
    let (before, after) = told_apart((before, from), (after, to));
    let history = match first.erases {
        true => History::Erase,
        false => History::Keep,
    };
    // Each reads the names that they know; what the others call them is theirs.
    let former = together.iter().map(|one| one.former_name.clone());
    let letter = Letter::DeviceTransferred {
        devices: former.collect(),
        from: before.clone(),
        to: after.clone(),
        history,
    };
    tell(core, write, &first.actor, from, &letter).await?;
    let devices = together.iter().map(|one| one.name.clone()).collect();
    let letter = match to.owner {
        // The one who reads it is the one who has them.
        Some(_) => Letter::DeviceTransferredToYou {
            devices,
            from: before,
            organization: write.org_name(to.org).await?,
            history,
        },
        None => Letter::DeviceTransferred {
            devices,
            from: before,
            to: after,
            history,
        },
    };
    tell(core, write, &first.actor, to, &letter).await
}

/// The names of both sides. Two organizations that look alike, which are below different ones, have their numbers with them.
fn told_apart(before: (String, Holder), after: (String, Holder)) -> (String, String) {
    let is_alike = before.1.org != after.1.org && looks(&before.0) == looks(&after.0);
    let told = |(name, holder): (String, Holder)| match is_alike {
        true => format!("{name} ({})", holder.org),
        false => name,
    };
    (told(before), told(after))
}

async fn tell(
    core: &Core,
    write: &mut Write,
    actor: &Actor,
    side: Holder,
    letter: &Letter,
) -> Result<(), Broken> {
    for to in write.addressees(side, actor).await? {
        let address = EmailAddress::parse(&to.email)
            .map_err(|_| StoreError::Corrupt("somebody's address is none"))?;
        let language = Language::from_tag(&to.locale);
        write.queue_letter(core, &address, language, letter).await?;
    }
    Ok(())
}
