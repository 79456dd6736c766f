//! A device is given up, and waits for its next owner.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use handover_wire::{
    DeletedDevice, DeviceId, History, MoveKind, OrgId, Permission, ReleaseDevice, ReleasedDevice,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use super::endings::{Next, end_before, end_before_along};
use super::kept::Keyed;
use super::words::called;
use super::{HandsError, Happened, NewLabel, find, image, note};
use crate::clock::Time;
use crate::domain::{Acting, Hands, Holder, Reason, Sees, Was};
use crate::secrets::Purpose;
use crate::service::notices::{self, GivenUp};
use crate::service::{Broken, Core};
use crate::store::{Action, DeviceHands, Leaves, NewToken, Replaced, StoreError, Write, change};

/// Gives a device up: its owner does, or support for them. It has another label from then on, which is in the answer: it
/// claims, and nothing that anybody has seen before does.
pub async fn release(
    core: &Core,
    acting: &Acting,
    request: &ReleaseDevice,
) -> Result<ReleasedDevice, HandsError> {
    let reason = Reason::parse(request.reason.as_deref()).map_err(HandsError::Field)?;
    let label = NewLabel::draw(core);
    let now = core.now();
    let keyed = Keyed::new(core, "release", request.key.as_deref(), request)?;
    change!(core.store, |write| {
        if let Some(before) = keyed.before::<HandsError>(write, acting).await? {
            return Ok(read_again(core, &before)?);
        }
        let giving = Giving {
            history: request.history,
            reason: reason.as_ref(),
            together: None,
            along: &[],
        };
        let (device, _) = giving
            .one(core, write, acting, (request.device_id, &label), now)
            .await?;
        let how = GivenUp::ForYou {
            history: request.history,
        };
        notices::released(core, write, acting, &[&device], how).await?;
        let released = ReleasedDevice {
            device_id: device.id,
            label: image(core, &label.token)?,
            name: device.name,
        };
        let body = for_later(core, &released)?;
        keyed.keep(core, write, acting, body).await?;
        Ok(released)
    })
}

/// How devices are given up.
pub(super) struct Giving<'a> {
    pub history: History,
    pub reason: Option<&'a Reason>,
    pub together: Option<DeviceId>,
    /// All that are given up with it.
    pub along: &'a [DeviceId],
}

impl Giving<'_> {
    /// Gives one up, with another label; nobody is told yet. Gives it as it was before, its token, and who made that.
    pub async fn one(
        &self,
        core: &Core,
        write: &mut Write,
        acting: &Acting,
        (id, label): (DeviceId, &NewLabel),
        now: Time,
    ) -> Result<(DeviceHands, (i64, OrgId)), HandsError> {
        let device = find(write, acting, id).await?;
        may_give_up(acting, &device)?;
        let holder = device.hands.holder()?;
        device.hands.release()?;
        end_before_along(core, write, &device, (Next::IsGivenUp, self.along)).await?;
        let keep = self.history == History::Keep;
        let replaced = replaced(acting, now);
        let (token, maker) = unhand(write, &device, label, keep, replaced).await?;
        let kept = Holder {
            org: maker,
            owner: None,
        };
        let happened = Happened {
            acting,
            device: &device,
            kind: MoveKind::Release,
            action: Action::ReleaseDevice,
            was: Was::Claimed(holder),
            to: keep.then_some(kept),
            open_until: None,
            reason: self.reason,
            history: Some(self.history),
            together: self.together,
            detail: Some(detail(&device, keep)),
        };
        note(write, happened, now).await?;
        Ok((device, (token, maker)))
    }
}

/// An answer has the label's secret, which no database has in clear.
pub(super) fn for_later(core: &Core, answer: &impl Serialize) -> Result<String, Broken> {
    let text = Zeroizing::new(serde_json::to_string(answer)?);
    let sealed = core.seal(Purpose::ReleaseAnswer, &text);
    Ok(STANDARD.encode(sealed))
}

pub(super) fn read_again<T: DeserializeOwned>(core: &Core, kept: &str) -> Result<T, Broken> {
    let sealed = STANDARD.decode(kept);
    let sealed = sealed.map_err(|_| StoreError::Corrupt("a kept answer is not base64"))?;
    let text = core.keys.open(Purpose::ReleaseAnswer, &sealed)?;
    Ok(serde_json::from_str(text.expose())?)
}

fn detail(device: &DeviceHands, keep: bool) -> String {
    match keep {
        true => "history kept, with a new QR token".to_owned(),
        false => format!("{}, history erased, with a new QR token", called(device)),
    }
}

/// Customers what they own, the others anybody's.
fn may_give_up(acting: &Acting, device: &DeviceHands) -> Result<(), HandsError> {
    if acting.actor.is(device.owner) || acting.may(Permission::DeleteDevices) {
        Ok(())
    } else {
        Err(HandsError::NotTheirs)
    }
}

fn replaced(acting: &Acting, at: Time) -> Replaced<'_> {
    Replaced {
        at,
        kind: MoveKind::Release,
        actor: &acting.actor,
    }
}

/// Takes a device out of the hands that it is in: with another label, to the organization that made it. Gives its token, and that.
/// What was made by hand gets a static token, of the organization whose template it is.
async fn unhand(
    write: &mut Write,
    device: &DeviceHands,
    label: &NewLabel,
    keep: bool,
    replaced: Replaced<'_>,
) -> Result<(i64, OrgId), Broken> {
    let now = replaced.at;
    let kept = keep.then_some(device.id);
    let (token, maker) = match &device.token {
        Some(token) => (token.id, token.org),
        None => {
            let new = NewToken {
                template: device.template,
                org: device.template_org,
                qr: label.kept.clone(),
                auth: device.auth.clone(),
            };
            let token = write.insert_token(&new, now).await?;
            let holder = Holder {
                org: device.org,
                owner: device.owner,
            };
            // It was somebody's, so its auth token claims nothing.
            write.mark_claimed(token, holder, device.id, now).await?;
            (token, device.template_org)
        }
    };
    write.free_token(token, kept, false).await?;
    // Whoever gives it up is shown the new label; a batch that shows its secrets once has done so with that.
    let once = device.token.as_ref().is_some_and(|token| token.once);
    let shown_once = label.kept.shown_once();
    let qr = if once { &shown_once } else { &label.kept };
    match &device.token {
        Some(_) => write.replace_label(token, qr, replaced).await?,
        // Nobody has seen the one that it was made with.
        None => write.set_label(token, qr).await?,
    }
    if keep {
        let nobodys = Holder {
            org: maker,
            owner: None,
        };
        // It is kept for whoever comes next, and the maker has no part in it.
        let passes = (Sees::Nothing, Leaves::History);
        write
            .place_device(device.id, nobodys, None, passes, now)
            .await?;
    } else {
        write.delete_device(device.id).await?;
    }
    Ok((token, maker))
}

/// Deletes a device: what it said goes with it, and one that was made by hand is gone. A static token is nobody's again, and
/// has another QR token, which is in the answer: whoever has seen the label, a former owner for one, claims nothing with it.
/// One that was revoked stays so.
/// The same key gets the same answer again.
pub async fn delete(
    core: &Core,
    acting: &Acting,
    id: DeviceId,
    reason: Option<&str>,
    key: Option<&str>,
) -> Result<DeletedDevice, HandsError> {
    let reason = Reason::parse(reason).map_err(HandsError::Field)?;
    let label = NewLabel::draw(core);
    let now = core.now();
    // Without a reason it is what it was before there were any, so that answers which were kept are found.
    let keyed = match &reason {
        Some(reason) => Keyed::new(core, "delete", key, &(id, reason.as_str()))?,
        None => Keyed::new(core, "delete", key, &id)?,
    };
    change!(core.store, |write| {
        if let Some(before) = keyed.before::<HandsError>(write, acting).await? {
            return Ok(read_again(core, &before)?);
        }
        let (device, renewed) =
            gone(core, write, acting, (id, &label), reason.as_ref(), now).await?;
        let deleted = DeletedDevice {
            device_id: device.id,
            label: match renewed {
                true => Some(image(core, &label.token)?),
                false => None,
            },
            name: device.name,
        };
        let body = for_later(core, &deleted)?;
        keyed.keep(core, write, acting, body).await?;
        Ok(deleted)
    })
}

/// Deletes a device that was made by hand, where it still is whose it was made for.
pub async fn delete_made(core: &Core, acting: &Acting, id: DeviceId) -> Result<(), HandsError> {
    let label = NewLabel::draw(core);
    let now = core.now();
    change!(core.store, |write| {
        if !write.is_theirs_still(id).await? {
            return Err(HandsError::NotFound(id));
        }
        gone(core, write, acting, (id, &label), None, now)
            .await
            .map(drop)
    })
}

/// What a deletion comes to: the device as it was, and whether its label is another one now.
async fn gone(
    core: &Core,
    write: &mut Write,
    acting: &Acting,
    (id, label): (DeviceId, &NewLabel),
    reason: Option<&Reason>,
    now: Time,
) -> Result<(DeviceHands, bool), HandsError> {
    let device = find(write, acting, id).await?;
    may_give_up(acting, &device)?;
    end_before(core, write, &device, Next::IsGivenUp).await?;
    let renewed = match (&device.token, device.hands) {
        // Nobody has had it: what was tried out is gone, and the printed label stays good.
        (Some(token), Hands::Seen) => {
            write.free_token(token.id, None, true).await?;
            write.delete_device(id).await?;
            false
        }
        // No label of it claims any more, and none is made.
        (Some(token), Hands::Revoked) => {
            write.free_token(token.id, None, false).await?;
            write.delete_device(id).await?;
            false
        }
        (Some(_), _) => {
            unhand(write, &device, label, false, replaced(acting, now)).await?;
            true
        }
        (None, _) => {
            write.delete_device(id).await?;
            false
        }
    };
    let happened = Happened {
        acting,
        device: &device,
        kind: MoveKind::Release,
        action: Action::DeleteDevice,
        was: device.hands.holder().map_or(Was::Released, Was::Claimed),
        to: None,
        open_until: None,
        reason,
        history: Some(History::Erase),
        together: None,
        detail: Some(match (device.hands, renewed) {
            (Hands::Seen, _) => format!("{}, nobody had claimed it", called(&device)),
            (Hands::Revoked, _) => format!("{}, its label stays revoked", called(&device)),
            (_, true) => format!(
                "{}, its token is unclaimed, with a new QR token",
                called(&device)
            ),
            (_, false) => called(&device),
        }),
    };
    note(write, happened, now).await?;
    notices::released(core, write, acting, &[&device], GivenUp::Deleted).await?;
    Ok((device, renewed))
}
