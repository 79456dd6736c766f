//! Devices move to another organization or owner.

use handover_wire::{
    DeviceId, DeviceOutcome, DeviceOutcomes, History, MoveKind, OrgId, OwnerAfter, Permission,
    TransferDevice, TransferDevices, UserId, UserStatus,
};

use super::endings::{Next, end_before};
use super::kept::Keyed;
use super::words::{begin_anew, called_before};
use super::{HandsError, Happened, find, history_told, note};
use crate::clock::Time;
use crate::domain::{
    Acting, Destination, FieldError, Hands, Holder, NewOwner, Reason, Sees, Was, may,
};
use crate::service::{Broken, Core};
use crate::store::{Action, DeviceHands, Leaves, Write, change};

/// Devices in one request (ours).
pub const MOST_AT_ONCE: usize = 500;

/// Moves a device.
pub async fn transfer(
    core: &Core,
    acting: &Acting,
    request: &TransferDevice,
) -> Result<(), HandsError> {
    let reason = Reason::parse(request.reason.as_deref()).map_err(HandsError::Field)?;
    let whom = ToWhom {
        org: request.new_org_id,
        owner: request.new_user_id,
        after: request.owner_after,
    };
    change!(core.store, |write| {
        let transfer = Transfer {
            core,
            acting,
            to: destination(write, acting, whom).await?,
            reason: reason.as_ref(),
            history: request.history,
            together: None,
            dry_run: false,
            now: core.now(),
        };
        transfer.one(write, request.device_id, 0).await.map(drop)
    })
}

/// Moves many, each by itself, or says what would become of each. The same key gets the same answer again.
pub async fn transfer_many(
    core: &Core,
    acting: &Acting,
    request: &TransferDevices,
) -> Result<DeviceOutcomes, HandsError> {
    let reason = Reason::parse(request.reason.as_deref()).map_err(HandsError::Field)?;
    let whom = ToWhom {
        org: request.new_org_id,
        owner: request.new_user_id,
        after: request.owner_after,
    };
    let key = request.key.as_deref().filter(|_| !request.dry_run);
    let keyed = Keyed::new(core, "transfer", key, request)?;
    change!(core.store, |write| {
        if let Some(before) = keyed.before::<HandsError>(write, acting).await? {
            return Ok(serde_json::from_str(&before)?);
        }
        let transfer = Transfer {
            core,
            acting,
            to: destination(write, acting, whom).await?,
            reason: reason.as_ref(),
            history: request.history,
            together: None,
            dry_run: request.dry_run,
            now: core.now(),
        };
        let answer = transfer
            .all(write, &request.device_ids, request.room_taken)
            .await?;
        let body = serde_json::to_string(&answer)?;
        keyed.keep(core, write, acting, body).await?;
        Ok(answer)
    })
}

/// To whom devices go, as a request says it.
#[derive(Clone, Copy, Debug)]
pub struct ToWhom {
    /// The organization; the owner's where there is none.
    pub org: Option<OrgId>,
    /// The owner.
    pub owner: Option<UserId>,
    /// Who owns them where no owner is named.
    pub after: Option<OwnerAfter>,
}

impl ToWhom {
    /// Who owns the devices; an owner who is named and another choice beside that contradict each other.
    fn new_owner(self) -> Result<NewOwner, HandsError> {
        match (self.owner, self.after) {
            (Some(owner), None) => Ok(NewOwner::Person(owner)),
            (None, None | Some(OwnerAfter::Nobody)) => Ok(NewOwner::Nobody),
            (None, Some(OwnerAfter::AsItIs)) => Ok(NewOwner::AsItIs),
            (Some(_), Some(_)) => Err(HandsError::Field(FieldError {
                field: "ownerAfter",
                must: "absent where newUserId names the owner",
            })),
        }
    }
}

/// Where the devices go. An owner is an active person of the organization, or of one above it who sees what is below.
pub(super) async fn destination(
    write: &mut Write,
    acting: &Acting,
    whom: ToWhom,
) -> Result<Destination, HandsError> {
    let reach = acting.reach();
    let new_owner = whom.new_owner()?;
    let NewOwner::Person(owner) = new_owner else {
        let org = whom.org.ok_or(HandsError::ToWhom)?;
        write
            .org(reach, org)
            .await?
            .ok_or(HandsError::NoDestination)?;
        return Ok(Destination {
            org,
            owner: new_owner,
        });
    };
    let person = write.user(reach, owner).await?.ok_or(HandsError::NoOwner)?;
    let org = whom.org.unwrap_or(person.org_id);
    write
        .org(reach, org)
        .await?
        .ok_or(HandsError::NoDestination)?;
    if !write.is_at_or_above(person.org_id, org).await? {
        return Err(HandsError::NoOwner);
    }
    if person.org_id != org && !may(person.role_id, Permission::SeeBelow) {
        return Err(HandsError::Field(FieldError {
            field: "newUserId",
            must: "a person of the organization that the device goes to, or an administrator or staff above it: this one would not see the device there. Without newOrgId it goes to their own organization",
        }));
    }
    if person.status != UserStatus::Active {
        return Err(HandsError::OwnerStatus(person.status));
    }
    Ok(Destination {
        org,
        owner: new_owner,
    })
}

/// Whether a device takes room in its new organization that it did not take before.
pub(super) enum Room {
    Taken,
    Had,
}

pub(super) struct Transfer<'a> {
    pub core: &'a Core,
    pub acting: &'a Acting,
    pub to: Destination,
    pub reason: Option<&'a Reason>,
    pub history: Option<History>,
    pub together: Option<DeviceId>,
    pub dry_run: bool,
    pub now: Time,
}

impl Transfer<'_> {
    async fn all(
        &self,
        write: &mut Write,
        devices: &[DeviceId],
        before: Option<u32>,
    ) -> Result<DeviceOutcomes, HandsError> {
        let mut outcomes = Vec::with_capacity(devices.len());
        // Where nothing is moved, the devices before would have taken the room of those after them: in this call, and in
        // those before it.
        let mut taken = before.filter(|_| self.dry_run).unwrap_or(0);
        for &device_id in devices {
            let done = self.one(write, device_id, i64::from(taken)).await;
            let takes = self.dry_run && matches!(done, Ok(Room::Taken));
            taken = taken.saturating_add(u32::from(takes));
            let error = done.err().map(HandsError::told).transpose()?;
            outcomes.push(DeviceOutcome {
                device_id,
                error,
                owner_left: false,
            });
        }
        Ok(DeviceOutcomes {
            outcomes,
            room_taken: self.dry_run.then_some(taken),
        })
    }

    /// `taken` is the room that others take beside what there is.
    pub async fn one(
        &self,
        write: &mut Write,
        id: DeviceId,
        taken: i64,
    ) -> Result<Room, HandsError> {
        let device = find(write, self.acting, id).await?;
        let to = self.to.holder(device.hands);
        let (was, hands) = device.hands.transfer(to, self.now)?;
        if !write
            .is_at_or_above(device.template_org, self.to.org)
            .await?
        {
            return Err(HandsError::TemplateMissing);
        }
        if !write
            .has_room(self.to.org, Some(device.org), taken + 1)
            .await?
        {
            return Err(HandsError::DeviceLimit);
        }
        if !self.dry_run {
            self.hand_over(write, &device, (was, to), hands).await?;
        }
        Ok(match device.org == self.to.org {
            true => Room::Had,
            false => Room::Taken,
        })
    }

    async fn hand_over(
        &self,
        write: &mut Write,
        device: &DeviceHands,
        (was, to): (Was, Holder),
        hands: Hands,
    ) -> Result<(), Broken> {
        end_before(self.core, write, device, Next::GoesOn).await?;
        if let Some(token) = &device.token {
            match was {
                Was::Claimed(_) => write.hand_token(token.id, to).await?,
                Was::Minted | Was::Released => {
                    write
                        .mark_claimed(token.id, to, device.id, self.now)
                        .await?;
                }
            }
        }
        let tests_shown = write.parts(device.template).await?.test_values_shown;
        let sees = was.receiver_sees(to, self.history, tests_shown);
        // What was kept for whoever is next stays until this cannot be undone any more.
        let leaves = match was {
            Was::Released => Leaves::AsItIs,
            Was::Minted | Was::Claimed(_) => Leaves::Nothing,
        };
        write
            .place_device(device.id, to, None, (sees, leaves), self.now)
            .await?;
        let is_anew = match sees {
            Sees::Nothing => begin_anew(write, device, to.org).await?,
            Sees::Before | Sees::Kept => false,
        };
        // Whoever sees nothing of what was before is not told who had it, either.
        let history = match sees {
            Sees::Nothing => Some(History::Erase),
            Sees::Before | Sees::Kept => self.history,
        };
        let told = history_told(history.or(Some(History::Keep)));
        let called = called_before(device, is_anew);
        let happened = Happened {
            acting: self.acting,
            device,
            kind: MoveKind::Transfer,
            action: Action::TransferDevice,
            was,
            to: Some(to),
            open_until: hands.open_until(),
            reason: self.reason,
            history,
            together: self.together,
            detail: Some(format!("to organization {}{told}{called}", to.org)),
        };
        note(write, happened, self.now).await?;
        Ok(())
    }
}
