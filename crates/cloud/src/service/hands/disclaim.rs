//! The maker takes a device back.

use handover_wire::{
    DeviceId, History, LabelChoice, MoveKind, OrgId, Permission, Unclaim, Unclaimed,
};

use super::endings::{Next, end_before_along, is_overdue};
use super::words::{begin_anew, called_before};
use super::{HandsError, Happened, NewLabel, find, history_told, note};
use crate::clock::Time;
use crate::domain::{Acting, Holder, Reason, Sees, Was};
use crate::service::notices::{self, GivenUp};
use crate::service::{Broken, Core};
use crate::store::{Action, DeviceHands, Leaves, Replaced, TokenOfDevice, Work, Write, change};

/// Takes a device out of its owner's list and back into the organization that made its label. The caller reaches both.
pub async fn disclaim(
    core: &Core,
    acting: &Acting,
    request: &Unclaim,
) -> Result<Unclaimed, HandsError> {
    let reason = Reason::parse(request.reason.as_deref()).map_err(HandsError::Field)?;
    let taking = Taking {
        label: request.label,
        history: request.history,
        reason: reason.as_ref(),
        together: None,
        along: &[],
    };
    let now = core.now();
    change!(core.store, |write| {
        let taken = taking
            .one(core, write, acting, request.device_id, now)
            .await?;
        let how = GivenUp::TakenBack {
            label_kept: taken.label == LabelChoice::Keep,
            history: request.history,
            reason: reason.as_ref(),
        };
        notices::released(core, write, acting, &[&taken.device], how).await?;
        Ok(Unclaimed {
            device_id: taken.device.id,
            label: taken.label,
        })
    })
}

/// Whether a caller can take a device back. Pages offer that to nobody else.
pub async fn may_take_back(core: &Core, acting: &Acting, id: DeviceId) -> Result<bool, Broken> {
    if !acting.may(Permission::ManageTokens) {
        return Ok(false);
    }
    let mut look = core.store.look().await?;
    let Some(device) = look.device_hands(acting.reach(), id).await? else {
        return Ok(false);
    };
    match takable(&mut look, acting, &device).await {
        Ok(_) => Ok(true),
        Err(HandsError::Broken(broken)) => Err(broken),
        Err(_) => Ok(false),
    }
}

/// The label of a device that is taken back, and who has it: somebody does, and the caller reaches those who made the label.
async fn takable<'a>(
    work: &mut Work,
    acting: &Acting,
    device: &'a DeviceHands,
) -> Result<(&'a TokenOfDevice, Holder), HandsError> {
    let token = device.token.as_ref().ok_or(HandsError::NoLabel)?;
    let maker = work.org(acting.reach(), token.org).await?;
    maker.ok_or(HandsError::NotFound(device.id))?;
    let holder = device.hands.holder()?;
    device.hands.release()?;
    Ok((token, holder))
}

/// How devices are taken back.
pub(super) struct Taking<'a> {
    pub label: Option<LabelChoice>,
    pub history: History,
    pub reason: Option<&'a Reason>,
    pub together: Option<DeviceId>,
    /// All that are taken back with it.
    pub along: &'a [DeviceId],
}

/// A device that was taken back, as it was before, its token, and what became of its label.
pub(super) struct Taken {
    pub device: DeviceHands,
    pub token: (i64, OrgId),
    pub label: LabelChoice,
}

impl Taking<'_> {
    /// Takes one back; nobody is told yet.
    pub async fn one(
        &self,
        core: &Core,
        write: &mut Write,
        acting: &Acting,
        id: DeviceId,
        now: Time,
    ) -> Result<Taken, HandsError> {
        let device = find(write, acting, id).await?;
        let (token, holder) = takable(write, acting, &device).await?;
        let of_maker = (token.id, token.org);
        let default = device.hands.label_after_disclaim(token.org, token.is_first);
        let label = self.label.unwrap_or(default);
        // Once a transfer's time is over its label has been replaced, and that one is kept.
        let next = match label {
            LabelChoice::Keep if !is_overdue(device.hands, now) => Next::KeepsLabel,
            LabelChoice::Keep | LabelChoice::Renew => Next::IsGivenUp,
        };
        end_before_along(core, write, &device, (next, self.along)).await?;
        // A label that is kept because no customer has had it is as good as new.
        let as_new = label == LabelChoice::Keep && default == LabelChoice::Keep;
        write.free_token(token.id, Some(device.id), as_new).await?;
        if label == LabelChoice::Renew {
            let replaced = Replaced {
                at: now,
                kind: MoveKind::Disclaim,
                actor: &acting.actor,
            };
            write
                .replace_label(token.id, &NewLabel::draw(core).kept, replaced)
                .await?;
        }
        let back = Holder {
            org: token.org,
            owner: None,
        };
        let sees = match self.history {
            History::Keep => Sees::Before,
            History::Erase => Sees::Nothing,
        };
        let passes = (sees, Leaves::Nothing);
        write
            .place_device(device.id, back, None, passes, now)
            .await?;
        let is_anew = match self.history {
            History::Keep => false,
            History::Erase => begin_anew(write, &device, back.org).await?,
        };
        let called = called_before(&device, is_anew);
        let what = match label {
            LabelChoice::Keep => "its label was kept",
            LabelChoice::Renew => "with a new QR token",
        };
        let happened = Happened {
            acting,
            device: &device,
            kind: MoveKind::Disclaim,
            action: Action::Disclaim,
            was: Was::Claimed(holder),
            to: Some(back),
            open_until: None,
            reason: self.reason,
            history: Some(self.history),
            together: self.together,
            detail: Some(format!(
                "{what}{}{called}",
                history_told(Some(self.history))
            )),
        };
        let moved = note(write, happened, now).await?;
        // There is no undo that it would have to wait for. Who had it the maker's own audit says still.
        let erased = (self.history == History::Erase).then_some(moved);
        write.settle_device(device.id, erased).await?;
        Ok(Taken {
            device,
            token: of_maker,
            label,
        })
    }
}
