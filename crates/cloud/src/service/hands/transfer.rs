//! Devices move to another organization or owner.

use handover_wire::{
    DeviceId, DeviceOutcome, DeviceOutcomes, History, MoveKind, OrgId, TransferDevice,
    TransferDevices, UserId, UserStatus,
};

use super::endings::{Next, end_before};
use super::kept::Keyed;
use super::words::{begin_anew, called_before};
use super::{HandsError, Happened, find, history_told, note};
use crate::clock::Time;
use crate::domain::{Acting, Hands, Holder, Reason, Sees, Was};
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
    let named = (request.new_org_id, request.new_user_id);
    change!(core.store, |write| {
        let transfer = Transfer {
            core,
            acting,
            to: destination(write, acting, named).await?,
            reason: reason.as_ref(),
            history: request.history,
            together: None,
            dry_run: false,
            spares_theirs: false,
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
    let named = (request.new_org_id, request.new_user_id);
    let key = request.key.as_deref().filter(|_| !request.dry_run);
    let keyed = Keyed::new(core, "transfer", key, request)?;
    change!(core.store, |write| {
        if let Some(before) = keyed.before::<HandsError>(write, acting).await? {
            return Ok(serde_json::from_str(&before)?);
        }
        let transfer = Transfer {
            core,
            acting,
            to: destination(write, acting, named).await?,
            reason: reason.as_ref(),
            history: request.history,
            together: None,
            dry_run: request.dry_run,
            spares_theirs: request.device_ids.len() > 1,
            now: core.now(),
        };
        let answer = transfer.all(write, &request.device_ids).await?;
        let body = serde_json::to_string(&answer)?;
        keyed.keep(core, write, acting, body).await?;
        Ok(answer)
    })
}

/// Whose the devices become. An owner is an active person of the organization or of one above it.
pub(super) async fn destination(
    write: &mut Write,
    acting: &Acting,
    (org, owner): (Option<OrgId>, Option<UserId>),
) -> Result<Holder, HandsError> {
    let reach = acting.reach();
    let Some(owner) = owner else {
        let org = org.ok_or(HandsError::ToWhom)?;
        write
            .org(reach, org)
            .await?
            .ok_or(HandsError::NoDestination)?;
        return Ok(Holder { org, owner: None });
    };
    let person = write.user(reach, owner).await?.ok_or(HandsError::NoOwner)?;
    let org = org.unwrap_or(person.org_id);
    write
        .org(reach, org)
        .await?
        .ok_or(HandsError::NoDestination)?;
    if !write.is_at_or_above(person.org_id, org).await? {
        return Err(HandsError::NoOwner);
    }
    if person.status != UserStatus::Active {
        return Err(HandsError::OwnerStatus(person.status));
    }
    let owner = Some(owner);
    Ok(Holder { org, owner })
}

/// Whether a device takes room in its new organization that it did not take before.
pub(super) enum Room {
    Taken,
    Had,
}

pub(super) struct Transfer<'a> {
    pub core: &'a Core,
    pub acting: &'a Acting,
    pub to: Holder,
    pub reason: Option<&'a Reason>,
    pub history: Option<History>,
    pub together: Option<DeviceId>,
    pub dry_run: bool,
    /// Of many that are moved to an organization and to nobody there in person, those that are there already stay whose they are:
    /// nobody chose them to lose their owner.
    pub spares_theirs: bool,
    pub now: Time,
}

impl Transfer<'_> {
    async fn all(
        &self,
        write: &mut Write,
        devices: &[DeviceId],
    ) -> Result<DeviceOutcomes, HandsError> {
        let mut outcomes = Vec::with_capacity(devices.len());
        // Where nothing is moved, the devices before would have taken the room of those after them.
        let mut taken = 0;
        for &device_id in devices {
            let done = self.one(write, device_id, taken).await;
            taken += i64::from(self.dry_run && matches!(done, Ok(Room::Taken)));
            let error = done.err().map(HandsError::told).transpose()?;
            outcomes.push(DeviceOutcome { device_id, error });
        }
        Ok(DeviceOutcomes { outcomes })
    }

    /// `taken` is the room that others take beside what there is.
    pub async fn one(
        &self,
        write: &mut Write,
        id: DeviceId,
        taken: i64,
    ) -> Result<Room, HandsError> {
        let device = find(write, self.acting, id).await?;
        let is_spared = self.spares_theirs && self.to.owner.is_none() && device.org == self.to.org;
        if is_spared && device.hands.holder().is_ok() {
            return Err(HandsError::Same);
        }
        let (was, hands) = device.hands.transfer(self.to, self.now)?;
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
            self.hand_over(write, &device, was, hands).await?;
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
        was: Was,
        hands: Hands,
    ) -> Result<(), Broken> {
        end_before(self.core, write, device, Next::GoesOn).await?;
        if let Some(token) = &device.token {
            match was {
                Was::Claimed(_) => write.hand_token(token.id, self.to).await?,
                Was::Minted | Was::Released => {
                    write
                        .mark_claimed(token.id, self.to, device.id, self.now)
                        .await?;
                }
            }
        }
        let tests_shown = write.parts(device.template).await?.test_values_shown;
        let sees = was.receiver_sees(self.to, self.history, tests_shown);
        // What was kept for whoever is next stays until this cannot be undone any more.
        let leaves = match was {
            Was::Released => Leaves::AsItIs,
            Was::Minted | Was::Claimed(_) => Leaves::Nothing,
        };
        write
            .place_device(device.id, self.to, None, (sees, leaves), self.now)
            .await?;
        let is_anew = match sees {
            Sees::Nothing => begin_anew(write, device, self.to.org).await?,
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
            to: Some(self.to),
            open_until: hands.open_until(),
            reason: self.reason,
            history,
            together: self.together,
            detail: Some(format!("to organization {}{told}{called}", self.to.org)),
        };
        note(write, happened, self.now).await?;
        Ok(())
    }
}
